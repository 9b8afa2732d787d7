"""Lives of IAM's types."""

import json
import uuid

from localcloud.resources.iam import POLICY, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

MONITORING = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"


def document(action: str) -> str:
    statement = {"Effect": "Allow", "Action": [action], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Statement": [statement], "Version": "2012-10-17"}, indent=2)


def new_role(scene: Scene, name: str = "monitor") -> str:
    return scene.make(ROLE.type, name, {"assumeRolePolicy": trust("monitoring.rds.amazonaws.com")}).id


def _role_inputs(_: Scene) -> Props:
    return {
        "assumeRolePolicy": trust("monitoring.rds.amazonaws.com"),
        "description": "sees databases",
        "managedPolicyArns": [MONITORING],
        "namePrefix": f"m-{uuid.uuid4().hex[:6]}-",
        "tags": {"owner": "clubapp"},
    }


def _longer(scene: Scene, id_: str) -> None:
    scene.aws("iam").update_role(RoleName=id_, Description="sees databases", MaxSessionDuration=7200)


def _more(scene: Scene, id_: str) -> None:
    scene.aws("iam").create_policy_version(PolicyArn=id_, PolicyDocument=document("s3:*"), SetAsDefault=True)


LIVES = (
    Life(
        kind=ROLE,
        inputs=_role_inputs,
        changed={
            "assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com"),
            "description": "sees flows",
            "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "maxSessionDuration": 7200,
            "permissionsBoundary": MONITORING,
            "tags": {"owner": "data"},
        },
        replaced={"name": "other", "namePrefix": "other-", "path": "/data/"},
        drift=_longer,
        drifted=frozenset({"maxSessionDuration"}),
    ),
    Life(
        kind=ROLE_POLICY,
        inputs=lambda scene: {"role": new_role(scene), "policy": document("logs:PutLogEvents")},
        changed={"policy": document("logs:*")},
        replaced={"name": "other", "role": "other"},
    ),
    Life(
        kind=POLICY,
        inputs=lambda _: {
            "policy": document("rds-db:connect"),
            "description": "connects",
            "tags": {"owner": "clubapp"},
        },
        changed={"policy": document("rds-db:*"), "tags": {"owner": "data"}},
        replaced={"name": "other", "path": "/data/", "description": "other"},
        drift=_more,
        drifted=frozenset({"policy"}),
    ),
    Life(
        kind=ROLE_POLICY_ATTACHMENT,
        inputs=lambda scene: {"role": new_role(scene), "policyArn": MONITORING},
        changed=None,
        replaced={"role": "other", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
)
