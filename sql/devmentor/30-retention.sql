-- HIPAA asks for six years of what was documented (45 CFR 164.316).
INSERT INTO partitions.rules (schema_name, table_name, keep) VALUES ('audit', 'trail', '6 years') ON CONFLICT DO NOTHING;
SELECT partitions.maintain();
