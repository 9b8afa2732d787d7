"""Application Auto Scaling of the data stores: targets, target tracking policies, scheduled actions."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.foresight import bounds_in_order
from localcloud.tags import tag_change
from localcloud.wire import Props

_PLACE: Final = ("serviceNamespace", "resourceId", "scalableDimension")
"""What names a target, and a policy or action together with its own name."""
_ID: Final = re.compile(r"(?P<namespace>[^/]+)/(?P<resource>.+?)/(?P<dimension>[^:/]+:[^:/]+:[^:/]+)(/(?P<name>.+))?")
_SUSPENDED: Final = ("dynamicScalingInSuspended", "dynamicScalingOutSuspended", "scheduledScalingSuspended")


def _id(inputs: Props, *name: str) -> str:
    # The official provider has the resource's id for it, which the targets of reads and of writes share; this is what
    # it imports by.
    return "/".join((*(inputs[key] for key in _PLACE), *name))


def _place(id_: str) -> dict[str, str]:
    """Give what AWS wants to know of a target: `dynamodb/table/orders/dynamodb:table:ReadCapacityUnits`."""
    found = _ID.fullmatch(id_)
    if found is None:
        return {}
    return {
        "ServiceNamespace": found["namespace"],
        "ResourceId": found["resource"],
        "ScalableDimension": found["dimension"],
    }


def _name(id_: str) -> str:
    found = _ID.fullmatch(id_)
    return (found["name"] or "") if found else ""


def _described(place: dict[str, str]) -> Props:
    return dict(zip(_PLACE, place.values(), strict=True))


def _theirs(value: Any) -> Any:
    """Write a block as AWS does: `targetValue` -> `TargetValue`, down to its leaves."""
    match value:
        case dict():
            return {key[0].upper() + key[1:]: _theirs(item) for key, item in value.items()}
        case list():
            return [_theirs(item) for item in value]
        case _:
            return value


def _ours(value: Any) -> Any:
    match value:
        case dict():
            return {key[0].lower() + key[1:]: _ours(item) for key, item in value.items()}
        case list():
            return [_ours(item) for item in value]
        case _:
            return value


# Targets


def _register(cloud: Cloud, inputs: Props, **more: Any) -> None:
    if "suspendedState" in inputs:
        state = inputs["suspendedState"]
        more["SuspendedState"] = _theirs({key: state.get(key, False) for key in _SUSPENDED})
    if "roleArn" in inputs:
        more["RoleARN"] = inputs["roleArn"]
    cloud.aws("application-autoscaling").register_scalable_target(
        **_place(_id(inputs)), MinCapacity=inputs["minCapacity"], MaxCapacity=inputs["maxCapacity"], **more
    )


def _create_target(cloud: Cloud, inputs: Props) -> str:
    _register(cloud, inputs, **({"Tags": inputs["tags"]} if inputs.get("tags") else {}))
    return _id(inputs)


def _find_target(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    if not (place := _place(id_)):
        return None
    found = cloud.aws("application-autoscaling").describe_scalable_targets(
        ServiceNamespace=place["ServiceNamespace"],
        ResourceIds=[place["ResourceId"]],
        ScalableDimension=place["ScalableDimension"],
    )["ScalableTargets"]
    return found[0] if found else None


def _read_target(cloud: Cloud, id_: str) -> Props | None:
    target = _find_target(cloud, id_)
    if target is None:
        return None
    aws, arn = cloud.aws("application-autoscaling"), target["ScalableTargetARN"]
    return {
        **_described(_place(id_)),
        "arn": arn,
        "minCapacity": target["MinCapacity"],
        "maxCapacity": target["MaxCapacity"],
        "roleArn": target["RoleARN"],
        "suspendedState": _ours(target["SuspendedState"]),
        "tags": aws.list_tags_for_resource(ResourceARN=arn)["Tags"],
    }


def _update_target(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if any(olds.get(key) != news.get(key) for key in ("minCapacity", "maxCapacity", "suspendedState")):
        _register(cloud, news)
    aws, tags, target = cloud.aws("application-autoscaling"), tag_change(olds, news), _find_target(cloud, id_)
    if target and tags.gone:
        aws.untag_resource(ResourceARN=target["ScalableTargetARN"], TagKeys=tags.gone)
    if target and tags.put:
        aws.tag_resource(ResourceARN=target["ScalableTargetARN"], Tags=tags.put)


def _delete_target(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("application-autoscaling")
    try:
        aws.deregister_scalable_target(**_place(id_))
    except aws.exceptions.ObjectNotFoundException:
        return


TARGET: Final = ResourceType(
    type="aws:appautoscaling/target:Target",
    create=_create_target,
    read=_read_target,
    update=_update_target,
    delete=_delete_target,
    applied=frozenset({*_PLACE, "minCapacity", "maxCapacity", "roleArn", "suspendedState", "tags"}),
    required=frozenset({*_PLACE, "minCapacity", "maxCapacity"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({*_PLACE, "roleArn"}),
    sticky=frozenset({"roleArn", "suspendedState"}),
    rules=(bounds_in_order,),
    not_imitated="nothing ever scales: capacities stay as they are; only DynamoDB, ElastiCache and Aurora are judged; "
    "the id says the dimension too, as for an import",
)


# Policies


def _put_policy(cloud: Cloud, inputs: Props) -> None:
    cloud.aws("application-autoscaling").put_scaling_policy(
        **_place(_id(inputs)),
        PolicyName=inputs["name"],
        PolicyType=inputs["policyType"],
        TargetTrackingScalingPolicyConfiguration=_theirs(inputs["targetTrackingScalingPolicyConfiguration"]),
    )


def _create_policy(cloud: Cloud, inputs: Props) -> str:
    _put_policy(cloud, inputs)
    return _id(inputs, inputs["name"])


def _read_policy(cloud: Cloud, id_: str) -> Props | None:
    if not (place := _place(id_)):
        return None
    pages = cloud.aws("application-autoscaling").get_paginator("describe_scaling_policies").paginate(**place)
    found = [one for page in pages for one in page["ScalingPolicies"] if one["PolicyName"] == _name(id_)]
    if not found:
        return None
    return {
        **_described(place),
        "arn": found[0]["PolicyARN"],
        "name": found[0]["PolicyName"],
        "policyType": found[0]["PolicyType"],
        "alarmArns": [alarm["AlarmARN"] for alarm in found[0]["Alarms"]],
        "targetTrackingScalingPolicyConfiguration": _ours(found[0]["TargetTrackingScalingPolicyConfiguration"]),
    }


def _delete_policy(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("application-autoscaling")
    try:
        aws.delete_scaling_policy(**_place(id_), PolicyName=_name(id_))
    except aws.exceptions.ObjectNotFoundException:
        return


def _policy_rules(inputs: Props) -> Iterator[str]:
    if (kind := inputs["policyType"]) != "TargetTrackingScaling":
        yield f"the local cloud imitates policies with policyType TargetTrackingScaling only, got {kind!r}"
    elif "targetTrackingScalingPolicyConfiguration" not in inputs:
        yield "targetTrackingScalingPolicyConfiguration is required when policyType is TargetTrackingScaling"


POLICY: Final = ResourceType(
    type="aws:appautoscaling/policy:Policy",
    create=_create_policy,
    read=_read_policy,
    update=lambda cloud, _, __, news: _put_policy(cloud, news),
    delete=_delete_policy,
    applied=frozenset({*_PLACE, "name", "policyType", "targetTrackingScalingPolicyConfiguration"}),
    required=frozenset(_PLACE),
    outputs=frozenset({"arn", "alarmArns"}),
    replace=frozenset({*_PLACE, "name"}),
    defaults={"policyType": "StepScaling"},
    name=AutoName(property="name"),
    rules=(_policy_rules,),
    not_imitated="nothing ever scales; step and predictive scaling; of DynamoDB's four alarms two are made",
)


# Scheduled actions


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _put_action(cloud: Cloud, inputs: Props) -> None:
    times = {
        theirs: _time(inputs[key])
        for key, theirs in (("startTime", "StartTime"), ("endTime", "EndTime"))
        if key in inputs
    }
    cloud.aws("application-autoscaling").put_scheduled_action(
        **_place(_id(inputs)),
        ScheduledActionName=inputs["name"],
        Schedule=inputs["schedule"],
        Timezone=inputs["timezone"],
        ScalableTargetAction=_theirs(inputs["scalableTargetAction"]),
        **times,
    )


def _create_action(cloud: Cloud, inputs: Props) -> str:
    _put_action(cloud, inputs)
    return _id(inputs, inputs["name"])


def _read_action(cloud: Cloud, id_: str) -> Props | None:
    if not (place := _place(id_)):
        return None
    found = cloud.aws("application-autoscaling").describe_scheduled_actions(**place, ScheduledActionNames=[_name(id_)])[
        "ScheduledActions"
    ]
    if not found:
        return None
    times = {
        key: _text(found[0][theirs])
        for key, theirs in (("startTime", "StartTime"), ("endTime", "EndTime"))
        if theirs in found[0]
    }
    return {
        **_described(place),
        **times,
        "arn": found[0]["ScheduledActionARN"],
        "name": found[0]["ScheduledActionName"],
        "schedule": found[0]["Schedule"],
        "timezone": found[0]["Timezone"],
        "scalableTargetAction": _ours(found[0]["ScalableTargetAction"]),
    }


def _delete_action(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("application-autoscaling")
    try:
        aws.delete_scheduled_action(**_place(id_), ScheduledActionName=_name(id_))
    except aws.exceptions.ObjectNotFoundException:
        return


def _action_rules(inputs: Props) -> Iterator[str]:
    for key in ("startTime", "endTime"):
        try:
            _time(inputs.get(key, "2026-01-01T00:00:00Z"))
        except ValueError:
            yield f"{key} must be an RFC 3339 time such as 2026-01-01T00:00:00Z, got {inputs[key]!r}"
    if not {"minCapacity", "maxCapacity"} & inputs.get("scalableTargetAction", {}).keys():
        yield "at least one of scalableTargetAction.minCapacity and maxCapacity must be set"


def _same_time(one: str, other: str) -> bool:
    return _time(one) == _time(other)


SCHEDULED_ACTION: Final = ResourceType(
    type="aws:appautoscaling/scheduledAction:ScheduledAction",
    create=_create_action,
    read=_read_action,
    update=lambda cloud, _, __, news: _put_action(cloud, news),
    delete=_delete_action,
    applied=frozenset({*_PLACE, "name", "schedule", "timezone", "scalableTargetAction", "startTime", "endTime"}),
    required=frozenset({*_PLACE, "schedule", "scalableTargetAction"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({*_PLACE, "name"}),
    defaults={"timezone": "UTC"},
    name=AutoName(property="name"),
    rules=(_action_rules,),
    same={"startTime": _same_time, "endTime": _same_time},
    not_imitated="no action is ever carried out",
)

TYPES: Final = (TARGET, POLICY, SCHEDULED_ACTION)
