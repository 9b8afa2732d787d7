# ruff: noqa: INP001  scripts are run by their path
"""Time whole processes side by side: in rounds, A B A B, so that what else the machine does falls on all alike."""

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Seconds:
    """What the rounds took."""

    all: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.all)

    def plain(self) -> dict[str, Any]:
        """Give it for JSON, in seconds."""
        return {
            "median": round(self.median, 3),
            "least": round(min(self.all), 3),
            "most": round(max(self.all), 3),
            "rounds": [round(one, 3) for one in self.all],
        }


def timed(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Run a command to its end; give the seconds. What it prints is shown only where it fails: CalledProcessError."""
    begin = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return seconds


def interleaved(steps: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Seconds]:
    """Take all steps in turn, as often as there are rounds; each gives its seconds."""
    found: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            found[name].append(step())
    return {name: Seconds(all=tuple(times)) for name, times in found.items()}


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
