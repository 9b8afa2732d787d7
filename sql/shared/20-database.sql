-- Who may connect, and that nothing is open to everybody.

DO $$
DECLARE
    login name;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    -- Types and functions of extensions are for every login; tables are never here.
    PERFORM pg_temp.make_schema('extensions', CURRENT_USER);
    FOREACH login IN ARRAY string_to_array(current_setting('datastores.logins'), ',') LOOP
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), login);
        EXECUTE format('GRANT USAGE ON SCHEMA extensions TO %I', login);
    END LOOP;
END
$$;

-- Whoever owns the tables hands out rights on them, so the administrator belongs to it.
SELECT pg_temp.join_group(CURRENT_USER, 'migrator');
-- A function is open to everybody unless this is said; `let_use` opens those of a schema to its groups.
ALTER DEFAULT PRIVILEGES FOR ROLE migrator REVOKE EXECUTE ON ROUTINES FROM PUBLIC;

-- Statistics of all sessions and statements, and no row of any table.
SELECT pg_temp.join_group('monitoring', 'pg_monitor');
ALTER ROLE monitoring SET search_path = extensions;
