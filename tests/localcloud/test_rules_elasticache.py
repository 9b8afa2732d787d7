"""What ElastiCache refuses of replication groups: when they are made, and when they change."""

import re

import grpc
import pytest

from localcloud.resources.kms import KEY
from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.elasticache import group_inputs, parameters
from tests.localcloud.scene import Made, Scene

GROUP = REPLICATION_GROUP.type
PLAIN: Props = {"description": "sessions", "engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.m7g.large"}
TLS: Props = {"transitEncryptionEnabled": True}
AVAILABLE: Props = {"numNodeGroups": 1, "replicasPerNodeGroup": 1, "automaticFailoverEnabled": True}
CLUSTER: Props = {**AVAILABLE, "clusterMode": "enabled"}

# What the official provider says before it asks AWS: a preview shows it.
CHECKED = {
    "version": ({"engineVersion": "8"}, "engineVersion: 8 is invalid. For Valkey, and Redis 6 or higher"),
    "patch": ({"engineVersion": "8.0.1"}, "engineVersion: 8.0.1 is invalid"),
    "engine": ({"engine": "memcached"}, "expected engine to be one of redis, valkey, got 'memcached'"),
    "id": ({"replicationGroupId": "9lives"}, "replicationGroupId must begin with a letter"),
    "long id": ({"replicationGroupId": "a" * 41}, "have at most 40 characters"),
    "counts": ({"numCacheClusters": 2, "replicasPerNodeGroup": 1}, "conflicts with replicasPerNodeGroup"),
    "retention": ({"snapshotRetentionLimit": 36}, "snapshotRetentionLimit to be at most (35), got 36"),
    "multi-az": ({"multiAzEnabled": True}, "automaticFailoverEnabled must be true if multiAzEnabled is true"),
    "failover": ({"automaticFailoverEnabled": True, "numCacheClusters": 1}, "numCacheClusters must be at least 2"),
    "token and users": ({"authToken": "t" * 16, "userGroupIds": ["g"]}, "authToken conflicts with userGroupIds"),
    "two tokens": (
        {"authToken": "t" * 16, "authTokenWo": "u" * 16, "authTokenWoVersion": 1},
        "authToken conflicts with authTokenWo",
    ),
    "no version of a token": ({"authTokenWo": "t" * 16}, "authTokenWo and authTokenWoVersion must be specified"),
    "deleted token": ({"authToken": "t" * 16, "authTokenUpdateStrategy": "DELETE"}, "must not be specified when"),
}

