"""What a change costs: two estimates on the same prices, store by store and line by line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from costs.amount import NOTHING
from costs.estimate import Estimate, Line


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """USD a month before and after."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def more(self) -> Decimal:
        """How much more it is; below 0: less."""
        return self.after - self.before


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What lies between two estimates."""

    before: Estimate
    after: Estimate

    def __post_init__(self) -> None:
        """Refuse to compare what was priced on different days."""
        if self.before.generated != self.after.generated:
            raise ValueError(
                f"both sides must have the prices of one day, got {self.before.generated} and {self.after.generated}"
            )

    @property
    def whole(self) -> Step:
        """All that has a price."""
        return Step(name="all", before=self.before.subtotal(), after=self.after.subtotal())

    @property
    def is_complete(self) -> bool:
        """Say whether everything on both sides has a price."""
        return not (self.before.unpriced or self.after.unpriced)

    @cached_property
    def stores(self) -> Sequence[Step]:
        """Every store that either side has, in the order of the lines."""
        return _steps(self, lambda line: line.charge.store)

    @cached_property
    def kinds(self) -> Sequence[Step]:
        """What money goes to."""
        return _steps(self, lambda line: str(line.charge.kind))

    @cached_property
    def lines(self) -> Sequence[Step]:
        """Lines whose amount changes, the biggest change first."""
        steps = _steps(self, _named)
        return sorted((step for step in steps if step.more), key=lambda step: (-abs(step.more), step.name))


def _named(line: Line) -> str:
    charge = line.charge
    return f"{charge.store}: {charge.what} ({charge.region})"


def _steps(difference: Difference, name_of: Callable[[Line], str]) -> list[Step]:
    sides = [_sums(side, name_of) for side in (difference.before, difference.after)]
    names = dict.fromkeys((*sides[0], *sides[1]))
    return [Step(name=name, before=sides[0].get(name, NOTHING), after=sides[1].get(name, NOTHING)) for name in names]


def _sums(side: Estimate, name_of: Callable[[Line], str]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for name, usd in _amounts(side, name_of):
        sums[name] = sums.get(name, NOTHING) + usd
    return sums


def _amounts(side: Estimate, name_of: Callable[[Line], str]) -> Iterator[tuple[str, Decimal]]:
    for line in side.lines:
        yield name_of(line), line.usd()
