"""What Atlas' Administration API answers of clusters and snapshots, as far as anybody here asks it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from localcloud.atlas.specs import provider, shared
from localcloud.atlas.store import STORE, cluster, new_id, now, refuse

SNAPSHOT: Final = "snapshot"
_CLUSTER: Final = re.compile(r"/groups/(?P<project>[^/]+)/(?P<kind>clusters|flexClusters)/(?P<name>[^/]+)$")
_SNAPSHOTS: Final = re.compile(
    r"/groups/(?P<project>[^/]+)/clusters/(?P<name>[^/]+)/backup/snapshots(?:/(?P<id>[^/]+))?$"
)


def answer(method: str, path: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Answer a request whose path is below `/api/atlas/v2`; raises Refused."""
    if method == "GET" and (found := _CLUSTER.match(path)):
        return _cluster(found["project"], found["name"], flex=found["kind"] == "flexClusters")
    if found := _SNAPSHOTS.match(path):
        if method == "POST" and not found["id"]:
            return _snapshot(found["project"], found["name"], body or {})
        if method == "GET" and found["id"]:
            kept = STORE.get(SNAPSHOT, found["id"])
            return kept or refuse("RESOURCE_NOT_FOUND", f"Cannot find resource {path}.")
    return refuse("RESOURCE_NOT_FOUND", f"Cannot find resource {path}.")


def _cluster(project_id: str, name: str, *, flex: bool) -> Mapping[str, Any]:
    found = cluster(project_id, name)
    if flex is not (provider(found["live"]) == "FLEX"):
        refuse("CLUSTER_NOT_FOUND", f"No cluster named {name} exists in group {project_id}.")
    return {
        "id": found["clusterId"],
        "name": name,
        "groupId": project_id,
        "createDate": found["createDate"],
        # Whoever tries an upgrade may write another one by hand.
        "stateName": found.get("stateName", "IDLE"),
    }


def _snapshot(project_id: str, name: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    with STORE.alone():
        found = cluster(project_id, name)
        if shared(found["live"]) or not found["backupEnabled"]:
            refuse("CLOUD_BACKUP_NOT_ENABLED", f"Cloud backup is not enabled for cluster {name}.")
        record = {
            "id": new_id(),
            "projectId": project_id,
            "clusterName": name,
            "createdAt": now(),
            "description": body.get("description", ""),
            "snapshotType": "onDemand",
            "status": "completed",
        }
        STORE.put(SNAPSHOT, record["id"], record)
        return record
