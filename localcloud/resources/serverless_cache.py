"""ElastiCache's serverless caches."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.elasticache_tags import tags_of, update_tags
from localcloud.resources.kms import same_key
from localcloud.tags import to_aws
from localcloud.wire import Props

_NAME: Final = re.compile(r"[a-zA-Z](-?[a-zA-Z0-9])*")
_MAX_NAME: Final = 40
_ENGINES: Final = ("redis", "valkey")
_SETTINGS: Final = {
    "description": "Description",
    "engine": "Engine",
    "majorEngineVersion": "MajorEngineVersion",
    "dailySnapshotTime": "DailySnapshotTime",
    "securityGroupIds": "SecurityGroupIds",
    "snapshotRetentionLimit": "SnapshotRetentionLimit",
    "userGroupId": "UserGroupId",
}
"""What a creation and a modification take alike."""
_AT_CREATION: Final = {
    **_SETTINGS,
    "kmsKeyId": "KmsKeyId",
    "name": "ServerlessCacheName",
    "networkType": "NetworkType",
    "snapshotArnsToRestores": "SnapshotArnsToRestore",
    "subnetIds": "SubnetIds",
}


def _limits(inputs: Props) -> dict[str, Any]:
    said = inputs.get("cacheUsageLimits") or {}
    storage, units = said.get("dataStorage"), said.get("ecpuPerSeconds")
    limits: dict[str, Any] = {}
    if storage:
        limits["DataStorage"] = _theirs(storage)
    if units:
        limits["ECPUPerSecond"] = _theirs(units[0])
    return limits


def _theirs(block: Props) -> Props:
    return {key[0].upper() + key[1:]: value for key, value in block.items()}


def _ours(block: Props) -> Props:
    return {key[0].lower() + key[1:]: value for key, value in block.items()}


def _create(cloud: Cloud, inputs: Props) -> str:
    request = {theirs: inputs[key] for key, theirs in _AT_CREATION.items() if inputs.get(key) not in (None, [])}
    limits = {"CacheUsageLimits": found} if (found := _limits(inputs)) else {}
    made = cloud.aws("elasticache").create_serverless_cache(**request, **limits, Tags=to_aws(inputs.get("tags")))
    return made["ServerlessCache"]["ServerlessCacheName"]


def _read(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("elasticache")
    try:
        cache = aws.describe_serverless_caches(ServerlessCacheName=id_)["ServerlessCaches"][0]
    except aws.exceptions.ServerlessCacheNotFoundFault:
        return None
    props: Props = {
        "arn": cache["ARN"],
        "name": cache["ServerlessCacheName"],
        "createTime": cache["CreateTime"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "fullEngineVersion": cache["FullEngineVersion"],
        "endpoints": [_ours(cache["Endpoint"])],
        "readerEndpoints": [_ours(cache["ReaderEndpoint"])],
        "networkType": cache["NetworkType"],
        "status": cache["Status"],
        "subnetIds": cache["SubnetIds"],
        "tags": tags_of(cloud, cache["ARN"]),
        **{key: cache[theirs] for key, theirs in _SETTINGS.items() if theirs in cache},
    }
    limits = cache.get("CacheUsageLimits", {})
    if limits:
        props["cacheUsageLimits"] = {
            **({"dataStorage": _ours(limits["DataStorage"])} if "DataStorage" in limits else {}),
            **({"ecpuPerSeconds": [_ours(limits["ECPUPerSecond"])]} if "ECPUPerSecond" in limits else {}),
        }
    if "KmsKeyId" in cache:
        props["kmsKeyId"] = cache["KmsKeyId"]
    return props


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    request = {theirs: news[key] for key, theirs in _SETTINGS.items() if key in news and olds.get(key) != news[key]}
    if olds.get("cacheUsageLimits") != news.get("cacheUsageLimits"):
        request["CacheUsageLimits"] = _limits(news)
    if "userGroupId" in olds and "userGroupId" not in news:
        request["RemoveUserGroup"] = True
    # AWS takes an engine only together with its version.
    if request.keys() & {"Engine", "MajorEngineVersion"} and "engine" in news:
        request["Engine"] = news["engine"]
    if request:
        cloud.aws("elasticache").modify_serverless_cache(ServerlessCacheName=id_, **request)
    update_tags(cloud, cloud.arn("elasticache", f"serverlesscache:{id_}"), olds, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("elasticache")
    try:
        aws.delete_serverless_cache(ServerlessCacheName=id_)
    except aws.exceptions.ServerlessCacheNotFoundFault:
        return


def _replaces(olds: Props, news: Props) -> Iterator[str]:
    if olds.get("engine") == "valkey" and news.get("engine") == "redis":
        yield "engine"


def _rules(inputs: Props) -> Iterator[str]:
    if len(inputs["name"]) > _MAX_NAME or not _NAME.fullmatch(inputs["name"]):
        yield (
            "name must begin with a letter, hold letters, digits and single hyphens only, and have at most "
            f"{_MAX_NAME} characters, got {inputs['name']!r}"
        )
    if (engine := inputs["engine"].lower()) not in _ENGINES:
        yield f"expected engine to be one of {', '.join(_ENGINES)}, got {engine!r}"


SERVERLESS_CACHE: Final = ResourceType(
    type="aws:elasticache/serverlessCache:ServerlessCache",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({*_SETTINGS, "cacheUsageLimits", "kmsKeyId", "name", "networkType", "subnetIds", "tags"}),
    remembered=frozenset({"snapshotArnsToRestores"}),
    steering=frozenset({"timeouts"}),
    required=frozenset({"engine"}),
    outputs=frozenset({"arn", "createTime", "endpoints", "fullEngineVersion", "readerEndpoints", "status"}),
    replace=frozenset({"kmsKeyId", "name", "networkType", "snapshotArnsToRestores", "subnetIds"}),
    replaces=_replaces,
    sticky=frozenset(
        {"dailySnapshotTime", "description", "majorEngineVersion", "networkType", "securityGroupIds"}
        | {"snapshotRetentionLimit", "subnetIds"}
    ),
    name=AutoName(property="name", max_length=_MAX_NAME, lower=True),
    rules=(_rules,),
    same={"kmsKeyId": same_key, "name": lambda one, other: one.lower() == other.lower()},
    not_imitated="no server runs behind the endpoints; limits are not enforced; snapshots are never taken; memcached",
)
