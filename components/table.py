"""DynamoDB: a table, and its indexes as resources of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from sizes.protection import Protection
from sizes.table import Index, Key, OnDemand, Schema, TableSize


@dataclass(frozen=True, kw_only=True, slots=True)
class TableArgs:
    """What the caller decides. Everything else is this component's opinion."""

    schema: Schema
    size: TableSize
    protection: Protection
    table_name: str
    """The physical name, 3 to 255 letters, digits, `_`, `-`, `.`."""
    key_arn: Input[str]


class Table(pulumi.ComponentResource):
    """A DynamoDB table that is encrypted with the stack's key and can be restored to any second."""

    table_name: Output[str]
    arn: Output[str]

    def __init__(self, name: str, args: TableArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Table", name, {}, opts)
        schema, size = args.schema, args.size
        table = aws.dynamodb.Table(
            f"{name}-table",
            name=args.table_name,
            hash_key=schema.partition_key.name,
            range_key=schema.sort_key and schema.sort_key.name,
            attributes=[{"name": key.name, "type": key.type} for key in _keys(schema.partition_key, schema.sort_key)],
            billing_mode="PAY_PER_REQUEST",
            on_demand_throughput={**_cap(size.billing)},
            point_in_time_recovery=_recovery(size),
            # Written out where items never expire: a block that is dropped changes nothing on AWS.
            ttl={"enabled": True, "attribute_name": schema.ttl_attribute}
            if schema.ttl_attribute
            else {"enabled": False},
            server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},
            deletion_protection_enabled=args.protection.deletion,
            opts=ResourceOptions(parent=self, protect=args.protection.protect),
        )
        _indexes(name, schema.indexes, size.billing, table, parent=self)
        self.table_name = table.name
        self.arn = table.arn
        self.register_outputs({"table_name": self.table_name, "arn": self.arn})


def _keys(partition_key: Key, sort_key: Key | None) -> list[Key]:
    return [key for key in (partition_key, sort_key) if key]


def _recovery(size: TableSize) -> aws.dynamodb.TablePointInTimeRecoveryArgsDict:
    if size.backup_days:
        return {"enabled": True, "recovery_period_in_days": size.backup_days}
    return {"enabled": False}


class _Cap(TypedDict):
    """The same block of a table and of an index."""

    max_read_request_units: int
    max_write_request_units: int


def _cap(billing: OnDemand) -> _Cap:
    return {
        "max_read_request_units": billing.max_read_units,
        "max_write_request_units": billing.max_write_units,
    }


def _indexes(
    name: str, indexes: Sequence[Index], billing: OnDemand, table: aws.dynamodb.Table, parent: pulumi.Resource
) -> None:
    """Make the indexes one after another: DynamoDB builds one at a time, and a big one takes hours."""
    before: list[pulumi.Resource] = [table]
    for index in indexes:
        keys = _keys(index.partition_key, index.sort_key)
        made = aws.dynamodb.GlobalSecondaryIndex(
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
            on_demand_throughput={**_cap(billing)},
            opts=ResourceOptions(
                parent=parent,
                depends_on=before,
                custom_timeouts=CustomTimeouts(create="24h", update="24h", delete="2h"),
            ),
        )
        before = [made]
