"""Aurora clusters in the local cloud: where they come from and how they end. Replicas, restores, deletions, groups."""

from datetime import UTC, datetime, timedelta

import grpc
import pytest

from localcloud.resources.rds import SUBNET_GROUP
from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_cluster_group import CLUSTER_PARAMETER_GROUP
from localcloud.resources.rds_instance import INSTANCE
from localcloud.wire import Props
from tests.localcloud.lives.rds import MINIMAL, new_subnet_group
from tests.localcloud.lives.rds_cluster import (
    ENGINE,
    changed_cluster,
    cluster_described,
    member_described,
    new_cluster,
    new_member,
    without,
)
from tests.localcloud.lives.vpc import new_vpc
from tests.localcloud.scene import Made, Scene

SCALING = {"minCapacity": 0.5, "maxCapacity": 4}


def restored(scene: Scene, **more: object) -> Made:
    return scene.make(CLUSTER.type, "restored", {"engine": ENGINE, "skipFinalSnapshot": True, **more})


def source_instance(scene: Scene, **more: object) -> Made:
    return scene.make(INSTANCE.type, "source", {**MINIMAL, "backupRetentionPeriod": 7, **more})


# Replicas of an RDS instance


def replica(scene: Scene, source: Made, **more: object) -> Made:
    arn = source.outputs["arn"]
    return scene.make(
        CLUSTER.type,
        "aurora",
        {"engine": ENGINE, "replicationSourceIdentifier": arn, "skipFinalSnapshot": True, **more},
    )


def test_a_replica_has_its_source_s_user_database_and_version(scene: Scene):
    made = replica(scene, source_instance(scene, engineVersion="16.9", dbName="clubapp"))

    keys = ("masterUsername", "databaseName", "engineVersionActual")
    assert [made.outputs[key] for key in keys] == ["clubapp", "clubapp", "16.9"]


def test_a_source_knows_its_replica_cluster(scene: Scene):
    source = source_instance(scene)
    made = replica(scene, source)

    found = member_described(scene, source.outputs["identifier"])
    assert found["ReadReplicaDBClusterIdentifiers"] == [made.id]


def test_a_replica_without_a_source_in_the_program_is_promoted(scene: Scene):
    source = source_instance(scene)
    made = replica(scene, source)

    after = scene.update(made, without(made.inputs, "replicationSourceIdentifier"))

    assert after.outputs["replicationSourceIdentifier"] == ""
    assert member_described(scene, source.outputs["identifier"])["ReadReplicaDBClusterIdentifiers"] == []


def test_a_refresh_sees_a_promotion_by_boto3(scene: Scene):
    made = replica(scene, source_instance(scene))
    scene.aws("rds").promote_read_replica_db_cluster(DBClusterIdentifier=made.id)
    found = scene.read(made)

    assert found
    assert found.inputs.get("replicationSourceIdentifier", "") == ""


def test_the_last_instance_of_a_replica_stays_unless_it_is_forced(scene: Scene):
    cluster = replica(scene, source_instance(scene))
    member = new_member(scene, cluster.id)

    with pytest.raises(grpc.RpcError, match="Cannot delete the last instance of the read replica DB cluster"):
        scene.delete(member)

    scene.delete(scene.update(member, {**member.inputs, "forceDestroy": True}))
    assert scene.read(member) is None


SOURCES_REFUSED = [
    ({"backupRetentionPeriod": 0}, {}, "Automated backups are not enabled"),
    ({}, {"masterUsername": "other"}, "MasterUsername can't be specified for a read replica cluster"),
    ({"engineVersion": "17.7"}, {"engineVersion": "17.4"}, "aurora-postgresql 17.4 can't replicate from postgres 17.7"),
    ({"engineVersion": "18"}, {}, "Cannot find version 18.1 for aurora-postgresql"),
]


@pytest.mark.parametrize(("source", "more", "message"), SOURCES_REFUSED, ids=[one for _, _, one in SOURCES_REFUSED])
def test_a_source_that_aws_refuses_is_refused(scene: Scene, source: Props, more: Props, message: str):
    made = source_instance(scene, **source)

    with pytest.raises(grpc.RpcError, match=message):
        replica(scene, made, **more)


def test_a_cluster_is_no_source(scene: Scene):
    cluster = new_cluster(scene)

    with pytest.raises(grpc.RpcError, match="Aurora PostgreSQL replicates from an RDS for PostgreSQL DB instance"):
        replica(scene, cluster)


def test_a_second_replica_cluster_is_refused(scene: Scene):
    source = source_instance(scene)
    replica(scene, source)

    with pytest.raises(grpc.RpcError, match="already has an Aurora read replica"):
        replica(scene, source)


# Restores


def snapshot_of(scene: Scene, cluster: Made) -> str:
    name = f"{cluster.id}-snapshot"
    scene.aws("rds").create_db_cluster_snapshot(DBClusterIdentifier=cluster.id, DBClusterSnapshotIdentifier=name)
    return name


def test_a_snapshot_is_restored_with_what_the_program_says(scene: Scene):
    source = new_cluster(scene, deletionProtection=True, databaseName="clubapp", tags={"role": "source"})
    made = restored(
        scene,
        snapshotIdentifier=snapshot_of(scene, source),
        backupRetentionPeriod=14,
        serverlessv2ScalingConfiguration=SCALING,
        databaseInsightsMode="standard",
    )

    keys = ("backupRetentionPeriod", "databaseName", "masterUsername", "serverlessv2ScalingConfiguration", "tags")
    assert [made.outputs[key] for key in keys] == [14, "clubapp", "clubapp", SCALING, {}]
    assert cluster_described(scene, made.id)["DeletionProtection"] is False


