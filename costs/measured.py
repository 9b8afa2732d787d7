"""
What is measured of a store's use, beside what its cost is made of: a usage file has both.

Each is a number, or a range: the middle of what was measured, what 95 of 100 figures do not exceed, and the highest. A
figure counts as high as it was held for as long as the store's alarm on it waits. Of what is free the range is turned
round: the lowest, what 95 of 100 figures are above, the middle.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

MEASURED: Final[Mapping[str, str]] = {
    "days": "days that were measured",
    "cpuPercent": "processor use of the busiest instance or node, %",
    "cpuDayPercent": "processor use of the busiest instance, averages of days, %: the lowest, the mean, the highest",
    "freeMemoryGib": "GiB of memory that is free on the fullest instance; the low end counts",
    "connections": "connections to the instance or node that has most",
    "readerCpuPercent": "processor use of the busiest reader on Aurora, %: then `cpuPercent` is the writer's",
    "readerConnections": "connections to the reader on Aurora that has most: then `connections` are the writer's",
    "freeStorageGib": "GiB of storage that is free; the low end counts",
    "growthGib": "GiB that data grow by a month",
    "iops": "reads and writes of storage a second, of the busiest instance",
    "lagSeconds": "seconds that the slowest replica is behind",
    "acuPercent": "capacity units in use of the upper bound of a serverless cluster, %",
    "readUnits": "read units a second, of the busiest of a table and its indexes",
    "writeUnits": "write units a second, of the busiest of a table and its indexes",
    "readUnitsMillions": "read units a month, of a table and its indexes together, in millions",
    "writeUnitsMillions": "write units a month, of a table and its indexes together, in millions",
    "readThrottles": "reads that a table or an index refused in a minute",
    "writeThrottles": "writes that a table or an index refused in a minute",
    "engineCpuPercent": "use of the one core that serves commands of Redis, on the busiest node, %",
    "memoryPercent": "memory of Redis in use of what is for data, on the fullest node, %",
    "evictionsPerMinute": "keys that a node of Redis evicts in a minute",
    "refusedPerMinute": "commands that a serverless cache refuses in a minute",
    "hitPercent": "reads of Redis that found a key, %; the low end counts",
    "diskPercent": "disk in use on the fullest node of Atlas, %",
    "stealPercent": "processor time that other hosts took from a burstable node of Atlas, %",
}
"""Fields of a usage file that tell of the past: `datastores recommend` needs them, and no price does."""
# Amazon CloudWatch User Guide, "Metrics concepts": figures are kept for 455 days.
MOST_DAYS: Final = Decimal(455)
PERCENT: Final = Decimal(100)


def most(name: str) -> Decimal | None:
    """Give the highest that a measured figure can be; None: there is no such bound."""
    if name == "days":
        return MOST_DAYS
    return PERCENT if name.endswith("Percent") else None
