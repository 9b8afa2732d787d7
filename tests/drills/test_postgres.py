"""What a restored database is asked, on a real PostgreSQL: the copy is a physical one, as RDS makes it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from drills import postgres
from drills.questions import Question, file_of, read
from drills.report import Check, Outcome
from tests.sql.bootstrapped import PRELOAD, Bootstrapped, bootstrapped, plan_of
from tests.sql.installation import Installation, debian, unprivileged
from tests.sql.running import ADMINISTRATOR, Running, running

pytestmark = pytest.mark.xdist_group("drill-postgres")

LIKE_SOURCE: Final = "roles, schemas, relations and rights are those of the source"
FILLED: Final = "tables that hold something in the source hold something"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A database, and what came back of it."""

    source: Bootstrapped
    copy: Running

    def asked(self, *questions: Question) -> dict[str, tuple[Outcome, str]]:
        found = postgres.looked_at(
            lambda: self.source.running.connect(*ADMINISTRATOR), lambda: self.copy.connect(*ADMINISTRATOR), questions
        )
        return {one.name: (one.outcome, one.said) for one in found}

    def spoil(self, statement: str) -> None:
        """Change the copy, as a restore that went wrong would."""
        with self.copy.superuser() as connection:
            connection.execute(statement)  # pyright: ignore[reportArgumentType,reportCallIssue]  # a literal of ours


@contextmanager
def restored(installation: Installation, source: Running) -> Generator[Running]:
    """Copy a running server, and start the copy."""
    target, data = source.folder / "copy", source.folder / "data"
    with source.superuser() as connection:
        connection.execute("SELECT pg_backup_start('copy', true)")
        shutil.copytree(data, target, ignore=shutil.ignore_patterns("postmaster.*"), copy_function=shutil.copy2)
        row = connection.execute("SELECT labelfile FROM pg_backup_stop(false)").fetchone()
    assert row is not None
    (target / "backup_label").write_text(row[0], encoding="utf-8")
    # What was written meanwhile, and makes the copy whole.
    shutil.copytree(data / "pg_wal", target / "pg_wal", dirs_exist_ok=True)
    own(target)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run(
        installation.bin / "pg_ctl", "start", "-w", "-D", str(target), "-l", str(source.folder / "log-of-copy"),
        "-o", f"-p {port}",
    )  # fmt: skip
    try:
        yield replace(source, port=port)
    finally:
        run(installation.bin / "pg_ctl", "stop", "-m", "immediate", "-D", str(target))


def own(folder: Path) -> None:
    """Give a copy to whom the server runs as."""
    who = unprivileged()
    if "user" in who and "group" in who:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, who["user"], who["group"])


def run(program: Path, *arguments: str) -> None:
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        check=False,
        **unprivileged(),
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def source() -> Iterator[tuple[Installation, Bootstrapped]]:
    installed: list[Installation] = []

    def install(folder: Path) -> Installation:
        installed.append(debian(folder))
        return installed[0]

    with running(install, "clubapp", PRELOAD) as server:
        found = bootstrapped(server, plan_of("clubapp"))
        found.run("migrator", "CREATE TABLE clubapp.venues (name text); INSERT INTO clubapp.venues VALUES ('bar')")
        yield installed[0], found


@pytest.fixture
def pair(source: tuple[Installation, Bootstrapped]) -> Iterator[Pair]:
    installation, bootstrapped_ = source
    with restored(installation, bootstrapped_.running) as copy:
        yield Pair(source=bootstrapped_, copy=copy)
    shutil.rmtree(bootstrapped_.running.folder / "copy")


def test_a_copy_passes_and_is_asked_what_its_application_wants_to_know(pair: Pair):
    questions = read(file_of("clubapp", "main"))

    found = pair.asked(*questions)

    assert set(found) == {LIKE_SOURCE, FILLED, *(one.name for one in questions)}
    assert {outcome for outcome, _ in found.values()} == {Outcome.PASSED}, found


def test_what_is_not_there_any_more_fails(pair: Pair):
    pair.spoil("DROP TABLE clubapp.venues")

    found = pair.asked(Question(name="so", statement="SELECT true"))

    assert found[LIKE_SOURCE] == (Outcome.FAILED, "differs from the source: removed relation clubapp.venues")
    assert found[FILLED] == (Outcome.FAILED, "empty or missing: clubapp.venues")


def test_a_table_without_rows_fails(pair: Pair):
    pair.spoil("TRUNCATE clubapp.venues")

    found = pair.asked(Question(name="so", statement="SELECT true"))

    assert (found[LIKE_SOURCE][0], found[FILLED][0]) == (Outcome.PASSED, Outcome.FAILED)


@pytest.mark.parametrize(
    ("statement", "outcome", "said"),
    [
        ("SELECT true", Outcome.PASSED, "true"),
        ("SELECT false", Outcome.FAILED, "false"),
        ("SELECT NULL::boolean", Outcome.UNKNOWN, "the answer is neither true nor false"),
        ("SELECT 1", Outcome.UNKNOWN, "the answer is neither true nor false"),
        ("SELECT true, true", Outcome.UNKNOWN, "the answer is neither true nor false"),
        ("SELECT true WHERE false", Outcome.UNKNOWN, "the answer is neither true nor false"),
        ("SELECT * FROM clubapp.nothing", Outcome.FAILED, "it says: UndefinedTable (42P01)"),
        (
            "SELECT rolpassword IS NULL FROM pg_authid",
            Outcome.UNKNOWN,
            "not checked: it says: InsufficientPrivilege (42501)",
        ),
        ("CREATE TABLE x ()", Outcome.FAILED, "it says: ReadOnlySqlTransaction (25006)"),
    ],
)
def test_only_a_plain_yes_passes(
    source: tuple[Installation, Bootstrapped], statement: str, outcome: Outcome, said: str
):
    pair = Pair(source=source[1], copy=source[1].running)

    assert pair.asked(Question(name="it", statement=statement))["it"] == (outcome, said)


def test_a_database_that_is_not_reached_is_not_checked(source: tuple[Installation, Bootstrapped]):
    pair = Pair(source=source[1], copy=replace(source[1].running, port=1))

    found = pair.asked(Question(name="it", statement="SELECT true"))

    assert set(found) == {"connection"}
    outcome, said = found["connection"]
    assert outcome is Outcome.UNKNOWN
    assert said.startswith("not checked: no connection: the server ")


def test_a_connection_that_breaks_off_is_not_passed(source: tuple[Installation, Bootstrapped]):
    pair = Pair(source=source[1], copy=source[1].running)
    ends = Question(name="it", statement="SELECT pg_terminate_backend(pg_backend_pid())")

    found = pair.asked(ends, Question(name="after", statement="SELECT true"))

    assert (found["connection"][0], "after" in found) == (Outcome.UNKNOWN, False)


def test_an_application_without_questions_is_not_passed(source: tuple[Installation, Bootstrapped]):
    found = Pair(source=source[1], copy=source[1].running).asked()

    assert found["the application's checks"][0] is Outcome.UNKNOWN


def test_checks_are_about_data():
    found: Check = postgres.no_connection("there is no way")

    assert (found.aspect, found.said) == ("data", "not checked: no connection: there is no way")
