"""A MongoDB Atlas cluster restored beside itself: a new cluster of its project, and a restore job that fills it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from drills.databases import Client
from drills.report import DATA, Check, Outcome
from drills.scratch import Order, alike
from restores.clusters import IDLE, given_up
from restores.reading import ATLAS_API
from upgrades.atlas import MissingError, project_and_name

NODES: Final = 3
"""The fewest that are elected."""
PRIORITY: Final = 7
"""Of the region that is elected first: Atlas counts down from it."""
_NOT_LOOKED: Final = "not checked: nothing here speaks MongoDB's protocol: compare counts by hand (docs/restoring.md)"


class LostError(Exception):
    """Atlas has not restored what it was asked to; the text is what it says."""


class AtlasCopy:
    """A cluster in its home region only, which keeps no backups; who may log in is the project's business."""

    def __init__(self, client: Client, order: Order) -> None:
        self._atlas, self._order = client(ATLAS_API), order
        self._project, self._name = project_and_name(order.source.id)
        self._original = self._cluster(self._name)
        self._job: str | None = None

    def begin(self) -> None:
        """Ask for an empty cluster of the source's version, tier, disk, key and shards."""
        original = self._original
        self._atlas.create(
            self._project,
            {
                "name": self._order.scratch.id,
                "clusterType": original["clusterType"],
                "mongoDBMajorVersion": original["mongoDBMajorVersion"],
                "encryptionAtRestProvider": original.get("encryptionAtRestProvider", "NONE"),
                "backupEnabled": False,
                "pitEnabled": False,
                "terminationProtectionEnabled": False,
                "replicationSpecs": [_alone(spec) for spec in original["replicationSpecs"]],
                "tags": [{"key": key, "value": value} for key, value in self._order.tags.items()],
            },
        )

    def ready(self) -> bool:
        """Begin to restore once the cluster is there; say whether both have ended. Raises LostError, StopError."""
        if self._cluster(self._order.scratch.id)["stateName"] != IDLE:
            return False
        if self._job is None:
            seconds = int(self._order.at.timestamp())
            target = self._order.scratch.id
            self._job = str(self._atlas.restore(self._project, self._name, seconds, target=target))
            return False
        job = self._atlas.job(self._project, self._name, self._job)
        if lost := given_up(job):
            raise LostError(f"the restore job {self._job} has {lost}")
        return bool(job.get("finishedAt"))

    def checks(self) -> Iterator[Check]:
        """Compare settings; nobody looks at the documents."""
        yield from alike(_facts(self._original), _facts(self._cluster(self._order.scratch.id)))
        yield Check(aspect=DATA, name="documents", outcome=Outcome.UNKNOWN, said=_NOT_LOOKED)

    def put_back(self) -> Sequence[str]:
        """Name what a real restore has to put back."""
        original = self._original
        regions = [one for spec in original["replicationSpecs"] for one in spec["regionConfigs"]]
        wanted = {
            "tags": original.get("tags"),
            "backups": original.get("backupEnabled"),
            "termination protection": original.get("terminationProtectionEnabled"),
            "autoscaling": any(_scales(one) for one in regions),
            "other regions": len(regions) > len(original["replicationSpecs"]),
            "read-only and analytics nodes": any(_count(one, key) for one in regions for key in _OTHERS),
        }
        return [name for name, there in wanted.items() if there]

    def _cluster(self, name: str) -> Mapping[str, Any]:
        return self._atlas.cluster(self._project, name, flex=False)


_OTHERS: Final = ("readOnlySpecs", "analyticsSpecs")


def _home(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    return max(spec["regionConfigs"], key=lambda one: one["priority"])


def _alone(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give a shard with the nodes of its home region only."""
    home = _home(spec)
    nodes = home["electableSpecs"]
    electable = {key: nodes[key] for key in ("instanceSize", "diskSizeGB") if key in nodes}
    place = {"providerName": home["providerName"], "regionName": home["regionName"], "priority": PRIORITY}
    zone = {"zoneName": spec["zoneName"]} if spec.get("zoneName") else {}
    return {**zone, "regionConfigs": [{**place, "electableSpecs": {**electable, "nodeCount": NODES}}]}


def _facts(cluster: Mapping[str, Any]) -> dict[str, Any]:
    homes = [_home(spec) for spec in cluster["replicationSpecs"]]
    return {
        "kind": cluster["clusterType"],
        "version": cluster["mongoDBMajorVersion"],
        "shards": len(homes),
        "region": [one["regionName"] for one in homes],
        "tier": [one["electableSpecs"]["instanceSize"] for one in homes],
        "disk": [one["electableSpecs"].get("diskSizeGB") for one in homes],
        "encryption": cluster.get("encryptionAtRestProvider", "NONE"),
    }


def _scales(region: Mapping[str, Any]) -> bool:
    scaling = region.get("autoScaling") or {}
    return any((scaling.get(key) or {}).get("enabled") for key in ("compute", "diskGB"))


def _count(region: Mapping[str, Any], key: str) -> int:
    return int((region.get(key) or {}).get("nodeCount", 0))


# Taking away


def gone(client: Client, project: str, name: str) -> bool:
    """Ask for a copy's deletion unless it is on its way; say whether it is gone. Raises StopError."""
    atlas = client(ATLAS_API)
    try:
        found = [one for one in atlas.clusters(project) if one["name"] == name]
    except MissingError:  # the project is
        return True
    if found and found[0].get("stateName") != "DELETING":
        atlas.delete(project, name)
    return not found
