"""Replication groups, as ElastiCache's API has them: made, changed, scaled, deleted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from localcloud.moto.elasticache_facts import DEFAULT_VERSION, VERSIONS, family, resolve
from localcloud.moto.elasticache_global import join, secondary
from localcloud.moto.elasticache_parameters import zone_of
from localcloud.moto.elasticache_rules import known_log, refuse_both, refuse_change, refuse_group
from localcloud.moto.elasticache_shape import describe_group, new_shard, resized
from localcloud.moto.elasticache_state import Call, ReplicationGroup, Shard, identifier, refuse

_VALUE: Final = "InvalidParameterValue"
_COMBINATION: Final = "InvalidParameterCombination"
_PLAIN: Final[Mapping[str, str]] = {
    "ReplicationGroupDescription": "description",
    "CacheNodeType": "cache_node_type",
    "AutomaticFailoverEnabled": "failover",
    "MultiAZEnabled": "multi_az",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
    "SnapshottingClusterId": "snapshotting_cluster",
    "NotificationTopicArn": "notification_topic_arn",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "IpDiscovery": "ip_discovery",
    "ClusterMode": "cluster_mode",
}
"""Parameters of a modification that one field of the group takes as they are."""
_SHARED: Final = frozenset({"CacheNodeType", "CacheParameterGroupName", "Engine", "EngineVersion"})
"""What all members of a global datastore have alike."""


def _answer(group: ReplicationGroup) -> dict[str, Any]:
    return {"ReplicationGroup": describe_group(group)}


def _keep(call: Call, group: ReplicationGroup) -> dict[str, Any]:
    refuse_group(call, group)
    call.groups[group.replication_group_id] = group
    return _answer(group)


def _engine(engine: str, version: str | None) -> tuple[str, str]:
    """Give the engine and the version that runs for what a request names."""
    if engine.lower() not in VERSIONS:
        refuse(_VALUE, f"Engine must be one of {', '.join(VERSIONS)} in a replication group, got {engine}")
    found = resolve(engine.lower(), version)
    if found is None:
        refuse(_COMBINATION, f"Cannot find version {version} for {engine}")
    return engine.lower(), found


def create(call: Call) -> dict[str, Any]:
    """CreateReplicationGroup."""
    id_ = identifier("ReplicationGroupId", call.text("ReplicationGroupId"), 40)
    if id_ in call.groups:
        refuse("ReplicationGroupAlreadyExists", f"Replication group {id_} already exists.")
    for unsupported in ("PrimaryClusterId", "NodeGroupConfiguration", "Durability"):
        if call.get(unsupported):
            refuse(_VALUE, f"the local cloud does not imitate {unsupported}")
    refuse_both(call, "NumCacheClusters", ("NumNodeGroups", "ReplicasPerNodeGroup"))
    datastore = call.get("GlobalReplicationGroupId")
    if datastore:
        call = _like_primary(call, secondary(call, datastore))
    engine, version = _engine(call.get("Engine", "redis"), call.get("EngineVersion"))
    mode, parameters = _mode(call, engine, version)
    group = ReplicationGroup(
        arn=call.arn("replicationgroup", id_),
        replication_group_id=id_,
        created=datetime.now(UTC),
        description=call.text("ReplicationGroupDescription"),
        engine=engine,
        engine_version=version,
        cache_node_type=call.get("CacheNodeType", ""),
        cluster_mode=mode,
        shards=_shards(call, id_, clustered=mode == "enabled"),
        zones=_zones(call),
        cache_parameter_group_name=parameters,
        cache_subnet_group_name=call.get("CacheSubnetGroupName", "").lower() or None,
        security_groups=tuple(call.get("SecurityGroupIds", [])),
        port=call.get("Port", 6379),
        failover=call.get("AutomaticFailoverEnabled", False),
        multi_az=call.get("MultiAZEnabled", False),
        tls_mode=_tls(call, None),
        at_rest_encryption=call.get("AtRestEncryptionEnabled", False),
        kms_key_id=call.get("KmsKeyId"),
        auth_token=call.get("AuthToken"),
        user_groups=tuple(one.lower() for one in call.get("UserGroupIds", [])),
        logs=tuple(known_log(one) for one in call.get("LogDeliveryConfigurations", [])),
        snapshot_retention_limit=call.get("SnapshotRetentionLimit", 0),
        snapshot_window=call.get("SnapshotWindow", "03:30-04:30"),
        snapshotting_cluster=None,
        preferred_maintenance_window=call.get("PreferredMaintenanceWindow", "sun:05:00-sun:06:00").lower(),
        notification_topic_arn=call.get("NotificationTopicArn"),
        auto_minor_version_upgrade=call.get("AutoMinorVersionUpgrade", True),
        data_tiering=call.get("DataTieringEnabled", False),
        network_type=call.get("NetworkType", "ipv4"),
        ip_discovery=call.get("IpDiscovery", "ipv4"),
    )
    if (name := call.get("SnapshotName")) and name not in call.backend.snapshots:
        refuse("SnapshotNotFoundFault", f"Snapshot {name} not found.")
    if datastore:
        refuse_group(call, group)
        group = join(call, datastore, group)
    answer = _keep(call, group)
    call.tag(group.arn)
    return answer


def _like_primary(call: Call, primary: ReplicationGroup) -> Call:
    """Give the request of a secondary with all that is its primary's."""
    nodes = call.get("NumCacheClusters")
    own = {key: value for key, value in call.params.items() if key != "NumCacheClusters"}
    encrypted = {"TransitEncryptionMode": primary.tls_mode} if primary.tls_mode else {}
    token = {"AuthToken": primary.auth_token} if primary.auth_token else {}
    like = {
        "AtRestEncryptionEnabled": primary.at_rest_encryption,
        "AutomaticFailoverEnabled": call.get("AutomaticFailoverEnabled", primary.cluster_mode == "enabled"),
        "CacheNodeType": primary.cache_node_type,
        "CacheParameterGroupName": primary.cache_parameter_group_name,
        "ClusterMode": primary.cluster_mode,
        "DataTieringEnabled": primary.data_tiering,
        "Engine": primary.engine,
        "EngineVersion": primary.engine_version,
        "NumNodeGroups": len(primary.shards),
        "ReplicasPerNodeGroup": call.get("ReplicasPerNodeGroup", 0) if nodes is None else nodes - 1,
        "TransitEncryptionEnabled": primary.tls_mode is not None,
    }
    return replace(call, params={**own, **like, **encrypted, **token})


