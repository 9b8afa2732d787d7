-- Monthly partitions: made ahead, and dropped whole once all of their rows are older than the rule says.
--
-- The application's migrations create the tables (PARTITION BY RANGE of one date or timestamp) and no partitions: these
-- are in the schema `partitions`, which no service enters, so that rows are reached through their table only, with
-- its rights and its row-level security. A month begins and ends in UTC.

SELECT pg_temp.make_schema('partitions', CURRENT_USER);

CREATE TABLE IF NOT EXISTS partitions.rules (
    schema_name name NOT NULL,
    table_name name NOT NULL,
    keep interval NOT NULL CHECK (keep > interval '0'),
    months_ahead integer NOT NULL DEFAULT 3 CHECK (months_ahead BETWEEN 1 AND 24),
    -- Drop only what `partitions.exported` has been told of.
    export_first boolean NOT NULL DEFAULT false,
    -- What the last run could not do; NULL: nothing.
    problem text,
    PRIMARY KEY (schema_name, table_name)
);

CREATE TABLE IF NOT EXISTS partitions.exports (
    partition_name text PRIMARY KEY,
    location text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- The partitions of a table that have an end, and that end.
CREATE OR REPLACE FUNCTION partitions.ends(parent regclass)
RETURNS TABLE (partition regclass, ends timestamptz) LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_class.oid::regclass, (regexp_match(pg_get_expr(relpartbound, pg_class.oid), $r$TO \('([^']+)'\)$r$))[1]::timestamptz
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = parent AND pg_get_expr(relpartbound, pg_class.oid) ~ $r$TO \('[^']+'\)$r$
$$;

CREATE OR REPLACE FUNCTION partitions.make_ahead(parent regclass, months integer)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    relation pg_class;
    schema_name name;
    month timestamptz;
    partition_name text;
BEGIN
    SELECT * INTO STRICT relation FROM pg_class WHERE oid = parent;
    SELECT nspname INTO STRICT schema_name FROM pg_namespace WHERE oid = relation.relnamespace;
    FOR ahead IN 0..months LOOP
        month := date_trunc('month', now()) + make_interval(months => ahead);
        partition_name := left(format('%s_%s', schema_name, relation.relname), 55) || to_char(month, '_YYYY_MM');
        CONTINUE WHEN EXISTS (
            SELECT FROM partitions.ends(parent) AS made WHERE made.ends = month + interval '1 month'
        );
        EXECUTE format(
            'CREATE TABLE partitions.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
            partition_name, parent, month, month + interval '1 month'
        );
        -- As its table's owner has it, or a later ALTER TABLE would be refused.
        EXECUTE format('ALTER TABLE partitions.%I OWNER TO %I', partition_name, pg_get_userbyid(relation.relowner));
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION partitions.drop_old(parent regclass, keep interval, export_first boolean)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT made.partition, format('%I.%I', nspname, relname) AS name
        FROM partitions.ends(parent) AS made
        JOIN pg_class ON pg_class.oid = made.partition JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE made.ends <= now() - keep
        ORDER BY made.ends
    LOOP
        CONTINUE WHEN export_first AND NOT EXISTS (SELECT FROM partitions.exports WHERE partition_name = old.name);
        EXECUTE format('DROP TABLE %s', old.name);
    END LOOP;
END
$$;

-- One run over all rules. The job calls it every night, a migration after it has created a table. Rules are carried out
-- one by one: what one cannot do stands in its row and in the server's log, and does not stop the others.
CREATE OR REPLACE FUNCTION partitions.maintain()
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- Dropping locks the table for a moment: rather tomorrow than in the way.
SET lock_timeout = '5s' AS $$
DECLARE
    rule partitions.rules;
    parent regclass;
    found_problem text;
BEGIN
    FOR rule IN SELECT * FROM partitions.rules ORDER BY schema_name, table_name LOOP
        -- Its migration has not run yet.
        parent := to_regclass(format('%I.%I', rule.schema_name, rule.table_name));
        CONTINUE WHEN parent IS NULL;
        found_problem := NULL;
        BEGIN
            PERFORM partitions.make_ahead(parent, rule.months_ahead);
        EXCEPTION WHEN OTHERS THEN
            found_problem := SQLERRM;
        END;
        BEGIN
            PERFORM partitions.drop_old(parent, rule.keep, rule.export_first);
        EXCEPTION WHEN OTHERS THEN
            found_problem := concat_ws('; ', found_problem, SQLERRM);
        END;
        IF found_problem IS NOT NULL THEN
            RAISE WARNING 'partitions of %: %', parent, found_problem;
        END IF;
        UPDATE partitions.rules SET problem = found_problem
        WHERE (schema_name, table_name) = (rule.schema_name, rule.table_name) AND problem IS DISTINCT FROM found_problem;
    END LOOP;
END
$$;

-- Partitions that are old enough to go and wait for their export.
CREATE OR REPLACE VIEW partitions.waiting AS
    SELECT format('%I.%I', nspname, relname) AS partition_name, made.ends
    FROM partitions.rules AS rule
    CROSS JOIN LATERAL partitions.ends(to_regclass(format('%I.%I', rule.schema_name, rule.table_name))) AS made
    JOIN pg_class ON pg_class.oid = made.partition JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE rule.export_first AND made.ends <= now() - rule.keep
      AND NOT EXISTS (SELECT FROM partitions.exports AS done WHERE done.partition_name = format('%I.%I', nspname, relname));

-- Whoever has exported a partition says where to; only then is it dropped.
CREATE OR REPLACE FUNCTION partitions.exported(partition regclass, location text)
RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO partitions.exports (partition_name, location)
    SELECT format('%I.%I', nspname, relname), location
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = partition
    ON CONFLICT (partition_name) DO UPDATE SET location = excluded.location, at = now()
$$;

REVOKE ALL ON ALL ROUTINES IN SCHEMA partitions FROM PUBLIC;
-- Migrations may say more rules, and have partitions made at once. An owner of partitions needs CREATE where they are.
GRANT USAGE, CREATE ON SCHEMA partitions TO migrator;
GRANT SELECT, INSERT, UPDATE ON partitions.rules TO migrator;
GRANT EXECUTE ON FUNCTION partitions.maintain() TO migrator;

SELECT cron.schedule('partitions', '10 1 * * *', 'SELECT partitions.maintain()');
