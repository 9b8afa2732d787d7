"""
workflows: a service that runs workflows step by step.

PostgreSQL holds workflows, executions and their audit trail; Redis, which may be left out, holds what can be computed
again in one store, and queues and locks in another; MongoDB on Atlas, only where it is chosen, holds traces of executions.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sizes.atlas import AtlasSize
from sizes.atlas_grant import AtlasGrant
from sizes.bucket import BucketSize
from sizes.load import AtlasLoad, PostgresLoad, RedisLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.recovery import Recovery
from sizes.redis import ClusterMode, RedisSize
from stacks.application import (
    MIGRATOR,
    MONITORING,
    Application,
    AtlasStore,
    BucketStore,
    Choice,
    PostgresStore,
    RedisStore,
)
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
# A replica from the first phase on: what is queued or locked survives a node (owners). A queue's alarm rings at 70 % of
# the memory, so that each phase's load is less than that of its row: 8 of 19.7 GiB, and 16 of 39.6.
QUEUE: Final[Mapping[Phase, RedisSize]] = {
    Phase.MVP:        RedisSize(node_type="cache.m6g.large",   cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.GROWTH:     RedisSize(node_type="cache.m7g.large",   cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.SCALE:      RedisSize(node_type="cache.r7g.xlarge",  cluster_mode=DISABLED, shards=1, replicas_per_shard=2, snapshot_days=15),
    Phase.ENTERPRISE: RedisSize(node_type="cache.r7g.2xlarge", cluster_mode=DISABLED, shards=1, replicas_per_shard=2, snapshot_days=15),
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
# The owners compare with an M30 of three nodes, and plan none; the rest is our choice.
TRACES: Final[Mapping[Phase, AtlasSize]] = {
    Phase.MVP:        AtlasSize(tier="M30", max_tier="M40", disk_gib=60,    sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=7,  dr_copies=False, export=False),
    Phase.GROWTH:     AtlasSize(tier="M40", max_tier="M60", disk_gib=600,   sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=14, dr_copies=False, export=False),
    Phase.SCALE:      AtlasSize(tier="M60", max_tier=None,  disk_gib=2_000, sharded=True,  shards=2, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=35, dr_copies=True,  export=False),
    Phase.ENTERPRISE: AtlasSize(tier="M60", max_tier=None,  disk_gib=2_500, sharded=True,  shards=4, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=35, dr_copies=True,  export=False),
}
# A trace of 100 KB an execution (owners), kept for 30 days as executions are: 10,000 a day are 30 GB, and the later
# phases have 10, 100 and 250 times as many, as PostgreSQL has. A trace is written once, and one in ten is read.
TRACES_LOAD: Final[Mapping[Phase, AtlasLoad]] = {
    Phase.MVP:        AtlasLoad(data_gib=30,    reads_per_second=1,   writes_per_second=2,   connections={"api": 100,   "worker": 100,   "analytics": 10, MIGRATOR: 2}),
    Phase.GROWTH:     AtlasLoad(data_gib=300,   reads_per_second=10,  writes_per_second=20,  connections={"api": 200,   "worker": 200,   "analytics": 20, MIGRATOR: 2}),
    Phase.SCALE:      AtlasLoad(data_gib=3_000, reads_per_second=100, writes_per_second=200, connections={"api": 500,   "worker": 500,   "analytics": 40, MIGRATOR: 2}),
    Phase.ENTERPRISE: AtlasLoad(data_gib=7_000, reads_per_second=250, writes_per_second=500, connections={"api": 1_500, "worker": 1_500, "analytics": 80, MIGRATOR: 2}),
}
# fmt: on

TRACED: Final[Mapping[str, tuple[AtlasGrant, ...]]] = {
    "api": (AtlasGrant(role="read", database="traces"),),
    "worker": (AtlasGrant(role="readWrite", database="traces"),),
    "analytics": (AtlasGrant(role="read", database="traces"),),
    MIGRATOR: (AtlasGrant(role="dbAdmin", database="traces"), AtlasGrant(role="readWrite", database="traces")),
}

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
            description="Whether execution traces, logs of agents and profiles have a store of their own, on MongoDB "
            "Atlas: only for traces above 100 KB each, and a team that knows it.",
            values=("true", "false"),
            default="false",
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
        AtlasStore(
            name="traces",
            database="traces",
            logins=TRACED,
            sizes=TRACES,
            loads=TRACES_LOAD,
            chosen={"traces": frozenset({"true"})},
        ),
    ),
    recovery=COPIED,
)
