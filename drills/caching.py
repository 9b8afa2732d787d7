"""What a restored cache is asked over its own protocol: to let the application in, and how many keys it has."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from drills.report import DATA, Check, Outcome

SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105  the type of a resource
_TIMEOUT_SECONDS: Final = 10
_NAME: Final = "keys"


class NoLoginError(Exception):
    """The secret of a cache cannot be read; the text says why, and holds nothing of it."""


class _RefusedError(Exception):
    """The server answered with an error; the text is its first word."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """How an application gets into its cache."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    clustered: bool
    """Each of its nodes has a part of the keys."""


def no_connection(why: str) -> Check:
    """Say that nobody looked."""
    return Check(aspect=DATA, name=_NAME, outcome=Outcome.UNKNOWN, said=f"not checked: no connection: {why}")


def login_of(client: Callable[[str], Any], resources: Sequence[Mapping[str, Any]], store: str) -> Login:
    """Read the connection secret that a state has for a store; raises NoLoginError."""
    arns = [
        one["outputs"]["arn"]
        for one in resources
        if one["type"] == SECRET and one["urn"].rpartition("::")[2] == f"{store}-secret"
    ]
    if not arns:
        raise NoLoginError(f"the stack has no secret {store}-secret")
    try:
        document = json.loads(client("secretsmanager").get_secret_value(SecretId=arns[0])["SecretString"])
        return Login(
            host=str(document["host"]),
            port=int(document["port"]),
            username=str(document["username"]),
            password=str(document["password"]),
            clustered=document["clusterMode"] != "disabled",
        )
    except (BotoCoreError, ClientError) as error:
        raise NoLoginError(f"its secret cannot be read: {type(error).__name__}") from None
    except (ValueError, KeyError, TypeError):
        raise NoLoginError("its secret is no connection secret") from None


def looked_at(login: Login, host: str, port: int, tls: ssl.SSLContext | None) -> Iterator[Check]:
    """Count the keys of the restored cache and of its source, with the source's own login."""
    if login.clustered:
        yield no_connection("each node of a cluster has a part of the keys, and nobody adds them up")
        return
    try:
        copy = _keys(login, host, port, tls)
        original = _keys(login, login.host, login.port, tls)
    except _RefusedError as error:
        # It answers, and does not let the application in: so it would not after a real restore.
        yield Check(aspect=DATA, name=_NAME, outcome=Outcome.FAILED, said=f"it answers {error}")
    except (OSError, ValueError) as error:
        yield no_connection(f"{type(error).__name__} at {host}:{port}")
    else:
        said = f"{copy} keys in the copy, {original} in the source now"
        # Keys come and go: that there are none where there are some now may have been so at the snapshot.
        outcome = Outcome.PASSED if copy or not original else Outcome.UNKNOWN
        yield Check(aspect=DATA, name=_NAME, outcome=outcome, said=said)


def _keys(login: Login, host: str, port: int, tls: ssl.SSLContext | None) -> int:
    """Ask one server; raises OSError, ValueError for what is no answer of Redis, and _RefusedError."""
    with socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS) as plain:
        connection = tls.wrap_socket(plain, server_hostname=host) if tls else plain
        with connection.makefile("rwb") as stream:
            _ask(cast("BinaryIO", stream), "AUTH", login.username, login.password)
            return int(_ask(cast("BinaryIO", stream), "DBSIZE"))


def _ask(stream: BinaryIO, *words: str) -> str:
    """Send a command (RESP 2), and give its answer of one line."""
    parts = [word.encode() for word in words]
    stream.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
    stream.flush()
    line = stream.readline().decode("utf-8", "replace").rstrip("\r\n")
    if line.startswith("-"):
        # The first word is its code; the rest may quote what was sent.
        raise _RefusedError(line[1:].partition(" ")[0])
    if not line.startswith(("+", ":")):
        raise ValueError("no answer of Redis")
    return line[1:]
