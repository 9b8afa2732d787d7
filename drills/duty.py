"""Which stores owe a drill, and what their reports say: in the normal form, so that a control can judge it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from drills.kept import Kept, Standing, standings
from policies.controls.drilled import DRILLED
from stacks.application import Application, AtlasStore, BucketStore, RedisStore, Store
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from stacks.settings import Settings


def stores_of(settings: Settings) -> list[Store]:
    """Give the stores that the phase has."""
    return [store for store in settings.application.stores if settings.size(store) is not None]


def is_cache(store: Store) -> bool:
    """Say whether all that a store holds can be computed again."""
    return isinstance(store, RedisStore) and store.use == "cache"


def must_come_back(store: Store) -> bool:
    """Say whether a drill can show that a store comes back, and somebody would miss it: none looks into Atlas."""
    return not isinstance(store, AtlasStore | BucketStore) and not is_cache(store)


def owed(settings: Settings, kept: Sequence[Kept], today: date) -> list[dict[str, Any]]:
    """Give a resource for each store of a stack that owes a drill; its inputs say what the reports do."""
    names = [store.name for store in stores_of(settings) if must_come_back(store)]
    return _resources(names, kept, settings.application.recovery[settings.phase].drill_days, today)


def shortcomings(settings: Settings, kept: Sequence[Kept], today: date) -> tuple[list[str], bool]:
    """Say of which stores nobody has shown in time that they come back, and whether one of them has failed to."""
    days = settings.application.recovery[settings.phase].drill_days
    found: list[str] = []
    failed = False
    stores = {store.name: store for store in stores_of(settings) if not is_cache(store)}
    for one in standings(kept, stores):
        if one.failed:
            failed = True
            found.append(f"{one.store} did not come back on {one.failed.on}: {one.failed.source}")
        elif not must_come_back(stores[one.store]):
            found.append(f"{one.store} is looked into by no drill")
        elif one.passed is None:
            found.append(f"{one.store} came back in no drill")
        elif (today - one.passed.on).days > days:
            found.append(f"{one.store} came back on {one.passed.on}, more than {days} days ago: {one.passed.source}")
    return found, failed


def owed_by_name(
    stack: str, phase: str, rendered: Iterable[str], kept: Sequence[Kept], today: date
) -> list[dict[str, Any]]:
    """
    Give the same where only the stack's name, its phase and the names of its resources are known.

    None where nobody knows the application or the phase: its policies say so themselves.
    """
    application = APPLICATIONS.get(stack.rpartition("-")[0])
    if application is None or phase not in set(Phase) or stack.rpartition("-")[2] not in set(Environment):
        return []
    there = list(rendered)
    names = [
        store.name
        for store in _all_stores(application)
        if must_come_back(store) and any(name.startswith(f"{store.name}-") for name in there)
    ]
    return _resources(names, kept, application.recovery[Phase(phase)].drill_days, today)


def _all_stores(application: Application) -> Sequence[Store]:
    return application.stores


def _resources(names: Sequence[str], kept: Sequence[Kept], days: int, today: date) -> list[dict[str, Any]]:
    return [
        {"type": DRILLED, "name": one.store, "inputs": _inputs(one, days, today), "options": {}}
        for one in standings(kept, names)
    ]


def _inputs(one: Standing, days: int, today: date) -> dict[str, Any]:
    return {
        "allowedDays": days,
        **({"passedDaysAgo": (today - one.passed.on).days} if one.passed else {}),
        **({"failedDaysAgo": (today - one.failed.on).days} if one.failed else {}),
    }
