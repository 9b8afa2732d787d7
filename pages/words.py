"""Words for what size, load and recovery classes call by names of Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.bucket import BucketSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import Autoscaled, OnDemand, Provisioned, TableSize
from stacks.phases import Phase

NOTHING: Final = "–"  # noqa: RUF001 # a dash is what an empty cell of a table has
"""The cell of what is not there."""
HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Word:
    """What a field is called, and what its figures count."""

    label: str
    unit: str = ""


KINDS: Final[dict[type, str]] = {
    PostgresSize: "PostgreSQL on RDS",
    AuroraSize: "PostgreSQL on Aurora",
    TableSize: "DynamoDB",
    RedisSize: "ElastiCache, a replication group",
    ServerlessRedisSize: "ElastiCache, serverless",
    BucketSize: "S3",
    AtlasSize: "Atlas, servers of its own",
    SharedAtlasSize: "Atlas, servers shared with others",
    Instances: "by the instance",
    Serverless: "Serverless v2",
    OnDemand: "on demand, with a cap",
    Provisioned: "fixed units",
    Autoscaled: "units that follow the load",
}
"""Classes, and what a store or a part of one is that has such a size."""

WORDS: Final[dict[str, Word]] = {
    # PostgreSQL
    "instance_class": Word("instance class"),
    "storage_gib": Word("storage", "GiB"),
    "max_storage_gib": Word("storage grows by itself up to", "GiB"),
    "multi_az": Word("standby in another zone"),
    "replicas": Word("read replicas"),
    "proxy": Word("pool (RDS Proxy)"),
    "backup_days": Word("point-in-time recovery", "days"),
    "dr_backups": Word("the same in the DR region"),
    "version": Word("PostgreSQL"),
    "storage_type": Word("storage type"),
    "iops": Word("I/O operations a second"),
    "throughput_mibps": Word("throughput", "MiB/s"),
    # Aurora
    "capacity": Word("capacity"),
    "min_acu": Word("capacity at least", "ACU"),
    "max_acu": Word("capacity at most", "ACU"),
    "readers": Word("readers"),
    "max_readers": Word("readers at most, by autoscaling"),
    "io_optimized": Word("I/O-Optimized storage"),
    "dr_readers": Word("readers in the DR region (Global Database)"),
    # DynamoDB
    "billing": Word("billing"),
    "read_units": Word("reads, table and each index", "units/s"),
    "write_units": Word("writes, table and each index", "units/s"),
    "min_read_units": Word("reads at least, table and each index", "units/s"),
    "max_read_units": Word("reads at most, table and each index", "units/s"),
    "min_write_units": Word("writes at least, table and each index", "units/s"),
    "max_write_units": Word("writes at most, table and each index", "units/s"),
    "target_percent": Word("load that autoscaling aims at", "%"),
    "dr_replica": Word("replica in the DR region (global table)"),
    "table_class": Word("table class"),
    "contributor_insights": Word("keys used most are counted (Contributor Insights)"),
    # Redis
    "node_type": Word("node type"),
    "cluster_mode": Word("cluster mode"),
    "shards": Word("shards"),
    "replicas_per_shard": Word("replicas of each shard"),
    "snapshot_days": Word("snapshots, kept", "days"),
    "engine": Word("engine"),
    "max_shards": Word("shards at most, by autoscaling"),
    "max_replicas_per_shard": Word("replicas of each shard at most, by autoscaling"),
    "max_data_gib": Word("data at most", "GiB"),
    "max_ecpu_per_second": Word("processing units at most", "ECPU/s"),
    # MongoDB Atlas
    "tier": Word("tier of a node"),
    "max_tier": Word("tier at most, by autoscaling"),
    "disk_gib": Word("disk of a node, which grows by itself", "GB"),
    "sharded": Word("sharded cluster"),
    "dr_nodes": Word("nodes of each shard in the DR region"),
    "analytics_nodes": Word("nodes of each shard for reports"),
    "read_only_nodes": Word("nodes of each shard for reads only"),
    "continuous_days": Word("point-in-time recovery", "days"),
    "dr_copies": Word("copies of snapshots in the DR region"),
    "export": Word("snapshots in a bucket too, every week"),
    # S3
    "cold_after_days": Word("cheap to keep (Glacier Instant Retrieval) after", "days"),
    "expire_after_days": Word("deleted after", "days"),
    # Load
    "data_gib": Word("data", "GiB"),
    "outgrown_gib": Word("the next phase is due at", "GiB"),
    "reads_millions": Word("reads a month", "million"),
    "writes_millions": Word("writes a month", "million"),
    "item_kib": Word("an item", "KiB"),
    "reads_per_second": Word("reads a second at the busiest hour"),
    "writes_per_second": Word("writes a second at the busiest hour"),
    "read_ms": Word("a read takes at most", "ms"),
    "write_ms": Word("a write takes at most", "ms"),
    "commands_per_second": Word("commands a second at the busiest hour"),
    # Recovery
    "rpo_minutes": Word("writes lost at most (RPO)", "minutes"),
    "rto_minutes": Word("back after at most (RTO)", "minutes"),
    "daily_days": Word("daily backups, kept", "days"),
    "weekly_days": Word("weekly backups, kept", "days"),
    "monthly_days": Word("monthly backups, kept", "days"),
    "dr_days": Word("copies of daily backups in the DR region, kept", "days"),
    "drill_days": Word("a drill that passed counts for", "days"),
    "test_every_days": Word("a test restores the newest backup every", "days"),
    # Network
    "zones": Word("availability zones"),
    "interface_endpoints": Word("AWS services reached inside the network"),
}
"""Fields by name; one that is missing here is an error when pages are written."""
OWN_WORDS: Final[dict[tuple[type, str], Word]] = {
    (AtlasSize, "zones"): Word("zones that take writes (global cluster)"),
    (AtlasSize, "shards"): Word("shards (of each zone)"),
}
"""Fields whose name means something else in other classes."""

SERVED: Final = "served by"
ON_THE_WAY: Final = frozenset({"replica_class", "reader_capacity"})
"""Fields that only a hop has: no phase does."""


def facts(value: object) -> dict[str, str]:
    """Give what a size, load or recovery says: label -> cell, in the order of its fields; parts are laid flat."""
    if isinstance(value, PostgresMove):
        both = f"RDS and Aurora at once; the {value.writer} takes writes"
        return {SERVED: both}
    kind = {SERVED: KINDS[type(value)]} if type(value) in KINDS else {}
    return {**kind, **dict(_facts(value))}


def _facts(value: Any) -> Iterator[tuple[str, str]]:
    for field in fields(value):
        content = getattr(value, field.name)
        # Logins have a table of their own, and these are pages about phases.
        if isinstance(content, dict) or field.name in ON_THE_WAY:
            continue
        word = OWN_WORDS.get((type(value), field.name)) or WORDS[field.name]
        if is_dataclass(content):
            yield word.label, KINDS[type(content)]
            yield from _facts(content)
        else:
            yield word.label, cell(content, word.unit)


def cell(content: object, unit: str = "") -> str:
    """Give a value as a reader wants it."""
    match content:
        case None | () | False | 0:
            return NOTHING
        case True:
            return "yes"
        case str():  # an enumeration is one too
            return str(content)
        case tuple():
            return ", ".join(str(one) for one in content)
        case int() | float():
            return _counted(content, unit)
        case _:
            raise TypeError(f"a cell must be a number, a text, a truth value or a tuple of texts, got {content!r}")


def _counted(figure: float, unit: str) -> str:
    if unit == "minutes" and figure >= HOUR and not figure % HOUR:
        return _counted(figure // HOUR, "hours")
    one = figure == 1 and unit in {"days", "hours", "minutes"}
    return f"{figure:,} {unit.removesuffix('s') if one else unit}".strip()


def joined(names: Sequence[str]) -> str:
    """Join names as a sentence does."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def span(phases: Sequence[Phase]) -> str:
    """Say in which phases something is."""
    order = list(Phase)
    first = order.index(phases[0])
    if list(phases) == order:
        return "in every phase"
    if len(phases) > 1 and list(phases) == order[first:]:
        return f"from {phases[0]} on"
    return f"in {joined(phases)}"
