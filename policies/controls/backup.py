"""Controls of AWS Backup: its vaults, plans and selections."""

import json
from collections.abc import Mapping
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.backup_plan import SELECTION, STORES
from policies.controls.customer_key import is_customer_key
from policies.controls.relational import is_primary
from policies.controls.relations import any_naming, is_any
from policies.controls.schedule import longest_days
from policies.controls.statement import Statement, statements
from policies.stack import Stack
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
VAULT: Final = "aws:backup/vault:Vault"
VAULT_POLICY: Final = "aws:backup/vaultPolicy:VaultPolicy"
LOCK: Final = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
PLAN: Final = "aws:backup/plan:Plan"
REPORT_PLAN: Final = "aws:backup/reportPlan:ReportPlan"
DELETION: Final = "backup:DeleteRecoveryPoint"
DEFAULT_SCHEDULE: Final = "cron(0 5 ? * * *)"
"""AWS Backup API Reference, BackupRuleInput: what runs where no schedule is written."""
_REGION_PLACE: Final = 3


@control(
    VAULT,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    good=[{"kmsKeyArn": "ref:aws:kms/key:Key::backup::arn"}, {"kmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k"}],
    bad=[{}, {"kmsKeyArn": ""}, {"kmsKeyArn": "arn:aws:kms:eu-west-1:1:alias/aws/backup"}, {"kmsKeyArn": True}],
)
def backup_vault_cmk(vault: Resource) -> bool:
    """Backup vaults must be encrypted with a customer key: set kms_key_arn to a key of this stack."""
    return is_customer_key(vault, "kmsKeyArn")


def _keeps(rule: object, days: int) -> bool:
    """Say whether a rule runs at least daily, and what it copies stays for so many days or for ever."""
    if not isinstance(rule, Record):
        return False
    schedule = rule.text("schedule") if "schedule" in rule else DEFAULT_SCHEDULE
    pause = longest_days(schedule)
    if pause is None or pause > 1:
        return False
    kept = rule.record("lifecycle")
    return "deleteAfter" not in kept or (kept.number("deleteAfter") or 0) >= days


def _rule(days: Any = 35, schedule: Any = "cron(0 3 * * ? *)") -> dict[str, Any]:
    return {"ruleName": "daily", "schedule": schedule, "lifecycle": {"deleteAfter": days}}


@control(
    PLAN,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    settings={"days": {"type": "integer", "minimum": 1, "default": 35}},
    good=[
        {"rules": [_rule()]},
        {"rules": [_rule(schedule=None)]},
        {"rules": [_rule(schedule="cron(0 */6 ? * * *)")]},
        {"rules": [_rule(schedule="rate(1 day)")]},
        # What has no end is kept for ever.
        {"rules": [_rule(days=None)]},
        {"rules": [{"ruleName": "daily"}]},
        {"rules": [_rule(days=7), _rule(days=36)]},
    ],
    bad=[
        {},
        {"rules": []},
        {"rules": ["daily"]},
        {"rules": [_rule(days=34)]},
        {"rules": [_rule(days="35")]},
        {"rules": [_rule(schedule="cron(0 3 ? * SUN *)")]},
        {"rules": [_rule(schedule="rate(2 days)")]},
        {"rules": [_rule(schedule="daily")]},
        {"rules": [_rule(days=34), _rule(days=365, schedule="cron(0 3 1 * ? *)")]},
    ],
)
def backup_plan_min_retention(plan: Resource, *, days: int) -> bool:
    """Backup plans must keep a daily backup for {days} days: set a rule's schedule and lifecycle.delete_after."""
    return is_any(plan.items_of("rules"), lambda rule: _keeps(rule, days))


def _copies(plan: Resource, rule: object) -> bool:
    return isinstance(rule, Record) and is_any(rule.items_of("copyActions"), lambda copy: _leaves(plan, copy))


def _leaves(plan: Resource, copy: object) -> bool:
    """Say whether a copy goes to a vault of another region, as far as the program says which."""
    if not isinstance(copy, Record) or not copy.is_set("destinationVaultArn"):
        return False
    if copy.is_unknown("destinationVaultArn"):
        return True  # of another resource, whose region nothing says
    if not isinstance(plan.get("region"), str | None):
        return False
    region = (copy.text("destinationVaultArn").split(":") + [""] * _REGION_PLACE)[_REGION_PLACE]
    return not plan.text("region") or region != plan.text("region")


_COPIED: Final = {**_rule(), "copyActions": [{"destinationVaultArn": f"ref:{VAULT}::copies::arn"}]}
_NEAR: Final = {"copyActions": [{"destinationVaultArn": "arn:aws:backup:eu-west-1:1:backup-vault:copies"}]}


@control(
    PLAN,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    good=[{"rules": [_COPIED]}, {"rules": [_rule(), _COPIED]}, {"region": "eu-central-1", "rules": [_NEAR]}],
    bad=[
        {},
        {"rules": [_rule()]},
        {"rules": [{"copyActions": []}]},
        {"rules": [{"copyActions": [{}]}]},
        {"rules": [{"copyActions": [{"destinationVaultArn": ""}]}]},
        {"rules": [{"copyActions": ["copies"]}]},
        {"region": "eu-west-1", "rules": [_NEAR]},
    ],
)
def backup_cross_region_copy(plan: Resource) -> bool:
    """Backup plans must keep a copy in another region: add a rule's copy_actions with a destination_vault_arn there."""
    return is_any(plan.items_of("rules"), lambda rule: _copies(plan, rule))


