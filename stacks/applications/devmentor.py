"""
devmentor: mentoring for developers.

PostgreSQL is the only source of truth, vectors included; Redis, at the gateway, holds what can be computed again.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sizes.aurora import AuroraSize, Instances
from sizes.load import PostgresLoad, RedisLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.recovery import Recovery
from sizes.redis import ClusterMode, RedisSize
from stacks.application import MIGRATOR, MONITORING, Application, Choice, PostgresStore, RedisStore
from stacks.phases import RECOVERY, Phase

DISABLED, ENABLED = ClusterMode.DISABLED, ClusterMode.ENABLED
SERVICES: Final = ("auth", "project", "memory", "learning", "ai_gateway")


def _pools(each: int, monitoring: int) -> Mapping[str, int]:
    """Give each service the same pool: the owners name 2 to 20 connections for each of five, in the first phase."""
    return {**dict.fromkeys(SERVICES, each), MIGRATOR: 2, MONITORING: monitoring}


# fmt: off
# The owners name 8 GB, 2 vCPU and 100 GB for the first phase, a replica in growth, Aurora with readers in scale, and
# several regions in enterprise; pooling is required in production. The rest is our choice.
MAIN: Final[Mapping[Phase, PostgresSize | AuroraSize]] = {
    Phase.MVP:        PostgresSize(instance_class="db.t4g.large", storage_gib=100, max_storage_gib=200, multi_az=False, replicas=(),                     proxy=True, backup_days=14, dr_backups=False),
    Phase.GROWTH:     PostgresSize(instance_class="db.m7g.large", storage_gib=200, max_storage_gib=800, multi_az=True,  replicas=(ReplicaPurpose.API,), proxy=True, backup_days=35, dr_backups=False),
    Phase.SCALE:      AuroraSize(capacity=Instances(instance_class="db.r7g.xlarge"),  readers=2, max_readers=4, io_optimized=False, proxy=True, backup_days=35, dr_readers=0),
    Phase.ENTERPRISE: AuroraSize(capacity=Instances(instance_class="db.r7g.2xlarge"), readers=2, max_readers=6, io_optimized=True,  proxy=True, backup_days=35, dr_readers=2),
}
# Users are the owners' (1K, 10K, 100K, 1M); a quarter of a MiB each with vectors, at least 20 GiB, is our assumption.
MAIN_LOAD: Final[Mapping[Phase, PostgresLoad]] = {
    Phase.MVP:        PostgresLoad(data_gib=20,  connections=_pools(20,  3)),
    Phase.GROWTH:     PostgresLoad(data_gib=80,  connections=_pools(40,  3)),
    Phase.SCALE:      PostgresLoad(data_gib=400, connections=_pools(100, 5)),
    Phase.ENTERPRISE: PostgresLoad(data_gib=800, connections=_pools(300, 5)),
}

# At the gateway: cache, rate limits and sessions of 24 hours (owners); sizes are our choice.
CACHE: Final[Mapping[Phase, RedisSize]] = {
    Phase.MVP:        RedisSize(node_type="cache.t4g.micro", cluster_mode=DISABLED, shards=1, replicas_per_shard=0, snapshot_days=0),
    Phase.GROWTH:     RedisSize(node_type="cache.t4g.small", cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.SCALE:      RedisSize(node_type="cache.m7g.large", cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=15),
    Phase.ENTERPRISE: RedisSize(node_type="cache.r7g.large", cluster_mode=ENABLED,  shards=3, replicas_per_shard=1, snapshot_days=15),
}
CACHE_LOAD: Final[Mapping[Phase, RedisLoad]] = {
    Phase.MVP:        RedisLoad(data_gib=0.2, commands_per_second=200),
    Phase.GROWTH:     RedisLoad(data_gib=0.8, commands_per_second=2_000),
    Phase.SCALE:      RedisLoad(data_gib=4,   commands_per_second=20_000),
    Phase.ENTERPRISE: RedisLoad(data_gib=24,  commands_per_second=100_000),
}
# fmt: on

# The owners want a drill every month, from the first phase on.
DRILLED: Final[Mapping[Phase, Recovery]] = {
    phase: replace(row, drill_days=min(31, row.drill_days), test_every_days=min(30, row.test_every_days or 30))
    for phase, row in RECOVERY.items()
}

DEVMENTOR: Final = Application(
    name="devmentor",
    data_class="personal",
    choices=(
        Choice(
            name="sharding",
            description="Whether the database is cut into shards in scale (Aurora Limitless).",
            values=("none",),
            default="none",
            refused={
                "limitless": "Aurora Limitless is a new cluster that the application fills itself, without AWS Backup, "
                "proxy, replicas or Global Database; how to is in docs/applications/devmentor.md"
            },
        ),
    ),
    stores=(
        PostgresStore(
            name="main",
            database="devmentor",
            preload=("pg_cron",),
            logins=(*SERVICES, MIGRATOR, MONITORING),
            sizes=MAIN,
            loads=MAIN_LOAD,
        ),
        RedisStore(name="cache", use="cache", sizes=CACHE, loads=CACHE_LOAD),
    ),
    recovery=DRILLED,
)
