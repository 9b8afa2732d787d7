"""Which metrics of CloudWatch tell what a usage file says, by kind of part; the alarms' own statistics."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

GIB: Final = 1024**3


class Kind(StrEnum):
    """A part of a store that has metrics."""

    INSTANCE = "AWS/RDS instance"
    CLUSTER = "AWS/RDS cluster"
    WRITER = "AWS/RDS writer of a cluster"
    READERS = "AWS/RDS readers of a cluster"
    TABLE = "AWS/DynamoDB"
    NODE = "AWS/ElastiCache node"
    SERVERLESS = "AWS/ElastiCache serverless"

    @property
    def namespace(self) -> str:
        """CloudWatch's."""
        return self.partition(" ")[0]


class Reading(StrEnum):
    """How figures over time become one of a usage file."""

    RISES = "the highest counts"
    FALLS = "the lowest counts"
    DAILY = "averages of days"
    GROWTH = "how much more there is in a month"
    LAST = "the newest counts"
    TOTAL = "all of a month, in millions"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One field of a usage file, and what it is made of."""

    field: str
    names: tuple[str, ...]
    """CloudWatch's; several are added up."""
    statistic: Literal["Average", "Maximum", "Minimum", "Sum"]
    reading: Reading = Reading.RISES
    minutes: int = 5
    """How long the alarm on it waits."""
    per: int = 1
    """What one of its unit has of CloudWatch's."""
    by_time: int = 0
    """Of a sum: seconds that it is told for (a second, a minute); 0: it is not told by time."""
    else_zero: bool = False
    """No figure means none: CloudWatch has this metric only where something happened."""


def _cpu(field: str, statistic: Literal["Average", "Maximum"]) -> Metric:
    return Metric(field=field, names=("CPUUtilization",), statistic=statistic, minutes=15)


_DAYS_CPU: Final = Metric(field="cpuDayPercent", names=("CPUUtilization",), statistic="Average", reading=Reading.DAILY)
_CONNECTIONS: Final = Metric(field="connections", names=("DatabaseConnections",), statistic="Maximum")
# Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions": those of throttling are there only when requests
# are throttled.
METRICS: Final[dict[Kind, tuple[Metric, ...]]] = {
    Kind.INSTANCE: (
        _cpu("cpuPercent", "Average"),
        _DAYS_CPU,
        Metric(
            field="freeMemoryGib",
            names=("FreeableMemory",),
            statistic="Average",
            reading=Reading.FALLS,
            minutes=15,
            per=GIB,
        ),
        _CONNECTIONS,
        Metric(
            field="freeStorageGib",
            names=("FreeStorageSpace",),
            statistic="Minimum",
            reading=Reading.FALLS,
            minutes=15,
            per=GIB,
        ),
        Metric(field="growthGib", names=("FreeStorageSpace",), statistic="Minimum", reading=Reading.GROWTH, per=-GIB),
        Metric(field="iops", names=("ReadIOPS", "WriteIOPS"), statistic="Average", minutes=15),
        Metric(field="lagSeconds", names=("ReplicaLag",), statistic="Maximum"),
    ),
    Kind.CLUSTER: (
        _DAYS_CPU,
        Metric(
            field="freeMemoryGib",
            names=("FreeableMemory",),
            statistic="Minimum",
            reading=Reading.FALLS,
            minutes=15,
            per=GIB,
        ),
        Metric(field="acuPercent", names=("ACUUtilization",), statistic="Maximum", minutes=15),
        # What a serverless cluster costs is made of it.
        Metric(field="averageAcu", names=("ServerlessDatabaseCapacity",), statistic="Average", reading=Reading.DAILY),
        Metric(field="dataGib", names=("VolumeBytesUsed",), statistic="Maximum", reading=Reading.LAST, per=GIB),
        Metric(field="growthGib", names=("VolumeBytesUsed",), statistic="Maximum", reading=Reading.GROWTH, per=GIB),
        Metric(field="lagSeconds", names=("AuroraReplicaLagMaximum",), statistic="Maximum", per=1_000),
    ),
    Kind.WRITER: (_cpu("cpuPercent", "Maximum"), _CONNECTIONS),
    Kind.READERS: (_cpu("readerCpuPercent", "Maximum"), replace(_CONNECTIONS, field="readerConnections")),
    Kind.TABLE: tuple(
        metric
        for way in ("Read", "Write")
        for metric in (
            Metric(field=f"{way.lower()}Units", names=(f"Consumed{way}CapacityUnits",), statistic="Sum", by_time=1),
            Metric(
                field=f"{way.lower()}UnitsMillions",
                names=(f"Consumed{way}CapacityUnits",),
                statistic="Sum",
                reading=Reading.TOTAL,
                per=1_000_000,
            ),
            Metric(
                field=f"{way.lower()}Throttles",
                names=(f"{way}ThrottleEvents",),
                statistic="Sum",
                by_time=60,
                else_zero=True,
            ),
        )
    ),
    Kind.NODE: (
        Metric(field="cpuPercent", names=("CPUUtilization",), statistic="Average", minutes=15),
        Metric(field="engineCpuPercent", names=("EngineCPUUtilization",), statistic="Average", minutes=15),
        Metric(field="memoryPercent", names=("DatabaseMemoryUsagePercentage",), statistic="Maximum", minutes=15),
        Metric(field="evictionsPerMinute", names=("Evictions",), statistic="Sum", minutes=15, by_time=60),
        Metric(field="connections", names=("CurrConnections",), statistic="Maximum"),
        Metric(field="hitPercent", names=("CacheHitRate",), statistic="Average", reading=Reading.FALLS, minutes=15),
        Metric(field="lagSeconds", names=("ReplicationLag",), statistic="Maximum"),
    ),
    Kind.SERVERLESS: (
        Metric(field="dataGib", names=("BytesUsedForCache",), statistic="Maximum", minutes=15, per=GIB),
        Metric(field="evictionsPerMinute", names=("Evictions",), statistic="Sum", minutes=15, by_time=60),
        Metric(field="refusedPerMinute", names=("ThrottledCmds",), statistic="Sum", by_time=60, else_zero=True),
    ),
}
"""What is asked of each kind of part."""
