"""What an application grows by, and how much of it each phase carries: what its costs are drawn against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from costs.loads import declared
from stacks.application import Application, PostgresStore, TableStore
from stacks.phases import Phase

USERS: Final[Mapping[str, Sequence[int]]] = {
    "devora": (100, 1_000, 10_000, 50_000),
    "devmentor": (1_000, 10_000, 100_000, 1_000_000),
}
"""Users of each phase: the owners', but devora's of enterprise, which the application's file assumes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """A quantity that grows from phase to phase."""

    noun: str
    """What is counted, for an axis."""
    short: str
    """The same beside a figure."""
    full: Mapping[Phase, Decimal]
    """So much of it a phase is taken to carry, once it is full."""

    def __post_init__(self) -> None:
        """Reject what does not grow: nothing can be drawn against it."""
        values = list(self.full.values())
        if not all(0 < less < more for less, more in pairwise(values)):
            raise ValueError(f"{self.noun} must grow from phase to phase, got {', '.join(map(str, values))}")


def measure(application: Application) -> Measure:
    """Give what an application grows by: users where somebody named them, else reads of its tables, else its data."""
    if application.name in USERS:
        full = dict(zip(Phase, map(Decimal, USERS[application.name]), strict=True))
        return Measure(noun="users", short="users", full=full)
    tables = [store for store in application.stores if isinstance(store, TableStore)]
    if tables:
        reads = {
            phase: sum((_of(application, phase, one.name, "readsMillions") for one in tables), Decimal(0))
            for phase in Phase
        }
        return Measure(noun="reads of all tables a month, in millions", short="M reads", full=reads)
    main = next(store for store in application.stores if isinstance(store, PostgresStore))
    data = {phase: _of(application, phase, main.name, "dataGib") for phase in Phase}
    return Measure(noun=f"data and indexes of {main.name}, in GiB", short="GiB", full=data)


def _of(application: Application, phase: Phase, store: str, field: str) -> Decimal:
    return declared(application, phase)[store][field].expected
