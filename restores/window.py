"""
What a store can be restored to: a span of time and snapshots, as AWS told them; which of it somebody asks for.

Nothing here asks AWS: `restores.reading` does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from stacks.mistakes import near

LATEST: Final = "latest"
"""What asks for the latest state there is."""
MOST_NAMED: Final = 5
"""Snapshots that a refusal names."""
_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d.*)?")


class Kind(StrEnum):
    """What holds the data of a store."""

    INSTANCE = "DB instance"
    CLUSTER = "Aurora cluster"
    TABLE = "table"
    GROUP = "replication group"
    SERVERLESS = "serverless cache"
    ATLAS = "Atlas cluster"


TO_A_TIME: Final = frozenset({Kind.INSTANCE, Kind.CLUSTER, Kind.TABLE, Kind.ATLAS})
"""Kinds that are restored to any second of a span; ElastiCache has snapshots only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What holds the data of a store now."""

    store: str
    """The application's name of it: `main`."""
    kind: Kind
    id: str
    """What AWS calls it: an identifier, or the name of a table."""
    arn: str
    family: str
    """A regular expression that the ids of the store's generations match in whole, whether they are there or gone."""

    def owns(self, id_: str) -> bool:
        """Say whether *id_* is this one, or was one before it or beside it."""
        return id_ == self.id or re.fullmatch(self.family, id_) is not None

    def number(self, id_: str) -> int:
        """Give which generation of the store an id is, or was, of; of what says no number the first."""
        found = re.fullmatch(self.family, id_)
        return int(found[1].removeprefix("-")) if found and found[1] else 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A snapshot, or a backup of a table."""

    name: str
    """What people call it."""
    id: str
    """What AWS's restore asks for: the name, or the ARN of a table's backup and of a serverless cache's snapshot."""
    source: str
    """The id of what it was taken of."""
    taken: datetime | None
    """None: it is not complete yet."""
    status: str
    key: str | None = None
    """ARN of the key that it is encrypted with, of a DB instance's."""

    @property
    def ready(self) -> bool:
        """Whether it can be restored from."""
        return self.taken is not None and self.status in ("available", "AVAILABLE")


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """What a store can be restored to."""

    source: Source
    earliest: datetime | None
    """The first second of the span; None: no time can be restored."""
    latest: datetime | None
    snapshots: Sequence[Snapshot]
    """Of this store, the newest first; those that are not ready come last."""
    others: Sequence[Snapshot] = ()
    """Of other stores of the account: to say whose a name is."""
    targets: Sequence[str] = ()
    """What was restored from it before, there or gone, where that is told."""

    @property
    def numbers(self) -> Sequence[int]:
        """The generations of the store that left something behind."""
        return sorted({self.source.number(id_) for id_ in (*(one.source for one in self.snapshots), *self.targets)})


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """What is restored: a time, a snapshot, or (neither) the latest state there is."""

    time: datetime | None = None
    snapshot: Snapshot | None = None

    def __str__(self) -> str:
        """Say it in a sentence."""
        if self.time:
            return written(self.time)
        return f"snapshot {self.snapshot.name}" if self.snapshot else "the latest time"

    @property
    def asked(self) -> str:
        """Give what asks for it, as the stack file has it."""
        if self.time:
            return written(self.time)
        return self.snapshot.id if self.snapshot else LATEST


class OutsideError(Exception):
    """What is asked for cannot be restored; the text follows `--to`."""


def point(window: Window, to: str) -> Point:
    """
    Find what is asked for: `latest`, a time with its zone, or the name (or the ARN) of a snapshot.

    `latest` of what has snapshots only is the newest one. Raises OutsideError.
    """
    if to == LATEST:
        return _latest(window)
    if _TIME.fullmatch(to):
        return Point(time=_time(window, to))
    return Point(snapshot=_snapshot(window, to))


def written(time: datetime) -> str:
    """Write a time as `2026-11-26T02:00:00Z`."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def in_words(window: Window) -> str:
    """Say what can be restored, for a refusal or a status."""
    span = (
        f"any second from {written(window.earliest)} to {written(window.latest)}"
        if window.earliest and window.latest
        else ""
    )
    ready = [f"{one.name} ({written(one.taken)})" for one in window.snapshots if one.ready and one.taken]
    more = f" and {len(ready) - MOST_NAMED} more" if len(ready) > MOST_NAMED else ""
    named = f"snapshot {', '.join(ready[:MOST_NAMED])}{more}" if ready else ""
    return " or ".join(one for one in (span, named) if one) or "nothing, it has no backup"


def newest_first(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Put snapshots into the order of a window."""
    taken = [(one.taken, one) for one in snapshots if one.taken]
    ready = [one for _, one in sorted(taken, key=lambda pair: pair[0], reverse=True)]
    return [*ready, *(one for one in snapshots if not one.taken)]


def _latest(window: Window) -> Point:
    if window.source.kind in TO_A_TIME:
        if window.latest is None:
            raise OutsideError(_without_recovery(window))
        return Point()
    ready = [one for one in window.snapshots if one.ready]
    if not ready:
        raise OutsideError(f"latest: {window.source.id} has no snapshot yet: take one, or wait for tonight's")
    return Point(snapshot=ready[0])


def _time(window: Window, to: str) -> datetime:
    try:
        time = datetime.fromisoformat(to)
    except ValueError:
        raise OutsideError(f"must be a time such as 2026-11-26T02:00:00Z, latest or a snapshot, got {to!r}") from None
    if time.tzinfo is None:
        raise OutsideError(f"must say the zone of the time, as in {to}Z, got {to!r}")
    if time.microsecond:
        raise OutsideError(f"must be a whole second, got {to!r}")
    if window.source.kind not in TO_A_TIME:
        raise OutsideError(
            f"must be latest or a snapshot, as a {window.source.kind} cannot be restored to a time, got {to!r}: "
            f"there is {in_words(window)}"
        )
    if window.earliest is None or window.latest is None:
        raise OutsideError(_without_recovery(window))
    if not window.earliest <= time <= window.latest:
        raise OutsideError(
            f"must be from {written(window.earliest)} to {written(window.latest)}, which {window.source.id} can be "
            f"restored to, got {written(time)}"
        )
    return time


def _without_recovery(window: Window) -> str:
    why = (
        "no snapshot to begin from, or pitEnabled is false" if window.source.kind is Kind.ATLAS else "backup_days is 0"
    )
    return f"cannot be a time, as {window.source.id} has no point-in-time recovery ({why}): {in_words(window)}"


def _snapshot(window: Window, to: str) -> Snapshot:
    named = [one for one in window.snapshots if to in (one.name, one.id)]
    if len(named) > 1:
        ids = ", ".join(one.id for one in named)
        raise OutsideError(f"must be one snapshot, but {len(named)} are called {to!r}: name one of {ids}")
    if not named:
        if other := next((one for one in window.others if to in (one.name, one.id)), None):
            raise OutsideError(
                f"must be a snapshot of {window.source.store} ({window.source.id}), got {to!r}, which is of "
                f"{other.source}"
            )
        hint = near(to, [LATEST, *(one.name for one in window.snapshots)])
        raise OutsideError(
            f"must be a time, latest or a snapshot of {window.source.id}, got {to!r}{hint or f': {in_words(window)}'}"
        )
    if not named[0].ready:
        raise OutsideError(f"must be a snapshot that is complete, got {to!r}, which is {named[0].status}")
    return named[0]
