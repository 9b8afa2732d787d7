"""Changes of guarded properties, by what the gate is to say: type, path, before, after."""

from typing import Any

from tests.upgrades.change import TABLE

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
ATLAS = "mongodbatlas:index/advancedCluster:AdvancedCluster"
SNAPSHOTS = "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def pitr(enabled: object, days: object = None) -> dict[str, object]:
    return {"enabled": enabled} | ({} if days is None else {"recoveryPeriodInDays": days})


def sse(key: object = None, *, enabled: object = True) -> dict[str, object]:
    return {"enabled": enabled} | ({} if key is None else {"kmsKeyArn": key})


def shards(*disks: int | None) -> list[dict[str, object]]:
    """Give the shards of a cluster of Atlas, each with the disk of its nodes in the home region."""
    sized = [{"instanceSize": "M30"} | ({} if disk is None else {"diskSizeGb": disk}) for disk in disks]
    return [{"regionConfigs": [{"electableSpecs": one}, {"electableSpecs": {}}]} for one in sized]


WEAKER: list[tuple[str, str, Any, Any]] = [
    (INSTANCE, "deletionProtection", True, False),
    (INSTANCE, "deletionProtection", True, None),
    (TABLE, "deletionProtectionEnabled", True, False),
    (INSTANCE, "backupRetentionPeriod", 7, 6),
    (INSTANCE, "backupRetentionPeriod", 7, 0),
    (INSTANCE, "backupRetentionPeriod", 7, None),
    (TABLE, "pointInTimeRecovery", pitr(True, 35), pitr(True, 34)),
    (TABLE, "pointInTimeRecovery", pitr(True), pitr(True, 34)),
    (TABLE, "pointInTimeRecovery", pitr(True), pitr(False)),
    (TABLE, "pointInTimeRecovery", pitr(True, 1), None),
    (GROUP, "snapshotRetentionLimit", 7, 1),
    (GROUP, "snapshotRetentionLimit", 7, None),
    (INSTANCE, "deleteAutomatedBackups", False, True),
    (INSTANCE, "deleteAutomatedBackups", False, None),
    (INSTANCE, "skipFinalSnapshot", False, True),
    (INSTANCE, "skipFinalSnapshot", None, True),
    (INSTANCE, "finalSnapshotIdentifier", "x", None),
    (GROUP, "finalSnapshotIdentifier", "x", ""),
    ("aws:kms/key:Key", "deletionWindowInDays", None, 7),
    ("aws:secretsmanager/secret:Secret", "recoveryWindowInDays", 30, 0),
    (TABLE, "serverSideEncryption", sse("arn"), sse()),
    (TABLE, "serverSideEncryption", sse("arn"), None),
    (TABLE, "serverSideEncryption", sse(), sse(enabled=False)),
    (INSTANCE, "storageEncrypted", True, False),
    (GROUP, "transitEncryptionEnabled", True, None),
    (GROUP, "transitEncryptionMode", "required", "preferred"),
    (GROUP, "transitEncryptionMode", None, "preferred"),
    ("aws:secretsmanager/secret:Secret", "kmsKeyId", "arn", None),
    ("aws:kms/key:Key", "enableKeyRotation", True, False),
    ("aws:kms/key:Key", "isEnabled", None, False),
    ("aws:kms/replicaKey:ReplicaKey", "enabled", True, False),
    (SNAPSHOTS, "restoreWindowDays", 14, 7),
    (SNAPSHOTS, "restoreWindowDays", 14, None),
    (INSTANCE, "multiAz", True, False),
    (GROUP, "multiAzEnabled", True, None),
    (GROUP, "automaticFailoverEnabled", True, False),
    ("aws:s3/bucket:Bucket", "forceDestroy", False, True),
    ("aws:s3/bucket:Bucket", "versioning", {"enabled": True}, {"enabled": False}),
    (TABLE, "replicas", [{"regionName": "eu-west-1", "pointInTimeRecovery": True}], [{"regionName": "eu-west-1"}]),
    (
        TABLE,
        "replicas",
        [{"regionName": "eu-west-1", "deletionProtectionEnabled": True}],
        [{"regionName": "eu-west-1", "deletionProtectionEnabled": False}],
    ),
]
IMPOSSIBLE: list[tuple[str, str, Any, Any]] = [
    (ATLAS, "clusterType", "SHARDED", "REPLICASET"),
    (ATLAS, "clusterType", "GEOSHARDED", "SHARDED"),
    (INSTANCE, "allocatedStorage", 50, 20),
    (INSTANCE, "engineVersion", "17", "16"),
    (INSTANCE, "engineVersion", "16", "17"),
    (INSTANCE, "replicateSourceDb", None, "main"),
    (CLUSTER, "replicationSourceIdentifier", None, "arn:aws:rds:eu-central-1:123456789012:db:main"),
    (GROUP, "clusterMode", "enabled", "disabled"),
    (GROUP, "clusterMode", "compatible", None),
    (GROUP, "clusterMode", "disabled", "enabled"),
    (GROUP, "nodeType", "cache.r7g.large", "cache.r6gd.large"),
]
OUTAGES: list[tuple[str, str, Any, Any]] = [
    (ATLAS, "replicationSpecs", shards(40, 40), shards(40)),
    (ATLAS, "replicationSpecs", shards(40, 40), shards(40, 39)),
    (INSTANCE, "instanceClass", "db.t4g.micro", "db.t4g.medium"),
    (INSTANCE, "backupRetentionPeriod", None, 1),
    (INSTANCE, "engineVersion", "16.3", "16.9"),
    (INSTANCE, "port", 5432, 5433),
    (CLUSTER, "engineVersion", "16.3", "16.9"),
    (CLUSTER, "replicationSourceIdentifier", "arn:aws:rds:eu-central-1:123456789012:db:main", None),
    ("aws:rds/clusterInstance:ClusterInstance", "instanceClass", "db.r7g.large", "db.r7g.xlarge"),
    (GROUP, "nodeType", "cache.t4g.micro", "cache.t4g.small"),
    (GROUP, "engineVersion", "7.2", "8.0"),
]
SAME_OR_STRONGER: list[tuple[str, str, Any, Any]] = [
    (SNAPSHOTS, "restoreWindowDays", 7, 14),
    (ATLAS, "clusterType", "REPLICASET", "SHARDED"),
    (ATLAS, "clusterType", "REPLICASET", "GEOSHARDED"),
    (ATLAS, "replicationSpecs", shards(40), shards(40, 40)),
    (INSTANCE, "deletionProtection", None, True),
    (INSTANCE, "deletionProtection", None, False),
    (INSTANCE, "backupRetentionPeriod", 7, 7),
    (INSTANCE, "backupRetentionPeriod", 7, 35),
    (TABLE, "pointInTimeRecovery", pitr(False), pitr(True, 1)),
    (TABLE, "pointInTimeRecovery", None, pitr(True, 1)),
    (TABLE, "pointInTimeRecovery", pitr(True, 35), pitr(True)),
    (TABLE, "pointInTimeRecovery", pitr(False, 35), pitr(False, 7)),
    (INSTANCE, "skipFinalSnapshot", True, None),
    (INSTANCE, "finalSnapshotIdentifier", "x", "y"),
    (INSTANCE, "finalSnapshotIdentifier", None, "y"),
    ("aws:secretsmanager/secret:Secret", "kmsKeyId", "arn", "ref:aws:kms/key:Key::main::?"),
    (TABLE, "serverSideEncryption", sse("arn"), sse("ref:aws:kms/key:Key::main::arn")),
    (TABLE, "serverSideEncryption", None, sse()),
    (INSTANCE, "allocatedStorage", 20, 50),
    (INSTANCE, "multiAz", False, True),
    (GROUP, "clusterMode", "disabled", "compatible"),
    (GROUP, "clusterMode", "compatible", "enabled"),
    (GROUP, "transitEncryptionMode", "preferred", "required"),
]
UNCLEAR: list[tuple[str, str, Any, Any]] = [
    (INSTANCE, "deletionProtection", True, UNKNOWN),
    (INSTANCE, "backupRetentionPeriod", 7, UNKNOWN),
    (INSTANCE, "backupRetentionPeriod", 7, "ref:aws:ssm/parameter:Parameter::days::value"),
    (INSTANCE, "finalSnapshotIdentifier", "x", "unknown:name"),
    (TABLE, "pointInTimeRecovery", pitr(True, 35), UNKNOWN),
    (TABLE, "pointInTimeRecovery", pitr(True, 35), pitr(UNKNOWN)),
    (TABLE, "pointInTimeRecovery", pitr(True, 35), pitr(True, UNKNOWN)),
    (TABLE, "serverSideEncryption", sse("arn"), sse(UNKNOWN)),
    (GROUP, "clusterMode", "disabled", UNKNOWN),
    (ATLAS, "replicationSpecs", shards(40), UNKNOWN),
]
