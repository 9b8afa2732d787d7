"""What has to hold before and after a step of an upgrade, and what leads back from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sizes.atlas import AtlasSize
from sizes.aurora import AuroraSize
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import ClusterMode, RedisSize
from stacks.application import Size
from stacks.hops import way
from stacks.stages import Stage, Step
from upgrades.keeping import KEEPERS

SETTLED: Final = "available, with nothing pending"
LAG: Final = "RDSToAuroraPostgreSQLReplicaLag"
"""What CloudWatch calls how far an Aurora replica of an RDS instance is behind."""


class Duty(StrEnum):
    """Kinds of checks; a person answers for those of `ASKED`."""

    SETTLED = "settled"
    """The parts of a store are available, with nothing pending."""
    SAME = "same"
    """What holds data has the ARN, the resource id and the time of creation that it had."""
    CAUGHT_UP = "caught-up"
    """Replicas are behind by nothing."""
    BACKED_UP = "backed-up"
    """A snapshot was taken of what holds the data."""
    WRITES_STOPPED = "writes-stopped"
    LOOKED_AT = "looked-at"
    CLIENTS_READY = "clients-ready"


ASKED: Final = frozenset({Duty.WRITES_STOPPED, Duty.LOOKED_AT, Duty.CLIENTS_READY})
"""What no program can see."""
RISKY: Final = frozenset({Stage.PROMOTION, Stage.RETIREMENT, Stage.VERSION, Stage.MODE})
"""Stages that begin with a backup: nothing but one leads back from them, or nothing else if they fail."""

NO_WAY: Final[Mapping[Stage, str]] = {
    Stage.PROMOTION: "the instance lacks what the cluster takes in from now on, and stays as it was before",
    Stage.RETIREMENT: "only the final snapshot of the instance is left",
}
"""Why nothing leads back from a stage."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """Something that has to hold, of one store."""

    duty: Duty
    store: str
    words: str
    """What has to be so; the store is its subject."""


def before(store: str, step: Step) -> Iterator[Check]:
    """Give what has to hold before a step."""
    if step.before is None:
        return
    yield Check(duty=Duty.SETTLED, store=store, words=SETTLED)
    match step.stage:
        case Stage.PROMOTION:
            yield Check(duty=Duty.WRITES_STOPPED, store=store, words="nothing writes to it")
            yield Check(
                duty=Duty.CAUGHT_UP, store=store, words=f"the cluster has caught up with the instance: {LAG} is 0"
            )
        case Stage.RETIREMENT:
            yield Check(duty=Duty.LOOKED_AT, store=store, words="somebody has looked at the data in the cluster")
        case Stage.MODE if isinstance(step.after, RedisSize) and step.after.cluster_mode is ClusterMode.ENABLED:
            yield Check(duty=Duty.CLIENTS_READY, store=store, words="every client speaks the cluster protocol")
        case _:
            pass
    if step.stage in RISKY or _one_way(step):
        yield Check(duty=Duty.BACKED_UP, store=store, words="a snapshot was taken")


def _one_way(step: Step) -> bool:
    """Say whether a cluster on Atlas' servers of its own becomes something that it cannot become again: it shards."""
    if not (isinstance(step.before, AtlasSize) and isinstance(step.after, AtlasSize)):
        return False
    spread = [(size.sharded, size.zones, size.shards) for size in (step.before, step.after)]
    return spread[0] != spread[1]


def after(store: str, step: Step) -> Iterator[Check]:
    """Give what has to hold after a step."""
    if step.after is None:
        return
    yield Check(duty=Duty.SETTLED, store=store, words=SETTLED)
    if step.before is not None:
        words = "what holds its data has the ARN, the resource id and the time of creation that it had"
        yield Check(duty=Duty.SAME, store=store, words=words)
    if _replicated(step.after):
        yield Check(duty=Duty.CAUGHT_UP, store=store, words="its replicas have caught up")


def _replicated(size: Size) -> bool:
    match size:
        case PostgresSize():
            return bool(size.replicas)
        case PostgresMove():
            return size.writer == "instance" or bool(size.cluster.readers)
        case AuroraSize():
            return bool(size.readers)
        case _:
            return False


def way_back(step: Step, *, protected: bool) -> str:
    """Say what leads back from a step; *protected*: the environment keeps data."""
    if step.before is None:
        return "it can go again, with what was put into it"
    if step.after is None:
        return "none: its data are gone"
    if step.stage in NO_WAY:
        return f"none: {NO_WAY[step.stage]}"
    size, but = step.before, list[str]()
    for keeper in KEEPERS:
        old, size = size, keeper.kept(step.after, size, protected=protected)
        but += [keeper.what] if size != old else []
    try:
        # What is kept whole does not go back at all.
        back = way(step.after, step.before if size == step.after else size)
    except SizeError as error:
        return f"none: {'; '.join(error.problems)}"
    if but:
        return f"the sizes before, but for {' and '.join(but)}"
    updates = "one update" if len(back) <= 1 else f"{len(back)} updates"
    return f"the sizes before, in {updates}"
