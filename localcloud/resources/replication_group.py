"""ElastiCache's replication groups."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.difference import agree
from localcloud.moto.elasticache_facts import FIRST_TLS_CHANGE, MAX_SNAPSHOT_DAYS, numbers, resolve
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.elasticache_tags import tags_of, update_tags
from localcloud.resources.kms import same_key
from localcloud.tags import to_aws
from localcloud.wire import Props

_ID: Final = re.compile(r"[A-Za-z](-?[0-9A-Za-z])*")
_MAX_ID: Final = 40
# The official provider's: a patch level only up to version 5, `6.x` for the newest 6.
_VERSION: Final = re.compile(r"[1-5]\.\d+\.\d+|6\.x|[6-9]\.\d+")
_COUNTS: Final = ("numNodeGroups", "replicasPerNodeGroup")
_RETENTION: Final = "SnapshotRetentionLimit"
_SNAPSHOTTING: Final = "SnapshottingClusterId"

# The program's word -> AWS's, for what a creation and a modification take alike.
_SETTINGS: Final[Mapping[str, str]] = {
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "automaticFailoverEnabled": "AutomaticFailoverEnabled",
    "clusterMode": "ClusterMode",
    "description": "ReplicationGroupDescription",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "ipDiscovery": "IpDiscovery",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "multiAzEnabled": "MultiAZEnabled",
    "nodeType": "CacheNodeType",
    "notificationTopicArn": "NotificationTopicArn",
    "parameterGroupName": "CacheParameterGroupName",
    "securityGroupIds": "SecurityGroupIds",
    "snapshotRetentionLimit": _RETENTION,
    "snapshotWindow": "SnapshotWindow",
    "transitEncryptionEnabled": "TransitEncryptionEnabled",
    "transitEncryptionMode": "TransitEncryptionMode",
}
_AT_CREATION: Final[Mapping[str, str]] = {
    **_SETTINGS,
    "atRestEncryptionEnabled": "AtRestEncryptionEnabled",
    "authToken": "AuthToken",
    "authTokenWo": "AuthToken",
    "dataTieringEnabled": "DataTieringEnabled",
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
_WHEN_DROPPED: Final[Mapping[str, Any]] = {
    "automaticFailoverEnabled": False,
    "multiAzEnabled": False,
    "snapshotRetentionLimit": 0,
}
"""What a setting goes back to when the program no longer mentions it; the others stay as they are."""


def _log(one: Props) -> dict[str, Any]:
    place = (
        {"CloudWatchLogsDetails": {"LogGroup": one["destination"]}}
        if one["destinationType"] == "cloudwatch-logs"
        else {"KinesisFirehoseDetails": {"DeliveryStream": one["destination"]}}
    )
    return {
        "LogType": one["logType"],
        "LogFormat": one["logFormat"],
        "DestinationType": one["destinationType"],
        "DestinationDetails": place,
        "Enabled": True,
    }


def _create(cloud: Cloud, inputs: Props) -> str:
    request = {theirs: inputs[ours] for ours, theirs in _AT_CREATION.items() if inputs.get(ours) not in (None, [])}
    made = cloud.aws("elasticache").create_replication_group(
        **{"Engine": "redis", "TransitEncryptionEnabled": False, **request},
        LogDeliveryConfigurations=[_log(one) for one in inputs.get("logDeliveryConfigurations") or ()],
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


# Changing


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    """Change in the official provider's order: shards, replicas, settings, access, and fewer nodes last."""
    aws = cloud.aws("elasticache")
    nodes = _change(olds, news, "numCacheClusters")
    if any(_change(olds, news, count) for count in _COUNTS):
        _scale(cloud, id_, olds, news)
    elif nodes and nodes[1] > nodes[0]:
        aws.increase_replica_count(ReplicationGroupId=id_, NewReplicaCount=nodes[1] - 1, ApplyImmediately=True)
    if request := _modification(id_, olds, news):
        at_once = news.get("applyImmediately", False)
        aws.modify_replication_group(ReplicationGroupId=id_, ApplyImmediately=at_once, **request)
    _change_token(cloud, id_, olds, news)
    if nodes and nodes[1] < nodes[0]:
        aws.decrease_replica_count(ReplicationGroupId=id_, NewReplicaCount=nodes[1] - 1, ApplyImmediately=True)
    update_tags(cloud, cloud.arn("elasticache", f"replicationgroup:{id_}"), olds, news)


