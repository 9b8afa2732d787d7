"""Restore testing of AWS Backup, which moto lacks: plans, and what they try to restore."""

from collections.abc import Mapping
from typing import Any, Final

from moto.core.utils import unix_time

from localcloud.moto.backup_state import INVALID_PARAMETER, INVALID_REQUEST, refuse_missing, state
from localcloud.moto.operation import Call, Operation, refuse

_PLAN: Final = "RestoreTestingPlanName"
_BY_PLAN: Final = "ByRestoreTestingPlanArn"
_SELECTION: Final = "RestoreTestingSelectionName"


def _plan(call: Call) -> dict[str, Any]:
    name = call.text(_PLAN)
    return state(call).testing_plans.get(name) or refuse_missing(f"Restore testing plan {name} cannot be found")


def _named(plan: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plan[key] for key in ("CreationTime", "RestoreTestingPlanArn", _PLAN)}


def _create_plan(call: Call) -> dict[str, Any]:
    said = call.params["RestoreTestingPlan"]
    name = said[_PLAN]
    if name in state(call).testing_plans:
        refuse("AlreadyExistsException", f"Restore testing plan {name} already exists")
    _refuse_vaults(call, said)
    arn = f"arn:aws:backup:{call.region}:{call.account}:restore-testing-plan:{name}"
    plan = {
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": 24,
        **said,
        "RecoveryPointSelection": _selection(said["RecoveryPointSelection"]),
        "CreationTime": unix_time(),
        "RestoreTestingPlanArn": arn,
    }
    state(call).testing_plans[name] = plan
    if tags := call.get("Tags"):
        call.backend.tag_resource(arn, tags)
    return _named(plan)


def _selection(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"ExcludeVaults": [], "SelectionWindowDays": 30, **said}


def _refuse_vaults(call: Call, said: Mapping[str, Any]) -> None:
    arns = {vault.backup_vault_arn for vault in call.backend.vaults.values()}
    for vault in said.get("RecoveryPointSelection", {}).get("IncludeVaults", []):
        if vault != "*" and vault not in arns:
            refuse(INVALID_PARAMETER, f"Backup vault {vault} does not exist in {call.region}")


def _get_plan(call: Call) -> dict[str, Any]:
    return {"RestoreTestingPlan": _plan(call)}


def _update_plan(call: Call) -> dict[str, Any]:
    before, said = _plan(call), call.params["RestoreTestingPlan"]
    _refuse_vaults(call, said)
    selection = _selection(said.get("RecoveryPointSelection", before["RecoveryPointSelection"]))
    after = {**before, **said, "RecoveryPointSelection": selection, "LastUpdateTime": unix_time()}
    state(call).testing_plans[before[_PLAN]] = after
    return {**_named(after), "UpdateTime": after["LastUpdateTime"]}


def _delete_plan(call: Call) -> None:
    name = call.text(_PLAN)
    if state(call).testing_selections.get(name):
        refuse(INVALID_REQUEST, f"Restore testing plan {name} has selections: delete them before it")
    if plan := state(call).testing_plans.pop(name, None):
        call.backend.tagger.delete_all_tags_for_resource(plan["RestoreTestingPlanArn"])


def _list_plans(call: Call) -> dict[str, Any]:
    return {"RestoreTestingPlans": list(state(call).testing_plans.values())}


def _create_selection(call: Call) -> dict[str, Any]:
    plan, said = _plan(call), call.params["RestoreTestingSelection"]
    present = state(call).testing_selections.setdefault(plan[_PLAN], {})
    if said[_SELECTION] in present:
        refuse("AlreadyExistsException", f"Restore testing selection {said[_SELECTION]} already exists")
    selection = {"ValidationWindowHours": 0, **said, _PLAN: plan[_PLAN], "CreationTime": unix_time()}
    present[said[_SELECTION]] = selection
    return {**_named(plan), _SELECTION: said[_SELECTION], "CreationTime": selection["CreationTime"]}


def _selection_of(call: Call) -> dict[str, Any]:
    name = call.text(_SELECTION)
    found = state(call).testing_selections.get(_plan(call)[_PLAN], {}).get(name)
    return found or refuse_missing(f"Restore testing selection {name} cannot be found")


def _get_selection(call: Call) -> dict[str, Any]:
    return {"RestoreTestingSelection": _selection_of(call)}


def _update_selection(call: Call) -> dict[str, Any]:
    before, plan = _selection_of(call), _plan(call)
    after = {**before, **call.params["RestoreTestingSelection"]}
    state(call).testing_selections[plan[_PLAN]][before[_SELECTION]] = after
    return {**_named(plan), _SELECTION: before[_SELECTION], "UpdateTime": unix_time()}


def _delete_selection(call: Call) -> None:
    found = _selection_of(call)
    del state(call).testing_selections[found[_PLAN]][found[_SELECTION]]


def _list_selections(call: Call) -> dict[str, Any]:
    found = state(call).testing_selections.get(_plan(call)[_PLAN], {})
    return {"RestoreTestingSelections": list(found.values())}


_FILTERS: Final = {
    "ByAccountId": "AccountId",
    "ByResourceType": "ResourceType",
    "ByStatus": "Status",
    "ByParentJobId": "ParentJobId",
}


def _list_jobs(call: Call) -> dict[str, Any]:
    """ListRestoreJobs: all in one page; a filter that is not imitated is refused, not passed over."""
    unknown = sorted(key for key in call.params if key.startswith("By") and key not in {*_FILTERS, _BY_PLAN})
    if unknown:
        refuse(INVALID_PARAMETER, f"the local cloud does not imitate {', '.join(unknown)}")
    wanted = {_FILTERS[key]: call.get(key) for key in _FILTERS if call.get(key) is not None}
    plan = call.get(_BY_PLAN)
    found = [
        job
        for job in state(call).restore_jobs
        if all(job.get(key) == value for key, value in wanted.items())
        and plan in (None, job.get("CreatedBy", {}).get("RestoreTestingPlanArn"))
    ]
    return {"RestoreJobs": found}


OPERATIONS: Final[Mapping[str, Operation]] = {
    "create_restore_testing_plan": _create_plan,
    "get_restore_testing_plan": _get_plan,
    "update_restore_testing_plan": _update_plan,
    "delete_restore_testing_plan": _delete_plan,
    "list_restore_testing_plans": _list_plans,
    "create_restore_testing_selection": _create_selection,
    "get_restore_testing_selection": _get_selection,
    "update_restore_testing_selection": _update_selection,
    "delete_restore_testing_selection": _delete_selection,
    "list_restore_testing_selections": _list_selections,
    "list_restore_jobs": _list_jobs,
}
