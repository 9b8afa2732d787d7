"""
The budget of a stack against what it costs.

It is the budget of AWS, as that of AWS Budgets is: Atlas sends a bill of its own, which counts for nothing here.
"""

from dataclasses import dataclass
from decimal import Decimal

from costs.estimate import FULL, NO_FULL_ANSWER, OVER_BUDGET, Estimate, total
from costs.estimators.atlas import SERVICE as ATLAS
from costs.price import Age


@dataclass(frozen=True, kw_only=True, slots=True)
class Budgeted:
    """A budget, and what is known of the cost."""

    budget: Decimal
    """USD a month."""
    known: Decimal
    """What of AWS has a price, as expected."""
    elsewhere: Decimal
    """What others bill, as far as it has a price."""
    complete: bool
    """Whether everything of AWS has one, at prices that are not stale."""

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
    known = total(line for line in found.lines if line.charge.service != ATLAS)
    return Budgeted(
        budget=budget,
        known=known,
        elsewhere=found.subtotal() - known,
        complete=found.age is not Age.STALE and all(gap.service == ATLAS for gap in found.unpriced),
    )
