"""RDS in the local cloud: what a life does not show. Replicas, upgrades, deletions, groups in use."""

import grpc
import pytest

from localcloud.resources.rds import PARAMETER_GROUP, SUBNET_GROUP
from localcloud.resources.rds_instance import INSTANCE
from localcloud.wire import Props
from tests.localcloud.lives.rds import MINIMAL, instance_inputs, new_parameter_group
from tests.localcloud.lives.vpc import new_subnet, new_vpc
from tests.localcloud.scene import Made, Scene

BACKED_UP: Props = {**MINIMAL, "backupRetentionPeriod": 7}


def instance(scene: Scene, name: str = "orders", **more: object) -> Made:
    return scene.make(INSTANCE.type, name, {**BACKED_UP, **more})


def replica(scene: Scene, source: str, name: str = "orders-replica", **more: object) -> Made:
    inputs = {"replicateSourceDb": source, "instanceClass": "db.t4g.small", "skipFinalSnapshot": True, **more}
    return scene.make(INSTANCE.type, name, inputs)


def change(scene: Scene, made: Made, **more: object) -> Made:
    news, failures = scene.check(INSTANCE.type, "orders", {**made.inputs, **more}, made.inputs)
    assert failures == []
    return scene.update(made, news)


def described(scene: Scene, made: Made) -> Props:
    found = scene.aws("rds").describe_db_instances(DBInstanceIdentifier=made.outputs["identifier"])
    return found["DBInstances"][0]


# Instances


def test_instances_differ_in_their_resource_id(scene: Scene):
    assert instance(scene).outputs["resourceId"] != instance(scene).outputs["resourceId"]


def test_boto3_sees_performance_insights(scene: Scene):
    made = scene.make(INSTANCE.type, "orders", instance_inputs(scene))

    found = described(scene, made)

    keys = ("PerformanceInsightsEnabled", "PerformanceInsightsRetentionPeriod", "NetworkType", "DatabaseInsightsMode")
    assert [found[key] for key in keys] == [True, 7, "IPV4", "standard"]


def test_a_major_version_runs_its_newest_minor_one(scene: Scene):
    outputs = instance(scene).outputs

    assert (outputs["engineVersion"], outputs["engineVersionActual"]) == ("17", "17.7")


def test_storage_that_rds_enlarged_within_the_bound_is_no_drift(scene: Scene):
    made = instance(scene, maxAllocatedStorage=100)
    scene.aws("rds").modify_db_instance(DBInstanceIdentifier=made.outputs["identifier"], AllocatedStorage=60)
    found = scene.read(made)

    assert found
    assert (found.inputs["allocatedStorage"], found.outputs["allocatedStorage"]) == (20, 60)


def test_storage_that_somebody_enlarged_without_a_bound_is_drift(scene: Scene):
    made = instance(scene)
    scene.aws("rds").modify_db_instance(DBInstanceIdentifier=made.outputs["identifier"], AllocatedStorage=60)
    found = scene.read(made)

    assert found
    assert found.inputs["allocatedStorage"] == 60


def test_a_renamed_instance_is_the_same_one(scene: Scene):
    made = instance(scene)
    after = change(scene, made, identifier=f"{made.outputs['identifier']}-2")

    assert after.outputs["resourceId"] == made.outputs["resourceId"]
    assert after.outputs["identifier"].endswith("-2")


def test_a_managed_password_is_a_secret(scene: Scene):
    inputs = {key: value for key, value in BACKED_UP.items() if key != "password"}
    made = scene.make(INSTANCE.type, "orders", {**inputs, "manageMasterUserPassword": True})
    [secret] = made.outputs["masterUserSecrets"]

    value = scene.aws("secretsmanager").get_secret_value(SecretId=secret["secretArn"])["SecretString"]

    assert "password" in value


def test_a_write_only_password_is_in_no_output(scene: Scene):
    inputs = {key: value for key, value in BACKED_UP.items() if key != "password"}
    made = scene.make(
        INSTANCE.type, "orders", {**inputs, "passwordWo": "correct-horse-battery", "passwordWoVersion": 1}
    )

    assert made.outputs["passwordWoVersion"] == 1
    assert "correct-horse-battery" not in str(made.outputs)


def test_a_new_write_only_password_counts_with_its_version_only(scene: Scene):
    inputs = {key: value for key, value in BACKED_UP.items() if key != "password"}
    made = scene.make(
        INSTANCE.type, "orders", {**inputs, "passwordWo": "correct-horse-battery", "passwordWoVersion": 1}
    )

    same = scene.diff(made, {**made.inputs, "passwordWo": "another-horse"})
    other = scene.diff(made, {**made.inputs, "passwordWo": "another-horse", "passwordWoVersion": 2})

    assert (list(same.diffs), list(other.diffs)) == ([], ["passwordWoVersion"])


def test_what_the_program_does_not_say_is_chosen_without_overlap(scene: Scene):
    made = instance(scene, maintenanceWindow="sun:03:00-sun:04:00")

    assert made.outputs["backupWindow"] == "13:14-13:44"


