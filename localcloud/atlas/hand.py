"""What happens in Atlas without the program: a cluster scales by itself, somebody changes a setting by hand."""

from typing import Any

from localcloud.atlas.specs import NODES, regions, shared
from localcloud.atlas.store import CLUSTER, STORE, cluster, refuse
from localcloud.atlas.tiers import TIERS, step
from localcloud.wire import Props


def autoscale(asked: Props) -> Props:
    """
    Let a cluster scale as Atlas would under load; give what then runs.

    *asked* names `projectId` and `clusterName`, and `instanceSize`, `diskSizeGb` (GB) or both. Raises Refused where
    autoscaling is off, or its bounds are passed.
    """
    with STORE.alone():
        found = cluster(asked["projectId"], asked["clusterName"])
        size, disk = asked.get("instanceSize"), asked.get("diskSizeGb")
        if shared(found["live"]):
            refuse("AUTO_SCALING_NOT_SUPPORTED", "Cannot set auto-scaling. The cluster shares its servers.")
        for region in regions(found["live"]):
            _check(region.get("autoScaling") or {}, size, disk)
            for nodes in NODES:
                if nodes in region:
                    region[nodes] |= {"instanceSize": size} if size and nodes != "analyticsSpecs" else {}
                    region[nodes] |= {"diskSizeGb": disk} if disk else {}
        STORE.put(CLUSTER, f"{asked['projectId']}-{asked['clusterName']}", found)
        return {"replicationSpecs": found["live"]}


def _check(scaling: Props, size: str | None, disk: float | None) -> None:
    if size and size not in TIERS:
        refuse("INVALID_ENUM_VALUE", f"An invalid enumeration value {size} was specified.")
    if (size and not scaling.get("computeEnabled")) or (disk and not scaling.get("diskGbEnabled")):
        refuse("AUTO_SCALING_NOT_SUPPORTED", "Cannot set auto-scaling. It is off for this cluster.")
    least = scaling.get("computeMinInstanceSize") or size
    if size and least and not step(least) <= step(size) <= step(scaling["computeMaxInstanceSize"]):
        refuse("AUTO_SCALING_NOT_SUPPORTED", f"Cannot set auto-scaling. {size} is outside of its bounds.")


def change(asked: Props) -> Props:
    """
    Change a record as somebody does by hand in Atlas' console; give it afterwards.

    *asked* names `kind` and `id` of the record, as `everything` shows them, and `change`: properties to write.
    """
    with STORE.alone():
        before = STORE.get(asked["kind"], asked["id"])
        if before is None:
            refuse("RESOURCE_NOT_FOUND", f"There is no {asked['kind']} {asked['id']}.")
        changed: Props = {**before, **asked["change"]}
        STORE.put(asked["kind"], asked["id"], changed)
        return changed


def everything() -> dict[str, Any]:
    """Give all records, by kind and id."""
    return STORE.all()
