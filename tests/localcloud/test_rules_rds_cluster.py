"""What the provider refuses of Aurora's types in a preview."""

import pytest

from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_cluster_group import CLUSTER_PARAMETER_GROUP
from localcloud.resources.rds_cluster_instance import CLUSTER_INSTANCE
from localcloud.wire import UNKNOWN, Props
from tests.localcloud.lives.rds import KEY
from tests.localcloud.lives.rds_cluster import MEMBER, MINIMAL_CLUSTER
from tests.localcloud.scene import Scene

POINT: Props = {"sourceClusterIdentifier": "a", "useLatestRestorableTime": True}
CLUSTERS: list[tuple[Props, str]] = [
    ({"engine": "aurora-mysql"}, "the local cloud imitates the engine aurora-postgresql only, got 'aurora-mysql'"),
    ({"clusterIdentifier": "Orders"}, "clusterIdentifier must be 1 to 63 lowercase letters"),
    ({"clusterIdentifier": "a" * 64}, "clusterIdentifier must be 1 to 63 lowercase letters"),
    ({"clusterIdentifier": "a", "clusterIdentifierPrefix": "b"}, "conflicts with clusterIdentifierPrefix"),
    ({"finalSnapshotIdentifier": "last-"}, "finalSnapshotIdentifier must be letters"),
    ({"databaseInsightsMode": "best"}, "databaseInsightsMode must be one of advanced, standard, got 'best'"),
    ({"engineLifecycleSupport": "ever"}, "engineLifecycleSupport must be one of"),
    ({"engineMode": "limitless"}, "engineMode must be one of"),
    ({"networkType": "IPV6"}, "networkType must be one of DUAL, IPV4, got 'IPV6'"),
    ({"enabledCloudwatchLogsExports": ["banana"]}, "enabledCloudwatchLogsExports must be of"),
    ({"backupRetentionPeriod": 36}, "expected backupRetentionPeriod to be at most (35), got 36"),
    ({"backtrackWindow": 259_201}, "expected backtrackWindow to be in the range (0 - 259200)"),
    ({"serverlessv2ScalingConfiguration": {"minCapacity": 1}}, "serverlessv2ScalingConfiguration needs maxCapacity"),
    (
        {"serverlessv2ScalingConfiguration": {"minCapacity": 1, "maxCapacity": 257}},
        "expected maxCapacity to be in the range (1 - 256), got 257",
    ),
    (
        {"serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 2, "secondsUntilAutoPause": 60}},
        "expected secondsUntilAutoPause to be in the range (300 - 86400), got 60",
    ),
    ({"manageMasterUserPassword": True}, "manageMasterUserPassword and masterPassword conflict with each other"),
    ({"masterPasswordWoVersion": 1}, "masterPasswordWo and masterPasswordWoVersion need each other"),
    ({"masterPassword": "short"}, "The parameter MasterUserPassword is not a valid password (masterPassword)"),
    ({"snapshotIdentifier": "a", "restoreToPointInTime": POINT}, "conflicts with restoreToPointInTime"),
    ({"snapshotIdentifier": "a", "globalClusterIdentifier": "b"}, "conflicts with globalClusterIdentifier"),
    (
        {"restoreToPointInTime": {"sourceClusterIdentifier": "a"}},
        "needs one of restoreToTime and useLatestRestorableTime",
    ),
    (
        {"restoreToPointInTime": {**POINT, "sourceClusterResourceId": "b"}},
        "needs one of sourceClusterIdentifier and sourceClusterResourceId",
    ),
    ({"restoreToPointInTime": {**POINT, "restoreType": "fast"}}, "restoreType must be copy-on-write or full-copy"),
]
MEMBERS: list[tuple[Props, str]] = [
    ({"engine": "postgres"}, "the local cloud imitates the engine aurora-postgresql only, got 'postgres'"),
    ({"identifier": "orders--1"}, "identifier must be 1 to 63 lowercase letters"),
    ({"performanceInsightsRetentionPeriod": 5}, "performanceInsightsRetentionPeriod must be 7, 731 or a multiple"),
]
GROUPS: list[tuple[Props, str]] = [
    ({"family": "postgres17"}, "ParameterGroupFamily postgres17 is not a valid parameter group family"),
    ({"name": "default.mine"}, "name must not begin with 'default.'"),
    (
        {"parameters": [{"name": "shared_preload_libraries", "value": "pgaudit"}]},
        "cannot use immediate apply method for static parameter shared_preload_libraries",
    ),
]
CASES = [
    *((CLUSTER.type, {**MINIMAL_CLUSTER, **more}, message) for more, message in CLUSTERS),
    *((CLUSTER_INSTANCE.type, {**MEMBER, "clusterIdentifier": "a", **more}, message) for more, message in MEMBERS),
    *((CLUSTER_PARAMETER_GROUP.type, {"family": "aurora-postgresql17", **more}, message) for more, message in GROUPS),
]


@pytest.mark.parametrize(("type_", "inputs", "message"), CASES, ids=[message for _, _, message in CASES])
def test_what_the_provider_refuses_is_refused(scene: Scene, type_: str, inputs: Props, message: str):
    _, failures = scene.check(type_, "one", inputs)

    assert [failure for failure in failures if message in failure]


@pytest.mark.parametrize("key", ["masterPassword", "engineVersion", "kmsKeyId", "serverlessv2ScalingConfiguration"])
def test_what_is_not_known_yet_is_not_refused(scene: Scene, key: str):
    inputs = {**MINIMAL_CLUSTER, "storageEncrypted": True, "kmsKeyId": KEY, key: UNKNOWN}

    _, failures = scene.check(CLUSTER.type, "one", inputs)

    assert failures == []


def test_a_refused_password_is_not_repeated(scene: Scene):
    _, failures = scene.check(CLUSTER.type, "one", {**MINIMAL_CLUSTER, "masterPassword": "s3cret!"})

    assert len(failures) == 1
    assert "s3cret!" not in failures[0]
