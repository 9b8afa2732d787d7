"""
clubapp: presence and drinks in bars.

PostgreSQL holds what must not be lost (users, groups, venues, orders, redemptions), DynamoDB who is where right now,
Redis what can be computed again.
"""

from collections.abc import Mapping
from typing import Final

from sizes.load import PostgresLoad, RedisLoad, TableLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.redis import ClusterMode, RedisSize
from sizes.table import Index, Key, OnDemand, Schema, TableSize
from stacks.application import MIGRATOR, MONITORING, Application, PostgresStore, RedisStore, TableStore
from stacks.phases import Phase

API, ANALYTICS = ReplicaPurpose.API, ReplicaPurpose.ANALYTICS
DISABLED, ENABLED = ClusterMode.DISABLED, ClusterMode.ENABLED

# fmt: off
# The owners name the class of mvp and growth and 7 days of recovery; the rest is our choice.
MAIN: Final[Mapping[Phase, PostgresSize]] = {
    Phase.MVP:        PostgresSize(instance_class="db.t4g.micro",  storage_gib=20,  max_storage_gib=100,  multi_az=False, replicas=(),               proxy=False, backup_days=7,  dr_backups=False),
    Phase.GROWTH:     PostgresSize(instance_class="db.t4g.medium", storage_gib=50,  max_storage_gib=200,  multi_az=True,  replicas=(),               proxy=False, backup_days=14, dr_backups=False),
    Phase.SCALE:      PostgresSize(instance_class="db.m7g.large",  storage_gib=200, max_storage_gib=1000, multi_az=True,  replicas=(API,),           proxy=False, backup_days=35, dr_backups=True),
    Phase.ENTERPRISE: PostgresSize(instance_class="db.r7g.xlarge", storage_gib=500, max_storage_gib=4000, multi_az=True,  replicas=(API, ANALYTICS), proxy=False, backup_days=35, dr_backups=True),
}
# Our assumptions: the owners name no volumes. An API container holds 10 connections; there are 4, 8, 20 and 60.
MAIN_LOAD: Final[Mapping[Phase, PostgresLoad]] = {
    Phase.MVP:        PostgresLoad(data_gib=5,   connections={"api": 40,  MIGRATOR: 2, MONITORING: 3}),
    Phase.GROWTH:     PostgresLoad(data_gib=25,  connections={"api": 80,  MIGRATOR: 2, MONITORING: 3}),
    Phase.SCALE:      PostgresLoad(data_gib=120, connections={"api": 200, MIGRATOR: 2, MONITORING: 5}),
    Phase.ENTERPRISE: PostgresLoad(data_gib=400, connections={"api": 600, MIGRATOR: 2, MONITORING: 5}),
}

# On demand in every phase (owners). The caps on cost are our choice: a Friday night of 1,000 people and 100 map views
# a second, each up to 20 reads after a cache miss, stays below the first one; the last is AWS's quota for a table.
TABLES: Final[Mapping[Phase, TableSize]] = {
    Phase.MVP:        TableSize(billing=OnDemand(max_read_units=4_000,  max_write_units=1_000),  backup_days=35, dr_replica=False),
    Phase.GROWTH:     TableSize(billing=OnDemand(max_read_units=12_000, max_write_units=4_000),  backup_days=35, dr_replica=False),
    Phase.SCALE:      TableSize(billing=OnDemand(max_read_units=30_000, max_write_units=10_000), backup_days=35, dr_replica=False),
    Phase.ENTERPRISE: TableSize(billing=OnDemand(max_read_units=39_000, max_write_units=39_000), backup_days=35, dr_replica=False),
}
# Our assumptions for mvp, ten times as much in each later phase but the last, which is five times the one before.
PRESENCE_LOAD: Final[Mapping[Phase, TableLoad]] = {
    Phase.MVP:        TableLoad(reads_millions=6,     writes_millions=2,     item_kib=0.5, data_gib=1),
    Phase.GROWTH:     TableLoad(reads_millions=60,    writes_millions=20,    item_kib=0.5, data_gib=10),
    Phase.SCALE:      TableLoad(reads_millions=600,   writes_millions=200,   item_kib=0.5, data_gib=100),
    Phase.ENTERPRISE: TableLoad(reads_millions=3_000, writes_millions=1_000, item_kib=0.5, data_gib=500),
}
VENUE_COUNTS_LOAD: Final[Mapping[Phase, TableLoad]] = {
    Phase.MVP:        TableLoad(reads_millions=12,    writes_millions=2,     item_kib=0.2, data_gib=0.1),
    Phase.GROWTH:     TableLoad(reads_millions=120,   writes_millions=20,    item_kib=0.2, data_gib=0.1),
    Phase.SCALE:      TableLoad(reads_millions=1_200, writes_millions=200,   item_kib=0.2, data_gib=0.5),
    Phase.ENTERPRISE: TableLoad(reads_millions=6_000, writes_millions=1_000, item_kib=0.2, data_gib=1),
}
DEVICES_LOAD: Final[Mapping[Phase, TableLoad]] = {
    Phase.MVP:        TableLoad(reads_millions=1,   writes_millions=0.2, item_kib=0.5, data_gib=0.2),
    Phase.GROWTH:     TableLoad(reads_millions=10,  writes_millions=2,   item_kib=0.5, data_gib=2),
    Phase.SCALE:      TableLoad(reads_millions=100, writes_millions=20,  item_kib=0.5, data_gib=20),
    Phase.ENTERPRISE: TableLoad(reads_millions=500, writes_millions=100, item_kib=0.5, data_gib=100),
}
IDEMPOTENCY_LOAD: Final[Mapping[Phase, TableLoad]] = {
    Phase.MVP:        TableLoad(reads_millions=0.5, writes_millions=0.5, item_kib=1, data_gib=0.1),
    Phase.GROWTH:     TableLoad(reads_millions=5,   writes_millions=5,   item_kib=1, data_gib=0.5),
    Phase.SCALE:      TableLoad(reads_millions=50,  writes_millions=50,  item_kib=1, data_gib=2),
    Phase.ENTERPRISE: TableLoad(reads_millions=250, writes_millions=250, item_kib=1, data_gib=10),
}

