"""Alarms of a store: which metric means trouble from which figure on, derived from its size and load."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from sizes.aurora import AuroraSize, Serverless
from sizes.connections import MAX_CONNECTIONS, RESERVED, connections_of, memory_gib
from sizes.load import PostgresLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.redis import BURSTABLE, RedisSize, ServerlessRedisSize
from sizes.table import OnDemand, TableSize

GIB: Final = 1024**3
SLOW_STATEMENTS: Final = "slow-statements"
"""The alarm on lines of the log, which only a metric made of them can tell."""
# Amazon ElastiCache User Guide, "Quotas": 65,000 connections a node.
REDIS_CONNECTIONS: Final = 65_000
LAG_SECONDS: Final = 60
REPORT_LAG_SECONDS: Final = 30 * 60
"""Of a replica for reports: its parameters let a long statement hold replication up for a quarter of an hour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """A metric of CloudWatch, and the figure from which it means trouble."""

    name: str
    """What the alarm's logical name ends in; the same in every phase."""
    metric: str
    above: float | None = None
    """It is trouble above this figure …"""
    below: float | None = None
    """… or below this one; exactly one of the two is given."""
    statistic: Literal["Average", "Maximum", "Minimum", "Sum"]
    minutes: int
    """How long it must last, in periods of a minute."""
    advice: str
    """What it means, and what to do."""


def instance_alarms(size: PostgresSize, load: PostgresLoad, *, next_phase: str) -> Iterator[Alarm]:
    """Give the alarms of the primary of a database on RDS; *next_phase* is where it goes when this is outgrown."""
    yield from _server_alarms(memory_gib(size.instance_class))
    yield _connections(size, load)
    yield Alarm(
        name="storage",
        metric="FreeStorageSpace",
        below=_free_storage_gib(size, load) * GIB,
        statistic="Minimum",
        minutes=15,
        advice=_storage_advice(load, next_phase),
    )
    yield _slow_statements()
    yield _transaction_ids()


def replica_alarms(size: PostgresSize, purpose: ReplicaPurpose) -> Iterator[Alarm]:
    """Give the alarms of a read replica on RDS."""
    lag = REPORT_LAG_SECONDS if purpose is ReplicaPurpose.ANALYTICS else LAG_SECONDS
    yield from _server_alarms(memory_gib(size.class_of_replicas))
    yield Alarm(
        name="storage",
        metric="FreeStorageSpace",
        below=_tenth(size) * GIB,
        statistic="Minimum",
        minutes=15,
        advice="A replica runs out of storage: give the store more storage_gib.",
    )
    yield Alarm(
        name="connections",
        metric="DatabaseConnections",
        above=_most_connections(size),
        statistic="Maximum",
        minutes=5,
        advice="A replica runs out of connections: look who holds them in pg_stat_activity, or take a bigger class.",
    )
    yield Alarm(
        name="lag",
        metric="ReplicaLag",
        above=lag,
        statistic="Maximum",
        minutes=5,
        advice=f"Readers see what is more than {lag} seconds old: look for long statements on the replica.",
    )


def cluster_alarms(size: AuroraSize, load: PostgresLoad, *, next_phase: str) -> Iterator[Alarm]:
    """Give the alarms of an Aurora cluster: of the member that has the worst figure, whatever the others do."""
    yield _processor("Maximum")
    yield _connections(size, load)
    match size.capacity:
        case Serverless():
            yield Alarm(
                name="capacity",
                metric="ACUUtilization",
                above=90,
                statistic="Maximum",
                minutes=15,
                advice="Capacity is near its upper bound: raise max_acu.",
            )
        case _:
            yield _memory(memory_gib(size.capacity.instance_class), "Minimum")
    if size.readers:
        yield Alarm(
            name="lag",
            metric="AuroraReplicaLagMaximum",
            above=2_000,  # milliseconds
            statistic="Maximum",
            minutes=5,
            advice="Readers see what is more than two seconds old: look for long statements on them.",
        )
    if load.outgrown_gib:
        yield Alarm(
            name="storage",
            metric="VolumeBytesUsed",
            above=load.outgrown_gib * 0.8 * GIB,
            statistic="Maximum",
            minutes=60,
            advice=_storage_advice(load, next_phase),
        )
    yield _slow_statements()
    yield _transaction_ids()


