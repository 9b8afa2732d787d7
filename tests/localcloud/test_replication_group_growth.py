"""One replication group from one node to a cluster, as a stack grows it: in place, and read back by boto3."""

from typing import Any

import pytest

from localcloud.resources.elasticache import PARAMETER_GROUP
from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.elasticache import group_inputs, parameters
from tests.localcloud.scene import Made, Scene

HIGHLY_AVAILABLE: Props = {
    "replicasPerNodeGroup": 1,
    "automaticFailoverEnabled": True,
    "multiAzEnabled": True,
    "nodeType": "cache.m7g.large",
    "snapshotRetentionLimit": 7,
}


def grown(scene: Scene, made: Made, change: Props) -> Made:
    """Take one step as one `up` does: it must be in place."""
    news, failures = scene.check(REPLICATION_GROUP.type, "sessions", {**made.inputs, **change}, made.inputs)
    assert (failures, list(scene.diff(made, news).replaces)) == ([], [])
    return scene.update(made, news)


def looked_at(scene: Scene, made: Made) -> dict[str, Any]:
    """What boto3 says of the group, the parts that a step changes."""
    aws = scene.aws("elasticache")
    group = aws.describe_replication_groups(ReplicationGroupId=made.id)["ReplicationGroups"][0]
    nodes = [aws.describe_cache_clusters(CacheClusterId=one)["CacheClusters"][0] for one in group["MemberClusters"]]
    return {
        "mode": group["ClusterMode"],
        "nodes": [len(one["NodeGroupMembers"]) for one in group["NodeGroups"]],
        "slots": [one.get("Slots") for one in group["NodeGroups"]],
        "failover": (group["AutomaticFailover"], group["MultiAZ"]),
        "types": {one["CacheNodeType"] for one in nodes},
        "parameters": {one["CacheParameterGroup"]["CacheParameterGroupName"] for one in nodes},
        "endpoints": ("ConfigurationEndpoint" in group, "PrimaryEndpoint" in group["NodeGroups"][0]),
    }


@pytest.fixture
def one_node(scene: Scene) -> Made:
    return scene.make(REPLICATION_GROUP.type, "sessions", group_inputs(scene))


def clustered_parameters(scene: Scene) -> str:
    return parameters(scene, "clustered", maxmemory_policy="allkeys-lru", cluster_enabled="yes")


def test_a_group_begins_with_one_node_and_no_cluster(scene: Scene, one_node: Made):
    assert looked_at(scene, one_node) == {
        "mode": "disabled",
        "nodes": [1],
        "slots": [None],
        "failover": ("disabled", "disabled"),
        "types": {"cache.t4g.micro"},
        "parameters": {one_node.inputs["parameterGroupName"]},
        "endpoints": (False, True),
    }


def test_a_group_grows_from_one_node_to_a_cluster_in_place(scene: Scene, one_node: Made):
    arn, old = one_node.outputs["arn"], one_node.inputs["parameterGroupName"]
    clustered = clustered_parameters(scene)
    steps = (
        HIGHLY_AVAILABLE,
        {"replicasPerNodeGroup": 2},
        {"clusterMode": "compatible", "parameterGroupName": clustered},
        {"clusterMode": "enabled"},
        {"numNodeGroups": 3},
    )
    seen: list[dict[str, Any]] = []
    made = one_node
    for step in steps:
        made = grown(scene, made, step)
        seen.append(looked_at(scene, made))

    assert [(one["mode"], one["nodes"], one["endpoints"]) for one in seen] == [
        ("disabled", [2], (False, True)),
        ("disabled", [3], (False, True)),
        ("compatible", [3], (True, True)),
        ("enabled", [3], (True, False)),
        ("enabled", [3, 3, 3], (True, False)),
    ]
    assert [one["parameters"] for one in seen] == [{old}, {old}, {clustered}, {clustered}, {clustered}]
    assert seen[-1] == {
        "mode": "enabled",
        "nodes": [3, 3, 3],
        "slots": ["0-5461", "5462-10922", "10923-16383"],
        "failover": ("enabled", "enabled"),
        "types": {"cache.m7g.large"},
        "parameters": {clustered},
        "endpoints": (True, False),
    }
    assert made.outputs["arn"] == arn


def test_the_old_parameter_group_can_go_once_the_new_one_is_in_use(scene: Scene, one_node: Made):
    made = grown(scene, one_node, HIGHLY_AVAILABLE)
    grown(scene, made, {"clusterMode": "compatible", "parameterGroupName": clustered_parameters(scene)})
    urn, id_ = scene.urn(PARAMETER_GROUP.type, "sessions"), one_node.inputs["parameterGroupName"]

    scene.delete(Made(urn=urn, id=id_, inputs={}, outputs={"name": id_}))

    assert scene.read(Made(urn=urn, id=id_, inputs={"family": "valkey8"}, outputs={})) is None


