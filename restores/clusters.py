"""
A cluster of MongoDB Atlas made of a backup, and taken over by Pulumi.

A restore is a job of Atlas, which writes into a cluster that is there, and no input of Pulumi's provider. So a cluster
like the store's is made by Atlas's API, filled, and then imported; the update after that puts the rest right.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from imports.document import entry
from restores.reading import ATLAS, State, window_of
from restores.window import Source
from stacks.generations import Generation
from upgrades.atlas import Atlas, project_and_name
from upgrades.engine import Engine
from upgrades.run import LONGEST_WAIT, LaterError, StopError

IDLE: Final = "IDLE"
"""The state of a cluster that nothing is done to."""
RESTORED_FROM: Final = "restoredFrom"
"""The tag of a cluster that is being filled: the cluster whose backup it is. The update after it takes it away."""
_LOST: Final = ("failed", "cancelled", "expired")
_POLL_SECONDS: Final = 5.0
_COPIED: Final = ("clusterType", "mongoDBMajorVersion", "encryptionAtRestProvider", "backupEnabled", "pitEnabled")
_OF_A_SPEC: Final = ("zoneName",)
_OF_A_REGION: Final = (
    *("providerName", "regionName", "priority", "electableSpecs", "readOnlySpecs", "analyticsSpecs"),
    *("autoScaling", "analyticsAutoScaling"),
)
"""What a cluster is made with; the rest of what Atlas tells of one it gives itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """A cluster that comes of another one."""

    name: str
    """Its name in Atlas."""
    logical: str
    """Its logical name."""
    source: Source
    made: Generation
    """What it is made of."""


def restore(atlas: Atlas, one: Restored, say: Callable[[str], None], *, stay: bool) -> None:
    """
    Make a cluster and restore into it, or go on where that was begun, and wait until it is done.

    Raises StopError where a cluster of that name came from elsewhere or Atlas gives the restore up, LaterError where it
    takes too long.
    """
    project, name = project_and_name(one.source.id)
    there = {each["name"]: each for each in atlas.clusters(project)}
    if one.name not in there:
        say(f"making {one.name} as {name} is")
        atlas.create(project, like(there[name], one.name))
    elif _tag(there[one.name]) != name:
        raise StopError(
            f"there is a cluster {one.name} that was not made for a restore of {name}: rename or delete it, then try "
            "again"
        )
    end = None if stay else time.monotonic() + LONGEST_WAIT.total_seconds()

    def wait(done: Callable[[], bool], what: str) -> None:
        while not done():
            if end is not None and time.monotonic() > end:
                raise LaterError(f"{what} after {LONGEST_WAIT}: go on later with --resume")
            time.sleep(_POLL_SECONDS)

    wait(lambda: _idle(atlas, project, one.name), f"{one.name} is still being made")
    job = _begun(atlas, one) or _begin(atlas, one, say)
    wait(lambda: finished(atlas.job(project, name, job)), f"{one.name} is still being restored")


def like(cluster: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Describe a cluster of the same version, servers, places and backups, as Atlas' API takes it."""
    return {
        **{key: cluster[key] for key in _COPIED if key in cluster},
        "name": name,
        # What is half made can be deleted again.
        "terminationProtectionEnabled": False,
        "replicationSpecs": [
            {
                **_only(_OF_A_SPEC, spec),
                "regionConfigs": [_only(_OF_A_REGION, region) for region in spec["regionConfigs"]],
            }
            for spec in cluster["replicationSpecs"]
        ],
        "tags": [
            *(tag for tag in cluster.get("tags") or () if tag["key"] != RESTORED_FROM),
            {"key": RESTORED_FROM, "value": cluster["name"]},
        ],
    }


def given_up(job: Mapping[str, Any]) -> str | None:
    """Give Atlas' word for a restore that it has given up; None: it goes on, or has ended well."""
    return next((word for word in _LOST if job.get(word)), None)


def finished(job: Mapping[str, Any]) -> bool:
    """Say whether a restore has ended well; raises StopError where Atlas has given it up."""
    if lost := given_up(job):
        raise StopError(f"the restore job {job['id']} has {lost}: see why in Atlas, then go on with --resume")
    return bool(job.get("finishedAt"))


def adopt(
    engine: Engine, resources: Sequence[State], one: Restored, say: Callable[[str], None], *, protect: bool
) -> None:
    """Import a restored cluster into a state that has these *resources*; raises LaterError."""
    component = next(each["parent"] for each in resources if each["type"] == ATLAS and _is(each, one.source))
    project, _ = project_and_name(one.source.id)
    store = one.source.store
    document = {
        "nameTable": {store: component},
        "resources": [entry(ATLAS, one.logical, id_=f"{project}-{one.name}", parent=store)],
    }
    if failure := engine.adopt(document, protect=protect):
        raise LaterError(f"{one.name} could not be imported: {failure}")
    say(f"imported: {one.logical}")


def _is(resource: State, source: Source) -> bool:
    outputs = resource.get("outputs") or {}
    return f"{outputs.get('projectId')}-{outputs.get('name')}" == source.id


def _only(keys: tuple[str, ...], whole: Mapping[str, Any]) -> dict[str, Any]:
    return {key: whole[key] for key in keys if whole.get(key)}


def _tag(cluster: Mapping[str, Any]) -> str | None:
    return next((tag["value"] for tag in cluster.get("tags") or () if tag["key"] == RESTORED_FROM), None)


def _idle(atlas: Atlas, project: str, name: str) -> bool:
    return atlas.cluster(project, name, flex=False)["stateName"] == IDLE


def _begun(atlas: Atlas, one: Restored) -> str | None:
    """Find a restore into the new cluster that goes on, or has ended well: not one into a former one of its name."""
    project, name = project_and_name(one.source.id)
    made = datetime.fromisoformat(atlas.cluster(project, one.name, flex=False)["createDate"])
    for job in atlas.jobs(project, name):
        ended = job.get("finishedAt")
        if job.get("targetClusterName") != one.name or given_up(job):
            continue
        if not ended or datetime.fromisoformat(ended) >= made:
            return str(job["id"])
    return None


def _begin(atlas: Atlas, one: Restored, say: Callable[[str], None]) -> str:
    project, name = project_and_name(one.source.id)
    say(f"restoring {name} ({one.made.from_}) into {one.name}")
    return atlas.restore(project, name, one.made.snapshot or _second(atlas, one), target=one.name)


def _second(atlas: Atlas, one: Restored) -> int:
    """Give what the cluster is to be as of, in seconds since 1970."""
    if one.made.time:
        return int(datetime.fromisoformat(one.made.time).timestamp())
    latest = window_of(lambda _: atlas, one.source).latest
    if latest is None:
        raise StopError(f"{one.source.id} has no point-in-time recovery any more: --abort, then restore a snapshot")
    return int(latest.timestamp())
