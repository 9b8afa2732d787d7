"""Which way from phase to phase is wanted instead of one edit."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, Final

from reviews.hearing import Described
from sizes.limits import SizeError
from stacks.application import Size
from stacks.hops import steps
from stacks.mistakes import SettingsError, shown
from stacks.phases import Phase
from stacks.rules import camel
from stacks.settings import Settings

_GUIDE: Final = "docs/upgrades.md"


def wanted(before: Described, after: Described) -> str:
    """Say what to do instead of the edit of a phase."""
    phases = list(Phase)
    if before.phase not in phases or after.phase not in phases:
        return f"grow one phase at a time, see {_GUIDE}"
    start, end = phases.index(Phase(before.phase)), phases.index(Phase(after.phase))
    if end < start:
        return "growing has no way back: keep the phase, and deviate by `datastores:sizes` where a size may shrink"
    if end - start > 1:
        return f"wanted is the path that {_command(after)} prints, update by update; see {_GUIDE}"
    ways = list(_ways(before, after))
    which = f": {'; '.join(ways)}" if ways else f" with the rows of `{after.phase}` in it"
    hop = f"{{to: {after.phase}, step: 1, sizes: ...}}"
    return (
        f"wanted are hops first, `datastores:hop: {hop}` at `datastores:phase: {before.phase}`{which}; "
        f"{_command(after)} prints all of them, and `datastores upgrade` carries them out"
    )


def _command(after: Described) -> str:
    return f"`datastores plan {after.stack} --to {after.phase}`"


def _ways(before: Described, after: Described) -> Iterator[str]:
    """Name the stores that take more than one update, and what the first of them changes."""
    try:
        was, will = (Settings.read(one.stack, folder=one.folder) for one in (before, after))
    except SettingsError:
        return  # One version's file is not the other's: the gate's refusals have to do.
    for store in will.application.stores:
        now, way = was.size(store), _way(was.size(store), will.size(store))
        if len(way) > 1:
            yield f"`{store.name}` takes {len(way)} updates, the first changes {_changed(now, way[0])}"


def _way(now: Size | None, target: Size | None) -> Sequence[Size]:
    """Give the sizes up to *target*; empty where there is no such way."""
    try:
        return steps(now, target) if now and target else ()
    except SizeError:
        return ()


def _changed(now: object, then: object) -> str:
    """Name what differs, as the stack file does."""
    if type(now) is not type(then):
        return "the kind of store"
    before, after = _fields(now), _fields(then)
    return ", ".join(f"`{camel(key)}` to {_shown(value)}" for key, value in after.items() if before[key] != value)


def _fields(size: object) -> dict[str, Any]:
    return asdict(size) if is_dataclass(size) and not isinstance(size, type) else {}


def _shown(value: object) -> str:
    # A member of an enumeration would name its class.
    return shown(str(value) if isinstance(value, str) else value)