def secondary_alarms() -> Iterator[Alarm]:
    """Give the alarms of an Aurora cluster in the DR region, where they are too."""
    yield _processor("Maximum")
    yield Alarm(
        name="connections",
        metric="DatabaseConnections",
        above=0.8 * MAX_CONNECTIONS,
        statistic="Maximum",
        minutes=5,
        advice="Readers in the DR region run out of connections: look who holds them in pg_stat_activity.",
    )
    yield Alarm(
        name="lag",
        metric="AuroraGlobalDBRPOLag",
        above=60_000,  # milliseconds
        statistic="Maximum",
        minutes=5,
        advice="The DR region is more than a minute behind: that much would be lost.",
    )


def global_alarms() -> Iterator[Alarm]:
    """Give the alarms of the way from a table to its replica in the DR region."""
    yield Alarm(
        name="dr-lag",
        metric="ReplicationLatency",
        above=60_000,  # milliseconds
        statistic="Maximum",
        minutes=5,
        advice="The DR region is more than a minute behind: that much would be lost.",
    )


def table_alarms(size: TableSize) -> Iterator[Alarm]:
    """Give the alarms that a table has, and each of its indexes."""
    for what in ("Read", "Write"):
        yield Alarm(
            name=f"{what.lower()}-throttles",
            metric=f"{what}ThrottleEvents",
            above=0,
            statistic="Sum",
            minutes=5,
            advice=f"{what}s are refused: a cap is reached, or one key is too hot for a partition.",
        )
    if isinstance(size.billing, OnDemand):
        for what, cap in (("Read", size.billing.max_read_units), ("Write", size.billing.max_write_units)):
            yield Alarm(
                name=f"{what.lower()}-cap",
                metric=f"Consumed{what}CapacityUnits",
                above=round(cap * 60 * 0.8),  # units of a minute
                statistic="Sum",
                minutes=5,
                advice=f"{what}s take over 80 % of the cap on cost: raise max_{what.lower()}_units, or go a phase on.",
            )


def node_alarms(size: RedisSize, use: Literal["cache", "queue"]) -> Iterator[Alarm]:
    """Give the alarms of each node of a replication group."""
    # ElastiCache User Guide, "Which metrics should I monitor?": up to two cores the whole CPU tells more.
    small = size.node_type.startswith(BURSTABLE) or size.node_type.endswith(".large")
    yield Alarm(
        name="processor",
        metric="CPUUtilization" if small else "EngineCPUUtilization",
        above=45 if small else 80,
        statistic="Average",
        minutes=15,
        advice="The one core that serves commands is busy: look at the slow log, add shards, or take a bigger node.",
    )
    yield Alarm(
        name="memory",
        metric="DatabaseMemoryUsagePercentage",
        above=90 if use == "cache" else 70,
        statistic="Maximum",
        minutes=15,
        advice="Memory runs out: a cache evicts, a queue refuses writes; add shards, or take a bigger node.",
    )
    yield Alarm(
        name="evictions",
        metric="Evictions",
        above=1_000 if use == "cache" else 0,
        statistic="Sum",
        minutes=15,
        advice="Keys are thrown out for want of memory; in a queue that must never be.",
    )
    yield Alarm(
        name="connections",
        metric="CurrConnections",
        above=REDIS_CONNECTIONS * 0.8,
        statistic="Maximum",
        minutes=5,
        advice="A node takes 65,000 connections: look for clients that open one for each request.",
    )
    if size.failover:
        yield Alarm(
            name="lag",
            metric="ReplicationLag",
            above=10,
            statistic="Maximum",
            minutes=5,
            advice="A replica is more than ten seconds behind: that much would be lost with its primary.",
        )


