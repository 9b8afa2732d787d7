-- Rows of tenants: a transaction sees and writes those of `SET LOCAL app.current_tenant = '<uuid>'`, and none without it.

SELECT pg_temp.make_schema('app', CURRENT_USER);
-- Aggregates over all tenants belong to this role: it reads every row and writes none.
SELECT pg_temp.make_group('tenant_aggregator');
-- REFRESH … CONCURRENTLY compares with a temporary table of the owner's.
DO $$
BEGIN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO tenant_aggregator', current_database());
END
$$;

-- After a transaction with SET LOCAL the setting is empty, not unset.
CREATE OR REPLACE FUNCTION app.current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.current_tenant', true), '')::uuid;

-- A migration calls it for each table with rows of tenants, as the table's owner. FORCE: the owner is no exception, so
-- that a view of his does not show what the table hides. A comparison with NULL is never true: nothing set, nothing seen.
CREATE OR REPLACE FUNCTION app.separate_tenants(separated regclass, tenant_column name DEFAULT 'tenant_id')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part regclass;
BEGIN
    -- Partitions that exist too: somebody may have rights on one of them.
    FOR part IN SELECT relid FROM pg_partition_tree(separated) UNION SELECT separated LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('DROP POLICY IF EXISTS tenant ON %s', part);
        -- In a sub-select it is computed once a statement, not once a row.
        EXECUTE format(
            'CREATE POLICY tenant ON %1$s USING (%2$I = (SELECT app.current_tenant()))'
            ' WITH CHECK (%2$I = (SELECT app.current_tenant()))', part, tenant_column
        );
        EXECUTE format('DROP POLICY IF EXISTS aggregates ON %s', part);
        EXECUTE format('CREATE POLICY aggregates ON %s FOR SELECT TO tenant_aggregator USING (true)', part);
    END LOOP;
END
$$;

REVOKE ALL ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;
GRANT USAGE ON SCHEMA app TO migrator, tenant_aggregator;
GRANT EXECUTE ON FUNCTION app.current_tenant() TO migrator, tenant_aggregator;
GRANT EXECUTE ON FUNCTION app.separate_tenants(regclass, name) TO migrator;
-- To create and own aggregates, a migration says SET ROLE tenant_aggregator. The login does not inherit (NOINHERIT), so
-- that a migration reads rows of all tenants only where it says so.
SELECT pg_temp.join_group('migrator', 'tenant_aggregator');
