"""
One change of a size taken apart into what must follow one another, in the order in which a store grows safely.

First what is online and makes the rest harmless (backups, storage, a standby, copies), then what makes a store fail
over or restart, then a pool, then autoscaling, last what is taken away. A new major version, and what moves a database
to another kind of store, are updates that nothing else shares.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize
from sizes.table import Autoscaled, TableSize
from stacks.application import Size


class Stage(StrEnum):
    """What a part of a change is about, in the order of an upgrade."""

    ROOM = "storage and backups, a standby, replicas"
    MODE = "cluster mode"
    MOVE = "a cluster beside the instance"
    PROMOTION = "the cluster takes over from the instance"
    RETIREMENT = "the instance goes"
    UNLOCK = "protection is lifted"
    RETURN = "the cluster beside the instance goes again"
    CLASS = "class, tier and shards"
    VERSION = "major version"
    POOL = "a pool for connections"
    AUTOSCALING = "autoscaling"
    LESS = "what is taken away"
    NEW = "a new store"
    GONE = "a store that goes"
    PLAIN = "limits"


ALONE: Final = frozenset({Stage.PROMOTION, Stage.RETIREMENT, Stage.RETURN, Stage.VERSION})
"""What no other change shares an update with, of whatever store: it cannot be undone, or stops what writes."""
WITH_THE_PHASE: Final = frozenset({Stage.PLAIN, Stage.NEW, Stage.GONE, Stage.AUTOSCALING})
"""What the last update of an upgrade, which deploys the phase itself, may do: clients notice nothing of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One change of a store's size that an update can make at once."""

    stage: Stage
    before: Size | None
    """None: the store does not exist yet."""
    after: Size | None
    """None: it goes."""

    @property
    def alone(self) -> bool:
        """Whether nothing else may be in the same update."""
        return self.stage in ALONE

    @property
    def with_the_phase(self) -> bool:
        """Whether the last update may do it."""
        return self.stage in WITH_THE_PHASE


def taken_apart(before: Size, after: Size) -> Iterator[Step]:
    """Yield the steps of a change that its kind of store takes at once (`stacks.hops.steps`): at least one."""
    match before, after:
        case PostgresMove(writer="instance"), PostgresMove(writer="cluster"):
            yield Step(stage=Stage.PROMOTION, before=before, after=after)
        case PostgresMove(), _:
            gone = Stage.RETIREMENT if isinstance(after, AuroraSize) else Stage.RETURN
            yield Step(stage=gone, before=before, after=after)
        case _, PostgresMove():
            yield Step(stage=Stage.MOVE, before=before, after=after)
        case (PostgresSize(), PostgresSize()) | (AuroraSize(), AuroraSize()) | (RedisSize(), RedisSize()):
            yield from _by_field(before, after, _STAGES[type(after)])
        case ((AtlasSize() | SharedAtlasSize()), (AtlasSize() | SharedAtlasSize())):
            yield Step(stage=Stage.CLASS, before=before, after=after)
        case TableSize(), TableSize() if isinstance(after.billing, Autoscaled):
            yield Step(stage=Stage.AUTOSCALING, before=before, after=after)
        case _:
            yield Step(stage=Stage.PLAIN, before=before, after=after)


def _by_field(before: Size, after: Size, stages: Mapping[str, Callable[[Any, Any], Stage]]) -> Iterator[Step]:
    """Yield a step for each stage; fields that AWS would refuse without later ones wait for these."""
    whole = {field.name: getattr(after, field.name) for field in fields(after)}
    changed = {name: value for name, value in whole.items() if getattr(before, name) != value}
    now, waiting = before, dict[str, Any]()
    for stage in Stage:
        waiting |= {
            name: value for name, value in changed.items() if stages[name](getattr(before, name), value) is stage
        }
        waiting |= _at_least(now, stage, waiting)
        then = _with(now, waiting)
        if then is not None and then != now:
            yield Step(stage=stage, before=now, after=then)
            now, waiting = then, dict[str, Any]()


def _with(size: Size, values: Mapping[str, Any]) -> Size | None:
    """Give a size with other values; None where they do not go together."""
    try:
        return replace(size, **values)
    except SizeError:
        return None


def _at_least(now: Size, stage: Stage, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a bound of autoscaling follow what it must not lie below, without switching autoscaling on."""
    if isinstance(now, AuroraSize) and stage is Stage.ROOM and "readers" in values:
        return {"max_readers": max(now.max_readers, values["readers"])}
    return {}


def _always(stage: Stage) -> Callable[[Any, Any], Stage]:
    return lambda _before, _after: stage


def _grown(more: Stage, less: Stage = Stage.LESS) -> Callable[[Any, Any], Stage]:
    """Give the stage of a figure, a truth value or a list: *more* where it grows; None is no bound, so nothing."""

    def stage(before: Any, after: Any) -> Stage:
        if isinstance(before, tuple):
            return more if set(after) >= set(before) else less
        return more if (after or 0) >= (before or 0) else less

    return stage


_ROOM, _AUTOSCALING = _grown(Stage.ROOM), _grown(Stage.AUTOSCALING)
_STAGES: Final[Mapping[type, Mapping[str, Callable[[Any, Any], Stage]]]] = {
    PostgresSize: {
        "storage_gib": _always(Stage.ROOM),
        "max_storage_gib": _always(Stage.ROOM),
        "storage_type": _always(Stage.ROOM),
        "iops": _always(Stage.ROOM),
        "throughput_mibps": _always(Stage.ROOM),
        "backup_days": _ROOM,
        "dr_backups": _ROOM,
        "multi_az": _ROOM,
        "replicas": _ROOM,
        "instance_class": _always(Stage.CLASS),
        "version": _always(Stage.VERSION),
        "proxy": _always(Stage.POOL),
    },
    AuroraSize: {
        "backup_days": _ROOM,
        "io_optimized": _always(Stage.ROOM),
        "readers": _ROOM,
        "dr_readers": _ROOM,
        "capacity": _always(Stage.CLASS),
        "version": _always(Stage.VERSION),
        "proxy": _always(Stage.POOL),
        "max_readers": _AUTOSCALING,
    },
    RedisSize: {
        "snapshot_days": _ROOM,
        "replicas_per_shard": _ROOM,
        "cluster_mode": _always(Stage.MODE),
        "node_type": _always(Stage.CLASS),
        "shards": _always(Stage.CLASS),
        "engine": _always(Stage.VERSION),
        "max_shards": _AUTOSCALING,
        "max_replicas_per_shard": _AUTOSCALING,
    },
}
"""The stage of each field of a size, by its value before and after."""
