"""What a restored cache is asked, of a server that speaks its protocol."""

import json
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from drills.caching import SECRET, Login, NoLoginError, login_of, looked_at
from drills.report import Check, Outcome

HOST = "127.0.0.1"
RIGHT = Login(host=HOST, port=1, username="application", password="right", clustered=False)  # noqa: S106  a test's own


@contextmanager
def server(keys: str, *, password: str = "right") -> Generator[int]:  # noqa: S107  a test's own
    """Answer AUTH and DBSIZE as Redis does, until the test ends; give the port."""
    listening = socket.create_server((HOST, 0))
    thread = threading.Thread(target=_serve, args=(listening, keys, password), daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _serve(listening: socket.socket, keys: str, password: str) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as stream:
            while words := _command(stream):
                right = words == ["AUTH", "application", password]
                answer = keys if words == ["DBSIZE"] else "+OK" if right else "-WRONGPASS invalid pair for right"
                stream.write(f"{answer}\r\n".encode())
                stream.flush()


def _command(stream: Any) -> list[str]:
    head = stream.readline()
    count = int(head[1:]) if head.startswith(b"*") else 0
    return [stream.read(int(stream.readline()[1:]) + 2)[:-2].decode() for _ in range(count)]


def asked(login: Login, port: int) -> Check:
    (found,) = looked_at(login, HOST, port, None)
    return found


@pytest.mark.parametrize(
    ("copy", "original", "outcome"),
    [(":41", ":42", Outcome.PASSED), (":0", ":0", Outcome.PASSED), (":0", ":42", Outcome.UNKNOWN)],
)
def test_keys_are_counted_in_both(copy: str, original: str, outcome: Outcome):
    with server(copy) as here, server(original) as there:
        found = asked(replace(RIGHT, port=there), here)

    assert (found.outcome, found.said) == (
        outcome,
        f"{copy[1:]} keys in the copy, {original[1:]} in the source now",
    )


def test_a_cache_that_does_not_let_its_application_in_fails():
    with server(":1", password="other") as here:  # noqa: S106  a test's own
        found = asked(replace(RIGHT, port=here), here)

    assert (found.outcome, found.said) == (Outcome.FAILED, "it answers WRONGPASS")


@pytest.mark.parametrize("answer", ["HTTP/1.1 400 Bad Request", ":many"])
def test_what_is_no_answer_is_not_passed(answer: str):
    with server(answer) as here:
        found = asked(replace(RIGHT, port=here), here)

    assert found.outcome is Outcome.UNKNOWN


def test_a_cache_that_is_not_reached_is_not_checked():
    with server(":1") as port:
        pass

    found = asked(RIGHT, port)

    assert found.outcome is Outcome.UNKNOWN
    assert found.said.startswith("not checked: no connection: ")


def test_a_cluster_is_not_checked():
    assert asked(replace(RIGHT, clustered=True), 1).outcome is Outcome.UNKNOWN


# Its secret


def secrets(document: str) -> Callable[[str], Any]:
    return lambda _: SimpleNamespace(get_secret_value=lambda **_: {"SecretString": document})


STATE: list[Mapping[str, Any]] = [{"type": SECRET, "urn": "a::b::queue-secret", "outputs": {"arn": "arn"}}]
DOCUMENT = {"host": HOST, "port": 6379, "username": "application", "password": "p", "clusterMode": "enabled"}


def test_a_login_is_read_from_the_secret_of_its_store():
    found = login_of(secrets(json.dumps(DOCUMENT)), STATE, "queue")

    assert found == Login(host=HOST, port=6379, username="application", password="p", clustered=True)  # noqa: S106  as above
    assert "password" not in repr(found)


@pytest.mark.parametrize("document", ["{", "{}", json.dumps({**DOCUMENT, "port": "x"})])
def test_a_secret_that_is_none_is_not_quoted(document: str):
    with pytest.raises(NoLoginError, match=r"^its secret is no connection secret$"):
        login_of(secrets(document), STATE, "queue")


def test_a_store_without_a_secret_is_told():
    with pytest.raises(NoLoginError, match="the stack has no secret cache-secret"):
        login_of(secrets("{}"), STATE, "cache")
