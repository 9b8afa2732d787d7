"""Metric alarms in AWS's words and in Pulumi's."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from localcloud.wire import Props

_PLAIN: Final[Mapping[str, str]] = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "name": "AlarmName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
_QUERY: Final[Mapping[str, str]] = {
    "id": "Id",
    "accountId": "AccountId",
    "expression": "Expression",
    "label": "Label",
    "period": "Period",
    "returnData": "ReturnData",
}
_STAT: Final[Mapping[str, str]] = {"period": "Period", "stat": "Stat", "unit": "Unit"}


def _dimensions(said: Mapping[str, str]) -> list[Props]:
    return [{"Name": name, "Value": value} for name, value in sorted(said.items())]


def _by_name(found: Iterable[Mapping[str, str]]) -> Props:
    return {one["Name"]: one["Value"] for one in found}


def alarm_to_aws(said: Mapping[str, Any]) -> Props:
    """Write an alarm; a query returns nothing unless it says so, as with the official provider."""
    alarm = {theirs: said[ours] for ours, theirs in _PLAIN.items() if ours in said}
    if "dimensions" in said:
        alarm["Dimensions"] = _dimensions(said["dimensions"])
    if queries := said.get("metricQueries"):
        alarm["Metrics"] = [_query_to_aws(query) for query in queries]
    return alarm


def _query_to_aws(said: Mapping[str, Any]) -> Props:
    query = {"ReturnData": False, **{theirs: said[ours] for ours, theirs in _QUERY.items() if ours in said}}
    if metric := said.get("metric"):
        named = {"MetricName": metric["metricName"], "Dimensions": _dimensions(metric.get("dimensions", {}))}
        if "namespace" in metric:
            named["Namespace"] = metric["namespace"]
        stat = {theirs: metric[ours] for ours, theirs in _STAT.items() if ours in metric}
        query["MetricStat"] = {"Metric": named, **stat}
    return query


def alarm_from_aws(found: Mapping[str, Any]) -> Props:
    """Read an alarm."""
    alarm = {ours: found[theirs] for ours, theirs in _PLAIN.items() if theirs in found}
    if dimensions := found.get("Dimensions"):
        alarm["dimensions"] = _by_name(dimensions)
    if queries := found.get("Metrics"):
        alarm["metricQueries"] = [_query_from_aws(query) for query in queries]
    return alarm


def _query_from_aws(found: Mapping[str, Any]) -> Props:
    query = {ours: found[theirs] for ours, theirs in _QUERY.items() if theirs in found}
    if stat := found.get("MetricStat"):
        metric = {ours: stat[theirs] for ours, theirs in _STAT.items() if theirs in stat}
        metric["metricName"] = stat["Metric"]["MetricName"]
        if "Namespace" in stat["Metric"]:
            metric["namespace"] = stat["Metric"]["Namespace"]
        if dimensions := stat["Metric"].get("Dimensions"):
            metric["dimensions"] = _by_name(dimensions)
        query["metric"] = metric
    return query


def same_queries(one: list[Props], other: list[Props]) -> bool:
    """Say whether two lists of queries mean the same, in any order."""
    first, second = (
        sorted((_query_from_aws(_query_to_aws(query)) for query in queries), key=lambda query: query["id"])
        for queries in (one, other)
    )
    return first == second
