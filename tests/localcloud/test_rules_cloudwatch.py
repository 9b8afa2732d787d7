"""What CloudWatch refuses of alarms and dashboards, and how composite alarms follow their parts."""

import json
import secrets

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.alarm_rule import read_rule
from localcloud.resources.cloudwatch_alarms import COMPOSITE_ALARM, METRIC_ALARM
from localcloud.resources.cloudwatch_dashboard import DASHBOARD
from localcloud.wire import Props
from tests.localcloud.lives.cloudwatch import TEXT, WIDGET, alarm, board, math_alarm, metric_alarm, query
from tests.localcloud.scene import Scene

ABSENT = object()
ALARMS = {
    "comparison": ({"comparisonOperator": "Above"}, "comparisonOperator must be one of", "'Above'"),
    "band without a band": (
        {"comparisonOperator": "GreaterThanUpperThreshold"},
        "GreaterThanUpperThreshold compares with a band",
        "thresholdMetricId",
    ),
    "period": ({"period": 90}, "period must be 10, 20, 30 or a multiple of 60 seconds", "got 90"),
    "no period": ({"period": 0}, "period must be 10, 20, 30 or a multiple of 60 seconds", "got 0"),
    "more than a day": ({"evaluationPeriods": 1441}, "across more than a day", "got 86460"),
    "more than a week": ({"period": 3600, "evaluationPeriods": 169}, "across more than seven days", "got 608400"),
    "points": ({"datapointsToAlarm": 16}, "between 1 and evaluationPeriods, which is 15", "got 16"),
    "two statistics": ({"extendedStatistic": "p99"}, "exactly one of statistic and extendedStatistic", ""),
    "no statistic": ({"statistic": ABSENT}, "exactly one of statistic and extendedStatistic", ""),
    "median": ({"statistic": "Median"}, "statistic must be one of SampleCount", "'Median'"),
    "percentile": ({"statistic": ABSENT, "extendedStatistic": "p101"}, "The value p101 for parameter", ""),
    "missing data": ({"treatMissingData": "fine"}, "treatMissingData must be one of breaching", "'fine'"),
    "unit": ({"unit": "Furlongs"}, "unit must be one of", "'Furlongs'"),
    "no threshold": ({"threshold": ABSENT}, "exactly one of threshold and thresholdMetricId", ""),
    "nothing to look at": ({"metricName": ABSENT}, "one of metricName and metricQueries must be given", ""),
    "no namespace": ({"namespace": ABSENT}, "namespace must be given with metricName", ""),
    "six actions": ({"alarmActions": ["arn:aws:sns:::t"] * 6}, "alarmActions may be 5 at most", "got 6"),
    "an address": ({"okActions": ["ops@example.com"]}, "Invalid arn syntax: okActions must be ARNs", ""),
}
GOOD_ALARMS: dict[str, Props] = {
    "a day": {"evaluationPeriods": 1440},
    "a week": {"period": 3600, "evaluationPeriods": 168},
    "ten seconds": {"period": 10},
    "percentile": {"statistic": ABSENT, "extendedStatistic": "p99.9"},
    "trimmed mean": {"statistic": ABSENT, "extendedStatistic": "TM(10%:90%)"},
}
QUERIES = {
    "two results": (
        [{**query("a", "ReadIOPS"), "returnData": True}, {**query("b", "WriteIOPS"), "returnData": True}],
        "exactly one query must have returnData, beside that of the band, got a, b",
    ),
    "no result": ([query("a", "ReadIOPS")], "exactly one query must have returnData"),
    "capital": ([{"id": "A", "expression": "1", "returnData": True}], "must begin with a small letter"),
    "twice": ([query("a", "x"), {"id": "a", "expression": "1", "returnData": True}], "the ids of queries must differ"),
    "nothing": ([{"id": "a", "returnData": True}], "query a must have either metric or expression"),
    "stranger": ([{"id": "a", "expression": "1 + b", "returnData": True}], "names no query: b"),
    "search": ([{"id": "a", "expression": "SEARCH('x', 'Sum')", "returnData": True}], "SEARCH is not supported"),
}
RULES = {
    "nothing": ("", "got 'its end'"),
    "two names": ('ALARM("a") ALARM("b")', "where AND, OR or the end was expected"),
    "no parenthesis": ('ALARM("a"', "misses ')', got 'its end'"),
    "no name": ("ALARM()", "misses the name of an alarm in ALARM(...)"),
    "state": ('BROKEN("a")', "got 'BROKEN'"),
    "small letters": ('ALARM("a") and OK("b")', "contains 'and'"),
    "quotation mark": ('ALARM("a)', "cannot be read from"),
    "half": ('ALARM("a") OR', "got 'its end'"),
}
HELD = {
    "or": ('ALARM("a") OR ALARM("b")', True),
    "and": ('ALARM("a") AND ALARM("b")', False),
    "and before or": ('ALARM("a") OR ALARM("b") AND ALARM("b")', True),
    "parentheses": ('(ALARM("a") OR ALARM("b")) AND ALARM("b")', False),
    "not": ('NOT ALARM("b")', True),
    "arn": ("ALARM(arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a)", True),
    "no data": ('INSUFFICIENT_DATA("c")', True),
    "never": ("FALSE", False),
}
BODIES = {
    "no JSON": ("widgets", "must be a valid JSON object"),
    "no widgets": ("{}", '"/widgets", "message": "Should be an array"'),
    "type": (board({**WIDGET, "type": "gauge"}), "/widgets/0/type"),
    "no properties": (board(TEXT, {"type": "text"}), "/widgets/1/properties"),
    "region": (board({**WIDGET, "properties": {"metrics": []}}), "Should have required property 'region'"),
    "metrics": (board({**WIDGET, "properties": {"region": "x"}}), "required property 'metrics' or 'annotations'"),
    "markdown": (board({"type": "text", "properties": {}}), "Should have required property 'markdown'"),
    "too wide": (board({**TEXT, "width": 25}), "/widgets/0/width"),
    "half a dimension": (
        board({**WIDGET, "properties": {"region": "x", "metrics": [["AWS/RDS", "CPU", "DBInstanceIdentifier"]]}}),
        "pairs of dimension and value",
    ),
}


