-- Old partitions go to the archive bucket before they are dropped, in the phases that have one (from scale on). The stack
-- gives the database a role that may add objects to that bucket; `aws_s3` is RDS's and Aurora's extension for it.

CREATE OR REPLACE FUNCTION partitions.export_waiting(bucket text, region text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    waiting record;
    file text;
    uploaded bigint;
    present bigint;
BEGIN
    FOR waiting IN SELECT * FROM partitions.waiting ORDER BY ends, partition_name LOOP
        file := format('%s/%s.csv', to_char(waiting.ends, 'YYYY'), replace(waiting.partition_name, 'partitions.', ''));
        BEGIN
            -- Nothing may come in between: what is dropped later must be what was counted.
            EXECUTE format('LOCK TABLE %s IN SHARE MODE', waiting.partition_name);
            EXECUTE format('SELECT count(*) FROM %s', waiting.partition_name) INTO present;
            SELECT rows_uploaded INTO uploaded FROM aws_s3.query_export_to_s3(
                format('SELECT * FROM %s', waiting.partition_name),
                aws_commons.create_s3_uri(bucket, file, region), 'format csv, header true'
            );
            IF uploaded IS DISTINCT FROM present THEN
                RAISE EXCEPTION '% of % rows were exported', uploaded, present;
            END IF;
            PERFORM partitions.exported(waiting.partition_name::regclass, format('s3://%s/%s', bucket, file));
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'export of %: %', waiting.partition_name, SQLERRM;
        END;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION partitions.export_waiting(text, text) FROM PUBLIC;

DO $$
DECLARE
    bucket text := current_setting('datastores.archive');
BEGIN
    IF bucket = '' THEN
        PERFORM cron.unschedule(jobid) FROM cron.job WHERE jobname = 'archive' AND username = CURRENT_USER;
        RETURN;
    END IF;
    CREATE EXTENSION IF NOT EXISTS aws_s3 CASCADE;
    -- An hour before partitions are dropped.
    PERFORM cron.schedule(
        'archive', '10 0 * * *',
        format('SELECT partitions.export_waiting(%L, %L)', bucket, current_setting('datastores.region'))
    );
END
$$;
