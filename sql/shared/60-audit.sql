-- The audit trail: who changed which row, from what to what. It only grows: services write it through the trigger and in
-- no other way, and nobody but the owner (the administrator) changes or deletes a row of it.

SELECT pg_temp.make_schema('audit', CURRENT_USER);

CREATE TABLE IF NOT EXISTS audit.trail (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    login name NOT NULL,
    -- Whom the application acted for: `SET LOCAL app.acting_user`, `SET LOCAL app.current_tenant`.
    acting_user text,
    tenant text,
    client inet,
    client_name text NOT NULL,
    transaction_id xid8 NOT NULL,
    schema_name name NOT NULL,
    table_name name NOT NULL,
    action text NOT NULL,
    old_row jsonb,
    new_row jsonb,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);

-- Where a row goes that has no month: a missing partition must never stop the application from working.
CREATE TABLE IF NOT EXISTS audit.trail_rest PARTITION OF audit.trail DEFAULT;

-- Arguments of the trigger are columns that are left out: hashes of passwords, tokens, what must be forgettable.
CREATE OR REPLACE FUNCTION audit.record()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- A partition's change is its table's.
    changed regclass := coalesce(pg_partition_root(TG_RELID), TG_RELID);
    hidden text[] := coalesce(TG_ARGV::text[], '{}');
    old_row jsonb;
    new_row jsonb;
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        old_row := to_jsonb(OLD) - hidden;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        new_row := to_jsonb(NEW) - hidden;
    END IF;
    INSERT INTO audit.trail (
        login, acting_user, tenant, client, client_name, transaction_id,
        schema_name, table_name, action, old_row, new_row
    )
    SELECT
        -- Not CURRENT_USER, which is this function's owner.
        SESSION_USER, nullif(current_setting('app.acting_user', true), ''),
        nullif(current_setting('app.current_tenant', true), ''), inet_client_addr(),
        current_setting('application_name'), pg_current_xact_id(),
        nspname, relname, TG_OP, record.old_row, record.new_row
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    CROSS JOIN (SELECT old_row, new_row) AS record
    WHERE pg_class.oid = changed;
    RETURN NULL;
END
$$;

-- A migration calls it for each table whose changes must be traceable: SELECT audit.watch('auth.users', 'password_hash').
CREATE OR REPLACE FUNCTION audit.watch(watched regclass, VARIADIC hidden text[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    arguments text := (SELECT string_agg(quote_literal(one), ', ') FROM unnest(hidden) AS one);
BEGIN
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON %s'
        ' FOR EACH ROW EXECUTE FUNCTION audit.record(%s)', watched, arguments
    );
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER audit_truncate AFTER TRUNCATE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record()', watched
    );
END
$$;

REVOKE ALL ON ALL ROUTINES IN SCHEMA audit FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO migrator;
GRANT EXECUTE ON FUNCTION audit.record(), audit.watch(regclass, text[]) TO migrator;
