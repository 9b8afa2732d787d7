"""What is told of stores in tests of advice: each figure is a number, for its low and its high end alike."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from advice.check import Check, Told, Verdict
from costs.amount import Amount

IDLE_DATABASE: Mapping[str, float] = {
    "days": 14,
    "cpuPercent": 1,
    "cpuDayPercent": 1,
    "freeMemoryGib": 0.75,
    "connections": 1,
    "freeStorageGib": 15,
    "dataGib": 1,
    "growthGib": 0,
    "iops": 1,
}
IDLE_CACHE: Mapping[str, float] = {
    "days": 14,
    "memoryPercent": 1,
    "evictionsPerMinute": 0,
    "cpuPercent": 1,
    "engineCpuPercent": 1,
    "connections": 1,
}
IDLE_TABLE: Mapping[str, float] = {
    "days": 14,
    "readUnits": 1,
    "writeUnits": 1,
    "readThrottles": 0,
    "writeThrottles": 0,
}
IDLE_CLUSTER: Mapping[str, float] = {
    "days": 14,
    "connections": 1,
    "cpuPercent": 1,
    "diskPercent": 1,
    "dataGib": 0.1,
    "growthGib": 0,
    "stealPercent": 0,
}


def told(figures: Mapping[str, float], **more: float | None) -> Told:
    """Give what is told; None takes a figure away."""
    known = {field: value for field, value in {**figures, **more}.items() if value is not None}
    return {field: Amount.of(Decimal(str(value))) for field, value in known.items()}


def verdicts(checks: Sequence[Check]) -> Mapping[str, Verdict]:
    return {check.limit: check.verdict for check in checks}


def small(checks: Sequence[Check]) -> list[str]:
    """Name the limits by which a size is too small."""
    return [check.limit for check in checks if check.verdict is Verdict.TOO_SMALL]
