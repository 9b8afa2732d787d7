"""What Atlas' Administration API answers of clusters, snapshots and restores, as far as anybody here asks it."""

import re
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any, Final

from localcloud.atlas.clusters import create_cluster, delete_cluster
from localcloud.atlas.named import as_api, as_provider
from localcloud.atlas.restores import job, jobs, restore, snapshots
from localcloud.atlas.specs import provider, shared
from localcloud.atlas.store import CLUSTER, PROJECT, SNAPSHOT, STORE, cluster, new_id, now, project, refuse
from localcloud.cloud import Cloud
from localcloud.wire import Props

Path = Mapping[str, str]
Body = Mapping[str, Any]
_NOWHERE: Final = Cloud(endpoint="", region="")
"""Atlas asks AWS nothing when it makes or deletes a cluster."""


def answer(method: str, path: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Answer a request whose path is below `/api/atlas/v2`; raises Refused."""
    for pattern, answers in _PATHS.items():
        if (found := pattern.fullmatch(path)) and (method in answers):
            return answers[method](found.groupdict(), body or {})
    return refuse("RESOURCE_NOT_FOUND", f"Cannot find resource {path}.")


# Clusters


def _cluster(path: Path, _: Body) -> Mapping[str, Any]:
    found = cluster(path["project"], path["name"])
    if (path["kind"] == "flexClusters") is not (provider(found["live"]) == "FLEX"):
        refuse("CLUSTER_NOT_FOUND", f"No cluster named {path['name']} exists in group {path['project']}.")
    return _told(found)


def _told(found: Props) -> Mapping[str, Any]:
    whole = ("clusterType", "backupEnabled", "pitEnabled", "terminationProtectionEnabled", "encryptionAtRestProvider")
    return {
        **{key: found[key] for key in whole},
        "id": found["clusterId"],
        "name": found["name"],
        "groupId": found["projectId"],
        "createDate": found["createDate"],
        "mongoDBMajorVersion": found["mongoDbMajorVersion"],
        "replicationSpecs": as_api(found["live"]),
        "tags": [{"key": key, "value": value} for key, value in (found.get("tags") or {}).items()],
        # Whoever tries an upgrade may write another one by hand.
        "stateName": found.get("stateName", "IDLE"),
    }


def _clusters(path: Path, _: Body) -> Mapping[str, Any]:
    project(path["project"])
    found = STORE.of(CLUSTER, path["project"])
    return {"results": [_told(one) for one in found if provider(one["live"]) != "FLEX"]}


def _create(path: Path, body: Body) -> Mapping[str, Any]:
    create_cluster(_NOWHERE, {**as_provider(dict(body)), "projectId": path["project"]})
    return _told(cluster(path["project"], body["name"]))


def _delete(path: Path, _: Body) -> Mapping[str, Any]:
    cluster(path["project"], path["name"])
    delete_cluster(_NOWHERE, f"{path['project']}-{path['name']}", {})
    return {}


# Backups


def _snapshots(path: Path, _: Body) -> Mapping[str, Any]:
    return {"results": snapshots(path["project"], path["name"], sharded=bool(path["sharded"]))}


def _one_snapshot(path: Path, _: Body) -> Mapping[str, Any]:
    kept = STORE.get(SNAPSHOT, path["id"])
    return kept or refuse("RESOURCE_NOT_FOUND", f"No snapshot with ID {path['id']} exists.")


def _restore(path: Path, body: Body) -> Mapping[str, Any]:
    return restore(path["project"], path["name"], body)


def _restores(path: Path, _: Body) -> Mapping[str, Any]:
    return {"results": jobs(path["project"], path["name"])}


def _job(path: Path, _: Body) -> Mapping[str, Any]:
    return job(path["id"])


def _snapshot(path: Path, body: Body) -> Mapping[str, Any]:
    project_id, name = path["project"], path["name"]
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


# Projects


def _project(path: Path, _: Body) -> Mapping[str, Any]:
    name = urllib.parse.unquote(path["name"])
    found = next((pair for pair in STORE.all().get(PROJECT, {}).items() if pair[1]["name"] == name), None)
    if found is None:
        return refuse("GROUP_NAME_NOT_FOUND", f'No group with name "{name}" exists.')
    id_, one = found
    tags = [{"key": key, "value": value} for key, value in (one.get("tags") or {}).items()]
    return {"id": id_, "name": name, "orgId": one["orgId"], "created": one["created"], "tags": tags}


_IN: Final = r"/groups/(?P<project>[^/]+)"
_OF: Final = rf"{_IN}/clusters/(?P<name>[^/]+)"
_PATHS: Final[Mapping[re.Pattern[str], Mapping[str, Callable[[Path, Body], Mapping[str, Any]]]]] = {
    re.compile(r"/groups/byName/(?P<name>[^/]+)"): {"GET": _project},
    re.compile(rf"{_IN}/clusters"): {"GET": _clusters, "POST": _create},
    re.compile(rf"{_IN}/(?P<kind>clusters|flexClusters)/(?P<name>[^/]+)"): {"GET": _cluster, "DELETE": _delete},
    re.compile(rf"{_OF}/backup/snapshots"): {"POST": _snapshot},
    re.compile(rf"{_OF}/backup/snapshots(?P<sharded>/shardedClusters)?"): {"GET": _snapshots},
    re.compile(rf"{_OF}/backup/snapshots/(?P<id>[0-9a-f]+)"): {"GET": _one_snapshot},
    re.compile(rf"{_OF}/backup/restoreJobs"): {"GET": _restores, "POST": _restore},
    re.compile(rf"{_OF}/backup/restoreJobs/(?P<id>[^/]+)"): {"GET": _job},
}
