"""
What a stack costs in a month: a line for each resource and price, and what nobody can tell.

A line is not rounded inside; it is rounded to cents, and the total is the sum of the rounded lines, so that what is
printed adds up. A resource is priced, free by name, or a gap: while there is one, there is no total.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from costs.amount import NOTHING, cents
from costs.charge import Assumption, Charge, Gap, Item, Kind
from costs.estimators import ESTIMATORS, atlas
from costs.estimators.postgres import backups
from costs.free import FREE
from costs.price import Age, Confidence, MissingPriceError, Price, PriceBook, least_sure
from costs.stack import Resource, Stack, UnknownValueError

FULL: Final = 0
OVER_BUDGET: Final = 1
NO_FULL_ANSWER: Final = 3


class End(StrEnum):
    """The ends of a range."""

    LOW = "low"
    EXPECTED = "expected"
    HIGH = "high"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One quantity at one price."""

    charge: Charge
    price: Price

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What it is, whatever its quantity: lines of two estimates are compared by it."""
        charge = self.charge
        return charge.store, str(charge.kind), charge.what, charge.region, charge.sku

    def exact(self, end: End = End.EXPECTED) -> Decimal:
        """Give USD a month, not rounded."""
        quantity: Decimal = getattr(self.charge.quantity, end)
        return quantity * self.price.usd

    def usd(self, end: End = End.EXPECTED) -> Decimal:
        """Give USD a month, in cents."""
        return cents(self.exact(end))


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a stack costs in a month."""

    region: str
    generated: date
    """The date of the prices."""
    age: Age
    own: tuple[Price, ...]
    """The user's own prices, whether a line is made of them or not."""
    lines: tuple[Line, ...]
    unpriced: tuple[Gap, ...]
    free: Mapping[str, int]
    """How many resources of each type cost nothing."""

    def subtotal(self, end: End = End.EXPECTED) -> Decimal:
        """Give the sum of what has a price, in USD."""
        return total(self.lines, end)

    def total(self, end: End = End.EXPECTED) -> Decimal | None:
        """Give USD a month; None while anything is unpriced: a gap is never free."""
        return None if self.unpriced else self.subtotal(end)

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every quantity that is not in the configuration, once."""
        found = {(one.store, one.field): one for line in self.lines for one in line.charge.assumptions}
        return tuple(found[key] for key in sorted(found))

    @property
    def confidence(self) -> Confidence:
        """The lowest confidence of a price in it."""
        return least_sure(line.price.confidence for line in self.lines)

    def unsure(self) -> Decimal:
        """Give the USD that stand on prices of low confidence."""
        return total([line for line in self.lines if line.price.confidence is Confidence.LOW])

    @property
    def exit_code(self) -> int:
        """What a command ends with: 0, or 3 where something is unpriced or the prices are stale."""
        return NO_FULL_ANSWER if self.unpriced or self.age is Age.STALE else FULL


def total(lines: Iterable[Line], end: End = End.EXPECTED) -> Decimal:
    """Add rounded lines up."""
    return sum((line.usd(end) for line in lines), NOTHING)


def estimate(stack: Stack, book: PriceBook) -> Estimate:
    """Price a stack; the order of its resources means nothing."""
    lines: list[Line] = []
    gaps: list[Gap] = []
    for item in _merged(_items(stack)):
        match item:
            case Gap():
                gaps.append(item)
            case Charge():
                try:
                    lines.append(Line(charge=item, price=book.find(item.service, item.region, item.sku)))
                except MissingPriceError as error:
                    gaps.append(Gap(store=item.store, resource=item.resource, needs=str(error), service=item.service))
    return Estimate(
        region=stack.region,
        generated=book.generated,
        age=book.age(stack.on),
        own=book.own,
        lines=tuple(sorted(lines, key=_order(stack.stores))),
        unpriced=tuple(sorted(set(gaps), key=lambda gap: (gap.store, gap.resource, gap.needs))),
        free=_free(stack.resources),
    )


def _items(stack: Stack) -> Iterator[Item]:
    for one in sorted(stack.resources, key=lambda one: (one["name"], one["type"])):
        if one["type"] in FREE:
            continue
        estimator = ESTIMATORS.get(one["type"])
        if estimator is None:
            yield _gap(one, stack, f"what {one['type']} costs")
            continue
        try:
            yield from estimator(one, stack)
        except UnknownValueError as error:
            yield _gap(one, stack, str(error))
        except (ArithmeticError, ValueError, TypeError) as error:
            # Resources may be anybody's: what cannot be read has no price, and the others keep theirs.
            yield _gap(one, stack, f"inputs that can be read: {error}")
    yield from backups(stack)


def _gap(one: Resource, stack: Stack, needs: str) -> Gap:
    service = atlas.SERVICE if one["type"].startswith("mongodbatlas:") else ""
    return Gap(store=stack.store_of(one), resource=one["name"], needs=needs, service=service)


def _merged(items: Iterable[Item]) -> Iterator[Item]:
    """Make one charge of alike ones: all alarms of a store, all of its secrets."""
    alike: dict[tuple[str, ...], Charge] = {}
    for item in items:
        if not (isinstance(item, Charge) and item.merges):
            yield item
            continue
        what = item.what.partition(": ")[2]
        key = (item.store, str(item.kind), what, item.service, item.region, item.sku)
        known = alike.get(key)
        alike[key] = (
            replace(item, what=what)
            if known is None
            else replace(
                known,
                quantity=known.quantity + item.quantity,
                assumptions=tuple(dict.fromkeys((*known.assumptions, *item.assumptions))),
            )
        )
    yield from alike.values()


def _order(stores: Sequence[str]) -> Callable[[Line], tuple[int, int, str, str, str]]:
    """Put lines in the order of stores, then of kinds."""
    place = {store: number for number, store in enumerate(stores)}
    kinds = list(Kind)

    def key(line: Line) -> tuple[int, int, str, str, str]:
        charge = line.charge
        return place.get(charge.store, len(place)), kinds.index(charge.kind), charge.what, charge.region, charge.sku

    return key


def _free(resources: Iterable[Resource]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in resources:
        if one["type"] in FREE:
            found[one["type"]] = found.get(one["type"], 0) + 1
    return dict(sorted(found.items()))
