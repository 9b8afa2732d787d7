"""What goes wrong once when it is asked to: a refusal, or a step that takes long."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OPERATIONS: Final = ("create", "update", "delete")


class How(StrEnum):
    """Ways to go wrong."""

    REFUSED = "refused"
    """Nothing happens, and the engine is told so."""
    SLOW = "slow"
    """It happens, and the answer comes after a while: time to kill the engine in."""


class RefusedOnceError(Exception):
    """It was asked to go wrong before it happened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mishap:
    """What shall go wrong."""

    name: str
    """The resource's logical name, of whatever stack."""
    operation: str
    """One of OPERATIONS."""
    how: How
    seconds: float = 0.0
    """How long, where it is slow."""

    def __post_init__(self) -> None:
        if self.operation not in OPERATIONS:
            raise ValueError(f"operation must be one of {', '.join(OPERATIONS)}, got {self.operation!r}")


class Mishaps:
    """What shall go wrong, each once; of several for the same, the first that was arranged comes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[Mishap] = []

    def arrange(self, mishap: Mishap) -> None:
        """Let something go wrong the next time."""
        with self._lock:
            self._left.append(mishap)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._left.clear()

    @contextmanager
    def around(self, name: str, operation: str) -> Generator[None]:
        """Let an operation happen, in the way that is arranged for it; raises RefusedOnceError."""
        mishap = self._take(name, operation)
        if mishap is None:
            yield
            return
        if mishap.how is How.REFUSED:
            raise RefusedOnceError(f"{operation} of {name} is refused this once, as it was asked for")
        yield
        # As with a database that AWS is still making: it is there, and the engine has no answer yet.
        time.sleep(mishap.seconds)

    def _take(self, name: str, operation: str) -> Mishap | None:
        with self._lock:
            found = next((one for one in self._left if (one.name, one.operation) == (name, operation)), None)
            if found:
                self._left.remove(found)
            return found


MISHAPS: Final = Mishaps()
"""The only ones: the providers run into what is arranged over HTTP."""
