"""What the official provider refuses about a table before it asks AWS."""

import re
from collections.abc import Iterator
from typing import Final

from localcloud.moto.dynamodb_limits import CLASSES, MAX_RECOVERY_DAYS
from localcloud.wire import Props

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_VIEWS: Final = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
_MODES: Final = ("EVENTUAL", "STRONG")


def table_rules(inputs: Props) -> Iterator[str]:
    """Say what is wrong with name, class, billing mode and stream."""
    if "name" in inputs and not _NAME.fullmatch(inputs["name"]):
        yield f"TableName must be 3 to 255 letters, digits, '_', '-' or '.', got {inputs['name']!r}"
    if inputs.get("tableClass", "STANDARD") not in CLASSES:
        yield f"TableClass must be one of {', '.join(CLASSES)}, got {inputs['tableClass']!r}"
    if (mode := inputs.get("billingMode")) not in ("PROVISIONED", "PAY_PER_REQUEST"):
        yield f"BillingMode must be PROVISIONED or PAY_PER_REQUEST, got {mode!r}"
    if (view := inputs.get("streamViewType")) and view not in _VIEWS:
        yield f"streamViewType must be one of {', '.join(_VIEWS)}, got {view!r}"
    if inputs.get("streamEnabled") and not view:
        yield "streamViewType is required when streamEnabled is true"


def key_rules(inputs: Props) -> Iterator[str]:
    """Say which attributes are missing, and which are nobody's key."""
    keys = {inputs[key] for key in ("hashKey", "rangeKey") if key in inputs}
    for index in inputs.get("globalSecondaryIndexes") or ():
        keys |= {one["attributeName"] for one in index.get("keySchemas") or ()}
        keys |= {index[key] for key in ("hashKey", "rangeKey") if index.get(key)}
    keys |= {index["rangeKey"] for index in inputs.get("localSecondaryIndexes") or ()}
    named = {one["name"] for one in inputs.get("attributes", ())}
    if missing := sorted(keys - named):
        yield f"attributes must define the type of every key, {', '.join(missing)} is missing"
    if unused := sorted(named - keys):
        yield f"all attributes must be keys of the table, {', '.join(unused)} is not (an index brings its own)"


def capacity_rules(inputs: Props) -> Iterator[str]:
    """Say which figures contradict each other."""
    given = [key for key in ("readCapacity", "writeCapacity") if key in inputs]
    if "onDemandThroughput" in inputs and given:
        yield f"{given[0]} conflicts with onDemandThroughput"
    for key in given:
        if inputs[key] < 1 and inputs.get("billingMode") == "PROVISIONED":
            yield f"{key} must be at least 1 when billingMode is PROVISIONED, got {inputs[key]}"
    for index in inputs.get("globalSecondaryIndexes") or ():
        if inputs.get("billingMode") == "PROVISIONED" and not {"readCapacity", "writeCapacity"} <= index.keys():
            yield f"read and write capacity should be set for index {index['name']} when billingMode is PROVISIONED"


def recovery_rules(inputs: Props) -> Iterator[str]:
    """Say what is wrong with recovery and expiry."""
    days = inputs.get("pointInTimeRecovery", {}).get("recoveryPeriodInDays", MAX_RECOVERY_DAYS)
    if not 1 <= days <= MAX_RECOVERY_DAYS:
        yield f"RecoveryPeriodInDays must be between 1 and {MAX_RECOVERY_DAYS}, got {days}"
    ttl = inputs.get("ttl", {})
    if ttl.get("enabled") and not ttl.get("attributeName"):
        yield "ttl needs attributeName when it is enabled"


def replica_rules(inputs: Props) -> Iterator[str]:
    """Say what is wrong with the replicas."""
    regions = [one["regionName"] for one in inputs.get("replicas") or ()]
    if len(set(regions)) < len(regions):
        yield f"each region can have one replica, got {', '.join(regions)}"
    for one in inputs.get("replicas") or ():
        if (mode := one.get("consistencyMode", "EVENTUAL")) not in _MODES:
            yield f"consistencyMode must be one of {', '.join(_MODES)}, got {mode!r}"


def restore_rules(inputs: Props) -> Iterator[str]:
    """Say what is wrong with a restore."""
    if {"restoreSourceName", "restoreSourceTableArn"} <= inputs.keys():
        yield "restoreSourceName conflicts with restoreSourceTableArn"
