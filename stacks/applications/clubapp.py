"""
clubapp: presence and drinks in bars.

PostgreSQL holds what must not be lost (users, groups, venues, orders, redemptions), DynamoDB who is where right now,
Redis what can be computed again.
"""

from collections.abc import Mapping
from typing import Final

from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.redis import ClusterMode, RedisSize
from sizes.table import Index, Key, OnDemand, Schema, TableSize
from stacks.application import Application, PostgresStore, RedisStore, TableStore
from stacks.phases import Phase

API, ANALYTICS = ReplicaPurpose.API, ReplicaPurpose.ANALYTICS
DISABLED, ENABLED = ClusterMode.DISABLED, ClusterMode.ENABLED

# fmt: off
# The owners name the class of mvp and growth and 7 days of recovery; the rest is our choice.
MAIN: Final[Mapping[Phase, PostgresSize]] = {
    Phase.MVP:        PostgresSize(instance_class="db.t4g.micro",  storage_gib=20,  max_storage_gib=100,  multi_az=False, replicas=(),              backup_days=7),
    Phase.GROWTH:     PostgresSize(instance_class="db.t4g.medium", storage_gib=50,  max_storage_gib=200,  multi_az=True,  replicas=(),              backup_days=14),
    Phase.SCALE:      PostgresSize(instance_class="db.m7g.large",  storage_gib=200, max_storage_gib=1000, multi_az=True,  replicas=(API,),          backup_days=35),
    Phase.ENTERPRISE: PostgresSize(instance_class="db.r7g.xlarge", storage_gib=500, max_storage_gib=4000, multi_az=True,  replicas=(API, ANALYTICS), backup_days=35),
}

# On demand in every phase (owners). The caps on cost are our choice: a Friday night of 1,000 people and 100 map views
# a second, each up to 20 reads after a cache miss, stays below the first one; the last is AWS's quota for a table.
TABLES: Final[Mapping[Phase, TableSize]] = {
    Phase.MVP:        TableSize(billing=OnDemand(max_read_units=4_000,  max_write_units=1_000),  backup_days=35),
    Phase.GROWTH:     TableSize(billing=OnDemand(max_read_units=12_000, max_write_units=4_000),  backup_days=35),
    Phase.SCALE:      TableSize(billing=OnDemand(max_read_units=30_000, max_write_units=10_000), backup_days=35),
    Phase.ENTERPRISE: TableSize(billing=OnDemand(max_read_units=39_000, max_write_units=39_000),   backup_days=35),
}

# One micro node without snapshots in mvp (owners); replicas before shards (owners), how many is our choice.
CACHE: Final[Mapping[Phase, RedisSize]] = {
    Phase.MVP:        RedisSize(node_type="cache.t4g.micro", cluster_mode=DISABLED, shards=1, replicas_per_shard=0, snapshot_days=0),
    Phase.GROWTH:     RedisSize(node_type="cache.t4g.small", cluster_mode=DISABLED, shards=1, replicas_per_shard=1, snapshot_days=7),
    Phase.SCALE:      RedisSize(node_type="cache.m7g.large", cluster_mode=DISABLED, shards=1, replicas_per_shard=2, snapshot_days=15),
    Phase.ENTERPRISE: RedisSize(node_type="cache.r7g.large", cluster_mode=ENABLED,  shards=3, replicas_per_shard=2, snapshot_days=15),
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
        PostgresStore(name="main", database="clubapp", preload=("pg_cron",), sizes=MAIN),
        TableStore(name="presence", schema=PRESENCE, sizes=TABLES),
        TableStore(name="venue-counts", schema=VENUE_COUNTS, sizes=TABLES),
        TableStore(name="devices", schema=DEVICES, sizes=TABLES),
        TableStore(name="idempotency", schema=IDEMPOTENCY, sizes=TABLES),
        RedisStore(name="cache", use="cache", sizes=CACHE),
    ),
)
