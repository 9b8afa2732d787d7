-- What must be true of devmentor's database when it came back. Add what the application knows of its own rows.
-- check: memories can be compared
SELECT '[1,2,3]'::extensions.vector OPERATOR(extensions.<->) '[1,2,3]'::extensions.vector = 0;
-- check: every service has its schema
SELECT count(*) = 5 FROM pg_namespace WHERE nspname IN ('auth', 'projects', 'memory', 'learning', 'ai_gateway');
-- check: the trail is kept for six years
SELECT count(*) = 1 FROM partitions.rules WHERE schema_name = 'audit' AND table_name = 'trail' AND keep = '6 years';
