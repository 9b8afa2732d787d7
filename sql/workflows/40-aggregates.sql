-- Materialised views in `reporting`, such as performance by hour, are computed anew every hour. One with a unique index
-- can be read meanwhile (CONCURRENTLY); a migration creates them under SET ROLE tenant_aggregator.
CREATE OR REPLACE FUNCTION app.refresh_aggregates()
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    aggregate record;
BEGIN
    FOR aggregate IN
        SELECT pg_class.oid::regclass AS name, relispopulated AND EXISTS (
            SELECT FROM pg_index
            WHERE indrelid = pg_class.oid AND indisunique AND indisvalid AND indpred IS NULL AND indexprs IS NULL
        ) AS concurrently
        FROM pg_class WHERE relkind = 'm' AND relnamespace = to_regnamespace('reporting')
        ORDER BY relname
    LOOP
        BEGIN
            EXECUTE format(
                'REFRESH MATERIALIZED VIEW %s %s', CASE WHEN aggregate.concurrently THEN 'CONCURRENTLY' END, aggregate.name
            );
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'refresh of %: %', aggregate.name, SQLERRM;
        END;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION app.refresh_aggregates() FROM PUBLIC;

SELECT cron.schedule('aggregates', '5 * * * *', 'SELECT app.refresh_aggregates()');