# What AWS says when the group is made.
CREATED = {
    "node type": ({"nodeType": "cache.m9.large"}, "Specified cache node type cache.m9.large is not a valid one"),
    "unknown version": ({"engineVersion": "9.9"}, "InvalidParameterCombination.*Cannot find version 9.9 for valkey"),
    "version of redis": ({"engineVersion": "7.1"}, "Cannot find version 7.1 for valkey"),
    "no parameter group": ({"parameterGroupName": "none"}, "CacheParameterGroup not found: none"),
    "family": (
        {"parameterGroupName": "default.valkey7"},
        "Expected a parameter group of family valkey8 but found one of family valkey7",
    ),
    "family of redis": (
        {"parameterGroupName": "default.redis7"},
        "redis parameter group is not applicable to engine valkey",
    ),
    "no subnet group": ({"subnetGroupName": "none"}, "Cache Subnet Group none does not exist"),
    "no security group": ({"securityGroupIds": ["sg-none"]}, "Some security groups are invalid: sg-none"),
    "no key": ({"atRestEncryptionEnabled": True, "kmsKeyId": "none"}, "InvalidKMSKeyFault"),
    "key without encryption": ({"kmsKeyId": "none"}, "only be given when at-rest encryption is enabled"),
    "no user group": ({**TLS, "userGroupIds": ["none"]}, "User Group none not found"),
    "two user groups": ({**TLS, "userGroupIds": ["one", "two"]}, "Only one user group"),
    "users with optional TLS": (
        {**TLS, "transitEncryptionMode": "preferred", "userGroupIds": ["none"]},
        "User group based access control requires encryption-in-transit to be enabled",
    ),
    "short token": ({**TLS, "authToken": "short"}, "Invalid AuthToken provided: it must have 16 to 128"),
    "mode without TLS": (
        {"transitEncryptionEnabled": False, "transitEncryptionMode": "required"},
        "TransitEncryptionMode can only be given when encryption-in-transit is enabled",
    ),
    "failover with one node": (
        {"automaticFailoverEnabled": True},
        "When using automatic failover, there must be at least 2 cache clusters in the replication group",
    ),
    "replicas": ({"replicasPerNodeGroup": 6}, "replicas per node group must be within 0 and 5, got 6"),
    "nodes": ({**CLUSTER, "numNodeGroups": 46}, "NodeQuotaForClusterExceeded.*90 nodes per cluster.*asks for 92"),
    "shards": ({"numNodeGroups": 2}, "More than one node group needs cluster mode enabled, it is disabled"),
    "cluster without failover": ({"clusterMode": "enabled"}, "cannot be created with auto failover turned off"),
    "cluster, parameters": (
        {**CLUSTER, "parameterGroupName": "default.valkey8"},
        "Cluster mode should be enabled in parameter group, but found it is disabled",
    ),
    "no cluster, parameters": (
        {"clusterMode": "disabled", "parameterGroupName": "default.valkey8.cluster.on"},
        "Cluster mode should be disabled in parameter group, but found it is enabled",
    ),
    "compatible alone": ({"clusterMode": "compatible"}, "needs automatic failover and at least 1 replica"),
    "multi-az, no replica": (
        {**CLUSTER, "replicasPerNodeGroup": 0, "multiAzEnabled": True},
        "Multi-AZ needs at least 1 replica in every node group",
    ),
    "tiering": ({"dataTieringEnabled": True}, "Data tiering must be enabled with r6gd nodes, and only with them"),
    "no tiering": ({"nodeType": "cache.r6gd.xlarge"}, "Data tiering must be enabled with r6gd nodes"),
    "snapshot window": ({"snapshotWindow": "05:00-6:00"}, "The snapshot window must be hh24:mi-hh24:mi"),
    "short window": ({"maintenanceWindow": "sun:05:00-sun:05:30"}, "and 60 minutes at least"),
    "no snapshot": ({"snapshotName": "none"}, "Snapshot none not found"),
    "log type": (
        {
            "logDeliveryConfigurations": [
                {"destination": "a", "destinationType": "s3", "logFormat": "json", "logType": "slow-log"}
            ]
        },
        "DestinationType of a log delivery must be one of cloudwatch-logs, kinesis-firehose, got s3",
    ),
}

