-- A schema for each service, a group that works in it, and the service's login in that group and no other.
DO $$
DECLARE
    service record;
BEGIN
    FOR service IN
        SELECT * FROM (VALUES
            ('auth', 'auth'), ('project', 'projects'), ('memory', 'memory'), ('learning', 'learning'),
            ('ai_gateway', 'ai_gateway')
        ) AS services (login, schema_name)
    LOOP
        PERFORM pg_temp.make_schema(service.schema_name, 'migrator');
        PERFORM pg_temp.make_group(service.schema_name || '_writer');
        PERFORM pg_temp.let_use(
            service.schema_name || '_writer', service.schema_name, 'SELECT, INSERT, UPDATE, DELETE'
        );
        PERFORM pg_temp.join_group(service.login, service.schema_name || '_writer');
        PERFORM pg_temp.look_in(service.login, service.schema_name);
        -- Rows of a person: `app.current_tenant` is whose they are, where a migration separates a table.
        EXECUTE format('GRANT USAGE ON SCHEMA app TO %I', service.schema_name || '_writer');
        EXECUTE format('GRANT EXECUTE ON FUNCTION app.current_tenant() TO %I', service.schema_name || '_writer');
    END LOOP;
END
$$;

SELECT pg_temp.look_in('migrator', 'auth', 'projects', 'memory', 'learning', 'ai_gateway');
