"""Lives of CloudWatch's alarms and dashboards."""

import json
import secrets
from typing import Any

from localcloud.resources.cloudwatch_alarms import COMPOSITE_ALARM, METRIC_ALARM
from localcloud.resources.cloudwatch_dashboard import DASHBOARD
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"


def metric_alarm(**more: Any) -> Props:
    return {
        "alarmDescription": "The processor is busy: look for slow statements.",
        "namespace": "AWS/RDS",
        "metricName": "CPUUtilization",
        "dimensions": {"DBInstanceIdentifier": "orders"},
        "statistic": "Average",
        "period": 60,
        "evaluationPeriods": 15,
        "datapointsToAlarm": 10,
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 87.5,
        "treatMissingData": "notBreaching",
        "alarmActions": [TOPIC],
        "okActions": [TOPIC],
        "tags": {"owner": "clubapp"},
        **more,
    }


def alarm(scene: Scene) -> str:
    """The name of an alarm on a metric."""
    return scene.make(METRIC_ALARM.type, "busy", metric_alarm()).id


def query(name: str, metric: str) -> Props:
    """A query for a metric of all databases."""
    return {
        "id": name,
        "metric": {
            "namespace": "AWS/RDS",
            "metricName": metric,
            "period": 300,
            "stat": "p99",
            "dimensions": {"DBInstanceIdentifier": "orders"},
        },
    }


def math_alarm(**more: Any) -> Props:
    return {
        "metricQueries": [
            query("reads", "ReadLatency"),
            query("writes", "WriteLatency"),
            {"id": "worst", "expression": "MAX([reads, writes]) * 1000", "label": "worst", "returnData": True},
        ],
        "evaluationPeriods": 3,
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 50,
        **more,
    }


def _composite(scene: Scene) -> Props:
    first, second = alarm(scene), alarm(scene)
    return {
        "alarmName": f"stores-{secrets.token_hex(4)}",
        "alarmRule": f'ALARM("{first}") OR (ALARM({second}) AND NOT OK("{first}"))',
        "alarmDescription": "Something is wrong.",
        "alarmActions": [TOPIC],
        "actionsSuppressor": {"alarm": second, "waitPeriod": 60, "extensionPeriod": 120},
        "tags": {"owner": "clubapp"},
    }


def board(*widgets: Props) -> str:
    return json.dumps({"widgets": list(widgets)})


WIDGET: Props = {
    "type": "metric",
    "x": 0,
    "y": 0,
    "width": 8,
    "height": 6,
    "properties": {
        "region": "eu-central-1",
        "title": "main: cpu",
        "metrics": [["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "orders", {"label": "main"}]],
    },
}
TEXT: Props = {"type": "text", "width": 24, "height": 2, "properties": {"markdown": "# main"}}


def _raise_threshold(scene: Scene, id_: str) -> None:
    found = scene.aws("cloudwatch").describe_alarms(AlarmNames=[id_])["MetricAlarms"][0]
    kept = ("AlarmName", "AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic", "Period")
    more = ("EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "TreatMissingData", "AlarmActions")
    scene.aws("cloudwatch").put_metric_alarm(
        **{key: found[key] for key in (*kept, *more, "OKActions")}, Threshold=100.0
    )


def _silence(scene: Scene, id_: str) -> None:
    scene.aws("cloudwatch").disable_alarm_actions(AlarmNames=[id_])


def _redraw(scene: Scene, id_: str) -> None:
    scene.aws("cloudwatch").put_dashboard(DashboardName=id_, DashboardBody=board(TEXT))


LIVES = (
    Life(
        kind=METRIC_ALARM,
        inputs=lambda _: metric_alarm(),
        changed={
            "statistic": "Maximum",
            "threshold": 90,
            "period": 300,
            "evaluationPeriods": 3,
            "datapointsToAlarm": 2,
            "treatMissingData": "missing",
            "unit": "Percent",
            "actionsEnabled": False,
            "insufficientDataActions": [TOPIC],
            "tags": {"owner": "b"},
        },
        replaced={"name": "other"},
        drift=_raise_threshold,
        drifted=frozenset({"threshold"}),
    ),
    Life(
        kind=COMPOSITE_ALARM,
        inputs=_composite,
        changed=lambda scene: {
            "alarmRule": f'OK("{alarm(scene)}")',
            "alarmDescription": "Something is right.",
            "okActions": [TOPIC],
            "tags": {"owner": "b"},
        },
        replaced={"alarmName": "other"},
        drift=_silence,
        drifted=frozenset({"actionsEnabled"}),
    ),
    Life(
        kind=DASHBOARD,
        inputs=lambda _: {"dashboardName": f"stores-{secrets.token_hex(4)}", "dashboardBody": board(WIDGET, TEXT)},
        changed={"dashboardBody": board(WIDGET)},
        replaced={"dashboardName": "other"},
        drift=_redraw,
        drifted=frozenset({"dashboardBody"}),
    ),
)
