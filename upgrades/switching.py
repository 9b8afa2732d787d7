"""
Tables with indexes that leave on demand: switched by one call of DynamoDB, before the update that says the same.

DynamoDB wants units for the table and for every index in one call (API Reference, UpdateTable), and the provider sends
the table in one and each index, a resource of its own, in another: the first would be refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sizes.table import OnDemand, Provisioned, TableSize
from stacks.stages import Step
from upgrades.guards import TABLE
from upgrades.indexes import INDEX

State = Mapping[str, Any]
PROVISIONED: Final = "PROVISIONED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """A table that gets units, with its indexes."""

    table: str
    """Its physical name."""
    indexes: tuple[str, ...]
    billing: Provisioned
    urns: tuple[str, ...]
    """Of the table and its indexes, as the state has them."""


def switches(steps: Mapping[str, Step], resources: Sequence[State]) -> Iterator[Switch]:
    """Give the tables that an update takes off on demand, and that the provider cannot: those with indexes."""
    for store, step in steps.items():
        match step.before, step.after:
            case TableSize(billing=OnDemand()), TableSize(billing=Provisioned() as billing):
                yield from _switch(store, billing, resources)
            case _:
                pass


def _switch(store: str, billing: Provisioned, resources: Sequence[State]) -> Iterator[Switch]:
    there = [one for one in resources if one.get("outputs")]
    # A store that was restored has the number of its generation in between; there is one of it during an upgrade.
    named = re.compile(rf"{re.escape(store)}(-\d+)?-table")
    for table in (one for one in there if one["type"] == TABLE and named.fullmatch(_name(one))):
        name = table["outputs"]["name"]
        indexes = [one for one in there if one["type"] == INDEX and one["outputs"]["tableName"] == name]
        if indexes and table["outputs"].get("billingMode") != PROVISIONED:
            yield Switch(
                table=name,
                indexes=tuple(one["outputs"]["indexName"] for one in indexes),
                billing=billing,
                urns=(table["urn"], *(one["urn"] for one in indexes)),
            )


def _name(resource: State) -> str:
    return resource["urn"].rpartition("::")[2]


def switch(client: Any, one: Switch, say: Callable[[str], None]) -> None:
    """Give a table and its indexes units, where that was not done before; *client* is boto3's of DynamoDB."""
    there = client.describe_table(TableName=one.table)["Table"]
    if there.get("BillingModeSummary", {}).get("BillingMode", PROVISIONED) == PROVISIONED:
        return
    units = {"ReadCapacityUnits": one.billing.read_units, "WriteCapacityUnits": one.billing.write_units}
    client.update_table(
        TableName=one.table,
        BillingMode=PROVISIONED,
        ProvisionedThroughput=units,
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": index, "ProvisionedThroughput": units}} for index in one.indexes
        ],
    )
    say(f"switched {one.table} with {', '.join(one.indexes)} to fixed units, in one call of DynamoDB")
