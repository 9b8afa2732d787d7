"""ElastiCache: replication groups and serverless caches."""

from functools import partial
from typing import Final

from upgrades.facts import conditions as when
from upgrades.facts import limits
from upgrades.facts.fact import EffectKind, Fact, facts

_GROUP: Final = "terraform-provider-aws, internal/service/elasticache/replication_group.go"
_CACHE: Final = "terraform-provider-aws, internal/service/elasticache/serverless_cache.go"
_API: Final = "ElastiCache API Reference, ModifyReplicationGroup"
_VERTICAL: Final = "Amazon ElastiCache User Guide, Online vertical scaling by modifying node type"
_HORIZONTAL: Final = "Amazon ElastiCache User Guide, Online resharding"
_UPGRADE: Final = "Amazon ElastiCache User Guide, Upgrading engine versions"
_TLS: Final = "Amazon ElastiCache User Guide, Enabling in-transit encryption"
_MODE: Final = "Amazon ElastiCache User Guide, Modify cluster mode"
_AUTH: Final = "Amazon ElastiCache User Guide, Authenticating with the AUTH command"

_online = partial(facts, EffectKind.ONLINE)
_failover = partial(facts, EffectKind.FAILOVER)
_reboot = partial(facts, EffectKind.REBOOT)
_two_step = partial(facts, EffectKind.TWO_STEP)
_replace = partial(facts, EffectKind.REPLACE)
_forbidden = partial(facts, EffectKind.FORBIDDEN)

_NEXT_MODE: Final = "take the next step only; to go back, restore a snapshot into a new group"
_MODES: Final = "cluster mode goes disabled, compatible, enabled, one update each, and never back"
_SNAPSHOT: Final = "restore a snapshot into a new group beside this one, then switch the clients"

# One row a line.
# fmt: off
GROUP: Final[tuple[Fact, ...]] = (
    # Identity and origin
    *_replace("replicationGroupId", "globalReplicationGroupId", "region", source=_GROUP),
    *_replace("port", "networkType", "subnetGroupName", "securityGroupNames.*", source=_GROUP),
    *_replace("snapshotArns.*", "snapshotName", source=_GROUP, note="when it is left out, too"),
    *_replace("atRestEncryptionEnabled", "kmsKeyId", "dataTieringEnabled", source=_GROUP, instead=_SNAPSHOT),
    *_online("securityGroupIds.*", "ipDiscovery", "description", "notificationTopicArn", source=_API),
    # Nodes and shards
    *_failover("nodeType", when=when.NODE_WITH_REPLICA, outage=limits.NODE_SWAP, field="node_type", source=_VERTICAL, note="up and down"),
    *_reboot("nodeType", when=when.NODE_ALONE, outage=limits.NODE_SWAP, field="node_type", source=_VERTICAL, note="up and down"),
    *_forbidden("nodeType", when=when.TIER_CHANGES, source=_VERTICAL, note="nothing moves between r6gd and other nodes", instead=_SNAPSHOT),
    *_online("numCacheClusters", field="replicas_per_shard", source=_API),
    *_online("numNodeGroups", field="shards", source=_HORIZONTAL, note="slots move for minutes to hours; autoscaled shards are ignored by the program"),
    *_online("replicasPerNodeGroup", field="replicas_per_shard", source=_HORIZONTAL),
    *_replace("nodeGroupConfigurations.*", source=_GROUP),
    *_online("preferredCacheClusterAzs.*", source=_GROUP, note="ignored by the provider"),
    *_online("automaticFailoverEnabled", "multiAzEnabled", source=_API, note="with a replica in the same update, or one before"),
    *_online("clusterMode", when=when.NEXT_MODE, field="cluster_mode", source=_MODE, note="clients move to the cluster protocol while it is compatible"),
    *_forbidden("clusterMode", when=when.SKIPPED_MODE, source=_MODE, note=_MODES, instead=_NEXT_MODE),
    *_forbidden("clusterMode", when=when.MODE_BACK, source=_MODE, note=_MODES, instead=_NEXT_MODE),
    *_forbidden("durability", source="pulumi_aws 7.51.1, elasticache.ReplicationGroup", note="nothing is written about changing it", instead="restore a snapshot into a new group with it"),
    # Engine
    *_failover("engineVersion", when=when.NEWER_WITH_REPLICA, outage=limits.NODE_SWAP, source=_UPGRADE),
    *_reboot("engineVersion", when=when.NEWER_ALONE, outage=limits.RESTART, source=_UPGRADE),
    *_replace("engineVersion", when=when.OLDER, source=_GROUP, instead="keep the version"),
    *_failover("engine", when=when.from_to("redis", "valkey"), outage=limits.NODE_SWAP, field="engine", source=_UPGRADE, note="with a parameter group of the Valkey family in the same update"),
    *_replace("engine", when=when.not_from_to("redis", "valkey"), source=_GROUP),
    *_online("parameterGroupName", "autoMinorVersionUpgrade", "maintenanceWindow", source=_API),
    *_online("applyImmediately", source=_API, note="false: changes wait for the window, and the update says done"),
    # Access and TLS
    *_replace("transitEncryptionEnabled", when=when.tls_replaces(limits.TLS_IN_PLACE), source=_GROUP),
    *_online("transitEncryptionEnabled", when=when.tls_step(limits.TLS_IN_PLACE), source=_TLS),
    *_two_step("transitEncryptionEnabled", when=when.tls_jump(limits.TLS_IN_PLACE), source=_TLS, note="clients without TLS are cut off", instead="first transitEncryptionMode preferred, then, when all clients use TLS, required"),
    *_online("transitEncryptionMode", source=_TLS),
    *_online("authToken", "authTokenWo", "authTokenWoVersion", "authTokenUpdateStrategy", source=_AUTH, note="ROTATE keeps the old token; SET ends it; DELETE comes before user groups (#31710)"),
    *_online("userGroupIds.*", when=when.WITHOUT_TLS, source=_API),
    *_two_step("userGroupIds.*", when=when.WITH_TLS, source="terraform-provider-aws #42966", note="ElastiCache refuses both at once", instead="change TLS in one update, the user group in the next"),
    # Snapshots and logs
    *_online("snapshotRetentionLimit", field="snapshot_days", source=_API),
    *_online("snapshotWindow", "finalSnapshotIdentifier", "logDeliveryConfigurations.*", "tags.*", source=_API),
)

SERVERLESS: Final[tuple[Fact, ...]] = (
    *_replace("name", "kmsKeyId", "subnetIds.*", "snapshotArnsToRestores.*", "networkType", "region", source=_CACHE, note="and it goes without a final snapshot"),
    *_online("engine", when=when.from_to("redis", "valkey"), source="terraform-provider-aws #42204"),
    *_replace("engine", when=when.not_from_to("redis", "valkey"), source="terraform-provider-aws #45204"),
    *_online("majorEngineVersion", when=when.SERVERLESS_NEWER, source="terraform-provider-aws #41644"),
    *_replace("majorEngineVersion", when=when.SERVERLESS_ELSE, source=_CACHE),
    *_online("cacheUsageLimits.*", source="Amazon ElastiCache User Guide, Scaling ElastiCache Serverless"),
    *_online("snapshotRetentionLimit", field="snapshot_days", source=_CACHE),
    *_online("dailySnapshotTime", "description", "securityGroupIds.*", "userGroupId", "tags.*", "timeouts.*", source=_CACHE),
)
# fmt: on
