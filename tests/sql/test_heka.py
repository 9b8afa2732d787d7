"""heka's database: one service, and changes that are traced."""

from collections.abc import Iterator

import pytest

from tests.sql.bootstrapped import PRELOAD, Bootstrapped, bootstrapped, plan_of
from tests.sql.installation import debian
from tests.sql.running import running

pytestmark = pytest.mark.xdist_group("sql-heka")


@pytest.fixture(scope="module")
def heka() -> Iterator[Bootstrapped]:
    with running(debian, "heka", PRELOAD) as server:
        found = bootstrapped(server, plan_of("heka"))
        found.run("migrator", "CREATE TABLE heka.payments (id bigint); SELECT audit.watch('heka.payments')")
        yield found


def test_run_again_nothing_changes(heka: Bootstrapped):
    assert heka.again().nothing_changed


def test_the_api_works_and_is_traced(heka: Bootstrapped):
    heka.run("api", "INSERT INTO payments VALUES (1); UPDATE payments SET id = 2; DELETE FROM payments")

    found = heka.run("datastores", "SELECT login, action FROM audit.trail ORDER BY id")
    assert found == [("api", "INSERT"), ("api", "UPDATE"), ("api", "DELETE")]


@pytest.mark.parametrize("statement", ["TRUNCATE payments", "CREATE TABLE heka.x ()", "DELETE FROM audit.trail"])
def test_the_api_may_not(heka: Bootstrapped, statement: str):
    heka.refused("api", statement)


def test_monitoring_reads_no_row(heka: Bootstrapped):
    heka.refused("monitoring", "SELECT FROM heka.payments")