def _alarm_inputs(change: Props) -> Props:
    return {key: value for key, value in metric_alarm(**change).items() if value is not ABSENT}


@pytest.mark.parametrize(("change", "said", "got"), ALARMS.values(), ids=ALARMS)
def test_an_alarm_that_cloudwatch_would_refuse_is_refused(scene: Scene, change: Props, said: str, got: str):
    _, failures = scene.check(METRIC_ALARM.type, "busy", _alarm_inputs(change))

    assert [failure for failure in failures if said in failure and got in failure]


@pytest.mark.parametrize("change", GOOD_ALARMS.values(), ids=GOOD_ALARMS)
def test_an_alarm_that_cloudwatch_takes_is_kept_as_it_is(scene: Scene, change: Props):
    made = scene.make(METRIC_ALARM.type, "busy", _alarm_inputs(change))

    assert scene.read(made) == made


@pytest.mark.parametrize(("queries", "said"), QUERIES.values(), ids=QUERIES)
def test_queries_that_cloudwatch_would_refuse_are_refused(scene: Scene, queries: list[Props], said: str):
    _, failures = scene.check(METRIC_ALARM.type, "slow", math_alarm(metricQueries=queries))

    assert [failure for failure in failures if said in failure]


def test_an_alarm_on_queries_is_kept_as_it_is(scene: Scene):
    made = scene.make(METRIC_ALARM.type, "slow", math_alarm())

    assert scene.read(made) == made


def test_an_alarm_on_a_band_names_its_query(scene: Scene):
    queries = [
        {**query("reads", "ReadIOPS"), "returnData": True},
        {"id": "band", "expression": "ANOMALY_DETECTION_BAND(reads, 2)", "returnData": True},
    ]
    inputs = {
        "metricQueries": queries,
        "thresholdMetricId": "band",
        "comparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "evaluationPeriods": 3,
    }

    made = scene.make(METRIC_ALARM.type, "strange", inputs)

    assert scene.read(made) == made


def test_boto3_gets_the_same_refusal(scene: Scene):
    with pytest.raises(ClientError, match=r"ValidationError.*Metrics cannot be checked across more than a day"):
        scene.aws("cloudwatch").put_metric_alarm(
            AlarmName="busy",
            Namespace="AWS/RDS",
            MetricName="CPUUtilization",
            Statistic="Average",
            Period=300,
            EvaluationPeriods=289,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=1,
        )