def test_a_restored_cluster_reads_back_as_the_program_says_it(scene: Scene):
    source = new_cluster(scene)
    made = restored(scene, snapshotIdentifier=snapshot_of(scene, source), preferredBackupWindow="04:00-04:30")
    found = scene.read(made)

    assert found
    assert (found.inputs, found.outputs) == (made.inputs, made.outputs)


def test_a_restored_cluster_is_not_replaced_when_its_snapshot_is_dropped(scene: Scene):
    made = restored(scene, snapshotIdentifier=snapshot_of(scene, new_cluster(scene)))

    assert list(scene.diff(made, without(made.inputs, "snapshotIdentifier")).diffs) == []


def test_a_snapshot_of_an_rds_instance_becomes_a_cluster(scene: Scene):
    name = source_instance(scene, engineVersion="16.10", dbName="clubapp").outputs["identifier"]
    aws = scene.aws("rds")
    answer = aws.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-snapshot")

    outputs = restored(scene, snapshotIdentifier=answer["DBSnapshot"]["DBSnapshotArn"]).outputs

    keys = ("engineVersionActual", "databaseName", "masterUsername")
    assert [outputs[key] for key in keys] == ["16.10", "clubapp", "clubapp"]


def test_a_snapshot_that_does_not_exist_is_refused(scene: Scene):
    with pytest.raises(grpc.RpcError, match="DBClusterSnapshotNotFoundFault"):
        restored(scene, snapshotIdentifier="nowhere")


@pytest.mark.parametrize("key", ["sourceClusterIdentifier", "sourceClusterResourceId"])
def test_a_cluster_is_restored_to_the_latest_time(scene: Scene, key: str):
    source = new_cluster(scene)
    output = {"sourceClusterIdentifier": "clusterIdentifier", "sourceClusterResourceId": "clusterResourceId"}[key]
    point = {key: source.outputs[output], "useLatestRestorableTime": True}

    made = restored(scene, restoreToPointInTime=point)

    assert made.outputs["clusterResourceId"] != source.outputs["clusterResourceId"]


def test_a_time_before_the_cluster_can_not_be_restored(scene: Scene):
    point = {"sourceClusterIdentifier": new_cluster(scene).id, "restoreToTime": "2001-01-01T00:00:00Z"}

    with pytest.raises(grpc.RpcError, match="The specified time is not between"):
        restored(scene, restoreToPointInTime=point)


def test_a_time_since_the_cluster_can_be_restored(scene: Scene):
    source = new_cluster(scene)
    earliest: datetime = cluster_described(scene, source.id)["EarliestRestorableTime"]
    time = (earliest.astimezone(UTC) + timedelta(microseconds=1)).isoformat().replace("+00:00", "Z")

    made = restored(scene, restoreToPointInTime={"sourceClusterIdentifier": source.id, "restoreToTime": time})

    assert made.outputs["masterUsername"] == "clubapp"


# Deletions


def test_the_final_snapshot_exists_afterwards(scene: Scene):
    made = new_cluster(scene)
    last = f"{made.id}-last"
    scene.delete(changed_cluster(scene, made, skipFinalSnapshot=False, finalSnapshotIdentifier=last))

    [snapshot] = scene.aws("rds").describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=last)["DBClusterSnapshots"]

    assert (snapshot["SnapshotType"], snapshot["DBClusterIdentifier"]) == ("manual", made.id)


def test_a_final_snapshot_whose_name_is_taken_keeps_the_cluster(scene: Scene):
    made = new_cluster(scene)
    taken = snapshot_of(scene, made)
    named = changed_cluster(scene, made, skipFinalSnapshot=False, finalSnapshotIdentifier=taken)

    with pytest.raises(grpc.RpcError, match="DBClusterSnapshotAlreadyExistsFault"):
        scene.delete(named)
    assert scene.read(named)


def test_a_deletion_without_a_name_for_the_final_snapshot_is_refused(scene: Scene):
    made = new_cluster(scene)
    nameless = scene.update(made, {**made.inputs, "skipFinalSnapshot": False})

    with pytest.raises(grpc.RpcError, match="final_snapshot_identifier is required when skip_final_snapshot is false"):
        scene.delete(nameless)


def test_a_protected_cluster_is_not_deleted(scene: Scene):
    made = new_cluster(scene, deletionProtection=True)

    with pytest.raises(grpc.RpcError, match="Cannot delete protected Cluster"):
        scene.delete(made)


def test_a_cluster_with_members_is_not_deleted(scene: Scene):
    made = new_cluster(scene)
    new_member(scene, made.id)

    with pytest.raises(grpc.RpcError, match="it still contains DB instances in non-deleting state"):
        scene.delete(made)


def test_a_name_is_free_again_at_once(scene: Scene):
    first = new_cluster(scene, deleteAutomatedBackups=False)
    scene.delete(first)

    second = new_cluster(scene, clusterIdentifier=first.id)

    assert second.outputs["clusterResourceId"] != first.outputs["clusterResourceId"]


# Groups


def test_a_cluster_group_in_use_is_not_deleted(scene: Scene):
    group = scene.make(CLUSTER_PARAMETER_GROUP.type, "orders", {"family": "aurora-postgresql17"})
    new_cluster(scene, dbClusterParameterGroupName=group.id)

    with pytest.raises(grpc.RpcError, match="are still members of this parameter group"):
        scene.delete(group)


def test_a_subnet_group_of_a_cluster_is_not_deleted(scene: Scene):
    vpc = new_vpc(scene)
    name = new_subnet_group(scene, vpc)
    new_cluster(scene, dbSubnetGroupName=name)
    group = scene.import_(SUBNET_GROUP.type, "data", name)
    assert group

    with pytest.raises(grpc.RpcError, match="because at least one database cluster"):
        scene.delete(group)