# Changes that AWS refuses

REFUSED_CHANGES = [
    ({"allocatedStorage": 25}, "the allocated storage can't be reduced from 30 to 25 GiB"),
    ({"engineVersion": "18"}, "The AllowMajorVersionUpgrade flag must be present"),
    ({"engineVersion": "15"}, "Cannot upgrade postgres from 16.11 to 15.15"),
    ({"engineVersion": "16.10"}, "Cannot upgrade postgres from 16.11 to 16.10"),
    ({"replicateSourceDb": "other"}, "an existing DB instance can't be made a read replica"),
]


@pytest.mark.parametrize(("news", "message"), REFUSED_CHANGES, ids=[str(news) for news, _ in REFUSED_CHANGES])
def test_a_change_that_aws_refuses_is_refused(scene: Scene, news: Props, message: str):
    made = instance(scene, allocatedStorage=30, engineVersion="16")

    with pytest.raises(grpc.RpcError, match=message):
        scene.update(made, {**made.inputs, **news})


def test_a_major_upgrade_needs_a_parameter_group_of_the_new_family(scene: Scene):
    made = instance(scene, engineVersion="16", parameterGroupName=new_parameter_group(scene, "postgres16"))

    with pytest.raises(grpc.RpcError, match="with DBParameterGroupFamily postgres16 can't be used for this instance"):
        change(scene, made, engineVersion="17", allowMajorVersionUpgrade=True)


def test_a_major_upgrade_with_its_parameter_group_goes_through(scene: Scene):
    made = instance(scene, engineVersion="16", parameterGroupName=new_parameter_group(scene, "postgres16"))
    group = new_parameter_group(scene, "postgres17")

    after = change(scene, made, engineVersion="17", allowMajorVersionUpgrade=True, parameterGroupName=group)

    assert (after.outputs["engineVersionActual"], after.outputs["parameterGroupName"]) == ("17.7", group)


def test_a_new_instance_needs_a_parameter_group_of_its_family(scene: Scene):
    with pytest.raises(grpc.RpcError, match="Please use a Parameter Group with DBParameterGroupFamily postgres17"):
        instance(scene, parameterGroupName=new_parameter_group(scene, "postgres16"))


def test_a_new_instance_needs_a_password(scene: Scene):
    inputs = {key: value for key, value in MINIMAL.items() if key != "password"}

    with pytest.raises(grpc.RpcError, match="required for a new DB instance: password"):
        scene.make(INSTANCE.type, "orders", inputs)


def test_storage_autoscaling_ends_when_the_program_drops_its_bound(scene: Scene):
    made = instance(scene, maxAllocatedStorage=100)
    news = {key: value for key, value in made.inputs.items() if key != "maxAllocatedStorage"}

    scene.update(made, news)

    assert "MaxAllocatedStorage" not in described(scene, made)


# Replicas


def test_a_replica_takes_no_protection_or_backups_over(scene: Scene):
    primary = instance(scene, deletionProtection=True, multiAz=True, enabledCloudwatchLogsExports=["postgresql"])

    outputs = replica(scene, primary.outputs["identifier"]).outputs

    keys = ("deletionProtection", "backupRetentionPeriod", "multiAz", "enabledCloudwatchLogsExports")
    assert [outputs[key] for key in keys] == [False, 0, False, []]


def test_a_replica_is_an_instance_of_its_own(scene: Scene):
    primary = instance(scene, tags={"role": "primary"})
    made = replica(scene, primary.outputs["identifier"], tags={"role": "replica"})

    assert made.outputs["resourceId"] != primary.outputs["resourceId"]
    assert made.outputs["address"] != primary.outputs["address"]
    assert (described(scene, primary)["TagList"], described(scene, made)["TagList"]) == (
        [{"Key": "role", "Value": "primary"}],
        [{"Key": "role", "Value": "replica"}],
    )


def test_a_primary_knows_its_replicas(scene: Scene):
    primary = instance(scene)
    made = replica(scene, primary.outputs["identifier"])
    found = scene.read(primary)

    assert found
    assert found.outputs["replicas"] == [made.outputs["identifier"]]


@pytest.mark.parametrize("key", ["identifier", "arn"])
def test_a_replica_reads_back_as_the_program_says_it(scene: Scene, key: str):
    primary = instance(scene)
    made = replica(scene, primary.outputs[key], backupRetentionPeriod=1, deletionProtection=True)
    found = scene.read(made)

    assert found
    assert (found.inputs, found.outputs) == (made.inputs, made.outputs)


def test_a_replica_without_a_source_in_the_program_is_promoted(scene: Scene):
    primary = instance(scene)
    made = replica(scene, primary.outputs["identifier"])
    news = {key: value for key, value in made.inputs.items() if key != "replicateSourceDb"}

    after = scene.update(made, {**news, "backupRetentionPeriod": 7})

    assert (after.outputs["replicateSourceDb"], after.outputs["backupRetentionPeriod"]) == ("", 7)
    assert described(scene, primary).get("ReadReplicaDBInstanceIdentifiers", []) == []


