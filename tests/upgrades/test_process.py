"""A process that is asked to stop is asked once, and waited for."""

import os
import signal
import sys
from pathlib import Path

import pytest

from upgrades.process import STOPPING, NotFoundError, Process, stopping_alike

# It tells its parent that it is ready by the signal that the test is about, and counts what it gets back.
CHILD = """
import os, signal, sys, time
got = []
signal.signal(signal.SIGINT, lambda *_: got.append(1))
os.kill(os.getppid(), int(sys.argv[1]))
while not got:
    time.sleep(0.01)
print(f"stopped {len(got)}")
sys.stdout.flush()
"""


def process(*command: str) -> Process:
    return Process(command=command, folder=Path(), environment=dict(os.environ), held=())


@pytest.mark.parametrize("number", STOPPING)
def test_each_request_to_stop_is_handed_on_and_its_end_waited_for(number: int, capfd: pytest.CaptureFixture[str]):
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        process(sys.executable, "-c", CHILD, str(number)).shown()

    assert capfd.readouterr().err == "stopped 1\n"


def test_what_it_writes_is_kept_and_shown(capfd: pytest.CaptureFixture[str]):
    done = process(sys.executable, "-c", "print('said'); raise SystemExit('wrong')").shown()

    assert (done.status, done.out, sorted(done.err.splitlines())) == (1, "said\n", ["said", "wrong"])
    assert sorted(capfd.readouterr().err.splitlines()) == ["said", "wrong"]


def test_a_request_to_stop_between_processes_is_a_ctrl_c_too():
    with pytest.raises(KeyboardInterrupt, match=r"^$"), stopping_alike():
        os.kill(os.getpid(), signal.SIGTERM)


def test_afterwards_signals_mean_what_they_meant():
    before = [signal.getsignal(number) for number in STOPPING]

    process("true").quiet()

    assert [signal.getsignal(number) for number in STOPPING] == before


def test_a_command_that_is_not_there_is_named():
    with pytest.raises(NotFoundError, match="no-such-command is not on PATH"):
        process("no-such-command").quiet()
