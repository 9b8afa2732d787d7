-- Tables in `workflows`, aggregates over all tenants in `reporting`. API and workers change rows of a tenant; analytics
-- reads them, a tenant at a time, and the aggregates of all.
SELECT pg_temp.make_schema('workflows', 'migrator');
SELECT pg_temp.make_schema('reporting', 'migrator');

SELECT pg_temp.make_group('workflows_writer');
SELECT pg_temp.make_group('workflows_reader');
SELECT pg_temp.make_group('reporting_reader');
SELECT pg_temp.let_use('workflows_writer', 'workflows', 'SELECT, INSERT, UPDATE, DELETE');
SELECT pg_temp.let_use('workflows_reader', 'workflows', 'SELECT');
SELECT pg_temp.let_use('tenant_aggregator', 'workflows', 'SELECT');
SELECT pg_temp.let_use('reporting_reader', 'reporting', 'SELECT');
SELECT pg_temp.let_use('reporting_reader', 'reporting', 'SELECT', 'tenant_aggregator');
GRANT CREATE, USAGE ON SCHEMA reporting TO tenant_aggregator;
-- The policies of tables call it for whoever reads them.
GRANT USAGE ON SCHEMA app TO workflows_writer, workflows_reader;
GRANT EXECUTE ON FUNCTION app.current_tenant() TO workflows_writer, workflows_reader;

SELECT pg_temp.join_group('api', 'workflows_writer');
SELECT pg_temp.join_group('worker', 'workflows_writer');
SELECT pg_temp.join_group('analytics', 'workflows_reader');
SELECT pg_temp.join_group('analytics', 'reporting_reader');
SELECT pg_temp.look_in('api', 'workflows');
SELECT pg_temp.look_in('worker', 'workflows');
SELECT pg_temp.look_in('analytics', 'reporting', 'workflows');
SELECT pg_temp.look_in('migrator', 'workflows', 'reporting');
