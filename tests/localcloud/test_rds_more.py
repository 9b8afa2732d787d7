"""RDS beside its databases: global clusters over regions, backups elsewhere, events, snapshots, stopped instances."""

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import client
from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_cluster_instance import CLUSTER_INSTANCE
from localcloud.resources.rds_events import EVENT_SUBSCRIPTION, INSTANCE_STATE
from localcloud.resources.rds_global import BACKUPS_REPLICATION, GLOBAL_CLUSTER
from localcloud.resources.rds_instance import INSTANCE
from localcloud.resources.rds_snapshot import CLUSTER_SNAPSHOT, SNAPSHOT
from localcloud.wire import Props
from tests.localcloud.lives.rds import KEY, MINIMAL
from tests.localcloud.lives.rds_cluster import ENGINE, MEMBER, changed_cluster, new_cluster, new_member, without
from tests.localcloud.lives.rds_more import ABROAD, backed_up, new_name, new_topic
from tests.localcloud.scene import Made, Scene

KEY_ABROAD = KEY.replace("eu-central-1", ABROAD)


def world_of(scene: Scene, primary: Made, **more: object) -> Made:
    inputs = {"sourceDbClusterIdentifier": primary.outputs["arn"], "forceDestroy": True, **more}
    return scene.make(GLOBAL_CLUSTER.type, "world", {"globalClusterIdentifier": new_name("world"), **inputs})


def secondary(scene: Scene, world: str, **more: object) -> Made:
    inputs = {"engine": ENGINE, "globalClusterIdentifier": world, "region": ABROAD, "skipFinalSnapshot": True}
    return scene.make(CLUSTER.type, "orders-abroad", {**inputs, **more})


def members(scene: Scene, world: Made) -> list[tuple[str, bool]]:
    found = scene.read(world)
    assert found
    return [(one["dbClusterArn"], one["isWriter"]) for one in found.outputs["globalClusterMembers"]]


# Global clusters


def test_a_global_cluster_has_members_in_two_regions(scene: Scene):
    primary = new_cluster(scene)
    world = world_of(scene, primary)
    other = secondary(scene, world.id)

    assert members(scene, world) == [(primary.outputs["arn"], True), (other.outputs["arn"], False)]


def test_plain_boto3_sees_a_global_cluster_in_every_region(scene: Scene):
    world = world_of(scene, new_cluster(scene))
    abroad = client(scene.endpoint, "rds", ABROAD)

    found = abroad.describe_global_clusters(GlobalClusterIdentifier=world.id)["GlobalClusters"]

    assert [one["Engine"] for one in found] == [ENGINE]


def test_a_secondary_cluster_reads_back_as_the_program_says_it(scene: Scene):
    world = world_of(scene, new_cluster(scene, databaseName="clubapp"))
    made = secondary(scene, world.id)
    found = scene.read(made)

    assert found
    assert (found.inputs, found.outputs["masterUsername"]) == (made.inputs, "clubapp")


def test_nobody_writes_in_a_secondary_cluster(scene: Scene):
    world = world_of(scene, new_cluster(scene))
    inputs = {**MEMBER, "clusterIdentifier": secondary(scene, world.id).id, "region": ABROAD}

    assert scene.make(CLUSTER_INSTANCE.type, "orders-abroad-1", inputs).outputs["writer"] is False


def test_a_global_cluster_takes_its_first_cluster_as_the_writer(scene: Scene):
    inputs = {"globalClusterIdentifier": new_name("world"), "engine": ENGINE, "engineVersion": "16"}
    world = scene.make(GLOBAL_CLUSTER.type, "world", inputs)
    primary = new_cluster(scene, engineVersion="16", globalClusterIdentifier=world.id)

    assert members(scene, world) == [(primary.outputs["arn"], True)]


def test_a_switchover_makes_the_secondary_the_writer(scene: Scene):
    world = world_of(scene, new_cluster(scene))
    other = secondary(scene, world.id)
    arn = other.outputs["arn"]
    scene.aws("rds").switchover_global_cluster(GlobalClusterIdentifier=world.id, TargetDbClusterIdentifier=arn)

    assert dict(members(scene, world))[arn] is True


SECONDARIES_REFUSED: list[tuple[Props, Props, str]] = [
    ({}, {"masterUsername": "clubapp"}, "Cannot specify user name for cross region replication cluster"),
    ({}, {"databaseName": "other"}, "Cannot specify database name for cross region replication cluster"),
    ({}, {"manageMasterUserPassword": True}, "ManageMasterUserPassword isn't supported for DB clusters in a global"),
    ({}, {"engineVersion": "16"}, "doesn't match the global cluster's, 17.7"),
    ({}, {"region": "eu-central-1"}, "already has a DB cluster in eu-central-1"),
    ({"storageEncrypted": True}, {}, "For encrypted cross-region replica, kmsKeyId should be explicitly specified"),
]


