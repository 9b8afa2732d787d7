"""Backup schedules and the policy that they must comply with: retention is compared in days."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.wire import Props

SINGLE: Final = {"policyItemHourly": "hourly", "policyItemDaily": "daily"}
MANY: Final = {"policyItemWeeklies": "weekly", "policyItemMonthlies": "monthly", "policyItemYearlies": "yearly"}
ON_DEMAND: Final = {"onDemandPolicyItem": "ondemand"}
_DAYS: Final = {"days": 1, "weeks": 7, "months": 31, "years": 366}
# Atlas Administration API: frequencyInterval of a backup policy item; 40 is the last day of a month.
_INTERVALS: Final = {
    "hourly": (1, 2, 4, 6, 8, 12),
    "daily": (1,),
    "weekly": tuple(range(1, 8)),
    "monthly": (*range(1, 29), 40),
    "yearly": tuple(range(1, 13)),
    "ondemand": (0,),
}
COMPUTED: Final = ("frequencyType", "id")


def items(record: Props) -> Iterator[tuple[str, Props]]:
    """Give the policy items of a schedule or policy, each with its frequency."""
    for key, frequency in {**SINGLE, **ON_DEMAND}.items():
        if record.get(key):
            yield frequency, record[key]
    for key, frequency in MANY.items():
        for one in record.get(key) or ():
            yield frequency, one


def days(item: Props) -> int:
    """Give how long the snapshots of an item are kept."""
    return item["retentionValue"] * _DAYS[item["retentionUnit"]]


def item_rules(inputs: Props) -> Iterator[str]:
    """Rules of policy items, for schedules and compliance policies alike."""
    for frequency, item in items(inputs):
        unit, interval = item["retentionUnit"], item["frequencyInterval"]
        if unit not in _DAYS:
            yield f"retentionUnit must be one of {', '.join(_DAYS)}, got {unit!r}"
        if item["retentionValue"] <= 0:
            yield f"INVALID_NUM_OF_SNAPSHOTS_TO_RETAIN: retentionValue must be above 0, got {item['retentionValue']}"
        if interval not in _INTERVALS[frequency]:
            allowed = ", ".join(map(str, _INTERVALS[frequency]))
            said = f"frequencyInterval of a {frequency} item must be one of {allowed}, got {interval}"
            yield f"INVALID_BACKUP_POLICY: {said}"
    if (window := inputs.get("restoreWindowDays", 1)) <= 0:
        yield f"INVALID_RESTORE_WINDOW: restoreWindowDays should be a positive number, got {window}"


def named(inputs: Props, new_id: Any) -> Props:
    """Give policy items as Atlas tells them: each with an id and its frequency."""
    found: Props = {}
    for key, frequency in {**SINGLE, **ON_DEMAND}.items():
        if inputs.get(key):
            found[key] = {**inputs[key], "frequencyType": frequency, "id": new_id()}
    for key, frequency in MANY.items():
        if inputs.get(key):
            found[key] = [{**one, "frequencyType": frequency, "id": new_id()} for one in inputs[key]]
    return found


def sayable(item: Any) -> Any:
    """Leave out what only Atlas says of policy items."""
    if isinstance(item, list):
        return [sayable(one) for one in item]
    return {key: value for key, value in item.items() if key not in COMPUTED}


def shortfalls(schedule: Props, policy: Props) -> list[str]:
    """Say in what a schedule, or another policy, is less than a policy; snapshots on demand are no schedule's."""
    kept = list(items(schedule))
    found = [
        f"{frequency} snapshots for {wanted['retentionValue']} {wanted['retentionUnit']}"
        for frequency, wanted in items(policy)
        if not any(kind == frequency and _enough(frequency, item, wanted) for kind, item in kept)
    ]
    if schedule.get("restoreWindowDays", 0) < policy.get("restoreWindowDays", 0):
        found.append(f"restoreWindowDays {policy['restoreWindowDays']}")
    return found


def scheduled(policy: Props) -> Props:
    """Give the part of a policy that schedules must meet."""
    return {key: value for key, value in policy.items() if key not in ON_DEMAND}


def _enough(frequency: str, item: Props, wanted: Props) -> bool:
    often = frequency != "hourly" or item["frequencyInterval"] <= wanted["frequencyInterval"]
    return often and days(item) >= days(wanted)