def _refuse_member(group: ReplicationGroup, what: str) -> None:
    """Refuse for a member of a global datastore what only the datastore may ask for."""
    if group.global_group:
        refuse(
            "InvalidReplicationGroupState",
            f"{what} cannot be done to replication group {group.replication_group_id}: it is a member of the global "
            f"datastore {group.global_group}",
        )


def _mode(call: Call, engine: str, version: str) -> tuple[str, str]:
    """Give cluster mode and parameter group: one says the other where a request names one only."""
    mode, name = call.get("ClusterMode"), call.get("CacheParameterGroupName", "").lower()
    if name and mode is None:
        mode = "enabled" if call.parameter_group(name).clustered else "disabled"
    return mode or "disabled", name or _default_group(engine, version, clustered=mode in ("enabled", "compatible"))


def _default_group(engine: str, version: str, *, clustered: bool) -> str:
    return f"default.{family(engine, version)}{'.cluster.on' if clustered else ''}"


def _shards(call: Call, id_: str, *, clustered: bool) -> tuple[Shard, ...]:
    nodes = call.get("NumCacheClusters")
    replicas = call.get("ReplicasPerNodeGroup", 0) if nodes is None else nodes - 1
    count = call.get("NumNodeGroups", 1)
    if count < 1 or replicas < 0:
        refuse(_VALUE, f"a replication group has at least 1 node group with 1 node, got {count} with {replicas + 1}")
    return tuple(new_shard(id_, number, replicas, clustered=clustered) for number in range(1, count + 1))


def _zones(call: Call) -> tuple[str, ...]:
    """Give the zones that the nodes of each shard go to, in turn."""
    if asked := call.get("PreferredCacheClusterAZs", []):
        return tuple(asked)
    group = call.backend.cache_subnet_groups.get(call.get("CacheSubnetGroupName", "").lower())
    found = sorted({zone_of(subnet) for subnet in group.subnets}) if group else []
    region = call.backend.region_name
    return tuple(found) or (f"{region}a", f"{region}b", f"{region}c")


