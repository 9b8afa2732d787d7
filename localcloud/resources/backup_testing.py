"""Restore testing of AWS Backup, and which resource types it takes in a region."""

from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.difference import agree
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.backup_rules import (
    testing_plan_rules,
    testing_selection_rules,
    tests_something,
)
from localcloud.tags import tag_change
from localcloud.wire import Props

# Plans


def _selection_to_aws(said: Props) -> Props:
    more = {
        theirs: said[ours]
        for ours, theirs in (("excludeVaults", "ExcludeVaults"), ("selectionWindowDays", "SelectionWindowDays"))
        if said.get(ours)
    }
    return {
        "Algorithm": said["algorithm"],
        "IncludeVaults": said["includeVaults"],
        "RecoveryPointTypes": said["recoveryPointTypes"],
        **more,
    }


def _plan_to_aws(inputs: Props) -> Props:
    return {
        "RecoveryPointSelection": _selection_to_aws(inputs["recoveryPointSelection"]),
        "ScheduleExpression": inputs["scheduleExpression"],
        "ScheduleExpressionTimezone": inputs.get("scheduleExpressionTimezone", "Etc/UTC"),
        "StartWindowHours": inputs.get("startWindowHours", 24),
    }


def _create_plan(cloud: Cloud, inputs: Props) -> str:
    plan = {"RestoreTestingPlanName": inputs["name"], **_plan_to_aws(inputs)}
    cloud.aws("backup").create_restore_testing_plan(RestoreTestingPlan=plan, Tags=inputs.get("tags", {}))
    return inputs["name"]