@pytest.mark.parametrize(
    ("first", "more", "message"), SECONDARIES_REFUSED, ids=[one for _, _, one in SECONDARIES_REFUSED]
)
def test_a_secondary_cluster_that_aws_refuses_is_refused(scene: Scene, first: Props, more: Props, message: str):
    world = world_of(scene, new_cluster(scene, **first))

    with pytest.raises(grpc.RpcError, match=message):
        secondary(scene, world.id, **more)


def test_an_encrypted_secondary_cluster_has_a_key_of_its_region(scene: Scene):
    world = world_of(scene, new_cluster(scene, storageEncrypted=True))

    outputs = secondary(scene, world.id, storageEncrypted=True, kmsKeyId=KEY_ABROAD).outputs

    assert (outputs["storageEncrypted"], outputs["kmsKeyId"]) == (True, KEY_ABROAD)


def test_small_instances_are_refused_in_a_global_cluster(scene: Scene):
    primary = new_cluster(scene)
    world_of(scene, primary)

    with pytest.raises(grpc.RpcError, match=r"db.t4g.medium isn't supported for DB clusters in a global database"):
        new_member(scene, primary.id, instanceClass="db.t4g.medium")


def test_a_cluster_with_a_managed_password_does_not_become_global(scene: Scene):
    inputs: Props = {"engine": ENGINE, "masterUsername": "clubapp", "skipFinalSnapshot": True}
    primary = scene.make(CLUSTER.type, "orders", {**inputs, "manageMasterUserPassword": True})

    with pytest.raises(grpc.RpcError, match="ManageMasterUserPassword isn't supported"):
        world_of(scene, primary)


def test_a_global_cluster_with_members_is_not_deleted(scene: Scene):
    world = world_of(scene, new_cluster(scene), forceDestroy=False)

    with pytest.raises(grpc.RpcError, match="is not empty"):
        scene.delete(world)


def test_a_forced_deletion_leaves_the_clusters_alone(scene: Scene):
    primary = new_cluster(scene)
    world = world_of(scene, primary)
    other = secondary(scene, world.id)
    scene.delete(world)
    found = [scene.read(primary), scene.read(other)]

    assert [one and one.outputs["globalClusterIdentifier"] for one in found] == ["", ""]


def test_a_member_leaves_when_the_program_drops_the_global_cluster(scene: Scene):
    primary = new_cluster(scene)
    world = world_of(scene, primary)
    other = secondary(scene, world.id)
    scene.update(other, without(other.inputs, "globalClusterIdentifier"))

    assert members(scene, world) == [(primary.outputs["arn"], True)]


def test_the_primary_stays_while_there_are_secondaries(scene: Scene):
    primary = new_cluster(scene)
    world = world_of(scene, primary)
    secondary(scene, world.id)
    call = {"GlobalClusterIdentifier": world.id, "DbClusterIdentifier": primary.outputs["arn"]}

    with pytest.raises(ClientError, match="The primary DB cluster can't be removed"):
        scene.aws("rds").remove_from_global_cluster(**call)


def test_a_member_is_not_deleted_by_boto3(scene: Scene):
    primary = new_cluster(scene)
    world_of(scene, primary)

    with pytest.raises(ClientError, match="This cluster is a part of a global cluster"):
        scene.aws("rds").delete_db_cluster(DBClusterIdentifier=primary.id, SkipFinalSnapshot=True)


@pytest.mark.parametrize(("before", "after"), [("16", "17"), ("16.9", "16.11")], ids=["major", "minor"])
def test_an_upgrade_of_a_global_cluster_upgrades_its_members(scene: Scene, before: str, after: str):
    primary = new_cluster(scene, engineVersion=before)
    world = world_of(scene, primary)
    other = secondary(scene, world.id)

    upgraded = scene.update(world, {**world.inputs, "engineVersion": after})

    found = [scene.read(primary), scene.read(other)]
    versions = {upgraded.outputs["engineVersionActual"], *(one.outputs["engineVersionActual"] for one in found if one)}
    assert versions == {{"17": "17.7", "16.11": "16.11"}[after]}


def test_a_major_upgrade_of_a_member_alone_is_refused(scene: Scene):
    primary = new_cluster(scene, engineVersion="16")
    world_of(scene, primary)

    with pytest.raises(grpc.RpcError, match="by modifying the global cluster"):
        changed_cluster(scene, primary, engineVersion="17", allowMajorVersionUpgrade=True)