# What AWS says when a group changes: from, to, and its words.
CHANGED = {
    "straight to a cluster": (
        {**AVAILABLE, "clusterMode": "disabled"},
        {"clusterMode": "enabled"},
        "Cluster mode cannot be changed from disabled to enabled: it goes from disabled to compatible to enabled",
    ),
    "back": (
        {**AVAILABLE, "clusterMode": "compatible"},
        {"clusterMode": "disabled"},
        "Cluster mode cannot be changed from compatible to disabled",
    ),
    "back from a cluster": (CLUSTER, {"clusterMode": "compatible"}, "cannot be changed from enabled to compatible"),
    "compatible with something else": (
        {**AVAILABLE, "clusterMode": "disabled"},
        {"clusterMode": "compatible", "nodeType": "cache.m7g.xlarge"},
        "Cluster mode cannot be changed together with other modifications: CacheNodeType",
    ),
    "compatible with one node": (
        {"clusterMode": "disabled"},
        {"clusterMode": "compatible"},
        "Cluster mode compatible needs automatic failover and at least 1 replica",
    ),
    "parameters alone": (
        {**AVAILABLE, "clusterMode": "disabled"},
        {"parameterGroupName": "default.valkey8.cluster.on"},
        "The parameter cluster-enabled has a different value in the requested parameter group than the current",
    ),
    "cluster and shards at once": (
        {**AVAILABLE, "clusterMode": "compatible"},
        {"clusterMode": "enabled", "numNodeGroups": 3},
        "The shard configuration of replication group .* cannot be changed: cluster mode must be enabled",
    ),
    "shards without a cluster": (AVAILABLE, {"numNodeGroups": 2}, "cluster mode must be enabled, it is disabled"),
    "no failover in a cluster": (
        CLUSTER,
        {"automaticFailoverEnabled": False},
        "Turning off automatic failover for replication group with cluster mode enabled is not supported",
    ),
    "first snapshots of a cluster": (
        CLUSTER,
        {"snapshotRetentionLimit": 7},
        "Cannot set snapshotting cluster for cluster mode enabled replication group",
    ),
    "last replica": (
        {**AVAILABLE, "multiAzEnabled": True},
        {"replicasPerNodeGroup": 0},
        "When using automatic failover, there must be at least 2 cache clusters in the replication group",
    ),
    "too many replicas": (AVAILABLE, {"replicasPerNodeGroup": 6}, "must be within 0 and 5, got 6"),
    "too many nodes": (CLUSTER, {"numNodeGroups": 46}, "NodeQuotaForClusterExceeded"),
    "engine without version": (
        {"engine": "redis", "engineVersion": "7.1"},
        {"engine": "valkey", "engineVersion": "7.1"},
        "must explicitly set 'engineVersion' attribute for Replication Group",
    ),
    "engine without parameters": (
        {"engine": "redis", "engineVersion": "7.1", "parameterGroupName": "default.redis7"},
        {"engine": "valkey", "engineVersion": "8.0"},
        "redis parameter group is not applicable to engine valkey",
    ),
    "version without parameters": (
        {"engineVersion": "7.2"},
        {"engineVersion": "8.0"},
        "Expected a parameter group of family valkey8 but found one of family valkey7",
    ),
    "TLS in one step": (
        {"transitEncryptionEnabled": False},
        {**TLS, "transitEncryptionMode": "required"},
        "Set TransitEncryptionMode to preferred first, then to required",
    ),
    "no TLS in one step": (
        {**TLS, "transitEncryptionMode": "required"},
        {"transitEncryptionEnabled": False},
        "Set TransitEncryptionMode to preferred before encryption-in-transit is disabled",
    ),
    "TLS and users at once": (
        {"transitEncryptionEnabled": False},
        {**TLS, "transitEncryptionMode": "preferred", "userGroupIds": ["none"]},
        "User group based access control requires encryption-in-transit to be enabled on the replication group",
    ),
    "token without TLS": (
        {"transitEncryptionEnabled": False},
        {"authToken": "t" * 16},
        "The AUTH token modification is only supported when encryption-in-transit is enabled",
    ),
    "node type": ({}, {"nodeType": "cache.m7g.tiny"}, "Specified cache node type cache.m7g.tiny is not a valid one"),
}


