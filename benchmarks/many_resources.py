# ruff: noqa: INP001  scripts are run by their path
"""
A program for the engine: many cheap resources of the types that stacks are made of.

MADE_RESOURCES in the environment says how many at least: tables come with what the pack asks for beside them.
"""

import json
import os
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import cycle
from typing import Final

import pulumi
import pulumi_aws as aws

from components.backups import Backups, BackupsArgs
from components.budget import Budget, BudgetArgs
from components.place import Account
from stacks.phases import PROTECTION, RECOVERY, Environment, Phase
from stacks.tags import tagged

TAGS: Final[dict[str, str]] = dict.fromkeys(
    ("application", "environment", "phase", "owner", "costCentre", "dataClass"), "made"
)
ACCOUNT: Final = "123456789012"
KEY: Final = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
TOPIC: Final = f"arn:aws:sns:eu-central-1:{ACCOUNT}:made"
POLICY: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
)
PROTECTED: Final = pulumi.ResourceOptions(protect=True)


def log_group(name: str) -> None:
    """Make a log group."""
    aws.cloudwatch.LogGroup(name, kms_key_id=KEY, retention_in_days=365, opts=PROTECTED)


def table(name: str) -> None:
    """Make a table and the alarm on it."""
    made = aws.dynamodb.Table(
        name,
        attributes=[{"name": "pk", "type": "S"}],
        billing_mode="PAY_PER_REQUEST",
        deletion_protection_enabled=True,
        hash_key="pk",
        point_in_time_recovery={"enabled": True, "recovery_period_in_days": 35},
        server_side_encryption={"enabled": True, "kms_key_arn": KEY},
        opts=PROTECTED,
    )
    aws.cloudwatch.MetricAlarm(
        name,
        alarm_actions=[TOPIC],
        comparison_operator="GreaterThanThreshold",
        dimensions={"TableName": made.name},
        evaluation_periods=1,
        metric_name="ThrottledRequests",
        namespace="AWS/DynamoDB",
        period=60,
        statistic="Sum",
        threshold=0,
    )


def key(name: str) -> None:
    """Make a key."""
    aws.kms.Key(
        name,
        description=name,
        deletion_window_in_days=30,
        enable_key_rotation=True,
        policy=POLICY,
        opts=PROTECTED,
    )


def parameter_group(name: str) -> None:
    """Make a parameter group."""
    aws.elasticache.ParameterGroup(name, description=name, family="valkey8")


def subnet(name: str) -> None:
    """Make a subnet."""
    aws.ec2.Subnet(name, vpc_id="vpc-1", cidr_block="10.0.0.0/24", availability_zone="eu-central-1a")


KINDS: Final[Sequence[tuple[Callable[[str], None], int]]] = (
    (log_group, 1),
    (table, 2),
    (key, 1),
    (parameter_group, 1),
    (subnet, 1),
)
"""What is made in turn, and how many resources each is."""


def beside() -> None:
    """Make what a stack with tables has once: backups and a budget."""
    account = Account(id=ACCOUNT, partition="aws", region="eu-central-1")
    Backups(
        "backups",
        BackupsArgs(
            recovery=RECOVERY[Phase.GROWTH],
            protection=PROTECTION[Environment.PROD],
            prefix="made",
            account=account,
            key_arn=KEY,
            dr=None,
            tags=TAGS,
            tested=["DynamoDB"],
            buckets=False,
            topic_arn=TOPIC,
            irreversible=False,
        ),
    )
    Budget("budget", BudgetArgs(prefix="made", monthly=Decimal(100), tags=TAGS, topic_arn=TOPIC, email=None))


def program(count: int) -> None:
    """Make so many resources of `KINDS`, or one more, and what is beside them."""
    pulumi.runtime.register_stack_transformation(lambda args: tagged(args, TAGS))
    beside()
    left = count
    for number, (make, resources) in enumerate(cycle(KINDS)):
        if left <= 0:
            break
        make(f"made-{number}")
        left -= resources


if __name__ == "__main__":
    program(int(os.environ["MADE_RESOURCES"]))
