-- Long-term memory: one schema for the one service that has it.
SELECT pg_temp.make_schema('memory', 'migrator');
SELECT pg_temp.make_group('memory_writer');
SELECT pg_temp.let_use('memory_writer', 'memory', 'SELECT, INSERT, UPDATE, DELETE');

SELECT pg_temp.join_group('memory', 'memory_writer');
SELECT pg_temp.look_in('memory', 'memory');
SELECT pg_temp.look_in('migrator', 'memory');
