"""Completes moto's AWS Backup: what it lacks or accepts wrongly, for boto3 and for the local cloud alike."""

import json
from collections.abc import Iterator
from typing import Any, Final

from moto.backup import urls
from moto.backup.models import Plan
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random
from moto.sns.models import sns_backends

from localcloud.moto import backup_jobs as jobs
from localcloud.moto import backup_restore_testing as testing
from localcloud.moto.backup_state import INVALID_PARAMETER, INVALID_REQUEST, State, refuse_missing, state, vault_of
from localcloud.moto.operation import Call, Operation, add_paths, attach, refuse
from localcloud.moto.roles import may_take
from localcloud.resources.backup_rules import plan_rules, vault_rules
from localcloud.resources.backup_shape import plan_from_aws

_PLAN_MISSING: Final = "Failed reading Backup plan with provided version"
_SERVICE: Final = "backup.amazonaws.com"


def mend() -> None:
    """Attach our operations to moto; twice does no harm."""
    attach(BackupResponse, lambda response: response.backup_backend, OPERATIONS)
    add_paths(urls, BackupResponse, _PATHS)


# Vaults


def _create_vault(call: Call) -> dict[str, Any]:
    """CreateBackupVault, with a key that exists in the vault's region."""
    for problem in vault_rules({"name": call.text("BackupVaultName")}):
        refuse(INVALID_PARAMETER, problem)
    if key := call.get("EncryptionKeyArn"):
        _refuse_unknown_key(call, key)
    vault = call.backend.create_backup_vault(
        backup_vault_name=call.text("BackupVaultName"),
        backup_vault_tags=call.get("BackupVaultTags"),
        encryption_key_arn=key,
        creator_request_id=call.get("CreatorRequestId"),
    )
    return vault.to_dict()


def _refuse_unknown_key(call: Call, arn: str) -> None:
    keys = kms_backends[call.account][call.region].keys
    found = keys.get(arn.rpartition("/")[2])
    if found is None or found.arn != arn or found.key_state != "Enabled":
        refuse(INVALID_PARAMETER, f"The KMS key {arn} does not exist in {call.region}, or is not enabled")


def _delete_vault(call: Call) -> None:
    name = call.text("BackupVaultName")
    vault_of(call)
    if state(call).recovery_points.get(name):
        refuse(INVALID_REQUEST, "Backup vault cannot be deleted because it contains recovery points.")
    call.backend.delete_backup_vault(name)
    for kept in (state(call).policies, state(call).notifications, state(call).recovery_points):
        kept.pop(name, None)


def _put_policy(call: Call) -> None:
    vault, policy = vault_of(call), call.get("Policy", "")
    try:
        document = json.loads(policy)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        refuse(INVALID_PARAMETER, "The vault's access policy is malformed: it must be a JSON object with a Statement")
    state(call).policies[vault.backup_vault_name] = policy


def _get_policy(call: Call) -> dict[str, Any]:
    vault = vault_of(call)
    policy = state(call).policies.get(vault.backup_vault_name)
    if policy is None:
        refuse_missing(f"Backup vault {vault.backup_vault_name} has no access policy")
    return {**_names(vault), "Policy": policy}


def _delete_policy(call: Call) -> None:
    state(call).policies.pop(vault_of(call).backup_vault_name, None)


def _put_notifications(call: Call) -> None:
    vault, topic = vault_of(call), call.text("SNSTopicArn")
    if topic not in sns_backends[call.account][call.region].topics:
        refuse(INVALID_PARAMETER, f"The SNS topic {topic} does not exist in {call.region}")
    events = call.params["BackupVaultEvents"]
    state(call).notifications[vault.backup_vault_name] = {"SNSTopicArn": topic, "BackupVaultEvents": events}


def _get_notifications(call: Call) -> dict[str, Any]:
    vault = vault_of(call)
    found = state(call).notifications.get(vault.backup_vault_name)
    if found is None:
        refuse_missing(f"Failed reading notifications from database for Backup vault {vault.backup_vault_name}")
    return {**_names(vault), **found}


