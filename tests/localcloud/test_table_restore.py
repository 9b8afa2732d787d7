"""A table restored under a new name: what comes with it, what does not, and what AWS refuses."""

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
    now = datetime.now(UTC).isoformat(timespec="seconds")

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
