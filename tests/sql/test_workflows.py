"""workflows' database: tenants apart, partitions ahead and dropped whole, aggregates over all tenants."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.sql.bootstrapped import ARCHIVE, PRELOAD, Bootstrapped, bootstrapped, plan_of
from tests.sql.installation import debian
from tests.sql.running import running

pytestmark = pytest.mark.xdist_group("sql-workflows")

ONE, OTHER = UUID(int=1), UUID(int=2)
TABLE = """
CREATE TABLE workflows.{0} (
    id uuid NOT NULL DEFAULT uuid_generate_v4(), tenant_id uuid NOT NULL, name text, started_at timestamptz NOT NULL,
    PRIMARY KEY (id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX ON workflows.{0} USING gin (name gin_trgm_ops);
SELECT app.separate_tenants('workflows.{0}');
SELECT audit.watch('workflows.{0}');
"""
AGGREGATE = """
CREATE VIEW workflows.recent AS SELECT * FROM workflows.executions;
SET ROLE tenant_aggregator;
CREATE MATERIALIZED VIEW reporting.by_tenant AS SELECT tenant_id, count(*) AS runs FROM workflows.executions GROUP BY 1;
CREATE UNIQUE INDEX ON reporting.by_tenant (tenant_id);
CREATE MATERIALIZED VIEW reporting.in_all AS SELECT count(*) AS runs FROM workflows.executions;
RESET ROLE;
"""


@pytest.fixture(scope="module")
def workflows() -> Iterator[Bootstrapped]:
    with running(debian, "workflows", PRELOAD) as server:
        found = bootstrapped(server, plan_of("workflows"))
        for job in ("partitions", "aggregates"):
            found.run_job(job)  # no table is there yet, and nothing fails
        for table in ("executions", "steps", "events"):
            found.run("migrator", TABLE.format(table))
        found.run("migrator", "SELECT partitions.maintain()")
        found.run("migrator", AGGREGATE)
        for tenant, name in ((ONE, "first"), (OTHER, "second")):
            as_tenant(
                found,
                "api",
                tenant,
                "INSERT INTO executions (tenant_id, name, started_at) VALUES (%s, %s, now())",
                tenant,
                name,
            )
        yield found


def as_tenant(found: Bootstrapped, login: str, tenant: object, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement in a transaction that says which tenant it is for."""
    with found.connect(login) as connection, connection.transaction():
        connection.execute("SELECT set_config('app.current_tenant', %s, true)", [str(tenant)])
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def test_run_again_nothing_changes(workflows: Bootstrapped):
    assert workflows.again().nothing_changed


@pytest.mark.parametrize("login", ["api", "worker", "analytics"])
def test_a_tenant_sees_its_own_rows(workflows: Bootstrapped, login: str):
    assert as_tenant(workflows, login, ONE, "SELECT name FROM executions") == [("first",)]


@pytest.mark.parametrize("relation", ["executions", "recent"])
@pytest.mark.parametrize("login", ["api", "worker", "analytics", "migrator"])
def test_nothing_set_nothing_seen(workflows: Bootstrapped, login: str, relation: str):
    """A view of the migrator's shows no more than its table."""
    assert workflows.run(login, f"TABLE workflows.{relation}") == []


def test_what_one_transaction_set_the_next_does_not_see(workflows: Bootstrapped):
    with workflows.connect("api") as connection:
        with connection.transaction():
            connection.execute("SELECT set_config('app.current_tenant', %s, true)", [str(ONE)])

        assert connection.execute("SELECT name FROM executions").fetchall() == []


def test_a_tenant_that_is_no_uuid_is_an_error(workflows: Bootstrapped):
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="invalid input syntax for type uuid"):
        as_tenant(workflows, "api", "everybody", "SELECT name FROM executions")


def test_a_tenant_writes_no_row_of_another(workflows: Bootstrapped):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="violates row-level security policy"):
        as_tenant(workflows, "api", ONE, "INSERT INTO executions (tenant_id, started_at) VALUES (%s, now())", OTHER)