@pytest.mark.parametrize(("inputs", "said"), CHECKED.values(), ids=CHECKED)
def test_what_the_provider_refuses_is_refused_in_a_preview(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(GROUP, "sessions", {**PLAIN, **inputs})

    assert [failure for failure in failures if said in failure]


@pytest.mark.parametrize(("inputs", "said"), CREATED.values(), ids=CREATED)
def test_a_group_that_aws_would_not_make_is_refused(scene: Scene, inputs: Props, said: str):
    with pytest.raises(grpc.RpcError, match=said):
        scene.make(GROUP, "sessions", {**PLAIN, **inputs})


@pytest.mark.parametrize(("before", "change", "said"), CHANGED.values(), ids=CHANGED)
def test_a_change_that_aws_would_not_make_is_refused(scene: Scene, before: Props, change: Props, said: str):
    made = scene.make(GROUP, "sessions", {**PLAIN, **before})

    with pytest.raises(grpc.RpcError, match=said):
        scene.update(made, {**made.inputs, **change})


def test_a_refused_change_changes_nothing(scene: Scene):
    made = scene.make(GROUP, "sessions", {**PLAIN, **AVAILABLE})
    with pytest.raises(grpc.RpcError, match="Cannot find version"):
        scene.update(made, {**made.inputs, "engineVersion": "9.9", "description": "another"})

    found = scene.read(made)

    assert found
    assert found.outputs == made.outputs


def test_tls_cannot_change_under_users(scene: Scene):
    made = scene.make(GROUP, "sessions", group_inputs(scene))

    with pytest.raises(grpc.RpcError, match="is not supported for access control enabled clusters"):
        scene.update(made, {**made.inputs, "transitEncryptionMode": "preferred"})


def test_a_disabled_key_cannot_encrypt(scene: Scene):
    key = scene.make(KEY.type, "sessions", {"isEnabled": False})

    with pytest.raises(grpc.RpcError, match="InvalidKMSKeyFault"):
        scene.make(GROUP, "sessions", {**PLAIN, "atRestEncryptionEnabled": True, "kmsKeyId": key.outputs["arn"]})


def test_a_name_can_be_used_once(scene: Scene):
    scene.make(GROUP, "sessions", {**PLAIN, "replicationGroupId": scene.stack[:40]})

    with pytest.raises(grpc.RpcError, match="ReplicationGroupAlreadyExists"):
        scene.make(GROUP, "sessions", {**PLAIN, "replicationGroupId": scene.stack[:40].upper()})


def test_a_final_snapshot_needs_a_name_of_its_own(scene: Scene):
    inputs = {**PLAIN, "finalSnapshotIdentifier": f"final-{scene.stack}"}
    scene.delete(scene.make(GROUP, "first", inputs))
    second = scene.make(GROUP, "second", inputs)

    with pytest.raises(grpc.RpcError, match=re.escape(f"Snapshot final-{scene.stack} already exists")):
        scene.delete(second)
    assert scene.read(second)


def test_a_parameter_group_of_ones_own_must_be_one_for_clusters(scene: Scene):
    made = scene.make(GROUP, "sessions", {**PLAIN, **AVAILABLE, "parameterGroupName": parameters(scene)})

    with pytest.raises(grpc.RpcError, match="Cluster mode should be enabled in parameter group, but found it is"):
        scene.update(made, {**made.inputs, "clusterMode": "compatible"})


def test_awss_own_parameter_group_follows_the_cluster_mode(scene: Scene):
    made = scene.make(GROUP, "sessions", {**PLAIN, **AVAILABLE})

    after = scene.update(made, {**made.inputs, "clusterMode": "compatible"})

    assert after.outputs["parameterGroupName"] == "default.valkey8.cluster.on"


@pytest.fixture
def clustered(scene: Scene) -> Made:
    name = parameters(scene, "clustered", cluster_enabled="yes")
    return scene.make(GROUP, "sessions", {**PLAIN, **AVAILABLE, "parameterGroupName": name})


def test_the_parameter_group_alone_makes_a_cluster(clustered: Made):
    assert (clustered.outputs["clusterMode"], clustered.outputs["clusterEnabled"]) == ("enabled", True)


def test_cluster_mode_cannot_be_changed_by_the_parameter_in_use(scene: Scene, clustered: Made):
    aws = scene.aws("elasticache")
    off = [{"ParameterName": "cluster-enabled", "ParameterValue": "no"}]

    with pytest.raises(aws.exceptions.InvalidParameterValueException, match="cluster-enabled cannot be modified"):
        aws.modify_cache_parameter_group(
            CacheParameterGroupName=clustered.inputs["parameterGroupName"], ParameterNameValues=off
        )
