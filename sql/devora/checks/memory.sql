-- What must be true of devora's memory when it came back. Add what the application knows of its own rows.
-- check: memories can be compared
SELECT '[1,2,3]'::extensions.vector OPERATOR(extensions.<->) '[1,2,3]'::extensions.vector = 0;
-- check: the service has its schema
SELECT to_regnamespace('memory') IS NOT NULL;
