"""ElastiCache's global datastores: one replication group that writes, and others that follow it in other regions."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.moto.elasticache_facts import numbers
from localcloud.resource import ResourceType
from localcloud.wire import Props, is_unknown

_SETTINGS: Final = {
    "automaticFailoverEnabled": "AutomaticFailoverEnabled",
    "cacheNodeType": "CacheNodeType",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "globalReplicationGroupDescription": "GlobalReplicationGroupDescription",
    "parameterGroupName": "CacheParameterGroupName",
}


def _describe(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("elasticache")
    try:
        return aws.describe_global_replication_groups(GlobalReplicationGroupId=id_, ShowMemberInfo=True)[
            "GlobalReplicationGroups"
        ][0]
    except aws.exceptions.GlobalReplicationGroupNotFoundFault:
        return None


def _create(cloud: Cloud, inputs: Props) -> str:
    said = inputs.get("globalReplicationGroupDescription")
    made = cloud.aws("elasticache").create_global_replication_group(
        GlobalReplicationGroupIdSuffix=inputs["globalReplicationGroupIdSuffix"],
        PrimaryReplicationGroupId=inputs["primaryReplicationGroupId"],
        **({"GlobalReplicationGroupDescription": said} if said else {}),
    )
    return made["GlobalReplicationGroup"]["GlobalReplicationGroupId"]


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    """Bring a new datastore from what its primary is to what the program says, as the official provider does."""
    present = _read(cloud, id_) or {}
    _update(cloud, id_, present, {**present, **inputs})


def _read(cloud: Cloud, id_: str) -> Props | None:
    group = _describe(cloud, id_)
    if group is None:
        return None
    [primary] = [one for one in group["Members"] if one["Role"] == "PRIMARY"]
    actual = group["EngineVersion"]
    props: Props = {
        "arn": group["ARN"],
        "atRestEncryptionEnabled": group["AtRestEncryptionEnabled"],
        "authTokenEnabled": group["AuthTokenEnabled"],
        "automaticFailoverEnabled": primary["AutomaticFailover"] == "enabled",
        "cacheNodeType": group["CacheNodeType"],
        "clusterEnabled": group["ClusterEnabled"],
        "engine": group["Engine"],
        "engineVersion": ".".join(actual.split(".")[:2]),
        "engineVersionActual": actual,
        "globalNodeGroups": [
            {"globalNodeGroupId": one["GlobalNodeGroupId"], "slots": one.get("Slots", "")}
            for one in group["GlobalNodeGroups"]
        ],
        "globalReplicationGroupDescription": group.get("GlobalReplicationGroupDescription", ""),
        "globalReplicationGroupId": group["GlobalReplicationGroupId"],
        "globalReplicationGroupIdSuffix": group["GlobalReplicationGroupId"].partition("-")[2],
        "numNodeGroups": len(group["GlobalNodeGroups"]),
        "primaryReplicationGroupId": primary["ReplicationGroupId"],
        "transitEncryptionEnabled": group["TransitEncryptionEnabled"],
    }
    return props


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    """Change one thing a request, as AWS wants it."""
    aws = cloud.aws("elasticache")
    changed = {key for key in _SETTINGS if key in news and olds.get(key) != news[key]}
    upgrade = changed & {"engine", "engineVersion", "parameterGroupName"}
    # A parameter group only goes along with another version; alone it changes nothing.
    requests = [{key} for key in sorted(changed - upgrade)]
    if upgrade - {"parameterGroupName"}:
        requests.append(upgrade | ({"engine", "engineVersion", "parameterGroupName"} & news.keys()))
    for keys in requests:
        request = {_SETTINGS[key]: news[key] for key in keys}
        aws.modify_global_replication_group(GlobalReplicationGroupId=id_, ApplyImmediately=True, **request)
    _scale(cloud, id_, news)


def _scale(cloud: Cloud, id_: str, news: Props) -> None:
    group, wanted = _describe(cloud, id_), news.get("numNodeGroups")
    present = sorted(one["GlobalNodeGroupId"] for one in (group or {}).get("GlobalNodeGroups", []))
    if wanted is None or wanted == len(present):
        return
    aws = cloud.aws("elasticache")
    request = {"GlobalReplicationGroupId": id_, "NodeGroupCount": wanted, "ApplyImmediately": True}
    if wanted > len(present):
        aws.increase_node_groups_in_global_replication_group(**request)
    else:
        aws.decrease_node_groups_in_global_replication_group(**request, GlobalNodeGroupsToRetain=present[:wanted])


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    """Dissolve the datastore: the primary stays, as a group of its own."""
    aws = cloud.aws("elasticache")
    try:
        aws.delete_global_replication_group(GlobalReplicationGroupId=id_, RetainPrimaryReplicationGroup=True)
    except aws.exceptions.GlobalReplicationGroupNotFoundFault:
        return


def _replaces(olds: Props, news: Props) -> Iterator[str]:
    """Name a version that is lower, of the same engine."""
    old, new = olds.get("engineVersion"), news.get("engineVersion")
    same = olds.get("engine") == news.get("engine", olds.get("engine"))
    if same and old and new and not is_unknown(old) and not is_unknown(new) and _numbers(new) < _numbers(old):
        yield "engineVersion"


def _numbers(version: str) -> tuple[int, ...]:
    return numbers(version.removesuffix(".x"))[:2]


def _rules(inputs: Props) -> Iterator[str]:
    if "parameterGroupName" in inputs and "engineVersion" not in inputs:
        yield "parameterGroupName requires engineVersion"


GLOBAL_REPLICATION_GROUP: Final = ResourceType(
    type="aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset(_SETTINGS) - {"parameterGroupName"}
    | {"globalReplicationGroupIdSuffix", "numNodeGroups", "primaryReplicationGroupId"},
    remembered=frozenset({"parameterGroupName"}),
    required=frozenset({"globalReplicationGroupIdSuffix", "primaryReplicationGroupId"}),
    outputs=frozenset(
        {"arn", "atRestEncryptionEnabled", "authTokenEnabled", "clusterEnabled", "engineVersionActual"}
        | {"globalNodeGroups", "globalReplicationGroupId", "transitEncryptionEnabled"}
    ),
    replace=frozenset({"globalReplicationGroupIdSuffix", "primaryReplicationGroupId"}),
    replaces=_replaces,
    sticky=frozenset(
        {"automaticFailoverEnabled", "cacheNodeType", "engine", "engineVersion", "numNodeGroups", "parameterGroupName"}
    ),
    rules=(_rules,),
    not_imitated="no data is replicated: no server runs behind the endpoints; a failover to another region",
)
