"""Serverless caches, as ElastiCache's API has them: made, changed, described, deleted. moto has none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from moto.ec2.models import ec2_backends

from localcloud.moto.elasticache_facts import (
    DEFAULT_VERSION,
    MAX_SNAPSHOT_DAYS,
    SERVERLESS_ECPU,
    SERVERLESS_GB,
    SERVERLESS_MAJORS,
    numbers,
    resolve,
)
from localcloud.moto.elasticache_rules import refuse_key_use, refuse_security_groups
from localcloud.moto.elasticache_shape import domain
from localcloud.moto.elasticache_state import Call, identifier, refuse
from localcloud.moto.elasticache_users import refuse_group_engine

_VALUE: Final = "InvalidParameterValue"
_COMBINATION: Final = "InvalidParameterCombination"
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ZONES: Final = range(2, 4)
_MAX_NAME: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerlessCache:
    """A serverless cache."""

    arn: str
    name: str
    description: str
    engine: str
    major: str
    limits: Mapping[str, Mapping[str, Any]]
    kms_key_id: str | None
    security_groups: tuple[str, ...]
    subnets: tuple[str, ...]
    user_group: str | None
    snapshot_retention_limit: int
    daily_snapshot_time: str
    network_type: str
    created: datetime


def _cache(call: Call, name: str) -> ServerlessCache:
    found = call.state.serverless.get(name.lower())
    return found or refuse("ServerlessCacheNotFoundFault", f"Serverless cache {name} not found.")


def _major(engine: str, wanted: str | None) -> str:
    known = SERVERLESS_MAJORS[engine]
    major = wanted or DEFAULT_VERSION[engine].partition(".")[0]
    if major not in known:
        refuse(_VALUE, f"MajorEngineVersion of {engine} must be one of {', '.join(known)}, got {major}")
    return major


def _engine(call: Call, default: str) -> str:
    engine = str(call.get("Engine", default)).lower()
    if engine not in SERVERLESS_MAJORS:
        refuse(_VALUE, f"Engine of a serverless cache must be one of {', '.join(SERVERLESS_MAJORS)}, got {engine}")
    return engine


def create(call: Call) -> dict[str, Any]:
    """CreateServerlessCache."""
    name = identifier("ServerlessCacheName", call.text("ServerlessCacheName"), _MAX_NAME)
    if name in call.state.serverless:
        refuse("ServerlessCacheAlreadyExistsFault", f"Serverless cache {name} already exists.")
    engine = _engine(call, "valkey")
    cache = ServerlessCache(
        arn=call.arn("serverlesscache", name),
        name=name,
        description=call.get("Description", " "),
        engine=engine,
        major=_major(engine, call.get("MajorEngineVersion")),
        limits=call.get("CacheUsageLimits", {}),
        kms_key_id=call.get("KmsKeyId"),
        security_groups=tuple(call.get("SecurityGroupIds", [])) or _default_security_group(call),
        subnets=tuple(call.get("SubnetIds", [])) or _default_subnets(call),
        user_group=call.get("UserGroupId"),
        snapshot_retention_limit=call.get("SnapshotRetentionLimit", 0),
        daily_snapshot_time=call.get("DailySnapshotTime", "03:30"),
        network_type=call.get("NetworkType", "ipv4"),
        created=datetime.now(UTC),
    )
    for arn in call.get("SnapshotArnsToRestore", []):
        known = {*call.backend.snapshots, *call.state.serverless_snapshots}
        if not arn.startswith("arn:aws:s3:::") and arn.rpartition(":")[2] not in known:
            refuse("ServerlessCacheSnapshotNotFoundFault", f"Snapshot {arn} not found.")
    answer = _keep(call, cache)
    call.tag(cache.arn)
    return answer


def _ec2(call: Call) -> Any:
    return ec2_backends[call.backend.account_id][call.backend.region_name]


def _default_subnets(call: Call) -> tuple[str, ...]:
    found = _ec2(call).describe_subnets(filters={"default-for-az": "true"})
    return tuple(sorted(one.id for one in found)[: _ZONES[-1]])


def _default_security_group(call: Call) -> tuple[str, ...]:
    vpc = _ec2(call).get_default_vpc()
    group = _ec2(call).get_security_group_from_name("default", vpc.id) if vpc else None
    return (group.id,) if group else ()


def modify(call: Call) -> dict[str, Any]:
    """ModifyServerlessCache: what is not asked for stays."""
    before = _cache(call, call.text("ServerlessCacheName"))
    engine = _engine(call, before.engine)
    major = before.major if engine == before.engine else None
    after = replace(
        before,
        description=call.get("Description", before.description),
        engine=engine,
        major=_major(engine, call.get("MajorEngineVersion", major)),
        limits=call.get("CacheUsageLimits", before.limits),
        security_groups=tuple(call.get("SecurityGroupIds", before.security_groups)),
        user_group=None if call.get("RemoveUserGroup", False) else call.get("UserGroupId", before.user_group),
        snapshot_retention_limit=call.get("SnapshotRetentionLimit", before.snapshot_retention_limit),
        daily_snapshot_time=call.get("DailySnapshotTime", before.daily_snapshot_time),
    )
    if (before.engine, after.engine) == ("valkey", "redis"):
        refuse(_COMBINATION, "Engine modification from valkey to redis is not supported.")
    if before.engine == after.engine and numbers(after.major) < numbers(before.major):
        refuse(_COMBINATION, f"Engine version downgrade from {before.major} to {after.major} is not supported.")
    return _keep(call, after)


def _keep(call: Call, cache: ServerlessCache) -> dict[str, Any]:
    _refuse_limits(cache.limits)
    if cache.snapshot_retention_limit not in range(MAX_SNAPSHOT_DAYS + 1):
        days = cache.snapshot_retention_limit
        refuse(_VALUE, f"SnapshotRetentionLimit must be within 0 and {MAX_SNAPSHOT_DAYS}, got {days}")
    if not _TIME.fullmatch(cache.daily_snapshot_time):
        refuse(_VALUE, f"DailySnapshotTime must be HH:MM, got {cache.daily_snapshot_time}")
    if cache.user_group:
        refuse_group_engine(cache.user_group, call.user_group(cache.user_group).engine, cache.engine)
    refuse_key_use(call, cache.kms_key_id)
    refuse_security_groups(call, cache.security_groups)
    _refuse_subnets(call, cache.subnets)
    call.state.serverless[cache.name] = cache
    return {"ServerlessCache": _describe(cache)}


def _refuse_limits(limits: Mapping[str, Mapping[str, Any]]) -> None:
    for key, allowed in (("DataStorage", SERVERLESS_GB), ("ECPUPerSecond", SERVERLESS_ECPU)):
        found = limits.get(key, {})
        for end in ("Minimum", "Maximum"):
            if end in found and found[end] not in allowed:
                refuse(_VALUE, f"{key}.{end} must be within {allowed[0]} and {allowed[-1]}, got {found[end]}")
        if found.get("Minimum", allowed[0]) > found.get("Maximum", allowed[-1]):
            refuse(_COMBINATION, f"{key}.Minimum must not be above Maximum, got {found['Minimum']}")
    if (unit := limits.get("DataStorage", {}).get("Unit", "GB")) != "GB":
        refuse(_VALUE, f"DataStorage.Unit must be GB, got {unit}")


def _refuse_subnets(call: Call, subnets: tuple[str, ...]) -> None:
    known = {subnet.id: subnet for zone in _ec2(call).subnets.values() for subnet in zone.values()}
    if strangers := sorted(set(subnets) - known.keys()):
        refuse("InvalidSubnet", f"Some subnets are invalid: {', '.join(strangers)}")
    if len({known[one].availability_zone for one in subnets}) not in _ZONES or len(subnets) not in _ZONES:
        refuse(_VALUE, f"A serverless cache needs 2 or 3 subnets, each in another zone, got {len(subnets)}")


def describe(call: Call) -> dict[str, Any]:
    """DescribeServerlessCaches."""
    named = call.get("ServerlessCacheName")
    caches = [_cache(call, named)] if named else list(call.state.serverless.values())
    return {"ServerlessCaches": [_describe(cache) for cache in caches]}


def delete(call: Call) -> dict[str, Any]:
    """DeleteServerlessCache: gone at once. The official provider never asks for a last snapshot."""
    cache = _cache(call, call.text("ServerlessCacheName"))
    if call.get("FinalSnapshotName"):
        refuse(_VALUE, "the local cloud does not imitate FinalSnapshotName of a serverless cache")
    del call.state.serverless[cache.name]
    call.backend.tagging_service.delete_all_tags_for_resource(cache.arn)
    return {"ServerlessCache": {**_describe(cache), "Status": "deleting"}}


def _describe(cache: ServerlessCache) -> dict[str, Any]:
    account, _, rest = domain(cache.arn).partition(".")
    address = f"{cache.name}-{account}.serverless.{rest}"
    described = {
        "ServerlessCacheName": cache.name,
        "Description": cache.description,
        "CreateTime": cache.created,
        "Status": "available",
        "Engine": cache.engine,
        "MajorEngineVersion": cache.major,
        "FullEngineVersion": resolve(cache.engine, cache.major),
        "CacheUsageLimits": cache.limits,
        "SecurityGroupIds": list(cache.security_groups),
        "Endpoint": {"Address": address, "Port": 6379},
        "ReaderEndpoint": {"Address": address, "Port": 6380},
        "ARN": cache.arn,
        "SubnetIds": list(cache.subnets),
        "SnapshotRetentionLimit": cache.snapshot_retention_limit,
        "DailySnapshotTime": cache.daily_snapshot_time,
        "NetworkType": cache.network_type,
    }
    optional = {"KmsKeyId": cache.kms_key_id, "UserGroupId": cache.user_group}
    return {**described, **{key: value for key, value in optional.items() if value}}
