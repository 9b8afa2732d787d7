"""Ways of a replication group that a stack takes now and then: a token, tiers of data, a restore, a topic."""

import grpc
import pytest

from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.elasticache import group_inputs
from tests.localcloud.scene import Made, Scene

GROUP = REPLICATION_GROUP.type
PLAIN: Props = {"description": "sessions", "engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.m7g.large"}
TLS: Props = {**PLAIN, "transitEncryptionEnabled": True}


def changed(scene: Scene, made: Made, change: Props) -> Made:
    news, failures = scene.check(GROUP, "sessions", {**made.inputs, **change}, made.inputs)
    assert (failures, list(scene.diff(made, news).replaces)) == ([], [])
    return scene.update(made, news)


def has_token(scene: Scene, made: Made) -> bool:
    found = scene.aws("elasticache").describe_replication_groups(ReplicationGroupId=made.id)
    return found["ReplicationGroups"][0]["AuthTokenEnabled"]


def test_a_token_is_set_and_rotated_in_place(scene: Scene):
    made = scene.make(GROUP, "sessions", TLS)
    made = changed(scene, made, {"authToken": "first-token-of-all", "authTokenUpdateStrategy": "SET"})
    made = changed(scene, made, {"authToken": "second-token-here", "authTokenUpdateStrategy": "ROTATE"})

    assert has_token(scene, made)


def test_a_token_is_deleted_on_the_way_to_users(scene: Scene):
    users = group_inputs(scene)["userGroupIds"]
    made = scene.make(GROUP, "sessions", {**TLS, "authToken": "first-token-of-all"})
    news = {key: value for key, value in made.inputs.items() if key != "authToken"}

    after = scene.update(made, {**news, "authTokenUpdateStrategy": "DELETE", "userGroupIds": users})

    assert (has_token(scene, after), after.outputs["userGroupIds"]) == (False, users)


def test_data_on_ssd_needs_its_nodes_and_is_decided_once(scene: Scene):
    tiered = {**PLAIN, "nodeType": "cache.r6gd.xlarge", "dataTieringEnabled": True}
    made = scene.make(GROUP, "sessions", tiered)

    with pytest.raises(grpc.RpcError, match="Data tiering must be enabled with r6gd nodes, and only with them"):
        scene.update(made, {**made.inputs, "nodeType": "cache.r7g.xlarge"})
    assert list(scene.diff(made, {**made.inputs, "dataTieringEnabled": False}).replaces) == ["dataTieringEnabled"]


def test_a_group_is_restored_from_a_snapshot_and_the_input_stays(scene: Scene):
    name = f"last-{scene.stack}"
    scene.delete(scene.make(GROUP, "before", {**PLAIN, "finalSnapshotIdentifier": name}))

    made = scene.make(GROUP, "after", {**PLAIN, "snapshotName": name})

    without = {key: value for key, value in made.inputs.items() if key != "snapshotName"}
    assert list(scene.diff(made, without).replaces) == ["snapshotName"]


def test_a_topic_that_was_changed_by_hand_is_found_by_a_refresh(scene: Scene):
    topic = "arn:aws:sns:eu-central-1:123456789012:alarms"
    made = scene.make(GROUP, "sessions", {**PLAIN, "notificationTopicArn": topic})
    scene.aws("elasticache").modify_replication_group(
        ReplicationGroupId=made.id, NotificationTopicArn=f"{topic}-2", ApplyImmediately=True
    )

    found = scene.read(made)

    assert found
    assert found.inputs["notificationTopicArn"] == f"{topic}-2"
