"""ElastiCache: nodes or a serverless cache, snapshots, traffic between zones."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from costs import assumed
from costs.amount import HOURS, Amount
from costs.charge import Gap, Item, Kind
from costs.estimators.postgres import Home, home_of
from costs.stack import Resource, Stack, number, text

GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS: Final = "aws:elasticache/serverlessCache:ServerlessCache"
SERVICE: Final = "elasticache"
ENGINES: Final = ("redis", "valkey")
FLOOR_GIB: Final = {"valkey": Decimal("0.1"), "redis": Decimal(1)}
"""What a serverless cache is charged for at least."""


def group(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a replication group by its nodes."""
    home = home_of(one, stack, SERVICE)
    engine, node = text(one, "engine") or "redis", text(one, "nodeType")
    if engine not in ENGINES:
        yield Gap(store=home.store, resource=home.resource, needs=f"prices of the engine {engine}")
        return
    count = number(one, "numCacheClusters") or number(one, "numNodeGroups", 1) * (
        1 + number(one, "replicasPerNodeGroup")
    )
    nodes = f"{count} node{'' if count == 1 else 's'} {node}"
    yield home.charge(Kind.COMPUTE, f"{nodes}, {engine}", f"{engine}:{node}", Amount.of(count * HOURS))
    # One snapshot of each group is free.
    yield from _snapshots(home, stack, number(one, "snapshotRetentionLimit") - 1)
    yield from _traffic(home, stack)


def serverless(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a serverless cache by data and processing units."""
    home, engine = home_of(one, stack, SERVICE), text(one, "engine")
    data, commands = stack.usage.of(home.store, "dataGib"), stack.usage.of(home.store, "commandsPerSecond")
    units = stack.usage.of(home.store, "ecpuMillions")
    if data is None or (units is None and commands is None) or engine not in ENGINES:
        needs = (
            "declared use: dataGib, and ecpuMillions or commandsPerSecond"
            if engine in ENGINES
            else f"prices of {engine}"
        )
        yield Gap(store=home.store, resource=home.resource, needs=needs)
        return
    if units is None and commands is not None:
        millions = commands.amount * (assumed.AVERAGE_OF_BUSIEST * assumed.SECONDS / 1_000_000)
        units = stack.usage.or_assumed(
            home.store, "ecpuMillions", millions, "a unit a command, a quarter of the busiest hour"
        )
    stored = data.amount.at_least(FLOOR_GIB[engine]) * HOURS
    yield home.charge(Kind.STORAGE, "data", f"serverless-{engine}:data", stored, data)
    if units is not None:
        yield home.charge(Kind.REQUESTS, "processing units", f"serverless-{engine}:ecpu", units.amount, units)
    yield from _snapshots(home, stack, number(one, "snapshotRetentionLimit"))
    yield from _traffic(home, stack)


def _snapshots(home: Home, stack: Stack, charged: Decimal) -> Iterator[Item]:
    if charged <= 0:
        return
    data = stack.usage.of(home.store, "dataGib")
    if data is None:
        yield Gap(store=home.store, resource=home.resource, needs="declared use: dataGib, for its snapshots")
        return
    yield home.charge(Kind.BACKUP, f"{charged} snapshots", "backup-storage", data.amount * charged, data)


def _traffic(home: Home, stack: Stack) -> Iterator[Item]:
    """Charge what clients in another zone send and get."""
    used, commands = stack.usage.of(home.store, "crossAzGib"), stack.usage.of(home.store, "commandsPerSecond")
    if used is None and commands is None:
        needs = "declared use: crossAzGib or commandsPerSecond"
        yield Gap(store=home.store, resource=home.resource, needs=needs)
        return
    if used is None and commands is not None:
        share = assumed.AVERAGE_OF_BUSIEST * assumed.SECONDS * assumed.COMMAND_KIB * assumed.OTHER_ZONE
        why = "0.5 KiB a command, a quarter of the busiest hour, half of it in another zone"
        used = stack.usage.or_assumed(home.store, "crossAzGib", commands.amount * (share / assumed.KIB_IN_GIB), why)
    if used is not None:
        yield home.charge(Kind.NETWORK, "traffic between zones", "cross-az", used.amount, used, service="data_transfer")


ESTIMATORS: Final = {GROUP: group, SERVERLESS: serverless}
