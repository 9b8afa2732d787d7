"""Lives of Secrets Manager's types."""

import json

from localcloud.resources.kms import KEY
from localcloud.resources.secretsmanager import SECRET, SECRET_VERSION
from localcloud.wire import Props
from tests.localcloud.lives.kms import KEY_INPUTS
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene


def _policy(action: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": [action], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def secret_inputs(scene: Scene) -> Props:
    return {
        "description": "the password of the primary",
        "kmsKeyId": scene.make(KEY.type, "secrets", KEY_INPUTS).outputs["arn"],
        "policy": _policy("secretsmanager:DeleteSecret"),
        "recoveryWindowInDays": 7,
        "replicas": [{"region": "eu-west-1"}],
        "tags": {"owner": "clubapp"},
    }


def version_inputs(scene: Scene) -> Props:
    secret = scene.make(SECRET.type, "primary", secret_inputs(scene))
    return {"secretId": secret.id, "secretString": '{"password": "one"}', "versionStages": ["AWSCURRENT", "checked"]}


def _say_otherwise(scene: Scene, id_: str) -> None:
    scene.aws("secretsmanager").update_secret(SecretId=id_, Description="changed by hand")


def _rotate(scene: Scene, id_: str) -> None:
    scene.aws("secretsmanager").put_secret_value(SecretId=id_.partition("|")[0], SecretString="two")


LIVES = (
    Life(
        kind=SECRET,
        inputs=secret_inputs,
        changed={
            "description": "another",
            "policy": _policy("secretsmanager:PutSecretValue"),
            "replicas": [{"region": "eu-north-1"}],
            "tags": {"phase": "growth"},
        },
        replaced={"name": "primary-2"},
        drift=_say_otherwise,
        drifted=frozenset({"description"}),
    ),
    Life(
        kind=SECRET_VERSION,
        inputs=version_inputs,
        changed={"versionStages": ["AWSCURRENT", "approved"]},
        replaced={
            "secretString": "two",
            "secretBinary": "dHdv",
            "secretId": "another",
            "secretStringWoVersion": 2,
        },
        drift=_rotate,
        drifted=frozenset({"versionStages"}),
    ),
)
