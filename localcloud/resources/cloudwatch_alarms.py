"""CloudWatch: alarms on metrics, and composite alarms that sum them up."""

from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.alarm_rules import (
    action_rules,
    composite_rules,
    metric_rules,
    name_rules,
    period_rules,
    query_rules,
    statistic_rules,
    suppressor_rules,
    threshold_rules,
)
from localcloud.resources.alarm_shape import alarm_from_aws, alarm_to_aws, same_queries
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

METRIC_RULES: Final = (
    name_rules,
    action_rules,
    metric_rules,
    statistic_rules,
    threshold_rules,
    period_rules,
    query_rules,
)


def _find(cloud: Cloud, name: str, kind: str) -> dict[str, Any] | None:
    found = cloud.aws("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=[kind])
    return next(iter(found["CompositeAlarms" if kind == "CompositeAlarm" else "MetricAlarms"]), None)


def _tags(cloud: Cloud, name: str) -> Props:
    arn = cloud.arn("cloudwatch", f"alarm:{name}")
    return from_aws(cloud.aws("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"])


def _retag(cloud: Cloud, name: str, olds: Props, news: Props) -> None:
    aws, arn, tags = cloud.aws("cloudwatch"), cloud.arn("cloudwatch", f"alarm:{name}"), tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(ResourceARN=arn, TagKeys=tags.gone)
    if tags.put:
        aws.tag_resource(ResourceARN=arn, Tags=to_aws(tags.put))


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    cloud.aws("cloudwatch").delete_alarms(AlarmNames=[id_])


# Alarms on metrics


def _create_metric(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("cloudwatch").put_metric_alarm(**alarm_to_aws(inputs), Tags=to_aws(inputs.get("tags")))
    return inputs["name"]


def _read_metric(cloud: Cloud, id_: str) -> Props | None:
    alarm = _find(cloud, id_, "MetricAlarm")
    if alarm is None:
        return None
    return {"treatMissingData": "missing", **alarm_from_aws(alarm), "arn": alarm["AlarmArn"], "tags": _tags(cloud, id_)}


def _update_metric(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    cloud.aws("cloudwatch").put_metric_alarm(**alarm_to_aws(news))
    _retag(cloud, id_, olds, news)


METRIC_ALARM: Final = ResourceType(
    type="aws:cloudwatch/metricAlarm:MetricAlarm",
    create=_create_metric,
    read=_read_metric,
    update=_update_metric,
    delete=_delete,
    applied=frozenset(
        {"actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm", "dimensions"}
        | {"evaluateLowSampleCountPercentiles", "evaluationPeriods", "extendedStatistic", "insufficientDataActions"}
        | {"metricName", "metricQueries", "name", "namespace", "okActions", "period", "statistic", "tags", "threshold"}
        | {"thresholdMetricId", "treatMissingData", "unit"}
    ),
    required=frozenset({"comparisonOperator", "evaluationPeriods"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"name"}),
    sticky=frozenset({"evaluateLowSampleCountPercentiles"}),
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    name=AutoName(property="name"),
    rules=METRIC_RULES,
    same={"metricQueries": same_queries},
    not_imitated="data never change an alarm: SetAlarmState does; nothing is ever sent",
)


# Composite alarms


def _composite_to_aws(inputs: Props) -> Props:
    alarm: Props = {
        "AlarmName": inputs["alarmName"],
        "AlarmRule": inputs["alarmRule"],
        "ActionsEnabled": inputs["actionsEnabled"],
        "AlarmDescription": inputs.get("alarmDescription", ""),
        "AlarmActions": inputs.get("alarmActions", []),
        "OKActions": inputs.get("okActions", []),
        "InsufficientDataActions": inputs.get("insufficientDataActions", []),
    }
    if suppressor := inputs.get("actionsSuppressor"):
        alarm["ActionsSuppressor"] = suppressor["alarm"]
        alarm["ActionsSuppressorWaitPeriod"] = suppressor["waitPeriod"]
        alarm["ActionsSuppressorExtensionPeriod"] = suppressor["extensionPeriod"]
    return alarm


def _create_composite(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("cloudwatch").put_composite_alarm(**_composite_to_aws(inputs), Tags=to_aws(inputs.get("tags")))
    return inputs["alarmName"]


def _read_composite(cloud: Cloud, id_: str) -> Props | None:
    alarm = _find(cloud, id_, "CompositeAlarm")
    if alarm is None:
        return None
    props: Props = {
        "arn": alarm["AlarmArn"],
        "alarmName": id_,
        "alarmRule": alarm["AlarmRule"],
        "actionsEnabled": alarm["ActionsEnabled"],
        "alarmDescription": alarm.get("AlarmDescription", ""),
        "alarmActions": alarm.get("AlarmActions", []),
        "okActions": alarm.get("OKActions", []),
        "insufficientDataActions": alarm.get("InsufficientDataActions", []),
        "tags": _tags(cloud, id_),
    }
    if alarm.get("ActionsSuppressor"):
        props["actionsSuppressor"] = {
            "alarm": alarm["ActionsSuppressor"],
            "waitPeriod": alarm["ActionsSuppressorWaitPeriod"],
            "extensionPeriod": alarm["ActionsSuppressorExtensionPeriod"],
        }
    return props


def _update_composite(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    cloud.aws("cloudwatch").put_composite_alarm(**_composite_to_aws(news))
    _retag(cloud, id_, olds, news)


COMPOSITE_ALARM: Final = ResourceType(
    type="aws:cloudwatch/compositeAlarm:CompositeAlarm",
    create=_create_composite,
    read=_read_composite,
    update=_update_composite,
    delete=_delete,
    applied=frozenset(
        {"actionsEnabled", "actionsSuppressor", "alarmActions", "alarmDescription", "alarmName", "alarmRule"}
        | {"insufficientDataActions", "okActions", "tags"}
    ),
    required=frozenset({"alarmName", "alarmRule"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"alarmName"}),
    defaults={"actionsEnabled": True},
    name=AutoName(property="alarmName"),
    rules=(name_rules, action_rules, composite_rules, suppressor_rules),
    not_imitated="nothing is ever sent; AT_LEAST in a rule",
)

TYPES: Final = (METRIC_ALARM, COMPOSITE_ALARM)
