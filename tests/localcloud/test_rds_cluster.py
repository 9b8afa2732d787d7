"""Aurora clusters in the local cloud: what a life does not show. Members, refusals, upgrades."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.rds import PARAMETER_GROUP
from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_cluster_instance import CLUSTER_INSTANCE
from localcloud.wire import Props
from tests.localcloud.lives.rds import KEY, new_subnet_group
from tests.localcloud.lives.rds_cluster import (
    MEMBER,
    MINIMAL_CLUSTER,
    changed_cluster,
    cluster_described,
    member_described,
    new_cluster,
    new_cluster_group,
    new_member,
    without,
)
from tests.localcloud.lives.vpc import new_vpc
from tests.localcloud.scene import Scene

SCALING = {"minCapacity": 0.5, "maxCapacity": 4}


# Members


def test_plain_boto3_sees_a_cluster_with_two_members(scene: Scene):
    cluster = new_cluster(scene)
    writer, reader = new_member(scene, cluster.id), new_member(scene, cluster.id, "orders-2", promotionTier=1)

    members = cluster_described(scene, cluster.id)["DBClusterMembers"]

    told = [(one["DBInstanceIdentifier"], one["IsClusterWriter"], one["PromotionTier"]) for one in members]
    assert told == [(writer.id, True, 0), (reader.id, False, 1)]


def test_the_cluster_and_its_members_say_who_writes(scene: Scene):
    cluster = new_cluster(scene)
    made = [new_member(scene, cluster.id, name) for name in ("orders-1", "orders-2")]
    found = scene.read(cluster)

    assert found
    assert found.outputs["clusterMembers"] == sorted(one.id for one in made)
    assert [one.outputs["writer"] for one in made] == [True, False]


def test_members_are_spread_over_the_zones(scene: Scene):
    cluster = new_cluster(scene, dbSubnetGroupName=new_subnet_group(scene, new_vpc(scene)))
    zones = [new_member(scene, cluster.id, f"orders-{one}").outputs["availabilityZone"] for one in range(3)]

    assert zones == ["eu-central-1a", "eu-central-1b", "eu-central-1a"]


def test_a_cluster_without_members_has_its_endpoints(scene: Scene):
    outputs = new_cluster(scene).outputs

    assert (outputs["endpoint"].count(".cluster-"), outputs["readerEndpoint"].count(".cluster-ro-")) == (1, 1)
    assert outputs["clusterResourceId"].startswith("cluster-")
    assert outputs["clusterMembers"] == []


def test_a_reader_takes_over_when_the_writer_goes(scene: Scene):
    cluster = new_cluster(scene)
    writer, reader = new_member(scene, cluster.id), new_member(scene, cluster.id, "orders-2")
    scene.delete(writer)
    found = scene.read(reader)

    assert found
    assert found.outputs["writer"] is True


def test_a_failover_makes_the_reader_the_writer(scene: Scene):
    cluster = new_cluster(scene)
    made = [new_member(scene, cluster.id, name) for name in ("orders-1", "orders-2")]
    scene.aws("rds").failover_db_cluster(DBClusterIdentifier=cluster.id, TargetDBInstanceIdentifier=made[1].id)

    assert [found.outputs["writer"] for one in made if (found := scene.read(one))] == [False, True]


def test_a_serverless_member_needs_bounds(scene: Scene):
    cluster = new_cluster(scene)

    with pytest.raises(grpc.RpcError, match="Set the Serverless v2 scaling configuration on the parent DB cluster"):
        new_member(scene, cluster.id, instanceClass="db.serverless")


def test_a_serverless_member_joins_provisioned_ones(scene: Scene):
    cluster = new_cluster(scene, serverlessv2ScalingConfiguration=SCALING)
    new_member(scene, cluster.id)

    assert new_member(scene, cluster.id, "orders-2", instanceClass="db.serverless").outputs["writer"] is False


def test_a_member_follows_its_cluster(scene: Scene):
    settings: Props = {"port": 5433, "storageEncrypted": True, "kmsKeyId": KEY, "storageType": "aurora-iopt1"}
    cluster = new_cluster(scene, **settings, performanceInsightsEnabled=True)
    found = member_described(scene, new_member(scene, cluster.id).id)

    told = [found[key] for key in ("KmsKeyId", "StorageType", "EngineVersion", "PerformanceInsightsEnabled")]
    assert (found["Endpoint"]["Port"], told) == (5433, [KEY, "aurora-iopt1", "17.7", True])


MEMBERS_REFUSED = [
    ({"instanceClass": "db.t4g.micro"}, "Invalid DB Instance class: db.t4g.micro"),
    ({"engineVersion": "16"}, "does not match the engine version of your DB cluster"),
    ({"promotionTier": 16}, "Invalid promotion tier: 16"),
    ({"clusterIdentifier": "nowhere"}, "DBClusterNotFoundFault"),
    ({"dbParameterGroupName": "nowhere"}, "DBParameterGroup not found: nowhere"),
    ({"dbSubnetGroupName": "nowhere"}, "differs from the DB cluster's"),
    ({"monitoringInterval": 60}, "A MonitoringRoleARN value is required"),
]


@pytest.mark.parametrize(("more", "message"), MEMBERS_REFUSED, ids=[message for _, message in MEMBERS_REFUSED])
def test_a_member_that_aws_refuses_is_refused(scene: Scene, more: Props, message: str):
    cluster = new_cluster(scene)

    with pytest.raises(grpc.RpcError, match=message):
        scene.make(CLUSTER_INSTANCE.type, "orders-1", {**MEMBER, "clusterIdentifier": cluster.id, **more})


def test_a_member_does_not_change_to_a_class_that_there_is_not(scene: Scene):
    made = new_member(scene, new_cluster(scene).id)

    with pytest.raises(grpc.RpcError, match="Invalid DB Instance class"):
        scene.update(made, {**made.inputs, "instanceClass": "db.r8g.huge"})


CALLS_REFUSED: list[tuple[str, Callable[[Any, str], object]]] = [
    (
        "Modify the backup retention period for the DB Cluster",
        lambda aws, one: aws.modify_db_instance(DBInstanceIdentifier=one, BackupRetentionPeriod=3),
    ),
    (
        "Please use the CreateDBClusterSnapshot API instead",
        lambda aws, one: aws.create_db_snapshot(DBInstanceIdentifier=one, DBSnapshotIdentifier="x"),
    ),
    (
        "FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance",
        lambda aws, one: aws.delete_db_instance(DBInstanceIdentifier=one, FinalDBSnapshotIdentifier="x"),
    ),
]


@pytest.mark.parametrize(("message", "call"), CALLS_REFUSED, ids=[message for message, _ in CALLS_REFUSED])
def test_what_is_the_cluster_s_is_refused_to_a_member(scene: Scene, message: str, call: Callable[[Any, str], object]):
    made = new_member(scene, new_cluster(scene).id)

    with pytest.raises(ClientError, match=message):
        call(scene.aws("rds"), made.id)


# Clusters


def test_a_major_version_runs_its_newest_minor_one(scene: Scene):
    outputs = new_cluster(scene, engineVersion="16").outputs

    assert (outputs["engineVersion"], outputs["engineVersionActual"]) == ("16", "16.11")


def test_a_managed_password_is_a_secret(scene: Scene):
    inputs = without(MINIMAL_CLUSTER, "masterPassword")
    made = scene.make(CLUSTER.type, "orders", {**inputs, "manageMasterUserPassword": True})
    [secret] = made.outputs["masterUserSecrets"]

    value = scene.aws("secretsmanager").get_secret_value(SecretId=secret["secretArn"])["SecretString"]

    assert "password" in value


def test_a_write_only_password_counts_with_its_version_only(scene: Scene):
    inputs = without(MINIMAL_CLUSTER, "masterPassword")
    secret = {"masterPasswordWo": "correct-horse-battery", "masterPasswordWoVersion": 1}
    made = scene.make(CLUSTER.type, "orders", {**inputs, **secret})

    same = scene.diff(made, {**made.inputs, "masterPasswordWo": "another-horse"})
    other = scene.diff(made, {**made.inputs, "masterPasswordWo": "another-horse", "masterPasswordWoVersion": 2})

    assert (list(same.diffs), list(other.diffs)) == ([], ["masterPasswordWoVersion"])
    assert "correct-horse-battery" not in str(made.outputs)


def test_aws_says_nothing_of_the_ordinary_storage_type(scene: Scene):
    made = new_cluster(scene, storageType="aurora")
    found = scene.read(made)

    assert found
    assert ("StorageType" in cluster_described(scene, made.id), found.inputs["storageType"]) == (False, "aurora")


def test_storage_is_optimized_once_in_thirty_days(scene: Scene):
    made = changed_cluster(scene, new_cluster(scene), storageType="aurora-iopt1")
    back = changed_cluster(scene, made, storageType="aurora")

    with pytest.raises(grpc.RpcError, match="The storage type can't be changed to aurora-iopt1 before"):
        changed_cluster(scene, back, storageType="aurora-iopt1")


def test_zones_are_always_three(scene: Scene):
    made = new_cluster(scene, availabilityZones=["eu-central-1b"])

    assert cluster_described(scene, made.id)["AvailabilityZones"] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def test_bounds_that_the_program_drops_stay(scene: Scene):
    made = new_cluster(scene, serverlessv2ScalingConfiguration=SCALING)

    assert list(scene.diff(made, without(made.inputs, "serverlessv2ScalingConfiguration")).diffs) == []


CREATIONS_REFUSED = [
    ({"engineVersion": "17.99"}, "Cannot find version 17.99 for aurora-postgresql"),
    ({"engineMode": "serverless"}, "The engine mode serverless you requested is currently unavailable"),
    ({"backtrackWindow": 60}, "Backtrack is not enabled for the postgres engine"),
    ({"storageType": "gp3"}, "Invalid storage type for aurora-postgresql: gp3"),
    ({"masterUsername": "rdsadmin"}, "MasterUsername rdsadmin cannot be used as it is a reserved word"),
    ({"databaseName": "1st"}, "DatabaseName must begin with a letter"),
    ({"port": 80}, "Invalid port: 80"),
    ({"backupRetentionPeriod": 0}, "Invalid backup retention period: 0"),
    ({"enabledCloudwatchLogsExports": ["upgrade"]}, "You cannot use the log types 'upgrade'"),
    ({"monitoringInterval": 60}, "A MonitoringRoleARN value is required"),
    ({"databaseInsightsMode": "advanced"}, "To enable the Advanced mode of Database Insights"),
    ({"kmsKeyId": KEY}, "KmsKeyId can't be specified for an unencrypted DB cluster"),
    ({"dbSubnetGroupName": "nowhere"}, "DB subnet group 'nowhere' does not exist"),
    ({"dbClusterParameterGroupName": "nowhere"}, "DBClusterParameterGroup not found: nowhere"),
    ({"globalClusterIdentifier": "nowhere"}, "Global cluster nowhere not found"),
    ({"iamRoles": ["arn:aws:iam::123456789012:role/a"]}, "The FeatureName parameter must be provided"),
    ({"serverlessv2ScalingConfiguration": {"minCapacity": 0.7, "maxCapacity": 4}}, "in steps of 0.5"),
    (
        {"engineVersion": "16.1", "serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 4}},
        "isn't valid for aurora-postgresql 16.1",
    ),
    (
        {"serverlessv2ScalingConfiguration": {"minCapacity": 1, "maxCapacity": 4, "secondsUntilAutoPause": 300}},
        "it needs a minimum capacity of 0",
    ),
]


@pytest.mark.parametrize(("more", "message"), CREATIONS_REFUSED, ids=[message for _, message in CREATIONS_REFUSED])
def test_a_creation_that_aws_refuses_is_refused(scene: Scene, more: Props, message: str):
    with pytest.raises(grpc.RpcError, match=message):
        new_cluster(scene, **more)


def test_a_new_cluster_needs_a_password(scene: Scene):
    with pytest.raises(grpc.RpcError, match="The parameter MasterUserPassword must be provided"):
        scene.make(CLUSTER.type, "orders", without(MINIMAL_CLUSTER, "masterPassword"))


def test_a_name_that_is_taken_is_refused(scene: Scene):
    name = new_cluster(scene).id

    with pytest.raises(grpc.RpcError, match="DB Cluster already exists"):
        new_cluster(scene, clusterIdentifier=name)


CHANGES_REFUSED = [
    ({"engineVersion": "17"}, "The AllowMajorVersionUpgrade flag must be present"),
    ({"engineVersion": "16.8"}, "Cannot upgrade aurora-postgresql from 16.9 to 16.8"),
    ({"replicationSourceIdentifier": "arn:x"}, "promoting to standalone is not supported"),
    ({"globalClusterIdentifier": "world"}, "existing RDS Clusters cannot be added to an existing RDS Global Cluster"),
    ({"backtrackWindow": 60}, "Backtrack is not enabled"),
    ({"backupRetentionPeriod": 0}, "Invalid backup retention period: 0"),
    ({"databaseInsightsMode": "advanced"}, "To enable the Advanced mode of Database Insights"),
]


@pytest.mark.parametrize(("news", "message"), CHANGES_REFUSED, ids=[message for _, message in CHANGES_REFUSED])
def test_a_change_that_aws_refuses_is_refused(scene: Scene, news: Props, message: str):
    made = new_cluster(scene, engineVersion="16.9")

    with pytest.raises(grpc.RpcError, match=message):
        scene.update(made, {**made.inputs, **news})


def test_a_refused_change_changes_nothing(scene: Scene):
    made = new_cluster(scene)

    with pytest.raises(grpc.RpcError, match="Invalid port: 80"):
        scene.update(made, {**made.inputs, "port": 80, "copyTagsToSnapshot": True})
    assert cluster_described(scene, made.id)["CopyTagsToSnapshot"] is False


# Upgrades


def test_members_follow_a_minor_upgrade(scene: Scene):
    cluster = new_cluster(scene, engineVersion="16.9")
    member = new_member(scene, cluster.id)
    changed_cluster(scene, cluster, engineVersion="16.11")

    assert member_described(scene, member.id)["EngineVersion"] == "16.11"


def test_a_major_upgrade_needs_a_group_of_the_new_family(scene: Scene):
    cluster = new_cluster(
        scene, engineVersion="16", dbClusterParameterGroupName=new_cluster_group(scene, "aurora-postgresql16")
    )

    with pytest.raises(grpc.RpcError, match="with DBParameterGroupFamily aurora-postgresql16 can't be used"):
        changed_cluster(scene, cluster, engineVersion="17", allowMajorVersionUpgrade=True)


def test_a_major_upgrade_names_a_group_for_members_that_have_their_own(scene: Scene):
    cluster = new_cluster(scene, engineVersion="16")
    group = scene.make(PARAMETER_GROUP.type, "orders", {"family": "aurora-postgresql16"}).id
    new_member(scene, cluster.id, dbParameterGroupName=group)

    with pytest.raises(grpc.RpcError, match="You must explicitly specify a new DB instance parameter group"):
        changed_cluster(scene, cluster, engineVersion="17", allowMajorVersionUpgrade=True)


def test_a_major_upgrade_gives_the_members_their_new_group(scene: Scene):
    cluster = new_cluster(scene, engineVersion="16")
    groups = [
        scene.make(PARAMETER_GROUP.type, "orders", {"family": f"aurora-postgresql{major}"}).id for major in (16, 17)
    ]
    member = new_member(scene, cluster.id, dbParameterGroupName=groups[0])

    upgrade: Props = {"allowMajorVersionUpgrade": True, "dbInstanceParameterGroupName": groups[1]}
    after = changed_cluster(scene, cluster, engineVersion="17", **upgrade)

    found = member_described(scene, member.id)["DBParameterGroups"][0]["DBParameterGroupName"]
    assert (after.outputs["engineVersionActual"], found) == ("17.7", groups[1])
