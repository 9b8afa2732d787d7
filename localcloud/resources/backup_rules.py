"""What AWS Backup refuses, about inputs as Pulumi writes them; moto's amendment asks the same."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from localcloud.resources.schedule_expression import schedule_problems, zone_problems
from localcloud.wire import Props

# AWS Backup API Reference: BackupRuleInput, Lifecycle, PutBackupVaultLockConfiguration, CreateBackupVault,
# RestoreTestingPlanForCreate, RestoreTestingSelectionForCreate, BackupSelection.
COLD_DAYS: Final = 90
_DAYS: Final = range(1, 36_501)
_CONTINUOUS_DAYS: Final = range(1, 36)
_START_MINUTES: Final = 60
_AFTER_START_MINUTES: Final = 60
_VAULT_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{2,50}")
_NAME: Final = re.compile(r"[a-zA-Z0-9._-]{1,50}")
_TESTING_NAME: Final = re.compile(r"[a-zA-Z0-9_]{1,50}")
_VAULT_ARN: Final = re.compile(r"arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:.+")
_LOCK_DAYS: Final = 36_500
_GRACE_DAYS: Final = 3
EVENTS: Final = frozenset(
    {"BACKUP_JOB_STARTED", "BACKUP_JOB_COMPLETED", "BACKUP_JOB_SUCCESSFUL", "BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED"}
    | {"RESTORE_JOB_STARTED", "RESTORE_JOB_COMPLETED", "RESTORE_JOB_SUCCESSFUL", "RESTORE_JOB_FAILED"}
    | {"COPY_JOB_STARTED", "COPY_JOB_SUCCESSFUL", "COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED"}
    | {"BACKUP_PLAN_CREATED", "BACKUP_PLAN_MODIFIED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"}
    | {"CONTINUOUS_BACKUP_INTERRUPTED", "RECOVERY_POINT_INDEX_COMPLETED", "RECOVERY_POINT_INDEX_DELETED"}
    | {"RECOVERY_POINT_INDEXING_FAILED"}
)
_TESTED_TYPES: Final = (*("Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"),)
_TAG_KEY: Final = "aws:ResourceTag/"


# Vaults


def vault_rules(inputs: Props) -> Iterator[str]:
    """Rules of a vault."""
    if not _VAULT_NAME.fullmatch(inputs["name"]):
        yield f"name must consist of 2 to 50 letters, numbers, hyphens and underscores, got {inputs['name']!r}"


def lock_rules(inputs: Props) -> Iterator[str]:
    """Rules of a vault's lock."""
    least, most = inputs.get("minRetentionDays"), inputs.get("maxRetentionDays")
    grace = inputs.get("changeableForDays")
    if least is not None and not 1 <= least <= _LOCK_DAYS:
        yield f"MinRetentionDays must lie between 1 and {_LOCK_DAYS}, got {least}"
    if most is not None and not 1 <= most <= _LOCK_DAYS:
        yield f"MaxRetentionDays must lie between 1 and {_LOCK_DAYS}, got {most}"
    if least is not None and most is not None and least > most:
        yield f"MinRetentionDays must be at most MaxRetentionDays, got {least} and {most}"
    if grace is not None and not _GRACE_DAYS <= grace <= _LOCK_DAYS:
        yield f"ChangeableForDays must be {_GRACE_DAYS} or more: the lock is for ever after them, got {grace}"


def notification_rules(inputs: Props) -> Iterator[str]:
    """Rules of a vault's notifications."""
    if unknown := sorted(set(inputs["backupVaultEvents"]) - EVENTS):
        yield f"backupVaultEvents must be of {', '.join(sorted(EVENTS))}, got {', '.join(unknown)}"


# Plans


def plan_rules(inputs: Props) -> Iterator[str]:
    """Rules of a plan."""
    if not _NAME.fullmatch(inputs["name"]):
        yield f"name must consist of 1 to 50 letters, numbers, dots, hyphens and underscores, got {inputs['name']!r}"
    if not inputs["rules"]:
        yield "a backup plan needs at least one rule"
    for rule in inputs["rules"]:
        for problem in _rule_problems(rule):
            yield f"Error in rule {rule['ruleName']} : {problem}"
    for setting in inputs.get("advancedBackupSettings", ()):
        if setting["resourceType"] != "EC2" or setting["backupOptions"].keys() != {"WindowsVSS"}:
            yield (
                "advancedBackupSettings are for EC2 and its option WindowsVSS only, got "
                f"{setting['resourceType']} with {', '.join(sorted(setting['backupOptions']))}"
            )


def _rule_problems(rule: Props) -> Iterator[str]:
    if not _NAME.fullmatch(rule["ruleName"]):
        yield "Invalid rule name. It must consist of 1 to 50 letters, numbers, dots, hyphens and underscores"
    if schedule := rule.get("schedule"):
        yield from schedule_problems(schedule)
    yield from zone_problems(rule.get("scheduleExpressionTimezone", "Etc/UTC"))
    start, end = rule.get("startWindow", 60), rule.get("completionWindow", 180)
    if start < _START_MINUTES:
        yield f"Invalid start window. It must be at least {_START_MINUTES} minutes, got {start}"
    if end < start + _AFTER_START_MINUTES:
        yield (
            f"Invalid completion window. It must be at least {_AFTER_START_MINUTES} minutes longer than the start "
            f"window of {start}, got {end}"
        )
    lifecycle = rule.get("lifecycle") or {}
    if rule.get("enableContinuousBackup"):
        yield from _continuous_problems(lifecycle)
    else:
        yield from lifecycle_problems(lifecycle)
    for copy in rule.get("copyActions") or ():
        yield from lifecycle_problems(copy.get("lifecycle") or {})
        if not _VAULT_ARN.fullmatch(copy["destinationVaultArn"]):
            yield f"Invalid destination backup vault ARN, got {copy['destinationVaultArn']!r}"


