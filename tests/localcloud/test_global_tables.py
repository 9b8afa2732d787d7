"""Global tables: the same items in several regions, each with its own key, recovery, protection and tags."""

from dataclasses import replace
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import client
from localcloud.resources.appautoscaling import POLICY, TARGET
from localcloud.resources.dynamodb import INDEX, TABLE, TABLE_REPLICA
from localcloud.wire import Props
from tests.localcloud.lives.appautoscaling import WRITES, tracking
from tests.localcloud.lives.dynamodb import DR_REGION, GLOBAL, key_in
from tests.localcloud.scene import Made, Scene

STREAM: Props = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
PLAIN: Props = {
    "hashKey": "id",
    "attributes": [{"name": "id", "type": "S"}],
    "billingMode": "PAY_PER_REQUEST",
    **STREAM,
}
REPLICA: Props = {"regionName": DR_REGION}
PROVISIONED: Props = {**PLAIN, "billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5}


def there(scene: Scene, region: str = DR_REGION) -> Any:
    return client(scene.endpoint, "dynamodb", region)


def seen(scene: Scene, table: Made, region: str = DR_REGION) -> dict[str, Any]:
    return there(scene, region).describe_table(TableName=table.id)["Table"]


def put(aws: Any, table: Made, id_: str) -> None:
    aws.put_item(TableName=table.id, Item={"id": {"S": id_}})


def ids(aws: Any, table: Made) -> set[str]:
    return {item["id"]["S"] for item in aws.scan(TableName=table.id)["Items"]}


def test_what_is_written_in_one_region_is_read_in_the_other(scene: Scene):
    table = scene.make(TABLE.type, "orders", PLAIN)
    put(scene.aws("dynamodb"), table, "before")
    scene.update(table, {**table.inputs, "replicas": [REPLICA]})
    put(scene.aws("dynamodb"), table, "here")
    put(there(scene), table, "there")

    assert ids(scene.aws("dynamodb"), table) == ids(there(scene), table) == {"before", "here", "there"}


def test_a_failed_transaction_leaves_the_regions_together(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [REPLICA]})
    here = scene.aws("dynamodb")
    put(here, table, "one")
    items = [
        {"Put": {"TableName": table.id, "Item": {"id": {"S": "two"}}}},
        {
            "Put": {
                "TableName": table.id,
                "Item": {"id": {"S": "one"}},
                "ConditionExpression": "attribute_not_exists(id)",
            }
        },
    ]
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        here.transact_write_items(TransactItems=items)
    put(here, table, "three")
    put(there(scene), table, "four")

    assert ids(here, table) == ids(there(scene), table) == {"one", "three", "four"}


def test_the_streams_of_all_regions_tell_of_a_write(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [REPLICA]})
    put(scene.aws("dynamodb"), table, "one")

    arn = seen(scene, table)["LatestStreamArn"]
    streams = client(scene.endpoint, "dynamodbstreams", DR_REGION)
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]

    assert [one["eventName"] for one in records] == ["INSERT"]


def test_a_replica_has_its_own_key_recovery_protection_and_tags(scene: Scene):
    key = key_in(scene, DR_REGION)
    replica = {
        **REPLICA,
        "kmsKeyArn": key,
        "pointInTimeRecovery": True,
        "deletionProtectionEnabled": True,
        "propagateTags": True,
    }
    encryption = {"enabled": True, "kmsKeyArn": key_in(scene)}

    table = scene.make(TABLE.type, "orders", {**GLOBAL, "serverSideEncryption": encryption, "replicas": [replica]})

    found, aws = seen(scene, table), there(scene)
    backups = aws.describe_continuous_backups(TableName=table.id)["ContinuousBackupsDescription"]
    assert (found["SSEDescription"]["KMSMasterKeyArn"], found["DeletionProtectionEnabled"]) == (key, True)
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert aws.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"] == [{"Key": "owner", "Value": "clubapp"}]


def test_both_regions_name_each_other(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [REPLICA]})

    named = [
        [one["RegionName"] for one in seen(scene, table, region)["Replicas"]] for region in (scene.region, DR_REGION)
    ]

    assert named == [[DR_REGION], [scene.region]]


