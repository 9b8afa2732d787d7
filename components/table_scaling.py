"""Autoscaling of a table and its indexes: units follow the load."""

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from components.scaling import Scaling, follow
from sizes.table import Autoscaled


def autoscale(
    name: str,
    billing: Autoscaled,
    table: aws.dynamodb.Table,
    indexes: Sequence[aws.dynamodb.GlobalSecondaryIndex],
    child: ResourceOptions,
) -> None:
    """Let reads and writes of a table, and of each of its indexes, follow the load between the bounds of *billing*."""
    _both(f"{name}-table", "table", Output.format("table/{0}", table.name), billing, child)
    for index in indexes:
        resource = Output.format("table/{0}/index/{1}", table.name, index.index_name)
        _both(index.pulumi_resource_name, "index", resource, billing, child)


def _both(name: str, kind: str, resource: Output[str], billing: Autoscaled, child: ResourceOptions) -> None:
    for what, lowest, highest in (
        ("Read", billing.min_read_units, billing.max_read_units),
        ("Write", billing.min_write_units, billing.max_write_units),
    ):
        scaling = Scaling(
            namespace="dynamodb",
            resource=resource,
            dimension=f"dynamodb:{kind}:{what}CapacityUnits",
            lowest=lowest,
            highest=highest,
            metric=f"DynamoDB{what}CapacityUtilization",
            target=billing.target_percent,
        )
        follow(f"{name}-{what.lower()}", scaling, child)
