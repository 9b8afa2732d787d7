-- Scheduled jobs run as the administrator, in the database that the parameter group names (cron.database_name).
CREATE EXTENSION IF NOT EXISTS pg_cron;

-- pg_cron keeps a row of every run for ever.
SELECT cron.schedule(
    'forget-runs', '15 3 * * *', $$DELETE FROM cron.job_run_details WHERE end_time < now() - interval '14 days'$$
);