def serverless_alarms(size: ServerlessRedisSize) -> Iterator[Alarm]:
    """Give the alarms of a serverless cache."""
    yield Alarm(
        name="throttles",
        metric="ThrottledCmds",
        above=0,
        statistic="Sum",
        minutes=5,
        advice="Commands are refused: raise max_ecpu_per_second.",
    )
    yield Alarm(
        name="evictions",
        metric="Evictions",
        above=1_000,
        statistic="Sum",
        minutes=15,
        advice="Keys are thrown out for want of memory: raise max_data_gib.",
    )
    yield Alarm(
        name="memory",
        metric="BytesUsedForCache",
        above=size.max_data_gib * 0.9 * GIB,
        statistic="Maximum",
        minutes=15,
        advice="Memory is near its upper bound: raise max_data_gib.",
    )


def _server_alarms(memory: float) -> Iterator[Alarm]:
    yield _processor("Average")
    yield _memory(memory, "Average")


def _processor(statistic: Literal["Average", "Maximum"]) -> Alarm:
    return Alarm(
        name="processor",
        metric="CPUUtilization",
        above=80,
        statistic=statistic,
        minutes=15,
        advice="Processors are busy: look at Performance Insights, or take a bigger class.",
    )


def _memory(gib: float, statistic: Literal["Average", "Minimum"]) -> Alarm:
    return Alarm(
        name="memory",
        metric="FreeableMemory",
        below=gib * 0.1 * GIB,
        statistic=statistic,
        minutes=15,
        advice="Under a tenth of the memory is left: look for big sorts and too many connections.",
    )


def _connections(size: PostgresSize | AuroraSize, load: PostgresLoad) -> Alarm:
    """Warn before the logins' own limits stop clients, or the server's does."""
    return Alarm(
        name="connections",
        metric="DatabaseConnections",
        above=min(round(sum(load.connections.values()) * 0.9), _most_connections(size)),
        statistic="Maximum",
        minutes=5,
        advice="Connections run out: look who holds them in pg_stat_activity, shrink pools, or use the proxy.",
    )


def _most_connections(size: PostgresSize | AuroraSize) -> int:
    return round((connections_of(size) - RESERVED) * 0.8)


def _slow_statements() -> Alarm:
    return Alarm(
        name=SLOW_STATEMENTS,
        metric="SlowStatements",
        above=20,
        statistic="Sum",
        minutes=15,
        advice="More than 20 statements a minute are slow: the server's log has them with their durations.",
    )


def _transaction_ids() -> Alarm:
    return Alarm(
        name="transaction-ids",
        metric="MaximumUsedTransactionIDs",
        above=1_000_000_000,
        statistic="Maximum",
        minutes=60,
        # Amazon RDS User Guide, "Early warning system for transaction ID wraparound".
        advice="Vacuum does not keep up, and at 2 billion PostgreSQL stops writing: look for transactions left open.",
    )


def _tenth(size: PostgresSize) -> float:
    return size.storage_gib * 0.1


def _free_storage_gib(size: PostgresSize, load: PostgresLoad) -> float:
    """
    Give the free storage that is too little.

    With a bound of the phase, what is left once four fifths of it are used; storage that grew by itself since then
    makes that later, never earlier.
    """
    if load.outgrown_gib is None:
        return _tenth(size)
    return max(_tenth(size), size.storage_gib - load.outgrown_gib * 0.8)


def _storage_advice(load: PostgresLoad, next_phase: str) -> str:
    if load.outgrown_gib is None:
        return "Storage runs out, and autoscaling has not helped: look at max_storage_gib."
    return f"The data nears {load.outgrown_gib} GiB, where this phase ends: plan the upgrade to {next_phase}."
