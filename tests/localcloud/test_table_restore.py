"""A table restored under a new name: what comes with it, what does not, and what AWS refuses."""

import secrets
import time
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from localcloud.resources.dynamodb import INDEX, TABLE
from localcloud.wire import Props
from tests.localcloud.lives.dynamodb import TABLE_INPUTS, key_in
from tests.localcloud.scene import Made, Scene

LATEST: Props = {"restoreToLatestTime": True}


@pytest.fixture
def source(scene: Scene) -> Made:
    table = scene.make(TABLE.type, "presence", {**TABLE_INPUTS, "deletionProtectionEnabled": True})
    item = {"userId": {"S": "u"}, "venueId": {"S": "v"}}
    scene.aws("dynamodb").put_item(TableName=table.id, Item=item)
    return table


def restored(scene: Scene, source: Made, **more: object) -> Made:
    return scene.make(TABLE.type, "again", {**TABLE_INPUTS, "restoreSourceName": source.id, **LATEST, **more})


def count(scene: Scene, table: Made) -> int:
    return scene.aws("dynamodb").scan(TableName=table.id)["Count"]


def test_a_restored_table_has_the_items_of_its_source(scene: Scene, source: Made):
    made = restored(scene, source)
    scene.aws("dynamodb").put_item(TableName=made.id, Item={"userId": {"S": "u"}, "venueId": {"S": "w"}})

    assert (count(scene, made), count(scene, source)) == (2, 1)


def test_a_table_is_restored_by_its_arn_into_another_region(scene: Scene, source: Made):
    inputs = {
        **TABLE_INPUTS,
        **LATEST,
        "restoreSourceTableArn": source.outputs["arn"],
        "region": "eu-west-1",
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": key_in(scene, "eu-west-1")},
    }

    made = scene.make(TABLE.type, "again", inputs)

    assert made.outputs["arn"].startswith("arn:aws:dynamodb:eu-west-1:")


def test_expiry_and_recovery_are_set_and_the_rest_is_drift(scene: Scene, source: Made):
    """The official provider sends no more; a refresh finds it, and the next run puts it right."""
    made = restored(scene, source, deletionProtectionEnabled=True)
    found = scene.read(made)
    assert found

    again, failures = scene.check(TABLE.type, "again", made.inputs, found.inputs)
    difference = scene.diff(found, again)
    after = scene.update(found, again)

    assert (failures, list(difference.replaces)) == ([], [])
    found_changed = {path.partition(".")[0] for path in difference.diffs}
    assert found_changed == {"deletionProtectionEnabled", "onDemandThroughput", "tags"}
    assert (after.outputs["tags"], after.outputs["deletionProtectionEnabled"]) == ({"owner": "clubapp"}, True)
    assert after.outputs["ttl"] == {"enabled": True, "attributeName": "expiresAt"}


def test_indexes_come_along(scene: Scene, source: Made):
    index = {
        "tableName": source.id,
        "indexName": "by-venue",
        "keySchemas": [{"attributeName": "venueId", "attributeType": "S", "keyType": "HASH"}],
        "projection": {"projectionType": "ALL"},
    }
    scene.make(INDEX.type, "by-venue", index)
    made = restored(scene, source)

    with pytest.raises(grpc.RpcError, match="Attempting to create an index which already exists: by-venue"):
        scene.make(INDEX.type, "by-venue-again", {**index, "tableName": made.id})
    assert scene.import_(INDEX.type, "by-venue", f"{made.id},by-venue")


def test_dropping_the_source_later_changes_nothing_else(scene: Scene, source: Made):
    made = restored(scene, source)

    without = scene.diff(made, {key: value for key, value in made.inputs.items() if key != "restoreSourceName"})
    latest = scene.diff(made, {key: value for key, value in made.inputs.items() if key not in LATEST})

    assert (list(without.replaces), list(latest.replaces)) == ([], ["restoreToLatestTime"])


REFUSED = {
    "no such table": (
        {"restoreSourceName": "none-such"},
        "SourceTableNotFoundException.*Source table not found: none-",
    ),
    "both times": ({"restoreDateTime": "2026-01-01T00:00:00Z"}, "Either one of RestoreDateTime or UseLatestRestorable"),
    "too early": (
        {"restoreToLatestTime": False, "restoreDateTime": "2001-01-01T00:00:00Z"},
        "InvalidRestoreTimeException.*2001-01-01T00:00:00Z is not between",
    ),
    "capacity of a table on demand": (
        {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5},
        "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED",
    ),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED)
def test_a_restore_that_aws_would_not_make_is_refused(scene: Scene, source: Made, change: Props, said: str):
    inputs = {**TABLE_INPUTS, "restoreSourceName": source.id, **LATEST, **change}
    if inputs["billingMode"] == "PROVISIONED":
        del inputs["onDemandThroughput"]

    with pytest.raises(grpc.RpcError, match=said):
        scene.make(TABLE.type, "again", inputs)


