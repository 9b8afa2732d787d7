"""
Replication specs: what a client asked for, and what runs.

Both are lists of the same shape. They differ where Atlas has scaled a cluster by itself.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from localcloud.atlas.store import refuse
from localcloud.atlas.tiers import TIERS, step
from localcloud.wire import Props

Specs = list[Props]

NODES: Final = ("electableSpecs", "readOnlySpecs", "analyticsSpecs")
"""The kinds of nodes of a region."""
HARDWARE: Final = ("instanceSize", "diskSizeGb", "diskIops")
"""What Atlas changes when it scales. Provider's documentation: Auto-Scaling with Effective Fields."""
COMPUTED: Final = ("containerId", "externalId", "zoneId")
SHARED: Final = ("TENANT", "FLEX")
"""Providers of clusters on servers that are shared with others."""
_SCALING: Final = {
    "electableSpecs": "autoScaling",
    "readOnlySpecs": "autoScaling",
    "analyticsSpecs": "analyticsAutoScaling",
}
_FLEX_GB: Final = 5
_FREE_GB: Final = 0.5
_IOPS: Final = 3_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """The specs of a cluster."""

    said: Specs
    """What the client provided, completed."""
    live: Specs
    """What runs."""


def provider(specs: Sequence[Props]) -> str:
    """Give the provider of a cluster: TENANT, FLEX or AWS."""
    return specs[0]["regionConfigs"][0]["providerName"]


def shared(specs: Sequence[Props]) -> bool:
    """Whether a cluster shares its servers with others."""
    return provider(specs) in SHARED


def regions(specs: Iterable[Props]) -> Iterator[Props]:
    """Give the region configs of all shards."""
    for spec in specs:
        yield from spec["regionConfigs"]


