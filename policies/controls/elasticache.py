"""Controls of ElastiCache: what holds for a replication group or a cluster by itself."""

from collections.abc import Mapping
from typing import Any, Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.relations import is_any
from policies.facts import Facts
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
REPLICATION_GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER: Final = "aws:elasticache/cluster:Cluster"
MOST_SNAPSHOT_DAYS: Final = 35
"""ElastiCache keeps automatic snapshots no longer."""
DEFAULT_PORTS: Final = frozenset({6379, 11211})
_MEMBER: Final = {"type": CLUSTER, "name": "node", "inputs": {"replicationGroupId": "sessions"}}
_MEMCACHED: Final = {"type": CLUSTER, "name": "pages", "inputs": {"engine": "memcached"}}


def is_primary(cache: Resource) -> bool:
    """Leave out secondaries of a global datastore: they have this from their primary."""
    return not cache.references("globalReplicationGroupId") and not cache.text("globalReplicationGroupId")


def stands_alone(cache: Resource) -> bool:
    """Leave out clusters that are a node of a replication group: the group decides."""
    # A replication group has the property too: its own name.
    return cache.type != CLUSTER or not (cache.references("replicationGroupId") or cache.text("replicationGroupId"))


def is_memcached(cache: Resource) -> bool:
    """Say whether a cache speaks Memcached."""
    return cache.text("engine").lower() == "memcached"


def keeps_data(cache: Resource) -> bool:
    """Leave out Memcached, which has no snapshots and no minor upgrades, and nodes of a replication group."""
    return stands_alone(cache) and not is_memcached(cache)


def has_memcached_nodes(cache: Resource) -> bool:
    """Leave out what is not Memcached with several nodes."""
    return is_memcached(cache) and (cache.number("numCacheNodes") or 0) > 1


@control(
    REPLICATION_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    when=is_primary,
    good=[{"atRestEncryptionEnabled": True}],
    bad=[{}, {"atRestEncryptionEnabled": False}, {"atRestEncryptionEnabled": None}, {"atRestEncryptionEnabled": 1}],
    skipped=[{"globalReplicationGroupId": "ldgnf-sessions"}],
)
def elasticache_at_rest_encryption(cache: Resource) -> bool:
    """Replication groups must encrypt what they store: set at_rest_encryption_enabled=True."""
    return cache.get("atRestEncryptionEnabled") is True