def _read_plan(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("backup")
    try:
        found = aws.get_restore_testing_plan(RestoreTestingPlanName=id_)["RestoreTestingPlan"]
    except aws.exceptions.ResourceNotFoundException:
        return None
    selection = found["RecoveryPointSelection"]
    return {
        "arn": found["RestoreTestingPlanArn"],
        "name": id_,
        "scheduleExpression": found["ScheduleExpression"],
        "scheduleExpressionTimezone": found["ScheduleExpressionTimezone"],
        "startWindowHours": found["StartWindowHours"],
        "recoveryPointSelection": {
            "algorithm": selection["Algorithm"],
            "includeVaults": selection["IncludeVaults"],
            "excludeVaults": selection["ExcludeVaults"],
            "recoveryPointTypes": selection["RecoveryPointTypes"],
            "selectionWindowDays": selection["SelectionWindowDays"],
        },
        "tags": aws.list_tags(ResourceArn=found["RestoreTestingPlanArn"])["Tags"],
    }


def _update_plan(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws, arn = cloud.aws("backup"), cloud.arn("backup", f"restore-testing-plan:{id_}")
    if _plan_to_aws(olds) != _plan_to_aws(news):
        aws.update_restore_testing_plan(RestoreTestingPlanName=id_, RestoreTestingPlan=_plan_to_aws(news))
    tags = tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(ResourceArn=arn, TagKeyList=tags.gone)
    if tags.put:
        aws.tag_resource(ResourceArn=arn, Tags=tags.put)


def _delete_plan(cloud: Cloud, id_: str, _: Props) -> None:
    cloud.aws("backup").delete_restore_testing_plan(RestoreTestingPlanName=id_)


def _same_selection(one: Props, other: Props) -> bool:
    first, second = ({"excludeVaults": [], "selectionWindowDays": 30, **said} for said in (one, other))
    return agree(first, second)


RESTORE_TESTING_PLAN: Final = ResourceType(
    type="aws:backup/restoreTestingPlan:RestoreTestingPlan",
    create=_create_plan,
    read=_read_plan,
    update=_update_plan,
    delete=_delete_plan,
    applied=frozenset(
        {"name", "recoveryPointSelection", "scheduleExpression", "scheduleExpressionTimezone", "startWindowHours"}
        | {"tags"}
    ),
    required=frozenset({"recoveryPointSelection", "scheduleExpression"}),
    outputs=frozenset({"arn", "scheduleExpressionTimezone", "startWindowHours"}),
    replace=frozenset({"name"}),
    sticky=frozenset({"scheduleExpressionTimezone", "startWindowHours"}),
    name=AutoName(property="name", max_length=50),
    rules=(testing_plan_rules,),
    same={"recoveryPointSelection": _same_selection},
    not_imitated="nothing is ever restored",
)


# Selections


def _conditions(said: Props | None) -> Props:
    return {
        theirs: [{"Key": one["key"], "Value": one["value"]} for one in (said or {})[ours]]
        for ours, theirs in (("stringEquals", "StringEquals"), ("stringNotEquals", "StringNotEquals"))
        if (said or {}).get(ours)
    }


def _selection(inputs: Props) -> Props:
    """Write what may change of a selection."""
    selection: Props = {
        "IamRoleArn": inputs["iamRoleArn"],
        "RestoreMetadataOverrides": inputs.get("restoreMetadataOverrides", {}),
        "ValidationWindowHours": inputs.get("validationWindowHours", 0),
    }
    if arns := inputs.get("protectedResourceArns"):
        selection["ProtectedResourceArns"] = arns
    if conditions := _conditions(inputs.get("protectedResourceConditions")):
        selection["ProtectedResourceConditions"] = conditions
    return selection


def _create_selection(cloud: Cloud, inputs: Props) -> str:
    plan, name = inputs["restoreTestingPlanName"], inputs["name"]
    selection = {
        "RestoreTestingSelectionName": name,
        "ProtectedResourceType": inputs["protectedResourceType"],
        **_selection(inputs),
    }
    cloud.aws("backup").create_restore_testing_selection(RestoreTestingPlanName=plan, RestoreTestingSelection=selection)
    return f"{name}:{plan}"


def _find_selection(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("backup")
    name, _, plan = id_.partition(":")
    try:
        return aws.get_restore_testing_selection(RestoreTestingPlanName=plan, RestoreTestingSelectionName=name)[
            "RestoreTestingSelection"
        ]
    except aws.exceptions.ResourceNotFoundException:
        return None


def _read_selection(cloud: Cloud, id_: str) -> Props | None:
    found = _find_selection(cloud, id_)
    if found is None:
        return None
    conditions = {
        ours: [{"key": one["Key"], "value": one["Value"]} for one in found["ProtectedResourceConditions"][theirs]]
        for ours, theirs in (("stringEquals", "StringEquals"), ("stringNotEquals", "StringNotEquals"))
        if found.get("ProtectedResourceConditions", {}).get(theirs)
    }
    props: Props = {
        "name": found["RestoreTestingSelectionName"],
        "restoreTestingPlanName": found["RestoreTestingPlanName"],
        "iamRoleArn": found["IamRoleArn"],
        "protectedResourceType": found["ProtectedResourceType"],
        "protectedResourceArns": found.get("ProtectedResourceArns", []),
        "restoreMetadataOverrides": found.get("RestoreMetadataOverrides", {}),
        "validationWindowHours": found["ValidationWindowHours"],
    }
    return {**props, "protectedResourceConditions": conditions} if conditions else props


def _update_selection(cloud: Cloud, id_: str, __: Props, news: Props) -> None:
    name, _, plan = id_.partition(":")
    cloud.aws("backup").update_restore_testing_selection(
        RestoreTestingPlanName=plan, RestoreTestingSelectionName=name, RestoreTestingSelection=_selection(news)
    )


def _delete_selection(cloud: Cloud, id_: str, __: Props) -> None:
    if _find_selection(cloud, id_):
        name, _, plan = id_.partition(":")
        cloud.aws("backup").delete_restore_testing_selection(
            RestoreTestingPlanName=plan, RestoreTestingSelectionName=name
        )


RESTORE_TESTING_SELECTION: Final = ResourceType(
    type="aws:backup/restoreTestingSelection:RestoreTestingSelection",
    create=_create_selection,
    read=_read_selection,
    update=_update_selection,
    delete=_delete_selection,
    applied=frozenset(
        {"name", "restoreTestingPlanName", "iamRoleArn", "protectedResourceType", "protectedResourceArns"}
        | {"protectedResourceConditions", "restoreMetadataOverrides", "validationWindowHours"}
    ),
    required=frozenset({"restoreTestingPlanName", "iamRoleArn", "protectedResourceType"}),
    outputs=frozenset({"validationWindowHours"}),
    replace=frozenset({"name", "restoreTestingPlanName", "protectedResourceType"}),
    sticky=frozenset({"restoreMetadataOverrides", "validationWindowHours"}),
    name=AutoName(property="name", max_length=50),
    rules=(testing_selection_rules, tests_something),
    not_imitated="nothing is ever restored; AWS adds restore metadata that it infers",
)


# Settings of a region

_REGION: Final = "aws:backup/regionSettings:RegionSettings"
_GIVEN_UP: Final = f"{_REGION}#deleted"
"""Where the memory keeps that the settings were given up: on AWS a region is never without them."""


def _put_settings(cloud: Cloud, inputs: Props) -> str:
    management = inputs.get("resourceTypeManagementPreference")
    cloud.aws("backup").update_region_settings(
        ResourceTypeOptInPreference=inputs["resourceTypeOptInPreference"],
        **({"ResourceTypeManagementPreference": management} if management else {}),
    )
    cloud.memory.forget(cloud.region, _GIVEN_UP, cloud.region)
    return cloud.region


def _read_settings(cloud: Cloud, id_: str) -> Props | None:
    if cloud.memory.of(cloud.region, _GIVEN_UP, id_):
        return None
    found = cloud.aws("backup").describe_region_settings()
    return {
        "resourceTypeOptInPreference": found["ResourceTypeOptInPreference"],
        "resourceTypeManagementPreference": found["ResourceTypeManagementPreference"],
    }


def _update_settings(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_settings(cloud, news)


def _give_settings_up(cloud: Cloud, id_: str, _: Props) -> None:
    cloud.memory.keep(cloud.region, _GIVEN_UP, id_, {"deleted": True})


REGION_SETTINGS: Final = ResourceType(
    type=_REGION,
    create=_put_settings,
    read=_read_settings,
    update=_update_settings,
    delete=_give_settings_up,
    applied=frozenset({"resourceTypeOptInPreference", "resourceTypeManagementPreference"}),
    required=frozenset({"resourceTypeOptInPreference"}),
    outputs=frozenset({"resourceTypeManagementPreference"}),
    sticky=frozenset({"resourceTypeManagementPreference"}),
)

TYPES: Final = (RESTORE_TESTING_PLAN, RESTORE_TESTING_SELECTION, REGION_SETTINGS)
