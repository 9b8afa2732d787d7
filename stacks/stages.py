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
from sizes.aurora import AuroraSize, Serverless
from sizes.connections import memory_gib
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
    COPIES = "class of what is only read from"
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
            for step in _by_field(before, after, _STAGES[type(after)]):
                yield from _copies_first(step)
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
        waiting |= {**_at_least(now, stage, waiting), **_copies_anew(now, after, stage, waiting)}
        then = _with(now, waiting)
        if then is not None and then != now:
            yield Step(stage=stage, before=now, after=then)
            now, waiting = then, dict[str, Any]()


def _copies_first(step: Step) -> Iterator[Step]:
    """
    Yield a step, and before it one that gives its class to what is only read from.

    So replicas are never smaller than what they follow, and of a cluster's members, which all restart at once, one
    stays to take over. Source: Amazon RDS User Guide, "Working with DB instance read replicas"; terraform-provider-aws
    #27910. A smaller class needs no such step on RDS: an instance changes before its replicas, which depend on it.
    """
    between = _copies_changed(step.before, step.after) if step.stage is Stage.CLASS else None
    if between is None or between in (step.before, step.after):
        yield step
    else:
        yield Step(stage=Stage.COPIES, before=step.before, after=between)
        yield Step(stage=Stage.CLASS, before=between, after=step.after)


def _copies_changed(before: Size | None, after: Size | None) -> Size | None:
    """Give a size with the class that comes for its copies alone; None where there are none, or none changes."""
    match before, after:
        case PostgresSize(), PostgresSize() if before.replicas and _larger(before, after):
            return _with(before, {"replica_class": after.class_of_replicas})
        case AuroraSize(), AuroraSize() if (before.readers or before.dr_readers) and _other(before, after):
            return _with(before, {"reader_capacity": after.capacity_of_readers})
        case _:
            return None


def _copies_anew(now: Size, after: Size, stage: Stage, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the first copies of a store with the class that comes, which is nothing of their own once it has come."""
    match now, after:
        case (PostgresSize(), PostgresSize()) | (AuroraSize(), AuroraSize()) if stage is Stage.CLASS:
            name = "replica_class" if isinstance(after, PostgresSize) else "reader_capacity"
            return {name: getattr(after, name)}
        case PostgresSize(), PostgresSize() if stage is Stage.ROOM and values.get("replicas") and not now.replicas:
            return {"replica_class": after.class_of_replicas} if _larger(now, after) else {}
        case AuroraSize(), AuroraSize() if stage is Stage.ROOM and not (now.readers or now.dr_readers):
            come = values.get("readers") or values.get("dr_readers")
            return {"reader_capacity": after.capacity_of_readers} if come and _other(now, after) else {}
        case _:
            return {}


def _larger(before: PostgresSize, after: PostgresSize) -> bool:
    return after.instance_class != before.instance_class and memory_gib(after.instance_class) >= memory_gib(
        before.instance_class
    )


def _other(before: AuroraSize, after: AuroraSize) -> bool:
    """Say whether members change: other bounds of what is serverless are the cluster's, and restart nothing."""
    scaled = isinstance(before.capacity, Serverless) and isinstance(after.capacity, Serverless)
    return before.capacity != after.capacity and not scaled


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
        "replica_class": _always(Stage.CLASS),
        "version": _always(Stage.VERSION),
        "proxy": _always(Stage.POOL),
    },
    AuroraSize: {
        "backup_days": _ROOM,
        "io_optimized": _always(Stage.ROOM),
        "readers": _ROOM,
        "dr_readers": _ROOM,
        "capacity": _always(Stage.CLASS),
        "reader_capacity": _always(Stage.CLASS),
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
