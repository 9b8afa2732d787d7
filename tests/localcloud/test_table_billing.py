"""Capacity of tables and indexes, and the switch between on-demand and provisioned, both ways."""

import grpc
import pytest

from localcloud.resources.dynamodb import INDEX, TABLE
from tests.localcloud.lives.tables import BY_MOOD, CAPACITY, ON_DEMAND, PROVISIONED, UNITS, WITH_MOOD, changed, index
from tests.localcloud.scene import Scene


def test_capacity_of_a_table_and_an_index_changes_in_place(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)
    by_mood = scene.make(INDEX.type, "by-mood", index(table, provisionedThroughput=UNITS))
    changed(scene, table, {"readCapacity": 50})
    more = {**UNITS, "writeCapacityUnits": 9}

    after = scene.update(by_mood, {**by_mood.inputs, "provisionedThroughput": more})

    seen = scene.aws("dynamodb").describe_table(TableName=table.id)["Table"]
    assert seen["ProvisionedThroughput"]["ReadCapacityUnits"] == 50
    assert (seen["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"]) == 9
    assert after.outputs["provisionedThroughput"] == more


def test_capacity_that_the_program_drops_stays(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PROVISIONED, "readCapacity": 7})
    news = {key: value for key, value in table.inputs.items() if key != "readCapacity"}

    after = scene.update(table, {**news, "writeCapacity": 9})

    assert list(scene.diff(table, news).diffs) == []
    assert (after.outputs["readCapacity"], after.outputs["writeCapacity"]) == (7, 9)


def test_an_index_of_a_provisioned_table_needs_capacity(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)

    with pytest.raises(grpc.RpcError, match='"provisioned_throughput" must be specified when the associated table'):
        scene.make(INDEX.type, "by-mood", index(table))


def test_an_index_of_a_table_on_demand_has_no_capacity(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    by_mood = scene.make(INDEX.type, "by-mood", index(table))

    with pytest.raises(grpc.RpcError, match='"provisioned_throughput" cannot be specified when the associated table'):
        scene.make(INDEX.type, "another", index(table, indexName="other", provisionedThroughput=UNITS))
    with pytest.raises(grpc.RpcError, match="Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"):
        scene.update(by_mood, {**by_mood.inputs, "provisionedThroughput": UNITS})


def test_capacity_that_is_the_same_already_is_refused(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)
    aws = scene.aws("dynamodb")
    aws.update_table(TableName=table.id, ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 5})

    with pytest.raises(grpc.RpcError, match=r"The provisioned throughput for the table .* will not change"):
        scene.update(table, {**table.inputs, "readCapacity": 9})


# The switch of billing


def test_a_table_is_switched_to_provisioned_and_back(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    there = changed(scene, table, {"billingMode": "PROVISIONED", **CAPACITY})

    back = changed(scene, there, {"billingMode": "PAY_PER_REQUEST"})

    assert (there.outputs["billingMode"], there.outputs["readCapacity"]) == ("PROVISIONED", 5)
    assert back.outputs["billingMode"] == "PAY_PER_REQUEST"


def test_a_table_with_a_standalone_index_cannot_be_switched_to_provisioned(scene: Scene):
    """The provider sends the table's own indexes only, and AWS wants capacity for all in one request."""
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    scene.make(INDEX.type, "by-mood", index(table))

    with pytest.raises(grpc.RpcError, match="ProvisionedThroughput must be specified for index: by-mood"):
        scene.update(table, {**table.inputs, "billingMode": "PROVISIONED", **CAPACITY})


def test_a_refreshed_table_that_names_its_indexes_for_the_switch_is_switched(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    by_mood = scene.make(INDEX.type, "by-mood", index(table))
    refreshed = scene.read(table)
    assert refreshed
    inline = [{**BY_MOOD, "projectionType": "ALL", **CAPACITY}]
    step = {"billingMode": "PROVISIONED", **CAPACITY, **WITH_MOOD, "globalSecondaryIndexes": inline}
    after = changed(scene, refreshed, step)

    found = scene.read(by_mood)
    without = {key: value for key, value in after.inputs.items() if key != "globalSecondaryIndexes"}
    dropped, _ = scene.check(TABLE.type, "orders", {**without, "attributes": ON_DEMAND["attributes"]}, after.inputs)

    assert found
    assert found.outputs["provisionedThroughput"] == UNITS
    assert list(scene.diff(after, dropped).diffs) == []


def test_capacity_that_an_index_has_already_is_refused(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)
    by_mood = scene.make(INDEX.type, "by-mood", index(table, provisionedThroughput=UNITS))
    nine = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 5}
    update = {"Update": {"IndexName": "by-mood", "ProvisionedThroughput": nine}}
    scene.aws("dynamodb").update_table(TableName=table.id, GlobalSecondaryIndexUpdates=[update])

    with pytest.raises(grpc.RpcError, match="The provisioned throughput for the index by-mood will not change"):
        scene.update(by_mood, {**by_mood.inputs, "provisionedThroughput": {**UNITS, "readCapacityUnits": 9}})


def test_a_table_with_an_index_of_its_own_is_switched_with_it(scene: Scene):
    inputs = {**ON_DEMAND, **WITH_MOOD, "globalSecondaryIndexes": [BY_MOOD]}
    table = scene.make(TABLE.type, "orders", inputs)
    inline = [{**BY_MOOD, **CAPACITY}]

    after = changed(scene, table, {"billingMode": "PROVISIONED", **CAPACITY, "globalSecondaryIndexes": inline})

    assert after.outputs["globalSecondaryIndexes"] == inline


def test_a_switch_by_hand_is_found_by_a_refresh_of_table_and_index(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    by_mood = scene.make(INDEX.type, "by-mood", index(table))
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    scene.aws("dynamodb").update_table(
        TableName=table.id,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=five,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by-mood", "ProvisionedThroughput": five}}],
    )

    found, found_index = scene.read(table), scene.read(by_mood)

    assert found
    assert found_index
    assert (found.inputs["billingMode"], found_index.outputs["provisionedThroughput"]) == ("PROVISIONED", UNITS)


def test_indexes_lose_their_capacity_when_a_table_goes_on_demand(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)
    scene.make(INDEX.type, "by-mood", index(table, provisionedThroughput=UNITS))
    changed(scene, table, {"billingMode": "PAY_PER_REQUEST"})

    seen = scene.aws("dynamodb").describe_table(TableName=table.id)["Table"]

    assert seen["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert "LastUpdateToPayPerRequestDateTime" in seen["BillingModeSummary"]


def test_a_table_goes_on_demand_four_times_a_day(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)
    for _ in range(4):
        table = changed(scene, table, {"billingMode": "PAY_PER_REQUEST"})
        table = changed(scene, table, {"billingMode": "PROVISIONED"})

    with pytest.raises(
        grpc.RpcError, match=r"LimitExceeded.*Update to PayPerRequest mode are limited to 4 times in 1 d"
    ):
        scene.update(table, {**table.inputs, "billingMode": "PAY_PER_REQUEST"})
