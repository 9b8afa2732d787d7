"""
A process that has something to write when it is stopped: it is asked once, and waited for.

It is in a group of its own, so that a signal of the terminal, or to our whole group, does not reach it twice: a second
one makes pulumi leave at once, without knowing what became of what it was making.
"""

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks to stop."""


class NotFoundError(Exception):
    """There is no such command on PATH."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a process ended."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """What is to be run."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    held: Sequence[int]
    """Descriptors that it, and its children, keep open."""

    def quiet(self) -> Ended:
        """Run it and take what it writes. Raises KeyboardInterrupt after a request to stop, NotFoundError."""
        with self._begun(subprocess.PIPE) as process, _asked_to_stop(process):
            out, err = process.communicate()
        return Ended(status=process.returncode, out=out, err=err)

    def shown(self) -> Ended:
        """Run it, and show what it writes on standard error; raises as `quiet` does."""
        # Its progress is no result of ours: standard output is for that.
        with self._begun(subprocess.PIPE) as process, _asked_to_stop(process):
            written = _Copy(process.stdout), _Copy(process.stderr)
            for one in written:
                one.join()
            process.wait()
        out, err = ("".join(one.lines) for one in written)
        return Ended(status=process.returncode, out=out, err=f"{out}{err}")

    def _begun(self, out: int) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(  # noqa: S603  # arguments are ours, and a checked name of a stack
                self.command,
                cwd=self.folder,
                env=self.environment,
                pass_fds=tuple(self.held),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
                process_group=0,
            )
        except FileNotFoundError:
            raise NotFoundError(f"{self.command[0]} is not on PATH") from None


class _Copy(threading.Thread):
    """Copies a stream to standard error, line by line, and keeps it."""

    def __init__(self, stream: IO[str] | None) -> None:
        super().__init__(daemon=True)
        self.lines: list[str] = []
        self._stream = stream
        self.start()

    def run(self) -> None:
        for line in self._stream or ():
            self.lines.append(line)
            sys.stderr.write(line)
            sys.stderr.flush()


@contextlib.contextmanager
def _asked_to_stop(process: subprocess.Popen[str]) -> Generator[None]:
    """Hand a request to stop on, wait until the process has ended, and then stop ourselves."""
    stopped: list[int] = []

    def hand_on(number: int, _: object) -> None:
        stopped.append(number)
        process.send_signal(signal.SIGINT)

    if threading.current_thread() is not threading.main_thread():
        yield  # signals are for the main thread
        return
    before = {number: signal.signal(number, hand_on) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if stopped:
        raise KeyboardInterrupt


@contextlib.contextmanager
def stopping_alike() -> Generator[None]:
    """Take every request to stop as a Ctrl-C: what is open is closed, and said."""

    def interrupt(_: int, __: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, interrupt) for number in STOPPING[1:]}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
