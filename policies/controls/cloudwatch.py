"""Controls of log groups and alarms."""

import json
from typing import Any, Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.exposure import is_public
from policies.controls.statement import statements
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
LOG_RESOURCE_POLICY: Final = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"


@control(
    LOG_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    good=[{"kmsKeyId": "ref:aws:kms/key:Key::logs::arn"}, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"}],
    bad=[{}, {"kmsKeyId": None}, {"kmsKeyId": ""}, {"kmsKeyId": ["arn:aws:kms:eu-west-1:1:key/k"]}],
)
def loggroup_cmk(group: Resource) -> bool:
    """Log groups must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(group, "kmsKeyId")


@control(
    LOG_GROUP,
    group=Group.COST,
    severity=Severity.LOW,
    good=[{"retentionInDays": 1}, {"retentionInDays": 365}],
    bad=[{}, {"retentionInDays": None}, {"retentionInDays": 0}, {"retentionInDays": "30"}],
)
def loggroup_retention_set(group: Resource) -> bool:
    """Log groups must not keep and bill their logs for ever: set retention_in_days."""
    return (group.number("retentionInDays") or 0) > 0


@control(
    LOG_GROUP,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": 3653, "default": 365}},
    good=[{}, {"retentionInDays": None}, {"retentionInDays": 0}, {"retentionInDays": 365}, {"retentionInDays": 400}],
    bad=[{"retentionInDays": 180}, {"retentionInDays": 364}, {"retentionInDays": "365"}, {"retentionInDays": -1}],
)
def loggroup_retention_min(group: Resource, *, days: int) -> bool:
    """Log groups must keep their logs for {days} days: set retention_in_days={days} or more."""
    kept = group.number("retentionInDays") if "retentionInDays" in group else 0
    return kept is not None and (kept == 0 or kept >= days)


def writing(principal: Any, **more: Any) -> str:
    """Write a policy that lets a principal write logs."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "logs:PutLogEvents", "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@control(
    LOG_RESOURCE_POLICY,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    good=[
        {"policyDocument": writing({"Service": "es.amazonaws.com"})},
        {"policyDocument": writing({"AWS": "111111111111"})},
        {"policyDocument": writing("*", Condition={"StringEquals": {"aws:SourceAccount": "111111111111"}})},
    ],
    bad=[
        {"policyDocument": writing("*")},
        {"policyDocument": writing({"AWS": "*"})},
        {"policyDocument": writing("*", Condition={"Bool": {"aws:SecureTransport": "true"}})},
        {"policyDocument": "no document"},
    ],
)
def loggroup_not_public(policy: Resource) -> bool:
    """Log groups must not be open to everybody: name principals in policy_document, or restrict their account."""
    return not is_public(statements(policy, "policyDocument"))


@control(
    ALARM,
    group=Group.MONITORING,
    severity=Severity.HIGH,
    good=[{}, {"actionsEnabled": None}, {"actionsEnabled": True}],
    bad=[{"actionsEnabled": False}, {"actionsEnabled": "false"}],
)
def alarm_actions_enabled(alarm: Resource) -> bool:
    """Alarms must act: leave out actions_enabled."""
    return alarm.get("actionsEnabled", True) is True


@control(
    ALARM,
    group=Group.MONITORING,
    severity=Severity.HIGH,
    good=[
        {"alarmActions": ["ref:aws:sns/topic:Topic::alarms::arn"]},
        {"alarmActions": ["arn:aws:sns:eu-west-1:111111111111:alarms"]},
    ],
    bad=[
        {},
        {"alarmActions": None},
        {"alarmActions": []},
        {"alarmActions": [""]},
        {"okActions": ["arn:aws:sns:eu-west-1:111111111111:alarms"]},
    ],
)
def alarm_has_actions(alarm: Resource) -> bool:
    """Alarms must tell somebody: set alarm_actions to a topic."""
    return alarm.lists("alarmActions")
