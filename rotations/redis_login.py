"""A login to a Redis store, tried: TLS with the server's name verified, then AUTH, and nothing else."""

import socket
import ssl
from typing import Final

_TIMEOUT_SECONDS: Final = 5.0
_LONGEST_ANSWER: Final = 4096


class UnreachableError(Exception):
    """The server cannot be reached from here, so that nobody can tell; the text is why."""


def gets_in(host: str, port: int, user: str, password: str, *, context: ssl.SSLContext | None = None) -> bool:
    """
    Say whether a server takes a password; raises UnreachableError.

    *context* is whom to trust: None are the authorities of the system, one of which signs for ElastiCache.
    """
    try:
        with (
            socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS) as plain,
            (context or ssl.create_default_context()).wrap_socket(plain, server_hostname=host) as connection,
        ):
            connection.sendall(_command("AUTH", user, password))
            answer = connection.recv(_LONGEST_ANSWER)
    except OSError as error:
        raise UnreachableError(f"{host}:{port}: {error}") from None
    if answer.startswith(b"+OK"):
        return True
    # The answer is not quoted: nothing says that it repeats no password.
    if answer.startswith((b"-WRONGPASS", b"-NOAUTH", b"-ERR invalid password")):
        return False
    raise UnreachableError(f"{host}:{port}: it answers AUTH in a way that Redis does not")


def _command(*words: str) -> bytes:
    """Write a command in Redis' protocol: every word with its length, so that none of them can be more than a word."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        coded = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(coded), coded))
    return b"".join(parts)
