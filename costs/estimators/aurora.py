"""Aurora PostgreSQL: members, the volume, I/O, backups, and what another region gets."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from costs import assumed
from costs.amount import HOURS, ZERO, Amount
from costs.charge import Assumption, Gap, Item, Kind
from costs.classes import vcpus
from costs.estimators.postgres import (
    AURORA,
    CLUSTER,
    MEMBER,
    RDS,
    Home,
    credits_,
    extended_support,
    home_of,
    monitored,
    traffic,
    used_gib,
)
from costs.hours import running
from costs.stack import Resource, Stack, block, number, text

SERVERLESS: Final = "db.serverless"
IO_OPTIMIZED: Final = "aurora-iopt1"


def storage_mode(cluster: Resource | None) -> str:
    """Name the storage configuration as skus do."""
    return "io-optimized" if cluster is not None and text(cluster, "storageType") == IO_OPTIMIZED else "standard"


def cluster_of(member: Resource, stack: Stack) -> Resource | None:
    """Give the cluster of a member: the one that it names, else the one of its store in its region."""
    named = str(member["inputs"].get("clusterIdentifier", ""))
    found = [
        one for one in stack.of(CLUSTER, stack.store_of(member)) if stack.region_of(one) == stack.region_of(member)
    ]
    exact = [
        one
        for one in found
        if named and (f"::{one['name']}::" in named or one["inputs"].get("clusterIdentifier") == named)
    ]
    return next(iter(exact or found), None)


def member(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge an instance of a cluster."""
    home, cluster = home_of(one, stack, AURORA), cluster_of(one, stack)
    class_, hours = text(one, "instanceClass"), running(stack, home.store)
    if class_ == SERVERLESS:
        yield from _serverless(one, home, stack, cluster)
        return
    mode = storage_mode(cluster)
    yield home.charge(Kind.COMPUTE, f"{class_}, {mode}", f"{class_}:{mode}", hours)
    yield from monitored(one, home, stack, class_, hours)
    yield from credits_(home, stack, class_)
    if cluster is not None and (sku := extended_support(cluster, stack.on)):
        yield home.charge(Kind.COMPUTE, "Extended Support", sku, Amount.of(vcpus(class_) * HOURS))


def _serverless(one: Resource, home: Home, stack: Stack, cluster: Resource | None) -> Iterator[Item]:
    bounds = block(cluster["inputs"], "serverlessv2ScalingConfiguration") if cluster is not None else {}
    low, high = (Decimal(str(bounds.get(key, 0))) for key in ("minCapacity", "maxCapacity"))
    if high <= 0:
        yield Gap(store=home.store, resource=home.resource, needs="the capacity bounds of its cluster")
        return
    default = Amount(low=low, expected=low + (high - low) * assumed.ACU_SHARE, high=high)
    why = "a quarter of the way from the lowest to the highest bound"
    used = stack.usage.or_assumed(home.store, "averageAcu", default, why)
    mode, quantity = storage_mode(cluster), used.amount.at_least(low) * HOURS
    yield home.charge(Kind.COMPUTE, f"serverless, {mode}", f"serverless-v2:{mode}", quantity, used)
    if text(one, "databaseInsightsMode") == "advanced":
        sku = "database-insights-advanced-serverless"
        yield home.charge(Kind.MONITORING, "Database Insights Advanced", sku, quantity, used, service=RDS)


def cluster(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge the volume of a cluster, its I/O and its backups."""
    home, mode = home_of(one, stack, AURORA), storage_mode(one)
    secondary = home.region != stack.region
    data = used_gib(stack, home.store)
    yield home.charge(Kind.STORAGE, f"volume, {mode}", f"storage:{mode}", data.amount, data)
    reads = _io(stack, home.store, data, secondary=secondary)
    if mode == "standard":
        yield home.charge(Kind.REQUESTS, "I/O", "io-requests:standard", reads.amount, reads)
    yield from _backup(one, home, stack, data, secondary=secondary)
    if secondary:
        writes = _replicated(stack, home.store, data)
        yield home.charge(Kind.REQUESTS, "replicated writes", "global-db-replicated-write-io", writes.amount, writes)
    else:
        yield traffic(home, stack)


def _io(stack: Stack, store: str, data: Assumption, *, secondary: bool) -> Assumption:
    default = data.amount * assumed.IO_MILLIONS_PER_GIB
    if secondary:
        writes = _replicated(stack, store, data)
        return stack.usage.or_assumed(store, "drIoMillions", writes.amount, "as many as writes are replicated")
    return stack.usage.or_assumed(
        store, "ioMillions", default, f"{assumed.IO_MILLIONS_PER_GIB} million for each GiB of data"
    )


def _replicated(stack: Stack, store: str, data: Assumption) -> Assumption:
    reads = _io(stack, store, data, secondary=False)
    default = reads.amount * assumed.REPLICATED_SHARE
    return stack.usage.or_assumed(store, "replicatedWritesMillions", default, "a quarter of the I/O")


def _backup(one: Resource, home: Home, stack: Stack, data: Assumption, *, secondary: bool) -> Iterator[Item]:
    days = number(one, "backupRetentionPeriod", 1)
    held = data.amount * (1 + assumed.CHANGED_DAILY * days)
    field = "drBackupGib" if secondary else "backupGib"
    used = stack.usage.or_assumed(home.store, field, held, f"the data and 2 % of it for each of {days} days")
    yield home.charge(
        Kind.BACKUP, "backups above the volume", "backup-storage", _above(used.amount, data.amount), used, data
    )


def _above(held: Amount, volume: Amount) -> Amount:
    """Give what exceeds the volume: more data makes more of both, so that each end is compared with its own."""
    low, expected, high = (max(getattr(held, end) - getattr(volume, end), ZERO) for end in ("low", "expected", "high"))
    return Amount(low=min(low, expected), expected=expected, high=max(expected, high))


ESTIMATORS: Final = {MEMBER: member, CLUSTER: cluster}
