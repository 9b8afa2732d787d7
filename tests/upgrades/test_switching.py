"""A table with indexes leaves on demand by one call of DynamoDB, which the provider does not make."""

from dataclasses import replace
from typing import Any

import pytest

from sizes.table import Autoscaled, OnDemand, Provisioned
from stacks.applications.clubapp import CLUBAPP
from stacks.phases import Phase
from stacks.stages import Stage, Step
from tests.localcloud.scene import Scene
from upgrades.guards import TABLE
from upgrades.indexes import INDEX
from upgrades.switching import Switch, switch, switches

PRESENCE = next(store.sizes[Phase.MVP] for store in CLUBAPP.stores if store.name == "presence")
UNITS = Provisioned(read_units=100, write_units=50)
ON_DEMAND = OnDemand(max_read_units=4000, max_write_units=1000)
SCALED = Autoscaled(min_read_units=1, max_read_units=9, min_write_units=1, max_write_units=9, target_percent=70)


def resource(type_: str, logical: str, **outputs: Any) -> dict[str, Any]:
    return {"type": type_, "urn": f"urn:pulumi:clubapp-prod::datastores::{type_}::{logical}", "outputs": outputs}


def deployed(billing: str = "PAY_PER_REQUEST") -> list[dict[str, Any]]:
    return [
        resource(TABLE, "presence-table", name="presence", billingMode=billing),
        resource(INDEX, "presence-by-venue", tableName="presence", indexName="by-venue"),
        # Of another store, whose name begins with that of the first.
        resource(TABLE, "presence-archive-table", name="archive", billingMode=billing),
        resource(INDEX, "presence-archive-by-venue", tableName="archive", indexName="by-venue"),
        resource(TABLE, "idempotency-table", name="idempotency", billingMode=billing),
        resource(TABLE, "devices-table", name="devices", billingMode=billing),
        resource(INDEX, "devices-by-user", tableName="devices", indexName="by-user"),
    ]


def steps(before: Any, after: Any, *stores: str) -> dict[str, Step]:
    sizes = [replace(PRESENCE, billing=billing) for billing in (before, after)]
    return {store: Step(stage=Stage.PLAIN, before=sizes[0], after=sizes[1]) for store in stores}


def test_a_table_with_indexes_is_switched_with_them_and_one_without_is_left_to_the_provider():
    found = list(switches(steps(ON_DEMAND, UNITS, "presence", "idempotency"), deployed()))

    assert [(one.table, one.indexes, one.billing, len(one.urns)) for one in found] == [
        ("presence", ("by-venue",), UNITS, 2)
    ]


@pytest.mark.parametrize(
    ("before", "after", "billing"),
    [
        (UNITS, ON_DEMAND, "PROVISIONED"),
        (UNITS, SCALED, "PROVISIONED"),
        # Taken up again where the state knows of the switch.
        (ON_DEMAND, UNITS, "PROVISIONED"),
    ],
)
def test_no_other_change_of_billing_is(before: Any, after: Any, billing: str):
    assert list(switches(steps(before, after, "presence"), deployed(billing))) == []


def test_it_is_one_call_and_a_second_one_changes_nothing(scene: Scene):
    dynamodb, said = scene.aws("dynamodb"), list[str]()
    name = f"{scene.stack}-presence"
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("id", "venue")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-venue",
                "KeySchema": [{"AttributeName": "venue", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    dynamodb.put_item(TableName=name, Item={"id": {"S": "1"}})

    for _ in range(2):
        switch(dynamodb, Switch(table=name, indexes=("by-venue",), billing=UNITS, urns=()), said.append)

    table = dynamodb.describe_table(TableName=name)["Table"]
    (index,) = table["GlobalSecondaryIndexes"]
    assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    for part in (table, index):
        units = part["ProvisionedThroughput"]
        assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (100, 50)
    assert said == [f"switched {name} with by-venue to fixed units, in one call of DynamoDB"]
    assert len(dynamodb.scan(TableName=name)["Items"]) == 1
