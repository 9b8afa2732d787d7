"""What CloudWatch refuses about alarms, as Pulumi writes them; moto's amendment asks the same."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.resources.alarm_rule import RuleError, read_rule
from localcloud.wire import Props

# Amazon CloudWatch API Reference: PutMetricAlarm, MetricDataQuery, PutCompositeAlarm.
_OPERATORS: Final = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
_BANDS: Final = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
_STATISTICS: Final = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_PERCENTILE: Final = re.compile(
    r"(p|tm|tc|ts|wm)(100|\d{1,2}(\.\d{1,10})?)|iqm|IQM|(TM|WM|PR|TC|TS)\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\)"
)
_MISSING: Final = ("breaching", "notBreaching", "ignore", "missing")
_UNITS: Final = frozenset(
    {"Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"}
    | {
        f"{size}{what}{per}"
        for size, what in (
            *(("", "Bytes"), ("Kilo", "bytes"), ("Mega", "bytes"), ("Giga", "bytes"), ("Tera", "bytes")),
            *(("", "Bits"), ("Kilo", "bits"), ("Mega", "bits"), ("Giga", "bits"), ("Tera", "bits")),
        )
        for per in ("", "/Second")
    }
)
_SHORT_PERIODS: Final = (10, 20, 30)
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_MOST_DIMENSIONS: Final = 30
_MOST_ACTIONS: Final = 5
_LONGEST_NAME: Final = 255
_QUERY_ID: Final = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}")
_ACTIONS: Final = ("alarmActions", "okActions", "insufficientDataActions")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:.*")


def name_rules(inputs: Props) -> Iterator[str]:
    """Rules of an alarm's name."""
    name = inputs["alarmName"] if "alarmName" in inputs else inputs["name"]
    if not 1 <= len(name) <= _LONGEST_NAME:
        yield f"the name of an alarm must have 1 to {_LONGEST_NAME} characters, got {len(name)}"


def action_rules(inputs: Props) -> Iterator[str]:
    """Rules of what an alarm does."""
    for key in _ACTIONS:
        actions = inputs.get(key, [])
        if len(actions) > _MOST_ACTIONS:
            yield f"{key} may be {_MOST_ACTIONS} at most, got {len(actions)}"
        for action in actions:
            if not _ARN.fullmatch(action):
                yield f"Invalid arn syntax: {key} must be ARNs, got {action!r}"


def metric_rules(inputs: Props) -> Iterator[str]:
    """Rules of what an alarm looks at: one metric, or queries."""
    if ("metricName" in inputs) == bool(inputs.get("metricQueries")):
        yield "one of metricName and metricQueries must be given, and not both"
        return
    if "metricName" not in inputs:
        for key in ("namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit"):
            if key in inputs:
                yield f"{key} belongs inside the queries when metricQueries are given"
        return
    if ("statistic" in inputs) == ("extendedStatistic" in inputs):
        yield "exactly one of statistic and extendedStatistic must be given"
    for key in ("namespace", "period"):
        if key not in inputs:
            yield f"{key} must be given with metricName"
    if len(inputs.get("dimensions", {})) > _MOST_DIMENSIONS:
        yield f"dimensions may be {_MOST_DIMENSIONS} at most, got {len(inputs['dimensions'])}"


def statistic_rules(inputs: Props) -> Iterator[str]:
    """Rules of an alarm's statistic, unit and what missing data mean."""
    yield from _one_of("statistic", inputs.get("statistic"), _STATISTICS)
    extended = inputs.get("extendedStatistic")
    if extended is not None and not _PERCENTILE.fullmatch(extended):
        yield f"The value {extended} for parameter ExtendedStatistic is not supported: write p99, tm90, IQM or the like"
    yield from _one_of("treatMissingData", inputs.get("treatMissingData"), _MISSING)
    yield from _one_of(
        "evaluateLowSampleCountPercentiles", inputs.get("evaluateLowSampleCountPercentiles"), ("evaluate", "ignore")
    )
    yield from _one_of("unit", inputs.get("unit"), sorted(_UNITS))


def _one_of(key: str, value: Any, allowed: Any) -> Iterator[str]:
    if value is not None and value not in allowed:
        yield f"{key} must be one of {', '.join(allowed)}, got {value!r}"


