"""What IAM and CloudWatch Logs refuse, and what holds a role or policy."""

import grpc
import pytest

from localcloud.resources.cloudwatch_logs import LOG_GROUP
from localcloud.resources.iam import POLICY, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT
from localcloud.wire import Props
from tests.localcloud.lives.iam import MONITORING, document, new_role, trust
from tests.localcloud.scene import Scene

TRUSTED: Props = {"assumeRolePolicy": trust("monitoring.rds.amazonaws.com")}
CASES = [
    (ROLE.type, {**TRUSTED, "name": "a b"}, "name must be 1 to 64 letters"),
    (ROLE.type, {**TRUSTED, "path": "data"}, "path must begin and end with '/'"),
    (ROLE.type, {**TRUSTED, "description": "x" * 1001}, "description must be at most 1000 characters"),
    (ROLE.type, {**TRUSTED, "maxSessionDuration": 60}, "maxSessionDuration must be between 3600 and 43200"),
    (ROLE.type, {"assumeRolePolicy": "{"}, "assumeRolePolicy contains an invalid JSON policy"),
    (ROLE_POLICY.type, {"role": "r", "policy": "[]"}, "policy contains an invalid JSON policy"),
    (POLICY.type, {"policy": document("s3:*"), "name": "x" * 129}, "name must be 1 to 128 letters"),
    (LOG_GROUP.type, {"retentionInDays": 31}, "retentionInDays must be one of 0, 1, 3"),
    (LOG_GROUP.type, {"name": "a b"}, "name must be 1 to 512 letters"),
    (LOG_GROUP.type, {"logGroupClass": "CHEAP"}, "logGroupClass must be one of STANDARD"),
]


@pytest.mark.parametrize(("type_", "inputs", "message"), CASES, ids=[message for _, _, message in CASES])
def test_what_aws_refuses_is_refused(scene: Scene, type_: str, inputs: Props, message: str):
    _, failures = scene.check(type_, "one", inputs)

    assert [failure for failure in failures if message in failure]


def test_a_name_begins_with_the_prefix_that_is_given(scene: Scene):
    made = scene.make(ROLE.type, "one", {**TRUSTED, "namePrefix": "monitor-"})

    assert made.id.startswith("monitor-")


def test_a_name_stays_while_its_prefix_stays(scene: Scene):
    first, _ = scene.check(ROLE.type, "one", {**TRUSTED, "namePrefix": "monitor-"})
    same, _ = scene.check(ROLE.type, "one", {**TRUSTED, "namePrefix": "monitor-"}, first)
    other, _ = scene.check(ROLE.type, "one", {**TRUSTED, "namePrefix": "watch-"}, first)

    assert (same["name"], other["name"].startswith("watch-")) == (first["name"], True)


def test_a_role_with_a_policy_of_others_is_not_deleted(scene: Scene):
    role = scene.make(ROLE.type, "one", TRUSTED)
    scene.make(ROLE_POLICY_ATTACHMENT.type, "monitor", {"role": role.id, "policyArn": MONITORING})

    with pytest.raises(grpc.RpcError, match="DeleteConflict"):
        scene.delete(role)


def test_a_role_lets_go_of_policies_by_force(scene: Scene):
    role = scene.make(ROLE.type, "one", {**TRUSTED, "forceDetachPolicies": True})
    scene.make(ROLE_POLICY_ATTACHMENT.type, "monitor", {"role": role.id, "policyArn": MONITORING})
    scene.make(ROLE_POLICY.type, "write", {"role": role.id, "policy": document("logs:PutLogEvents")})
    scene.delete(role)

    assert scene.read(role) is None


def test_an_attached_policy_is_not_deleted(scene: Scene):
    policy = scene.make(POLICY.type, "one", {"policy": document("rds-db:connect")})
    scene.make(ROLE_POLICY_ATTACHMENT.type, "one", {"role": new_role(scene), "policyArn": policy.id})

    with pytest.raises(grpc.RpcError, match="Cannot delete a policy attached to entities"):
        scene.delete(policy)


def test_a_policy_changes_more_often_than_it_may_have_versions(scene: Scene):
    made = scene.make(POLICY.type, "one", {"policy": document("s3:Get0")})
    for number in range(1, 7):
        made = scene.update(made, {**made.inputs, "policy": document(f"s3:Get{number}")})

    versions = scene.aws("iam").list_policy_versions(PolicyArn=made.id)["Versions"]

    assert len(versions) == 5


def test_a_log_group_that_skips_its_destruction_stays(scene: Scene):
    made = scene.make(LOG_GROUP.type, "one", {"skipDestroy": True})
    scene.delete(made)

    assert scene.read(made)
