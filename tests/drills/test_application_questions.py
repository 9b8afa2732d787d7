"""The questions of every application are true of a database that its own scripts made, on a real PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg import Connection

from drills import postgres
from drills.questions import file_of, read
from drills.report import Outcome
from tests.sql.bootstrapped import PRELOAD, Bootstrapped, bootstrapped, only, plan_of, without
from tests.sql.installation import Installation, debian, with_vectors
from tests.sql.running import ADMINISTRATOR, running

pytestmark = pytest.mark.xdist_group("drill-questions")

Install = Callable[[Path], Installation]
MEMORY = ("shared/10-tools", "shared/20-database", "shared/35-vector", "shared/80-tenants", "devmentor/20-schemas")
# Debian has no pgvector, and the server that has it has nothing else: what needs either is asked there.
SERVERS: dict[str, tuple[str, str, list[Install]]] = {
    "clubapp": ("clubapp", "main", [debian]),
    "workflows": ("workflows", "main", [debian]),
    "heka": ("heka", "main", [debian]),
    "devora": ("devora", "memory", [with_vectors]),
    "devmentor": ("devmentor", "main", [debian, with_vectors]),
}


def answered(found: Bootstrapped, application: str, store: str) -> set[str]:
    """Name what is answered with yes."""

    def connect() -> Connection:
        return found.running.connect(*ADMINISTRATOR)

    checks = postgres.looked_at(connect, connect, read(file_of(application, store)))
    return {one.name for one in checks if one.outcome is Outcome.PASSED}


@pytest.mark.parametrize(("application", "store", "installs"), SERVERS.values(), ids=SERVERS)
def test_every_question_is_answered_with_yes(application: str, store: str, installs: list[Install]):
    passed: set[str] = set()
    for install in installs:
        plan = plan_of(application, store)
        if install is with_vectors:
            plan = only(plan, *MEMORY) if application == "devmentor" else without(plan, "shared/30-statistics")
        elif application == "devmentor":
            plan = without(plan, "shared/35-vector")
        with running(install, application, PRELOAD if install is debian else ()) as server:
            passed |= answered(bootstrapped(server, plan), application, store)

    assert passed >= {one.name for one in read(file_of(application, store))}
