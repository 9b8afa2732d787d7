"""DynamoDB: a table, and its indexes as resources of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.place import Account, DrPlace
from components.table_scaling import autoscale
from sizes.protection import Protection
from sizes.table import GLOBAL_STREAM, Autoscaled, Index, Key, OnDemand, Provisioned, Schema, TableSize

READ: Final = ("BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan")
WRITE: Final = ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")
STREAM: Final = ("DescribeStream", "GetRecords", "GetShardIterator")


@dataclass(frozen=True, kw_only=True, slots=True)
class TableArgs:
    """What the caller decides. Everything else is this component's opinion."""

    schema: Schema
    size: TableSize
    protection: Protection
    table_name: str
    """The physical name, 3 to 255 letters, digits, `_`, `-`, `.`."""
    account: Account
    key_arn: Input[str]
    dr: DrPlace | None
    """Where a replica lives; only a size with `dr_replica` needs it."""


class Table(pulumi.ComponentResource):
    """A DynamoDB table that is encrypted with a key of ours and can be restored to any second."""

    table_name: Output[str]
    arn: Output[str]
    policies: Mapping[str, Output[str]]
    """IAM policy documents by what they let a role do: `read`, `write`, and `stream` where there is one."""

    def __init__(self, name: str, args: TableArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Table", name, {}, opts)
        table = _table(name, args, parent=self)
        indexes = _indexes(name, args, table, parent=self)
        child = ResourceOptions(parent=self)
        if isinstance(args.size.billing, Autoscaled):
            autoscale(name, args.size.billing, table, indexes, child)
        aws.dynamodb.ResourcePolicy(
            f"{name}-resource-policy",
            resource_arn=table.arn,
            policy=Output.json_dumps(_nobody_else(table.arn, args.account)),
            opts=child,
        )
        if args.size.contributor_insights:
            aws.dynamodb.ContributorInsights(f"{name}-insights", table_name=table.name, opts=child)
        self.table_name, self.arn = table.name, table.arn
        self.policies = _policies(table, args)
        self.register_outputs({"table_name": self.table_name, "arn": self.arn})


def _table(name: str, args: TableArgs, parent: pulumi.Resource) -> aws.dynamodb.Table:
    schema, size = args.schema, args.size
    view = GLOBAL_STREAM if size.dr_replica else schema.stream
    return aws.dynamodb.Table(
        f"{name}-table",
        name=args.table_name,
        hash_key=schema.partition_key.name,
        range_key=schema.sort_key and schema.sort_key.name,
        attributes=[{"name": key.name, "type": key.type} for key in _keys(schema.partition_key, schema.sort_key)],
        **_billing(size),
        table_class=size.table_class,
        point_in_time_recovery=_recovery(size),
        # Written out where items never expire: a block that is dropped changes nothing on AWS.
        ttl={"enabled": True, "attribute_name": schema.ttl_attribute} if schema.ttl_attribute else {"enabled": False},
        stream_enabled=view is not None,
        stream_view_type=view,
        replicas=_replicas(args),
        server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},
        deletion_protection_enabled=args.protection.deletion,
        opts=ResourceOptions(
            parent=parent,
            protect=args.protection.protect,
            ignore_changes=_autoscaled(size, "readCapacity", "writeCapacity"),
        ),
    )


def _keys(partition_key: Key, sort_key: Key | None) -> list[Key]:
    return [key for key in (partition_key, sort_key) if key]


def _recovery(size: TableSize) -> aws.dynamodb.TablePointInTimeRecoveryArgsDict:
    if size.backup_days:
        return {"enabled": True, "recovery_period_in_days": size.backup_days}
    return {"enabled": False}


def _replicas(args: TableArgs) -> list[aws.dynamodb.TableReplicaArgsDict] | None:
    """Make the table global; without replicas nothing is said, as an empty list would be a change of every table."""
    if not args.size.dr_replica:
        return None
    if args.dr is None:
        raise pulumi.RunError(f"{args.table_name}: a size with dr_replica needs a region and a key for the replica")
    return [
        {
            "region_name": args.dr.region,
            "kms_key_arn": args.dr.key_arn,
            "point_in_time_recovery": bool(args.size.backup_days),
            "deletion_protection_enabled": args.protection.deletion,
            "propagate_tags": True,
        }
    ]


def _autoscaled(size: TableSize, *properties: str) -> list[str] | None:
    """Name what autoscaling owns: a program that said it again would undo its work."""
    return list(properties) if isinstance(size.billing, Autoscaled) else None


class _Cap(TypedDict):
    """The same block of a table and of an index."""

    max_read_request_units: int
    max_write_request_units: int