def _continuous_problems(lifecycle: Props) -> Iterator[str]:
    """Say what point-in-time recovery cannot have. AWS Backup Developer Guide, "Continuous backups"."""
    if lifecycle.get("coldStorageAfter"):
        yield "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable for continuous backups"
    days = lifecycle.get("deleteAfter")
    if days not in _CONTINUOUS_DAYS:
        least, most = _CONTINUOUS_DAYS[0], _CONTINUOUS_DAYS[-1]
        yield (
            f"Invalid lifecycle. DeleteAfterDays cannot be less than {least} or more than {most} days for continuous "
            f"backups, got {days or 'none'}"
        )


def lifecycle_problems(lifecycle: Mapping[str, Any]) -> Iterator[str]:
    """Say what AWS refuses of a lifecycle; 0 is Pulumi's word for an absent number."""
    cold, delete = lifecycle.get("coldStorageAfter"), lifecycle.get("deleteAfter")
    if cold and cold not in _DAYS:
        yield f"Invalid lifecycle. MoveToColdStorageAfterDays must lie between 1 and {_DAYS[-1]}, got {cold}"
    if delete and delete not in _DAYS:
        yield f"Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than {_DAYS[-1]} days, got {delete}"
    if cold and delete and delete < cold + COLD_DAYS:
        yield (
            f"Invalid lifecycle. DeleteAfterDays cannot be less than {COLD_DAYS} days apart from "
            f"MoveToColdStorageAfterDays: {cold} asks for {cold + COLD_DAYS} or more, got {delete}"
        )


# Selections


def selection_rules(inputs: Props) -> Iterator[str]:
    """Rules of a selection."""
    if not _NAME.fullmatch(inputs["name"]):
        yield f"name must consist of 1 to 50 letters, numbers, dots, hyphens and underscores, got {inputs['name']!r}"
    for tag in inputs.get("selectionTags", ()):
        if tag["type"] != "STRINGEQUALS":
            yield f"the type of a selection tag must be STRINGEQUALS, got {tag['type']}"
    for condition in inputs.get("conditions", ()):
        for test in condition:
            for one in condition[test]:
                if not one["key"].startswith(_TAG_KEY):
                    yield f"the key of a condition must begin with {_TAG_KEY}, got {one['key']}"


def selects_something(inputs: Props) -> Iterator[str]:
    """Say that a selection names nothing; what is not known yet counts as something."""
    if not any(inputs.keys() & {key} for key in ("resources", "selectionTags", "conditions", "notResources")):
        yield "a selection needs resources, notResources, selectionTags or conditions"


# Restore testing


def _testing_name(name: str) -> Iterator[str]:
    if not _TESTING_NAME.fullmatch(name):
        yield f"name must be given: 1 to 50 letters, numbers and underscores, without hyphens, got {name!r}"


def testing_plan_rules(inputs: Props) -> Iterator[str]:
    """Rules of a restore testing plan."""
    yield from _testing_name(inputs["name"])
    yield from schedule_problems(inputs["scheduleExpression"])
    yield from zone_problems(inputs.get("scheduleExpressionTimezone", "Etc/UTC"))
    if not 1 <= (hours := inputs.get("startWindowHours", 24)) <= 168:  # noqa: PLR2004  hours of a week
        yield f"startWindowHours must lie between 1 and 168, got {hours}"
    selection = inputs["recoveryPointSelection"]
    if (algorithm := selection["algorithm"]) not in ("LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"):
        yield f"algorithm must be LATEST_WITHIN_WINDOW or RANDOM_WITHIN_WINDOW, got {algorithm}"
    types = selection["recoveryPointTypes"]
    if not types or not set(types) <= {"CONTINUOUS", "SNAPSHOT"}:
        yield f"recoveryPointTypes must be of CONTINUOUS and SNAPSHOT, got {', '.join(types) or 'none'}"
    if not 1 <= (days := selection.get("selectionWindowDays", 30)) <= 365:  # noqa: PLR2004  days of a year
        yield f"selectionWindowDays must lie between 1 and 365, got {days}"
    vaults = selection["includeVaults"]
    if not vaults or ("*" in vaults and len(vaults) > 1):
        yield f"includeVaults must be ARNs of vaults, or * alone, got {', '.join(vaults) or 'none'}"


def testing_selection_rules(inputs: Props) -> Iterator[str]:
    """Rules of what a restore testing plan tries to restore."""
    yield from _testing_name(inputs["name"])
    if (type_ := inputs["protectedResourceType"]) not in _TESTED_TYPES:
        yield f"protectedResourceType must be one of {', '.join(_TESTED_TYPES)}, got {type_}"
    if not 0 <= (hours := inputs.get("validationWindowHours", 0)) <= 168:  # noqa: PLR2004  hours of a week
        yield f"validationWindowHours must lie between 0 and 168, got {hours}"


def tests_something(inputs: Props) -> Iterator[str]:
    """Say that it is not clear what to restore."""
    arns, conditions = inputs.get("protectedResourceArns"), inputs.get("protectedResourceConditions")
    if not arns and not conditions:
        yield "a restore testing selection needs protectedResourceArns or protectedResourceConditions"
    if arns and conditions and arns != ["*"]:
        yield "protectedResourceConditions go with no protectedResourceArns but *"
