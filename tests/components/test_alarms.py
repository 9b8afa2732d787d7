"""Alarms: each on the figures of its own store, summed up, and drawn."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import Input

from components.alarms import Alarms, AlarmsArgs, Watched
from sizes.alarms import SLOW_STATEMENTS, Alarm
from tests.components.conftest import Applied, Program, Registered, own_prefix
from tests.components.operated import TOPIC, new_topic

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
BUSY = Alarm(name="busy", metric="Busy", above=80, statistic="Average", minutes=15, advice="Look.")
EMPTY = Alarm(name="empty", metric="Free", below=10, statistic="Minimum", minutes=5, advice="Fill.")
SLOW = Alarm(name=SLOW_STATEMENTS, metric="SlowStatements", above=20, statistic="Sum", minutes=15, advice="Tune.")
TABLE = Watched(
    store="orders",
    name="orders-table",
    namespace="AWS/DynamoDB",
    dimensions={"TableName": "clubapp-dev-orders"},
    alarms=(BUSY, EMPTY),
)
INDEX = replace(
    TABLE,
    name="orders-by-user",
    dimensions={"TableName": "clubapp-dev-orders", "GlobalSecondaryIndexName": "by-user"},
)
MAIN = Watched(
    store="main",
    name="main-primary",
    namespace="AWS/RDS",
    dimensions={"DBInstanceIdentifier": "main-1"},
    alarms=(BUSY, SLOW),
    log_group="/aws/rds/instance/main-1/postgresql",
)
NODES = tuple(
    replace(TABLE, store="cache", name=f"cache-node-{number}", dimensions={"CacheClusterId": f"node-{number}"})
    for number in range(1, 61)
)

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def alarms(watched: Sequence[Watched] = (TABLE, INDEX, MAIN), prefix: str = "clubapp-dev") -> Program:
    args = AlarmsArgs(prefix=prefix, region="eu-central-1", watched=watched, topic_arn=TOPIC)
    return lambda: Alarms("alarms", args)


def on_moto(prefix: str, watched: Sequence[Watched] = (TABLE, INDEX, MAIN)) -> Program:
    """Alarms with a topic, and the group that statements are logged to."""

    def program() -> Alarms:
        logs: Input[str] = aws.cloudwatch.LogGroup("logs").name
        here = [replace(one, log_group=logs if one.log_group else None) for one in watched]
        args = AlarmsArgs(prefix=prefix, region="eu-central-1", watched=here, topic_arn=new_topic())
        return Alarms("alarms", args)

    return program


def summed_up(rule: str) -> list[str]:
    return re.findall(r'ALARM\("([^"]+)"\)', rule)


def test_an_alarm_watches_the_dimensions_of_its_own_part(deploy: Deploy):
    made = deploy(alarms()).named(ALARM)

    assert made["orders-table-busy-alarm"]["dimensions"] == TABLE.dimensions
    assert made["orders-by-user-busy-alarm"]["dimensions"] == INDEX.dimensions
    assert {made[f"{one}-alarm"]["namespace"] for one in ("orders-table-busy", "orders-by-user-empty")} == {
        "AWS/DynamoDB"
    }


@pytest.mark.parametrize(
    ("name", "operator", "threshold"),
    [("busy", "GreaterThanThreshold", 80), ("empty", "LessThanThreshold", 10)],
)
def test_trouble_is_above_or_below_a_figure(deploy: Deploy, name: str, operator: str, threshold: float):
    made = deploy(alarms()).named(ALARM)[f"orders-table-{name}-alarm"]

    assert (made["comparisonOperator"], made["threshold"]) == (operator, threshold)


def test_cloudwatch_keeps_what_an_alarm_says(apply: Apply):
    prefix = own_prefix()
    applied = apply(on_moto(prefix))

    name = f"{prefix}-orders-by-user-busy"
    (found,) = applied.scene.aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]

    assert {one["Name"]: one["Value"] for one in found["Dimensions"]} == INDEX.dimensions
    assert (found["MetricName"], found["Statistic"], found["Threshold"]) == ("Busy", "Average", 80)
    assert (found["Period"], found["EvaluationPeriods"], found["TreatMissingData"]) == (60, 15, "notBreaching")
    assert found["AlarmActions"] == found["OKActions"] == [applied.made["told"].outputs["arn"]]
    assert found["AlarmDescription"] == "Look."


def test_the_alarm_of_a_store_sums_up_all_of_its_own_and_no_other(deploy: Deploy):
    made = deploy(alarms()).named(COMPOSITE)

    assert summed_up(made["alarms-orders"]["alarmRule"]) == [
        f"clubapp-dev-orders-{part}-{alarm}" for part in ("table", "by-user") for alarm in ("busy", "empty")
    ]
    assert summed_up(made["alarms-main"]["alarmRule"]) == [
        "clubapp-dev-main-primary-busy",
        f"clubapp-dev-main-primary-{SLOW_STATEMENTS}",
    ]
    assert summed_up(made["alarms-stack"]["alarmRule"]) == ["clubapp-dev-orders", "clubapp-dev-main"]


def test_trouble_of_a_part_is_trouble_of_its_store_and_of_the_stack(apply: Apply):
    prefix = own_prefix()
    cloudwatch = apply(on_moto(prefix)).scene.aws("cloudwatch")
    cloudwatch.set_alarm_state(
        AlarmName=f"{prefix}-orders-by-user-empty", StateValue="ALARM", StateReason="nothing is left"
    )

    found = cloudwatch.describe_alarms(AlarmNamePrefix=prefix, AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]

    assert {one["AlarmName"].removeprefix(prefix): one["StateValue"] for one in found} == {
        "-orders": "ALARM",
        "-main": "OK",
        "": "ALARM",
    }


def test_no_alarm_sums_up_more_than_cloudwatch_allows(deploy: Deploy):
    made = deploy(alarms(NODES)).named(COMPOSITE)

    summed = {name: summed_up(one["alarmRule"]) for name, one in made.items()}
    assert max(map(len, summed.values())) <= 100
    assert sum(len(summed[f"alarms-{node.name}"]) for node in NODES) == 2 * len(NODES)
    assert summed["alarms-cache"] == [f"clubapp-dev-{node.name}" for node in NODES]


def test_many_nodes_are_summed_up_on_moto(apply: Apply):
    prefix = own_prefix()

    cloudwatch = apply(on_moto(prefix, NODES)).scene.aws("cloudwatch")

    (found,) = cloudwatch.describe_alarms(AlarmNames=[prefix], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert summed_up(found["AlarmRule"]) == [f"{prefix}-cache"]


def test_slow_statements_are_counted_under_the_name_that_their_alarm_watches(apply: Apply):
    prefix = own_prefix()
    applied = apply(on_moto(prefix))
    logs = applied.scene.aws("logs")

    group = applied.made["logs"].outputs["name"]
    (found,) = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
    (alarm,) = applied.scene.aws("cloudwatch").describe_alarms(AlarmNames=[f"{prefix}-main-primary-{SLOW_STATEMENTS}"])[
        "MetricAlarms"
    ]

    (counted,) = found["metricTransformations"]
    assert (counted["metricName"], counted["metricNamespace"]) == (alarm["MetricName"], alarm["Namespace"])
    assert (counted["metricValue"], counted["defaultValue"]) == ("1", 0)
    assert alarm["Dimensions"] == []


def test_the_filter_finds_the_lines_that_postgresql_logs_for_slow_statements(deploy: Deploy):
    line = "2026-11-26 16:00:00 UTC:10.0.0.1(5432):api@clubapp:[123]:LOG:  duration: 1234.567 ms  statement: SELECT 1"

    pattern = deploy(alarms()).named(FILTER)[f"main-primary-{SLOW_STATEMENTS}-filter"]["pattern"]

    assert pattern.startswith('"')
    assert pattern.strip('"') in line


def test_only_slow_statements_are_filtered(deploy: Deploy):
    assert list(deploy(alarms()).named(FILTER)) == [f"main-primary-{SLOW_STATEMENTS}-filter"]


def test_slow_statements_that_are_logged_nowhere_cannot_be_watched(deploy: Deploy):
    with pytest.raises(pulumi.RunError, match="main-primary: an alarm on slow statements needs the group"):
        deploy(alarms([replace(MAIN, log_group=None)]))


def board(applied: Applied, prefix: str) -> list[dict[str, Any]]:
    found = applied.scene.aws("cloudwatch").get_dashboard(DashboardName=prefix)
    return json.loads(found["DashboardBody"])["widgets"]


def test_the_dashboard_draws_a_line_for_each_part_of_a_store(apply: Apply):
    prefix = own_prefix()

    drawn = {one["properties"]["title"]: one["properties"] for one in board(apply(on_moto(prefix)), prefix)}

    assert set(drawn) == {"orders: busy", "orders: empty", "main: busy", f"main: {SLOW_STATEMENTS}"}
    assert drawn["orders: empty"]["stat"] == "Minimum"
    assert drawn["orders: busy"]["metrics"] == [
        ["AWS/DynamoDB", "Busy", "TableName", "clubapp-dev-orders", {"label": "orders-table"}],
        [
            *("AWS/DynamoDB", "Busy", "TableName", "clubapp-dev-orders"),
            *("GlobalSecondaryIndexName", "by-user", {"label": "orders-by-user"}),
        ],
    ]


def test_no_widget_of_the_dashboard_covers_another_or_leaves_its_edge(apply: Apply):
    prefix = own_prefix()

    widgets = board(apply(on_moto(prefix)), prefix)

    assert all(one["x"] + one["width"] <= 24 for one in widgets)
    for one, other in combinations(widgets, 2):
        assert one["y"] != other["y"] or abs(one["x"] - other["x"]) >= one["width"]