def _change(olds: Props, news: Props, key: str) -> tuple[Any, Any] | None:
    """Give old and new value of an input that changes; what the program drops stays, unless it has a default."""
    if key not in news and key not in _WHEN_DROPPED:
        return None
    before, after = olds.get(key, _WHEN_DROPPED.get(key)), news.get(key, _WHEN_DROPPED.get(key))
    return None if agree(before, after) else (before, after)


def _scale(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("elasticache")
    if shards := _change(olds, news, "numNodeGroups"):
        group = aws.describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"][0]
        ids = sorted(one["NodeGroupId"] for one in group["NodeGroups"])
        fewer = {"NodeGroupsToRemove": ids[shards[1] :]} if shards[1] < len(ids) else {}
        aws.modify_replication_group_shard_configuration(
            ReplicationGroupId=id_, NodeGroupCount=shards[1], ApplyImmediately=True, **fewer
        )
    if replicas := _change(olds, news, "replicasPerNodeGroup"):
        call = aws.increase_replica_count if replicas[1] > (replicas[0] or 0) else aws.decrease_replica_count
        call(ReplicationGroupId=id_, NewReplicaCount=replicas[1], ApplyImmediately=True)


def _modification(id_: str, olds: Props, news: Props) -> dict[str, Any]:
    changes = {ours: change for ours in _SETTINGS if (change := _change(olds, news, ours))}
    if "engine" in changes and "engineVersion" not in changes:
        raise Refused(
            "InvalidParameterCombination",
            f"must explicitly set 'engineVersion' attribute for Replication Group ({id_}) when updating engine",
        )
    request = {_SETTINGS[ours]: after for ours, (_, after) in changes.items() if after != []}
    if "EngineVersion" in request:
        request["Engine"] = news.get("engine", "redis")
    # The official provider names a node to take snapshots of whenever they begin, and AWS has none in cluster mode.
    if _RETENTION in request and not olds.get("snapshotRetentionLimit"):
        request[_SNAPSHOTTING] = f"{id_}-001"
    if not agree(olds.get("logDeliveryConfigurations"), news.get("logDeliveryConfigurations")):
        request["LogDeliveryConfigurations"] = _log_changes(olds, news)
    before, after = set(olds.get("userGroupIds") or ()), set(news.get("userGroupIds") or ())
    if come := sorted(after - before):
        request["UserGroupIdsToAdd"] = come
        if news.get("authTokenUpdateStrategy") == "DELETE":
            request["AuthTokenUpdateStrategy"] = "DELETE"
    if go := sorted(before - after):
        request["UserGroupIdsToRemove"] = go
    return request


def _log_changes(olds: Props, news: Props) -> list[dict[str, Any]]:
    after = [_log(one) for one in news.get("logDeliveryConfigurations") or ()]
    kept = {one["LogType"] for one in after}
    ended = [one["logType"] for one in olds.get("logDeliveryConfigurations") or () if one["logType"] not in kept]
    return [*after, *({"LogType": one, "Enabled": False} for one in ended)]


def _change_token(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    strategy = news.get("authTokenUpdateStrategy")
    keys = ("authToken", "authTokenWoVersion", "authTokenUpdateStrategy")
    token = news.get("authTokenWo", news.get("authToken"))
    if strategy == "DELETE" or token is None or not any(_change(olds, news, key) for key in keys):
        return
    how = {"AuthTokenUpdateStrategy": strategy} if strategy else {}
    cloud.aws("elasticache").modify_replication_group(
        ReplicationGroupId=id_, AuthToken=token, ApplyImmediately=True, **how
    )


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    aws = cloud.aws("elasticache")
    final = {"FinalSnapshotIdentifier": name} if (name := state.get("finalSnapshotIdentifier")) else {}
    try:
        aws.delete_replication_group(ReplicationGroupId=id_, **final)
    except aws.exceptions.ReplicationGroupNotFoundFault:
        return


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


# What the official provider refuses before it asks AWS


def _name_rules(inputs: Props) -> Iterator[str]:
    id_ = inputs["replicationGroupId"]
    if len(id_) > _MAX_ID or not _ID.fullmatch(id_):
        yield (
            f"replicationGroupId must begin with a letter, hold letters, digits and single hyphens only, and have at "
            f"most {_MAX_ID} characters, got {id_!r}"
        )


def _engine_rules(inputs: Props) -> Iterator[str]:
    version = inputs.get("engineVersion", "8.0")
    if not _VERSION.fullmatch(version):
        yield f"engineVersion: {version} is invalid. For Valkey, and Redis 6 or higher, use <major>.<minor>."
    if (engine := inputs.get("engine", "redis")) not in ("redis", "valkey"):
        yield f"expected engine to be one of redis, valkey, got {engine!r}"
    if not inputs.get("nodeType"):
        yield "nodeType is required"


def _count_rules(inputs: Props) -> Iterator[str]:
    if "numCacheClusters" in inputs and (given := [count for count in _COUNTS if count in inputs]):
        yield f"numCacheClusters conflicts with {', '.join(given)}"
    if inputs.get("replicasPerNodeGroup", 0) < 0:
        yield f"expected replicasPerNodeGroup to be at least (0), got {inputs['replicasPerNodeGroup']}"
    if (days := inputs.get("snapshotRetentionLimit", 0)) not in range(MAX_SNAPSHOT_DAYS + 1):
        yield f"expected snapshotRetentionLimit to be at most ({MAX_SNAPSHOT_DAYS}), got {days}"


def _failover_rules(inputs: Props) -> Iterator[str]:
    failover = inputs.get("automaticFailoverEnabled", False)
    if inputs.get("multiAzEnabled") and not failover:
        yield "automaticFailoverEnabled must be true if multiAzEnabled is true"
    if failover and inputs.get("numCacheClusters", 2) < 2:  # noqa: PLR2004  a primary and its replica
        yield "numCacheClusters must be at least 2 if automaticFailoverEnabled is true"


def _access_rules(inputs: Props) -> Iterator[str]:
    tokens = [key for key in ("authToken", "authTokenWo") if key in inputs]
    if len(tokens) > 1 or (tokens and inputs.get("userGroupIds")):
        yield f"{tokens[0]} conflicts with {'userGroupIds' if len(tokens) == 1 else tokens[1]}"
    if ("authTokenWo" in inputs) != ("authTokenWoVersion" in inputs):
        yield "authTokenWo and authTokenWoVersion must be specified together"
    strategy = inputs.get("authTokenUpdateStrategy")
    if strategy == "DELETE" and tokens:
        yield 'authToken must not be specified when authTokenUpdateStrategy is "DELETE"'
    if strategy in ("SET", "ROTATE") and not tokens:
        yield "authTokenUpdateStrategy: authToken must be specified"


def _same_version(one: str, other: str) -> bool:
    """`6.x` means every 6."""
    return one == other or ("6.x" in (one, other) and one[:2] == other[:2])


REPLICATION_GROUP: Final = ResourceType(
    type="aws:elasticache/replicationGroup:ReplicationGroup",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset(_SETTINGS)
    | {"atRestEncryptionEnabled", "dataTieringEnabled", "kmsKeyId", "logDeliveryConfigurations", "networkType"}
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
        | {"snapshotArns", "snapshotName", "subnetGroupName"}
    ),
    replaces=_replaces,
    sticky=frozenset(
        {"applyImmediately", "atRestEncryptionEnabled", "autoMinorVersionUpgrade", "clusterMode", "dataTieringEnabled"}
        | {"engine", "engineVersion", "ipDiscovery", "maintenanceWindow", "networkType", "nodeType", "numCacheClusters"}
        | {"numNodeGroups", "parameterGroupName", "port", "replicasPerNodeGroup", "securityGroupIds", "snapshotWindow"}
        | {"subnetGroupName", "transitEncryptionEnabled", "transitEncryptionMode"}
    ),
    name=AutoName(property="replicationGroupId", max_length=_MAX_ID, lower=True),
    rules=(_name_rules, _engine_rules, _count_rules, _failover_rules, _access_rules),
    same={
        "engineVersion": _same_version,
        "kmsKeyId": same_key,
        "maintenanceWindow": lambda one, other: one.lower() == other.lower(),
        "replicationGroupId": lambda one, other: one.lower() == other.lower(),
    },
    not_imitated="no server runs behind the endpoints; changes never wait for the maintenance window; snapshots hold "
    "no data; node group configurations, global datastores, serverless caches",
)