@control(
    REPLICATION_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[{"kmsKeyId": "ref:aws:kms/key:Key::redis::arn"}, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"}],
    bad=[{}, {"kmsKeyId": ""}, {"kmsKeyId": "alias/aws/elasticache"}, {"kmsKeyId": ["k"]}],
)
def elasticache_cmk(cache: Resource) -> bool:
    """Replication groups must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(cache, "kmsKeyId")


@control(
    REPLICATION_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    when=is_primary,
    good=[{"transitEncryptionEnabled": True}],
    bad=[{}, {"transitEncryptionEnabled": False}, {"transitEncryptionEnabled": None}],
    skipped=[{"globalReplicationGroupId": "ldgnf-sessions"}],
)
def elasticache_transit_encryption(cache: Resource) -> bool:
    """Replication groups must encrypt connections: set transit_encryption_enabled=True."""
    return cache.get("transitEncryptionEnabled") is True


@control(
    REPLICATION_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    when=is_primary,
    good=[{"transitEncryptionMode": "required"}],
    # Absent is no promise: a group that was "preferred" before stays so.
    bad=[{}, {"transitEncryptionMode": "preferred"}, {"transitEncryptionMode": None}, {"transitEncryptionMode": True}],
    skipped=[{"globalReplicationGroupId": "ldgnf-sessions"}],
)
def elasticache_transit_mode_required(cache: Resource) -> bool:
    """Replication groups must refuse connections without TLS: set transit_encryption_mode="required"."""
    return cache.get("transitEncryptionMode") == "required"


@control(
    REPLICATION_GROUP,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    when=is_primary,
    good=[
        {"transitEncryptionEnabled": True, "userGroupIds": ["applications"]},
        {"transitEncryptionEnabled": True, "authToken": "ref:random:index/randomPassword:RandomPassword::p::result"},
        {"transitEncryptionEnabled": True, "authTokenWo": "ref:random:index/randomPassword:RandomPassword::p::result"},
    ],
    bad=[
        {},
        {"transitEncryptionEnabled": True},
        {"transitEncryptionEnabled": True, "userGroupIds": []},
        {"transitEncryptionEnabled": True, "authToken": ""},
        {"transitEncryptionEnabled": True, "authToken": True},
        {"transitEncryptionEnabled": False, "userGroupIds": ["applications"]},
        {"authToken": "ref:random:index/randomPassword:RandomPassword::p::result"},
    ],
    skipped=[{"globalReplicationGroupId": "ldgnf-sessions"}],
)
def elasticache_auth(cache: Resource) -> bool:
    """Replication groups must know who connects: set user_group_ids or auth_token_wo, and encrypt connections."""
    # AWS takes a token over TLS only.
    return cache.get("transitEncryptionEnabled") is True and is_any(
        (
            lambda: cache.lists("userGroupIds"),
            lambda: cache.is_set("authToken"),
            lambda: cache.is_set("authTokenWo"),
        ),
        lambda way: way(),
    )


@control(
    REPLICATION_GROUP,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    good=[{"automaticFailoverEnabled": True}],
    bad=[{}, {"automaticFailoverEnabled": False}, {"automaticFailoverEnabled": "true"}],
)
def elasticache_automatic_failover(cache: Resource) -> bool:
    """Replication groups must fail over by themselves: set automatic_failover_enabled=True."""
    return cache.get("automaticFailoverEnabled") is True


@control(
    REPLICATION_GROUP,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    good=[{"multiAzEnabled": True}],
    bad=[{}, {"multiAzEnabled": False}, {"multiAzEnabled": "true"}],
)
def elasticache_multi_az(cache: Resource) -> bool:
    """Replication groups must have nodes in several zones: set multi_az_enabled=True."""
    return cache.get("multiAzEnabled") is True


@control(
    REPLICATION_GROUP,
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    when=keeps_data,
    good=[
        {"snapshotRetentionLimit": 1},
        [{"type": CLUSTER, "name": "one", "inputs": {"engine": "redis", "snapshotRetentionLimit": 1}}],
    ],
    bad=[
        {},
        {"snapshotRetentionLimit": 0},
        {"snapshotRetentionLimit": "7"},
        {"snapshotRetentionLimit": True},
        [{"type": CLUSTER, "name": "one", "inputs": {"engine": "redis"}}],
    ],
    skipped=[[_MEMCACHED], [_MEMBER]],
)
def elasticache_backup_enabled(cache: Resource) -> bool:
    """ElastiCache must keep snapshots: set snapshot_retention_limit=1 or more."""
    return (cache.number("snapshotRetentionLimit") or 0) >= 1


@control(
    REPLICATION_GROUP,
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    when=keeps_data,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": MOST_SNAPSHOT_DAYS, "default": 15}},
    good=[
        {"snapshotRetentionLimit": 15},
        {"snapshotRetentionLimit": 35},
        [{"type": CLUSTER, "name": "one", "inputs": {"engine": "redis", "snapshotRetentionLimit": 15}}],
    ],
    bad=[{}, {"snapshotRetentionLimit": 14}, {"snapshotRetentionLimit": 0}, {"snapshotRetentionLimit": "15"}],
    skipped=[[_MEMCACHED], [_MEMBER]],
)
def elasticache_backup_retention_min(cache: Resource, *, days: int) -> bool:
    """ElastiCache must keep snapshots for {days} days: set snapshot_retention_limit={days} or more."""
    return (cache.number("snapshotRetentionLimit") or 0) >= days


def upgraded(cache: Resource, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001  a remedy is given both
    """Give what makes minor versions install themselves: a text on a cluster, a truth value on a replication group."""
    return {"autoMinorVersionUpgrade": "true" if cache.type == CLUSTER else True}


@control(
    REPLICATION_GROUP,
    CLUSTER,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    remedy=upgraded,
    when=keeps_data,
    good=[
        {},
        {"autoMinorVersionUpgrade": True},
        [{"type": CLUSTER, "name": "one", "inputs": {"engine": "redis", "autoMinorVersionUpgrade": "true"}}],
    ],
    bad=[
        {"autoMinorVersionUpgrade": False},
        {"autoMinorVersionUpgrade": []},
        [{"type": CLUSTER, "name": "one", "inputs": {"engine": "redis", "autoMinorVersionUpgrade": "false"}}],
    ],
    skipped=[[_MEMCACHED], [_MEMBER]],
)
def elasticache_auto_minor_upgrade(cache: Resource) -> bool:
    """ElastiCache must install minor versions by itself: leave out auto_minor_version_upgrade or set it to True."""
    upgrade = cache.get("autoMinorVersionUpgrade", True)
    # A text on a cluster, a truth value on a replication group.
    return upgrade is True or (isinstance(upgrade, str) and upgrade.lower() == "true")


@control(
    REPLICATION_GROUP,
    CLUSTER,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    when=stands_alone,
    good=[
        {"subnetGroupName": "private"},
        {"subnetGroupName": "ref:aws:elasticache/subnetGroup:SubnetGroup::private::name"},
        [{"type": CLUSTER, "name": "pages", "inputs": {"engine": "memcached", "subnetGroupName": "private"}}],
    ],
    bad=[{}, {"subnetGroupName": "default"}, {"subnetGroupName": ""}, {"subnetGroupName": ["private"]}, [_MEMCACHED]],
    skipped=[[_MEMBER]],
)
def elasticache_custom_subnet_group(cache: Resource) -> bool:
    """ElastiCache must be in subnets that were chosen: set subnet_group_name to a SubnetGroup of this stack."""
    return cache.is_set("subnetGroupName") and (
        cache.is_unknown("subnetGroupName") or cache.text("subnetGroupName") != "default"
    )


@control(
    REPLICATION_GROUP,
    CLUSTER,
    group=Group.NETWORK,
    severity=Severity.LOW,
    when=stands_alone,
    good=[{"port": 6380}],
    bad=[{}, {"port": 6379}, {"port": 11211}, {"port": "6380"}, [_MEMCACHED]],
    skipped=[[_MEMBER]],
)
def elasticache_non_default_port(cache: Resource) -> bool:
    """ElastiCache must not listen where everybody looks: set port to another one than 6379 and 11211."""
    port = cache.number("port")
    return port is not None and port not in DEFAULT_PORTS


@control(
    CLUSTER,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    when=has_memcached_nodes,
    good=[{"engine": "memcached", "numCacheNodes": 2, "azMode": "cross-az"}],
    bad=[
        {"engine": "memcached", "numCacheNodes": 2},
        {"engine": "memcached", "numCacheNodes": 2, "azMode": "single-az"},
        {"engine": "memcached", "numCacheNodes": 2, "azMode": ["cross-az"]},
    ],
    skipped=[{"engine": "memcached", "numCacheNodes": 1}, {"engine": "memcached"}, {"engine": "redis"}],
)
def elasticache_memcached_cross_az(cache: Resource) -> bool:
    """Memcached clusters must spread their nodes over zones: set az_mode="cross-az"."""
    return cache.get("azMode") == "cross-az"


@control(
    REPLICATION_GROUP,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    good=[
        {"logDeliveryConfigurations": [{"logType": "slow-log", "destination": "redis"}]},
        {"logDeliveryConfigurations": [{"logType": "engine-log"}, {"logType": "slow-log"}]},
    ],
    bad=[
        {},
        {"logDeliveryConfigurations": []},
        {"logDeliveryConfigurations": [{"logType": "engine-log"}]},
        {"logDeliveryConfigurations": ["slow-log"]},
        {"logDeliveryConfigurations": {"logType": "slow-log"}},
    ],
)
def elasticache_log_delivery(cache: Resource) -> bool:
    """Replication groups must log slow commands: add log_type="slow-log" to log_delivery_configurations."""
    return is_any(cache.items_of("logDeliveryConfigurations"), _is_slow_log)


def _is_slow_log(one: object) -> bool:
    return isinstance(one, Record) and one.text("logType") == "slow-log"
