"""`datastores bootstrap` as a user runs it: on a server of one's own beside the local cloud, and what it refuses."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from cli import bootstrap as room
from cli.bootstrap import Request, run
from sql import stack
from sql.errors import BootstrapError
from sql.stack import Where
from stacks.mistakes import SettingsError
from tests.sql.bootstrapped import LOGINS, PRELOAD, password_of
from tests.sql.installation import debian
from tests.sql.running import ADMINISTRATOR, HOST, Running, running

pytestmark = pytest.mark.xdist_group("sql-command")

LOCAL = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "eu-central-1"}
PULUMI = """\
#!/bin/sh
case "$1" in
whoami) echo '{"user": "x", "url": "file:///state"}' ;;
stack) cat "$(dirname "$0")/outputs.json" ;;
esac
"""


@dataclass(frozen=True, kw_only=True)
class Scene:
    server: Running
    folder: Path
    environment: dict[str, str]

    def bootstrap(self, *more: str) -> subprocess.CompletedProcess[str]:
        certificate = str(self.server.folder / "ca.pem")
        options = ["--host", HOST, "--hostaddr", "127.0.0.1", "--port", str(self.server.port)]
        command = [Path(sys.executable).with_name("datastores"), "bootstrap", "clubapp-dev", *options]
        command += ["--root-certificate", certificate, *more]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)


def secret(client: Any, username: str, password: str) -> str:
    document = {"host": "x", "port": 5432, "dbname": "clubapp", "username": username, "password": password}
    return client.create_secret(Name=f"bootstrap-{username}", SecretString=json.dumps(document))["ARN"]


@pytest.fixture(scope="module")
def scene(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A server with TLS, a pulumi that tells outputs, and the secrets that they name."""
    folder = tmp_path_factory.mktemp("bootstrap")
    session = boto3.Session("local", "local", region_name="eu-central-1")
    client = session.client("secretsmanager", endpoint_url=endpoint)
    outputs = {
        "mainSecretArn": secret(client, *ADMINISTRATOR),
        "mainLoginSecretArns": {name: secret(client, name, password_of(name)) for name in LOGINS["clubapp"]},
    }
    (folder / "outputs.json").write_text(json.dumps(outputs), encoding="utf-8")
    (folder / "pulumi").write_text(PULUMI, encoding="utf-8")
    (folder / "pulumi").chmod(0o755)
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    environment = {**os.environ, **LOCAL, "AWS_ENDPOINT_URL": endpoint, "PATH": path, "NO_PROXY": "127.0.0.1"}
    with running(debian, "clubapp", PRELOAD) as server:
        yield Scene(server=server, folder=folder, environment=environment)


def test_the_command_makes_a_database_ready_and_says_what_changed(scene: Scene):
    done = scene.bootstrap()

    assert (done.returncode, done.stdout.splitlines()[-1].split(":")[1]) == (0, " ready")
    assert "logins: added role api\n" in done.stdout
    assert "account 123456789012, region eu-central-1, backend file:///state\n" in done.stderr
    again = json.loads(scene.bootstrap("--json").stdout)
    assert [step for step in again["steps"] if step["changes"] or step["passwordsSet"]] == []
    assert (again["stack"], again["store"], again["unknownLogins"]) == ("clubapp-dev", "main", [])


def test_no_password_is_shown(scene: Scene):
    done = scene.bootstrap("--json")

    assert "secret-of-" not in done.stdout + done.stderr


def test_a_refused_login_ends_with_1(scene: Scene):
    done = scene.bootstrap("--user", "somebody")

    assert (done.returncode, done.stdout) == (1, "")
    assert "the server refuses the login somebody" in done.stderr or "cannot be reached" in done.stderr


def outcome(request: Request, *, confirmed: bool = False) -> tuple[int, str]:
    """Give exit status and what was said to stderr; nothing may be printed."""
    out, err = io.StringIO(), io.StringIO()
    status = run(request, ask=lambda _: confirmed, out=out, err=err)
    assert out.getvalue() == ""
    return status, err.getvalue()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    file.touch()
    return file


def test_on_the_local_cloud_it_says_that_there_is_no_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    assert outcome(Request(stack="clubapp-dev")) == (2, f"error: {room.LOCAL}\n")


def test_an_account_that_is_not_allowed_is_refused(monkeypatch: pytest.MonkeyPatch, certificate: Path):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    place = Where(account="999999999999", region="eu-central-1", backend="s3://state")
    monkeypatch.setattr(stack, "where", lambda _: place)

    status, said = outcome(Request(stack="clubapp-prod", yes=True, root_certificate=certificate))

    assert status == 1
    assert said == (
        "account 999999999999, region eu-central-1, backend s3://state\n"
        "error: clubapp-prod allows 123456789012 (aws:allowedAccountIds), got account 999999999999\n"
    )


def test_outside_dev_it_asks_and_takes_no_answer_for_no(monkeypatch: pytest.MonkeyPatch, certificate: Path):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    place = Where(account="123456789012", region="eu-central-1", backend="s3://state")
    known = stack.Connection(host="h", port=1, dbname="clubapp", username="datastores", password="")
    monkeypatch.setattr(stack, "where", lambda _: place)
    monkeypatch.setattr(stack, "database", lambda *_: stack.Database(administrator=known, logins=(), archive=""))

    status, said = outcome(Request(stack="clubapp-prod", root_certificate=certificate))

    assert (status, said.splitlines()[-1]) == (1, "error: not confirmed (--yes confirms), so nothing was done")


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        (Request(stack="clubapp-dev"), "--root-certificate is needed, to know the server by"),
        (
            Request(stack="clubapp-dev", root_certificate=Path("/no/file")),
            "--root-certificate must be a file, got /no/file",
        ),
        (Request(stack="clubapp-dev", store="mian"), "'mian' is not a PostgreSQL store: did you mean 'main'"),
        (Request(stack="clubapp-dev", phase="scale"), "--phase is for --print"),
        (Request(stack="clubapp-dev", print_only=True, as_json=True), "--json means nothing with --print"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_input_is_told_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch, request_: Request, what: str):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)

    with pytest.raises(SettingsError, match=what):
        outcome(request_)


def test_printing_needs_neither_account_nor_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    out = io.StringIO()

    status = run(Request(stack="workflows-prod", print_only=True), ask=lambda _: False, out=out, err=io.StringIO())

    assert status == 0
    assert "CREATE POLICY tenant" in out.getvalue()


def test_a_stack_that_is_not_deployed_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    (scene.folder / "other").mkdir(exist_ok=True)
    program = scene.folder / "other" / "pulumi"
    program.write_text("#!/bin/sh\necho '{}'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    settings = stack.Settings.read("clubapp-dev")
    (main,) = [store for store in settings.application.stores if store.name == "main"]

    with pytest.raises(
        BootstrapError, match="clubapp-dev has no output mainSecretArn and no output mainLoginSecretArns"
    ):
        stack.database(settings, main)  # pyright: ignore[reportArgumentType]  # it is PostgreSQL