def _tls(call: Call, now: str | None) -> str | None:
    """Give the mode of encryption in transit after a request; *now* is the one before it."""
    enabled = call.get("TransitEncryptionEnabled", now is not None)
    mode = call.get("TransitEncryptionMode")
    if mode not in (None, "preferred", "required"):
        refuse(_VALUE, f"TransitEncryptionMode must be preferred or required, got {mode}")
    if not enabled:
        if mode and call.get("TransitEncryptionEnabled") is not None and now is None:
            refuse(_COMBINATION, "TransitEncryptionMode can only be given when encryption-in-transit is enabled.")
        return None
    return mode or now or "required"


def describe(call: Call) -> dict[str, Any]:
    """DescribeReplicationGroups."""
    named = call.get("ReplicationGroupId")
    groups = [call.group(named)] if named else list(call.groups.values())
    return {"ReplicationGroups": [describe_group(group) for group in groups]}


# Changes


def modify(call: Call) -> dict[str, Any]:
    """ModifyReplicationGroup: everything applies at once, whatever ApplyImmediately says."""
    before = call.group(call.text("ReplicationGroupId"))
    if shared := sorted(_SHARED & call.params.keys()):
        _refuse_member(before, f"A modification of {', '.join(shared)}")
    engine, version = before.engine, before.engine_version
    if "Engine" in call.params or "EngineVersion" in call.params:
        wanted = call.get("Engine", engine).lower()
        stays = version if wanted == engine else DEFAULT_VERSION.get(wanted)
        engine, version = _engine(wanted, call.get("EngineVersion", stays))
    after = replace(
        before,
        engine=engine,
        engine_version=version,
        tls_mode=_tls(call, before.tls_mode),
        auth_token=_auth_token(call, before),
        user_groups=_user_groups(call, before),
        logs=_logs(call, before),
        cache_parameter_group_name=_parameter_group(call, before),
        security_groups=tuple(call.get("SecurityGroupIds", before.security_groups)),
        preferred_maintenance_window=call.get(
            "PreferredMaintenanceWindow", before.preferred_maintenance_window
        ).lower(),
        **{field: call.params[name] for name, field in _PLAIN.items() if call.get(name) is not None},
    )
    if call.get("NotificationTopicStatus") == "inactive":
        after = replace(after, notification_topic_arn=None)
    refuse_change(call, before, after)
    return _keep(call, after)


def _parameter_group(call: Call, before: ReplicationGroup) -> str:
    """Give the parameter group after a request: AWS's own follows the cluster mode, another does not."""
    if name := call.get("CacheParameterGroupName"):
        return call.parameter_group(name).name
    own = call.default_parameter_groups()
    name = before.cache_parameter_group_name
    if name in own and call.get("ClusterMode") in ("compatible", "enabled"):
        return f"{name.removesuffix('.cluster.on')}.cluster.on"
    return name


def _auth_token(call: Call, before: ReplicationGroup) -> str | None:
    strategy = call.get("AuthTokenUpdateStrategy")
    if strategy not in (None, "SET", "ROTATE", "DELETE"):
        refuse(_VALUE, f"AuthTokenUpdateStrategy must be SET, ROTATE or DELETE, got {strategy}")
    if strategy == "DELETE":
        if not call.get("UserGroupIdsToAdd"):
            refuse(_VALUE, "Auth token update strategy delete is only supported while transitioning to RBAC")
        return None
    token = call.get("AuthToken")
    if (token or strategy) and before.tls_mode is None:
        refuse(_VALUE, "The AUTH token modification is only supported when encryption-in-transit is enabled.")
    if strategy and not token:
        refuse(_COMBINATION, "AuthTokenUpdateStrategy must be given together with AuthToken.")
    return token or before.auth_token


def _user_groups(call: Call, before: ReplicationGroup) -> tuple[str, ...]:
    come = [one.lower() for one in call.get("UserGroupIdsToAdd", [])]
    go = [one.lower() for one in call.get("UserGroupIdsToRemove", [])]
    if strangers := sorted(set(go) - set(before.user_groups)):
        refuse("InvalidParameterValue", f"User group {strangers[0]} is not associated with the replication group.")
    kept = () if call.get("RemoveUserGroups", False) else tuple(one for one in before.user_groups if one not in go)
    return tuple(dict.fromkeys((*kept, *come)))