def test_the_source_may_be_dropped_later(scene: Scene):
    world = world_of(scene, new_cluster(scene))

    assert list(scene.diff(world, without(world.inputs, "sourceDbClusterIdentifier")).diffs) == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"engine": ENGINE, "sourceDbClusterIdentifier": "arn:a", "forceDestroy": True}, "conflicts with engine"),
        ({"sourceDbClusterIdentifier": "arn:a"}, "all of `forceDestroy,sourceDbClusterIdentifier` must be specified"),
        ({"engine": "mysql"}, "engine must be one of aurora, aurora-mysql, aurora-postgresql"),
        ({"globalClusterIdentifier": "World"}, "globalClusterIdentifier must be 1 to 63 lowercase letters"),
    ],
    ids=["engine", "force", "unknown", "name"],
)
def test_a_global_cluster_that_the_provider_refuses_is_refused(scene: Scene, more: Props, message: str):
    _, failures = scene.check(GLOBAL_CLUSTER.type, "world", {"globalClusterIdentifier": "world", **more})

    assert [failure for failure in failures if message in failure]


# Backups in another region


def replication(scene: Scene, source: Made, **more: object) -> Made:
    inputs = {"region": ABROAD, "sourceDbInstanceArn": source.outputs["arn"], **more}
    return scene.make(BACKUPS_REPLICATION.type, "orders", inputs)


def test_an_instance_knows_where_its_backups_go(scene: Scene):
    source = backed_up(scene)
    made = replication(scene, source)
    aws = scene.aws("rds")

    [found] = aws.describe_db_instances(DBInstanceIdentifier=source.outputs["identifier"])["DBInstances"]

    told = [one["DBInstanceAutomatedBackupsArn"] for one in found["DBInstanceAutomatedBackupsReplications"]]
    assert told == [made.id]


def test_a_replication_of_a_deleted_instance_is_gone_for_pulumi_and_kept_by_aws(scene: Scene):
    source = backed_up(scene)
    made = replication(scene, source)
    scene.delete(source)
    abroad = client(scene.endpoint, "rds", ABROAD)

    [kept] = abroad.describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=made.id)[
        "DBInstanceAutomatedBackups"
    ]

    assert (kept["Status"], scene.read(made)) == ("retained", None)


def test_an_instance_is_restored_abroad_after_its_end(scene: Scene):
    source = backed_up(scene, dbName="clubapp")
    made = replication(scene, source)
    scene.delete(source)
    point = {"sourceDbInstanceAutomatedBackupsArn": made.id, "useLatestRestorableTime": True}
    inputs: Props = {"instanceClass": "db.m7g.large", "region": ABROAD, "skipFinalSnapshot": True}

    restored = scene.make(INSTANCE.type, "rescued", {**inputs, "restoreToPointInTime": point})

    assert restored.outputs["arn"].split(":")[3] == ABROAD
    assert restored.outputs["username"] == "clubapp"


REPLICATIONS_REFUSED: list[tuple[Props, Props, str]] = [
    ({"backupRetentionPeriod": 0}, {}, "Automated backups are not enabled"),
    ({"storageEncrypted": True}, {}, "A KMS key of this Region must be specified"),
    ({}, {"retentionPeriod": 36}, "Invalid backup retention period: 36"),
    ({}, {"region": "eu-central-1"}, "to another Region than that of the DB instance"),
]


@pytest.mark.parametrize(
    ("first", "more", "message"), REPLICATIONS_REFUSED, ids=[one for _, _, one in REPLICATIONS_REFUSED]
)
def test_a_replication_that_aws_refuses_is_refused(scene: Scene, first: Props, more: Props, message: str):
    source = backed_up(scene, **first)

    with pytest.raises(grpc.RpcError, match=message):
        replication(scene, source, **more)


# Events


def subscription(scene: Scene, **more: object) -> Made:
    return scene.make(EVENT_SUBSCRIPTION.type, "alerts", {"snsTopic": new_topic(scene), **more})


SUBSCRIPTIONS_REFUSED: list[tuple[Props, str]] = [
    ({"snsTopic": "arn:aws:sns:eu-central-1:123456789012:nowhere"}, "SNSTopicArnNotFound"),
    ({"sourceIds": ["orders"]}, "SourceType must be specified if SourceIds are"),
    ({"sourceIds": ["nowhere"], "sourceType": "db-cluster"}, "Could not find source: nowhere"),
    ({"eventCategories": ["banana"], "sourceType": "db-instance"}, "The event category banana does not exist"),
]


