"""What a MongoDB cluster on Atlas was asked for, and what each of its possible sizes has of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from advice.capacity import TIER_VCPUS
from advice.check import MONTHS, SPARE, Check, Told, connected, exact, highest, outgrown, plain, scaled
from sizes.atlas import TIERS, AtlasSize, SharedAtlasSize, classmates
from sizes.atlas_alerts import BURSTABLE, atlas_alerts
from sizes.load import AtlasLoad

ALARMED: Final = "its alert (sizes/atlas_alerts.py)"
GROWS: Final = Decimal("0.9")
"""Atlas adds to a disk that is fuller, up to the largest of its tier."""


class Shared(NamedTuple):
    """What a shared cluster takes."""

    gib: Decimal
    connections: int
    operations: int
    """A second."""


# MongoDB Atlas documentation, "Atlas M0 (Free Cluster) Limits" and "Atlas Flex Limits".
SHARED: Final = {
    "M0": Shared(Decimal("0.5"), 500, 100),
    "FLEX": Shared(Decimal(5), 500, 500),
}


def cluster_checks(now: AtlasSize, size: AtlasSize, load: AtlasLoad, told: Told) -> Sequence[Check]:
    """Hold a cluster on its own servers against what was measured in the size that there is *now*."""
    most = {
        alert.name: exact(alert.threshold.above)
        for alert in atlas_alerts(size, load)
        if alert.threshold and alert.threshold.above is not None
    }
    return [
        _connections(size, load, most["connections"], told),
        _processor(now, size, most["processor"], told),
        _disk(now, size, most["disk"], told),
        _growth(size, told),
        _steal(size, most.get("steal"), told),
        *outgrown(load.outgrown_gib, told, ALARMED),
    ]


def cluster_sizes(now: AtlasSize) -> Iterator[AtlasSize]:
    """Yield every size that *now* can become in its phase: never less memory, as no metric tells what a cache needs."""
    for tier in classmates(now.max_tier or now.tier):
        yield replace(now, max_tier=tier) if now.max_tier else replace(now, tier=tier)


def shared_checks(size: SharedAtlasSize, load: AtlasLoad, told: Told) -> Sequence[Check]:
    """Hold a cluster on shared servers against what was measured."""
    has = SHARED[size.tier]
    figures = (
        ("data", "dataGib", "GiB held", has.gib, f"{has.gib} GiB"),
        ("connections", "connections", "connections", Decimal(has.connections), f"{has.connections}"),
        ("operations", "operationsPerSecond", "a second", Decimal(has.operations), f"{has.operations} a second"),
    )
    source = f"MongoDB Atlas documentation, limits of {size.tier}, less a fifth"
    return [
        Check(
            limit=limit,
            field=field,
            unit=unit,
            measured=highest(told, field),
            then=highest(told, field),
            most=most * SPARE,
            room=most,
            capacity=capacity,
            source=source,
        )
        for limit, field, unit, most, capacity in figures
    ] + _declared(load, has)


def dedicated_checks(size: AtlasSize, load: AtlasLoad, told: Told) -> Sequence[Check]:
    """Hold a cluster on its own servers against what was measured on shared ones, whose processors tell nothing."""
    most = next(
        exact(a.threshold.above or 0) for a in atlas_alerts(size, load) if a.threshold and a.name == "connections"
    )
    return [_connections(size, load, most, told), _growth(size, told)]


def shared_sizes(now: SharedAtlasSize) -> Iterator[SharedAtlasSize]:
    """Yield every size that *now* can become in its phase."""
    yield now
    if now.tier == "M0":
        yield SharedAtlasSize(tier="FLEX")


def _declared(load: AtlasLoad, has: Shared) -> list[Check]:
    connections = Decimal(sum(load.connections.values()))
    return [
        Check(
            limit="connections that the application expects",
            field="",
            unit="connections",
            measured=connections,
            then=connections,
            most=Decimal(has.connections),
            room=Decimal(has.connections),
            capacity=f"{has.connections}",
            source="the application's file",
        )
    ]


def _connections(size: AtlasSize, load: AtlasLoad, most: Decimal, told: Told) -> Check:
    capacity = f"a node takes {size.connections:,}, {sum(load.connections.values()):,} are expected"
    return connected(told, most, capacity, ALARMED)


def _processor(now: AtlasSize, size: AtlasSize, most: Decimal, told: Told) -> Check:
    """Hold the processor: where tiers scale by themselves, it is that of the highest."""
    used = highest(told, "cpuPercent")
    had, has = (Decimal(TIER_VCPUS[one.max_tier or one.tier] * one.shards * max(one.zones, 1)) for one in (now, size))
    return Check(
        limit="processor",
        field="cpuPercent",
        unit="%",
        measured=used,
        then=scaled(used, had, has),
        most=most,
        room=has,
        capacity=f"{'up to ' if size.max_tier else ''}{TIER_VCPUS[size.max_tier or size.tier]} vCPU a node",
        source=ALARMED,
    )


def _disk(now: AtlasSize, size: AtlasSize, most: Decimal, told: Told) -> Check:
    used = highest(told, "diskPercent")
    return Check(
        limit="disk",
        field="diskPercent",
        unit="%",
        measured=used,
        then=scaled(used, Decimal(now.disk_gib), Decimal(size.disk_gib)),
        most=most,
        room=Decimal(size.disk_gib),
        capacity=f"{size.disk_gib:,} GB, which grow",
        source=ALARMED,
    )


def _growth(size: AtlasSize, told: Told) -> Check:
    held, more = highest(told, "dataGib"), highest(told, "growthGib")
    then = None if held is None or more is None else held + MONTHS * more
    most = Decimal(TIERS[size.tier].max_disk_gib * size.specs)
    return Check(
        limit=f"disk in {MONTHS} months",
        field="dataGib" if held is None else "growthGib",
        unit="GiB held",
        measured=then,
        then=then,
        most=most * GROWS,
        room=most,
        capacity=f"grows to {plain(most)} GB",
        source="the largest disk of the tier (sizes/atlas.py), less a tenth",
    )


def _steal(size: AtlasSize, most: Decimal | None, told: Told) -> Check:
    """Hold what others take from a burstable node; from one that is not, nobody takes any."""
    used, burstable = highest(told, "stealPercent"), size.tier in BURSTABLE
    return Check(
        limit="processor taken by others",
        field="stealPercent",
        unit="%",
        measured=used,
        then=used if burstable else Decimal(0),
        most=most if most is not None else Decimal(100),
        room=Decimal(0 if burstable else 1),
        capacity="a burstable node" if burstable else "a node of its own",
        source=ALARMED,
    )
