"""EventBridge Scheduler: groups, and schedules that call AWS by themselves."""

from datetime import UTC, datetime
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.difference import agree
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.scheduler_rules import (
    SCHEDULE_RULES,
    name_rules,
    schedule_from_aws,
    target_from_aws,
    target_to_aws,
)
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

_TIMES: Final = (("startDate", "StartDate"), ("endDate", "EndDate"))

# Groups


def _create_group(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("scheduler").create_schedule_group(Name=inputs["name"], Tags=to_aws(inputs.get("tags")))
    return inputs["name"]


def _read_group(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("scheduler")
    try:
        found = aws.get_schedule_group(Name=id_)
    except aws.exceptions.ResourceNotFoundException:
        return None
    return {
        "arn": found["Arn"],
        "name": id_,
        "state": found["State"],
        "creationDate": _text(found["CreationDate"]),
        "lastModificationDate": _text(found["LastModificationDate"]),
        "tags": from_aws(aws.list_tags_for_resource(ResourceArn=found["Arn"])["Tags"]),
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _update_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws, arn, tags = cloud.aws("scheduler"), cloud.arn("scheduler", f"schedule-group/{id_}"), tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(ResourceArn=arn, TagKeys=tags.gone)
    if tags.put:
        aws.tag_resource(ResourceArn=arn, Tags=to_aws(tags.put))


def _delete_group(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("scheduler")
    try:
        aws.delete_schedule_group(Name=id_)
    except aws.exceptions.ResourceNotFoundException:
        return


SCHEDULE_GROUP: Final = ResourceType(
    type="aws:scheduler/scheduleGroup:ScheduleGroup",
    create=_create_group,
    read=_read_group,
    update=_update_group,
    delete=_delete_group,
    applied=frozenset({"name", "tags"}),
    remembered=frozenset({"namePrefix"}),
    outputs=frozenset({"arn", "state", "creationDate", "lastModificationDate"}),
    replace=frozenset({"name", "namePrefix"}),
    name=AutoName(property="name", prefix="namePrefix", max_length=64),
    rules=(name_rules,),
)


# Schedules


def _to_aws(inputs: Props) -> Props:
    window = inputs["flexibleTimeWindow"]
    minutes = window.get("maximumWindowInMinutes")
    schedule: Props = {
        "Name": inputs["name"],
        "GroupName": inputs.get("groupName", "default"),
        "Description": inputs.get("description", ""),
        "ScheduleExpression": inputs["scheduleExpression"],
        "ScheduleExpressionTimezone": inputs["scheduleExpressionTimezone"],
        "FlexibleTimeWindow": {"Mode": window["mode"], **({"MaximumWindowInMinutes": minutes} if minutes else {})},
        "Target": target_to_aws(inputs["target"]),
        "State": inputs["state"],
    }
    for ours, theirs in (("kmsKeyArn", "KmsKeyArn"), ("actionAfterCompletion", "ActionAfterCompletion"), *_TIMES):
        if ours in inputs:
            schedule[theirs] = inputs[ours]
    return schedule


def _create(cloud: Cloud, inputs: Props) -> str:
    schedule = _to_aws(inputs)
    cloud.aws("scheduler").create_schedule(**schedule)
    return f"{schedule['GroupName']}/{schedule['Name']}"


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("scheduler")
    group, _, name = id_.partition("/")
    try:
        return aws.get_schedule(GroupName=group, Name=name)
    except aws.exceptions.ResourceNotFoundException:
        return None


def _read(cloud: Cloud, id_: str) -> Props | None:
    found = _find(cloud, id_)
    if found is None:
        return None
    times = {ours: _text(found[theirs]) for ours, theirs in _TIMES if found.get(theirs)}
    return {"arn": found["Arn"], "actionAfterCompletion": "NONE", **schedule_from_aws(found), **times}


def _update(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    cloud.aws("scheduler").update_schedule(**_to_aws(news))


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _find(cloud, id_):
        group, _slash, name = id_.partition("/")
        cloud.aws("scheduler").delete_schedule(GroupName=group, Name=name)


def _same_target(one: Props, other: Props) -> bool:
    first, second = (target_from_aws(target_to_aws(target)) for target in (one, other))
    return agree(first, second)


def _same_moment(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)


SCHEDULE: Final = ResourceType(
    type="aws:scheduler/schedule:Schedule",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset(
        {"name", "groupName", "description", "scheduleExpression", "scheduleExpressionTimezone", "flexibleTimeWindow"}
        | {"target", "state", "kmsKeyArn", "startDate", "endDate"}
    ),
    remembered=frozenset({"namePrefix", "actionAfterCompletion"}),
    required=frozenset({"flexibleTimeWindow", "scheduleExpression", "target"}),
    outputs=frozenset({"arn", "groupName", "actionAfterCompletion"}),
    replace=frozenset({"name", "namePrefix", "groupName"}),
    sticky=frozenset({"groupName", "actionAfterCompletion"}),
    defaults={"scheduleExpressionTimezone": "UTC", "state": "ENABLED"},
    name=AutoName(property="name", prefix="namePrefix", max_length=64),
    rules=SCHEDULE_RULES,
    same={"target": _same_target, "startDate": _same_moment, "endDate": _same_moment},
    not_imitated="nothing ever runs; parameters of ECS, EventBridge, Kinesis, SageMaker and SQS targets",
)

TYPES: Final = (SCHEDULE_GROUP, SCHEDULE)
