-- What must be true of workflows' database when it came back. Add what the application knows of its own rows.
-- check: executions and their trail are still let go by age
SELECT count(*) = 6 FROM partitions.rules;
-- check: rows of tenants can be told apart
SELECT to_regprocedure('app.current_tenant()') IS NOT NULL;
-- check: the jobs are there
SELECT count(*) > 0 FROM cron.job WHERE active;
