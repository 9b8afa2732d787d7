"""Which way from phase to phase is wanted instead of one edit."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, is_dataclass
from itertools import pairwise
from typing import Any, Final

from reviews.hearing import Described
from sizes import postgres_move, redis, table
from sizes.aurora import AuroraSize
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize
from sizes.table import TableSize
from stacks.mistakes import SettingsError, shown
from stacks.phases import Phase
from stacks.settings import Settings

_GUIDE: Final = "docs/growing.md"


def wanted(before: Described, after: Described) -> str:
    """Say what to do instead of the edit of a phase."""
    phases = list(Phase)
    if before.phase not in phases or after.phase not in phases:
        return f"grow one phase at a time, see {_GUIDE}"
    start, end = phases.index(Phase(before.phase)), phases.index(Phase(after.phase))
    if end < start:
        return "growing has no way back: keep the phase, and deviate by `datastores:sizes` where a size may shrink"
    if end - start > 1:
        way = ", then ".join(f"`{one}` to `{two}`" for one, two in pairwise(phases[start : end + 1]))
        return f"wanted is one phase at a time ({way}), each deployed before the next"
    ways = list(_ways(before, after))
    which = f": {'; '.join(ways)}" if ways else " with sizes in between of what the gate names"
    hop = f"{{to: {after.phase}, step: 1, sizes: ...}}"
    return f"wanted are hops first, `datastores:hop: {hop}` at `datastores:phase: {before.phase}`{which}; see {_GUIDE}"


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


def _way(now: object, target: object) -> Sequence[object]:
    """Give the sizes up to *target*, as `sizes` has them; empty where there is no such way."""
    try:
        match now, target:
            case RedisSize(), RedisSize():
                return redis.steps(now, target)
            case TableSize(), TableSize():
                return table.steps(now, target)
            case ((PostgresSize() | AuroraSize() | PostgresMove()), (PostgresSize() | AuroraSize())):
                return postgres_move.steps(now, target)
            case _:
                return ()
    except SizeError:
        return ()


def _changed(now: object, then: object) -> str:
    """Name what differs, as the stack file does."""
    if type(now) is not type(then):
        return "the kind of store"
    before, after = _fields(now), _fields(then)
    return ", ".join(f"`{_camel(key)}` to {_shown(value)}" for key, value in after.items() if before[key] != value)


def _fields(size: object) -> dict[str, Any]:
    return asdict(size) if is_dataclass(size) and not isinstance(size, type) else {}


def _shown(value: object) -> str:
    # A member of an enumeration would name its class.
    return shown(str(value) if isinstance(value, str) else value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