@pytest.mark.parametrize(
    "statement", ["UPDATE executions SET name = 'x' RETURNING id", "DELETE FROM executions RETURNING id"]
)
def test_a_tenant_changes_no_row_of_another(workflows: Bootstrapped, statement: str):
    assert as_tenant(workflows, "worker", UUID(int=3), statement) == []


def test_the_tables_owner_writes_nothing_without_a_tenant(workflows: Bootstrapped):
    workflows.refused(
        "migrator",
        "INSERT INTO workflows.steps (tenant_id, started_at) VALUES (gen_random_uuid(), now())",
        "row-level security",
    )


@pytest.mark.parametrize("login", ["api", "worker", "analytics"])
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE executions",
        "ALTER TABLE executions DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON executions",
        "SELECT app.separate_tenants('executions')",
        "SET ROLE tenant_aggregator",
        "SET ROLE migrator",
        "CREATE TABLE workflows.mine (x int)",
        "DELETE FROM audit.trail",
        "SELECT * FROM audit.trail",
        "SELECT * FROM partitions.rules",
        "SELECT partitions.maintain()",
        "SELECT app.refresh_aggregates()",
    ],
)
def test_a_service_may_not(workflows: Bootstrapped, login: str, statement: str):
    workflows.refused(login, statement)


@pytest.mark.parametrize("login", ["api", "worker", "analytics", "monitoring"])
def test_no_service_enters_a_partition_past_its_table(workflows: Bootstrapped, login: str):
    partition = workflows.value(
        "datastores", "SELECT partition::text FROM partitions.ends('workflows.executions') LIMIT 1"
    )

    workflows.refused(login, f"TABLE {partition}", "permission denied for schema partitions")


@pytest.mark.parametrize(
    "statement", ["INSERT INTO executions DEFAULT VALUES", "UPDATE executions SET name = ''", "DELETE FROM executions"]
)
def test_analytics_writes_nothing(workflows: Bootstrapped, statement: str):
    workflows.refused("analytics", statement)


@pytest.mark.parametrize("login", ["api", "worker", "monitoring"])
def test_only_analytics_reads_aggregates_of_all_tenants(workflows: Bootstrapped, login: str):
    workflows.run_job("aggregates")

    assert workflows.value("analytics", "SELECT count(*) FROM by_tenant WHERE tenant_id IN (%s, %s)", ONE, OTHER) == 2
    workflows.refused(login, "TABLE reporting.by_tenant")


def test_aggregates_are_refreshed(workflows: Bootstrapped):
    tenant = UUID(int=4)
    as_tenant(workflows, "api", tenant, "INSERT INTO executions (tenant_id, started_at) VALUES (%s, now())", tenant)

    workflows.run_job("aggregates")

    assert workflows.run("analytics", "SELECT runs FROM by_tenant WHERE tenant_id = %s", tenant) == [(1,)]


def test_partitions_are_made_three_months_ahead_and_belong_to_the_tables_owner(workflows: Bootstrapped):
    now = datetime.now(tz=UTC)
    months = [divmod(now.year * 12 + now.month - 1 + ahead, 12) for ahead in range(4)]

    found = workflows.run(
        "datastores",
        "SELECT partition::text, relowner::regrole::text FROM partitions.ends('workflows.steps')"
        " JOIN pg_class ON oid = partition ORDER BY ends",
    )
    assert found == [(f"partitions.workflows_steps_{year}_{month + 1:02}", "migrator") for year, month in months]


def test_a_later_migration_changes_table_and_partitions(workflows: Bootstrapped):
    workflows.run("migrator", "ALTER TABLE workflows.steps ADD COLUMN note text")

    assert (
        workflows.value("datastores", "SELECT count(*) FROM information_schema.columns WHERE column_name = 'note'") >= 4
    )


