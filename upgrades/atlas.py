"""
The Atlas Administration API, as far as upgrades and drills need it: clusters, snapshots of them, restores of these.

Keys come from where the provider has them: MONGODB_ATLAS_PUBLIC_KEY and MONGODB_ATLAS_PRIVATE_KEY, or a service
account in MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET. The Atlas of the local cloud needs none.
"""

import base64
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, cast

from upgrades.stopping import StopError

BASE: Final = "https://cloud.mongodb.com"
RETENTION_DAYS: Final = 7
"""How long a snapshot that was taken for an upgrade is kept."""
_TIMEOUT_SECONDS: Final = 30
_VERSION: Final = "application/vnd.atlas.2024-11-13+json"
_PUBLIC, _PRIVATE = "MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PRIVATE_KEY"
_CLIENT, _SECRET = "MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET"
_NOT_FOUND: Final = 404
_MOST: Final = "itemsPerPage=500"
"""The largest page: a project has fewer clusters, and a cluster of ours fewer snapshots."""


class MissingError(StopError):
    """Atlas has no such thing."""


def project_and_name(id_: str) -> tuple[str, str]:
    """Give what the id that a cluster is imported by consists of: its project's id and its name."""
    project, _, name = id_.partition("-")
    return project, name


@dataclass(frozen=True, kw_only=True)
class Atlas:
    """Atlas, with the keys of the environment."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def cluster(self, project: str, name: str, *, flex: bool) -> Mapping[str, Any]:
        """Give a cluster: `id`, `createDate`, `stateName` and more; raises StopError."""
        kind = "flexClusters" if flex else "clusters"
        return self._ask("GET", f"/groups/{project}/{kind}/{urllib.parse.quote(name)}")

    def snapshot(self, project: str, name: str, description: str) -> str:
        """Begin a snapshot of a cluster on servers of its own, and give its id; raises StopError."""
        body = {"description": description, "retentionInDays": RETENTION_DAYS}
        return str(self._ask("POST", f"{_snapshots(project, name)}", body)["id"])

    def snapshot_status(self, project: str, name: str, id_: str) -> str:
        """Give how far a snapshot is: queued, inProgress, completed, failed; raises StopError."""
        return str(self._ask("GET", f"{_snapshots(project, name)}/{id_}")["status"])

    def clusters(self, project: str) -> Sequence[Mapping[str, Any]]:
        """Give all clusters of a project on servers of their own; raises StopError."""
        return self._ask("GET", f"/groups/{project}/clusters?{_MOST}").get("results", ())

    def project(self, name: str) -> Mapping[str, Any]:
        """Give a project by its name: `id`, `orgId`, `tags` and more; raises MissingError, StopError."""
        return self._ask("GET", f"/groups/byName/{urllib.parse.quote(name, safe='')}")

    def create(self, project: str, cluster: Mapping[str, Any]) -> None:
        """Ask for a cluster, as the API writes one; raises StopError."""
        self._ask("POST", f"/groups/{project}/clusters", cluster)

    def delete(self, project: str, name: str) -> None:
        """Ask for a cluster's deletion, and for that of its backups; raises StopError."""
        self._ask("DELETE", f"/groups/{project}/clusters/{urllib.parse.quote(name)}?retainBackups=false")

    def snapshots(self, project: str, name: str, *, sharded: bool) -> Sequence[Mapping[str, Any]]:
        """Give the snapshots of a cluster: `createdAt`, `status` and more; raises StopError."""
        all_shards = "/shardedClusters" if sharded else ""
        return self._ask("GET", f"{_snapshots(project, name)}{all_shards}?{_MOST}").get("results", ())

    def restore(self, project: str, name: str, of: int | str, *, target: str) -> str:
        """
        Begin to write a cluster, *of* a time (seconds since 1970) or a snapshot, over another one of its project.

        Gives the id of the job; raises StopError.
        """
        what = (
            {"deliveryType": "pointInTime", "pointInTimeUTCSeconds": of}
            if isinstance(of, int)
            else {"deliveryType": "automated", "snapshotId": of}
        )
        body = {**what, "targetClusterName": target, "targetGroupId": project}
        return str(self._ask("POST", _jobs(project, name), body)["id"])

    def jobs(self, project: str, name: str) -> Sequence[Mapping[str, Any]]:
        """Give the restores of a cluster's backups: `targetClusterName` and what `job` gives; raises StopError."""
        return self._ask("GET", f"{_jobs(project, name)}?{_MOST}").get("results", ())

    def job(self, project: str, name: str, id_: str) -> Mapping[str, Any]:
        """Give how far a restore is: `finishedAt`, `failed`, `cancelled`, `expired`; raises StopError."""
        return self._ask("GET", f"{_jobs(project, name)}/{id_}")

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": _VERSION, "Content-Type": _VERSION, **self._token}
        request = urllib.request.Request(  # noqa: S310  https, or the local cloud
            f"{self._base}/api/atlas/v2{path}", data=data, headers=headers, method=method
        )
        return self._answer(request, path)

    def _answer(self, request: urllib.request.Request, path: str) -> Mapping[str, Any]:
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return cast("Mapping[str, Any]", json.loads(answer.read() or "{}"))
        except urllib.error.HTTPError as error:
            if error.code == _NOT_FOUND:
                raise MissingError(f"Atlas has no {path}: restore it from a backup, or see who took it away") from None
            why = _detail(error.read()) or error.reason
            raise StopError(f"Atlas refuses {request.get_method()} {path}: {error.code} {why}") from None
        except (urllib.error.URLError, TimeoutError, ValueError) as error:
            raise StopError(f"Atlas does not answer {request.get_method()} {path}: {error}") from None

    @cached_property
    def _base(self) -> str:
        local = self.environment.get("AWS_ENDPOINT_URL", "")
        return (
            f"{local}/moto-api/atlas" if "127.0.0.1" in local else self.environment.get("MONGODB_ATLAS_BASE_URL", BASE)
        )

    @cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        if not (key := self.environment.get(_PUBLIC)):
            return urllib.request.build_opener()
        keys = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        keys.add_password(None, self._base, key, self.environment.get(_PRIVATE, ""))
        return urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(keys))

    @cached_property
    def _token(self) -> Mapping[str, str]:
        """Give the header of a service account; none where there are keys, or the local cloud is asked."""
        client = self.environment.get(_CLIENT)
        if self.environment.get(_PUBLIC) or self._base.startswith("http://127.0.0.1"):
            return {}
        if not client:
            raise StopError(f"to look at clusters of Atlas, set {_PUBLIC} and {_PRIVATE}, or {_CLIENT} and {_SECRET}")
        both = base64.b64encode(f"{client}:{self.environment.get(_SECRET, '')}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310  likewise
            f"{self._base}/api/oauth/token",
            data=b"grant_type=client_credentials",
            headers={"Authorization": f"Basic {both}", "Content-Type": "application/x-www-form-urlencoded"},
            method="POST",
        )
        return {"Authorization": f"Bearer {self._answer(request, '/oauth/token')['access_token']}"}


def _snapshots(project: str, name: str) -> str:
    return f"/groups/{project}/clusters/{urllib.parse.quote(name)}/backup/snapshots"


def _jobs(project: str, name: str) -> str:
    return f"/groups/{project}/clusters/{urllib.parse.quote(name)}/backup/restoreJobs"


def _detail(body: bytes) -> str:
    """Give what Atlas says of a refusal, where it says something."""
    try:
        said = cast("Mapping[str, Any]", json.loads(body))
    except ValueError:
        return ""
    return " ".join(str(said[key]) for key in ("errorCode", "detail") if said.get(key))