# One micro node without snapshots in mvp (owners); replicas before shards (owners), how many is our choice.
CACHE: Final[Mapping[Phase, RedisSize]] = {
    Phase.MVP:        RedisSize(node_type="cache.t4g.micro", cluster_mode=DISABLED, shards=1, replicas_per_shard=0, snapshot_days=0),
    Phase.GROWTH:     RedisSize(node_type="cache.t4g.small", cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.SCALE:      RedisSize(node_type="cache.m7g.large", cluster_mode=DISABLED, shards=1, replicas_per_shard=2, snapshot_days=15),
    Phase.ENTERPRISE: RedisSize(node_type="cache.r7g.large", cluster_mode=ENABLED,  shards=3, replicas_per_shard=2, snapshot_days=15),
}
# Our assumptions: venue queries for 5 minutes, sessions, rate limits, sockets.
CACHE_LOAD: Final[Mapping[Phase, RedisLoad]] = {
    Phase.MVP:        RedisLoad(data_gib=0.2, commands_per_second=1_000),
    Phase.GROWTH:     RedisLoad(data_gib=0.8, commands_per_second=5_000),
    Phase.SCALE:      RedisLoad(data_gib=4,   commands_per_second=30_000),
    Phase.ENTERPRISE: RedisLoad(data_gib=24,  commands_per_second=150_000),
}
# fmt: on

PRESENCE: Final = Schema(
    partition_key=Key(name="userId", type="S"),
    sort_key=Key(name="venueId", type="S"),
    indexes=(
        # "Who is at venue 123": more than 1,000 items in one query.
        Index(
            name="by-venue",
            partition_key=Key(name="venueId", type="S"),
            sort_key=None,
            attributes=("wantsToBuy", "wantsToReceive", "expiresAt"),
        ),
    ),
    ttl_attribute="expiresAt",  # 4 hours after the last sign of life, set by the application
)
VENUE_COUNTS: Final = Schema(
    partition_key=Key(name="venueId", type="S"),
    sort_key=None,
    indexes=(),
    ttl_attribute=None,  # a counter that expired would start again at nothing
)
DEVICES: Final = Schema(
    partition_key=Key(name="deviceToken", type="S"),
    sort_key=None,
    # "All tokens of a user", to push a message to each.
    indexes=(Index(name="by-user", partition_key=Key(name="userId", type="S"), sort_key=None, attributes=()),),
    ttl_attribute="expiresAt",  # 90 days after the device was last seen (our choice), set by the application
)
IDEMPOTENCY: Final = Schema(
    partition_key=Key(name="key", type="S"),
    sort_key=None,
    indexes=(),
    ttl_attribute="ttl",  # 1 hour after the first request, set by the application
)

CLUBAPP: Final = Application(
    name="clubapp",
    data_class="personal-and-payment-references",
    stores=(
        # pg_cron lets presence and orders expire after 24 hours (our choice of means).
        PostgresStore(
            name="main",
            database="clubapp",
            preload=("pg_cron",),
            logins=("api", MIGRATOR, MONITORING),
            sizes=MAIN,
            loads=MAIN_LOAD,
        ),
        TableStore(name="presence", schema=PRESENCE, sizes=TABLES, loads=PRESENCE_LOAD),
        TableStore(name="venue-counts", schema=VENUE_COUNTS, sizes=TABLES, loads=VENUE_COUNTS_LOAD),
        TableStore(name="devices", schema=DEVICES, sizes=TABLES, loads=DEVICES_LOAD),
        TableStore(name="idempotency", schema=IDEMPOTENCY, sizes=TABLES, loads=IDEMPOTENCY_LOAD),
        RedisStore(name="cache", use="cache", sizes=CACHE, loads=CACHE_LOAD),
    ),
)