@pytest.mark.parametrize(("more", "message"), SUBSCRIPTIONS_REFUSED, ids=[one for _, one in SUBSCRIPTIONS_REFUSED])
def test_a_subscription_that_aws_refuses_is_refused(scene: Scene, more: Props, message: str):
    with pytest.raises(grpc.RpcError, match=message):
        subscription(scene, **more)


def test_a_source_type_that_there_is_not_is_refused(scene: Scene):
    _, failures = scene.check(EVENT_SUBSCRIPTION.type, "alerts", {"snsTopic": "arn:a", "sourceType": "table"})

    assert [failure for failure in failures if "sourceType must be one of" in failure]


# Stopped instances


def stopped(scene: Scene, identifier: str) -> Made:
    return scene.make(INSTANCE_STATE.type, "orders", {"identifier": identifier, "state": "stopped"})


def test_a_stopped_instance_is_not_changed(scene: Scene):
    made = backed_up(scene)
    stopped(scene, made.outputs["identifier"])

    with pytest.raises(grpc.RpcError, match="Database instance is not in available state"):
        scene.update(made, {**made.inputs, "instanceClass": "db.m7g.large"})


def test_an_instance_with_a_replica_is_not_stopped(scene: Scene):
    name = backed_up(scene).outputs["identifier"]
    inputs = {"replicateSourceDb": name, "instanceClass": "db.t4g.small", "skipFinalSnapshot": True}
    scene.make(INSTANCE.type, "orders-replica", inputs)

    with pytest.raises(grpc.RpcError, match="Cannot stop a DB instance that has a read replica"):
        stopped(scene, name)


def test_a_member_of_a_cluster_is_not_stopped(scene: Scene):
    with pytest.raises(grpc.RpcError, match="is a member of a DB cluster: stop the cluster"):
        stopped(scene, new_member(scene, new_cluster(scene).id).id)


def test_a_state_that_there_is_not_is_refused(scene: Scene):
    _, failures = scene.check(INSTANCE_STATE.type, "orders", {"identifier": "orders", "state": "paused"})

    assert [failure for failure in failures if "state must be one of available, stopped, got 'paused'" in failure]


# Snapshots


def test_a_snapshot_tells_what_its_instance_was(scene: Scene):
    source = backed_up(scene, allocatedStorage=30)
    inputs = {"dbInstanceIdentifier": source.outputs["identifier"], "dbSnapshotIdentifier": new_name("before")}

    outputs = scene.make(SNAPSHOT.type, "before", inputs).outputs

    keys = ("allocatedStorage", "storageType", "engineVersion", "licenseModel", "snapshotType", "status")
    assert [outputs[key] for key in keys] == [30, "gp3", "17.7", "postgresql-license", "manual", "available"]


def test_a_snapshot_of_a_name_that_is_taken_is_refused(scene: Scene):
    inputs = {"dbClusterIdentifier": new_cluster(scene).id, "dbClusterSnapshotIdentifier": new_name("before")}
    scene.make(CLUSTER_SNAPSHOT.type, "before", inputs)

    with pytest.raises(grpc.RpcError, match="DBClusterSnapshotAlreadyExistsFault"):
        scene.make(CLUSTER_SNAPSHOT.type, "before", inputs)


def test_a_snapshot_outlives_its_cluster(scene: Scene):
    cluster = new_cluster(scene)
    inputs = {"dbClusterIdentifier": cluster.id, "dbClusterSnapshotIdentifier": new_name("before")}
    made = scene.make(CLUSTER_SNAPSHOT.type, "before", inputs)
    scene.delete(cluster)

    assert scene.read(made)


def test_a_snapshot_with_a_name_that_aws_has_not_is_refused(scene: Scene):
    inputs = {"dbClusterIdentifier": "orders", "dbClusterSnapshotIdentifier": "before-"}
    _, failures = scene.check(CLUSTER_SNAPSHOT.type, "before", inputs)

    assert [failure for failure in failures if "dbClusterSnapshotIdentifier must be 1 to 63" in failure]


def test_more_databases_than_fit_a_page_are_told_page_by_page(scene: Scene):
    made = {scene.make(INSTANCE.type, f"one-{number}", MINIMAL).outputs["identifier"] for number in range(21)}

    pages = scene.aws("rds").get_paginator("describe_db_instances").paginate(PaginationConfig={"PageSize": 20})
    told = [[one["DBInstanceIdentifier"] for one in page["DBInstances"]] for page in pages]

    assert [len(page) for page in told[:-1]] == [20] * (len(told) - 1)
    assert made <= {name for page in told for name in page}
    assert len(told) > 1
