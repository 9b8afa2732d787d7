"""Keys and secrets in several regions: what one region encrypts or keeps, the other one reads."""

from typing import Any

import grpc
import pytest

from localcloud.cloud import client
from localcloud.resources.kms import KEY
from localcloud.resources.kms_replica import REPLICA_KEY
from localcloud.resources.secretsmanager import SECRET, SECRET_VERSION
from tests.localcloud.scene import Made, Scene

DR_REGION = "eu-west-1"


def there(scene: Scene, service: str) -> Any:
    return client(scene.endpoint, service, DR_REGION)


def primary_key(scene: Scene) -> Made:
    return scene.make(KEY.type, "stores", {"multiRegion": True})


def replica_of(scene: Scene, primary: Made, **more: object) -> Made:
    inputs = {"primaryKeyArn": primary.outputs["arn"], "region": DR_REGION, **more}
    return scene.make(REPLICA_KEY.type, "stores-dr", inputs)


def test_what_is_encrypted_here_is_decrypted_there(scene: Scene):
    primary = primary_key(scene)
    replica = replica_of(scene, primary)
    blob = scene.aws("kms").encrypt(KeyId=primary.id, Plaintext=b"hello")["CiphertextBlob"]

    plain = there(scene, "kms").decrypt(CiphertextBlob=blob, KeyId=replica.outputs["arn"])["Plaintext"]

    assert (plain, replica.id, replica.id.startswith("mrk-")) == (b"hello", primary.id, True)


def test_each_of_a_family_says_what_it_is(scene: Scene):
    primary = primary_key(scene)
    replica_of(scene, primary)

    families = [
        aws.describe_key(KeyId=primary.id)["KeyMetadata"]["MultiRegionConfiguration"]
        for aws in (there(scene, "kms"), scene.aws("kms"))
    ]

    assert [one["MultiRegionKeyType"] for one in families] == ["REPLICA", "PRIMARY"]
    assert [one["Region"] for one in families[1]["ReplicaKeys"]] == [DR_REGION]


def test_a_replica_takes_nothing_over_from_its_primary(scene: Scene):
    primary = scene.make(KEY.type, "stores", {"multiRegion": True, "description": "here", "tags": {"owner": "data"}})

    replica = replica_of(scene, primary)

    assert (replica.outputs["description"], replica.outputs["tags"]) == ("", {})


def test_a_key_of_one_region_has_no_replica(scene: Scene):
    key = scene.make(KEY.type, "stores", {})

    with pytest.raises(grpc.RpcError, match=r"UnsupportedOperationException.*is not a multi-region primary key"):
        replica_of(scene, key)


def test_a_region_has_one_replica(scene: Scene):
    primary = primary_key(scene)
    replica_of(scene, primary)

    with pytest.raises(grpc.RpcError, match="AlreadyExistsException"):
        replica_of(scene, primary)


def test_a_disabled_key_is_not_replicated(scene: Scene):
    primary = scene.make(KEY.type, "stores", {"multiRegion": True, "isEnabled": False})

    with pytest.raises(grpc.RpcError, match=r"KMSInvalidStateException.*is disabled"):
        replica_of(scene, primary)


def test_a_primary_waits_for_its_replicas_before_it_goes(scene: Scene):
    primary = primary_key(scene)
    replica = replica_of(scene, primary)
    states: list[str] = []
    for made in (primary, replica):
        scene.delete(made)
        states.append(scene.aws("kms").describe_key(KeyId=primary.id)["KeyMetadata"]["KeyState"])

    assert states == ["PendingReplicaDeletion", "PendingDeletion"]


# Secrets


def secret(scene: Scene, **more: object) -> Made:
    made = scene.make(SECRET.type, "login", {"replicas": [{"region": DR_REGION}], **more})
    scene.make(SECRET_VERSION.type, "login", {"secretId": made.id, "secretString": "one"})
    return made


def status(scene: Scene, made: Made) -> dict[str, str]:
    [replica] = scene.aws("secretsmanager").describe_secret(SecretId=made.id)["ReplicationStatus"]
    return replica


def test_a_secret_is_read_in_the_other_region(scene: Scene):
    made = secret(scene)
    scene.aws("secretsmanager").put_secret_value(SecretId=made.id, SecretString="two")

    value = there(scene, "secretsmanager").get_secret_value(SecretId=made.outputs["name"])

    assert (value["SecretString"], value["ARN"]) == ("two", made.id.replace(scene.region, DR_REGION))


def test_a_replica_has_the_key_of_its_region(scene: Scene):
    key = replica_of(scene, primary_key(scene)).outputs["arn"]

    made = secret(scene, replicas=[{"region": DR_REGION, "kmsKeyId": key}])

    described = there(scene, "secretsmanager").describe_secret(SecretId=made.outputs["name"])
    shown = status(scene, made)
    assert (shown["KmsKeyId"], shown["Status"], described["KmsKeyId"]) == (key, "InSync", key)


def test_a_replica_is_read_only(scene: Scene):
    made = secret(scene)
    aws = there(scene, "secretsmanager")

    with pytest.raises(aws.exceptions.InvalidParameterException, match="Operation not permitted on a replica secret"):
        aws.put_secret_value(SecretId=made.outputs["name"], SecretString="two")


def test_a_secret_takes_its_replicas_with_it(scene: Scene):
    made = secret(scene)
    aws = there(scene, "secretsmanager")
    scene.delete(made)

    with pytest.raises(aws.exceptions.ResourceNotFoundException, match="can't find the specified secret"):
        aws.describe_secret(SecretId=made.outputs["name"])


def test_another_key_of_a_replica_is_a_change_in_place(scene: Scene):
    made = secret(scene)
    key = scene.make(KEY.type, "dr", {"region": DR_REGION}).outputs["arn"]
    news = {**made.inputs, "replicas": [{"region": DR_REGION, "kmsKeyId": key}]}

    after = scene.update(made, news)

    assert list(scene.diff(made, news).replaces) == []
    assert status(scene, after)["KmsKeyId"] == key


def test_a_name_that_is_taken_in_the_other_region_is_a_failed_replica(scene: Scene):
    name = f"{scene.stack}/login"
    there(scene, "secretsmanager").create_secret(Name=name, SecretString="other")

    made = secret(scene, name=name)

    assert status(scene, made)["Status"] == "Failed"
