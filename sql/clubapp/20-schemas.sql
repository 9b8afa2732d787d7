-- One schema, owned by the migrator. Services change rows and delete none: orders are payments. A migration grants DELETE
-- on the tables where deleting is right (GRANT DELETE ON clubapp.group_members TO clubapp_writer).
SELECT pg_temp.make_schema('clubapp', 'migrator');
SELECT pg_temp.make_group('clubapp_writer');
SELECT pg_temp.let_use('clubapp_writer', 'clubapp', 'SELECT, INSERT, UPDATE');

SELECT pg_temp.join_group('api', 'clubapp_writer');
SELECT pg_temp.look_in('api', 'clubapp');
SELECT pg_temp.look_in('migrator', 'clubapp');
