"""What a change of a replication group takes, in the official provider's order."""

from collections.abc import Mapping
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.difference import agree
from localcloud.resources.elasticache_tags import update_tags
from localcloud.wire import Props

_COUNTS: Final = ("numNodeGroups", "replicasPerNodeGroup")
_RETENTION: Final = "SnapshotRetentionLimit"
_SNAPSHOTTING: Final = "SnapshottingClusterId"

# The program's word -> AWS's, for what a creation and a modification take alike.
SETTINGS: Final[Mapping[str, str]] = {
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
_WHEN_DROPPED: Final[Mapping[str, Any]] = {
    "automaticFailoverEnabled": False,
    "multiAzEnabled": False,
    "snapshotRetentionLimit": 0,
}
"""What a setting goes back to when the program no longer mentions it; the others stay as they are."""


def written_log(one: Props) -> dict[str, Any]:
    """Write a log delivery as AWS does."""
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


def update_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
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
    changes = {ours: change for ours in SETTINGS if (change := _change(olds, news, ours))}
    if "engine" in changes and "engineVersion" not in changes:
        raise Refused(
            "InvalidParameterCombination",
            f"must explicitly set 'engineVersion' attribute for Replication Group ({id_}) when updating engine",
        )
    request = {SETTINGS[ours]: after for ours, (_, after) in changes.items() if after != []}
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
    after = [written_log(one) for one in news.get("logDeliveryConfigurations") or ()]
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