def test_a_future_is_not_restored(scene: Scene, source: Made):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")

    with pytest.raises(grpc.RpcError, match="InvalidRestoreTimeException"):
        restored(scene, source, restoreToLatestTime=False, restoreDateTime=tomorrow)


def test_a_time_since_recovery_began_is_restored(scene: Scene, source: Made):
    now = next_second().isoformat(timespec="seconds")

    made = restored(scene, source, restoreToLatestTime=False, restoreDateTime=now)

    assert count(scene, made) == 1


def test_a_table_without_recovery_is_not_restored(scene: Scene):
    off = {"pointInTimeRecovery": {"enabled": False}}
    source = scene.make(TABLE.type, "presence", {**TABLE_INPUTS, **off})

    with pytest.raises(grpc.RpcError, match="Point in time recovery is not enabled for table"):
        restored(scene, source)


def test_another_region_wants_its_encryption_said(scene: Scene, source: Made):
    inputs = {**TABLE_INPUTS, **LATEST, "restoreSourceTableArn": source.outputs["arn"], "region": "eu-west-1"}

    with pytest.raises(grpc.RpcError, match="sseSpecificationOverride must be provided for cross-region restores"):
        scene.make(TABLE.type, "again", inputs)


# What was there at a time


def recorded(scene: Scene) -> str:
    """Make a table with recovery, an item that is old, and give its name."""
    client, name = scene.aws("dynamodb"), f"{scene.stack}-recorded"
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("user", "venue")],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in (("user", "HASH"), ("venue", "RANGE"))],
        BillingMode="PAY_PER_REQUEST",
    )
    client.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for user in ("ada", "bob"):
        client.put_item(TableName=name, Item=item(user, "1"))
    return name


def item(user: str, drinks: str) -> dict[str, dict[str, str]]:
    return {"user": {"S": user}, "venue": {"S": "bar"}, "drinks": {"N": drinks}}


def next_second() -> datetime:
    """Wait until the second is over, and give the one that begins: AWS restores to whole seconds."""
    begun = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    while datetime.now(UTC) <= begun:
        time.sleep(0.01)
    return begun


def items_of(scene: Scene, name: str, when: datetime) -> list[dict[str, dict[str, str]]]:
    client, again = scene.aws("dynamodb"), f"{name}-{secrets.token_hex(4)}"
    client.restore_table_to_point_in_time(SourceTableName=name, TargetTableName=again, RestoreDateTime=when)
    return sorted(client.scan(TableName=again)["Items"], key=lambda one: one["user"]["S"])


def test_a_table_is_restored_with_the_items_of_the_time(scene: Scene):
    name, client = recorded(scene), scene.aws("dynamodb")
    when = next_second()
    ada, bob, eve = item("ada", "1"), item("bob", "1"), item("eve", "1")
    client.update_item(
        TableName=name,
        Key={key: ada[key] for key in ("user", "venue")},
        UpdateExpression="SET drinks = :n",
        ExpressionAttributeValues={":n": {"N": "7"}},
    )
    client.delete_item(TableName=name, Key={key: bob[key] for key in ("user", "venue")})
    client.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": eve}}]})

    assert items_of(scene, name, when) == [ada, bob]
    assert items_of(scene, name, next_second()) == [item("ada", "7"), eve]


def test_a_transaction_that_failed_is_in_no_restore(scene: Scene):
    name, client = recorded(scene), scene.aws("dynamodb")
    put = {"Put": {"TableName": name, "Item": item("eve", "1")}}
    refused = {
        "Put": {"TableName": name, "Item": item("ada", "9"), "ConditionExpression": "attribute_not_exists(venue)"}
    }
    with pytest.raises(client.exceptions.TransactionCanceledException, match="ConditionalCheckFailed"):
        client.transact_write_items(TransactItems=[put, refused])

    assert items_of(scene, name, next_second()) == [item("ada", "1"), item("bob", "1")]


def test_the_span_that_can_be_restored_goes_on_to_now(scene: Scene):
    name, now = recorded(scene), next_second()

    told = scene.aws("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]

    assert told["PointInTimeRecoveryDescription"]["LatestRestorableDateTime"] >= now


def test_a_backup_is_restored_with_its_billing_and_its_items(scene: Scene):
    name, client = recorded(scene), scene.aws("dynamodb")
    backup = client.create_backup(TableName=name, BackupName="before")["BackupDetails"]["BackupArn"]
    client.put_item(TableName=name, Item=item("eve", "1"))

    client.restore_table_from_backup(TargetTableName=f"{name}-before", BackupArn=backup)

    table = client.describe_table(TableName=f"{name}-before")["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert client.scan(TableName=f"{name}-before")["Count"] == 2
