-- Rows that expire: deleted, or given another status where they must never be deleted.

SELECT pg_temp.make_schema('expiry', CURRENT_USER);

CREATE TABLE IF NOT EXISTS expiry.rules (
    schema_name name NOT NULL,
    table_name name NOT NULL,
    -- The column that says how old a row is.
    age_column name NOT NULL,
    keep interval NOT NULL CHECK (keep > interval '0'),
    -- NULL: the row is deleted. Else rows whose status is one of `from_status` get `to_status`.
    status_column name,
    from_status text[],
    to_status text,
    -- What the last run could not do; NULL: nothing.
    problem text,
    PRIMARY KEY (schema_name, table_name),
    CHECK (num_nulls(status_column, from_status, to_status) IN (0, 3))
);

-- One run over all rules; as with partitions, what one cannot do stands in its row and in the log.
CREATE OR REPLACE FUNCTION expiry.run()
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rule expiry.rules;
    expiring regclass;
    found_problem text;
BEGIN
    FOR rule IN SELECT * FROM expiry.rules ORDER BY schema_name, table_name LOOP
        -- Its migration has not run yet.
        expiring := to_regclass(format('%I.%I', rule.schema_name, rule.table_name));
        CONTINUE WHEN expiring IS NULL;
        found_problem := NULL;
        BEGIN
            IF rule.status_column IS NULL THEN
                EXECUTE format('DELETE FROM %s WHERE %I < now() - %L::interval', expiring, rule.age_column, rule.keep);
            ELSE
                -- The status may be text or an enumeration.
                EXECUTE format(
                    'UPDATE %1$s SET %2$I = %3$L WHERE %2$I::text = ANY (%4$L) AND %5$I < now() - %6$L::interval',
                    expiring, rule.status_column, rule.to_status, rule.from_status, rule.age_column, rule.keep
                );
            END IF;
        EXCEPTION WHEN OTHERS THEN
            found_problem := SQLERRM;
            RAISE WARNING 'expiry of %: %', expiring, found_problem;
        END;
        UPDATE expiry.rules SET problem = found_problem
        WHERE (schema_name, table_name) = (rule.schema_name, rule.table_name) AND problem IS DISTINCT FROM found_problem;
    END LOOP;
END
$$;

REVOKE ALL ON ALL ROUTINES IN SCHEMA expiry FROM PUBLIC;
-- Migrations may say other columns, and more rules.
GRANT USAGE ON SCHEMA expiry TO migrator;
GRANT SELECT, INSERT, UPDATE ON expiry.rules TO migrator;

SELECT cron.schedule('expiry', '*/10 * * * *', 'SELECT expiry.run()');
