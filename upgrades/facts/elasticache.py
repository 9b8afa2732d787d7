"""ElastiCache: replication groups and serverless caches."""

from typing import Final

from upgrades.facts import conditions as when
from upgrades.facts import limits
from upgrades.facts.fact import Fact, failover, forbidden, online, reboot, replace, two_step

_GROUP: Final = "terraform-provider-aws, internal/service/elasticache/replication_group.go"
_CACHE: Final = "terraform-provider-aws, internal/service/elasticache/serverless_cache.go"
_API: Final = "ElastiCache API Reference, ModifyReplicationGroup"
_VERTICAL: Final = "Amazon ElastiCache User Guide, Online vertical scaling by modifying node type"
_HORIZONTAL: Final = "Amazon ElastiCache User Guide, Online resharding"
_UPGRADE: Final = "Amazon ElastiCache User Guide, Upgrading engine versions"
_TLS: Final = "Amazon ElastiCache User Guide, Enabling in-transit encryption"
_MODE: Final = "Amazon ElastiCache User Guide, Modify cluster mode"
_AUTH: Final = "Amazon ElastiCache User Guide, Authenticating with the AUTH command"

_NEXT_MODE: Final = "take the next step only; to go back, restore a snapshot into a new group"
_MODES: Final = "cluster mode goes disabled, compatible, enabled, one update each, and never back"
_SNAPSHOT: Final = "restore a snapshot into a new group beside this one, then switch the clients"

# One row a line.
# fmt: off
GROUP: Final[tuple[Fact, ...]] = (
    # Identity and origin
    *replace("replicationGroupId", "globalReplicationGroupId", "region", source=_GROUP),
    *replace("port", "networkType", "subnetGroupName", "securityGroupNames.*", source=_GROUP),
    *replace("snapshotArns.*", "snapshotName", source=_GROUP, note="when it is left out, too"),
    *replace("atRestEncryptionEnabled", "kmsKeyId", "dataTieringEnabled", source=_GROUP, instead=_SNAPSHOT),
    *online("securityGroupIds.*", "ipDiscovery", "description", "notificationTopicArn", source=_API),
    # Nodes and shards
    *failover("nodeType", when=when.NODE_WITH_REPLICA, outage=limits.NODE_SWAP, field="node_type", source=_VERTICAL, note="up and down"),
    *reboot("nodeType", when=when.NODE_ALONE, outage=limits.NODE_SWAP, field="node_type", source=_VERTICAL, note="up and down"),
    *forbidden("nodeType", when=when.TIER_CHANGES, source=_VERTICAL, note="nothing moves between r6gd and other nodes", instead=_SNAPSHOT),
    *online("numCacheClusters", field="replicas_per_shard", source=_API),
    *online("numNodeGroups", field="shards", source=_HORIZONTAL, note="slots move for minutes to hours; autoscaled shards are ignored by the program"),
    *online("replicasPerNodeGroup", field="replicas_per_shard", source=_HORIZONTAL),
    *replace("nodeGroupConfigurations.*", source=_GROUP),
    *online("preferredCacheClusterAzs.*", source=_GROUP, note="ignored by the provider"),
    *online("automaticFailoverEnabled", "multiAzEnabled", source=_API, note="with a replica in the same update, or one before"),
    *online("clusterMode", when=when.NEXT_MODE, field="cluster_mode", source=_MODE, note="clients move to the cluster protocol while it is compatible"),
    *forbidden("clusterMode", when=when.SKIPPED_MODE, source=_MODE, note=_MODES, instead=_NEXT_MODE),
    *forbidden("clusterMode", when=when.MODE_BACK, source=_MODE, note=_MODES, instead=_NEXT_MODE),
    *forbidden("durability", source="pulumi_aws 7.51.1, elasticache.ReplicationGroup", note="nothing is written about changing it", instead="restore a snapshot into a new group with it"),
    # Engine
    *failover("engineVersion", when=when.with_engine(when.NEWER_WITH_REPLICA, changes=False), outage=limits.NODE_SWAP, source=_UPGRADE),
    *failover("engineVersion", when=when.with_engine(when.NEWER_WITH_REPLICA, changes=True), outage=limits.NODE_SWAP, field="engine", literal=False, source=_UPGRADE, note="each engine has versions of its own"),
    *reboot("engineVersion", when=when.with_engine(when.NEWER_ALONE, changes=False), outage=limits.RESTART, source=_UPGRADE),
    *reboot("engineVersion", when=when.with_engine(when.NEWER_ALONE, changes=True), outage=limits.RESTART, field="engine", literal=False, source=_UPGRADE, note="each engine has versions of its own"),
    *replace("engineVersion", when=when.OLDER, source=_GROUP, instead="keep the version"),
    *failover("engine", when=when.from_to("redis", "valkey"), outage=limits.NODE_SWAP, field="engine", source=_UPGRADE, note="with a parameter group of the Valkey family in the same update"),
    *replace("engine", when=when.not_from_to("redis", "valkey"), source=_GROUP),
    *online("parameterGroupName", "autoMinorVersionUpgrade", "maintenanceWindow", source=_API),
    *online("applyImmediately", source=_API, note="false: changes wait for the window, and the update says done"),
    # Access and TLS
    *replace("transitEncryptionEnabled", when=when.tls_replaces(limits.TLS_IN_PLACE), source=_GROUP),
    *online("transitEncryptionEnabled", when=when.tls_step(limits.TLS_IN_PLACE), source=_TLS),
    *two_step("transitEncryptionEnabled", when=when.tls_jump(limits.TLS_IN_PLACE), source=_TLS, note="clients without TLS are cut off", instead="first transitEncryptionMode preferred, then, when all clients use TLS, required"),
    *online("transitEncryptionMode", source=_TLS),
    *online("authToken", "authTokenWo", "authTokenWoVersion", "authTokenUpdateStrategy", source=_AUTH, note="ROTATE keeps the old token; SET ends it; DELETE comes before user groups (#31710)"),
    *online("userGroupIds.*", when=when.WITHOUT_TLS, source=_API),
    *two_step("userGroupIds.*", when=when.WITH_TLS, source="terraform-provider-aws #42966", note="ElastiCache refuses both at once", instead="change TLS in one update, the user group in the next"),
    # Snapshots and logs
    *online("snapshotRetentionLimit", field="snapshot_days", source=_API),
    *online("snapshotWindow", "finalSnapshotIdentifier", "logDeliveryConfigurations.*", "tags.*", source=_API),
)

SERVERLESS: Final[tuple[Fact, ...]] = (
    *replace("name", "kmsKeyId", "subnetIds.*", "snapshotArnsToRestores.*", "networkType", "region", source=_CACHE, note="and it goes without a final snapshot"),
    *online("engine", when=when.from_to("redis", "valkey"), source="terraform-provider-aws #42204"),
    *replace("engine", when=when.not_from_to("redis", "valkey"), source="terraform-provider-aws #45204"),
    *online("majorEngineVersion", when=when.SERVERLESS_NEWER, source="terraform-provider-aws #41644"),
    *replace("majorEngineVersion", when=when.SERVERLESS_ELSE, source=_CACHE),
    *online("cacheUsageLimits.*", source="Amazon ElastiCache User Guide, Scaling ElastiCache Serverless"),
    *online("snapshotRetentionLimit", field="snapshot_days", source=_CACHE),
    *online("dailySnapshotTime", "description", "securityGroupIds.*", "userGroupId", "tags.*", "timeouts.*", source=_CACHE),
)
# fmt: on
