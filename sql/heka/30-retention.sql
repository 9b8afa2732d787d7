-- Changes of plans and payments stay traceable for a year (our choice).
INSERT INTO partitions.rules (schema_name, table_name, keep) VALUES ('audit', 'trail', '1 year') ON CONFLICT DO NOTHING;
SELECT partitions.maintain();