def test_a_grown_group_is_not_found_changed_by_a_refresh(scene: Scene, one_node: Made):
    made = grown(scene, one_node, HIGHLY_AVAILABLE)
    made = grown(scene, made, {"clusterMode": "compatible", "parameterGroupName": clustered_parameters(scene)})
    made = grown(scene, made, {"clusterMode": "enabled"})
    made = grown(scene, made, {"numNodeGroups": 3, "replicasPerNodeGroup": 2})

    found = scene.read(made)

    assert found
    assert (found.inputs, found.outputs) == (made.inputs, made.outputs)


def test_nodes_keep_their_names_and_new_shards_get_new_ones(scene: Scene, one_node: Made):
    made = grown(scene, one_node, HIGHLY_AVAILABLE)
    made = grown(scene, made, {"clusterMode": "compatible", "parameterGroupName": clustered_parameters(scene)})
    made = grown(scene, made, {"clusterMode": "enabled"})
    made = grown(scene, made, {"numNodeGroups": 2})

    id_ = made.id
    assert made.outputs["memberClusters"] == [f"{id_}-001", f"{id_}-002", f"{id_}-0002-001", f"{id_}-0002-002"]


def test_a_cluster_shrinks_as_it_grew(scene: Scene, one_node: Made):
    made = grown(scene, one_node, HIGHLY_AVAILABLE)
    made = grown(scene, made, {"clusterMode": "compatible", "parameterGroupName": clustered_parameters(scene)})
    made = grown(scene, made, {"clusterMode": "enabled"})
    made = grown(scene, made, {"numNodeGroups": 3, "replicasPerNodeGroup": 2})
    made = grown(scene, made, {"numNodeGroups": 2, "replicasPerNodeGroup": 1})

    assert looked_at(scene, made)["nodes"] == [2, 2]


def test_deleting_a_group_leaves_its_last_snapshot(scene: Scene, one_node: Made):
    scene.delete(one_node)

    name = one_node.inputs["finalSnapshotIdentifier"]
    snapshot = scene.aws("elasticache").describe_snapshots(SnapshotName=name)["Snapshots"][0]

    assert (snapshot["ReplicationGroupId"], snapshot["SnapshotStatus"]) == (one_node.id, "available")


def test_a_group_begun_by_its_number_of_nodes_goes_on_by_shards_and_replicas(scene: Scene):
    inputs = {key: value for key, value in group_inputs(scene).items() if key != "numNodeGroups"}
    del inputs["replicasPerNodeGroup"]
    made = scene.make(REPLICATION_GROUP.type, "sessions", {**inputs, "numCacheClusters": 2})
    news, failures = scene.check(
        REPLICATION_GROUP.type, "sessions", {**inputs, "numNodeGroups": 1, "replicasPerNodeGroup": 1}, made.inputs
    )

    difference = scene.diff(made, news)

    assert (failures, list(difference.diffs)) == ([], [])


def test_redis_becomes_valkey_in_place(scene: Scene):
    inputs = {**group_inputs(scene), "engine": "redis", "engineVersion": "7.1", "parameterGroupName": "default.redis7"}
    del inputs["userGroupIds"]
    made = scene.make(REPLICATION_GROUP.type, "sessions", inputs)

    made = grown(scene, made, {"engine": "valkey", "engineVersion": "8.0", "parameterGroupName": "default.valkey8"})

    assert (made.outputs["engine"], made.outputs["engineVersionActual"]) == ("valkey", "8.0.1")


def test_encryption_in_transit_is_switched_on_in_two_steps(scene: Scene):
    inputs = {**group_inputs(scene), "transitEncryptionEnabled": False}
    del inputs["userGroupIds"], inputs["transitEncryptionMode"]
    made = scene.make(REPLICATION_GROUP.type, "sessions", inputs)

    made = grown(scene, made, {"transitEncryptionEnabled": True, "transitEncryptionMode": "preferred"})
    made = grown(scene, made, {"transitEncryptionMode": "required"})

    assert (made.outputs["transitEncryptionEnabled"], made.outputs["transitEncryptionMode"]) == (True, "required")


def test_an_old_engine_is_replaced_for_encryption_in_transit(scene: Scene):
    inputs = {
        **group_inputs(scene),
        "engine": "redis",
        "engineVersion": "6.2",
        "parameterGroupName": "default.redis6.x",
    }
    inputs["transitEncryptionEnabled"] = False
    del inputs["userGroupIds"], inputs["transitEncryptionMode"]
    made = scene.make(REPLICATION_GROUP.type, "sessions", inputs)

    difference = scene.diff(made, {**made.inputs, "transitEncryptionEnabled": True})

    assert list(difference.replaces) == ["transitEncryptionEnabled"]


def test_a_token_is_rotated_only_with_its_version(scene: Scene):
    inputs = {**group_inputs(scene), "authTokenWo": "first-token-of-all", "authTokenWoVersion": 1}
    del inputs["userGroupIds"]
    made = scene.make(REPLICATION_GROUP.type, "sessions", inputs)
    silent = scene.diff(made, {**made.inputs, "authTokenWo": "second-token-here"})

    after = grown(
        scene,
        made,
        {"authTokenWo": "second-token-here", "authTokenWoVersion": 2, "authTokenUpdateStrategy": "ROTATE"},
    )

    assert list(silent.diffs) == []
    assert "second-token-here" not in str(after.outputs)
