"""One limit of a size held against what was measured: what it would come to there, and what is too much."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from costs.amount import Amount

Told = Mapping[str, Amount]
"""What a usage file says of one store."""
SPARE: Final = Decimal("0.8")
"""Of a limit that no alarm watches, what may be used: as of those that one does."""
MONTHS: Final = 3
"""How far ahead growth is looked at, in months: our choice."""
ALARMED: Final = "its alarm (sizes/alarms.py)"
"""The source of a limit that CloudWatch watches."""
FEWEST_DAYS: Final = 7
"""Fewer days do not show what a week is like: our choice."""


class Verdict(StrEnum):
    """What a limit says of a size."""

    FITS = "fits"
    TOO_SMALL = "too small"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A limit of a size, and what measured use would come to in it; exactly one of `most` and `least` is given."""

    limit: str
    field: str
    """What was measured, as a usage file calls it; empty: the application's file says it."""
    unit: str
    measured: Decimal | None
    """In the size that there is; None: nobody measured it."""
    then: Decimal | None
    """In the size that is looked at; None: it follows from what nobody measured."""
    most: Decimal | None = None
    """More is too much …"""
    least: Decimal | None = None
    """… or less than this is too little."""
    room: Decimal
    """What the size has of it, in any unit that grows with it."""
    capacity: str
    """The same in words."""
    source: str
    """Where the limit is from."""
    instead: str = ""
    """What else than another size would mend it; empty: nothing."""

    @property
    def verdict(self) -> Verdict:
        """Whether what was measured fits."""
        if self.then is None:
            return Verdict.UNKNOWN
        small = (self.most is not None and self.then > self.most) or (self.least is not None and self.then < self.least)
        return Verdict.TOO_SMALL if small else Verdict.FITS

    @property
    def bound(self) -> str:
        """The limit in words."""
        return f"at most {plain(self.most)}" if self.most is not None else f"at least {plain(self.least or Decimal(0))}"


def unmet(checks: Sequence[Check], now: Sequence[Check], *, only_more: bool) -> list[Check]:
    """
    Give the limits by which a size does not fit; none: it does.

    By a limit that nobody measured it fits where it has as much room as there is *now*; with *only_more* it must have
    that by every limit, as too little was measured to take anything away.
    """
    rooms = {check.limit: check.room for check in now}
    return [
        check
        for check in checks
        if check.verdict is Verdict.TOO_SMALL
        or ((check.verdict is Verdict.UNKNOWN or only_more) and check.room < rooms.get(check.limit, check.room))
    ]


def few_days(told: Told) -> bool:
    """Say whether too few days were measured to take anything away, or nobody says how many."""
    return "days" not in told or told["days"].expected < FEWEST_DAYS


def highest(told: Told, field: str) -> Decimal | None:
    """Give the high end of a figure; None: nobody measured it."""
    return told[field].high if field in told else None


def lowest(told: Told, field: str) -> Decimal | None:
    """Give the low end of a figure; None: nobody measured it."""
    return told[field].low if field in told else None


def outgrown(gib: float | None, told: Told, watched: str) -> Iterator[Check]:
    """Hold the data against what the phase is for, of which *watched* tells; a phase without an end has no check."""
    if not gib:
        return
    held, bound = highest(told, "dataGib"), exact(gib)
    yield Check(
        limit="data of the phase",
        field="dataGib",
        unit="GiB held",
        measured=held,
        then=held,
        most=bound * SPARE,
        room=bound,
        capacity=f"the phase ends at {bound:,} GiB",
        source=f"outgrown_gib in the application's file, and {watched}",
    )


def connected(told: Told, most: Decimal, capacity: str, source: str, instead: str = "") -> Check:
    """Hold the connections that were measured against those that are not too many, which any size would have."""
    used = highest(told, "connections")
    return Check(
        limit="connections",
        field="connections",
        unit="connections",
        measured=used,
        then=used,
        most=most,
        room=most,
        capacity=capacity,
        source=source,
        instead=instead,
    )


def exact(value: float) -> Decimal:
    """Give a number of a size as the decimal that it is written as."""
    return Decimal(str(value))


def scaled(value: Decimal | None, before: Decimal, after: Decimal) -> Decimal | None:
    """Give what a share of *before* is of *after*."""
    return None if value is None else value * before / after


def plain(value: Decimal) -> str:
    """Write a number for people: four digits that count at most, and all of those before the point."""
    digits = max(0, 3 - value.adjusted()) if value else 0
    text = f"{round(value, digits):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
