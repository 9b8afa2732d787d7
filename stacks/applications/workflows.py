"""
workflows: a service that runs workflows step by step.

PostgreSQL holds workflows, executions and their audit trail; Redis, which may be left out, holds what can be computed
again in one store, and queues and locks in another.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sizes.bucket import BucketSize
from sizes.load import PostgresLoad, RedisLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.recovery import Recovery
from sizes.redis import ClusterMode, RedisSize
from stacks.application import MIGRATOR, MONITORING, Application, BucketStore, Choice, PostgresStore, RedisStore
from stacks.phases import RECOVERY, Phase

API, ANALYTICS, WATCHING = ReplicaPurpose.API, ReplicaPurpose.ANALYTICS, ReplicaPurpose.MONITORING
DISABLED, ENABLED = ClusterMode.DISABLED, ClusterMode.ENABLED

# fmt: off
# The owners name the class and 100 GB of the first phase, 30 days of recovery kept in another region too, and replicas
# by purpose, three by the top of growth; a standby from growth on and the later classes are our choice.
MAIN: Final[Mapping[Phase, PostgresSize]] = {
    Phase.MVP:        PostgresSize(instance_class="db.m6g.xlarge",  storage_gib=100,   max_storage_gib=200,    multi_az=False, replicas=(),                         proxy=False, backup_days=30, dr_backups=True),
    Phase.GROWTH:     PostgresSize(instance_class="db.m7g.2xlarge", storage_gib=600,   max_storage_gib=1_200,  multi_az=True,  replicas=(ANALYTICS, API, WATCHING), proxy=False, backup_days=30, dr_backups=True),
    Phase.SCALE:      PostgresSize(instance_class="db.r7g.4xlarge", storage_gib=6_000, max_storage_gib=12_000, multi_az=True,  replicas=(ANALYTICS, API, WATCHING), proxy=False, backup_days=35, dr_backups=True),
    Phase.ENTERPRISE: PostgresSize(instance_class="db.r7g.8xlarge", storage_gib=8_000, max_storage_gib=32_000, multi_az=True,  replicas=(ANALYTICS, API, WATCHING), proxy=False, backup_days=35, dr_backups=True),
}
# 30 GiB with indexes at 10,000 executions a day (owners' load, derived); the bounds of the phases are the owners'.
# Pools of 10 to 50 connections an instance of the service (owners); 2, 4, 10 and 30 instances are our assumption.
MAIN_LOAD: Final[Mapping[Phase, PostgresLoad]] = {
    Phase.MVP:        PostgresLoad(data_gib=30,    outgrown_gib=50,    connections={"api": 100,   "worker": 100,   "analytics": 10, MIGRATOR: 2, MONITORING: 3}),
    Phase.GROWTH:     PostgresLoad(data_gib=300,   outgrown_gib=500,   connections={"api": 200,   "worker": 200,   "analytics": 20, MIGRATOR: 2, MONITORING: 3}),
    Phase.SCALE:      PostgresLoad(data_gib=3_000, outgrown_gib=5_000, connections={"api": 500,   "worker": 500,   "analytics": 40, MIGRATOR: 2, MONITORING: 5}),
    Phase.ENTERPRISE: PostgresLoad(data_gib=7_000, outgrown_gib=None,  connections={"api": 1_500, "worker": 1_500, "analytics": 80, MIGRATOR: 2, MONITORING: 5}),
}

# The owners have one cache.m6g.large for everything; two stores, one that evicts and one that never does, are ours.
CACHE: Final[Mapping[Phase, RedisSize]] = {
    Phase.MVP:        RedisSize(node_type="cache.t4g.medium", cluster_mode=DISABLED, shards=1, replicas_per_shard=0, snapshot_days=0),
    Phase.GROWTH:     RedisSize(node_type="cache.m7g.large",  cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.SCALE:      RedisSize(node_type="cache.r7g.large",  cluster_mode=DISABLED, shards=1, replicas_per_shard=2, snapshot_days=15),
    Phase.ENTERPRISE: RedisSize(node_type="cache.r7g.xlarge", cluster_mode=ENABLED,  shards=3, replicas_per_shard=2, snapshot_days=15),
}
CACHE_LOAD: Final[Mapping[Phase, RedisLoad]] = {
    Phase.MVP:        RedisLoad(data_gib=1,  commands_per_second=500),
    Phase.GROWTH:     RedisLoad(data_gib=3,  commands_per_second=5_000),
    Phase.SCALE:      RedisLoad(data_gib=8,  commands_per_second=30_000),
    Phase.ENTERPRISE: RedisLoad(data_gib=40, commands_per_second=100_000),
}
# A replica from the first phase on: what is queued or locked survives a node (owners).
QUEUE: Final[Mapping[Phase, RedisSize]] = {
    Phase.MVP:        RedisSize(node_type="cache.m6g.large",  cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.GROWTH:     RedisSize(node_type="cache.m7g.large",  cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.SCALE:      RedisSize(node_type="cache.r7g.large",  cluster_mode=DISABLED, shards=1, replicas_per_shard=2, snapshot_days=15),
    Phase.ENTERPRISE: RedisSize(node_type="cache.r7g.xlarge", cluster_mode=DISABLED, shards=1, replicas_per_shard=2, snapshot_days=15),
}
QUEUE_LOAD: Final[Mapping[Phase, RedisLoad]] = {
    Phase.MVP:        RedisLoad(data_gib=1,  commands_per_second=500),
    Phase.GROWTH:     RedisLoad(data_gib=3,  commands_per_second=5_000),
    Phase.SCALE:      RedisLoad(data_gib=8,  commands_per_second=20_000),
    Phase.ENTERPRISE: RedisLoad(data_gib=16, commands_per_second=50_000),
}

# Partitions leave the database when they are 30 days old, the audit trail after 365 (owners); here both stay longer.
ARCHIVE: Final[Mapping[Phase, BucketSize]] = {
    Phase.SCALE:      BucketSize(cold_after_days=30, expire_after_days=1_095),
    Phase.ENTERPRISE: BucketSize(cold_after_days=30, expire_after_days=2_555),
}
# fmt: on

# Backups are in another region from the first phase on, for 30 days (owners).
COPIED: Final[Mapping[Phase, Recovery]] = {
    phase: replace(row, daily_days=max(30, row.daily_days), dr_days=max(30, row.dr_days))
    for phase, row in RECOVERY.items()
}

WITH_REDIS: Final = {"redis": frozenset({"true"})}

WORKFLOWS: Final = Application(
    name="workflows",
    data_class="audit",
    choices=(
        Choice(
            name="redis",
            description="Whether there is Redis, a cache and a queue; it may come later and touches PostgreSQL never.",
            values=("true", "false"),
            default="true",
        ),
        Choice(
            name="traces",
            description="Whether execution traces have a store of their own, MongoDB Atlas.",
            values=("false",),
            default="false",
            refused={"true": "stores on MongoDB Atlas are not built yet; keep traces in JSONB until they are"},
        ),
    ),
    stores=(
        PostgresStore(
            name="main",
            database="workflows",
            # pg_cron makes partitions ahead, drops old ones and refreshes views (our choice of means).
            preload=("pg_cron",),
            logins=("api", "worker", "analytics", MIGRATOR, MONITORING),
            sizes=MAIN,
            loads=MAIN_LOAD,
        ),
        RedisStore(name="cache", use="cache", sizes=CACHE, loads=CACHE_LOAD, chosen=WITH_REDIS),
        RedisStore(name="queue", use="queue", sizes=QUEUE, loads=QUEUE_LOAD, chosen=WITH_REDIS),
        BucketStore(name="archive", exporter="main", sizes=ARCHIVE),
    ),
    recovery=COPIED,
)
