"""Lives of EventBridge Scheduler's types."""

import json
from typing import Any

from localcloud.resources.scheduler import SCHEDULE, SCHEDULE_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.backup import role
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

SERVICE = "scheduler.amazonaws.com"
STOP = "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"


def target(role_arn: str, **more: Any) -> Props:
    return {"arn": STOP, "roleArn": role_arn, "input": json.dumps({"DbInstanceIdentifier": "orders"}), **more}


def schedule(role_arn: str, **more: Any) -> Props:
    return {
        "scheduleExpression": "cron(30 19 ? * MON-FRI *)",
        "scheduleExpressionTimezone": "Europe/Berlin",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": target(role_arn, retryPolicy={"maximumEventAgeInSeconds": 3600}),
        **more,
    }


def group(scene: Scene) -> str:
    """The name of a group of schedules."""
    return scene.make(SCHEDULE_GROUP.type, "hours", {}).id


def _schedule(scene: Scene) -> Props:
    return schedule(role(scene, SERVICE), groupName=group(scene), description="stops at night")


def _untag(scene: Scene, id_: str) -> None:
    arn = f"arn:aws:scheduler:{scene.region}:123456789012:schedule-group/{id_}"
    scene.aws("scheduler").untag_resource(ResourceArn=arn, TagKeys=["owner"])


def _switch_off(scene: Scene, id_: str) -> None:
    group_name, _, name = id_.partition("/")
    aws = scene.aws("scheduler")
    found = aws.get_schedule(GroupName=group_name, Name=name)
    kept = ("Name", "GroupName", "Description", "ScheduleExpression", "ScheduleExpressionTimezone", "Target")
    aws.update_schedule(**{key: found[key] for key in (*kept, "FlexibleTimeWindow")}, State="DISABLED")


LIVES = (
    Life(
        kind=SCHEDULE_GROUP,
        inputs=lambda _: {"tags": {"owner": "clubapp"}},
        changed={"tags": {"owner": "b"}},
        replaced={"name": "other", "namePrefix": "other-"},
        drift=_untag,
        drifted=frozenset({"tags"}),
    ),
    Life(
        kind=SCHEDULE,
        inputs=_schedule,
        changed=lambda scene: {
            "scheduleExpression": "rate(12 hours)",
            "scheduleExpressionTimezone": "UTC",
            "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15},
            "target": target(role(scene, SERVICE), deadLetterConfig={"arn": "arn:aws:sqs:eu-central-1:1:q"}),
            "state": "DISABLED",
            "startDate": "2126-12-01T00:00:00Z",
            "endDate": "2127-01-01T00:00:00Z",
            "actionAfterCompletion": "DELETE",
        },
        replaced={"name": "other", "namePrefix": "other-", "groupName": "other"},
        drift=_switch_off,
        drifted=frozenset({"state"}),
    ),
)
