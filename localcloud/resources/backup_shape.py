"""AWS Backup's documents, in AWS's words and in Pulumi's."""

from collections.abc import Mapping
from typing import Any, Final

from localcloud.wire import Props

_RULE: Final[Mapping[str, str]] = {
    "ruleName": "RuleName",
    "targetVaultName": "TargetBackupVaultName",
    "targetLogicallyAirGappedBackupVaultArn": "TargetLogicallyAirGappedBackupVaultArn",
    "schedule": "ScheduleExpression",
    "scheduleExpressionTimezone": "ScheduleExpressionTimezone",
    "startWindow": "StartWindowMinutes",
    "completionWindow": "CompletionWindowMinutes",
    "enableContinuousBackup": "EnableContinuousBackup",
    "recoveryPointTags": "RecoveryPointTags",
}
_LIFECYCLE: Final[Mapping[str, str]] = {
    "coldStorageAfter": "MoveToColdStorageAfterDays",
    "deleteAfter": "DeleteAfterDays",
    "optInToArchiveForSupportedResources": "OptInToArchiveForSupportedResources",
}
_TESTS: Final[Mapping[str, str]] = {
    "stringEquals": "StringEquals",
    "stringNotEquals": "StringNotEquals",
    "stringLikes": "StringLike",
    "stringNotLikes": "StringNotLike",
}
_DEFAULTS: Final = {"scheduleExpressionTimezone": "Etc/UTC", "startWindow": 60, "completionWindow": 180}
"""What the official provider sends for a rule that says nothing; AWS's own windows are 8 hours and 7 days."""


def _renamed(names: Mapping[str, str], said: Mapping[str, Any]) -> Props:
    """Give AWS's words for what is said; nothing, 0 and false are not sent."""
    return {theirs: said[ours] for ours, theirs in names.items() if said.get(ours)}


def _back(names: Mapping[str, str], found: Mapping[str, Any]) -> Props:
    return {ours: found[theirs] for ours, theirs in names.items() if found.get(theirs)}


def rule_to_aws(said: Mapping[str, Any]) -> Props:
    """Write a rule of a plan as AWS wants it."""
    rule = _renamed(_RULE, {**_DEFAULTS, **said})
    if lifecycle := said.get("lifecycle"):
        rule["Lifecycle"] = _renamed(_LIFECYCLE, lifecycle)
    if copies := said.get("copyActions"):
        rule["CopyActions"] = [
            {
                "DestinationBackupVaultArn": copy["destinationVaultArn"],
                **({"Lifecycle": _renamed(_LIFECYCLE, copy["lifecycle"])} if copy.get("lifecycle") else {}),
            }
            for copy in copies
        ]
    return rule


def lifecycle_from_aws(found: Mapping[str, Any]) -> Props:
    """Read a lifecycle."""
    return _back(_LIFECYCLE, found)


def rule_from_aws(found: Mapping[str, Any]) -> Props:
    """Read a rule of a plan."""
    rule = _back(_RULE, found)
    if lifecycle := lifecycle_from_aws(found.get("Lifecycle", {})):
        rule["lifecycle"] = lifecycle
    if copies := found.get("CopyActions"):
        rule["copyActions"] = [
            {
                "destinationVaultArn": copy["DestinationBackupVaultArn"],
                **({"lifecycle": lifecycle_from_aws(copy["Lifecycle"])} if copy.get("Lifecycle") else {}),
            }
            for copy in copies
        ]
    return rule


def same_rules(one: list[Props], other: list[Props]) -> bool:
    """Say whether two lists of rules mean the same: AWS answers with defaults, and in any order."""
    first, second = (sorted((_meaning(rule) for rule in rules), key=str) for rules in (one, other))
    return first == second


def _meaning(rule: Props) -> Props:
    """Give a rule as AWS reads it, in one wording."""
    return _ordered(rule_from_aws(rule_to_aws(rule)))


def _ordered(value: Any) -> Any:
    match value:
        case dict():
            return {key: _ordered(value[key]) for key in sorted(value)}
        case list():
            return sorted(map(_ordered, value), key=str)
        case _:
            return value


def plan_from_aws(document: Mapping[str, Any]) -> Props:
    """Read a plan's document."""
    plan: Props = {
        "name": document["BackupPlanName"],
        "rules": [rule_from_aws(rule) for rule in document["Rules"]],
    }
    if settings := document.get("AdvancedBackupSettings"):
        plan["advancedBackupSettings"] = [
            {"resourceType": one["ResourceType"], "backupOptions": one["BackupOptions"]} for one in settings
        ]
    return plan


def plan_to_aws(said: Mapping[str, Any]) -> Props:
    """Write a plan's document."""
    plan: Props = {"BackupPlanName": said["name"], "Rules": [rule_to_aws(rule) for rule in said["rules"]]}
    if settings := said.get("advancedBackupSettings"):
        plan["AdvancedBackupSettings"] = [
            {"ResourceType": one["resourceType"], "BackupOptions": one["backupOptions"]} for one in settings
        ]
    return plan


def conditions_to_aws(conditions: list[Props]) -> Props:
    """Write the conditions of a selection."""
    return {
        theirs: [
            {"ConditionKey": pair["key"], "ConditionValue": pair["value"]}
            for one in conditions
            for pair in one.get(ours, ())
        ]
        for ours, theirs in _TESTS.items()
        if any(one.get(ours) for one in conditions)
    }


def conditions_from_aws(found: Mapping[str, Any]) -> list[Props]:
    """Read the conditions of a selection: one block, or none."""
    block = {
        ours: [{"key": one["ConditionKey"], "value": one["ConditionValue"]} for one in found[theirs]]
        for ours, theirs in _TESTS.items()
        if found.get(theirs)
    }
    return [block] if block else []