def test_a_replica_of_a_source_without_backups_is_refused(scene: Scene):
    primary = instance(scene, backupRetentionPeriod=0)

    with pytest.raises(grpc.RpcError, match="Automated backups are not enabled for this database instance"):
        replica(scene, primary.outputs["identifier"])


def test_a_replica_of_a_source_with_a_managed_password_is_refused(scene: Scene):
    inputs = {key: value for key, value in BACKED_UP.items() if key != "password"}
    primary = scene.make(INSTANCE.type, "orders", {**inputs, "manageMasterUserPassword": True})

    with pytest.raises(grpc.RpcError, match="whose master password is managed in Secrets Manager"):
        replica(scene, primary.outputs["identifier"])


def test_a_replica_gets_no_final_snapshot(scene: Scene):
    primary = instance(scene)
    made = replica(scene, primary.outputs["identifier"], skipFinalSnapshot=False, finalSnapshotIdentifier="last")

    with pytest.raises(grpc.RpcError, match="a final snapshot of a read replica can't be made"):
        scene.delete(made)


def test_a_deleted_replica_is_no_longer_its_source_s(scene: Scene):
    primary = instance(scene)
    scene.delete(replica(scene, primary.outputs["arn"]))

    assert described(scene, primary).get("ReadReplicaDBInstanceIdentifiers", []) == []


def test_a_replica_outlives_its_source(scene: Scene):
    primary = instance(scene)
    made = replica(scene, primary.outputs["identifier"])
    scene.delete(primary)
    found = scene.read(made)

    assert found
    assert found.inputs.get("replicateSourceDb", "") == ""


# Deletions


def test_the_final_snapshot_exists_afterwards(scene: Scene):
    made = instance(scene)
    last = f"{made.outputs['identifier']}-last"
    scene.delete(change(scene, made, skipFinalSnapshot=False, finalSnapshotIdentifier=last))

    [snapshot] = scene.aws("rds").describe_db_snapshots(DBSnapshotIdentifier=last)["DBSnapshots"]

    assert (snapshot["SnapshotType"], snapshot["DBInstanceIdentifier"]) == ("manual", made.outputs["identifier"])


def test_a_deletion_without_a_name_for_the_final_snapshot_is_refused(scene: Scene):
    made = instance(scene)
    nameless = scene.update(made, {**made.inputs, "skipFinalSnapshot": False})

    with pytest.raises(grpc.RpcError, match="finalSnapshotIdentifier is required when skipFinalSnapshot is false"):
        scene.delete(nameless)


def test_a_protected_instance_is_not_deleted(scene: Scene):
    made = instance(scene, deletionProtection=True)

    with pytest.raises(grpc.RpcError, match="Cannot delete protected DB Instance"):
        scene.delete(made)


@pytest.mark.parametrize("backups", [True, False])
def test_a_name_is_free_again_at_once(scene: Scene, backups: bool):
    first = instance(scene, deleteAutomatedBackups=backups)
    name = first.outputs["identifier"]
    scene.delete(first)

    second = instance(scene, identifier=name)

    assert second.outputs["resourceId"] != first.outputs["resourceId"]


# Groups


def test_a_parameter_group_in_use_is_not_deleted(scene: Scene):
    group = scene.make(PARAMETER_GROUP.type, "orders", {"family": "postgres17"})
    made = instance(scene, parameterGroupName=group.id)

    with pytest.raises(grpc.RpcError, match=r"InvalidDBParameterGroupState.*are still members of this parameter group"):
        scene.delete(group)

    assert scene.read(made)


def test_a_parameter_group_keeps_more_parameters_than_a_call_takes(scene: Scene):
    parameters = [{"name": f"parameter_{number}", "value": str(number)} for number in range(45)]
    group = scene.make(PARAMETER_GROUP.type, "orders", {"family": "postgres17", "parameters": parameters})

    scene.update(group, {**group.inputs, "parameters": parameters[:1]})

    kept = scene.aws("rds").describe_db_parameters(DBParameterGroupName=group.id)["Parameters"]
    assert [one["ParameterName"] for one in kept] == ["parameter_0"]


def test_a_subnet_group_in_use_is_not_deleted(scene: Scene):
    vpc = new_vpc(scene)
    subnets = [new_subnet(scene, vpc, 1, "a"), new_subnet(scene, vpc, 2, "b")]
    group = scene.make(SUBNET_GROUP.type, "data", {"subnetIds": subnets})
    instance(scene, dbSubnetGroupName=group.id)

    with pytest.raises(grpc.RpcError, match=r"because at least one database instance: .* is still using it"):
        scene.delete(group)


def test_a_subnet_group_needs_two_zones(scene: Scene):
    vpc = new_vpc(scene)
    subnets = [new_subnet(scene, vpc, 1, "a"), new_subnet(scene, vpc, 2, "a")]

    with pytest.raises(grpc.RpcError, match="Add subnets to cover at least 2 AZs"):
        scene.make(SUBNET_GROUP.type, "data", {"subnetIds": subnets})
