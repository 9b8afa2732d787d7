-- How long rows are kept; from scale on nothing is dropped that was not exported. A later phase changes the rules of the
-- tables named here; what a migration has added for other tables stays as it is.
INSERT INTO partitions.rules (schema_name, table_name, keep, export_first)
SELECT schema_name, table_name, keep, current_setting('datastores.phase') IN ('scale', 'enterprise')
FROM (VALUES
    ('workflows'::name, 'executions'::name, interval '30 days'),
    ('workflows', 'steps', '30 days'),
    ('workflows', 'events', '30 days'),
    ('workflows', 'approvals', '30 days'),
    ('reporting', 'aggregates', '1 year'),
    ('audit', 'trail', '365 days')
) AS rules (schema_name, table_name, keep)
ON CONFLICT (schema_name, table_name) DO UPDATE SET keep = excluded.keep, export_first = excluded.export_first;
SELECT partitions.maintain();