def old_partition(found: Bootstrapped, table: str, days: int) -> str:
    """Make a partition that ended so many days ago, and give its name."""
    end = datetime.now(tz=UTC) - timedelta(days=days)
    name = f"partitions.{table}_{days}"
    found.run(
        "migrator",
        f"CREATE TABLE {name} PARTITION OF workflows.{table}"
        f" FOR VALUES FROM ('{end - timedelta(days=1)}') TO ('{end}')",
    )
    return name


def there(found: Bootstrapped, *partitions: str) -> list[bool]:
    return [found.value("datastores", "SELECT to_regclass(%s) IS NOT NULL", name) for name in partitions]


def test_a_partition_is_dropped_whole_once_its_last_row_is_old_enough(workflows: Bootstrapped):
    young, old = old_partition(workflows, "executions", 29), old_partition(workflows, "executions", 31)

    workflows.run_job("partitions")

    assert there(workflows, young, old) == [True, False]


@pytest.fixture
def scale(workflows: Bootstrapped) -> Iterator[Bootstrapped]:
    """The same database in a phase with an archive; afterwards it is in mvp again."""
    workflows.again(phase="scale", archive=ARCHIVE)
    yield workflows
    workflows.again()
    workflows.run_job("partitions")


def test_from_scale_on_a_partition_is_exported_before_it_is_dropped(scale: Bootstrapped):
    old = old_partition(scale, "events", 40)
    started = datetime.now(tz=UTC) - timedelta(days=40, hours=1)
    as_tenant(scale, "worker", ONE, "INSERT INTO events (tenant_id, started_at) VALUES (%s, %s)", ONE, started)
    scale.run_job("partitions")
    assert there(scale, old) == [True]
    assert scale.run("datastores", "SELECT partition_name FROM partitions.waiting") == [(old,)]

    scale.run_job("archive")
    scale.run_job("partitions")

    end = datetime.now(tz=UTC) - timedelta(days=40)
    uploads = scale.run("datastores", "SELECT (uri).bucket, (uri).file_path, (uri).region, rows FROM aws_s3.uploads")
    assert uploads == [(ARCHIVE, f"{end.year}/events_40.csv", "eu-central-1", 1)]
    assert there(scale, old) == [False]


def test_a_partition_whose_export_lost_a_row_stays(scale: Bootstrapped):
    scale.run("migrator", "ALTER TABLE " + old_partition(scale, "events", 45) + " RENAME TO lost_45")

    scale.run_job("archive")
    scale.run_job("partitions")

    assert there(scale, "partitions.lost_45") == [True]


def test_a_phase_without_an_archive_drops_without_waiting(scale: Bootstrapped):
    old = old_partition(scale, "events", 50)

    scale.again()

    assert there(scale, old) == [False]
    assert scale.run("datastores", "SELECT FROM cron.job WHERE jobname = 'archive'") == []


def test_a_rule_that_fails_stops_no_other_and_says_so_in_its_row(workflows: Bootstrapped):
    workflows.run("migrator", "CREATE TABLE workflows.flat (x int)")
    workflows.run("migrator", "INSERT INTO partitions.rules VALUES ('workflows', 'flat', '1 day')")

    workflows.run_job("partitions")

    problems = workflows.run("migrator", "SELECT table_name, problem FROM partitions.rules WHERE problem IS NOT NULL")
    assert problems == [("flat", '"flat" is not partitioned')]
    workflows.run("datastores", "DELETE FROM partitions.rules WHERE table_name = 'flat'")


def test_a_change_of_a_partitions_row_is_traced_to_its_table_and_tenant(workflows: Bootstrapped):
    tenant = UUID(int=5)
    as_tenant(workflows, "worker", tenant, "INSERT INTO steps (tenant_id, started_at) VALUES (%s, now())", tenant)

    found = workflows.run(
        "datastores", "SELECT login, schema_name, table_name FROM audit.trail WHERE tenant = %s", str(tenant)
    )
    assert found == [("worker", "workflows", "steps")]


def test_search_finds_parts_of_words(workflows: Bootstrapped):
    assert as_tenant(workflows, "api", ONE, "SELECT name FROM executions WHERE name ILIKE '%%irs%%'") == [("first",)]
