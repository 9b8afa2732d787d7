"""What is told of a stack's cost: one report for people, for a comment and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from costs.amount import ZERO, figure
from costs.budget import Budgeted
from costs.charge import Kind
from costs.commitments import Saving, savings
from costs.difference import Difference
from costs.estimate import FULL, NO_FULL_ANSWER, End, Estimate, Line, total
from costs.freetier import FreeTier, free_tier
from costs.owners import Compared
from costs.price import HOME, Age, Price

MOST_SHOWN = 5
"""Lines that are named as those where the money goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A stack in one phase."""

    stack: str
    phase: str
    found: Estimate
    on: date
    """The day that the estimate is for."""
    budget: Budgeted | None = None
    claims: Sequence[Compared] = ()
    difference: Difference | None = None
    """Against what stands in the place that the user named."""
    base: str = ""
    """That place, in words."""
    notes: Sequence[str] = ()
    shows: str = ""
    """What is priced, where that is not the whole stack; empty: all of it."""
    doubts: bool = False
    """Something is left out that may cost more."""
    free_tier: bool = False
    """What the free tier would take off is told by the allowance."""

    @property
    def exit_code(self) -> int:
        """The worst of estimate, difference and budget: over a budget counts more than an open question."""
        codes = [self.found.exit_code, NO_FULL_ANSWER if self.doubts else FULL]
        if self.difference is not None and not self.difference.is_complete:
            codes.append(NO_FULL_ANSWER)
        if self.budget is not None:
            return self.budget.exit_code or max(codes)
        return max(codes)

    @property
    def stores(self) -> list[str]:
        """Every store that costs something or may, in order."""
        return list(
            dict.fromkeys(
                [*(line.charge.store for line in self.found.lines), *(gap.store for gap in self.found.unpriced)]
            )
        )

    @property
    def savings(self) -> Sequence[Saving]:
        """What commitments would save."""
        return savings(self.found)

    @property
    def free(self) -> FreeTier:
        """What the free tier would take off: in no figure of the report."""
        return free_tier(self.found)

    def of(self, *, store: str | None = None, kind: Kind | None = None, end: End = End.EXPECTED) -> Decimal:
        """Add up the lines of a store or a kind, in USD."""
        return total(
            (
                line
                for line in self.found.lines
                if store in {None, line.charge.store} and kind in {None, line.charge.kind}
            ),
            end,
        )

    @property
    def kinds(self) -> list[Kind]:
        """What there are lines of."""
        there = {line.charge.kind for line in self.found.lines}
        return [kind for kind in Kind if kind in there]

    @property
    def dearest(self) -> list[Line]:
        """Where the money goes, the most expensive line first."""
        ranked = sorted(self.found.lines, key=lambda line: (-line.exact(), line.charge.what))
        return [line for line in ranked[:MOST_SHOWN] if line.exact() > 0]

    @property
    def baseline(self) -> Decimal:
        """USD of what is there however little it is used."""
        return total(line for line in self.found.lines if not line.charge.assumptions)

    @property
    def remarks(self) -> list[str]:
        """Notes of lines: what may grow by itself, upper bounds."""
        return list(
            dict.fromkeys(f"{line.charge.what}: {line.charge.note}" for line in self.found.lines if line.charge.note)
        )

    @property
    def overrides(self) -> list[Price]:
        """The user's own prices that are in it."""
        return _distinct(line.price for line in self.found.lines if line.price.override)

    @property
    def unused(self) -> list[Price]:
        """The user's own prices that nothing is made of, here or before."""
        own = {one.key: one for one in self.found.own}
        sides = [self.found, *([self.difference.before] if self.difference else [])]
        made_of = {_given_as(line.price, own) for side in sides for line in side.lines if line.price.override}
        return [one for key, one in own.items() if key not in made_of]

    @property
    def lent_from(self) -> list[str]:
        """Regions whose prices stand in for those that have none."""
        return sorted({line.price.region for line in self.found.lines if line.price.stands_in})


def _distinct(prices: "Iterator[Price]") -> list[Price]:
    return list({price.key: price for price in prices}.values())


def _given_as(price: Price, own: Mapping[str, Price]) -> str:
    """Name an own price as the user did: where its region is like HOME and has none, it is that of HOME."""
    return price.key if price.key in own else replace(price, region=HOME).key


def unused_sentence(unused: Sequence[Price]) -> str:
    """Name own prices that nothing is made of; empty where there are none."""
    return f"own prices used by nothing here: {', '.join(one.key for one in unused)}" if unused else ""


def headline(report: Report) -> str:
    """Say in one sentence what a stack costs."""
    found = report.found
    low, expected, high = (f"{found.subtotal(end):,}" for end in (End.LOW, End.EXPECTED, End.HIGH))
    where = f"{report.stack} in {report.phase}, {found.region}{f', {report.shows}' if report.shows else ''}"
    if found.unpriced:
        return f"{where}: no total: {expected} USD a month ({low} to {high}) and what is unpriced below"
    return f"{where}: {expected} USD a month ({low} to {high})"


def prices_sentence(report: Report) -> str:
    """Say what the prices are worth."""
    found = report.found
    lent = f" Prices of {', '.join(report.lent_from)} stand in where a region has none." if report.lent_from else ""
    age = {
        Age.FRESH: "",
        Age.OLD: " They are more than 90 days old: refresh them before you decide.",
        Age.STALE: " They are more than a year old: no full answer.",
    }[found.age]
    unsure = f", {found.unsure():,} USD of it at low confidence" if found.unsure() else ""
    what = f"Prices of {found.generated}, on demand, without tax and free tier"
    return f"{what}; lowest confidence {found.confidence}{unsure}.{lent}{age}"


def quantity_of(line: Line) -> str:
    """Write the quantity of a line, with its range."""
    amount = line.charge.quantity
    if amount.is_exact:
        return figure(amount.expected)
    return f"{figure(amount.expected)} ({figure(amount.low)} to {figure(amount.high)})"


def marks_of(price: Price) -> str:
    """Write what is special about a price: empty for most."""
    if price.override:
        return f"own price: {', '.join(price.sources)}, {price.date}"
    return f"of {price.region}" if price.stands_in else ""


def signed(more: Decimal) -> str:
    """Write a difference with its sign."""
    return f"+{more:,}" if more > ZERO else f"{more:,}"
