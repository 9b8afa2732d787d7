"""What DynamoDB refuses of indexes, classes, streams and keys, and what it does in place."""

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.dynamodb import CONTRIBUTOR_INSIGHTS, INDEX, RESOURCE_POLICY, TABLE
from localcloud.wire import Props
from tests.localcloud.lives.dynamodb import TABLE_INPUTS, key_in
from tests.localcloud.lives.tables import BY_MOOD, CAPACITY, ON_DEMAND, PROVISIONED, WITH_MOOD, changed, index
from tests.localcloud.scene import Scene

CHECKED = {
    "no capacity": ({**PROVISIONED, "readCapacity": 0}, "readCapacity must be at least 1 when billingMode is PROVISIO"),
    "caps and capacity": (
        {**PROVISIONED, "onDemandThroughput": {"maxReadRequestUnits": 5}},
        "readCapacity conflicts with onDemandThroughput",
    ),
    "index without capacity": (
        {**PROVISIONED, **WITH_MOOD, "globalSecondaryIndexes": [BY_MOOD]},
        "read and write capacity should be set for index by-mood when billingMode is PROVISIONED",
    ),
    "view without name": (
        {**ON_DEMAND, "streamEnabled": True},
        "streamViewType is required when streamEnabled is true",
    ),
    "unknown view": ({**ON_DEMAND, "streamViewType": "ALL"}, "streamViewType must be one of NEW_IMAGE"),
    "unknown class": ({**ON_DEMAND, "tableClass": "CHEAP"}, "TableClass must be one of STANDARD"),
    "two replicas": ({**ON_DEMAND, "replicas": [{"regionName": "eu-west-1"}] * 2}, "each region can have one replica"),
    "two sources": (
        {**ON_DEMAND, "restoreSourceName": "orders", "restoreSourceTableArn": "arn"},
        "restoreSourceName conflicts with restoreSourceTableArn",
    ),
    "unused attribute": ({**ON_DEMAND, **WITH_MOOD}, "all attributes must be keys of the table, mood is not"),
}
CREATED = {
    "on demand with capacity": ({**ON_DEMAND, **CAPACITY}, "readCapacity can not be set when billing_mode is .PAY_PER"),
    "provisioned without": (
        {**ON_DEMAND, "billingMode": "PROVISIONED"},
        "readCapacity must be at least 1 when billing",
    ),
    "no key": (
        {**ON_DEMAND, "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-central-1:1:key/k"}},
        "the key arn:aws:kms:eu-central-1:1:key/k does not exist in eu-central-1, or is not enabled",
    ),
    "too cold": (
        {**ON_DEMAND, "warmThroughput": {"readUnitsPerSecond": 100, "writeUnitsPerSecond": 4000}},
        "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand",
    ),
    "local index without a range": (
        {
            **ON_DEMAND,
            **WITH_MOOD,
            "localSecondaryIndexes": [{"name": "by-mood", "rangeKey": "mood", "projectionType": "ALL"}],
        },
        "Table KeySchema does not have a range key",
    ),
    "projection of nothing": (
        {**ON_DEMAND, **WITH_MOOD, "globalSecondaryIndexes": [{**BY_MOOD, "projectionType": "INCLUDE"}]},
        "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    ),
}


