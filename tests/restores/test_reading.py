"""What the services answer becomes a window: asked of the local cloud, as of AWS."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from localcloud.resources.rds_instance import INSTANCE
from restores.reading import atlas_window, group_window, serverless_window, source_of, window_of
from restores.window import Kind, Source, point
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.scene import Scene
from upgrades.atlas import project_and_name

NIGHT = datetime(2026, 11, 26, 3, tzinfo=UTC)


def source(kind: Kind, id_: str, store: str = "main") -> Source:
    return Source(store=store, kind=kind, id=id_, arn="", family=f"{id_}(-[0-9]+)?")


def database(scene: Scene, name: str, days: int) -> Source:
    made = scene.make(INSTANCE.type, name, {**MINIMAL, "backupRetentionPeriod": days})
    return source(Kind.INSTANCE, str(made.outputs["identifier"]))


def table(scene: Scene, name: str) -> Source:
    scene.aws("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return source(Kind.TABLE, name)


def test_an_instance_with_backups_can_be_restored_to_the_latest_time(scene: Scene):
    window = window_of(scene.aws, database(scene, "orders", 7))

    assert window.earliest is not None
    assert window.latest is not None
    assert window.latest <= datetime.now(UTC)


def test_an_instance_without_backups_has_no_span(scene: Scene):
    window = window_of(scene.aws, database(scene, "orders", 0))

    assert (window.earliest, window.latest) == (None, None)


def test_snapshots_of_another_instance_are_anothers(scene: Scene):
    mine, theirs = database(scene, "orders", 7), database(scene, "bills", 7)
    for number, one in enumerate((mine, theirs)):
        scene.aws("rds").create_db_snapshot(DBInstanceIdentifier=one.id, DBSnapshotIdentifier=f"{mine.id}-s{number}")

    window = window_of(scene.aws, mine)

    assert f"{mine.id}-s0" in [one.name for one in window.snapshots]
    assert f"{mine.id}-s1" in [one.name for one in window.others]


def test_a_table_can_be_restored_to_a_time_once_its_recovery_is_on(scene: Scene):
    mine = table(scene, f"{scene.stack}-plain")
    before = window_of(scene.aws, mine)
    scene.aws("dynamodb").update_continuous_backups(
        TableName=mine.id, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )

    after = window_of(scene.aws, mine)

    assert (before.earliest, before.latest) == (None, None)
    assert after.earliest is not None
    assert after.latest is not None


def test_a_backup_of_a_table_is_a_snapshot_of_it(scene: Scene):
    mine = table(scene, f"{scene.stack}-backed-up")
    made = scene.aws("dynamodb").create_backup(TableName=mine.id, BackupName="before-friday")["BackupDetails"]

    found = point(window_of(scene.aws, mine), "before-friday").snapshot

    assert found is not None
    assert (found.id, found.source) == (made["BackupArn"], mine.id)


@pytest.mark.parametrize(
    ("second", "taken"), [(NIGHT + timedelta(minutes=5), NIGHT + timedelta(minutes=5)), (None, None)]
)
def test_a_snapshot_of_a_group_is_as_old_as_its_last_shard(second: datetime | None, taken: datetime | None):
    nodes = [{"SnapshotCreateTime": NIGHT}, {"SnapshotCreateTime": second} if second else {}]
    answer = {
        "SnapshotName": "nightly",
        "ReplicationGroupId": "cache",
        "SnapshotStatus": "available",
        "NodeSnapshots": nodes,
    }

    (found,) = group_window(source(Kind.GROUP, "cache"), [answer]).snapshots

    assert (found.taken, found.ready) == (taken, taken is not None)


def test_a_snapshot_of_a_serverless_cache_goes_by_its_arn():
    answer = {
        "ServerlessCacheSnapshotName": "nightly",
        "ARN": "arn:aws:elasticache:eu-central-1:123456789012:serverlesscachesnapshot:nightly",
        "Status": "available",
        "CreateTime": NIGHT,
        "ServerlessCacheConfiguration": {"ServerlessCacheName": "cache"},
    }

    window = serverless_window(source(Kind.SERVERLESS, "cache"), [answer])

    assert [one.id for one in window.snapshots] == [answer["ARN"]]


def state(type_: str, name: str, id_: str, **outputs: str) -> dict[str, object]:
    return {"type": type_, "urn": f"urn:pulumi:clubapp-dev::datastores::{type_}::{name}", "id": id_, "outputs": outputs}


def test_the_source_is_what_holds_the_stores_data_and_no_replica_of_it():
    resources = [
        state("aws:rds/instance:Instance", "main-replica-api", "db-2", identifier="clubapp-dev-main-api-0a1b2c3d"),
        state("aws:rds/instance:Instance", "main-primary", "db-1", identifier="clubapp-dev-main-0a1b2c3d"),
    ]

    found = source_of(resources, "main", prefix="clubapp-dev")

    assert found is not None
    assert (found.kind, found.id) == (Kind.INSTANCE, "clubapp-dev-main-0a1b2c3d")


def test_a_cluster_of_atlas_is_known_by_its_project_and_name_whatever_the_providers_id_is():
    id_, outputs = "Y2x1c3Rlcl9pZA==:NjQ=", {"projectId": "0" * 24, "name": "devora-dev-documents"}
    type_ = "mongodbatlas:index/advancedCluster:AdvancedCluster"
    cluster = {**state(type_, "documents-cluster", id_), "outputs": outputs}

    found = source_of([cluster], "documents", prefix="devora-dev")

    assert found is not None
    assert project_and_name(found.id) == ("0" * 24, "devora-dev-documents")


NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TAKEN = (
    {"id": "2026-11-25", "createdAt": "2026-11-25T02:00:00Z", "status": "failed"},
    {"id": "2026-11-26", "createdAt": "2026-11-26T02:00:00Z", "status": "completed"},
    {"id": "2026-11-27", "createdAt": "2026-11-27T02:00:00Z", "status": "completed"},
)


@pytest.mark.parametrize(
    ("continuous", "taken", "span"),
    [
        (True, TAKEN, (datetime(2026, 11, 26, 2, tzinfo=UTC), NOW - timedelta(minutes=2))),
        (True, (), (None, None)),
        (False, TAKEN, (None, None)),
    ],
)
def test_a_cluster_of_atlas_can_be_restored_from_its_oldest_snapshot_on_where_it_keeps_a_log(
    taken: Sequence[dict[str, str]], span: tuple[datetime | None, datetime | None], *, continuous: bool
):
    source = Source(store="documents", kind=Kind.ATLAS, id="p-c", arn="", family="c")

    found = atlas_window(source, {"pitEnabled": continuous}, taken, [], NOW)

    assert (found.earliest, found.latest) == span


def test_a_store_that_is_not_deployed_has_no_source():
    assert (
        source_of([state("aws:dynamodb/table:Table", "presence-table", "t", arn="a")], "venues", prefix="clubapp-dev")
        is None
    )


def test_a_snapshot_that_a_group_left_behind_can_be_restored(scene: Scene):
    cache = scene.aws("elasticache")
    name = f"{scene.stack}-cache-0a1b2c3d"
    cache.create_replication_group(
        ReplicationGroupId=name, ReplicationGroupDescription="-", Engine="valkey", CacheNodeType="cache.t4g.micro"
    )
    cache.delete_replication_group(ReplicationGroupId=name, FinalSnapshotIdentifier=f"{name}-final")

    (found,) = window_of(scene.aws, source(Kind.GROUP, name, "cache")).snapshots

    assert (found.name, found.ready) == (f"{name}-final", True)


def test_a_snapshot_of_a_serverless_cache_can_be_restored(scene: Scene):
    cache = scene.aws("elasticache")
    name = f"{scene.stack}-serverless"
    cache.create_serverless_cache(ServerlessCacheName=name, Engine="valkey")
    cache.create_serverless_cache_snapshot(ServerlessCacheSnapshotName=f"{name}-1", ServerlessCacheName=name)

    found = point(window_of(scene.aws, source(Kind.SERVERLESS, name, "cache")), "latest").snapshot

    assert found is not None
    again = cache.create_serverless_cache(
        ServerlessCacheName=f"{name}-2", Engine="valkey", SnapshotArnsToRestore=[found.id]
    )
    assert again["ServerlessCache"]["ServerlessCacheName"] == f"{name}-2"


def test_an_instance_that_was_restored_is_no_replica_of_the_old_one(scene: Scene):
    mine, rds = database(scene, "orders", 7), scene.aws("rds")

    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier=mine.id, TargetDBInstanceIdentifier=f"{mine.id}-2", UseLatestRestorableTime=True
    )

    old, new = (
        rds.describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0] for id_ in (mine.id, f"{mine.id}-2")
    )
    assert "ReadReplicaSourceDBInstanceIdentifier" not in new
    assert old["ReadReplicaDBInstanceIdentifiers"] == new["ReadReplicaDBInstanceIdentifiers"] == []
    assert old["DbiResourceId"] != new["DbiResourceId"]
