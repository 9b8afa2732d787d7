"""Snapshots of a cluster, and restores into another one: what Atlas refuses of them. No data are in any of them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from localcloud.atlas.specs import regions, shared
from localcloud.atlas.store import JOB, SNAPSHOT, STORE, cluster, new_id, now, refuse
from localcloud.wire import Props


def snapshots(project_id: str, name: str, *, sharded: bool) -> list[Props]:
    """Give a cluster's snapshots: those on demand, and the one that Atlas takes when backups begin."""
    found = cluster(project_id, name)
    if shared(found["live"]) or not found["backupEnabled"] or sharded is not _sharded(found):
        return []
    first = {"id": found["clusterId"], "createdAt": found["createDate"], "snapshotType": "scheduled"}
    return [
        *(one for one in STORE.of(SNAPSHOT, project_id) if one["clusterName"] == name),
        {**first, "projectId": project_id, "clusterName": name, "status": "completed"},
    ]


def restore(project_id: str, name: str, body: Mapping[str, Any]) -> Props:
    """Write a cluster, as it was at a time or in a snapshot, over another one; everything is done at once."""
    with STORE.alone():
        source = cluster(project_id, name)
        target = cluster(body["targetGroupId"], body["targetClusterName"])
        for message in (*_of_backup(source, body), *_of_target(source, target)):
            refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}")
        id_ = new_id()
        record = {
            **body,
            "id": id_,
            "projectId": project_id,
            "clusterName": name,
            "createdAt": now(),
            "finishedAt": now(),
            **dict.fromkeys(("cancelled", "expired", "failed"), False),
        }
        STORE.put(JOB, id_, record)
        return record


def jobs(project_id: str, name: str) -> list[Props]:
    """Give the restores of what was backed up of a cluster."""
    return [one for one in STORE.of(JOB, project_id) if one["clusterName"] == name]


def job(id_: str) -> Props:
    """Give a restore."""
    return STORE.get(JOB, id_) or refuse("RESOURCE_NOT_FOUND", f"No restore job with ID {id_} exists.")


def _of_backup(source: Props, body: Mapping[str, Any]) -> Iterator[str]:
    if body["deliveryType"] == "automated":
        there = snapshots(source["projectId"], source["name"], sharded=_sharded(source))
        if body["snapshotId"] not in [one["id"] for one in there]:
            yield f"cluster {source['name']} has no snapshot {body['snapshotId']}"
        return
    if body["deliveryType"] != "pointInTime":
        yield f"the local Atlas restores by pointInTime or automated only, got {body['deliveryType']}"
        return
    if not source["pitEnabled"]:
        yield f"cluster {source['name']} has no Continuous Cloud Backup (pitEnabled)"
    made = datetime.fromisoformat(source["createDate"]).timestamp()
    if not made <= body["pointInTimeUTCSeconds"] <= datetime.now(tz=UTC).timestamp():
        yield f"cluster {source['name']} cannot be restored to {body['pointInTimeUTCSeconds']}"


def _of_target(source: Props, target: Props) -> Iterator[str]:
    """Say what MongoDB's documentation asks of a target ("Restore from Continuous Cloud Backup")."""
    if shared(target["live"]):
        yield "a cluster on shared servers cannot be restored to"
        return
    if _sharded(source) is not _sharded(target) or len(source["live"]) != len(target["live"]):
        yield "the target must have as many shards as the source"
    if source["mongoDbMajorVersion"] != target["mongoDbMajorVersion"]:
        yield "the target must have the MongoDB version of the source"
    if _disk(target) < _disk(source):
        yield "the target must have as much storage as the source"


def _sharded(record: Props) -> bool:
    return record["clusterType"] != "REPLICASET"


def _disk(record: Props) -> float:
    return max(region["electableSpecs"]["diskSizeGb"] for region in regions(record["live"]))
