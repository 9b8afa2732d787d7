"""Figures over time, as CloudWatch gives them, made into what a usage file says of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import mean, median
from typing import Final

Points = Mapping[datetime, float]
"""A figure for each period that has one, by its beginning."""
MONTH_DAYS: Final = 730 / 24
DAY: Final = timedelta(days=1)
NEARLY_ALL: Final = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """What a figure was over time; `low <= expected <= high`."""

    low: float
    expected: float
    high: float


def held(points: Points, period: timedelta, minutes: int) -> list[float]:
    """
    Give the highest that a figure was held at for so long, for each time that it could have been.

    So an alarm sees it: it waits until every period of *minutes* is above. Where a period is missing it was not held.
    """
    count = max(1, -(-minutes * 60 // int(period.total_seconds())))
    windows = ([points.get(begin + number * period) for number in range(count)] for begin in points)
    return [min(whole) for window in windows if len(whole := [one for one in window if one is not None]) == count]


def rising(points: Points, period: timedelta, minutes: int) -> Spread | None:
    """Give the middle, what 95 of 100 do not exceed, and the highest, each as it was held; None: it never was."""
    found = sorted(held(points, period, minutes))
    if not found:
        return None
    return Spread(low=median(found), expected=max(median(found), _nearest(found, NEARLY_ALL)), high=found[-1])


def falling(points: Points, period: timedelta, minutes: int) -> Spread | None:
    """Give the lowest, what 95 of 100 are above, and the middle, each as it was held; None: it never was."""
    turned = rising({when: -value for when, value in points.items()}, period, minutes)
    return None if turned is None else Spread(low=-turned.high, expected=-turned.expected, high=-turned.low)


def daily(points: Points) -> Spread | None:
    """Give the average of the quietest day, of all days, and of the busiest one; None: there are no figures."""
    days = [mean(values) for values in _by_day(points).values()]
    return Spread(low=min(days), expected=mean(days), high=max(days)) if days else None


def grown(points: Points) -> float | None:
    """
    Give how much a figure rises in a month, at least 0; None: there are not two days.

    By the middle of the steps from day to day: one that jumps (storage that was added) does not count.
    """
    days = [max(values) for _, values in sorted(_by_day(points).items())]
    steps = [after - before for before, after in pairwise(days)]
    return max(0.0, median(steps) * MONTH_DAYS) if steps else None


def worst(spreads: Sequence[Spread], *, falls: bool) -> Spread | None:
    """Give the spread of the part that is worst off; None: there is none."""
    return min(spreads, key=lambda one: one.low) if falls and spreads else max(spreads, key=_high, default=None)


def days_of(series: Sequence[Points], period: timedelta) -> float:
    """Give the days from the first figure of any to the last."""
    times = [when for points in series for when in points]
    return (max(times) - min(times) + period) / DAY if times else 0.0


def together(series: Sequence[Points]) -> Points:
    """Add figures up, period by period."""
    found: dict[datetime, float] = {}
    for when, value in _all(series):
        found[when] = found.get(when, 0.0) + value
    return found


def _all(series: Sequence[Points]) -> Iterator[tuple[datetime, float]]:
    for points in series:
        yield from points.items()


def _high(one: Spread) -> float:
    return one.high


def _by_day(points: Points) -> Mapping[date, list[float]]:
    found: dict[date, list[float]] = {}
    for when, value in points.items():
        found.setdefault(when.astimezone(UTC).date(), []).append(value)
    return found


def _nearest(values: Sequence[float], share: float) -> float:
    """Give the smallest of sorted values that a share of them do not exceed."""
    return values[max(0, -(-round(share * 100) * len(values) // 100) - 1)]
