"""Tenants on PostgreSQL 16, where a membership says what it hands on and who makes a role is not yet its member."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.sql.bootstrapped import Bootstrapped, bootstrapped, only, plan_of
from tests.sql.installation import with_vectors
from tests.sql.running import running

pytestmark = pytest.mark.xdist_group("sql-vectors")

TABLE = """
CREATE TABLE workflows.executions (tenant_id uuid NOT NULL, name text);
SELECT app.separate_tenants('workflows.executions');
SET ROLE tenant_aggregator;
CREATE VIEW reporting.of_all AS SELECT name FROM workflows.executions;
"""


@pytest.fixture(scope="module")
def workflows() -> Iterator[Bootstrapped]:
    with running(with_vectors, "workflows") as server:
        names = ("shared/10-tools", "shared/20-database", "shared/80-tenants", "workflows/20-schemas")
        found = bootstrapped(server, only(plan_of("workflows"), *names))
        found.run("migrator", TABLE)
        with found.connect("api") as connection, connection.transaction():
            connection.execute("SELECT set_config('app.current_tenant', %s, true)", [str(UUID(int=1))])
            connection.execute("INSERT INTO executions VALUES (%s, 'first')", [UUID(int=1)])
        yield found


def test_run_again_nothing_changes(workflows: Bootstrapped):
    assert workflows.again().nothing_changed


@pytest.mark.parametrize("login", ["api", "worker", "analytics", "migrator"])
def test_nothing_set_nothing_seen(workflows: Bootstrapped, login: str):
    assert workflows.run(login, "TABLE workflows.executions") == []


def test_aggregates_are_of_all_tenants(workflows: Bootstrapped):
    assert workflows.run("analytics", "TABLE of_all") == [("first",)]


@pytest.mark.parametrize("login", ["api", "worker", "analytics", "monitoring"])
@pytest.mark.parametrize("role", ["migrator", "tenant_aggregator", "datastores", "rds_superuser"])
def test_no_service_becomes_another_role(workflows: Bootstrapped, login: str, role: str):
    workflows.refused(login, f"SET ROLE {role}")
