"""Office hours: databases that nobody needs at night are stopped, and started again on working days."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.place import Account
from components.roles import service_role

RETRY_SECONDS: Final = 3_600
"""A database that is being changed cannot be stopped: it is tried again for an hour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursArgs:
    """What the caller decides about office hours."""

    start: str
    """When databases start on working days, as HH:MM."""
    stop: str
    """When they stop, every day: RDS starts a database by itself that was stopped for a week, at any hour."""
    time_zone: str
    """Of the IANA database, such as Europe/Berlin."""
    prefix: str
    """What names begin with, such as `clubapp-dev`."""
    account: Account
    instances: Mapping[str, Input[str]]
    """Identifiers of RDS instances by store; one with read replicas cannot be stopped."""
    clusters: Mapping[str, Input[str]]
    """Identifiers of Aurora clusters by store; one of a global database cannot be stopped."""


class Hours(pulumi.ComponentResource):
    """A schedule that starts, and one that stops, each database of a stack; storage is paid for all the same."""

    def __init__(self, name: str, args: HoursArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Hours", name, {}, opts)
        child = ResourceOptions(parent=self)
        group = aws.scheduler.ScheduleGroup(f"{name}-group", name=f"{args.prefix}-{name}", opts=child)
        role = _role(name, args, child)
        for databases, kind in ((args.instances, "Instance"), (args.clusters, "Cluster")):
            for store, identifier in databases.items():
                for verb, schedule in _schedules(args):
                    aws.scheduler.Schedule(
                        f"{name}-{store}-{verb}",
                        name=f"{args.prefix}-{store}-{verb}",
                        group_name=group.name,
                        schedule_expression=schedule,
                        schedule_expression_timezone=args.time_zone,
                        flexible_time_window={"mode": "OFF"},
                        target={
                            "arn": Output.format(
                                "arn:{0}:scheduler:::aws-sdk:rds:{1}DB{2}", args.account.partition, verb, kind
                            ),
                            "role_arn": role,
                            "input": Output.json_dumps({f"Db{kind}Identifier": identifier}),
                            "retry_policy": {"maximum_event_age_in_seconds": RETRY_SECONDS},
                        },
                        opts=child,
                    )
        self.register_outputs({})


def _schedules(args: HoursArgs) -> Sequence[tuple[str, str]]:
    return (("start", _cron(args.start, "MON-FRI")), ("stop", _cron(args.stop, "*")))


def _cron(time: str, days: str) -> str:
    hour, minute = time.split(":")
    return f"cron({int(minute)} {int(hour)} ? * {days} *)"


def _role(name: str, args: HoursArgs, child: ResourceOptions) -> Output[str]:
    """Make the role that starts and stops these databases and no other; give its ARN once it may."""
    role = service_role(f"{name}-role", "scheduler.amazonaws.com", "Lets office hours start and stop databases", child)
    account = args.account
    arns = [
        Output.format("arn:{0}:rds:{1}:{2}:{3}:{4}", account.partition, account.region, account.id, kind, identifier)
        for databases, kind in ((args.instances, "db"), (args.clusters, "cluster"))
        for identifier in databases.values()
    ]
    actions = [f"rds:{verb}DB{kind}" for verb in ("Start", "Stop") for kind in ("Instance", "Cluster")]
    allowed = aws.iam.RolePolicy(
        f"{name}-role-policy",
        role=role.name,
        policy=Output.all(*arns).apply(
            lambda known: json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": actions, "Resource": list(known)}],
                }
            )
        ),
        opts=child,
    )
    return Output.all(role.arn, allowed.id).apply(lambda both: both[0])
