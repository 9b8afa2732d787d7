"""The budget of a stack against what it costs."""

from dataclasses import dataclass
from decimal import Decimal

from costs.estimate import FULL, NO_FULL_ANSWER, OVER_BUDGET, Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class Budgeted:
    """A budget, and what is known of the cost."""

    budget: Decimal
    """USD a month."""
    known: Decimal
    """What has a price, as expected."""
    complete: bool
    """Whether everything has one, at prices that are not stale."""

    @property
    def exit_code(self) -> int:
        """1 over it, even without a total; 3 where nobody can tell that it is within it; else 0."""
        if self.known > self.budget:
            return OVER_BUDGET
        return FULL if self.complete else NO_FULL_ANSWER

    @property
    def left(self) -> Decimal:
        """What is left of it; below 0: what it is exceeded by."""
        return self.budget - self.known


def budgeted(found: Estimate, budget: Decimal) -> Budgeted:
    """Hold an estimate against a budget."""
    return Budgeted(budget=budget, known=found.subtotal(), complete=found.exit_code == FULL)