def threshold_rules(inputs: Props) -> Iterator[str]:
    """Rules of when an alarm goes off."""
    operator = inputs["comparisonOperator"]
    yield from _one_of("comparisonOperator", operator, (*_OPERATORS, *_BANDS))
    if ("threshold" in inputs) == ("thresholdMetricId" in inputs):
        yield "exactly one of threshold and thresholdMetricId must be given"
    if operator in _BANDS and "thresholdMetricId" not in inputs:
        yield f"{operator} compares with a band: it needs thresholdMetricId"
    if operator in _OPERATORS and "thresholdMetricId" in inputs:
        yield f"thresholdMetricId is for {', '.join(_BANDS)}, got {operator}"


def period_rules(inputs: Props) -> Iterator[str]:
    """Rules of how far an alarm looks back."""
    count, points = inputs["evaluationPeriods"], inputs.get("datapointsToAlarm")
    if count < 1:
        yield f"evaluationPeriods must be 1 or more, got {count}"
    if points is not None and not 1 <= points <= count:
        yield f"datapointsToAlarm must lie between 1 and evaluationPeriods, which is {count}, got {points}"
    for period in _periods(inputs):
        if period not in _SHORT_PERIODS and (period < _MINUTE or period % _MINUTE):
            yield f"period must be 10, 20, 30 or a multiple of 60 seconds, got {period}"
        most, words = (_WEEK, "seven days") if period >= _HOUR else (_DAY, "a day")
        if period * count > most:
            yield (
                f"Metrics cannot be checked across more than {words} (EvaluationPeriods * Period must be <= {most}), "
                f"got {period * count}"
            )


def _periods(inputs: Props) -> Iterator[int]:
    if "period" in inputs:
        yield inputs["period"]
    for query in inputs.get("metricQueries", ()):
        if query.get("returnData") and "period" in query:
            yield query["period"]
        if "metric" in query:
            yield query["metric"]["period"]


def query_rules(inputs: Props) -> Iterator[str]:
    """Rules of the queries of an alarm."""
    queries = inputs.get("metricQueries", [])
    if not queries:
        return
    ids = [query["id"] for query in queries]
    for one in ids:
        if not _QUERY_ID.fullmatch(one):
            yield f"the id of a query must begin with a small letter and go on with letters, digits and _, got {one!r}"
    if len(set(ids)) < len(ids):
        yield f"the ids of queries must differ, got {', '.join(ids)}"
    band = inputs.get("thresholdMetricId")
    if band is not None and band not in ids:
        yield f"thresholdMetricId must be the id of a query, one of {', '.join(ids)}, got {band!r}"
    results = [query["id"] for query in queries if query.get("returnData") and query["id"] != band]
    if len(results) != 1:
        yield f"exactly one query must have returnData, beside that of the band, got {', '.join(results) or 'none'}"
    for query in queries:
        yield from _query_problems(query, ids)


def _query_problems(query: Props, ids: list[str]) -> Iterator[str]:
    if ("metric" in query) == ("expression" in query):
        yield f"query {query['id']} must have either metric or expression"
    if "metric" in query:
        stat = query["metric"]["stat"]
        if stat not in _STATISTICS and not _PERCENTILE.fullmatch(stat):
            yield f"stat of query {query['id']} must be {', '.join(_STATISTICS)}, p99 or the like, got {stat!r}"
        yield from _one_of(f"unit of query {query['id']}", query["metric"].get("unit"), sorted(_UNITS))
    expression = query.get("expression", "")
    if "SEARCH(" in expression.upper():
        yield f"SEARCH is not supported on Metric Alarms, got it in query {query['id']}"
    elif not expression.upper().lstrip().startswith("SELECT"):
        words = set(re.findall(r"\b[a-z][A-Za-z0-9_]*\b", re.sub(r"\"[^\"]*\"|'[^']*'", "", expression)))
        if unknown := sorted(words - set(ids)):
            yield f"the expression of query {query['id']} names no query: {', '.join(unknown)}"


def composite_rules(inputs: Props) -> Iterator[str]:
    """Rules of a composite alarm's rule."""
    try:
        read_rule(inputs["alarmRule"])
    except RuleError as error:
        yield str(error)


def suppressor_rules(inputs: Props) -> Iterator[str]:
    """Rules of what keeps a composite alarm quiet."""
    suppressor = inputs.get("actionsSuppressor")
    if suppressor is not None:
        for key in ("extensionPeriod", "waitPeriod"):
            if suppressor[key] < 0:
                yield f"{key} of actionsSuppressor must be 0 seconds or more, got {suppressor[key]}"
