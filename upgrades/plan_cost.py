"""
What a path costs: the month before and after each update, and what is paid for on the way beside it.

Each side has the loads of its own phase, as `datastores cost` has: hops those of the phase that is deployed, the last
update those of the phase that it deploys.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from costs.amount import HOURS, ZERO, cents, figure
from costs.budget import Budgeted, budgeted
from costs.charge import Gap
from costs.difference import Difference
from costs.estimate import estimate
from costs.estimators.postgres import AURORA, CLUSTER, INSTANCE, RDS, is_replica, used_gib
from costs.estimators.redis import GROUP
from costs.loads import declared
from costs.price import MissingPriceError, PriceBook
from costs.stack import Stack, is_on
from costs.usage import Usage
from sizes.postgres_move import PostgresMove
from stacks.settings import Settings
from stacks.stages import Stage
from upgrades.duties import Duty
from upgrades.plan import Plan, Up, sizes_of

SERVICES: Final = {
    INSTANCE: (RDS, "backup-storage"),
    CLUSTER: (AURORA, "backup-storage"),
    GROUP: ("elasticache", "backup-storage"),
    "mongodbatlas:index/advancedCluster:AdvancedCluster": ("mongodb_atlas", "cloud-backup"),
}
"""Which price a snapshot of each type has: service and sku."""
HOUR: Final = "an hour"
KEPT: Final = "a month until it is deleted"
_ENDS: Final = (Stage.RETIREMENT, Stage.RETURN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Extra:
    """Something that is paid for on the way, beside the month or within it."""

    store: str
    what: str
    usd: Decimal | None
    """None: nobody can tell."""
    per: str
    needs: str = ""
    """What would have to be known, where nobody can tell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UpCost:
    """What an update does to the cost."""

    difference: Difference
    extras: tuple[Extra, ...]
    budget: Budgeted | None
    """The month after it against the stack's budget; None: it has none."""


@dataclass(frozen=True, kw_only=True)
class PathCost:
    """What the updates of a path do to the cost."""

    ups: Sequence[UpCost]
    """At least one."""

    @cached_property
    def whole(self) -> Difference:
        """From before the first update to after the last."""
        return Difference(before=self.ups[0].difference.before, after=self.ups[-1].difference.after)

    @cached_property
    def gaps(self) -> Sequence[Gap]:
        """What has no price anywhere on the way."""
        sides = [self.whole.before, *(one.difference.after for one in self.ups)]
        return list(dict.fromkeys(gap for side in sides for gap in side.unpriced))

    @property
    def lent_from(self) -> list[str]:
        """Regions whose prices stand in for others."""
        sides = [self.whole.before, *(one.difference.after for one in self.ups)]
        return sorted({line.price.region for side in sides for line in side.lines if line.price.stands_in})


@dataclass(frozen=True, kw_only=True, slots=True)
class NotPriced:
    """There are no prices for the region of a stack."""

    region: str
    known: tuple[str, ...]
    """The regions that have prices."""


Cost = PathCost | NotPriced
"""What is known of the cost of a path with updates."""


def cost_of(plan: Plan, book: PriceBook, today: date) -> Cost | None:
    """Price a path; None where it has no updates."""
    if not plan.ups:
        return None
    if plan.now.region not in book.regions and book.at is None:
        return NotPriced(region=plan.now.region, known=book.regions)
    return PathCost(ups=tuple(_ups(plan, book, today)))


def _ups(plan: Plan, book: PriceBook, today: date) -> Iterator[UpCost]:
    sides = [stack_of(plan.now, plan.ups[0].before_it.resources, today)]
    sides += [stack_of(up.settings, up.after_it.resources, today) for up in plan.ups]
    found = [estimate(side, book) for side in sides]
    differences = [Difference(before=before, after=after) for before, after in pairwise(found)]
    for up, stack, difference in zip(plan.ups, sides, differences, strict=False):
        extras = (*_snapshots(up, stack, book), *_twice(up, plan, differences))
        budget = up.settings.monthly_budget
        yield UpCost(
            difference=difference,
            extras=extras,
            budget=None if budget is None else budgeted(difference.after, budget),
        )


def stack_of(settings: Settings, resources: Sequence[Mapping[str, Any]], today: date) -> Stack:
    """Give what is priced: resources, with the loads of the phase that they are in."""
    return Stack(
        resources=resources,
        region=settings.region,
        stores=tuple(store.name for store in settings.application.stores),
        usage=Usage(declared=declared(settings.application, settings.phase)),
        on=today,
    )


def _snapshots(up: Up, stack: Stack, book: PriceBook) -> Iterator[Extra]:
    """Give the snapshots that are taken before an update, and those that it leaves."""
    taken = {check.store: "a snapshot" for check in up.before if check.duty is Duty.BACKED_UP}
    left = {name: "the final snapshot" for name, step in up.steps.items() if step.stage is Stage.RETIREMENT}
    for store, what in taken.items():
        for type_, price_of in SERVICES.items():
            for one in stack.of(type_, store):
                if not is_replica(one):
                    yield _snapshot(store, f"{what} of {one['name']}", price_of, stack, book)
    for store, what in left.items():
        for one in stack.of(INSTANCE, store):
            if not (is_replica(one) or is_on(one, "skipFinalSnapshot")):
                yield _snapshot(store, f"{what} of {one['name']}", SERVICES[INSTANCE], stack, book)


def _snapshot(store: str, what: str, price_of: tuple[str, str], stack: Stack, book: PriceBook) -> Extra:
    """Price a snapshot as if it were above what AWS gives for nothing: the region's allowance may hold it."""
    gib = used_gib(stack, store).amount.expected
    what = f"{what}, about {figure(gib)} GiB"
    try:
        service, sku = price_of
        price = book.find(service, stack.region, sku)
    except MissingPriceError as error:
        return Extra(store=store, what=what, usd=None, per=KEPT, needs=str(error))
    return Extra(store=store, what=what, usd=cents(gib * price.usd), per=KEPT)


def _twice(up: Up, plan: Plan, differences: Sequence[Difference]) -> Iterator[Extra]:
    """Say what a store that begins to run twice pays for that, while it does: what its end takes away again."""
    for store in _begins_twice(up, plan):
        for end, difference in zip(plan.ups, differences, strict=True):
            if end.number > up.number and store in end.steps and end.steps[store].stage in _ENDS:
                less = sum((-step.more for step in difference.stores if step.name == store), ZERO)
                what = f"two databases, in the month above too, until update {end.number}"
                yield Extra(store=store, what=what, usd=cents(less / HOURS), per=HOUR)


def _begins_twice(up: Up, plan: Plan) -> Iterator[str]:
    for store, size in sizes_of(up.settings).items():
        begins = store in up.steps and up.steps[store].stage is Stage.MOVE
        begun = up is plan.ups[0] and isinstance(sizes_of(plan.now).get(store), PostgresMove)
        if isinstance(size, PostgresMove) and (begins or begun):
            yield store