@pytest.mark.parametrize(("inputs", "said"), CHECKED.values(), ids=CHECKED)
def test_a_table_that_the_provider_refuses_is_refused_in_a_preview(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(TABLE.type, "orders", inputs)

    assert [failure for failure in failures if said in failure]


@pytest.mark.parametrize(("inputs", "said"), CREATED.values(), ids=CREATED)
def test_a_table_that_aws_would_not_make_is_refused(scene: Scene, inputs: Props, said: str):
    with pytest.raises(grpc.RpcError, match=said):
        scene.make(TABLE.type, "orders", inputs)


# Indexes


def test_an_index_that_exists_is_not_made_again(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    scene.make(INDEX.type, "by-mood", index(table))

    with pytest.raises(grpc.RpcError, match="Attempting to create an index which already exists: by-mood"):
        scene.make(INDEX.type, "twin", index(table))


def test_an_attribute_keeps_its_type(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    number = [{"attributeName": "id", "attributeType": "N", "keyType": "HASH"}]

    with pytest.raises(
        grpc.RpcError, match="attempting to change already existing attribute 'id' from type 'S' to 'N'"
    ):
        scene.make(INDEX.type, "by-id", index(table, keySchemas=number))


def test_two_indexes_are_not_made_in_one_request(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    create = {
        "KeySchema": [{"AttributeName": "mood", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }

    with pytest.raises(ClientError, match="Only 1 online index can be created or deleted simultaneously"):
        scene.aws("dynamodb").update_table(
            TableName=table.id,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {"IndexName": f"by-mood-{one}", **create}} for one in (1, 2)],
        )


def test_indexes_of_the_tables_own_come_and_go_one_by_one(scene: Scene):
    venue: Props = {"name": "by-venue", "hashKey": "venue", "projectionType": "ALL"}
    attributes = [{"name": name, "type": "S"} for name in ("id", "mood", "venue")]
    table = scene.make(TABLE.type, "orders", {**ON_DEMAND, **WITH_MOOD, "globalSecondaryIndexes": [BY_MOOD]})

    both = changed(scene, table, {"attributes": attributes, "globalSecondaryIndexes": [BY_MOOD, venue]})
    only = changed(scene, both, {"attributes": attributes[::2], "globalSecondaryIndexes": [venue]})

    names = [
        {one["IndexName"] for one in scene.aws("dynamodb").describe_table(TableName=table.id)["Table"][key]}
        for key in ("GlobalSecondaryIndexes",)
    ]
    assert (len(both.outputs["globalSecondaryIndexes"]), names) == (2, [{"by-venue"}])
    assert list(scene.diff(only, only.inputs).diffs) == []


def test_a_local_index_is_there_from_the_beginning(scene: Scene):
    local: Props = {"name": "by-mood", "rangeKey": "mood", "projectionType": "KEYS_ONLY"}
    attributes = [*TABLE_INPUTS["attributes"], {"name": "mood", "type": "S"}]

    made = scene.make(
        TABLE.type, "presence", {**TABLE_INPUTS, "attributes": attributes, "localSecondaryIndexes": [local]}
    )

    found = scene.read(made)
    assert found
    assert found.inputs["localSecondaryIndexes"] == [local]


# Warm throughput, classes, streams, encryption


def test_less_warm_throughput_replaces_the_table(scene: Scene):
    warm = {"readUnitsPerSecond": 20_000, "writeUnitsPerSecond": 8_000}
    table = scene.make(TABLE.type, "orders", {**ON_DEMAND, "warmThroughput": warm})

    less = scene.diff(table, {**table.inputs, "warmThroughput": {**warm, "readUnitsPerSecond": 15_000}})
    more = scene.diff(table, {**table.inputs, "warmThroughput": {**warm, "readUnitsPerSecond": 25_000}})

    assert (list(less.replaces), list(more.replaces)) == (["warmThroughput"], [])


def test_less_warm_throughput_of_an_index_is_refused(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    warm = {"readUnitsPerSecond": 20_000, "writeUnitsPerSecond": 8_000}
    by_mood = scene.make(INDEX.type, "by-mood", index(table, warmThroughput=warm))

    with pytest.raises(grpc.RpcError, match="WarmThroughput for index by-mood is lower than current WarmThroughput"):
        scene.update(by_mood, {**by_mood.inputs, "warmThroughput": {**warm, "readUnitsPerSecond": 15_000}})


def test_the_class_of_a_table_changes_twice_a_month(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    table = changed(scene, table, {"tableClass": "STANDARD_INFREQUENT_ACCESS"})
    table = changed(scene, table, {"tableClass": "STANDARD"})

    with pytest.raises(grpc.RpcError, match=r"LimitExceeded.*table class are limited to 2 times in 30 day\(s\)"):
        scene.update(table, {**table.inputs, "tableClass": "STANDARD_INFREQUENT_ACCESS"})


def test_another_view_is_another_stream(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**ON_DEMAND, "streamEnabled": True, "streamViewType": "KEYS_ONLY"})

    after = changed(scene, table, {"streamViewType": "NEW_IMAGE"})

    seen = scene.aws("dynamodb").describe_table(TableName=table.id)["Table"]["StreamSpecification"]
    assert seen == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert after.outputs["streamArn"] != table.outputs["streamArn"]


def test_boto3_sees_class_caps_and_key_of_a_table(scene: Scene):
    key = key_in(scene)
    inputs = {
        **ON_DEMAND,
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
        "onDemandThroughput": {"maxReadRequestUnits": 9},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": key},
    }
    made = scene.make(TABLE.type, "orders", inputs)

    seen = scene.aws("dynamodb").describe_table(TableName=made.id)["Table"]

    assert seen["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert seen["OnDemandThroughput"] == {"MaxReadRequestUnits": 9}
    assert seen["SSEDescription"]["KMSMasterKeyArn"] == key


def test_a_key_that_was_changed_by_hand_is_found_by_a_refresh(scene: Scene):
    table = scene.make(
        TABLE.type, "orders", {**ON_DEMAND, "serverSideEncryption": {"enabled": True, "kmsKeyArn": key_in(scene)}}
    )
    other = key_in(scene)
    scene.aws("dynamodb").update_table(
        TableName=table.id, SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": other}
    )

    found = scene.read(table)

    assert found
    assert found.inputs["serverSideEncryption"]["kmsKeyArn"] == other


# Insights and policies


def test_insights_of_an_index_need_it(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)

    with pytest.raises(grpc.RpcError, match=r"ResourceNotFoundException.*Index: by-mood not found"):
        scene.make(CONTRIBUTOR_INSIGHTS.type, "orders", {"tableName": table.id, "indexName": "by-mood"})


def test_insights_are_listed(scene: Scene):
    table = scene.make(TABLE.type, "orders", ON_DEMAND)
    scene.make(CONTRIBUTOR_INSIGHTS.type, "orders", {"tableName": table.id, "mode": "THROTTLED_KEYS"})

    listed = scene.aws("dynamodb").list_contributor_insights(TableName=table.id)["ContributorInsightsSummaries"]

    assert [(one["ContributorInsightsStatus"], one["ContributorInsightsMode"]) for one in listed] == [
        ("ENABLED", "THROTTLED_KEYS")
    ]


@pytest.mark.parametrize(
    ("policy", "said"), [("[]", "an invalid JSON policy"), ('"' + "x" * 20_480, "Maximum policy size of 20480 bytes")]
)
def test_a_policy_that_aws_would_not_take_is_refused(scene: Scene, policy: str, said: str):
    _, failures = scene.check(RESOURCE_POLICY.type, "orders", {"resourceArn": "arn", "policy": policy})

    assert [failure for failure in failures if said in failure]
