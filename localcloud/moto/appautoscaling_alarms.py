"""The CloudWatch alarms that a target tracking policy makes and owns."""

from collections.abc import Mapping
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.moto_api._internal import mock_random

from localcloud.moto.appautoscaling_facts import DIMENSIONS

_NAMESPACES: Final[Mapping[str, str]] = {
    "dynamodb": "AWS/DynamoDB",
    "elasticache": "AWS/ElastiCache",
    "rds": "AWS/RDS",
}
_ENDS: Final = (("AlarmHigh", "GreaterThanThreshold", 3), ("AlarmLow", "LessThanThreshold", 15))
"""Name, comparison, and for how many minutes: a policy is quick to scale out and slow to scale in."""


def create_alarms(policy: Any) -> None:
    """Make a high and a low alarm on the policy's metric; AWS moves their thresholds with the capacity, we do not."""
    found = DIMENSIONS.get(policy.scalable_dimension)
    body = policy.target_tracking_scaling_policy_configuration
    if found is None or not body:
        return
    resource = found.resource.fullmatch(policy.resource_id)
    named = body.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    metric = found.metrics.get(named) if named else body["CustomizedMetricSpecification"].get("MetricName")
    if resource is None or metric is None:  # metric math has no name of its own
        return
    backend = cloudwatch_backends[policy.account_id][policy.region_name]
    for name, comparison, minutes in _ENDS:
        alarm = backend.put_metric_alarm(
            name=f"TargetTracking-{policy.resource_id}-{name}-{mock_random.uuid4()}",
            namespace=_NAMESPACES[policy.service_namespace],
            metric_name=metric,
            comparison_operator=comparison,
            evaluation_periods=minutes,
            period=60,
            threshold=float(body["TargetValue"]),
            statistic="Sum" if policy.service_namespace == "dynamodb" else "Average",
            description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.policy_arn}.",
            dimensions=_dimensions(policy.scalable_dimension, resource.groupdict()),
            alarm_actions=[policy.policy_arn],
        )
        policy.alarms.append(alarm)


def _dimensions(dimension: str, resource: dict[str, str]) -> list[dict[str, str]]:
    if "table" in resource:
        index = {"GlobalSecondaryIndexName": resource["index"]} if "index" in resource else {}
        found = {"TableName": resource["table"], **index}
    elif "group" in resource:
        role = "Replica" if dimension.endswith("Replicas") else "Primary"
        found = {"ReplicationGroupId": resource["group"], "Role": role}
    else:
        found = {"DBClusterIdentifier": resource["cluster"], "Role": "READER"}
    return [{"Name": name, "Value": value} for name, value in found.items()]
