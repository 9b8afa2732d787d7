"""What a deployed stack says of its databases: account and backend, outputs, connection secrets."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from sizes.logins import users_of
from sql.archive import archive_of
from sql.errors import BootstrapError
from sql.roles import Login
from stacks.application import PostgresStore
from stacks.exports import export_name
from stacks.settings import FOLDER, Settings

CURRENT: Final = "AWSCURRENT"
"""The stage of a secret that clients read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """What a connection secret says."""

    host: str
    port: int
    dbname: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """What a deployed stack says of one of its databases."""

    administrator: Connection
    logins: tuple[Login, ...]
    archive: str
    """Name of the bucket that it exports to; empty: none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """What a run would change."""

    account: str
    region: str
    backend: str
    """URL of the backend that holds the stack's state."""


def where(settings: Settings) -> Where:
    """Find out which account and backend a run would use; raises BootstrapError."""
    try:
        account = boto3.client("sts", region_name=settings.region).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise BootstrapError(f"AWS does not say which account this is: {error}") from None
    backend = _pulumi("whoami", "--verbose", "--json")
    return Where(account=account, region=settings.region, backend=str(cast("Mapping[str, Any]", backend)["url"]))


def database(settings: Settings, store: PostgresStore) -> Database:
    """Read the outputs of a deployed stack, and the secrets that they name; raises BootstrapError."""
    outputs = cast("Mapping[str, Any]", _pulumi("stack", "output", "--json", "--stack", settings.stack))
    key, login_key = export_name(store.name, "secretArn"), export_name(store.name, "loginSecretArns")
    archive = archive_of(settings, store)
    bucket_key = export_name(archive.name, "bucket") if archive else None
    if missing := [name for name in (key, login_key, bucket_key) if name and name not in outputs]:
        raise BootstrapError(
            f"{settings.stack} has no output {' and no output '.join(missing)}: deploy it first (pulumi up), in a "
            f"phase that has {store.name}"
        )
    arns = cast("Mapping[str, str]", outputs[login_key])
    if missing := [name for name in store.logins if name not in arns]:
        raise BootstrapError(f"output {login_key} of {settings.stack} has no {', '.join(missing)}: deploy it again")
    secrets = boto3.client("secretsmanager", region_name=settings.region)
    limits = store.loads[settings.phase].connections
    logins = [login_of(name, limits[name], read_secret(secrets, arns[name])) for name in store.logins]
    return Database(
        administrator=read_secret(secrets, outputs[key]),
        logins=tuple(logins),
        archive=outputs[bucket_key] if bucket_key else "",
    )


def login_of(name: str, connections: int, found: Connection) -> Login:
    """Give a login as its connection secret says; raises BootstrapError where that is somebody else's."""
    if found.username not in users_of(name):
        raise BootstrapError(f"the connection secret of {name} is {found.username}'s: deploy the stack again")
    second = None if found.username == name else found.username
    return Login(name=name, connections=connections, password=found.password, second=second)


def read_secret(client: Any, arn: str, stage: str = CURRENT) -> Connection:
    """Read a connection secret, or another stage of it than clients read; raises BootstrapError."""
    try:
        text = client.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise BootstrapError(f"secret {arn} cannot be read: {error}") from None
    try:
        document = json.loads(text)
        return Connection(
            host=str(document["host"]),
            port=int(document["port"]),
            dbname=str(document["dbname"]),
            username=str(document["username"]),
            password=str(document["password"]),
        )
    except (ValueError, KeyError, TypeError):
        # Neither the text nor the error, which quotes it: there may be a password in it.
        raise BootstrapError(
            f"secret {arn} is no connection secret: it must be JSON with host, port, dbname, username, password"
        ) from None


def _pulumi(*arguments: str) -> object:
    command: Sequence[str] = ("pulumi", *arguments)
    try:
        done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)  # noqa: S603  # arguments are ours, and a checked name of a stack
    except FileNotFoundError:
        raise BootstrapError("pulumi is not on PATH: it tells what the stack has put out") from None
    if done.returncode:
        raise BootstrapError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
    return json.loads(done.stdout)