@control(
    SELECTION,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    good=[{"iamRoleArn": "ref:aws:iam/role:Role::backup::arn"}, {"iamRoleArn": "arn:aws:iam::1:role/backup"}],
    bad=[{}, {"iamRoleArn": ""}, {"iamRoleArn": None}, {"iamRoleArn": {}}],
)
def backup_selection_role(selection: Resource) -> bool:
    """Backup selections must say as whom they copy: set iam_role_arn."""
    return selection.is_set("iamRoleArn")


def _denies(policy: Resource) -> bool:
    return is_any(statements(policy, "policy"), _denies_deletion)


def _denies_deletion(statement: Statement) -> bool:
    """Say whether nobody may delete a recovery point; a condition may leave some out, such as a break-glass role."""
    return not statement.allows and statement.acts(DELETION) and statement.is_about_everybody()


_KEPT: Final = {"type": VAULT, "name": "stores", "inputs": {"name": "stores"}}


def _locked(**inputs: Any) -> Mapping[str, Any]:
    return {"type": LOCK, "name": "stores", "inputs": {"backupVaultName": f"ref:{VAULT}::stores::name", **inputs}}


def _guarded(effect: str = "Deny", principal: str = "*", action: str = DELETION) -> Mapping[str, Any]:
    statement = {"Effect": effect, "Principal": {"AWS": principal}, "Action": [action], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return {"type": VAULT_POLICY, "name": "stores", "inputs": {"backupVaultName": "stores", "policy": policy}}


@control(
    VAULT,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        [_KEPT, _locked()],
        [_KEPT, _guarded()],
        [_KEPT, _guarded(action="backup:Delete*")],
        [_KEPT, _guarded("Allow"), _locked()],
    ],
    bad=[
        {},
        [_KEPT, {**_locked(), "inputs": {"backupVaultName": "others"}}],
        [_KEPT, _guarded("Allow")],
        [_KEPT, _guarded(principal="arn:aws:iam::111122223333:root")],
        [_KEPT, _guarded(action="backup:DeleteBackupVault")],
        [_KEPT, {**_guarded(), "inputs": {"backupVaultName": "stores"}}],
        [_KEPT, {**_guarded(), "inputs": {"backupVaultName": "stores", "policy": "no document"}}],
    ],
)
def backup_no_manual_deletion(vault: Resource, stack: Stack) -> bool:
    """Backup vaults must keep what is in them: add a VaultLockConfiguration or deny backup:DeleteRecoveryPoint."""
    ways = (
        lambda: any_naming(stack, LOCK, "backupVaultName", vault),
        lambda: any_naming(stack, VAULT_POLICY, "backupVaultName", vault, _denies),
    )
    return is_any(ways, lambda way: way())


@control(
    LOCK,
    VAULT,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[{"minRetentionDays": 1}, [_KEPT, _locked(minRetentionDays=7)]],
    bad=[
        {},
        {"minRetentionDays": 0},
        {"minRetentionDays": "7"},
        {"maxRetentionDays": 35},
        [_KEPT],
        [_KEPT, {**_locked(minRetentionDays=7), "inputs": {"backupVaultName": "others"}}],
    ],
)
def backup_vault_lock(resource: Resource, stack: Stack) -> bool:
    """Backup vaults must be locked: add a VaultLockConfiguration with min_retention_days=1 or more."""
    if resource.type == LOCK:
        return (resource.number("minRetentionDays") or 0) >= 1
    # What the lock says is a finding on the lock.
    return any_naming(stack, LOCK, "backupVaultName", resource)


_STORE: Final = {"type": STORES[0], "name": "orders", "inputs": {}}


@control(
    *STORES,
    group=Group.BACKUPS,
    severity=Severity.LOW,
    scope=Scope.STACK,
    on_stack=True,
    when=is_primary,
    good=[[_STORE, _KEPT, {"type": PLAN, "name": "daily", "inputs": {}}]],
    bad=[
        *([{**_STORE, "type": type_}] for type_ in STORES),
        [_STORE, _KEPT],
        [_STORE, {"type": PLAN, "name": "daily", "inputs": {}}],
    ],
    skipped=[{"replicateSourceDb": "orders"}],
)
def backup_plan_exists(store: Resource, stack: Stack) -> bool:  # noqa: ARG001  it is what needs one
    """Databases must have a backup plan beside them: add a backup Vault and a Plan to the stack."""
    return bool(stack.of(PLAN)) and bool(stack.of(VAULT))


@control(
    *STORES,
    group=Group.MONITORING,
    severity=Severity.LOW,
    scope=Scope.STACK,
    on_stack=True,
    when=is_primary,
    good=[[_STORE, {"type": REPORT_PLAN, "name": "jobs", "inputs": {}}]],
    bad=[*([{**_STORE, "type": type_}] for type_ in STORES)],
    skipped=[{"replicateSourceDb": "orders"}],
)
def backup_report_plan_exists(store: Resource, stack: Stack) -> bool:  # noqa: ARG001  it is what needs one
    """Databases must have reports of their backups: add a backup ReportPlan to the stack."""
    return bool(stack.of(REPORT_PLAN))