def _delete_notifications(call: Call) -> None:
    state(call).notifications.pop(vault_of(call).backup_vault_name, None)


def _names(vault: Any) -> dict[str, str]:
    return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}


# Plans


def _plan(call: Call) -> Plan:
    plan = call.backend.plans.get(call.text("BackupPlanId"))
    if plan is None or plan.deletion_date is not None:
        refuse_missing(_PLAN_MISSING)
    return plan


def _create_plan(call: Call) -> dict[str, Any]:
    """CreateBackupPlan: two plans may share a name, but not all of a document."""
    document = call.params["BackupPlan"]
    _refuse_plan(call, document)
    plan: Any = Plan(backup_plan=document, creator_request_id=call.get("CreatorRequestId", ""), backend=call.backend)
    live = (one for one in call.backend.plans.values() if one.deletion_date is None)
    if any(_content(one.backup_plan) == _content(plan.backup_plan) for one in live):
        refuse("AlreadyExistsException", "Backup plan with the same plan document already exists")
    if tags := call.get("BackupPlanTags"):
        call.backend.tag_resource(plan.backup_plan_arn, tags)
    call.backend.plans[plan.backup_plan_id] = plan
    return plan.to_dict()


def _content(document: dict[str, Any]) -> dict[str, Any]:
    rules = [{key: value for key, value in rule.items() if key != "RuleId"} for rule in document["Rules"]]
    return {**document, "Rules": rules}


def _update_plan(call: Call) -> dict[str, Any]:
    before, document = _plan(call), call.params["BackupPlan"]
    _refuse_plan(call, document)
    after: Any = Plan(backup_plan=document, creator_request_id=before.creator_request_id, backend=call.backend)
    after.backup_plan_id, after.backup_plan_arn = before.backup_plan_id, before.backup_plan_arn
    after.creation_date = before.creation_date
    call.backend.plans[before.backup_plan_id] = after
    return after.to_dict()


def _get_plan(call: Call) -> dict[str, Any]:
    plan = _plan(call)
    if call.get("VersionId", plan.version_id) != plan.version_id:
        refuse_missing(_PLAN_MISSING)
    return plan.to_get_dict()


def _refuse_plan(call: Call, document: dict[str, Any]) -> None:
    for problem in (*plan_rules(plan_from_aws(document)), *_missing_vaults(call, document)):
        refuse(INVALID_PARAMETER, problem)


def _missing_vaults(call: Call, document: dict[str, Any]) -> Iterator[str]:
    for rule in document["Rules"]:
        if (name := rule["TargetBackupVaultName"]) not in call.backend.vaults:
            yield f"Error in rule {rule['RuleName']} : Backup vault {name} does not exist in {call.region}"


def _delete_plan(call: Call) -> dict[str, Any]:
    plan = _plan(call)
    if state(call).selections.get(plan.backup_plan_id):
        refuse(INVALID_REQUEST, "Related backup plan selections must be deleted prior to backup plan deletion")
    plan.deletion_date = unix_time()
    return {
        "BackupPlanId": plan.backup_plan_id,
        "BackupPlanArn": plan.backup_plan_arn,
        "DeletionDate": plan.deletion_date,
        "VersionId": plan.version_id,
    }


# Selections


def _create_selection(call: Call) -> dict[str, Any]:
    plan, selection = _plan(call), call.params["BackupSelection"]
    present = state(call).selections.setdefault(plan.backup_plan_id, {})
    if any(one["BackupSelection"]["SelectionName"] == selection["SelectionName"] for one in present.values()):
        refuse("AlreadyExistsException", "Backup selection with the same request already exists")
    if not any(selection.get(key) for key in ("Resources", "ListOfTags", "Conditions", "NotResources")):
        refuse(INVALID_PARAMETER, "Invalid selection: it names neither resources nor tags")
    refuse_role(call, selection["IamRoleArn"])
    id_ = str(mock_random.uuid4())
    present[id_] = {
        "SelectionId": id_,
        "BackupPlanId": plan.backup_plan_id,
        "BackupSelection": selection,
        "CreationDate": unix_time(),
        "CreatorRequestId": call.get("CreatorRequestId", ""),
    }
    return {key: present[id_][key] for key in ("SelectionId", "BackupPlanId", "CreationDate")}


