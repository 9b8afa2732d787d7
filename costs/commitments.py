"""What a commitment for a year would save, and from when on it pays: a note, in no total."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from costs.amount import HOURS, ZERO, cents
from costs.charge import Kind
from costs.estimate import Estimate, Line

MONTHS: Final = 12
DAYS: Final = 365
GENERATION: Final = 7
"""From which generation of classes on Database Savings Plans hold."""
_CLASS: Final = re.compile(r"(?:db|cache)\.[a-z](\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A discount for a commitment."""

    name: str
    pays: Decimal
    """The share of the on-demand price that is paid, whatever is used."""
    at_least: bool
    """The discount is the highest that was announced: what is paid may be more."""
    source: str


RESERVED: Final = Offer(
    name="reserved instances, 1 year, nothing upfront",
    pays=Decimal("0.7037"),
    at_least=False,
    source="AmazonRDS price list of 2026-05-03: db.t3.large at 69.86 for 99.28 a month; other classes taken alike",
)
SAVINGS_PLAN: Final = Offer(
    name="Database Savings Plan, 1 year, nothing upfront",
    pays=Decimal("0.80"),
    at_least=True,
    source="AWS's announcement of December 2025: up to 20 % for instances of generation 7 and newer",
)
SERVERLESS_PLAN: Final = Offer(
    name="Database Savings Plan for serverless, 1 year, nothing upfront",
    pays=Decimal("0.65"),
    at_least=True,
    source="AWS's announcement of December 2025: up to 35 % for serverless databases",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Saving:
    """What an offer saves of an estimate."""

    offer: Offer
    usd: Decimal
    """On demand, a month."""

    @property
    def saves(self) -> Decimal:
        """USD a month where everything runs all the time."""
        return cents(self.usd * (1 - self.offer.pays))

    @property
    def break_even_days(self) -> int:
        """After so many days of a year the commitment has cost less than running on demand."""
        return int((self.offer.pays * DAYS).to_integral_value(rounding="ROUND_CEILING"))

    @property
    def break_even_hours(self) -> Decimal:
        """Hours a month that all of it must run at least."""
        return (self.offer.pays * HOURS).quantize(Decimal(1))


def savings(found: Estimate) -> Sequence[Saving]:
    """Give what each offer would save; none that saves nothing."""
    sums: dict[str, Saving] = {}
    for offer, line in _eligible(found):
        known = sums.get(offer.name)
        sums[offer.name] = Saving(offer=offer, usd=line.usd() + (known.usd if known else ZERO))
    return [saving for saving in sums.values() if saving.saves > 0]


def _eligible(found: Estimate) -> Iterator[tuple[Offer, Line]]:
    for line in found.lines:
        charge = line.charge
        if charge.kind is not Kind.COMPUTE:
            continue
        if charge.service == "aurora_postgres" and charge.sku.startswith("serverless-v2:"):
            yield SERVERLESS_PLAN, line
        elif (class_ := _CLASS.search(charge.sku)) is None:
            continue
        elif int(class_[1]) >= GENERATION and not charge.sku.startswith("redis:"):
            yield SAVINGS_PLAN, line
        elif charge.service in {"rds_postgres", "aurora_postgres"}:
            yield RESERVED, line
