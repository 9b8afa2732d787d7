"""A process that waits for a signal ends its wait, however many come, and whenever."""

import subprocess

from tests.localcloud.checkout import python

STORM = """
import os, signal, threading
from localcloud.stop import SIGNALS, Stop

stop, over = Stop(), False

def storm():
    global over
    for _ in range(50_000):
        for number in SIGNALS:
            os.kill(os.getpid(), number)
    over = True

threading.Thread(target=storm).start()
while not over:
    stop.wait(0.001)
"""


def said(program: str) -> str:
    return subprocess.run(python(program), capture_output=True, text=True, check=True, timeout=60).stdout


def test_signals_within_signals_do_not_hang_it():
    assert said(f"{STORM}\nprint('it waited on')") == "it waited on\n"


def test_a_wait_without_a_signal_ends_without_one():
    assert said("from localcloud.stop import Stop\nprint(Stop().wait(0.01))") == "False\n"


def test_a_signal_before_the_wait_counts():
    told = said(
        "import os, signal\nfrom localcloud.stop import Stop\nstop = Stop()\n"
        "os.kill(os.getpid(), signal.SIGTERM)\nprint(stop.wait(60))"
    )

    assert told == "True\n"
