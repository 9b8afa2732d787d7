"""Snapshots of ElastiCache: when those of groups were taken, which moto forgets, and those of serverless caches."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.elasticache.models import ElastiCacheBackend

from localcloud.moto.elasticache_state import Call, refuse

_create_of_moto = ElastiCacheBackend.create_snapshot


def mend() -> None:
    """Put the mended operation in the place of moto's; twice does no harm."""
    for name, mended in (("create_snapshot", _create),):
        setattr(ElastiCacheBackend, name, mended)


def _create(backend: Any, *args: Any, **kwargs: Any) -> Any:
    """Keep when each shard was taken, as it is after the group is gone."""
    snapshot: Any = _create_of_moto(backend, *args, **kwargs)
    group = backend.replication_groups.get(snapshot.replication_group_id)
    now = datetime.now(UTC)
    snapshot.node_snapshots = [
        {"NodeGroupId": shard.id, "CacheClusterId": shard.members[0], "CacheSize": "0 MB", "SnapshotCreateTime": now}
        for shard in (group.node_groups if group else ())
    ]
    return snapshot


def create(call: Call) -> dict[str, Any]:
    """CreateServerlessCacheSnapshot: there at once."""
    name, cache = call.text("ServerlessCacheSnapshotName").lower(), call.text("ServerlessCacheName").lower()
    if cache not in call.state.serverless:
        refuse("ServerlessCacheNotFoundFault", f"Serverless cache {cache} not found.")
    if name in call.state.serverless_snapshots:
        refuse("ServerlessCacheSnapshotAlreadyExistsFault", f"Serverless cache snapshot {name} already exists.")
    source = call.state.serverless[cache]
    call.state.serverless_snapshots[name] = {
        "ServerlessCacheSnapshotName": name,
        "ARN": call.arn("serverlesscachesnapshot", name),
        "KmsKeyId": call.get("KmsKeyId") or source.kms_key_id,
        "SnapshotType": "manual",
        "Status": "available",
        "CreateTime": datetime.now(UTC),
        "BytesUsedForCache": "0",
        "ServerlessCacheConfiguration": {
            "ServerlessCacheName": cache,
            "Engine": source.engine,
            "MajorEngineVersion": source.major,
        },
    }
    return {"ServerlessCacheSnapshot": call.state.serverless_snapshots[name]}


def describe(call: Call) -> dict[str, Any]:
    """DescribeServerlessCacheSnapshots: also of caches that are gone."""
    found = list(call.state.serverless_snapshots.values())
    if name := call.get("ServerlessCacheSnapshotName"):
        found = [_known(call, name)]
    if cache := call.get("ServerlessCacheName"):
        found = [one for one in found if one["ServerlessCacheConfiguration"]["ServerlessCacheName"] == cache.lower()]
    return {"ServerlessCacheSnapshots": found}


def delete(call: Call) -> dict[str, Any]:
    """DeleteServerlessCacheSnapshot."""
    found = _known(call, call.text("ServerlessCacheSnapshotName"))
    del call.state.serverless_snapshots[found["ServerlessCacheSnapshotName"]]
    return {"ServerlessCacheSnapshot": {**found, "Status": "deleting"}}


def _known(call: Call, name: str) -> Mapping[str, Any]:
    found = call.state.serverless_snapshots.get(name.lower())
    return found or refuse("ServerlessCacheSnapshotNotFoundFault", f"Serverless cache snapshot {name} not found.")
