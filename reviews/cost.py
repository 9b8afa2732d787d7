"""What a pull request does to the cost of a stack: both sides on the same prices and the same loads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from costs.budget import budgeted
from costs.difference import Difference
from costs.estimate import OVER_BUDGET, Estimate, estimate
from costs.loads import declared
from costs.price import HOME, PriceBook
from costs.snapshot import load
from costs.stack import Stack
from costs.usage import Usage
from reviews.hearing import Described
from stacks.applications import APPLICATIONS
from stacks.phases import Phase

BUDGET: Final = "datastores:monthlyBudget"


@dataclass(frozen=True, kw_only=True, slots=True)
class CostReview:
    """What a stack costs at the base and at the head."""

    difference: Difference
    budget: Decimal | None
    """USD a month, as the head's file has it; None: none."""

    @property
    def is_over(self) -> bool:
        """Say whether what has a price is above the budget already."""
        return self.budget is not None and budgeted(self.difference.after, self.budget).exit_code == OVER_BUDGET

    @property
    def lent_from(self) -> list[str]:
        """Regions whose prices stand in for others."""
        sides = (*self.difference.before.lines, *self.difference.after.lines)
        return sorted({line.price.region for line in sides if line.price.stands_in})


def cost_of(before: Described | None, after: Described | None, today: date) -> CostReview | None:
    """Price both sides; None where a side does not render, or nobody knows the application."""
    there = [one for one in (before, after) if one is not None]
    name = there[0].stack.rpartition("-")[0] if there else ""
    if name not in APPLICATIONS or any(one.rendered is None for one in there):
        return None
    sides = [_estimate(one, there[0], name, today) for one in (before, after)]
    return CostReview(
        difference=Difference(before=sides[0], after=sides[1]), budget=_budget(after.config) if after else None
    )


@cache
def _book() -> PriceBook:
    """Read the prices; those of one region stand in where another has none, which is told."""
    return load().lending(HOME)


def _estimate(one: Described | None, other: Described, name: str, today: date) -> Estimate:
    application = APPLICATIONS[name]
    rendered = one.rendered if one else None
    phase = one.phase if one and one.phase in tuple(Phase) else other.phase
    known = Phase(phase) if phase in tuple(Phase) else Phase.MVP
    stack = Stack(
        resources=rendered.resources if rendered else [],
        region=rendered.region if rendered else HOME,
        stores=tuple(store.name for store in application.stores),
        usage=Usage(declared=declared(application, known)),
        on=today,
    )
    return estimate(stack, _book())


def _budget(config: Mapping[str, Any]) -> Decimal | None:
    try:
        budget = Decimal(str(config[BUDGET]))
    except (KeyError, InvalidOperation):
        return None
    return budget if budget.is_finite() else None
