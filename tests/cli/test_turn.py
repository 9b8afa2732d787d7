"""What `upgrade`, `restore` and `rotate` share: they stop alike, and end alike."""

import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Never

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from cli.turn import Turn, ended, take
from restores.steps import WayError
from sql.errors import BootstrapError
from upgrades.engine import Engine, EngineError
from upgrades.process import NotFoundError
from upgrades.stopping import LaterError, StopError

THROTTLED = ClientError({"Error": {"Code": "Throttling", "Message": "slow down"}}, "DescribeDBInstances")


def turn(*, begun: bool) -> Turn:
    return Turn(stack="clubapp-dev", begun=lambda: begun, onward="`--resume` goes on", err=io.StringIO())


def said(one: Turn) -> str:
    assert isinstance(one.err, io.StringIO)
    return one.err.getvalue()


def raising(error: BaseException) -> Callable[[], Never]:
    def act() -> Never:
        raise error

    return act


@pytest.mark.parametrize(
    "error",
    [
        StopError("no"),
        EngineError("no"),
        NotFoundError("no"),
        BootstrapError("no"),
        WayError("no"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(("begun", "status"), [(False, 1), (True, 4)])
def test_what_stops_it_is_said_and_is_a_refusal_until_something_is_under_way(
    error: Exception, begun: bool, status: int
):
    one = turn(begun=begun)

    assert (ended(one, raising(error)), said(one)) == (status, "error: no\n")


def test_what_goes_on_later_is_midway_whatever_has_begun():
    assert ended(turn(begun=False), raising(LaterError("wait"))) == 4


@pytest.mark.parametrize("error", [THROTTLED, NoCredentialsError()], ids=["answered", "not asked"])
def test_what_aws_says_is_said_to_be_its(error: Exception):
    one = turn(begun=False)

    ended(one, raising(error))

    assert said(one) == f"error: AWS: {error}\n"


@pytest.mark.parametrize(
    ("begun", "words"),
    [(False, "interrupted, and nothing has changed\n"), (True, "interrupted midway: `--resume` goes on\n")],
)
def test_an_interruption_says_whether_something_is_under_way(begun: bool, words: str):
    one = turn(begun=begun)

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        ended(one, raising(KeyboardInterrupt()))

    assert said(one) == words


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_every_request_to_stop_is_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
):
    monkeypatch.setenv("DATASTORES_LOCAL", str(tmp_path))
    one = turn(begun=True)

    def act(_: Engine) -> int:
        os.kill(os.getpid(), number)
        signal.pause()
        return 0

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        take(one, act)

    assert said(one) == "interrupted midway: `--resume` goes on\n"


def test_after_a_turn_the_next_one_may_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATASTORES_LOCAL", str(tmp_path))
    first, second = turn(begun=False), turn(begun=False)

    take(first, lambda _: take(second, lambda _: 0))

    assert said(second).startswith("error: an upgrade, a restore or a rotation of clubapp-dev is running")
    assert take(turn(begun=False), lambda _: 7) == 7
