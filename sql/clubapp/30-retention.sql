-- Presence and open orders expire after 24 hours. Orders are payments: they become EXPIRED and stay.
INSERT INTO expiry.rules (schema_name, table_name, age_column, keep)
VALUES ('clubapp', 'presence', 'created_at', '24 hours')
ON CONFLICT DO NOTHING;
INSERT INTO expiry.rules (schema_name, table_name, age_column, keep, status_column, from_status, to_status)
VALUES ('clubapp', 'orders', 'created_at', '24 hours', 'status', '{PENDING,PAID}', 'EXPIRED')
ON CONFLICT DO NOTHING;

INSERT INTO partitions.rules (schema_name, table_name, keep) VALUES ('audit', 'trail', '1 year') ON CONFLICT DO NOTHING;
SELECT partitions.maintain();
