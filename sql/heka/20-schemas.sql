-- One schema, owned by the migrator.
SELECT pg_temp.make_schema('heka', 'migrator');
SELECT pg_temp.make_group('heka_writer');
SELECT pg_temp.let_use('heka_writer', 'heka', 'SELECT, INSERT, UPDATE, DELETE');

SELECT pg_temp.join_group('api', 'heka_writer');
SELECT pg_temp.look_in('api', 'heka');
SELECT pg_temp.look_in('migrator', 'heka');