def _cap(billing: OnDemand) -> _Cap:
    return {
        "max_read_request_units": billing.max_read_units,
        "max_write_request_units": billing.max_write_units,
    }


class _Billing(TypedDict, total=False):
    """How a table is paid for."""

    billing_mode: str
    on_demand_throughput: aws.dynamodb.TableOnDemandThroughputArgsDict
    read_capacity: int
    write_capacity: int


def _units(billing: Provisioned | Autoscaled) -> tuple[int, int]:
    """Give the read and write units that a table or an index begins with."""
    match billing:
        case Provisioned():
            return billing.read_units, billing.write_units
        case Autoscaled():
            return billing.min_read_units, billing.min_write_units


def _billing(size: TableSize) -> _Billing:
    if isinstance(size.billing, OnDemand):
        return {"billing_mode": "PAY_PER_REQUEST", "on_demand_throughput": {**_cap(size.billing)}}
    read, write = _units(size.billing)
    return {"billing_mode": "PROVISIONED", "read_capacity": read, "write_capacity": write}


class _IndexBilling(TypedDict, total=False):
    """How an index is paid for."""

    on_demand_throughput: aws.dynamodb.GlobalSecondaryIndexOnDemandThroughputArgsDict
    provisioned_throughput: aws.dynamodb.GlobalSecondaryIndexProvisionedThroughputArgsDict


def _index_billing(size: TableSize) -> _IndexBilling:
    if isinstance(size.billing, OnDemand):
        return {"on_demand_throughput": {**_cap(size.billing)}}
    read, write = _units(size.billing)
    return {"provisioned_throughput": {"read_capacity_units": read, "write_capacity_units": write}}


def _indexes(
    name: str, args: TableArgs, table: aws.dynamodb.Table, parent: pulumi.Resource
) -> list[aws.dynamodb.GlobalSecondaryIndex]:
    """Make the indexes one after another: DynamoDB builds one at a time, and a big one takes hours."""
    made: list[aws.dynamodb.GlobalSecondaryIndex] = []
    for index in args.schema.indexes:
        after: Sequence[pulumi.Resource] = made[-1:] or [table]
        made.append(_index(name, index, args.size, table, ResourceOptions(parent=parent, depends_on=after)))
    return made


def _index(
    name: str, index: Index, size: TableSize, table: aws.dynamodb.Table, child: ResourceOptions
) -> aws.dynamodb.GlobalSecondaryIndex:
    keys = _keys(index.partition_key, index.sort_key)
    return aws.dynamodb.GlobalSecondaryIndex(
        f"{name}-{index.name}",
        table_name=table.name,
        index_name=index.name,
        key_schemas=[
            {"attribute_name": key.name, "attribute_type": key.type, "key_type": key_type}
            for key, key_type in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        projection={"projection_type": "INCLUDE", "non_key_attributes": list(index.attributes)}
        if index.attributes
        else {"projection_type": "KEYS_ONLY"},
        **_index_billing(size),
        opts=ResourceOptions.merge(
            child,
            ResourceOptions(
                ignore_changes=_autoscaled(size, "provisionedThroughput"),
                custom_timeouts=CustomTimeouts(create="24h", update="24h", delete="2h"),
            ),
        ),
    )


def _nobody_else(arn: Output[str], account: Account) -> dict[str, Any]:
    """Keep principals of other accounts out, whatever a policy says that is added later."""
    foreign = {
        "StringNotEquals": {"aws:PrincipalAccount": account.id},
        # A service that acts for the account, such as the one that expires items, has no account of its own.
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "dynamodb:*",
        "Resource": [arn, Output.format("{0}/index/*", arn)],
    }
    return {"Version": "2012-10-17", "Statement": [{"Sid": "NoOtherAccount", **deny, "Condition": foreign}]}


def _policies(table: aws.dynamodb.Table, args: TableArgs) -> dict[str, Output[str]]:
    """Write the least that a role needs, for the application to attach to its own."""
    whole = [table.arn, Output.format("{0}/index/*", table.arn)]
    policies = {"read": _policy(READ, whole), "write": _policy(WRITE, [table.arn])}
    if args.schema.stream or args.size.dr_replica:
        policies["stream"] = _policy(STREAM, [table.stream_arn])
    return policies


def _policy(actions: Sequence[str], resources: Sequence[Output[str]]) -> Output[str]:
    allow = {"Effect": "Allow", "Action": [f"dynamodb:{action}" for action in actions], "Resource": list(resources)}
    return Output.json_dumps({"Version": "2012-10-17", "Statement": [allow]})
