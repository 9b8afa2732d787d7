"""ElastiCache's replication groups."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.moto.elasticache_facts import FIRST_TLS_CHANGE, numbers, resolve
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.elasticache_tags import tags_of
from localcloud.resources.foresight import secrets_encrypted, windows_apart
from localcloud.resources.kms import same_key
from localcloud.resources.replication_group_changes import SETTINGS, update_group, written_log
from localcloud.resources.replication_group_rules import MAX_ID, RULES
from localcloud.tags import to_aws
from localcloud.wire import Props

_AT_CREATION: Final[Mapping[str, str]] = {
    **SETTINGS,
    "atRestEncryptionEnabled": "AtRestEncryptionEnabled",
    "authToken": "AuthToken",
    "authTokenWo": "AuthToken",
    "dataTieringEnabled": "DataTieringEnabled",
    "globalReplicationGroupId": "GlobalReplicationGroupId",
    "kmsKeyId": "KmsKeyId",
    "networkType": "NetworkType",
    "numCacheClusters": "NumCacheClusters",
    "numNodeGroups": "NumNodeGroups",
    "port": "Port",
    "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
    "replicasPerNodeGroup": "ReplicasPerNodeGroup",
    "replicationGroupId": "ReplicationGroupId",
    "snapshotArns": "SnapshotArns",
    "snapshotName": "SnapshotName",
    "subnetGroupName": "CacheSubnetGroupName",
    "userGroupIds": "UserGroupIds",
}


def _defaults(inputs: Props) -> dict[str, Any]:
    """Give what the provider says where the program does not; a secondary of a datastore has it from its primary."""
    if "globalReplicationGroupId" in inputs:
        return {}
    plain = {"engine": ("Engine", "redis"), "transitEncryptionEnabled": ("TransitEncryptionEnabled", False)}
    return {name: value for key, (name, value) in plain.items() if inputs.get(key) is None}


def _create(cloud: Cloud, inputs: Props) -> str:
    request = {theirs: inputs[ours] for ours, theirs in _AT_CREATION.items() if inputs.get(ours) not in (None, [])}
    made = cloud.aws("elasticache").create_replication_group(
        **_defaults(inputs),
        **request,
        LogDeliveryConfigurations=[written_log(one) for one in inputs.get("logDeliveryConfigurations") or ()],
        Tags=to_aws(inputs.get("tags")),
    )
    return made["ReplicationGroup"]["ReplicationGroupId"]


# Reading


def _read(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("elasticache")
    try:
        group = aws.describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"][0]
    except aws.exceptions.ReplicationGroupNotFoundFault:
        return None
    first = group["NodeGroups"][0]
    member = first["NodeGroupMembers"][0]["CacheClusterId"]
    node = aws.describe_cache_clusters(CacheClusterId=member, ShowCacheNodeInfo=True)["CacheClusters"][0]
    props: Props = {
        "arn": group["ARN"],
        "replicationGroupId": group["ReplicationGroupId"],
        "description": group["Description"],
        "automaticFailoverEnabled": group["AutomaticFailover"] == "enabled",
        "multiAzEnabled": group["MultiAZ"] == "enabled",
        "memberClusters": group["MemberClusters"],
        "numCacheClusters": len(group["MemberClusters"]),
        "numNodeGroups": len(group["NodeGroups"]),
        "replicasPerNodeGroup": len(first["NodeGroupMembers"]) - 1,
        "clusterEnabled": group["ClusterEnabled"],
        "clusterMode": group["ClusterMode"],
        "dataTieringEnabled": group["DataTiering"] == "enabled",
        "ipDiscovery": group["IpDiscovery"],
        "networkType": group["NetworkType"],
        "logDeliveryConfigurations": [_program_log(one) for one in group["LogDeliveryConfigurations"]],
        "snapshotWindow": group["SnapshotWindow"],
        "snapshotRetentionLimit": group["SnapshotRetentionLimit"],
        "userGroupIds": group["UserGroupIds"],
        "atRestEncryptionEnabled": group["AtRestEncryptionEnabled"],
        "transitEncryptionEnabled": group["TransitEncryptionEnabled"],
        "tags": tags_of(cloud, group["ARN"]),
        **_from_node(node),
        **_endpoints(group, first),
    }
    if datastore := group.get("GlobalReplicationGroupInfo", {}).get("GlobalReplicationGroupId"):
        props["globalReplicationGroupId"] = datastore
    for ours, theirs in (("kmsKeyId", "KmsKeyId"), ("transitEncryptionMode", "TransitEncryptionMode")):
        if theirs in group:
            props[ours] = group[theirs]
    return props


def _from_node(node: dict[str, Any]) -> Props:
    """Give what AWS tells of nodes only, as the official provider reads it from the first."""
    actual = node["EngineVersion"]
    major, minor, _ = actual.split(".")
    props: Props = {
        "nodeType": node["CacheNodeType"],
        "engine": node["Engine"],
        "engineVersion": actual if int(major) < 6 else f"{major}.{minor}",  # noqa: PLR2004  5 was the last with patches
        "engineVersionActual": actual,
        "parameterGroupName": node["CacheParameterGroup"]["CacheParameterGroupName"],
        "subnetGroupName": node["CacheSubnetGroupName"],
        "securityGroupIds": [one["SecurityGroupId"] for one in node["SecurityGroups"]],
        "maintenanceWindow": node["PreferredMaintenanceWindow"],
        "autoMinorVersionUpgrade": node["AutoMinorVersionUpgrade"],
    }
    if topic := node.get("NotificationConfiguration"):
        props["notificationTopicArn"] = topic["TopicArn"]
    return props


def _endpoints(group: dict[str, Any], shard: dict[str, Any]) -> Props:
    """Give the addresses that there are: a cluster has one for all shards, and none of a primary or of readers."""
    props: Props = {}
    if endpoint := group.get("ConfigurationEndpoint"):
        props |= {"configurationEndpointAddress": endpoint["Address"], "port": endpoint["Port"]}
    if endpoint := shard.get("PrimaryEndpoint"):
        props |= {"primaryEndpointAddress": endpoint["Address"], "port": endpoint["Port"]}
    if endpoint := shard.get("ReaderEndpoint"):
        props["readerEndpointAddress"] = endpoint["Address"]
    return props


def _program_log(one: dict[str, Any]) -> Props:
    details = one["DestinationDetails"]
    destination = (
        details.get("CloudWatchLogsDetails", {}).get("LogGroup") or details["KinesisFirehoseDetails"]["DeliveryStream"]
    )
    return {
        "destination": destination,
        "destinationType": one["DestinationType"],
        "logFormat": one["LogFormat"],
        "logType": one["LogType"],
    }


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    aws = cloud.aws("elasticache")
    final = {"FinalSnapshotIdentifier": name} if (name := state.get("finalSnapshotIdentifier")) else {}
    try:
        _leave_datastore(cloud, id_)
        aws.delete_replication_group(ReplicationGroupId=id_, **final)
    except aws.exceptions.ReplicationGroupNotFoundFault:
        return


def _leave_datastore(cloud: Cloud, id_: str) -> None:
    """Take a secondary out of its global datastore, as the official provider does before it deletes it."""
    aws = cloud.aws("elasticache")
    member = aws.describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"][0].get(
        "GlobalReplicationGroupInfo", {}
    )
    if member.get("GlobalReplicationGroupMemberRole") == "SECONDARY":
        aws.disassociate_global_replication_group(
            GlobalReplicationGroupId=member["GlobalReplicationGroupId"],
            ReplicationGroupId=id_,
            ReplicationGroupRegion=cloud.region,
        )


def _replaces(olds: Props, news: Props) -> Iterator[str]:
    """Name the changes that replace because of their direction."""
    before, after = olds.get("engine", "redis"), news.get("engine", olds.get("engine", "redis"))
    if before == "valkey" and after == "redis":
        yield "engine"
    old, new = olds.get("engineVersion"), news.get("engineVersion")
    old_actual, new_actual = resolve(before, old), resolve(after, new)
    if old and new and old_actual and new_actual and before == after and numbers(new_actual) < numbers(old_actual):
        yield "engineVersion"
    if old_actual and numbers(old_actual) < FIRST_TLS_CHANGE:
        yield "transitEncryptionEnabled"


def _same_version(one: str, other: str) -> bool:
    """`6.x` means every 6."""
    return one == other or ("6.x" in (one, other) and one[:2] == other[:2])


REPLICATION_GROUP: Final = ResourceType(
    type="aws:elasticache/replicationGroup:ReplicationGroup",
    create=_create,
    read=_read,
    update=update_group,
    delete=_delete,
    applied=frozenset(SETTINGS)
    | {"atRestEncryptionEnabled", "dataTieringEnabled", "kmsKeyId", "logDeliveryConfigurations", "networkType"}
    | {"globalReplicationGroupId"}
    | {"numCacheClusters", "numNodeGroups", "port", "replicasPerNodeGroup", "replicationGroupId", "subnetGroupName"}
    | {"tags", "userGroupIds"},
    remembered=frozenset(
        {"authToken", "authTokenWoVersion", "preferredCacheClusterAzs", "snapshotArns", "snapshotName"}
    ),
    steering=frozenset({"applyImmediately", "authTokenUpdateStrategy", "finalSnapshotIdentifier"}),
    write_only=frozenset({"authTokenWo"}),
    required=frozenset({"description"}),
    outputs=frozenset(
        {"arn", "clusterEnabled", "configurationEndpointAddress", "engineVersionActual", "memberClusters"}
        | {"primaryEndpointAddress", "readerEndpointAddress"}
    ),
    replace=frozenset(
        {"atRestEncryptionEnabled", "dataTieringEnabled", "kmsKeyId", "networkType", "port", "replicationGroupId"}
        | {"globalReplicationGroupId", "snapshotArns", "snapshotName", "subnetGroupName"}
    ),
    replaces=_replaces,
    sticky=frozenset(
        {"applyImmediately", "atRestEncryptionEnabled", "autoMinorVersionUpgrade", "clusterMode", "dataTieringEnabled"}
        | {
            "engine",
            "engineVersion",
            "globalReplicationGroupId",
            "ipDiscovery",
            "maintenanceWindow",
            "networkType",
            "nodeType",
            "numCacheClusters",
        }
        | {"numNodeGroups", "parameterGroupName", "port", "replicasPerNodeGroup", "securityGroupIds", "snapshotWindow"}
        | {"globalReplicationGroupId", "subnetGroupName", "transitEncryptionEnabled", "transitEncryptionMode"}
    ),
    name=AutoName(property="replicationGroupId", max_length=MAX_ID, lower=True),
    rules=(*RULES, secrets_encrypted, windows_apart("snapshotWindow", "maintenanceWindow")),
    same={
        "engineVersion": _same_version,
        "kmsKeyId": same_key,
        "maintenanceWindow": lambda one, other: one.lower() == other.lower(),
        "replicationGroupId": lambda one, other: one.lower() == other.lower(),
    },
    not_imitated="no server runs behind the endpoints; changes never wait for the maintenance window; snapshots hold "
    "no data; node group configurations; durability",
)
