"""Rotations on the real engine: of Redis users, and of a login of a real PostgreSQL; killed, and taken up again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, LiteralString, cast

import pytest
import yaml

from localcloud.paths import CODE
from tests.engine.clouds import Start
from tests.engine.local import Local
from tests.engine.upgrading import at_first, killed, run, watched
from tests.sql.bootstrapped import PRELOAD
from tests.sql.installation import debian
from tests.sql.running import HOST, Running, running

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("rotate")]

STACK = "clubapp-dev"


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What came of two rotations, each killed on its way."""

    local: Local
    server: Running
    before: dict[str, dict[str, Any]]
    killed: str
    begun_again: CompletedProcess[str]
    upgraded: CompletedProcess[str]
    resumed: CompletedProcess[str]
    database: CompletedProcess[str]
    changes: dict[str, int]


def secrets(local: Local) -> dict[str, dict[str, Any]]:
    """Give what connection secrets say."""
    outputs, client = local.outputs(STACK), local.aws("secretsmanager")
    arns = {
        **outputs["mainLoginSecretArns"],
        "datastores": outputs["mainSecretArn"],
        "cache": outputs["cacheSecretArn"],
    }
    return {name: json.loads(client.get_secret_value(SecretId=arn)["SecretString"]) for name, arn in arns.items()}


def config_of(local: Local) -> dict[str, Any]:
    return yaml.safe_load((local.paths.copies / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8"))["config"]


@pytest.fixture(scope="module")
def rotated(start: Start) -> Iterator[Rotated]:
    local = start(CODE)
    local.init(STACK)
    local.up(STACK)
    with running(debian, "clubapp", PRELOAD) as server:
        before = secrets(local)
        with server.superuser() as connection:
            text = f"ALTER ROLE datastores PASSWORD '{before['datastores']['password']}'"
            connection.execute(cast("LiteralString", text))
        there = ("--host", HOST, "--hostaddr", "127.0.0.1", "--port", str(server.port))
        there = (*there, "--root-certificate", str(server.folder / "ca.pem"))
        assert (made := run(local, "bootstrap", STACK, *there)).returncode == 0, made.stderr
        switching = at_first("cache-secret-value creating", killed)
        first = watched(local, switching, STACK, "cache", "--yes", "--settle", "0", command="rotate")
        begun_again = run(local, "rotate", STACK, "cache", "--yes")
        upgraded = run(local, "upgrade", STACK, "--to", "growth", "--yes")
        resumed = run(local, "rotate", STACK, "--resume", "--yes", "--settle", "0", "--json")
        api = (STACK, "main", "--login", "api", *there)
        watched(local, at_first("[2/3]", killed), *api, "--yes", "--settle", "0", command="rotate")
        database = run(local, "rotate", STACK, "--resume", "--yes", "--settle", "0", "--json", *there)
        yield Rotated(
            local=local,
            server=server,
            before=before,
            killed=first.stderr,
            begun_again=begun_again,
            upgraded=upgraded,
            resumed=resumed,
            database=database,
            changes=local.up(STACK),
        )


def test_it_is_not_begun_again_nor_is_an_upgrade_but_says_how_to_go_on(rotated: Rotated):
    assert "[2/3] switch the connection secrets" in rotated.killed
    assert "a rotation of clubapp-dev is under way: --resume goes on, --abort goes back" in rotated.begun_again.stderr
    assert (rotated.begun_again.returncode, rotated.upgraded.returncode) == (4, 1)
    assert "new passwords of clubapp-dev are on their way" in rotated.upgraded.stderr


def test_taken_up_again_redis_has_one_user_with_the_new_password(rotated: Rotated):
    assert rotated.resumed.returncode == 0, rotated.resumed.stderr
    (login,) = json.loads(rotated.resumed.stdout)["logins"]
    assert (login["user"], login["password"]) == ("application_b", 2)
    # No server is behind the ElastiCache of the local cloud; and the secret may have been written before it was killed,
    # which leaves no version with the old password.
    no_server = "not tried: behind the ElastiCache of the local cloud is no server"
    assert any(
        words in login["tried"]["end"] for words in (no_server, "not tried: its secret keeps the old password no more")
    )
    users = rotated.local.aws("elasticache").describe_users()["Users"]
    assert sorted(one["UserName"] for one in users if STACK in one["UserId"]) == ["application_b", "default"]
    now = secrets(rotated.local)["cache"]
    assert now["username"] == "application_b"
    assert now["password"] != rotated.before["cache"]["password"]


def test_taken_up_again_postgresql_refuses_the_old_password_and_takes_the_new_one(rotated: Rotated):
    assert rotated.database.returncode == 0, rotated.database.stderr
    (login,) = json.loads(rotated.database.stdout)["logins"]
    assert login["tried"]["end"] == "is refused"
    now = secrets(rotated.local)["api"]
    with rotated.server.connect(now["username"], now["password"]) as connection:
        row = connection.execute("SELECT current_user::text, session_user::text").fetchone()
    assert row == ("api", "api_b")


def test_after_it_plain_pulumi_finds_nothing_to_do(rotated: Rotated):
    assert set(rotated.changes) == {"same"}
    assert config_of(rotated.local)["datastores:rotations"] == {"cache": {"application": 2}, "main": {"api": 2}}
    assert "datastores:rotation" not in config_of(rotated.local)


def test_no_password_is_written_anywhere_in_the_clear(rotated: Rotated):
    local = rotated.local
    passwords = {one["password"] for said in (rotated.before, secrets(local)) for one in said.values()}
    said = [one for done in (rotated.resumed, rotated.database) for one in (done.stdout, done.stderr)]
    files = list(Path(local.paths.copies).glob("*.yaml"))
    texts = [*said, rotated.killed, *(path.read_text(encoding="utf-8") for path in files)]
    texts.append(local.succeed("stack", "export", "--stack", STACK))

    assert [text[:80] for text in texts if any(password in text for password in passwords)] == []
