"""Roles of databases: what RDS refuses, for the program and for boto3."""

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.rds_roles import CLUSTER_ROLE, INSTANCE_ROLE
from tests.localcloud.lives.rds_roles import cluster_role, instance_role, new_export_role
from tests.localcloud.scene import Scene


def test_a_role_that_is_no_arn_is_refused_before_any_call(scene: Scene):
    inputs = {"dbInstanceIdentifier": "orders", "featureName": "s3Export", "roleArn": "export"}

    _, failures = scene.check(INSTANCE_ROLE.type, "orders", inputs)

    assert len(failures) == 1
    assert "roleArn must be the ARN of a role" in failures[0]


@pytest.mark.parametrize("feature", ["s3Exports", "SageMaker"])
def test_a_feature_that_postgresql_has_not_is_refused(scene: Scene, feature: str):
    with pytest.raises(grpc.RpcError, match=f"feature-name {feature} is not supported by the engine postgres"):
        scene.make(INSTANCE_ROLE.type, "orders", {**instance_role(scene), "featureName": feature})


def test_a_role_of_aurora_needs_a_feature(scene: Scene):
    inputs = {key: value for key, value in cluster_role(scene).items() if key != "featureName"}

    with pytest.raises(grpc.RpcError, match="FeatureName parameter must be provided"):
        scene.make(CLUSTER_ROLE.type, "orders", inputs)


def test_a_role_that_rds_may_not_take_is_refused(scene: Scene):
    role = new_export_role(scene, "ec2.amazonaws.com")

    with pytest.raises(grpc.RpcError, match="does not include the required permissions for: s3Export"):
        scene.make(INSTANCE_ROLE.type, "orders", {**instance_role(scene), "roleArn": role})


def test_a_feature_has_one_role(scene: Scene):
    inputs = cluster_role(scene)
    scene.make(CLUSTER_ROLE.type, "orders", inputs)

    with pytest.raises(grpc.RpcError, match="DBClusterRoleAlreadyExists"):
        scene.make(CLUSTER_ROLE.type, "more", {**inputs, "roleArn": new_export_role(scene)})


@pytest.mark.parametrize(
    ("type_", "name", "database"),
    [(INSTANCE_ROLE.type, "no-such", "dbInstanceIdentifier"), (CLUSTER_ROLE.type, "no-such", "dbClusterIdentifier")],
)
def test_a_database_that_is_not_there_gets_no_role(scene: Scene, type_: str, name: str, database: str):
    role = new_export_role(scene)

    with pytest.raises(grpc.RpcError, match=f"{name} not found"):
        scene.make(type_, "orders", {database: name, "featureName": "s3Export", "roleArn": role})


def test_a_role_goes_with_its_database(scene: Scene):
    made = scene.make(INSTANCE_ROLE.type, "orders", instance_role(scene))
    scene.aws("rds").delete_db_instance(
        DBInstanceIdentifier=made.inputs["dbInstanceIdentifier"], SkipFinalSnapshot=True
    )

    assert scene.read(made) is None


def test_a_role_that_a_database_has_not_cannot_be_taken_away(scene: Scene):
    rds, inputs = scene.aws("rds"), instance_role(scene)

    with pytest.raises(ClientError, match="DBInstanceRoleNotFound"):
        rds.remove_role_from_db_instance(
            DBInstanceIdentifier=inputs["dbInstanceIdentifier"], RoleArn=inputs["roleArn"], FeatureName="s3Export"
        )
