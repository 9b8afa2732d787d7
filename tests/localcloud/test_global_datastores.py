"""Global datastores: groups in other regions that follow one primary, and change with it."""

from typing import Any

import grpc
import pytest

from localcloud.cloud import client
from localcloud.resources.appautoscaling import TARGET
from localcloud.resources.elasticache_global import GLOBAL_REPLICATION_GROUP
from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.elasticache import global_inputs, parameters
from tests.localcloud.scene import Made, Scene

GROUP = REPLICATION_GROUP.type
STORE = GLOBAL_REPLICATION_GROUP.type
DR_REGION = "eu-west-1"
CLUSTER: Props = {
    "description": "sessions",
    "engine": "valkey",
    "engineVersion": "8.0",
    "nodeType": "cache.m7g.large",
    "clusterMode": "enabled",
    "automaticFailoverEnabled": True,
    "numNodeGroups": 2,
    "replicasPerNodeGroup": 1,
    "transitEncryptionEnabled": True,
    "atRestEncryptionEnabled": True,
}


def datastore(scene: Scene, **primary: object) -> tuple[Made, Made]:
    """A global datastore and its primary."""
    group = scene.make(GROUP, "sessions", {**CLUSTER, **primary})
    suffix = f"sessions-{scene.stack}"
    inputs = {"globalReplicationGroupIdSuffix": suffix, "primaryReplicationGroupId": group.id}
    return scene.make(STORE, "sessions", inputs), group


def follower(scene: Scene, store: Made, region: str = DR_REGION, **more: object) -> Made:
    inputs = {"description": "elsewhere", "region": region, "globalReplicationGroupId": store.id, **more}
    return scene.make(GROUP, f"sessions-{region}", inputs)


def seen(scene: Scene, group: Made, region: str = DR_REGION) -> dict[str, Any]:
    aws = client(scene.endpoint, "elasticache", region)
    return aws.describe_replication_groups(ReplicationGroupId=group.id)["ReplicationGroups"][0]


def test_a_secondary_is_like_its_primary(scene: Scene):
    store, _ = datastore(scene, parameterGroupName=parameters(scene, cluster_enabled="yes"))

    group = follower(scene, store, replicasPerNodeGroup=0)

    found = seen(scene, group)
    assert (found["CacheNodeType"], found["Engine"], len(found["NodeGroups"])) == ("cache.m7g.large", "valkey", 2)
    assert (found["TransitEncryptionEnabled"], found["AtRestEncryptionEnabled"]) == (True, True)
    assert found["GlobalReplicationGroupInfo"]["GlobalReplicationGroupMemberRole"] == "SECONDARY"


def test_a_refresh_of_a_secondary_finds_nothing(scene: Scene):
    group = follower(scene, datastore(scene)[0])

    found = scene.read(group)

    assert found
    assert (found.inputs, found.outputs) == (group.inputs, group.outputs)


def test_all_members_change_together(scene: Scene):
    store, _ = datastore(scene)
    group = follower(scene, store)

    scene.update(store, {**store.inputs, "cacheNodeType": "cache.m7g.xlarge", "numNodeGroups": 3})

    found = seen(scene, group)
    assert (found["CacheNodeType"], len(found["NodeGroups"])) == ("cache.m7g.xlarge", 3)


def test_every_region_sees_the_datastore(scene: Scene):
    store, group = datastore(scene)
    other = follower(scene, store)

    [found] = client(scene.endpoint, "elasticache", "us-east-1").describe_global_replication_groups(
        GlobalReplicationGroupId=store.id, ShowMemberInfo=True
    )["GlobalReplicationGroups"]

    roles = {one["ReplicationGroupId"]: one["Role"] for one in found["Members"]}
    assert roles == {group.id: "PRIMARY", other.id: "SECONDARY"}


def test_a_datastore_goes_after_its_secondaries_and_leaves_its_primary(scene: Scene):
    store, primary = datastore(scene)
    group = follower(scene, store)
    with pytest.raises(grpc.RpcError, match="has secondary members: they must be removed first"):
        scene.delete(store)
    scene.delete(group)
    scene.delete(store)

    assert (scene.read(group), scene.read(store)) == (None, None)
    assert "GlobalReplicationGroupInfo" not in seen(scene, primary, scene.region)


REFUSED_CHANGES = {
    "nodes": ({"nodeType": "cache.m7g.xlarge"}, "A modification of CacheNodeType cannot be done to replication group"),
    "version": ({"engineVersion": "8.1"}, "A modification of Engine, EngineVersion cannot be done"),
    "shards": ({"numNodeGroups": 3}, "Resharding cannot be done to replication group .*: it is a member of the global"),
}


@pytest.mark.parametrize(("change", "said"), REFUSED_CHANGES.values(), ids=REFUSED_CHANGES)
def test_a_member_does_not_change_alone(scene: Scene, change: Props, said: str):
    _, primary = datastore(scene)

    with pytest.raises(grpc.RpcError, match=said):
        scene.update(primary, {**primary.inputs, **change})


def test_a_primary_is_not_deleted_before_its_datastore(scene: Scene):
    _, primary = datastore(scene)

    with pytest.raises(grpc.RpcError, match="Deletion cannot be done to replication group"):
        scene.delete(primary)


def test_a_secondary_says_nothing_that_is_its_primarys(scene: Scene):
    inputs = {"description": "elsewhere", "globalReplicationGroupId": "g", "nodeType": "cache.m7g.large"}

    _, failures = scene.check(GROUP, "sessions", {**inputs, "engine": "valkey"})

    assert [one for one in failures if "globalReplicationGroupId conflicts with engine, nodeType" in one]


def test_a_region_has_one_member_and_a_datastore_three(scene: Scene):
    store, _ = datastore(scene)
    follower(scene, store)
    with pytest.raises(grpc.RpcError, match="has a member in eu-west-1 already"):
        follower(scene, store)
    follower(scene, store, "eu-west-2")

    with pytest.raises(grpc.RpcError, match="has 2 secondary members already"):
        follower(scene, store, "eu-north-1")


def test_small_nodes_do_not_go_global(scene: Scene):
    with pytest.raises(grpc.RpcError, match="Global datastores need nodes of m5, m6g"):
        datastore(scene, nodeType="cache.t4g.medium")


def test_a_datastore_that_does_not_exist_has_no_secondary(scene: Scene):
    store = Made(urn="", id="ldgnf-none", inputs={}, outputs={})

    with pytest.raises(grpc.RpcError, match="Global replication group ldgnf-none not found"):
        follower(scene, store)


def test_an_older_version_replaces_the_datastore(scene: Scene):
    store = scene.make(STORE, "sessions", {**global_inputs(scene), "engineVersion": "8.1"})

    assert list(scene.diff(store, {**store.inputs, "engineVersion": "8.0"}).replaces) == ["engineVersion"]


def test_members_of_a_datastore_are_not_autoscaled(scene: Scene):
    _, primary = datastore(scene)
    target = {
        "serviceNamespace": "elasticache",
        "resourceId": f"replication-group/{primary.id}",
        "scalableDimension": "elasticache:replication-group:NodeGroups",
        "minCapacity": 1,
        "maxCapacity": 4,
    }

    with pytest.raises(grpc.RpcError, match="Auto scaling is not supported for members of a global datastore"):
        scene.make(TARGET.type, "shards", target)
