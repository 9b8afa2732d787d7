"""How a bootstrap runs: logins, limits, what was changed by hand, what breaks, two at once."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from sql.bootstrap import LOCK, bootstrap
from sql.catalogue import Change
from sql.errors import BootstrapError, StoppedMidwayError
from sql.manifest import Script
from sql.server import LoginRefusedError
from tests.sql.bootstrapped import PRELOAD, Bootstrapped, bootstrapped, password_of, plan_of
from tests.sql.installation import debian
from tests.sql.running import ADMINISTRATOR, running

pytestmark = pytest.mark.xdist_group("sql-bootstrap")


@pytest.fixture(scope="module")
def ready() -> Iterator[Bootstrapped]:
    with running(debian, "heka", PRELOAD) as server:
        found = bootstrapped(server, plan_of("heka"))
        found.run("migrator", "CREATE TABLE heka.couples (id int)")
        yield found


def said(found: Bootstrapped, **changes: Any) -> list[str]:
    """Give what a further run changed."""
    done = found.again(**changes)
    return [str(change) for step in done.steps for change in step.changes]


def with_login(found: Bootstrapped, name: str, **changes: Any) -> dict[str, Any]:
    return {"logins": tuple(replace(one, **changes) if one.name == name else one for one in found.plan.logins)}


@pytest.mark.parametrize(
    ("by_hand", "changed"),
    [
        ("REVOKE SELECT ON heka.couples FROM heka_writer", {"changed relation heka.couples"}),
        ("REVOKE USAGE ON SCHEMA heka FROM heka_writer", {"changed schema heka"}),
        ("GRANT ALL ON SCHEMA heka TO PUBLIC", {"changed schema heka"}),
        ("REVOKE heka_writer FROM api", {"added membership api in heka_writer"}),
        ("REVOKE CONNECT ON DATABASE heka FROM api", {"changed database heka"}),
        ("GRANT CREATE ON DATABASE heka TO PUBLIC", {"changed database heka"}),
        ("ALTER ROLE api NOLOGIN CREATEDB CONNECTION LIMIT 1", {"changed role api"}),
        (
            "ALTER ROLE api RESET ALL; ALTER ROLE api IN DATABASE heka RESET search_path",
            {"added settings of api in heka"},
        ),
        ("DROP FUNCTION audit.watch", {"added function audit.watch(watched regclass, VARIADIC hidden text[])"}),
        ("SELECT cron.unschedule('partitions')", {"added job partitions"}),
        ("ALTER ROLE migrator SET pgaudit.log = 'none'", {"changed settings of migrator in all databases"}),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA heka REVOKE ALL ON TABLES FROM heka_writer",
            {"added default rights on tables of migrator in heka"},
        ),
        ("ALTER SCHEMA heka OWNER TO datastores", {"changed schema heka"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_changed_by_hand_is_put_right_and_said(ready: Bootstrapped, by_hand: str, changed: set[str]):
    ready.run("datastores", by_hand)

    assert set(said(ready)) == changed
    assert ready.again().nothing_changed


def test_a_new_password_is_set_and_the_former_one_refused(ready: Bootstrapped):
    done = ready.again(**with_login(ready, "api", password=ANOTHER))

    assert [step.passwords for step in done.steps if step.passwords] == [("api",)]
    ready.running.connect("api", ANOTHER).close()
    with pytest.raises(LoginRefusedError, match="the server refuses the login api"):
        ready.connect("api")
    ready.again()


def test_a_password_changed_on_the_server_is_put_right(ready: Bootstrapped):
    ready.run("datastores", "ALTER ROLE monitoring PASSWORD 'by hand'")

    ready.again()

    assert ready.value("monitoring", "SELECT 1") == 1


def test_a_login_holds_no_more_connections_than_its_limit(ready: Bootstrapped):
    ready.again(**with_login(ready, "api", connections=2))

    with (
        ready.connect("api"),
        ready.connect("api"),
        pytest.raises(BootstrapError, match="all connections that api may hold"),
    ):
        ready.connect("api")
    assert said(ready) == ["changed role api"]


def test_a_login_without_a_connection_left_is_not_taken_for_one_with_another_password(ready: Bootstrapped):
    limit = with_login(ready, "api", connections=1)
    ready.again(**limit)

    with ready.connect("api"):
        done = ready.again(**limit)

    assert done.nothing_changed
    ready.again()


def test_unknown_logins_are_reported_and_stay(ready: Bootstrapped):
    ready.run("datastores", "CREATE ROLE former LOGIN")

    assert ready.again().unknown_logins == ("former",)
    assert ready.value("datastores", "SELECT count(*) FROM pg_roles WHERE rolname = 'former'") == 1
    ready.run("datastores", "DROP ROLE former")


ANOTHER = "another"
BROKEN = Script(name="heka/99-broken", text="CREATE TABLE heka.half_done ();\nSELECT 1;\nSELECT nonsense;\n")


def test_a_broken_script_leaves_nothing_half_done_and_is_named_with_its_line(ready: Bootstrapped):
    with pytest.raises(StoppedMidwayError, match=r'heka/99-broken, line 3: column "nonsense" does not exist'):
        ready.again(scripts=(*ready.plan.scripts, BROKEN))

    assert ready.value("datastores", "SELECT to_regclass('heka.half_done')") is None
    assert ready.again().nothing_changed


def test_two_at_once_wait_for_each_other(ready: Bootstrapped):
    lines: list[str] = []
    waiting = threading.Event()

    def say(line: str) -> None:
        lines.append(line)
        waiting.set()

    second = threading.Thread(target=bootstrap, args=(ready.plan, ready.running.connect, ADMINISTRATOR, say))
    with ready.connect("datastores") as first:
        first.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        second.start()
        assert waiting.wait(60)
        assert lines == ["another bootstrap of this database is under way: waiting for it to end"]
    second.join(60)

    assert lines[-1] == "heka/30-retention: as it was"


@pytest.fixture(scope="module")
def bare() -> Iterator[Bootstrapped]:
    """A server whose parameter group names no library but one."""
    with running(debian, "clubapp", ("pg_stat_statements",)) as server:
        yield Bootstrapped(running=server, plan=plan_of("clubapp"))


def test_a_server_without_the_libraries_is_refused_with_all_their_names(bare: Bootstrapped):
    how = (
        "is not loaded: shared_preload_libraries of its parameter group must name it, "
        "and the instance be rebooted since (loaded: pg_stat_statements)"
    )
    said = f"the server lacks what the scripts need:\n  extension pg_cron {how}\n  extension pgaudit {how}"

    with pytest.raises(BootstrapError, match=f"^{re.escape(said)}$"):
        bare.again()

    with bare.running.superuser() as connection:
        assert connection.execute("SELECT FROM pg_roles WHERE rolname = 'api'").fetchall() == []


def test_an_extension_that_the_server_has_not_is_named(ready: Bootstrapped):
    script = Script(name="heka/98-more", text="CREATE EXTENSION IF NOT EXISTS vector SCHEMA extensions;")

    with pytest.raises(BootstrapError, match="extension vector is not available on it"):
        ready.again(scripts=(script,))


def test_an_older_server_is_refused(ready: Bootstrapped, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(psycopg.ConnectionInfo, "server_version", 140_012)

    with pytest.raises(BootstrapError, match="the server must be PostgreSQL 15 or newer"):
        ready.again()


def test_a_run_says_each_step_as_it_is_done(ready: Bootstrapped):
    lines: list[str] = []

    bootstrap(ready.plan, ready.running.connect, ADMINISTRATOR, lines.append)

    assert lines == [
        f"{name}: as it was" for name in ("logins", "passwords", *(one.name for one in ready.plan.scripts))
    ]


def test_a_change_reads_as_a_sentence():
    assert str(Change(what="added", kind="role", name="api")) == "added role api"


@pytest.fixture
def second(ready: Bootstrapped) -> Iterator[Bootstrapped]:
    """A database whose migrator and api log in as their second users."""
    logins = tuple(
        replace(one, second=f"{one.name}_b") if one.name in {"api", "migrator"} else one for one in ready.plan.logins
    )
    ready.again(logins=logins)
    yield Bootstrapped(running=ready.running, plan=replace(ready.plan, logins=logins))
    with ready.running.superuser() as connection:
        for name in ("api_b", "migrator_b"):
            connection.execute(SQL("DROP ROLE {}").format(Identifier(name)))


def as_second(found: Bootstrapped, login: str, statement: LiteralString) -> list[tuple[Any, ...]]:
    with found.running.connect(f"{login}_b", password_of(login)) as connection:
        return connection.execute(statement).fetchall()


def test_a_second_user_acts_as_its_role_with_the_settings_of_that(second: Bootstrapped):
    assert as_second(
        second, "api", "SELECT current_user::text, session_user::text, current_setting('search_path')"
    ) == [("api", "api_b", "heka, extensions")]


def test_what_a_second_user_makes_belongs_to_the_role(second: Bootstrapped):
    with second.running.connect("migrator_b", password_of("migrator")) as connection:
        connection.execute("CREATE TABLE heka.of_second (id int)")
        row = connection.execute("SELECT tableowner::text FROM pg_tables WHERE tablename = 'of_second'").fetchone()
        connection.execute("DROP TABLE heka.of_second")

    assert row == ("migrator",)


def test_a_second_user_may_do_what_the_role_may_after_its_session_was_reset(second: Bootstrapped):
    with second.running.connect("api_b", password_of("api")) as connection:
        connection.execute("DISCARD ALL")

        assert connection.execute("SELECT count(*) FROM heka.couples").fetchone() is not None


def test_a_further_run_leaves_second_users_as_they_are_and_knows_them(second: Bootstrapped):
    done = second.again()

    assert (done.nothing_changed, done.unknown_logins) == (True, ())