def sayable(specs: Specs) -> Specs:
    """Leave out what only Atlas says, and what is off."""
    return [
        {
            **{key: value for key, value in spec.items() if key not in COMPUTED},
            "regionConfigs": [
                {key: value for key, value in one.items() if key not in _SCALING.values() or _scales(value)}
                for one in spec["regionConfigs"]
            ],
        }
        for spec in specs
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ids:
    """What ids of shards, zones and network containers are made from: they are the same for the same cluster."""

    project: str
    cluster: str


def begin(asked: Specs, ids: Ids) -> Pair:
    """Give the specs of a new cluster."""
    said = _identified([_completed(spec, None) for spec in asked], [], ids)
    return Pair(said=said, live=deepcopy(said))


def advance(before: Pair, asked: Specs, ids: Ids, *, effective: bool) -> Pair:
    """
    Give the specs after an update; shards are told apart by their place, as the provider does.

    With *effective* the running hardware of a cluster with one spec stays while it scales by itself, before and after.
    """
    single = effective and len(asked) == 1 == len(before.said)
    said: Specs = []
    live: Specs = []
    for number, spec in enumerate(asked):
        old = number < len(before.said)
        whole = _completed(_kept(spec, before.said[number]), before.live[number]) if old else _completed(spec, None)
        said.append(whole)
        live.append(_running(whole, before.said[number], before.live[number]) if single else deepcopy(whole))
    return Pair(said=_identified(said, before.said, ids), live=_identified(live, before.said, ids))


def _identified(specs: Specs, before: Specs, ids: Ids) -> Specs:
    """Give shards, zones and network containers their ids, the old ones where there are any."""
    zones = {one["zoneName"]: one["zoneId"] for one in before}
    found: Specs = []
    for number, spec in enumerate(specs):
        zone = spec.get("zoneName", "Zone 1")
        zones.setdefault(zone, _made_from(ids.cluster, "zone", zone))
        places = [one for one in spec["regionConfigs"] if one["providerName"] not in SHARED]
        containers = {
            f"{one['providerName']}:{one['regionName']}": _made_from(ids.project, one["regionName"]) for one in places
        }
        shard = before[number]["externalId"] if number < len(before) else _made_from(ids.cluster, str(number))
        found.append({**spec, "zoneName": zone, "zoneId": zones[zone], "externalId": shard, "containerId": containers})
    return found


def _made_from(*parts: str) -> str:
    """Make an id that is the same for the same parts."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]


def check_range(live: Specs) -> None:
    """Refuse bounds of autoscaling that what runs, or is about to, lies outside of."""
    for region in regions(live):
        for nodes, key in _SCALING.items():
            scaling, size = region.get(key) or {}, region.get(nodes, {}).get("instanceSize")
            if not scaling.get("computeEnabled") or size is None:
                continue
            most, least = scaling["computeMaxInstanceSize"], scaling.get("computeMinInstanceSize")
            if step(most) < step(size):
                message = f"The max instance size ({most}) must be greater than or equal to proposed instance size"
                refuse("COMPUTE_AUTO_SCALING_MAX_INSTANCE_SIZE_INVALID", f"{message} ({size}).")
            if least and step(least) > step(size):
                message = f"The min instance size ({least}) must be less than or equal to proposed instance size"
                refuse("COMPUTE_AUTO_SCALING_MIN_INSTANCE_SIZE_INVALID", f"{message} ({size}).")


def check_disk(before: Specs, after: Specs) -> None:
    """Refuse a smaller disk: nobody knows what data a local cluster would hold, so its disk counts as full."""
    was, becomes = disk(before), disk(after)
    if was is not None and becomes is not None and becomes < was:
        message = "The selected disk size is smaller than the amount of data currently used"
        refuse("DISK_SIZE_GB_TOO_SMALL", f"{message}: the local cloud takes a disk for full, {was} GB to {becomes} GB.")


def disk(specs: Specs) -> float | None:
    """Give the disk of every node, in GB; it is the same everywhere."""
    sizes = (region[nodes].get("diskSizeGb") for region in regions(specs) for nodes in NODES if nodes in region)
    return next((size for size in sizes if size is not None), None)


def disk_scales(specs: Specs) -> bool:
    """Whether Atlas lets the disks of a cluster grow by itself."""
    return any((region.get("autoScaling") or {}).get("diskGbEnabled") for region in regions(specs))


def _scales(scaling: Any) -> bool:
    return isinstance(scaling, dict) and bool(scaling.get("computeEnabled") or scaling.get("diskGbEnabled"))


def _kept(spec: Props, before: Props) -> Props:
    """Put back what the program has dropped, and the provider then keeps: nodes and autoscaling that were there."""
    old = {(one["providerName"], one["regionName"]): one for one in before["regionConfigs"]}
    found: list[Props] = []
    for region in spec["regionConfigs"]:
        was = old.get((region["providerName"], region["regionName"]), {})
        nodes = {key: was[key] for key in NODES if key not in region and was.get(key, {}).get("nodeCount", 0) > 0}
        scaling = {key: was[key] for key in _SCALING.values() if key not in region and _scales(was.get(key))}
        found.append({**nodes, **scaling, **region})
    return {**spec, "regionConfigs": found}


def _completed(spec: Props, was: Props | None) -> Props:
    """Fill in what Atlas chooses; a disk that is not mentioned stays as it runs."""
    running = disk([was]) if was and not shared([was]) else None
    said = disk([spec])
    electable = next((one["electableSpecs"] for one in spec["regionConfigs"] if "electableSpecs" in one), {})
    found: list[Props] = []
    for region in spec["regionConfigs"]:
        if region["providerName"] in SHARED:
            found.append(_completed_shared(region))
            continue
        whole = {"autoScaling": {}, **region}
        whole["autoScaling"] = {"computeEnabled": False, "diskGbEnabled": False, **whole["autoScaling"]}
        for nodes in NODES:
            if nodes in region:
                size = region[nodes].get("instanceSize", electable.get("instanceSize"))
                # As Atlas: three nodes where nobody says how many, in the only region.
                count = 3 if nodes == "electableSpecs" else 0
                gb = said or running or TIERS[size].disk
                chosen = {"instanceSize": size, "nodeCount": count, "diskIops": _IOPS, "ebsVolumeType": "STANDARD"}
                whole[nodes] = {**chosen, **region[nodes], "diskSizeGb": gb}
        found.append(whole)
    return {**spec, "regionConfigs": found}


def _completed_shared(region: Props) -> Props:
    flex = region["providerName"] == "FLEX"
    default: Props = {"instanceSize": "FLEX" if flex else "M0", "diskSizeGb": _FLEX_GB if flex else _FREE_GB}
    return {**region, "electableSpecs": {**default, **region.get("electableSpecs", {})}}


def _running(said: Props, before: Props, running: Props) -> Props:
    """Give what runs after an update that leaves autoscaling as it was: the hardware is Atlas' business."""
    olds = {(one["providerName"], one["regionName"]): one for one in before["regionConfigs"]}
    lives = {(one["providerName"], one["regionName"]): one for one in running["regionConfigs"]}
    found = deepcopy(said)
    for region in found["regionConfigs"]:
        where = (region["providerName"], region["regionName"])
        if where not in olds:
            continue
        for nodes in NODES:
            if nodes in region and nodes in lives[where] and _preserved(nodes, olds[where], region):
                region[nodes] |= {key: lives[where][nodes][key] for key in HARDWARE if key in lives[where][nodes]}
    return found


def _preserved(nodes: str, before: Props, after: Props) -> bool:
    """Atlas ignores the hardware in a request while autoscaling is on before and after it."""
    old, new = before.get(_SCALING[nodes]) or {}, after.get(_SCALING[nodes]) or {}
    flags = ("computeEnabled", "diskGbEnabled")
    if any(bool(old.get(flag)) != bool(new.get(flag)) for flag in flags):
        return False
    return bool(new.get("computeEnabled")) if nodes == "analyticsSpecs" else _scales(new)