def test_a_refresh_of_a_global_table_finds_nothing(scene: Scene):
    replica = {**REPLICA, "pointInTimeRecovery": True, "propagateTags": True}
    table = scene.make(TABLE.type, "orders", {**GLOBAL, "replicas": [replica]})

    found = scene.read(table)

    assert found
    assert (found.inputs, found.outputs) == (table.inputs, table.outputs)


def test_recovery_of_a_replica_that_was_switched_off_is_drift(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [{**REPLICA, "pointInTimeRecovery": True}]})
    off = {"PointInTimeRecoveryEnabled": False}
    there(scene).update_continuous_backups(TableName=table.id, PointInTimeRecoverySpecification=off)

    found = scene.read(table)

    assert found
    assert found.inputs["replicas"][0]["pointInTimeRecovery"] is False


def test_tags_that_come_later_are_propagated(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**GLOBAL, "replicas": [{**REPLICA, "propagateTags": True}]})
    scene.update(table, {**table.inputs, "tags": {"phase": "growth"}})

    tags = there(scene).list_tags_of_resource(ResourceArn=seen(scene, table)["TableArn"])["Tags"]

    assert tags == [{"Key": "phase", "Value": "growth"}]


def test_another_key_makes_the_replica_anew_and_keeps_the_items(scene: Scene):
    old, new = key_in(scene, DR_REGION), key_in(scene, DR_REGION)
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [{**REPLICA, "kmsKeyArn": old}]})
    put(there(scene), table, "one")
    before = seen(scene, table)["TableId"]

    scene.update(table, {**table.inputs, "replicas": [{**REPLICA, "kmsKeyArn": new}]})

    after = seen(scene, table)
    assert (after["SSEDescription"]["KMSMasterKeyArn"], after["TableId"] == before) == (new, False)
    assert ids(there(scene), table) == {"one"}


def test_an_index_is_in_all_regions(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [REPLICA]})
    scene.make(
        INDEX.type,
        "by-mood",
        {
            "tableName": table.id,
            "indexName": "by-mood",
            "keySchemas": [{"attributeName": "mood", "attributeType": "S", "keyType": "HASH"}],
            "projection": {"projectionType": "ALL"},
        },
    )

    assert [one["IndexName"] for one in seen(scene, table)["GlobalSecondaryIndexes"]] == ["by-mood"]


def test_expiry_is_the_same_in_all_regions(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**GLOBAL, "replicas": [REPLICA]})

    ttl = there(scene).describe_time_to_live(TableName=table.id)["TimeToLiveDescription"]

    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"}


def test_a_table_takes_its_replicas_with_it(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [REPLICA]})
    scene.delete(table)

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        seen(scene, table)


def test_a_protected_replica_stays_and_so_does_its_table(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [{**REPLICA, "deletionProtectionEnabled": True}]})

    with pytest.raises(grpc.RpcError, match="in region eu-west-1 because it has deletion protection enabled"):
        scene.delete(table)
    assert scene.read(table)


def test_a_replica_that_goes_alone_leaves_a_table_of_one_region(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [REPLICA]})
    put(there(scene), table, "one")
    after = scene.update(table, {key: value for key, value in table.inputs.items() if key != "replicas"})

    assert (after.outputs["replicas"], ids(scene.aws("dynamodb"), table)) == ([], {"one"})


# What AWS refuses


REFUSED = {
    "own region": ([{"regionName": "eu-central-1"}], "Cannot add or delete the local region through ReplicaUpdates"),
    "no such region": ([{"regionName": "mars-north-1"}], "Region mars-north-1 is not supported"),
    "no such key": (
        [{**REPLICA, "kmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k"}],
        "the key arn:aws:kms:eu-west-1:1:key/k does not exist in eu-west-1",
    ),
    "two strong regions": ([{**REPLICA, "consistencyMode": "STRONG"}], "Unsupported replica count 2: strong consis"),
}


@pytest.mark.parametrize(("replicas", "said"), REFUSED.values(), ids=REFUSED)
def test_a_replica_that_aws_would_not_make_is_refused(scene: Scene, replicas: list[Props], said: str):
    table = scene.make(TABLE.type, "orders", PLAIN)

    with pytest.raises(grpc.RpcError, match=said):
        scene.update(table, {**table.inputs, "replicas": replicas})


def test_a_key_of_another_region_is_no_key_of_a_replica(scene: Scene):
    table = scene.make(TABLE.type, "orders", PLAIN)

    with pytest.raises(grpc.RpcError, match="does not exist in eu-west-1"):
        scene.update(table, {**table.inputs, "replicas": [{**REPLICA, "kmsKeyArn": key_in(scene)}]})


