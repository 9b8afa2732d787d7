"""What each phase of an application costs at any load: where the next is cheaper, and where it is necessary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from costs.amount import Amount
from costs.estimate import Estimate, estimate
from costs.loads import declared
from costs.measure import Measure
from costs.price import PriceBook
from costs.stack import Resource, Stack
from costs.usage import Usage
from stacks.application import Application
from stacks.phases import Phase

STEPS: Final = 6
"""Points between two phases."""
LEAST: Final = Decimal("0.1")
"""The lowest load, as a share of what the first phase carries."""
SAME: Final = frozenset({"itemKib"})
"""Fields that say how large one of something is: no load makes it smaller."""
_DIGITS: Final = 6

Loads = Mapping[tuple[str, str], Decimal]
"""Quantities by store and field."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """What a phase costs at a load."""

    at: Decimal
    usd: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """What a phase costs at every load."""

    phase: Phase
    points: tuple[Point, ...]
    full: Decimal
    """The load that it is taken to carry: above it the next one is necessary."""
    complete: bool
    """Whether everything in it has a price."""
    cheaper: Decimal | None
    """The least load at which the next phase costs no more; None: nowhere that this one still carries."""


def curves(
    application: Application,
    measure: Measure,
    rendered: Mapping[Phase, Sequence[Resource]],
    region: str,
    book: PriceBook,
) -> Sequence[Curve]:
    """
    Price every phase at every load.

    *rendered* is what a phase deploys. The configuration of a phase stays what it is; the loads of the application's
    file are those of full phases, and grow evenly, on a scale of powers, from one to the next. Prices are of the day
    of the snapshot, so that a picture stays the same until they change.
    """
    loads = between(application, measure)
    found = {phase: [_price(application, rendered[phase], region, book, told) for _, told in loads] for phase in Phase}
    complete = {phase: not any(one.unpriced for one in priced) for phase, priced in found.items()}
    points = {
        phase: tuple(Point(at=at, usd=one.subtotal()) for (at, _), one in zip(loads, priced, strict=True))
        for phase, priced in found.items()
    }
    after: dict[Phase, Phase] = dict(pairwise(Phase))
    return [
        Curve(
            phase=phase,
            points=points[phase],
            full=measure.full[phase],
            complete=complete[phase],
            cheaper=_cheaper(points[phase], points[after[phase]], measure.full[phase]) if phase in after else None,
        )
        for phase in Phase
    ]


def between(application: Application, measure: Measure) -> Sequence[tuple[Decimal, Loads]]:
    """Give loads from a tenth of the first phase's to that of the last, each with all its quantities."""
    full = [_flat(declared(application, phase)) for phase in Phase]
    ends = [measure.full[phase] for phase in Phase]
    # Below the first phase, and for a store that comes later: in proportion to the measure.
    first: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for loads, end in zip(full, ends, strict=True):
        for key, value in loads.items():
            first.setdefault(key, (value, end))

    def early(key: tuple[str, str], at: Decimal) -> Decimal:
        value, end = first[key]
        return value if key[1] in SAME else value * at / end

    starts = (_between(ends[0] * LEAST, ends[0], step) for step in range(STEPS))
    found: list[tuple[Decimal, Loads]] = [(at, {key: early(key, at) for key in first}) for at in starts]
    for (less, more), (low, high) in zip(pairwise(full), pairwise(ends), strict=True):
        for step in range(STEPS):
            at = _between(low, high, step)
            both = {key: _between(less[key], more[key], step) for key in first if key in less and key in more}
            found.append((at, {key: both.get(key, early(key, at)) for key in first}))
    return [*found, (ends[-1], {key: full[-1].get(key, early(key, ends[-1])) for key in first})]


def _between(low: Decimal, high: Decimal, step: int) -> Decimal:
    """Give a point of the way from one quantity to another, on a scale of powers where there is one."""
    if step == 0 or low == high:
        return low
    share = Decimal(step) / STEPS
    value = low * (high / low) ** share if low > 0 and high > 0 else low + (high - low) * share
    return round(value, _DIGITS)


def _flat(loads: Mapping[str, Mapping[str, Amount]]) -> dict[tuple[str, str], Decimal]:
    return {(store, field): amount.expected for store, fields in loads.items() for field, amount in fields.items()}


def _price(
    application: Application, resources: Sequence[Resource], region: str, book: PriceBook, loads: Loads
) -> Estimate:
    usage: dict[str, dict[str, Amount]] = {}
    for (store, field), value in loads.items():
        usage.setdefault(store, {})[field] = Amount.of(value)
    stores = tuple(store.name for store in application.stores)
    stack = Stack(resources=resources, region=region, stores=stores, usage=Usage(declared=usage), on=book.generated)
    return estimate(stack, book)


def _cheaper(this: Sequence[Point], following: Sequence[Point], full: Decimal) -> Decimal | None:
    return next(
        (one.at for one, other in zip(this, following, strict=True) if one.at <= full and other.usd <= one.usd), None
    )
