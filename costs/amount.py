"""Quantities with a low, an expected and a high value, and the money that they make."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final, Self

HOURS: Final = Decimal(730)
"""A month, as AWS's calculator has it."""
DAYS: Final = HOURS / 24
CENT: Final = Decimal("0.01")
ZERO: Final = Decimal(0)
NOTHING: Final = Decimal("0.00")
"""USD."""

Number = Decimal | int


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A quantity that may be less or more than expected; `low <= expected <= high`, none below 0."""

    low: Decimal
    expected: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        """Reject what is no range."""
        if not ZERO <= self.low <= self.expected <= self.high:
            raise ValueError(f"must be 0 <= low <= expected <= high, got {self.low}, {self.expected}, {self.high}")

    @classmethod
    def of(cls, value: Number) -> Self:
        """Give a quantity that is certain."""
        exact = Decimal(value)
        return cls(low=exact, expected=exact, high=exact)

    @classmethod
    def between(cls, low: Number, high: Number) -> Self:
        """Give a quantity that is expected in the middle."""
        return cls(low=Decimal(low), expected=(Decimal(low) + Decimal(high)) / 2, high=Decimal(high))

    @classmethod
    def about(cls, value: Number) -> Self:
        """Give a guess: it may be half or twice as much."""
        exact = Decimal(value)
        return cls(low=exact / 2, expected=exact, high=exact * 2)

    @property
    def is_exact(self) -> bool:
        """Say whether it is certain."""
        return self.low == self.high

    def __add__(self, other: Self | Number) -> Self:
        more = other if isinstance(other, Amount) else Amount.of(other)
        return type(self)(low=self.low + more.low, expected=self.expected + more.expected, high=self.high + more.high)

    def __mul__(self, other: Self | Number) -> Self:
        factor = other if isinstance(other, Amount) else Amount.of(other)
        return type(self)(
            low=self.low * factor.low, expected=self.expected * factor.expected, high=self.high * factor.high
        )

    def above(self, allowance: Number) -> Self:
        """Give what exceeds an allowance, at least 0."""
        return self.each(lambda value: max(value - allowance, ZERO))

    def at_least(self, floor: Number) -> Self:
        """Give the quantity, or a floor where it is below."""
        return self.each(lambda value: max(value, Decimal(floor)))

    def each(self, change: Callable[[Decimal], Decimal]) -> Self:
        """Apply a function that never decreases."""
        return type(self)(low=change(self.low), expected=change(self.expected), high=change(self.high))


def whole(value: Decimal) -> Decimal:
    """Round up to a whole number."""
    return value.to_integral_value(ROUND_CEILING)


def cents(value: Decimal) -> Decimal:
    """Round an amount of money to cents, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def usd(value: Decimal, *, exact: Decimal | None = None) -> str:
    """Write an amount of money; *exact* is what it was before rounding: a positive amount never prints as 0.00."""
    if value == 0 and exact is not None and exact > 0:
        return "<0.01"
    return f"{cents(value):,}"


def figure(value: Decimal) -> str:
    """Write a quantity without zeros that say nothing; at most four decimals are shown, or four digits that count."""
    if value == 0:
        return "0"
    digits = max(4, 3 - value.adjusted())
    text = f"{round(value, digits):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
