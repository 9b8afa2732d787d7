"""Every limit that is told of a store is refused where its size is written, with a message that says the way out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from sizes.aurora import Serverless
from sizes.bucket import BucketSize
from sizes.limits import SizeError
from sizes.load import PostgresLoad, RedisLoad, TableLoad
from sizes.network import NetworkSize
from sizes.postgres import ReplicaPurpose
from sizes.postgres_move import steps as database_steps
from sizes.redis import ClusterMode, ServerlessRedisSize
from sizes.redis import steps as redis_steps
from sizes.table import Autoscaled, Index, Key, Provisioned, TableSize
from stacks.applications import APPLICATIONS
from stacks.mistakes import Refusal
from stacks.phases import RECOVERY, Phase
from stacks.rows import deviations
from tests.sizes.test_aurora_size import BURSTABLE, TWO
from tests.sizes.test_postgres_size import IO2, SMALL, STRIPED
from tests.sizes.test_redis_size import ONE_NODE
from tests.sizes.test_table_size import CAP, PLAIN, USER

CLUSTER: Final = replace(
    ONE_NODE,
    node_type="cache.m7g.large",
    cluster_mode=ClusterMode.ENABLED,
    shards=2,
    replicas_per_shard=1,
    snapshot_days=7,
)
SERVERLESS: Final = ServerlessRedisSize(max_data_gib=10, max_ecpu_per_second=5_000, snapshot_days=1)
SCALED: Final = Autoscaled(
    min_read_units=5, max_read_units=50, min_write_units=5, max_write_units=50, target_percent=70
)
ON_DEMAND: Final = TableSize(billing=CAP, backup_days=35, dr_replica=False)
BUCKET: Final = BucketSize(cold_after_days=30, expire_after_days=365)
NETWORK: Final = NetworkSize(zones=2, interface_endpoints=())
PROMISE: Final = RECOVERY[Phase.MVP]
LOAD: Final = PostgresLoad(data_gib=10, connections={"api": 20})
API: Final = ReplicaPurpose.API


def _indexes(*counts: int) -> tuple[Index, ...]:
    """Give indexes that carry as many attributes each."""
    return tuple(
        Index(name=f"by-{n}", partition_key=USER, sort_key=None, attributes=tuple(map(str, range(count))))
        for n, count in enumerate(counts)
    )


def _sorted_by(key: Key) -> tuple[Index, ...]:
    return (Index(name="by-user", partition_key=USER, sort_key=key, attributes=()),)


CHANGED: Final[tuple[tuple[Any, Mapping[str, Any], str], ...]] = (
    # PostgreSQL on RDS
    (SMALL, {"instance_class": "db.t4g.16xlarge"}, "instance_class must be one RDS has for PostgreSQL"),
    (SMALL, {"storage_gib": 19}, "storage_gib must be between 20 and 65536, got 19"),
    (
        SMALL,
        {"max_storage_gib": 21},
        r"max_storage_gib must be between 22 \(10 % above storage_gib\) and 65536, got 21",
    ),
    (SMALL, {"backup_days": 36}, "backup_days must be between 0 and 35, got 36"),
    (SMALL, {"backup_days": 0, "replicas": (API,)}, "read replicas need backups: set backup_days to 1 or more, got 0"),
    (SMALL, {"backup_days": 0, "dr_backups": True}, "dr_backups are copies of backups: set backup_days to 1 or more"),
    (SMALL, {"iops": 3_000}, "iops cannot be chosen on gp3 below 400 GiB: leave it out, or set storage_gib to 400"),
    (SMALL, {"throughput_mibps": 125}, "throughput_mibps cannot be chosen on gp3 below 400 GiB"),
    (STRIPED, {"iops": 64_001}, "iops must be between 12000 and 64000, got 64001"),
    (STRIPED, {"throughput_mibps": 4_000}, "iops must be 16000 or more for 4000 MiB/s, got 12000"),
    (IO2, {"iops": None}, "io2 needs iops: set it to between 1000 and 256000"),
    (IO2, {"storage_gib": 99}, "storage_gib must be between 100 and 65536, got 99"),
    (IO2, {"iops": 100_001}, "iops must be between 1000 and 100000, got 100001"),
    (IO2, {"throughput_mibps": 500}, "throughput_mibps cannot be chosen on io2, it follows from iops: leave it out"),
    # PostgreSQL on Aurora
    (TWO, {"readers": 16, "max_readers": 16}, "readers must be between 0 and 15, got 16"),
    (
        TWO,
        {"readers": 0, "max_readers": 4},
        "max_readers must be 0 without readers, got 4: autoscaling measures readers",
    ),
    (TWO, {"max_readers": 0}, "max_readers must be between 1 and 15, got 0"),
    (TWO, {"backup_days": 0}, "backup_days must be between 1 and 35, got 0"),
    (TWO, {"dr_readers": 1, "capacity": BURSTABLE}, "dr_readers need a class optimised for memory"),
    (TWO, {"dr_readers": 17}, "dr_readers must be between 0 and 16, got 17"),
    (BURSTABLE, {"instance_class": "db.m7g.large"}, "instance_class must be one Aurora has for PostgreSQL"),
    (
        Serverless(min_acu=1, max_acu=8),
        {"min_acu": 0.25},
        "min_acu must be between 0 and 256 in steps of 0.5, got 0.25",
    ),
    (
        Serverless(min_acu=1, max_acu=8),
        {"max_acu": 256.5},
        "max_acu must be between 1 and 256 in steps of 0.5, got 256.5",
    ),
    (Serverless(min_acu=4, max_acu=8), {"max_acu": 2}, r"max_acu must be min_acu \(4\) or more, got 2"),
    # DynamoDB
    (PLAIN, {"indexes": _indexes(*[0] * 21)}, "indexes must be between 0 and 20, got 21"),
    (PLAIN, {"indexes": _indexes(51, 50)}, "indexes may project 100 attributes in all, got 101"),
    (PLAIN, {"sort_key": USER}, "the sort key must differ from the partition key, got 'userId' for both"),
    (
        PLAIN,
        {"indexes": _sorted_by(USER)},
        "the sort key of index by-user must differ from its partition key, got 'userId'",
    ),
    (
        PLAIN,
        {"sort_key": Key(name="at", type="N"), "indexes": _sorted_by(Key(name="at", type="S"))},
        "attribute at must have one type in every key, got N, S",
    ),
    (CAP, {"max_read_units": 40_000}, "max_read_units must be between 1 and 39999, got 40000"),
    (CAP, {"max_write_units": 0}, "max_write_units must be between 1 and 39999, got 0"),
    (Provisioned(read_units=5, write_units=5), {"read_units": 0}, "read_units must be between 1 and 39999, got 0"),
    (SCALED, {"min_read_units": 51}, "max_read_units must be between 51 and 39999, got 50"),
    (SCALED, {"max_write_units": 4}, "max_write_units must be between 5 and 39999, got 4"),
    (SCALED, {"target_percent": 95}, "target_percent must be between 20 and 90, got 95"),
    (ON_DEMAND, {"backup_days": 36}, "backup_days must be between 0 and 35, got 36"),
    (
        ON_DEMAND,
        {"dr_replica": True, "billing": Provisioned(read_units=5, write_units=5)},
        "dr_replica needs billing on demand or autoscaled, .* got fixed units",
    ),
    # Redis
    (ONE_NODE, {"node_type": "cache.t4g.large"}, "node_type must be one ElastiCache has for Valkey"),
    (ONE_NODE, {"shards": 2, "replicas_per_shard": 1}, "2 shards need cluster_mode enabled, got disabled"),
    (ONE_NODE, {"max_replicas_per_shard": 2}, "autoscaling needs cluster_mode enabled, got disabled"),
    (
        CLUSTER,
        {"replicas_per_shard": 0},
        "cluster_mode enabled needs automatic failover: set replicas_per_shard to 1 or more",
    ),
    (CLUSTER, {"snapshot_days": 0}, "cluster_mode enabled needs snapshots: set snapshot_days to 1 or more, got 0"),
    (CLUSTER, {"replicas_per_shard": 6}, "replicas_per_shard must be between 0 and 5, got 6"),
    (CLUSTER, {"shards": 46}, r"a group may have 90 nodes, got 92 \(shards x \(1 \+ replicas\)\)"),
    (CLUSTER, {"max_shards": 1}, r"max_shards must be shards \(2\) or more, got 1"),
    (CLUSTER, {"max_shards": 46}, r"autoscaling may go to 90 nodes, got 92"),
    (CLUSTER, {"max_replicas_per_shard": 6}, "max_replicas_per_shard must be between 1 and 5, got 6"),
    (
        CLUSTER,
        {"max_shards": 4, "node_type": "cache.t4g.medium"},
        "autoscaling needs a node_type of the m or r families",
    ),
    (CLUSTER, {"snapshot_days": 36}, "snapshot_days must be between 0 and 35, got 36"),
    (SERVERLESS, {"max_data_gib": 5_001}, "max_data_gib must be between 1 and 5000, got 5001"),
    (SERVERLESS, {"max_ecpu_per_second": 999}, "max_ecpu_per_second must be between 1000 and 15000000, got 999"),
    (
        SERVERLESS,
        {"max_ecpu_per_second": 15_000_001},
        "max_ecpu_per_second must be between 1000 and 15000000, got 15000001",
    ),
    (SERVERLESS, {"snapshot_days": 36}, "snapshot_days must be between 0 and 35, got 36"),
    # What is beside the stores
    (BUCKET, {"cold_after_days": 0}, "cold_after_days must be between 1 and 36500, got 0"),
    (BUCKET, {"expire_after_days": 119}, "expire_after_days must be between 120 and 36500, got 119"),
    (NETWORK, {"zones": 1}, "zones must be between 2 and 6, got 1"),
    (NETWORK, {"zones": 7}, "zones must be between 2 and 6, got 7"),
    (PROMISE, {"daily_days": 0}, "daily_days must be between 1 and 36500, got 0"),
    (PROMISE, {"rpo_minutes": 0}, "rpo_minutes must be 1 or more, got 0"),
    (PROMISE, {"dr_days": -1}, "dr_days must be between 0 and 36500, got -1"),
    (PROMISE, {"drill_days": 367}, "drill_days must be between 1 and 366, got 367"),
    (PROMISE, {"test_every_days": 367}, "test_every_days must be between 0 and 366, got 367"),
    (LOAD, {"outgrown_gib": 10}, r"outgrown_gib must be above data_gib \(10\), got 10"),
    (LOAD, {"connections": {"api": 0}}, "connections of api must be 1 or more, got 0"),
    (RedisLoad(data_gib=1, commands_per_second=1), {"data_gib": -1}, "data_gib must be 0 or more, got -1"),
    (
        TableLoad(reads_millions=1, writes_millions=1, item_kib=1, data_gib=1),
        {"item_kib": -1},
        "item_kib must be 0 or more, got -1",
    ),
)
WAYS: Final[tuple[tuple[Callable[[], object], str], ...]] = (
    (lambda: database_steps(replace(SMALL, storage_gib=30), SMALL), "storage_gib never shrinks: it is 30, got 20"),
    (lambda: database_steps(SMALL, replace(SMALL, version="16")), "version never shrinks: it is 17, got 16"),
    (lambda: database_steps(TWO, SMALL), "Aurora cannot be left for RDS: dump it, and restore the dump"),
    (
        lambda: redis_steps(CLUSTER, ONE_NODE),
        "cluster_mode enabled cannot be left: restore a snapshot into a new group",
    ),
)


@pytest.mark.parametrize(("good", "change", "problem"), CHANGED)
def test_a_size_that_aws_would_refuse_cannot_be_written(good: Any, change: Mapping[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(good, **change)


@pytest.mark.parametrize(("way", "problem"), WAYS)
def test_a_way_that_aws_does_not_have_cannot_be_taken(way: Callable[[], object], problem: str):
    with pytest.raises(SizeError, match=problem):
        way()


def test_capacity_of_an_index_and_a_price_by_the_request_cannot_be_written_together():
    """What is paid for is one of three rows, for the table and its indexes alike."""
    both = {"presence": {"billing": {"maxReadUnits": 5, "maxWriteUnits": 5, "readUnits": 5}}}

    with pytest.raises(Refusal, match=r"presence\.billing\.readUnits is not a key"):
        deviations(APPLICATIONS["clubapp"], Phase.MVP, both)
