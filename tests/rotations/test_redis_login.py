"""A login to Redis: over TLS with the name verified, one command, and no guess where nobody can tell."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from rotations.redis_login import UnreachableError, gets_in
from tests.sql.certificates import authority

ANSWERS = {"right": b"+OK\r\n", "wrong": b"-WRONGPASS invalid username-password pair\r\n", "odd": b"$5\r\nhello\r\n"}


@contextlib.contextmanager
def server(folder: Path, heard: list[bytes], name: str = "localhost") -> Generator[int]:
    """Answer one connection as Redis would; give the port."""
    authority(folder, name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            plain, _ = listening.accept()
            with plain, contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
                said = connection.recv(4096)
                heard.append(said)
                connection.sendall(ANSWERS[said.decode().split("\r\n")[-2]])

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=folder / "ca.pem")


@pytest.mark.parametrize(("password", "there"), [("right", True), ("wrong", False)])
def test_a_password_lets_in_or_is_refused(tmp_path: Path, password: str, *, there: bool):
    heard: list[bytes] = []
    with server(tmp_path, heard) as port:
        assert gets_in("localhost", port, "application_b", password, context=trusting(tmp_path)) is there

    assert heard == [b"*3\r\n$4\r\nAUTH\r\n$13\r\napplication_b\r\n$5\r\n%s\r\n" % password.encode()]


def test_an_answer_that_is_not_redis_says_nothing(tmp_path: Path):
    with server(tmp_path, []) as port, pytest.raises(UnreachableError, match="in a way that Redis does not"):
        gets_in("localhost", port, "application", "odd", context=trusting(tmp_path))


def test_a_server_of_another_name_is_told_no_password(tmp_path: Path):
    heard: list[bytes] = []
    with server(tmp_path, heard, name="elsewhere") as port, pytest.raises(UnreachableError, match="verify failed"):
        gets_in("localhost", port, "application", "right", context=trusting(tmp_path))

    assert heard == []


def test_where_nobody_listens_it_cannot_be_told():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(UnreachableError, match=f"127.0.0.1:{port}"):
        gets_in("127.0.0.1", port, "application", "right")
