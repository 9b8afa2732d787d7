# ruff: noqa: INP001  scripts are run by their path
"""Time whole processes side by side: in rounds, A B A B, so that what else the machine does falls on all alike."""

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seconds:
    """What the rounds took."""

    all: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.all)

    def over(self, other: "Seconds") -> float:
        """Say how many times as long as the other it took."""
        return self.median / other.median

    def plain(self) -> dict[str, Any]:
        """Give it for JSON, in seconds."""
        return {
            "median": round(self.median, 3),
            "least": round(min(self.all), 3),
            "most": round(max(self.all), 3),
            "rounds": [round(one, 3) for one in self.all],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What the rounds took by the clock, and of the CPUs: these seconds mean the same where others use the machine."""

    wall: Seconds
    cpu: Seconds

    def plain(self) -> dict[str, Any]:
        """Give it for JSON."""
        return {"wall": self.wall.plain(), "cpu": self.cpu.plain()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A process that ended."""

    printed: str
    wall: float
    cpu: float
    """Seconds of the process and of those that it waited for."""


def compiling() -> dict[str, str]:
    """Give this environment, but let Python keep what it compiles, as it does where nobody forbids it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, codes: Collection[int] = frozenset({0})
) -> Run:
    """Run a command to its end; where it ends with none of *codes*, show what it printed: CalledProcessError."""
    before, begin = _cpu_seconds(), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    wall, cpu = time.perf_counter() - begin, _cpu_seconds() - before
    if done.returncode not in codes:
        sys.stderr.write(f"{done.stdout}{done.stderr}")
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return Run(printed=done.stdout, wall=wall, cpu=cpu)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Run a command to its end; give the seconds. What it prints is shown only where it fails: CalledProcessError."""
    return run(command, environment).wall


def interleaved(steps: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Seconds]:
    """Take all steps in turn, as often as there are rounds; each gives its seconds."""
    return {name: Seconds(all=tuple(times)) for name, times in _in_turn(steps, rounds).items()}


def costs(steps: Mapping[str, Callable[[], Run]], rounds: int) -> dict[str, Cost]:
    """Take all steps in turn, as often as there are rounds."""
    return {
        name: Cost(wall=Seconds(all=tuple(one.wall for one in runs)), cpu=Seconds(all=tuple(one.cpu for one in runs)))
        for name, runs in _in_turn(steps, rounds).items()
    }


def _in_turn(steps: Mapping[str, Callable[[], _Answer]], rounds: int) -> dict[str, list[_Answer]]:
    found: dict[str, list[_Answer]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            found[name].append(step())
    return found


def machine() -> dict[str, Any]:
    """Say where the figures were taken."""
    return {
        "system": platform.platform(terse=True),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def table(found: Mapping[str, Seconds]) -> list[str]:
    """Give the same for people."""
    width = max(map(len, found))
    return [
        f"{name:<{width}}  {one.median:7.2f} s   ({min(one.all):.2f} to {max(one.all):.2f})"
        for name, one in found.items()
    ]
