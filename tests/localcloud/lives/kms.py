"""Lives of KMS's types."""

import json
import secrets

from localcloud.documents import ROOT
from localcloud.resources.kms import ALIAS, KEY, KEY_POLICY
from localcloud.resources.kms_replica import REPLICA_KEY
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene


def policy(sid: str) -> str:
    statement = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": [ROOT]}, "Action": ["kms:*"], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


KEY_INPUTS: Props = {
    "description": "the stores of clubapp",
    "enableKeyRotation": True,
    "rotationPeriodInDays": 180,
    "deletionWindowInDays": 7,
    "policy": policy("one"),
    "tags": {"owner": "clubapp"},
}


def _forget_rotation(scene: Scene, id_: str) -> None:
    scene.aws("kms").disable_key_rotation(KeyId=id_)


def _open_policy(scene: Scene, id_: str) -> None:
    scene.aws("kms").put_key_policy(KeyId=id_, PolicyName="default", Policy=policy("changed by hand"))


def _point_elsewhere(scene: Scene, id_: str) -> None:
    other = scene.make(KEY.type, "other", KEY_INPUTS)
    scene.aws("kms").update_alias(AliasName=id_, TargetKeyId=other.id)


def replica_inputs(scene: Scene) -> Props:
    primary = scene.make(KEY.type, "stores", {**KEY_INPUTS, "multiRegion": True})
    return {
        "primaryKeyArn": primary.outputs["arn"],
        "region": "eu-west-1",
        "description": "the stores, elsewhere",
        "policy": policy("one"),
        "tags": {"owner": "clubapp"},
    }


LIVES = (
    Life(
        kind=KEY,
        inputs=lambda _: KEY_INPUTS,
        changed={
            "description": "the stores",
            "enableKeyRotation": True,
            "isEnabled": False,
            "policy": policy("two"),
            "rotationPeriodInDays": 365,
            "tags": {"phase": "growth"},
        },
        replaced={"customerMasterKeySpec": "RSA_2048", "keyUsage": "SIGN_VERIFY", "multiRegion": True},
        drift=_forget_rotation,
        drifted=frozenset({"enableKeyRotation"}),
    ),
    Life(
        kind=ALIAS,
        inputs=lambda scene: {
            "name": f"alias/clubapp-{secrets.token_hex(4)}",
            "targetKeyId": scene.make(KEY.type, "stores", KEY_INPUTS).outputs["arn"],
        },
        changed=lambda scene: {"targetKeyId": scene.make(KEY.type, "next", KEY_INPUTS).id},
        replaced={"name": "alias/other"},
        drift=_point_elsewhere,
        drifted=frozenset({"targetKeyId"}),
    ),
    Life(
        kind=KEY_POLICY,
        inputs=lambda scene: {"keyId": scene.make(KEY.type, "stores", KEY_INPUTS).id, "policy": policy("alone")},
        changed={"policy": policy("two")},
        replaced={"keyId": "another"},
        drift=_open_policy,
        drifted=frozenset({"policy"}),
    ),
    Life(
        kind=REPLICA_KEY,
        inputs=replica_inputs,
        changed={"description": "elsewhere", "enabled": False, "policy": policy("two"), "tags": {"phase": "growth"}},
        replaced={"primaryKeyArn": "other"},
        importable=False,  # an import names the stack's region only
    ),
)
