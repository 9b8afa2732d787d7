"""The replicas that a table's program lists: global tables, version 2019.11.21."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resources.dynamodb_calls import apply_recovery, change_tags, describe_table, recovery_of, tags_of
from localcloud.wire import Props

_PROPAGATED: Final = "aws:dynamodb/table:Table#propagated"
"""Where the memory keeps which replicas get the table's tags: AWS does not know."""
_DEFAULTS: Final[Mapping[str, Any]] = {
    "consistencyMode": "EVENTUAL",
    "pointInTimeRecovery": False,
    "propagateTags": False,
}
_COMPUTED: Final = ("deletionProtectionEnabled", "kmsKeyArn")
"""What AWS fills in where the program says nothing."""


def in_region(cloud: Cloud, region: str) -> Cloud:
    """Give the same cloud in another region."""
    return replace(cloud, region=region)


def replicas_of(cloud: Cloud, table: dict[str, Any]) -> list[Props]:
    """Read the replicas of a described table."""
    propagated = cloud.memory.of(cloud.region, _PROPAGATED, table["TableName"])
    return [_read(cloud, table, one, propagated) for one in table.get("Replicas", [])]


def _read(cloud: Cloud, table: dict[str, Any], replica: dict[str, Any], propagated: Props) -> Props:
    region, name = replica["RegionName"], table["TableName"]
    there = in_region(cloud, region)
    found = describe_table(there, name) or {}
    return {
        "regionName": region,
        "arn": found.get("TableArn", ""),
        "streamArn": found.get("LatestStreamArn", ""),
        "streamLabel": found.get("LatestStreamLabel", ""),
        "consistencyMode": table.get("MultiRegionConsistency", "EVENTUAL"),
        "deletionProtectionEnabled": found.get("DeletionProtectionEnabled", False),
        "pointInTimeRecovery": recovery_of(there, name)["enabled"],
        "propagateTags": propagated.get(region, False),
        **({"kmsKeyArn": replica["KMSMasterKeyId"]} if "KMSMasterKeyId" in replica else {}),
    }


def same_replicas(ours: list[Props], other: list[Props]) -> bool:
    """Compare replicas by region, and where ours says something."""
    known = {one["regionName"]: {**_DEFAULTS, **one} for one in other}
    return {one["regionName"] for one in ours} == known.keys() and all(
        known[one["regionName"]].get(key) == value
        for one in ours
        for key, value in {**_DEFAULTS, **one}.items()
        if key in (*_DEFAULTS, *_COMPUTED)
    )


# Changing


def apply_replicas(cloud: Cloud, name: str, olds: Props, news: Props) -> None:
    """Bring the replicas from the old inputs to the new; another key makes a replica anew."""
    before, after = (_by_region(inputs) for inputs in (olds, news))
    anew = {region for region in before.keys() & after.keys() if _other_key(before[region], after[region])}
    _delete(cloud, name, [region for region in before if region not in after or region in anew], before)
    _create(cloud, name, [one for region, one in after.items() if region not in before or region in anew])
    for region, one in after.items():
        _settle(in_region(cloud, region), name, one)
    cloud.memory.keep(
        cloud.region, _PROPAGATED, name, {region: bool(one.get("propagateTags")) for region, one in after.items()}
    )
    _propagate(cloud, name, after, news)


def remove_replicas(cloud: Cloud, name: str, state: Props) -> None:
    """Remove the replicas that a table's state has."""
    table = describe_table(cloud, name)
    present = {one["RegionName"] for one in (table or {}).get("Replicas", [])}
    listed = _by_region(state)
    _delete(cloud, name, [region for region in listed if region in present], listed)
    cloud.memory.forget(cloud.region, _PROPAGATED, name)


def _by_region(inputs: Props) -> dict[str, Props]:
    return {one["regionName"]: one for one in inputs.get("replicas") or ()}


def _other_key(old: Props, new: Props) -> bool:
    return bool(new.get("kmsKeyArn")) and new["kmsKeyArn"] != old.get("kmsKeyArn")


def _delete(cloud: Cloud, name: str, regions: list[str], known: dict[str, Props]) -> None:
    requests = [{"Delete": {"RegionName": region}} for region in regions]
    strong = any(known[region].get("consistencyMode") == "STRONG" for region in regions)
    for some in [requests] if strong else [[one] for one in requests]:
        cloud.aws("dynamodb").update_table(TableName=name, ReplicaUpdates=some)


def _create(cloud: Cloud, name: str, replicas: list[Props]) -> None:
    requests = [
        {
            "Create": {
                "RegionName": one["regionName"],
                **({"KMSMasterKeyId": one["kmsKeyArn"]} if one.get("kmsKeyArn") else {}),
            }
        }
        for one in replicas
    ]
    aws = cloud.aws("dynamodb")
    if any(one.get("consistencyMode") == "STRONG" for one in replicas):  # all at once, and never one more
        aws.update_table(TableName=name, ReplicaUpdates=requests, MultiRegionConsistency="STRONG")
        return
    for one in requests:
        aws.update_table(TableName=name, ReplicaUpdates=[one])


def _settle(there: Cloud, name: str, wanted: Props) -> None:
    """Set what is a replica's own: recovery and protection."""
    if recovery_of(there, name)["enabled"] != wanted.get("pointInTimeRecovery", False):
        apply_recovery(there, name, {"enabled": wanted.get("pointInTimeRecovery", False)})
    protected = wanted.get("deletionProtectionEnabled")
    table = describe_table(there, name) or {}
    if protected is not None and protected != table.get("DeletionProtectionEnabled", False):
        there.aws("dynamodb").update_table(TableName=name, DeletionProtectionEnabled=protected)


def _propagate(cloud: Cloud, name: str, replicas: dict[str, Props], news: Props) -> None:
    for region, one in replicas.items():
        if one.get("propagateTags"):
            there = in_region(cloud, region)
            arn = there.arn("dynamodb", f"table/{name}")
            change_tags(there, arn, {"tags": tags_of(there, arn)}, news)
