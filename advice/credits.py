"""
What a burstable class pays beside its price: vCPU-hours above what it keeps up for ever.

Databases are in unlimited mode: they are never slowed down, they pay. Source: Amazon RDS User Guide, "DB instance class
types", unlimited mode; Amazon EC2 User Guide, "Unlimited mode for burstable performance instances".
"""

from advice.capacity import sustained_percent
from advice.check import Told
from costs.amount import HOURS, ZERO, Amount
from costs.classes import is_burstable, vcpus
from sizes.aurora import AuroraSize, Instances
from sizes.postgres import PostgresSize
from stacks.application import Size

FIELD = "creditHours"


def with_credits(told: Told, now: Size, size: Size) -> Told:
    """Give what is told of a store, with the surplus credits that it would pay in a size; said ones hold for *now*."""
    before, after, day = class_of(now), class_of(size), told.get("cpuDayPercent")
    if after is None or before is None or not is_burstable(after):
        return told
    if (size == now and FIELD in told) or day is None:
        return told
    cores = day * (vcpus(before) / 100)
    return {**told, FIELD: surplus(cores, after)}


def surplus(cores: Amount, class_: str) -> Amount:
    """Give the vCPU-hours a month above what a class keeps up, with so many of its vCPU in use on average in a day."""
    kept = vcpus(class_) * sustained_percent(class_) / 100
    return cores.each(lambda used: max(min(used, vcpus(class_)) - kept, ZERO) * HOURS)


def class_of(size: Size) -> str | None:
    """Give the class of a database; None: it has none."""
    match size:
        case PostgresSize(instance_class=class_) | AuroraSize(capacity=Instances(instance_class=class_)):
            return class_
        case _:
            return None
