"""What Secrets Manager refuses, and what becomes of versions."""

import grpc
import pytest

from localcloud.resources.secretsmanager import SECRET, SECRET_VERSION
from localcloud.wire import Props
from tests.localcloud.scene import Scene

SECRET_RULES = {
    "one day": ({"recoveryWindowInDays": 1}, "recoveryWindowInDays to be 0 or in the range (7 - 30), got 1"),
    "31 days": ({"recoveryWindowInDays": 31}, "recoveryWindowInDays to be 0 or in the range (7 - 30), got 31"),
    "name": ({"name": "my secret"}, "Invalid name. Must be a valid name containing alphanumeric characters"),
    "policy": ({"policy": "{"}, "MalformedPolicyDocumentException: the policy is no JSON object, got '{'"),
}
VERSION_RULES = {
    "nothing": ({}, "one of secretString, secretStringWo, secretBinary must be specified, got none"),
    "both": ({"secretString": "a", "secretBinary": "Yg=="}, "must be specified, got secretString, secretBinary"),
    "no version": ({"secretStringWo": "a"}, "secretStringWo and secretStringWoVersion must be specified together"),
    "too much": ({"secretString": "a" * 65_537}, "secretString must be at most 65536 bytes, got more"),
}


@pytest.mark.parametrize(("inputs", "said"), SECRET_RULES.values(), ids=SECRET_RULES)
def test_a_secret_that_aws_would_refuse_is_refused(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(SECRET.type, "primary", inputs)

    assert [failure for failure in failures if said in failure]


@pytest.mark.parametrize(("inputs", "said"), VERSION_RULES.values(), ids=VERSION_RULES)
def test_a_version_that_aws_would_refuse_is_refused(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(SECRET_VERSION.type, "primary", {"secretId": "s", **inputs})

    assert [failure for failure in failures if said in failure]


def test_a_name_is_taken_as_long_as_its_secret_can_be_recovered(scene: Scene):
    name = {"name": f"{scene.stack}/primary"}
    scene.delete(scene.make(SECRET.type, "primary", name))

    with pytest.raises(grpc.RpcError, match="a secret with this name is already scheduled for deletion"):
        scene.make(SECRET.type, "primary", name)


def test_a_name_is_free_at_once_where_nothing_can_be_recovered(scene: Scene):
    inputs = {"name": f"{scene.stack}/primary", "recoveryWindowInDays": 0}
    old = scene.make(SECRET.type, "primary", inputs)
    scene.delete(old)

    new = scene.make(SECRET.type, "primary", inputs)

    assert (new.id != old.id, scene.read(old)) == (True, None)


def test_no_value_is_put_into_a_secret_that_is_going(scene: Scene):
    secret = scene.make(SECRET.type, "primary", {})
    scene.delete(secret)

    with pytest.raises(grpc.RpcError, match="because it was marked for deletion"):
        scene.make(SECRET_VERSION.type, "primary", {"secretId": secret.id, "secretString": "one"})


def test_a_name_prefix_gives_the_name_its_beginning(scene: Scene):
    secret = scene.make(SECRET.type, "primary", {"namePrefix": "clubapp/"})

    assert secret.outputs["name"].startswith("clubapp/")


def test_a_new_value_becomes_the_current_one_and_the_old_one_stays_readable(scene: Scene):
    secret = scene.make(SECRET.type, "primary", {})
    old = scene.make(SECRET_VERSION.type, "primary", {"secretId": secret.id, "secretString": "one"})
    scene.make(SECRET_VERSION.type, "primary", {"secretId": secret.id, "secretString": "two"})
    scene.delete(old)

    aws = scene.aws("secretsmanager")
    current = aws.get_secret_value(SecretId=secret.id)["SecretString"]
    previous = aws.get_secret_value(SecretId=secret.id, VersionStage="AWSPREVIOUS")["SecretString"]

    assert (current, previous) == ("two", "one")


def test_a_label_is_on_one_version_wherever_the_current_one_was_moved_to(scene: Scene):
    secret = scene.make(SECRET.type, "primary", {})
    aws = scene.aws("secretsmanager")
    one = aws.put_secret_value(SecretId=secret.id, SecretString="one")["VersionId"]
    two = aws.put_secret_value(SecretId=secret.id, SecretString="two", VersionStages=["AWSPENDING"])["VersionId"]
    aws.update_secret_version_stage(
        SecretId=secret.id, VersionStage="AWSCURRENT", MoveToVersionId=two, RemoveFromVersionId=one
    )

    three = aws.put_secret_value(SecretId=secret.id, SecretString="three")["VersionId"]

    stages = aws.describe_secret(SecretId=secret.id)["VersionIdsToStages"]
    assert {version: sorted(held) for version, held in stages.items() if held} == {
        two: ["AWSPENDING", "AWSPREVIOUS"],
        three: ["AWSCURRENT"],
    }
    assert aws.get_secret_value(SecretId=secret.id)["SecretString"] == "three"


WRITE_ONLY: Props = {"secretStringWo": "hidden", "secretStringWoVersion": 1}


def test_a_write_only_value_is_written_and_never_read_back(scene: Scene):
    secret = scene.make(SECRET.type, "primary", {})

    version = scene.make(SECRET_VERSION.type, "primary", {"secretId": secret.id, **WRITE_ONLY})

    assert "hidden" not in str(version.outputs)
    assert scene.aws("secretsmanager").get_secret_value(SecretId=secret.id)["SecretString"] == "hidden"


def test_a_write_only_value_counts_only_with_its_version(scene: Scene):
    secret = scene.make(SECRET.type, "primary", {})
    version = scene.make(SECRET_VERSION.type, "primary", {"secretId": secret.id, **WRITE_ONLY})

    silent = scene.diff(version, {**version.inputs, "secretStringWo": "other"})
    spoken = scene.diff(version, {**version.inputs, "secretStringWo": "other", "secretStringWoVersion": 2})

    assert (list(silent.diffs), list(spoken.replaces)) == ([], ["secretStringWoVersion"])


def test_an_id_is_the_secrets_arn_and_the_version(scene: Scene):
    secret = scene.make(SECRET.type, "primary", {})

    version = scene.make(SECRET_VERSION.type, "primary", {"secretId": secret.id, "secretString": "one"})

    assert version.id == f"{secret.outputs['arn']}|{version.outputs['versionId']}"
