"""What has to hold before and after a step of an upgrade, and what leads back from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sizes.aurora import AuroraSize
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import ClusterMode, RedisSize
from stacks.application import Size
from stacks.hops import way
from stacks.stages import Stage, Step
from upgrades.keeping import kept

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """Something that has to hold, of one store."""

    duty: Duty
    store: str
    words: str


def before(store: str, step: Step) -> Iterator[Check]:
    """Give what has to hold before a step."""
    if step.before is None:
        return
    yield Check(duty=Duty.SETTLED, store=store, words=f"`{store}` is available, with nothing pending")
    match step.stage:
        case Stage.PROMOTION:
            yield Check(duty=Duty.WRITES_STOPPED, store=store, words=f"nothing writes to `{store}`")
            yield Check(duty=Duty.CAUGHT_UP, store=store, words=f"`{LAG}` is 0")
        case Stage.RETIREMENT:
            yield Check(duty=Duty.LOOKED_AT, store=store, words=f"the data of `{store}` were looked at in the cluster")
        case Stage.MODE if isinstance(step.after, RedisSize) and step.after.cluster_mode is ClusterMode.ENABLED:
            words = f"every client of `{store}` speaks the cluster protocol"
            yield Check(duty=Duty.CLIENTS_READY, store=store, words=words)
        case _:
            pass
    if step.stage in RISKY:
        yield Check(duty=Duty.BACKED_UP, store=store, words=f"a snapshot of `{store}` was taken")


def after(store: str, step: Step) -> Iterator[Check]:
    """Give what has to hold after a step."""
    if step.after is None:
        return
    yield Check(duty=Duty.SETTLED, store=store, words=f"`{store}` is available, with nothing pending")
    if step.before is not None:
        words = f"what holds the data of `{store}` has the same ARN, resource id and time of creation"
        yield Check(duty=Duty.SAME, store=store, words=words)
    if _replicated(step.after):
        yield Check(duty=Duty.CAUGHT_UP, store=store, words=f"the replicas of `{store}` have caught up")


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


def way_back(store: str, step: Step) -> str:
    """Say what leads back from a step."""
    if step.before is None:
        return f"`{store}`: it can go again, with what was put into it"
    if step.after is None:
        return f"`{store}`: none, it is gone"
    try:
        back = way(step.after, kept(step.after, step.before))
    except SizeError as error:
        return f"`{store}`: none; {'; '.join(error.problems)}"
    if step.stage is Stage.RETIREMENT:
        return f"`{store}`: none; only the final snapshot of the instance is left"
    if kept(step.after, step.before) != step.before:
        return f"`{store}`: the sizes before, but for what never shrinks"
    updates = "one update" if len(back) <= 1 else f"{len(back)} updates"
    return f"`{store}`: the sizes before, in {updates}"
