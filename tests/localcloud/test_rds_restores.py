"""RDS instances in the local cloud that come from a snapshot or a time, or change their storage."""

import grpc
import pytest

from localcloud.resources.rds_instance import INSTANCE
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.scene import Made, Scene


def instance(scene: Scene, **more: object) -> Made:
    return scene.make(INSTANCE.type, "orders", {**MINIMAL, "backupRetentionPeriod": 7, **more})


# Restores


def test_a_snapshot_is_restored_with_what_the_program_says(scene: Scene):
    source = instance(scene, deletionProtection=True, tags={"role": "source"})
    name = f"{source.outputs['identifier']}-snapshot"
    scene.aws("rds").create_db_snapshot(DBInstanceIdentifier=source.outputs["identifier"], DBSnapshotIdentifier=name)
    inputs = {
        "snapshotIdentifier": name,
        "skipFinalSnapshot": True,
        "instanceClass": "db.m7g.large",
        "backupRetentionPeriod": 14,
    }

    made = scene.make(INSTANCE.type, "restored", {**inputs, "maxAllocatedStorage": 200})

    keys = ("instanceClass", "backupRetentionPeriod", "maxAllocatedStorage", "deletionProtection", "username")
    assert [made.outputs[key] for key in keys] == ["db.m7g.large", 14, 200, False, "clubapp"]


def test_a_restored_instance_does_not_replace_when_its_snapshot_is_dropped(scene: Scene):
    source = instance(scene)
    name = f"{source.outputs['identifier']}-snapshot"
    scene.aws("rds").create_db_snapshot(DBInstanceIdentifier=source.outputs["identifier"], DBSnapshotIdentifier=name)
    made = scene.make(
        INSTANCE.type,
        "restored",
        {"snapshotIdentifier": name, "skipFinalSnapshot": True, "instanceClass": "db.m7g.large"},
    )
    news = {key: value for key, value in made.inputs.items() if key != "snapshotIdentifier"}

    assert list(scene.diff(made, news).diffs) == []


@pytest.mark.parametrize(
    ("key", "output"), [("sourceDbInstanceIdentifier", "identifier"), ("sourceDbiResourceId", "resourceId")]
)
def test_an_instance_is_restored_to_the_latest_time(scene: Scene, key: str, output: str):
    source = instance(scene)
    point = {key: source.outputs[output], "useLatestRestorableTime": True}

    made = scene.make(
        INSTANCE.type,
        "restored",
        {"instanceClass": "db.m7g.large", "skipFinalSnapshot": True, "restoreToPointInTime": point},
    )

    assert (made.outputs.get("dbName", ""), made.outputs["username"]) == ("", "clubapp")
    assert made.outputs["resourceId"] != source.outputs["resourceId"]


def test_an_instance_without_backups_is_not_restored_to_a_time(scene: Scene):
    source = instance(scene, backupRetentionPeriod=0)
    point = {"sourceDbInstanceIdentifier": source.outputs["identifier"], "useLatestRestorableTime": True}

    with pytest.raises(grpc.RpcError, match="Point in time recovery is not enabled for this instance"):
        scene.make(
            INSTANCE.type,
            "restored",
            {"instanceClass": "db.m7g.large", "skipFinalSnapshot": True, "restoreToPointInTime": point},
        )


def test_provisioned_iops_replace_general_purpose_storage_in_place(scene: Scene):
    made = instance(scene, allocatedStorage=200)

    news = {**made.inputs, "storageType": "io2", "iops": 20_000, "dedicatedLogVolume": True}

    after = scene.update(made, news)

    told = [after.outputs[key] for key in ("storageType", "iops", "dedicatedLogVolume", "resourceId")]
    assert told == ["io2", 20_000, True, made.outputs["resourceId"]]


def test_a_time_before_the_instance_can_not_be_restored(scene: Scene):
    source = instance(scene)
    point = {"sourceDbInstanceIdentifier": source.outputs["identifier"], "restoreTime": "2001-01-01T00:00:00Z"}

    with pytest.raises(grpc.RpcError, match="The specified time is not between"):
        scene.make(
            INSTANCE.type,
            "restored",
            {"instanceClass": "db.m7g.large", "skipFinalSnapshot": True, "restoreToPointInTime": point},
        )
