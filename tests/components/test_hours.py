"""Office hours: databases start on working days and stop every day, in their owner's time zone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from components.hours import Hours, HoursArgs
from tests.components.conftest import Applied, Program, Registered, own_prefix
from tests.components.operated import ACCOUNT

ONE = {"instances": {"main": "main-1"}}
SCHEDULE = "aws:scheduler/schedule:Schedule"

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def hours(
    prefix: str = "clubapp-dev", databases: Mapping[str, Mapping[str, str]] = ONE, partition: str = "aws"
) -> Program:
    args = HoursArgs(
        start="07:05",
        stop="20:00",
        time_zone="Europe/Berlin",
        prefix=prefix,
        account=replace(ACCOUNT, partition=partition),
        instances=databases.get("instances", {}),
        clusters=databases.get("clusters", {}),
    )
    return lambda: Hours("hours", args)


def schedules(applied: Applied, prefix: str) -> dict[str, dict[str, Any]]:
    scheduler = applied.scene.aws("scheduler")
    found = scheduler.list_schedules(GroupName=f"{prefix}-hours")["Schedules"]
    return {
        one["Name"].removeprefix(f"{prefix}-"): scheduler.get_schedule(GroupName=f"{prefix}-hours", Name=one["Name"])
        for one in found
    }


@pytest.mark.parametrize(
    ("name", "expression"), [("main-start", "cron(5 7 ? * MON-FRI *)"), ("main-stop", "cron(0 20 ? * * *)")]
)
def test_a_database_starts_on_working_days_and_stops_every_day(apply: Apply, name: str, expression: str):
    """RDS starts by itself what was stopped for a week, a Sunday night perhaps."""
    prefix = own_prefix()

    found = schedules(apply(hours(prefix)), prefix)[name]

    assert (found["ScheduleExpression"], found["ScheduleExpressionTimezone"]) == (expression, "Europe/Berlin")
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}


@pytest.mark.parametrize(
    ("kind", "parameter"), [("instances", "DbInstanceIdentifier"), ("clusters", "DbClusterIdentifier")]
)
def test_a_schedule_calls_the_operation_of_its_kind_of_database(apply: Apply, kind: str, parameter: str):
    prefix = own_prefix()

    found = schedules(apply(hours(prefix, {kind: {"main": "main-1"}})), prefix)

    word = kind.removesuffix("s").capitalize()
    assert {name: one["Target"]["Arn"] for name, one in found.items()} == {
        f"main-{verb}": f"arn:aws:scheduler:::aws-sdk:rds:{verb}DB{word}" for verb in ("start", "stop")
    }
    assert [json.loads(one["Target"]["Input"]) for one in found.values()] == [{parameter: "main-1"}] * 2


def test_the_role_starts_and_stops_these_databases_and_no_other(apply: Apply):
    applied = apply(hours(own_prefix(), {**ONE, "clusters": {"other": "other-1"}}))
    iam, role = applied.scene.aws("iam"), applied.made["hours-role"].outputs["name"]

    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    (statement,) = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]

    assert statement["Resource"] == [
        "arn:aws:rds:eu-central-1:123456789012:db:main-1",
        "arn:aws:rds:eu-central-1:123456789012:cluster:other-1",
    ]
    assert set(statement["Action"]) == {
        f"rds:{verb}DB{kind}" for verb in ("Start", "Stop") for kind in ("Instance", "Cluster")
    }


def test_targets_are_of_the_accounts_own_partition(deploy: Deploy):
    made = deploy(hours(partition="aws-cn")).named(SCHEDULE)

    assert {one["target"]["arn"].split(":")[1] for one in made.values()} == {"aws-cn"}
