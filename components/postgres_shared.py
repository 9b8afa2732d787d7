"""What an instance and a cluster of one database share, and what outlives a move from one to the other."""

from dataclasses import dataclass, replace
from typing import Self

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions

from components.access import store_security_group
from components.generations import called
from components.place import Account
from components.postgres_args import PORT, PostgresArgs
from components.roles import service_role
from components.secrets import Passwords, generated_passwords
from sizes.logins import ADMIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """The parts of a database that are there before it."""

    name: str
    args: PostgresArgs
    parent: pulumi.Resource
    suffix: random.RandomId
    """Ends physical names: what is replaced (another key) gets another name, and so do its snapshot and its logs."""
    subnets: aws.rds.SubnetGroup
    group: aws.ec2.SecurityGroup
    monitoring: Output[str]
    """ARN of the role of enhanced monitoring; known once it may write."""
    passwords: Passwords
    """The administrator's."""

    @property
    def child(self) -> ResourceOptions:
        """Options of a resource that can be made again."""
        return ResourceOptions(parent=self.parent)

    def of(self, generation: int, args: PostgresArgs) -> Self:
        """Give the same for one of the databases of the store, with what is decided about that one."""
        return replace(self, name=called(self.name, generation), args=args)

    def identifier(self, *parts: str) -> Output[str]:
        """Give the physical name of a part of the database."""
        return Output.format("{0}-{1}", "-".join((self.args.prefix, self.name, *parts)), self.suffix.hex)


def shared_parts(name: str, args: PostgresArgs, parent: pulumi.Resource) -> Shared:
    """Make what an instance and a cluster share."""
    child = ResourceOptions(parent=parent)
    return Shared(
        name=name,
        args=args,
        parent=parent,
        suffix=random.RandomId(f"{name}-suffix", byte_length=4, keepers={"key": args.key_arn}, opts=child),
        subnets=aws.rds.SubnetGroup(f"{name}-subnets", subnet_ids=args.place.subnet_ids, opts=child),
        group=store_security_group(name, args.place, PORT, child),
        monitoring=_monitoring_role(name, args.account, child),
        # RDS refuses read replicas of a primary whose password it manages, so this one is ours.
        passwords=generated_passwords(name, ADMIN, args.numbers(ADMIN), args.protection, parent, two_users=False),
    )


def _monitoring_role(name: str, account: Account, child: ResourceOptions) -> Output[str]:
    role = service_role(
        f"{name}-monitoring",
        "monitoring.rds.amazonaws.com",
        "Lets RDS write enhanced monitoring to CloudWatch Logs",
        child,
    )
    policy = Output.format("arn:{0}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole", account.partition)
    attached = aws.iam.RolePolicyAttachment(f"{name}-monitoring-write", role=role.name, policy_arn=policy, opts=child)
    return Output.all(role.arn, attached.id).apply(lambda both: both[0])


def final_snapshot(args: PostgresArgs, identifier: Input[str]) -> Output[str] | None:
    """Name the snapshot that the database leaves behind; None where the environment wants none."""
    return Output.format("{0}-final", identifier) if args.protection.final_snapshot else None