def test_a_table_with_a_key_needs_one_in_each_region(scene: Scene):
    table = scene.make(
        TABLE.type, "orders", {**PLAIN, "serverSideEncryption": {"enabled": True, "kmsKeyArn": key_in(scene)}}
    )

    with pytest.raises(grpc.RpcError, match="a replica in eu-west-1 needs a KMSMasterKeyId of its region"):
        scene.update(table, {**table.inputs, "replicas": [REPLICA]})


def test_a_table_without_a_stream_gets_no_replica(scene: Scene):
    silent = {key: value for key, value in PLAIN.items() if key not in STREAM}
    table = scene.make(TABLE.type, "orders", silent)

    with pytest.raises(grpc.RpcError, match="a table needs a stream with StreamViewType NEW_AND_OLD_IMAGES"):
        scene.update(table, {**table.inputs, "replicas": [REPLICA]})


def test_the_stream_of_a_global_table_stays(scene: Scene):
    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": [REPLICA]})

    with pytest.raises(grpc.RpcError, match="The stream of a table with replicas cannot be disabled"):
        scene.update(table, {**table.inputs, "streamEnabled": False})


def test_a_provisioned_table_needs_its_writes_scaled_before_a_replica(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)
    wanted = {**table.inputs, "replicas": [REPLICA]}
    with pytest.raises(grpc.RpcError, match="Table write capacity should either be Pay-Per-Request or AutoScaled"):
        scene.update(table, wanted)
    place = {"serviceNamespace": "dynamodb", "resourceId": f"table/{table.id}", "scalableDimension": WRITES}
    scene.make(TARGET.type, "writes", {**place, "minCapacity": 1, "maxCapacity": 9})
    scene.make(POLICY.type, "writes", {**place, **tracking("DynamoDBWriteCapacityUtilization")})

    after = scene.update(table, wanted)

    assert [one["regionName"] for one in after.outputs["replicas"]] == [DR_REGION]


def test_a_name_that_is_taken_in_the_other_region_is_refused(scene: Scene):
    table = scene.make(TABLE.type, "orders", PLAIN)
    scene.make(TABLE.type, "orders", {**PLAIN, "name": table.id, "region": DR_REGION})

    with pytest.raises(grpc.RpcError, match="because one or more replicas already existed as tables"):
        scene.update(table, {**table.inputs, "replicas": [REPLICA]})


def test_three_regions_can_be_strongly_consistent(scene: Scene):
    regions = [{"regionName": region, "consistencyMode": "STRONG"} for region in (DR_REGION, "eu-west-2")]

    table = scene.make(TABLE.type, "orders", {**PLAIN, "replicas": regions})

    assert seen(scene, table)["MultiRegionConsistency"] == "STRONG"
    scene.delete(table)
    assert scene.read(table) is None


# Replicas as resources of their own


def test_a_replica_of_its_own_is_seen_by_its_table(scene: Scene):
    table = scene.make(TABLE.type, "orders", PLAIN)
    replica = scene.make(TABLE_REPLICA.type, "dr", {"globalTableArn": table.outputs["arn"], "region": DR_REGION})
    put(scene.aws("dynamodb"), table, "one")

    found = scene.read(table)

    assert found
    assert [one["regionName"] for one in found.outputs["replicas"]] == [DR_REGION]
    assert (replica.id, ids(there(scene), table)) == (f"{table.id}:eu-central-1", {"one"})


def test_a_replica_of_its_own_is_in_another_region(scene: Scene):
    table = scene.make(TABLE.type, "orders", PLAIN)

    with pytest.raises(grpc.RpcError, match="must be in another region than eu-central-1"):
        scene.make(TABLE_REPLICA.type, "dr", {"globalTableArn": table.outputs["arn"]})


def test_a_replica_that_was_deleted_by_hand_is_gone(scene: Scene):
    table = scene.make(TABLE.type, "orders", PLAIN)
    replica = scene.make(TABLE_REPLICA.type, "dr", {"globalTableArn": table.outputs["arn"], "region": DR_REGION})
    there(scene).delete_table(TableName=table.id)

    assert scene.read(replica) is None
    assert scene.read(replace(table, outputs=table.outputs))
