"""Alerts of a MongoDB Atlas cluster: which event or metric means trouble from which figure on, by size and load."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from sizes.atlas import AtlasSize
from sizes.load import AtlasLoad

METRIC: Final = "OUTSIDE_METRIC_THRESHOLD"
"""The event of all alerts that follow a metric."""
BURSTABLE: Final = frozenset({"M10", "M20"})
SNAPSHOT_HOURS: Final = 6
"""How often a snapshot is taken: Atlas offers 1, 2, 4, 6, 8 and 12 hours."""
LAG_SECONDS: Final = 60
SPARE: Final = 0.8
"""Of a limit, what may be used before it is trouble."""
MORE_THAN_EXPECTED: Final = 1.5

Units = Literal["RAW", "GIGABYTES", "MILLISECONDS", "SECONDS", "HOURS"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """The figure from which an event or a metric means trouble."""

    above: float | None = None
    """It is trouble above this figure …"""
    below: float | None = None
    """… or below this one; exactly one of the two is given."""
    units: Units


@dataclass(frozen=True, kw_only=True, slots=True)
class AtlasAlert:
    """Something that Atlas tells of by itself."""

    name: str
    """What the alert's logical name ends in; the same in every phase."""
    event: str
    """Atlas' event type."""
    metric: str | None = None
    """Atlas' metric, on each host; of the event `METRIC` only."""
    threshold: Threshold | None = None
    minutes: int
    """How long it must last."""


def atlas_alerts(size: AtlasSize, load: AtlasLoad) -> Iterator[AtlasAlert]:
    """Give the alerts of a cluster on its own servers; Atlas has none on hosts that are shared."""
    yield AtlasAlert(name="no-primary", event="NO_PRIMARY", minutes=0)
    yield AtlasAlert(name="host-down", event="HOST_DOWN", minutes=15)
    if size.sharded:
        yield AtlasAlert(name="mongos-missing", event="CLUSTER_MONGOS_IS_MISSING", minutes=15)
    yield from _hosts(size, load)
    yield from _latencies(load)
    yield from _copies()
    if load.outgrown_gib is not None:
        share = round(load.outgrown_gib * SPARE / size.specs, 1)
        yield _metric("outgrown", "DB_DATA_SIZE_TOTAL", Threshold(above=share, units="GIGABYTES"), minutes=60)


def _hosts(size: AtlasSize, load: AtlasLoad) -> Iterator[AtlasAlert]:
    """Give the alerts on what a host runs out of."""
    most = round(size.connections * SPARE)
    expected = round(sum(load.connections.values()) * MORE_THAN_EXPECTED)
    connections = min(expected, most) if expected else most
    yield _metric("connections", "CONNECTIONS", Threshold(above=connections, units="RAW"), minutes=5)
    # Atlas adds to a disk at 90 %: above, it has not helped.
    yield _metric("disk", "DISK_PARTITION_SPACE_USED_DATA", Threshold(above=92, units="RAW"), minutes=30)
    yield _metric("processor", "NORMALIZED_SYSTEM_CPU_USER", Threshold(above=80, units="RAW"), minutes=15)
    if size.tier in BURSTABLE:
        # Credits of a burstable host are used up: others get its processor.
        yield _metric("steal", "NORMALIZED_SYSTEM_CPU_STEAL", Threshold(above=10, units="RAW"), minutes=15)


def _latencies(load: AtlasLoad) -> Iterator[AtlasAlert]:
    """Give the alerts on what clients feel."""
    # As many documents looked at for one found mean that an index is missing: Atlas' own figure.
    targeting = Threshold(above=1_000, units="RAW")
    yield _metric("query-targeting", "QUERY_TARGETING_SCANNED_OBJECTS_PER_RETURNED", targeting, minutes=10)
    for name, metric, most in (
        ("slow-reads", "AVG_READ_EXECUTION_TIME", load.read_ms),
        ("slow-writes", "AVG_WRITE_EXECUTION_TIME", load.write_ms),
    ):
        if most is not None:
            yield _metric(name, metric, Threshold(above=most, units="MILLISECONDS"), minutes=10)


def _copies() -> Iterator[AtlasAlert]:
    """Give the alerts on what guards the data: its copies on other nodes, and its backups."""
    lag = Threshold(above=LAG_SECONDS, units="SECONDS")
    yield _metric("lag", "OPLOG_SLAVE_LAG_MASTER_TIME", lag, minutes=5)
    yield AtlasAlert(
        name="oplog-window",
        event="REPLICATION_OPLOG_WINDOW_RUNNING_OUT",
        threshold=Threshold(below=SNAPSHOT_HOURS, units="HOURS"),
        minutes=30,
    )
    yield AtlasAlert(
        name="backup-behind",
        event="CPS_SNAPSHOT_BEHIND",
        threshold=Threshold(above=2 * SNAPSHOT_HOURS, units="HOURS"),
        minutes=15,
    )


def _metric(name: str, metric: str, threshold: Threshold, *, minutes: int) -> AtlasAlert:
    return AtlasAlert(name=name, event=METRIC, metric=metric, threshold=threshold, minutes=minutes)
