-- Tools of this session: they live in pg_temp and are gone when it ends. All of them may be called any number of times.

-- A role that holds rights and never logs in. The administrator belongs to it, or it could not hand it anything.
CREATE OR REPLACE FUNCTION pg_temp.make_group(group_name name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = group_name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', group_name);
    END IF;
    PERFORM pg_temp.join_group(CURRENT_USER, group_name);
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.join_group(member name, group_name name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Only a grant that hands on what the role may do counts: what PostgreSQL 16 gives a role's maker does not.
    IF NOT EXISTS (
        SELECT FROM pg_auth_members AS membership
        WHERE membership.roleid = group_name::regrole AND membership.member = join_group.member::regrole
          AND coalesce((to_jsonb(membership) ->> 'set_option')::boolean, true)
    ) THEN
        EXECUTE format('GRANT %I TO %I', group_name, member);
    END IF;
END
$$;

-- A schema that nobody enters but its owner and whom `let_use` lets in.
CREATE OR REPLACE FUNCTION pg_temp.make_schema(schema_name name, owner name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', schema_name);
    EXECUTE format('ALTER SCHEMA %I OWNER TO %I', schema_name, owner);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', schema_name);
END
$$;

-- Rights on all tables of a schema: those there are, and those that *maker* will make.
CREATE OR REPLACE FUNCTION pg_temp.let_use(group_name name, schema_name name, rights text, maker name DEFAULT 'migrator')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema_name, group_name);
    EXECUTE format('GRANT %s ON ALL TABLES IN SCHEMA %I TO %I', rights, schema_name, group_name);
    EXECUTE format(
        'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s ON TABLES TO %I',
        maker, schema_name, rights, group_name
    );
    IF rights LIKE '%INSERT%' THEN
        EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', schema_name, group_name);
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I',
            maker, schema_name, group_name
        );
    END IF;
    EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA %I TO %I', schema_name, group_name);
    EXECUTE format(
        'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT EXECUTE ON ROUTINES TO %I',
        maker, schema_name, group_name
    );
END
$$;

-- Where a login looks for names that have no schema; extensions come last.
CREATE OR REPLACE FUNCTION pg_temp.look_in(login name, VARIADIC schemas name[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'ALTER ROLE %I IN DATABASE %I SET search_path = %s, extensions', login, current_database(),
        (SELECT string_agg(quote_ident(one), ', ') FROM unnest(schemas) AS one)
    );
END
$$;
