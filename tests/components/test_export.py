"""Exports: a database may add to one bucket, and do nothing else."""

import json
from collections.abc import Callable
from typing import Any

from components.export import Export, ExportArgs
from localcloud.resources.rds_instance import INSTANCE
from tests.components.conftest import Applied, Program
from tests.localcloud.lives.rds import KEY, MINIMAL
from tests.localcloud.lives.rds_cluster import cluster_described, new_cluster
from tests.localcloud.lives.security_group import new_group
from tests.localcloud.scene import Scene

BUCKET = "arn:aws:s3:::workflows-dev-archive"

Apply = Callable[[Program], Applied]


def export(scene: Scene, instance: str | None = None, cluster: str | None = None) -> Program:
    args = ExportArgs(
        bucket_arn=BUCKET,
        key_arn=KEY,
        instance=instance,
        cluster=cluster,
        security_group_id=new_group(scene, "main"),
        s3_prefix_list_id=addresses_of_s3(scene),
    )
    return lambda: Export("archive-export", args)


def addresses_of_s3(scene: Scene) -> str:
    name = {"Name": "prefix-list-name", "Values": ["com.amazonaws.eu-central-1.s3"]}
    return scene.aws("ec2").describe_managed_prefix_lists(Filters=[name])["PrefixLists"][0]["PrefixListId"]


def new_instance(scene: Scene) -> str:
    return scene.make(INSTANCE.type, "main", MINIMAL).outputs["identifier"]


def roles(database: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["RoleArn"], one["FeatureName"]) for one in database["AssociatedRoles"]]


def test_an_instance_has_the_role(scene: Scene, apply: Apply):
    name = new_instance(scene)
    role = apply(export(scene, instance=name)).made["archive-export-role"].outputs["arn"]

    (found,) = scene.aws("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]

    assert roles(found) == [(role, "s3Export")]


def test_a_cluster_has_the_role(scene: Scene, apply: Apply):
    name = new_cluster(scene).id

    role = apply(export(scene, cluster=name)).made["archive-export-role"].outputs["arn"]

    assert roles(cluster_described(scene, name)) == [(role, "s3Export")]


def test_both_have_the_role_while_a_database_moves(scene: Scene, apply: Apply):
    instance, cluster = new_instance(scene), new_cluster(scene).id

    role = apply(export(scene, instance, cluster)).made["archive-export-role"].outputs["arn"]

    (found,) = scene.aws("rds").describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
    assert roles(found) == roles(cluster_described(scene, cluster)) == [(role, "s3Export")]


def test_the_role_adds_objects_to_its_bucket_and_nothing_else(scene: Scene, apply: Apply):
    made = apply(export(scene, instance=new_instance(scene))).made
    iam, role = scene.aws("iam"), made["archive-export-role"].outputs["name"]

    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    statements = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]

    assert attached == []
    assert {one["Resource"]: one["Action"] for one in statements} == {
        f"{BUCKET}/*": ["s3:PutObject", "s3:AbortMultipartUpload"],
        KEY: ["kms:GenerateDataKey", "kms:Decrypt"],
    }
    assert {one["Effect"] for one in statements} == {"Allow"}


def test_the_database_reaches_s3_and_nothing_else(scene: Scene, apply: Apply):
    rule = apply(export(scene, instance=new_instance(scene))).made["archive-export-to-s3"]
    group = {"Name": "group-id", "Values": [rule.inputs["securityGroupId"]]}

    found = scene.aws("ec2").describe_security_group_rules(Filters=[group])["SecurityGroupRules"]

    out = [one for one in found if one["IsEgress"]]
    assert [(one["PrefixListId"], one["IpProtocol"], one["FromPort"], one["ToPort"]) for one in out] == [
        (addresses_of_s3(scene), "tcp", 443, 443)
    ]


def test_only_rds_takes_the_role(scene: Scene, apply: Apply):
    made = apply(export(scene, instance=new_instance(scene))).made["archive-export-role"]

    (statement,) = json.loads(made.inputs["assumeRolePolicy"])["Statement"]

    assert statement["Principal"] == {"Service": "rds.amazonaws.com"}