def refuse_role(call: Call, arn: str) -> None:
    """Refuse a role that does not exist, or that does not let AWS Backup take it."""
    if not may_take(call.account, arn, _SERVICE):
        refuse(INVALID_PARAMETER, f"IAM Role {arn} cannot be assumed by AWS Backup")


def _get_selection(call: Call) -> dict[str, Any]:
    found = state(call).selections.get(_plan(call).backup_plan_id, {}).get(call.text("SelectionId"))
    return found or refuse_missing("Cannot find Backup selection with the provided id")


def _list_selections(call: Call) -> dict[str, Any]:
    found = state(call).selections.get(_plan(call).backup_plan_id, {}).values()
    brief = ("SelectionName", "IamRoleArn")
    return {
        "BackupSelectionsList": [
            {
                **{key: one[key] for key in one if key != "BackupSelection"},
                **{key: one["BackupSelection"][key] for key in brief},
            }
            for one in found
        ]
    }


def _delete_selection(call: Call) -> None:
    found = _get_selection(call)
    del state(call).selections[found["BackupPlanId"]][found["SelectionId"]]


# Settings of a region


def _region_settings(call: Call) -> dict[str, Any]:
    kept = state(call)
    return {"ResourceTypeOptInPreference": kept.opt_in, "ResourceTypeManagementPreference": kept.management}


def _update_region_settings(call: Call) -> None:
    kept = state(call)
    unknown = sorted(set(call.get("ResourceTypeOptInPreference", {})) - State().opt_in.keys())
    if unknown:
        refuse(INVALID_PARAMETER, f"Invalid resource type: {', '.join(unknown)}")
    kept.opt_in.update(call.get("ResourceTypeOptInPreference", {}))
    kept.management.update(call.get("ResourceTypeManagementPreference", {}))


OPERATIONS: Final[dict[str, Operation]] = {
    "create_backup_vault": _create_vault,
    "delete_backup_vault": _delete_vault,
    "put_backup_vault_access_policy": _put_policy,
    "get_backup_vault_access_policy": _get_policy,
    "delete_backup_vault_access_policy": _delete_policy,
    "put_backup_vault_notifications": _put_notifications,
    "get_backup_vault_notifications": _get_notifications,
    "delete_backup_vault_notifications": _delete_notifications,
    "create_backup_plan": _create_plan,
    "get_backup_plan": _get_plan,
    "update_backup_plan": _update_plan,
    "delete_backup_plan": _delete_plan,
    "create_backup_selection": _create_selection,
    "get_backup_selection": _get_selection,
    "list_backup_selections": _list_selections,
    "delete_backup_selection": _delete_selection,
    "describe_region_settings": _region_settings,
    "update_region_settings": _update_region_settings,
    **jobs.OPERATIONS,
    **testing.OPERATIONS,
}
_PATHS: Final = (
    "/backup-vaults/(?P<name>[^/]+)/access-policy$",
    "/backup-vaults/(?P<name>[^/]+)/notification-configuration$",
    "/backup-vaults/(?P<name>[^/]+)/recovery-points/$",
    "/backup-vaults/(?P<name>[^/]+)/recovery-points/(?P<arn>.+)$",
    "/backup-jobs$",
    "/backup-jobs/(?P<id>[^/]+)$",
    "/account-settings$",
    "/restore-jobs/?$",
    "/restore-testing/plans/?$",
    "/restore-testing/plans/(?P<rest>.+)$",
)
