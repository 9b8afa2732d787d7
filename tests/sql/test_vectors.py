"""Vectors, on the server that has pgvector and no other extension: devora's memory, and devmentor's schemas."""

from collections.abc import Iterator

import pytest

from tests.sql.bootstrapped import Bootstrapped, bootstrapped, only, plan_of, without
from tests.sql.installation import with_vectors
from tests.sql.running import running

pytestmark = pytest.mark.xdist_group("sql-vectors")


@pytest.fixture(scope="module")
def devora() -> Iterator[Bootstrapped]:
    with running(with_vectors, "devora") as server:
        found = bootstrapped(server, without(plan_of("devora", "memory"), "shared/30-statistics"))
        found.run("migrator", "CREATE TABLE memory.things (id int, about vector(3))")
        yield found


@pytest.fixture(scope="module")
def devmentor() -> Iterator[Bootstrapped]:
    with running(with_vectors, "devmentor") as server:
        names = (
            "shared/10-tools",
            "shared/20-database",
            "shared/35-vector",
            "shared/80-tenants",
            "devmentor/20-schemas",
        )
        found = bootstrapped(server, only(plan_of("devmentor"), *names))
        found.run("migrator", "CREATE TABLE memory.things (id int, about vector(3))")
        found.run("migrator", "CREATE INDEX ON memory.things USING hnsw (about vector_cosine_ops)")
        found.run("migrator", "CREATE INDEX ON memory.things USING ivfflat (about vector_l2_ops)")
        yield found


@pytest.mark.parametrize("application", ["devora", "devmentor"])
def test_memory_finds_what_is_near(request: pytest.FixtureRequest, application: str):
    found: Bootstrapped = request.getfixturevalue(application)
    found.run("memory", "INSERT INTO things VALUES (1, '[1,0,0]'), (2, '[0,1,0]')")

    assert found.value("memory", "SELECT id FROM things ORDER BY about <=> '[0.9,0.1,0]' LIMIT 1") == 1


@pytest.mark.parametrize("application", ["devora", "devmentor"])
def test_run_again_nothing_changes(request: pytest.FixtureRequest, application: str):
    assert request.getfixturevalue(application).again().nothing_changed


@pytest.mark.parametrize("statement", ["TRUNCATE things", "CREATE TABLE memory.x ()", "SET ROLE migrator"])
def test_devoras_memory_may_not(devora: Bootstrapped, statement: str):
    devora.refused("memory", statement)


def test_monitoring_reads_no_row(devora: Bootstrapped):
    devora.refused("monitoring", "SELECT FROM memory.things")


@pytest.mark.parametrize("login", ["auth", "project", "learning", "ai_gateway"])
def test_no_other_service_of_devmentor_reads_memory(devmentor: Bootstrapped, login: str):
    devmentor.refused(login, "SELECT FROM memory.things", "permission denied for schema memory")
