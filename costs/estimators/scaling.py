"""Application Auto Scaling: what it may add, and the alarms that it makes."""

from collections.abc import Iterator
from typing import Final

from costs.amount import HOURS, Amount
from costs.charge import Item, Kind
from costs.estimators.aurora import cluster_of, storage_mode
from costs.estimators.postgres import AURORA, MEMBER, home_of
from costs.stack import Resource, Stack, number, text

# Application Auto Scaling User Guide, "Target tracking": it makes an alarm to scale out and one to scale in; for
# tables and indexes of DynamoDB two of each.
ALARMS: Final = {"dynamodb": 4}
READERS: Final = "rds:cluster:ReadReplicaCount"


def policy(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge the alarms that a policy makes."""
    home = home_of(one, stack, "cloudwatch")
    count = ALARMS.get(text(one, "serviceNamespace"), 2)
    yield home.charge(Kind.MONITORING, "alarms of autoscaling", "alarm-standard", Amount.of(count), merges=True)


def target(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge the readers that may be added: none are expected, all of them is the most."""
    home = home_of(one, stack, AURORA)
    if text(one, "scalableDimension") != READERS:
        return
    members = [member for member in stack.of(MEMBER, home.store) if stack.region_of(member) == home.region]
    more = number(one, "maxCapacity") - number(one, "minCapacity")
    if members and more > 0:
        class_, mode = text(members[0], "instanceClass"), storage_mode(cluster_of(members[0], stack))
        quantity = Amount(low=more * 0, expected=more * 0, high=more * HOURS)
        yield home.charge(Kind.COMPUTE, f"up to {more} more readers", f"{class_}:{mode}", quantity)


ESTIMATORS: Final = {
    "aws:appautoscaling/policy:Policy": policy,
    "aws:appautoscaling/target:Target": target,
}