def _logs(call: Call, before: ReplicationGroup) -> tuple[Mapping[str, Any], ...]:
    """Give the log deliveries after a request: each type it names is replaced, or ends."""
    logs = {one["LogType"]: one for one in before.logs}
    for one in call.get("LogDeliveryConfigurations", []):
        if one.get("Enabled") is False:
            logs.pop(one.get("LogType"), None)
        else:
            logs[one.get("LogType")] = known_log(one)
    return tuple(logs.values())


# Scaling


def increase(call: Call) -> dict[str, Any]:
    """IncreaseReplicaCount."""
    return _keep(call, _with_replicas(call, more=True))


def decrease(call: Call) -> dict[str, Any]:
    """DecreaseReplicaCount."""
    return _keep(call, _with_replicas(call, more=False))


def _with_replicas(call: Call, *, more: bool) -> ReplicationGroup:
    group = call.group(call.text("ReplicationGroupId"))
    wanted = call.get("NewReplicaCount")
    if wanted is None:
        refuse(_VALUE, "the local cloud wants NewReplicaCount: it does not scale single node groups")
    now = len(group.shards[0].members) - 1
    if (wanted <= now) if more else (wanted >= now or wanted < 0):
        direction = "greater" if more else "less"
        refuse(_VALUE, f"The new replica count must be {direction} than the present one, which is {now}, got {wanted}")
    return replace(group, shards=tuple(resized(shard, wanted) for shard in group.shards))


def reshard(call: Call) -> dict[str, Any]:
    """ModifyReplicationGroupShardConfiguration: shards come and go, and share the slots evenly."""
    group = call.group(call.text("ReplicationGroupId"))
    _refuse_member(group, "Resharding")
    if group.cluster_mode != "enabled":
        refuse(
            _COMBINATION,
            f"The shard configuration of replication group {group.replication_group_id} cannot be changed: "
            f"cluster mode must be enabled, it is {group.cluster_mode}",
        )
    wanted, present = call.params["NodeGroupCount"], len(group.shards)
    if wanted < 1 or wanted == present:
        refuse(_VALUE, f"NodeGroupCount must be at least 1 and differ from the present {present}, got {wanted}")
    shards = _fewer(call, group, wanted) if wanted < present else _more(group, wanted)
    return _keep(call, replace(group, shards=shards))


def _more(group: ReplicationGroup, wanted: int) -> tuple[Shard, ...]:
    shards, replicas, number = list(group.shards), len(group.shards[0].members) - 1, 0
    while len(shards) < wanted:
        number += 1
        if f"{number:04d}" not in {shard.id for shard in shards}:
            shards.append(new_shard(group.replication_group_id, number, replicas, clustered=True))
    return tuple(sorted(shards, key=lambda shard: shard.id))


def _fewer(call: Call, group: ReplicationGroup, wanted: int) -> tuple[Shard, ...]:
    refuse_both(call, "NodeGroupsToRemove", ("NodeGroupsToRetain",))
    ids = {shard.id for shard in group.shards}
    go = set(call.get("NodeGroupsToRemove", [])) or ids - set(call.get("NodeGroupsToRetain", ids))
    if not go <= ids:
        refuse("NodeGroupNotFoundFault", f"The node group {', '.join(sorted(go - ids))} does not exist.")
    if len(ids) - len(go) != wanted:
        refuse(
            _VALUE,
            "NodeGroupsToRemove or NodeGroupsToRetain is required to reduce the number of node groups, and must leave "
            f"as many as NodeGroupCount says: {wanted}, it would leave {len(ids) - len(go)}",
        )
    return tuple(shard for shard in group.shards if shard.id not in go)


def delete(call: Call) -> dict[str, Any]:
    """DeleteReplicationGroup: gone at once, with a last snapshot where one is asked for."""
    group = call.group(call.text("ReplicationGroupId"))
    _refuse_member(group, "Deletion")
    if call.get("RetainPrimaryCluster", False):
        refuse(_VALUE, "the local cloud does not imitate RetainPrimaryCluster")
    if name := call.get("FinalSnapshotIdentifier"):
        call.backend.create_snapshot(
            snapshot_name=name,
            replication_group_id=group.replication_group_id,
            cache_cluster_id=None,
            kms_key_id=group.kms_key_id,
            tags=None,
        )
    del call.groups[group.replication_group_id]
    call.backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return {"ReplicationGroup": {**describe_group(group), "Status": "deleting"}}
