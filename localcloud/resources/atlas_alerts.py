"""MongoDB Atlas: who is told of what."""

from collections.abc import Iterator
from typing import Final

from localcloud.atlas.kept import Kept
from localcloud.atlas.store import new_id, now
from localcloud.difference import covers
from localcloud.resource import ResourceType
from localcloud.wire import Props

_ON_METRICS: Final = ("OUTSIDE_METRIC_THRESHOLD", "OUTSIDE_FLEX_METRIC_THRESHOLD")
_LEAST_INTERVAL: Final = 5
_OPERATORS: Final = ("GREATER_THAN", "LESS_THAN")
_MATCHES: Final = ("EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "STARTS_WITH", "ENDS_WITH", "REGEX")
_ONCE: Final = ("GROUP", "ORG")

_ALERTS: Final = Kept(
    kind="alertConfiguration",
    id=lambda record: f"{record['projectId']}-{record['alertConfigurationId']}",
    made=lambda _, inputs: {
        "alertConfigurationId": new_id(),
        "created": now(),
        "enabled": inputs.get("enabled", False),
        "updated": now(),
    },
    changed=lambda _, __, inputs: {"enabled": inputs.get("enabled", False), "updated": now()},
)


def _threshold_rules(inputs: Props) -> Iterator[str]:
    metric, plain = inputs.get("metricThresholdConfig"), inputs.get("thresholdConfig")
    event = inputs["eventType"]
    if event in _ON_METRICS and not metric:
        yield f"MISSING_METRIC_THRESHOLD: metricThresholdConfig must be specified for {event}"
    if event not in _ON_METRICS and metric:
        yield "METRIC_THRESHOLD_PRESENT: metricThresholdConfig should only be specified for host metric alerts"
    for threshold in (metric, plain):
        operator = (threshold or {}).get("operator")
        if operator is not None and operator not in _OPERATORS:
            yield f"the operator of a threshold must be one of {', '.join(_OPERATORS)}, got {operator!r}"
    if metric and metric.get("mode", "AVERAGE") != "AVERAGE":
        yield f"TOTAL_MODE_DEPRECATED: mode must be AVERAGE, got {metric['mode']!r}"
    for one in inputs.get("matchers", ()):
        if one["operator"] not in _MATCHES:
            yield f"the operator of a matcher must be one of {', '.join(_MATCHES)}, got {one['operator']!r}"


def _notification_rules(inputs: Props) -> Iterator[str]:
    told = inputs["notifications"]
    if not told:
        yield "MISSING_NOTIFICATIONS: at least one notification must be specified for an alert configuration"
    for one in told:
        kind, interval = one["typeName"], one.get("intervalMin")
        if interval is not None and interval < _LEAST_INTERVAL:
            yield f"NOTIFICATION_INTERVAL_OUT_OF_RANGE: intervalMin must be at least {_LEAST_INTERVAL}, got {interval}"
        if kind == "EMAIL" and not one.get("emailAddress"):
            yield "a notification of type EMAIL needs emailAddress"
        if kind in ("GROUP", "ORG", "TEAM", "USER") and not one.get("emailEnabled") and not one.get("smsEnabled"):
            yield f"EMAIL_OR_SMS_REQUIRED_FOR_{kind}_NOTIFICATION: emailEnabled or smsEnabled must be true"
    for kind in _ONCE:
        if sum(one["typeName"] == kind for one in told) > 1:
            yield f"TOO_MANY_{kind}_NOTIFICATIONS: at most one notification of type {kind} can be specified"


ALERT_CONFIGURATION: Final = ResourceType(
    type="mongodbatlas:index/alertConfiguration:AlertConfiguration",
    create=_ALERTS.create,
    read=_ALERTS.read,
    update=_ALERTS.update,
    delete=_ALERTS.delete,
    applied=frozenset(
        {"enabled", "eventType", "matchers", "metricThresholdConfig", "notifications", "projectId"}
        | {"severityOverride", "thresholdConfig"}
    ),
    required=frozenset({"eventType", "notifications", "projectId"}),
    outputs=frozenset({"alertConfigurationId", "created", "enabled", "updated"}),
    replace=frozenset({"projectId"}),
    sticky=frozenset({"enabled"}),
    rules=(_threshold_rules, _notification_rules),
    same={"metricThresholdConfig": covers, "notifications": covers, "thresholdConfig": covers},
    judged_by_state=True,
    global_=True,
    not_imitated="nothing is measured, and nobody is told; names of events and metrics are not checked; secrets of "
    "notifications are given back, where Atlas masks them",
)

TYPES: Final = (ALERT_CONFIGURATION,)
