-- What must be true of heka's database when it came back. Add what the application knows of its own rows.
-- check: sensitive columns can be encrypted
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pgcrypto');
-- check: changes of plans and payments are kept for a year
SELECT count(*) = 1 FROM partitions.rules WHERE schema_name = 'audit' AND table_name = 'trail' AND keep = '1 year';
-- check: the jobs are there
SELECT count(*) > 0 FROM cron.job WHERE active;
