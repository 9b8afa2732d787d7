"""What a replication group looks like to those who ask: the group, its shards and its nodes."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from localcloud.moto.elasticache_facts import SLOTS
from localcloud.moto.elasticache_state import Call, ReplicationGroup, Shard

_NODE: Final = "0001"
"""A node has one cache node, and this is its id."""


def describe_group(group: ReplicationGroup) -> dict[str, Any]:
    """Describe a group as DescribeReplicationGroups does."""
    described: dict[str, Any] = {
        "ReplicationGroupId": group.replication_group_id,
        "Description": group.description,
        "Status": "available",
        "PendingModifiedValues": {},
        "MemberClusters": group.members,
        "NodeGroups": [_shard(group, number, shard) for number, shard in enumerate(group.shards)],
        "AutomaticFailover": group.automatic_failover,
        "MultiAZ": "enabled" if group.multi_az else "disabled",
        "SnapshotRetentionLimit": group.snapshot_retention_limit,
        "SnapshotWindow": group.snapshot_window,
        "ClusterEnabled": group.clustered,
        "ClusterMode": group.cluster_mode,
        "CacheNodeType": group.cache_node_type,
        "AuthTokenEnabled": group.auth_token is not None,
        "TransitEncryptionEnabled": group.tls_mode is not None,
        "AtRestEncryptionEnabled": group.at_rest_encryption,
        "ARN": group.arn,
        "UserGroupIds": list(group.user_groups),
        "LogDeliveryConfigurations": _logs(group),
        "ReplicationGroupCreateTime": group.created,
        "DataTiering": "enabled" if group.data_tiering else "disabled",
        "AutoMinorVersionUpgrade": group.auto_minor_version_upgrade,
        "NetworkType": group.network_type,
        "IpDiscovery": group.ip_discovery,
        "Engine": group.engine,
    }
    if group.global_group:
        described["GlobalReplicationGroupInfo"] = {
            "GlobalReplicationGroupId": group.global_group,
            "GlobalReplicationGroupMemberRole": group.global_role,
        }
    if group.tls_mode:
        described["TransitEncryptionMode"] = group.tls_mode
    if group.kms_key_id:
        described["KmsKeyId"] = group.kms_key_id
    if group.snapshotting_cluster:
        described["SnapshottingClusterId"] = group.snapshotting_cluster
    if group.clustered:
        described["ConfigurationEndpoint"] = _endpoint(group, "clustercfg")
    return described


def _logs(group: ReplicationGroup) -> list[dict[str, Any]]:
    return [{**one, "Status": "active"} for one in group.logs]


def _shard(group: ReplicationGroup, number: int, shard: Shard) -> dict[str, Any]:
    described: dict[str, Any] = {
        "NodeGroupId": shard.id,
        "Status": "available",
        "NodeGroupMembers": [_member(group, place, member) for place, member in enumerate(shard.members)],
    }
    if group.clustered:
        described["Slots"] = slots(number, len(group.shards))
    if group.cluster_mode != "enabled":
        described |= {"PrimaryEndpoint": _endpoint(group, "master"), "ReaderEndpoint": _endpoint(group, "replica")}
        for place, member in enumerate(described["NodeGroupMembers"]):
            member["CurrentRole"] = "replica" if place else "primary"
            member["ReadEndpoint"] = _node_endpoint(group, member["CacheClusterId"])
    return described


def _member(group: ReplicationGroup, place: int, member: str) -> dict[str, Any]:
    return {"CacheClusterId": member, "CacheNodeId": _NODE, "PreferredAvailabilityZone": _zone(group, place)}


def _zone(group: ReplicationGroup, place: int) -> str:
    return group.zones[place % len(group.zones)]


def slots(number: int, shards: int) -> str:
    """Give the slots of a shard, which share all of them as evenly as can be: 0 of 3 -> `0-5460`."""
    first, after = (SLOTS * number + shards - 1) // shards, (SLOTS * (number + 1) + shards - 1) // shards
    return f"{first}-{after - 1}"


# Endpoints


def domain(arn: str) -> str:
    """`AB12CD.euc1.cache.amazonaws.com`: the first part is the account's, the second the region's short name."""
    region = arn.split(":")[3]
    area, place, number = region.split("-")[0], region.split("-")[1:-1], region.rpartition("-")[2]
    short = "".join(part[0] for word in place for part in _points(word))
    account = sha256(arn.split(":")[4].encode()).hexdigest()[:6]
    return f"{account}.{area}{short}{number}.cache.amazonaws.com"


def _points(word: str) -> Iterable[str]:
    """`southeast` -> south, east; `central` stays."""
    for first in ("north", "south"):
        if word.startswith(first) and word != first:
            return (first, word.removeprefix(first))
    return (word,)


def _endpoint(group: ReplicationGroup, role: str) -> dict[str, Any]:
    """Give an endpoint of the group: with TLS the role comes first, without it inside."""
    account, _, rest = domain(group.arn).partition(".")
    name = group.replication_group_id
    if group.tls_mode:
        address = f"{role}.{name}.{account}.{rest}"
    else:
        plain = {"clustercfg": (name, "clustercfg"), "master": (name, "ng.0001"), "replica": (f"{name}-ro", "ng.0001")}
        first, inside = plain[role]
        address = f"{first}.{account}.{inside}.{rest}"
    return {"Address": address, "Port": group.port}


def _node_endpoint(group: ReplicationGroup, member: str) -> dict[str, Any]:
    account, _, rest = domain(group.arn).partition(".")
    middle = f"{group.replication_group_id}.{account}" if group.tls_mode else f"{account}.0001"
    return {"Address": f"{member}.{middle}.{rest}", "Port": group.port}


# Nodes


def describe_node(group: ReplicationGroup, member: str, *, nodes: bool) -> dict[str, Any]:
    """Describe a node as DescribeCacheClusters does; *nodes* adds its endpoint."""
    place = next(shard.members.index(member) for shard in group.shards if member in shard.members)
    described: dict[str, Any] = {
        "CacheClusterId": member,
        "ARN": group.arn.replace(f":replicationgroup:{group.replication_group_id}", f":cluster:{member}"),
        "ReplicationGroupId": group.replication_group_id,
        "CacheNodeType": group.cache_node_type,
        "Engine": group.engine,
        "EngineVersion": group.engine_version,
        "CacheClusterStatus": "available",
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": _zone(group, place),
        "CacheClusterCreateTime": group.created,
        "PreferredMaintenanceWindow": group.preferred_maintenance_window,
        "PendingModifiedValues": {},
        "CacheSecurityGroups": [],
        "CacheParameterGroup": {
            "CacheParameterGroupName": group.cache_parameter_group_name,
            "ParameterApplyStatus": "in-sync",
            "CacheNodeIdsToReboot": [],
        },
        "CacheSubnetGroupName": group.cache_subnet_group_name or "default",
        "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in group.security_groups],
        "AutoMinorVersionUpgrade": group.auto_minor_version_upgrade,
        "SnapshotRetentionLimit": group.snapshot_retention_limit if _snapshots(group, member) else 0,
        "SnapshotWindow": group.snapshot_window,
        "AuthTokenEnabled": group.auth_token is not None,
        "TransitEncryptionEnabled": group.tls_mode is not None,
        "AtRestEncryptionEnabled": group.at_rest_encryption,
        "ReplicationGroupLogDeliveryEnabled": bool(group.logs),
        "LogDeliveryConfigurations": _logs(group),
        "NetworkType": group.network_type,
        "IpDiscovery": group.ip_discovery,
    }
    if group.tls_mode:
        described["TransitEncryptionMode"] = group.tls_mode
    if group.notification_topic_arn:
        topic = {"TopicArn": group.notification_topic_arn, "TopicStatus": "active"}
        described["NotificationConfiguration"] = topic
    if nodes:
        node = {
            "CacheNodeId": _NODE,
            "CacheNodeStatus": "available",
            "CacheNodeCreateTime": group.created,
            "Endpoint": _node_endpoint(group, member),
            "ParameterGroupStatus": "in-sync",
            "CustomerAvailabilityZone": _zone(group, place),
        }
        described["CacheNodes"] = [node]
    return described


def _snapshots(group: ReplicationGroup, member: str) -> bool:
    return group.cluster_mode == "enabled" or group.snapshotting_cluster in (None, member)


def describe_nodes(call: Call) -> dict[str, Any]:
    """DescribeCacheClusters: nodes of replication groups, and moto's own clusters."""
    named, nodes = call.get("CacheClusterId"), bool(call.get("ShowCacheNodeInfo", False))
    owners = {member: group for group in call.groups.values() for member in group.members}
    if named and named.lower() in owners:
        member = named.lower()
        return {"CacheClusters": [describe_node(owners[member], member, nodes=nodes)]}
    alone = call.backend.describe_cache_clusters(named)
    if named or call.get("ShowCacheClustersNotInReplicationGroups", False):
        return {"CacheClusters": alone}
    return {"CacheClusters": [*(describe_node(group, one, nodes=nodes) for one, group in owners.items()), *alone]}


# Shards


def new_shard(group_id: str, number: int, replicas: int, *, clustered: bool) -> Shard:
    """Give a shard with the ids that AWS gives its nodes; *number* counts from 1."""
    prefix = f"{group_id}-{number:04d}" if clustered else group_id
    return Shard(id=f"{number:04d}", members=tuple(f"{prefix}-{place:03d}" for place in range(1, replicas + 2)))


def resized(shard: Shard, replicas: int) -> Shard:
    """Give the shard with that many replicas: new ids are the first free ones, and the last ones go."""
    members = list(shard.members[: replicas + 1])
    prefix, place = members[0].rpartition("-")[0], 0
    while len(members) < replicas + 1:
        place += 1
        if (name := f"{prefix}-{place:03d}") not in members:
            members.append(name)
    return replace(shard, members=tuple(members))