def test_a_new_alarm_has_no_data(scene: Scene):
    found = scene.aws("cloudwatch").describe_alarms(AlarmNames=[alarm(scene)])["MetricAlarms"]

    assert [one["StateValue"] for one in found] == ["INSUFFICIENT_DATA"]


# Composite alarms


@pytest.mark.parametrize(("rule", "said"), RULES.values(), ids=RULES)
def test_a_rule_that_cannot_be_read_is_refused(scene: Scene, rule: str, said: str):
    _, failures = scene.check(COMPOSITE_ALARM.type, "stores", {"alarmName": "stores", "alarmRule": rule})

    assert [failure for failure in failures if said in failure]


@pytest.mark.parametrize(("rule", "holds"), HELD.values(), ids=HELD)
def test_a_rule_holds_by_the_states_of_what_it_names(rule: str, holds: bool):
    assert read_rule(rule).holds({"a": "ALARM", "b": "OK"}) is holds


def test_a_composite_alarm_names_alarms_that_exist(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"as alarms \[nobody\] in the alarm rule do not exist"):
        scene.make(COMPOSITE_ALARM.type, "stores", {"alarmName": "stores", "alarmRule": 'ALARM("nobody")'})


def test_an_alarm_that_a_composite_one_names_cannot_be_deleted(scene: Scene):
    part = scene.make(METRIC_ALARM.type, "busy", metric_alarm())
    name = f"stores-{secrets.token_hex(4)}"
    scene.make(COMPOSITE_ALARM.type, "stores", {"alarmName": name, "alarmRule": f'ALARM("{part.id}")'})

    with pytest.raises(grpc.RpcError, match=r"as there are composite alarm\(s\) depending on it"):
        scene.delete(part)


def test_a_composite_alarm_of_composite_alarms_follows_the_last_part(scene: Scene):
    part = alarm(scene)
    inner, outer = f"store-{secrets.token_hex(4)}", f"stack-{secrets.token_hex(4)}"
    scene.make(COMPOSITE_ALARM.type, "store", {"alarmName": inner, "alarmRule": f'ALARM("{part}")'})
    scene.make(COMPOSITE_ALARM.type, "stack", {"alarmName": outer, "alarmRule": f'ALARM("{inner}")'})
    aws = scene.aws("cloudwatch")
    aws.set_alarm_state(AlarmName=part, StateValue="ALARM", StateReason="a drill")

    found = aws.describe_alarms(AlarmNames=[outer], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]

    assert [one["StateValue"] for one in found] == ["ALARM"]


def test_composite_alarms_are_told_to_those_who_ask_for_them(scene: Scene):
    name = f"stores-{secrets.token_hex(4)}"
    scene.make(COMPOSITE_ALARM.type, "stores", {"alarmName": name, "alarmRule": "FALSE"})

    assert scene.aws("cloudwatch").describe_alarms(AlarmNames=[name])["CompositeAlarms"] == []


def test_a_composite_alarm_is_found_by_its_tags(scene: Scene):
    name = f"stores-{secrets.token_hex(4)}"
    scene.make(COMPOSITE_ALARM.type, "s", {"alarmName": name, "alarmRule": "FALSE", "tags": {"drill": name}})

    found = scene.aws("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "drill", "Values": [name]}])

    assert [one["ResourceARN"].rpartition(":")[2] for one in found["ResourceTagMappingList"]] == [name]


# Dashboards


@pytest.mark.parametrize(("body", "said"), BODIES.values(), ids=BODIES)
def test_a_dashboard_that_cloudwatch_would_refuse_is_refused(scene: Scene, body: str, said: str):
    _, failures = scene.check(DASHBOARD.type, "stores", {"dashboardName": "stores", "dashboardBody": body})

    assert [failure for failure in failures if said in failure]


def test_boto3_cannot_draw_a_widget_of_no_type(scene: Scene):
    body = board({"properties": {}})

    with pytest.raises(ClientError, match=r"there are 1 validation errors.*/widgets/0/type"):
        scene.aws("cloudwatch").put_dashboard(DashboardName="stores", DashboardBody=body)


def test_a_dashboard_may_be_worded_differently(scene: Scene):
    made = scene.make(
        DASHBOARD.type, "stores", {"dashboardName": f"d-{secrets.token_hex(4)}", "dashboardBody": board(TEXT)}
    )

    difference = scene.diff(made, {**made.inputs, "dashboardBody": json.dumps(json.loads(board(TEXT)), indent=2)})

    assert list(difference.diffs) == []
