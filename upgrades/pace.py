"""When a change may come: AWS lets some happen only so often, and Pulumi's history says when they happened."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from stacks.mistakes import SettingsError
from stacks.settings import Settings
from stacks.stackfile import decoded
from upgrades.effects import Effect
from upgrades.engine import Past
from upgrades.facts.limits import STORAGE
from upgrades.plan import Up, sizes_of

LATER: Final = "DATASTORES_LATER"
"""Seconds that the clock of an upgrade is ahead; only with a local cloud, where nobody waits for six hours."""
_STORAGE_FIELDS: Final = frozenset({"storage_gib", "storage_type", "iops", "throughput_mibps"})

History = Sequence[tuple[datetime, Mapping[str, str]]]
"""When updates began, and their settings by full key, the newest first."""


def history(past: Sequence[Past]) -> History:
    """Give the updates that went through."""
    return [(one.begun, one.config) for one in past if one.updated and one.config]


def clock(environment: Mapping[str, str] = os.environ) -> datetime:
    """Give the time."""
    local = "127.0.0.1" in environment.get("AWS_ENDPOINT_URL", "")
    return datetime.now(tz=UTC) + timedelta(seconds=float(environment.get(LATER, "0")) if local else 0)


def earliest(up: Up, stack: str, history: History) -> tuple[datetime, str] | None:
    """Give when AWS accepts an update, and why not before; None: nothing that it changes has a limit that was met."""
    found = [
        limit
        for one in up.changes
        for part in one.parts
        if part.effect and (limit := limit_of(one.name, part.effect, up.steps, stack, history))
    ]
    return max(found, default=None)


def limit_of(
    name: str, effect: Effect, stores: Iterable[str], stack: str, history: History
) -> tuple[datetime, str] | None:
    """Give when AWS accepts a change of a resource, by its logical name, and why not before; None: at any time."""
    store = max((one for one in stores if name.startswith(f"{one}-")), key=len, default=None)
    found: list[tuple[datetime, str]] = []
    for wait in effect.waits if store else ():
        fields = _STORAGE_FIELDS if wait == STORAGE else frozenset({effect.field})
        times = [when for when, sizes in _changes(stack, history, store or "") if sizes & fields]
        if len(times) >= wait.times:
            when = times[wait.times - 1] + wait.within
            found.append((when, f"{store}: {wait.of} may change {wait.times} time(s) in {wait.within}: {wait.source}"))
    return max(found, default=None)


def remembered(effect: Effect) -> bool:
    """Say whether settings, and so a history, show when the like of an effect happened."""
    return bool(effect.field) or all(wait == STORAGE for wait in effect.waits)


def _changes(stack: str, history: History, store: str) -> list[tuple[datetime, frozenset[str]]]:
    """Give when a store's size changed, the newest first, and which fields."""
    sizes = [(when, _size(stack, config, store)) for when, config in history]
    changes: list[tuple[datetime, frozenset[str]]] = []
    for (when, size), (_, before) in pairwise(sizes):
        if size is not None and before is not None and type(size) is type(before):
            names = frozenset(key for key in type(size).__slots__ if getattr(size, key) != getattr(before, key))
            changes += [(when, names)] if names else []
    return changes


def _size(stack: str, config: Mapping[str, str], store: str) -> Any:
    try:
        settings = Settings.parse(stack, {key: decoded(value) for key, value in config.items()})
    except SettingsError:
        return None  # Of a version of the program that had other settings: it says nothing of sizes.
    return sizes_of(settings).get(store)
