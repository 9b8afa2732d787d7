-- All that a bootstrap decides, as (kind, name, state): two of these compared tell what a script has changed.
WITH ours AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
      AND NOT EXISTS (
          SELECT FROM pg_depend WHERE classid = 'pg_namespace'::regclass AND objid = pg_namespace.oid AND deptype = 'e'
      )
)
SELECT 'role' AS kind, rolname::text AS name, concat_ws(
    ' ', rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolconnlimit, rolvaliduntil
) AS state
FROM pg_roles WHERE rolname NOT LIKE 'pg\_%'
UNION ALL
SELECT 'membership', format('%s in %s', member::regrole, roleid::regrole), string_agg(
    (to_jsonb(membership) - '{oid,roleid,member}'::text[])::text, ' ' ORDER BY grantor
)
FROM pg_auth_members AS membership GROUP BY member, roleid
UNION ALL
SELECT 'settings', format(
    'of %s in %s', setrole::regrole, CASE setdatabase WHEN 0 THEN 'all databases' ELSE current_database()::text END
), setconfig::text
FROM pg_db_role_setting
WHERE setrole <> 0 AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'database', datname::text, datacl::text FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'extension', extname::text, extversion FROM pg_extension
UNION ALL
SELECT 'schema', nspname::text, concat_ws(' ', nspowner::regrole, nspacl) FROM ours
UNION ALL
SELECT 'relation', format('%s.%s', nspname, relname), concat_ws(
    ' ', relkind, relowner::regrole, relacl, relrowsecurity, relforcerowsecurity,
    CASE WHEN relkind IN ('v', 'm') THEN md5(pg_get_viewdef(pg_class.oid)) END
)
FROM pg_class JOIN ours ON ours.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
UNION ALL
SELECT 'function', format('%s.%s(%s)', nspname, proname, pg_get_function_identity_arguments(pg_proc.oid)), concat_ws(
    ' ', md5(pg_get_functiondef(pg_proc.oid)), proowner::regrole, proacl
)
FROM pg_proc JOIN ours ON ours.oid = pronamespace
WHERE prokind IN ('f', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
UNION ALL
SELECT 'default rights', format(
    'on %s of %s in %s',
    CASE defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' ELSE 'the rest' END,
    defaclrole::regrole,
    coalesce((SELECT nspname::text FROM pg_namespace WHERE oid = defaclnamespace), 'all schemas')
), defaclacl::text
FROM pg_default_acl;
