"""What EventBridge Scheduler refuses."""

import secrets

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.scheduler import SCHEDULE, SCHEDULE_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.backup import role
from tests.localcloud.lives.scheduler import SERVICE, group, schedule, target
from tests.localcloud.scene import Scene

SDK = "arn:aws:scheduler:::aws-sdk"
RULES = {
    "cron": ({"scheduleExpression": "cron(30 19 * * *)"}, "cron takes 6 fields", "got 5"),
    "rate": ({"scheduleExpression": "rate(1 days)"}, "the unit of 1 is day", ""),
    "rates": ({"scheduleExpression": "rate(2 day)"}, "the unit of 2 is days", ""),
    "no rate": ({"scheduleExpression": "rate(0 days)"}, "a whole number from 1", ""),
    "at": ({"scheduleExpression": "at(2027-02-30T00:00:00)"}, "it must be at(yyyy-mm-ddThh:mm:ss)", ""),
    "every day": ({"scheduleExpression": "daily"}, "it must be one of cron(...), rate(...), at(...)", ""),
    "zone": ({"scheduleExpressionTimezone": "CET/Berlin"}, "Invalid timezone CET/Berlin", ""),
    "window": ({"flexibleTimeWindow": {"mode": "FLEXIBLE"}}, "maximumWindowInMinutes from 1 to 1440", "got none"),
    "wide": (
        {"flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 1441}},
        "maximumWindowInMinutes from 1 to 1440",
        "got 1441",
    ),
    "off": ({"flexibleTimeWindow": {"mode": "OFF", "maximumWindowInMinutes": 5}}, "must not be set when the mode", ""),
    "mode": ({"flexibleTimeWindow": {"mode": "ON"}}, "must be OFF or FLEXIBLE", "'ON'"),
    "state": ({"state": "PAUSED"}, "state must be ENABLED or DISABLED", "'PAUSED'"),
    "after": ({"actionAfterCompletion": "STOP"}, "actionAfterCompletion must be NONE or DELETE", "'STOP'"),
    "backwards": (
        {"startDate": "2027-01-02T00:00:00Z", "endDate": "2027-01-01T00:00:00Z"},
        "startDate must come before endDate",
        "",
    ),
    "name": ({"name": "stop at night"}, "name must have 1 to 64 letters", ""),
    "no service": ({"target": target("r", arn=f"{SDK}:database:stopDBInstance")}, "The service database", ""),
    "no operation": ({"target": target("r", arn=f"{SDK}:rds:stopDbInstance")}, "has no operation stopDbInstance", ""),
    "reading": ({"target": target("r", arn=f"{SDK}:rds:describeDBInstances")}, "describeDBInstances only reads", ""),
    "no ARN": ({"target": target("r", arn="rds:stopDBInstance")}, "Provided Arn is not in correct format", ""),
    "no JSON": ({"target": target("r", input="orders")}, "must be a JSON object", "'orders'"),
    "patience": (
        {"target": target("r", retryPolicy={"maximumEventAgeInSeconds": 30})},
        "maximumEventAgeInSeconds must lie between 60 and 86400",
        "got 30",
    ),
    "attempts": (
        {"target": target("r", retryPolicy={"maximumRetryAttempts": 186})},
        "maximumRetryAttempts must lie between 0 and 185",
        "got 186",
    ),
}
GOOD: dict[str, Props] = {
    "once": {"scheduleExpression": "at(2027-02-28T07:00:00)"},
    "an hour": {"scheduleExpression": "rate(1 hour)"},
    "last Friday": {"scheduleExpression": "cron(0 7 ? * 6L *)"},
    "start": {"target": target("r", arn=f"{SDK}:rds:startDBCluster")},
    "a queue": {"target": target("r", arn="arn:aws:sqs:eu-central-1:123456789012:q", input="plain words")},
}


@pytest.mark.parametrize(("change", "said", "got"), RULES.values(), ids=RULES)
def test_a_schedule_that_aws_would_refuse_is_refused(scene: Scene, change: Props, said: str, got: str):
    _, failures = scene.check(SCHEDULE.type, "night", schedule("r", **change))

    assert [failure for failure in failures if said in failure and got in failure]


@pytest.mark.parametrize("change", GOOD.values(), ids=GOOD)
def test_a_schedule_that_aws_takes_is_accepted(scene: Scene, change: Props):
    _, failures = scene.check(SCHEDULE.type, "night", schedule("r", **change))

    assert failures == []


def test_boto3_gets_the_same_refusal(scene: Scene):
    with pytest.raises(ClientError, match=r"ValidationException.*Invalid timezone Berlin"):
        scene.aws("scheduler").create_schedule(
            Name="night",
            ScheduleExpression="rate(1 day)",
            ScheduleExpressionTimezone="Berlin",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": f"{SDK}:rds:stopDBInstance", "RoleArn": "arn:aws:iam::123456789012:role/r"},
        )


def test_a_schedule_needs_a_role_that_the_scheduler_may_take(scene: Scene):
    with pytest.raises(grpc.RpcError, match="must allow AWS EventBridge Scheduler to assume the role"):
        scene.make(SCHEDULE.type, "night", schedule(role(scene, "ec2.amazonaws.com")))


def test_a_schedule_needs_a_group_that_exists(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"ResourceNotFoundException.*nowhere"):
        scene.make(SCHEDULE.type, "night", schedule(role(scene, SERVICE), groupName="nowhere"))


def test_a_group_goes_with_its_schedules(scene: Scene):
    hours = scene.make(SCHEDULE_GROUP.type, "hours", {})
    night = scene.make(SCHEDULE.type, "night", schedule(role(scene, SERVICE), groupName=hours.id))
    scene.delete(hours)

    assert scene.read(night) is None


def test_a_name_of_a_group_is_taken_once(scene: Scene):
    taken = group(scene)

    with pytest.raises(grpc.RpcError, match="ConflictException"):
        scene.make(SCHEDULE_GROUP.type, "hours", {"name": taken})


def test_nobody_deletes_the_default_group(scene: Scene):
    with pytest.raises(ClientError, match="default schedule group can't be deleted"):
        scene.aws("scheduler").delete_schedule_group(Name="default")


def test_a_schedule_without_a_group_is_in_the_default_one(scene: Scene):
    name = f"night-{secrets.token_hex(4)}"

    made = scene.make(SCHEDULE.type, "night", schedule(role(scene, SERVICE), name=name))

    assert (made.id, scene.read(made)) == (f"default/{name}", made)
