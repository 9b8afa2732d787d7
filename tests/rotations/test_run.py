"""A rotation: no client is locked out, whatever it is killed at; in the end the old passwords are refused."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from sizes.logins import ADMIN
from tests.rotations.worked import LOGINS, KilledError, World
from tests.sql.bootstrapped import bootstrapped, plan_of
from tests.sql.installation import debian
from tests.sql.running import ADMINISTRATOR, Running, running
from upgrades.engine import Outcome
from upgrades.run import LaterError, StopError

pytestmark = pytest.mark.xdist_group("rotations")

POINTS = 36
"""More than a rotation has."""
POOLED = {"main": {"api": 3, "migrator": 2, ADMIN: 2}}
DONE = {"rotations": POOLED}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(debian, "clubapp") as found:
        bootstrapped(found, plan_of("clubapp", found=()))
        yield found


@pytest.fixture
def world(server: Running, endpoint: str, tmp_path: Path) -> Iterator[World]:
    client = boto3.Session("local", "local", region_name="eu-central-1").client("secretsmanager", endpoint_url=endpoint)
    yield World(server=server, client=client, file=tmp_path / "Pulumi.clubapp-dev.yaml")
    with server.superuser() as connection:
        connection.execute(f"ALTER ROLE {ADMIN} PASSWORD '{ADMINISTRATOR[1]}'")


def test_every_login_has_a_new_password_and_the_old_one_is_refused(world: World):
    world.rotate()

    assert world.rotations() == {
        "rotations": {"main": {"api": 2, "migrator": 2, "monitoring": 2, ADMIN: 2}, "cache": {"application": 2}}
    }
    assert [world.read("main", login)["username"] for login in (*LOGINS, ADMIN)] == [
        "api_b", "migrator_b", "monitoring_b", ADMIN,
    ]  # fmt: skip
    assert [world.lets_in(login, world.password("main", login, 1)) for login in LOGINS] == [False] * 3
    assert world.lets_in(*ADMINISTRATOR) is False
    world.clients_get_in((*LOGINS, ADMIN))


def test_the_next_time_it_is_the_first_user_again(world: World):
    world.rotate()

    world.rotate()

    assert world.read("main", "api")["username"] == "api"
    assert world.lets_in("api_b", world.password("main", "api", 2)) is False
    world.clients_get_in((*LOGINS, ADMIN))


def test_a_login_behind_a_pool_keeps_its_user(world: World):
    world.rotate(POOLED)

    assert world.read("main", "api")["username"] == "api"
    assert world.lets_in("api", world.password("main", "api", 1)) is False
    world.clients_get_in((*LOGINS, ADMIN))


def test_the_points_are_all_of_a_rotation(world: World):
    world.rotate(POOLED)

    assert 20 < world.fuse.points < POINTS


@pytest.mark.parametrize("point", range(0, POINTS, 3))
def test_killed_anywhere_it_is_resumed_and_nobody_is_locked_out(world: World, point: int):
    world.fuse.at = point
    try:
        world.rotate(POOLED)
    except KilledError:
        if world.rotations() != DONE or world.state().outputs.get("rotation"):
            world.rotate(POOLED)

    assert world.rotations() == DONE
    assert world.lets_in("migrator", world.password("main", "migrator", 1)) is False
    assert world.lets_in("api", world.password("main", "api", 1)) is False
    world.clients_get_in((*LOGINS, ADMIN))


@pytest.mark.parametrize("point", range(1, POINTS, 3))
def test_killed_anywhere_it_is_taken_back_while_the_old_passwords_are_there(world: World, point: int):
    world.fuse.at = point
    with contextlib.suppress(StopError, KilledError):
        world.rotate(POOLED, confirm=lambda question: "etire" not in question)
    # The way back of a login behind a pool is the length of an update.
    world.fuse.at, world.fuse.look = None, lambda: world.clients_get_in(("migrator",))
    if world.rotations() or world.state().outputs.get("rotation"):
        world.rotate(back=True)

    assert (world.rotations(), world.state().outputs.get("rotation")) == ({}, None)
    assert [world.read("main", login)["username"] for login in LOGINS] == list(LOGINS)
    assert world.read("main", "api")["password"] == world.password("main", "api", 1)
    assert world.lets_in("migrator_b", world.password("main", "migrator", 2)) is False
    world.clients_get_in((*LOGINS, ADMIN))


def test_what_is_retired_cannot_be_taken_back(world: World):
    def killed() -> None:
        world.fuse.look = world.clients_get_in
        raise KilledError

    def confirm(question: str) -> bool:
        if "etire" in question:
            world.fuse.look = killed  # the next point is when the file says that the old ones are retired
        return True

    with pytest.raises(KilledError):
        world.rotate(POOLED, confirm=confirm)

    with pytest.raises(StopError, match="the old passwords are being retired"):
        world.rotate(back=True)


def test_a_failed_update_says_how_to_go_on_and_back(world: World):
    world.ends = [Outcome.FAILED]

    with pytest.raises(LaterError, match=r"`datastores rotate clubapp-dev --resume`, or take it back: .*--abort"):
        world.rotate()


def test_an_update_that_came_otherwise_than_planned_is_judged_and_made_again(world: World):
    world.ends = [Outcome.OTHERWISE]

    world.rotate(POOLED)

    assert [line for line in world.said if line.startswith("policies and gate: ")] == [
        "policies and gate: 0 resources change"
    ] * 4
    assert world.rotations() == DONE
    assert world.lets_in("api", world.password("main", "api", 1)) is False


def test_an_update_that_comes_otherwise_twice_has_failed(world: World):
    world.ends = [Outcome.OTHERWISE, Outcome.OTHERWISE]

    with pytest.raises(LaterError, match="the update failed half-way"):
        world.rotate()


def test_an_update_that_nobody_confirms_leaves_the_stack_file_as_it_was(world: World):
    before = world.file.read_text(encoding="utf-8")

    def stopped(_: str) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.rotate(confirm=stopped)
    with pytest.raises(StopError, match="not confirmed"):
        world.rotate(confirm=lambda _: False)

    assert world.file.read_text(encoding="utf-8") == before


def test_with_yes_it_ends_before_the_old_passwords_go(world: World):
    with pytest.raises(LaterError, match="the old passwords still let in"):
        world.rotate(yes=True)

    assert world.lets_in("api", world.password("main", "api", 1))
    assert world.rotations()["rotation"]["step"] == "switch"


def test_sessions_of_old_users_are_waited_for(world: World):
    times: list[float] = []
    with (
        world.server.connect("api", world.password("main", "api", 1)),
        pytest.raises(LaterError, match="1 sessions still use the old user of main api"),
    ):
        world.rotate(settle=timedelta(minutes=1), clock=clock(times), sleep=times.append)

    assert sum(times) == 60
    assert world.lets_in("api", world.password("main", "api", 1))


def clock(slept: list[float]) -> Callable[[], datetime]:
    return lambda: datetime(2026, 11, 26, tzinfo=UTC) + timedelta(seconds=sum(slept))


def test_a_person_may_end_the_sessions_of_old_users(world: World):
    asked: list[str] = []

    with world.server.connect("api", world.password("main", "api", 1)):
        world.rotate(confirm=lambda question: asked.append(question) or True)

    assert "1 sessions still use the old user of main api, which would end" in asked[2]
    assert "main api: 1 sessions of the user without a password have ended" in world.said


def test_nothing_begins_where_the_database_has_no_such_role(world: World):
    world.fuse.look = lambda: None
    with world.server.superuser() as connection:
        connection.execute("ALTER ROLE monitoring RENAME TO elsewhere")
    try:
        with pytest.raises(StopError, match="there is no role for main monitoring"):
            world.rotate()
    finally:
        with world.server.superuser() as connection:
            connection.execute("ALTER ROLE elsewhere RENAME TO monitoring")
    assert world.rotations() == {}


def test_no_password_is_said(world: World):
    world.rotate()

    told: Any = [*world.said, world.file.read_text(encoding="utf-8")]
    assert [line for line in told if "secret-main" in line or ADMINISTRATOR[1] in line] == []
