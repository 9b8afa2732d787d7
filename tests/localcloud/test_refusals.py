"""What the official provider lets through when it plans and AWS then refuses, the local cloud refuses in a preview."""

from typing import Any, Final

import pytest

from localcloud.wire import UNKNOWN, Props
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.scene import Scene

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
TABLE: Final = "aws:dynamodb/table:Table"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
TARGET: Final = "aws:appautoscaling/target:Target"
PLAN: Final = "aws:backup/plan:Plan"
SCHEDULE: Final = "aws:scheduler/schedule:Schedule"
LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"

TOKEN: Final = "t" * 16
COLD: Final = {"coldStorageAfter": 60, "deleteAfter": 30}
VAULT: Final = "arn:aws:backup:eu-west-1:123456789012:backup-vault:copies"
GOOD: Final[dict[str, Props]] = {
    INSTANCE: MINIMAL,
    CLUSTER: {
        "engine": "aurora-postgresql",
        "masterUsername": "clubapp",
        "masterPassword": "correct-horse-battery",
        "skipFinalSnapshot": True,
    },
    TABLE: {"attributes": [{"name": "id", "type": "S"}], "hashKey": "id", "billingMode": "PAY_PER_REQUEST"},
    GROUP: {"description": "sessions", "engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.m7g.large"},
    TARGET: {
        "serviceNamespace": "dynamodb",
        "resourceId": "table/orders",
        "scalableDimension": "dynamodb:table:ReadCapacityUnits",
        "minCapacity": 5,
        "maxCapacity": 50,
    },
    PLAN: {"name": "daily", "rules": [{"ruleName": "daily", "targetVaultName": "vault"}]},
    SCHEDULE: {
        "scheduleExpression": "cron(0 20 ? * * *)",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": {
            "arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
            "roleArn": "arn:aws:iam::123456789012:role/hours",
            "input": "{}",
        },
    },
    LIFECYCLE: {"bucket": "archive", "rules": [{"id": "old", "status": "Enabled", "expiration": {"days": 90}}]},
}


def rule(**more: Any) -> Props:
    return {"rules": [{"ruleName": "daily", "targetVaultName": "vault", **more}]}


def index(**more: Any) -> Props:
    keys = [{"attributeName": "id", "keyType": "HASH"}]
    return {"globalSecondaryIndexes": [{"name": "by-id", "keySchemas": keys, "projectionType": "KEYS_ONLY", **more}]}


REFUSED: Final[dict[str, tuple[str, Props, str]]] = {
    "IOPS of small gp3": (INSTANCE, {"storageType": "gp3", "iops": 3_000}, "storage size less than 400"),
    "io2 without IOPS": (INSTANCE, {"allocatedStorage": 100, "storageType": "io2"}, "needs iops between 1000 and"),
    "throughput of gp3": (
        INSTANCE,
        {"storageType": "gp3", "allocatedStorage": 400, "iops": 12_000, "storageThroughput": 4_000},
        "throughput to IOPS ratio must not exceed 0.25",
    ),
    "windows of an instance": (
        INSTANCE,
        {"backupWindow": "03:00-04:00", "maintenanceWindow": "sun:03:59-sun:05:00"},
        "backupWindow and maintenanceWindow must not overlap",
    ),
    "windows over midnight": (
        INSTANCE,
        {"backupWindow": "23:30-00:30", "maintenanceWindow": "sun:00:00-sun:01:00"},
        "backupWindow and maintenanceWindow must not overlap",
    ),
    "windows of a cluster": (
        CLUSTER,
        {"preferredBackupWindow": "02:00-02:30", "preferredMaintenanceWindow": "sun:02:15-sun:03:00"},
        "preferredBackupWindow and preferredMaintenanceWindow must not overlap",
    ),
    "windows of a cache": (
        GROUP,
        {"snapshotWindow": "03:00-04:00", "maintenanceWindow": "sun:03:30-sun:04:30"},
        "snapshotWindow and maintenanceWindow must not overlap",
    ),
    "no final snapshot of an instance": (INSTANCE, {"skipFinalSnapshot": False}, "finalSnapshotIdentifier is required"),
    "no final snapshot of a cluster": (CLUSTER, {"skipFinalSnapshot": False}, "finalSnapshotIdentifier is required"),
    "token without TLS": (GROUP, {"authToken": TOKEN}, "authToken needs transitEncryptionEnabled"),
    "users without TLS": (GROUP, {"userGroupIds": ["all"]}, "userGroupIds needs transitEncryptionEnabled"),
    "failover with one node": (
        GROUP,
        {"automaticFailoverEnabled": True, "numCacheClusters": 1},
        "numCacheClusters must be at least 2",
    ),
    "index capacity on demand": (TABLE, index(readCapacity=5, writeCapacity=5), "readCapacity of index by-id cannot"),
    "table backups": (
        TABLE,
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 36}},
        "RecoveryPeriodInDays must be between 1 and 35, got 36",
    ),
    "expiry by nothing": (TABLE, {"ttl": {"enabled": True}}, "ttl needs attributeName when it is enabled"),
    "minimum over maximum": (TARGET, {"minCapacity": 51}, "minCapacity must be at most maxCapacity, got 51 and 50"),
    "minimum units over maximum": (
        CLUSTER,
        {"serverlessv2ScalingConfiguration": {"minCapacity": 8, "maxCapacity": 4}},
        "minCapacity must be at most maxCapacity, got 8 and 4",
    ),
    "cold later than deleted": (PLAN, rule(lifecycle=COLD), "60 asks for 150 or more, got 30"),
    "cold copy later than deleted": (
        PLAN,
        rule(copyActions=[{"destinationVaultArn": VAULT, "lifecycle": COLD}]),
        "60 asks for 150 or more, got 30",
    ),
    "continuous for too long": (
        PLAN,
        rule(enableContinuousBackup=True, lifecycle={"deleteAfter": 36}),
        "more than 35 days for continuous backups, got 36",
    ),
    "backups by no cron": (PLAN, rule(schedule="every day"), "Invalid Schedule Expression every day"),
    "backups by Unix cron": (PLAN, rule(schedule="cron(0 5 * * *)"), "cron takes 6 fields"),
    "hours by no cron": (SCHEDULE, {"scheduleExpression": "daily"}, "Invalid Schedule Expression daily"),
    "deleted before it is cold": (
        LIFECYCLE,
        {
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "transitions": [{"days": 90, "storageClass": "GLACIER_IR"}],
                    "expiration": {"days": 30},
                }
            ]
        },
        "'Days' in the Expiration action must be greater",
    ),
    "retention of an instance": (INSTANCE, {"backupRetentionPeriod": 36}, "Invalid backup retention period: 36"),
    "retention of a cache": (GROUP, {"snapshotRetentionLimit": 36}, "at most (35), got 36"),
}


@pytest.mark.parametrize(("type_", "change", "said"), REFUSED.values(), ids=REFUSED)
def test_what_aws_would_refuse_is_refused_before_any_call(scene: Scene, type_: str, change: Props, said: str):
    _, failures = scene.check(type_, "main", {**GOOD[type_], **change})

    assert said in "\n".join(failures)


@pytest.mark.parametrize("type_", GOOD)
def test_it_is_the_change_that_is_refused(scene: Scene, type_: str):
    assert scene.check(type_, "main", GOOD[type_])[1] == []


@pytest.mark.parametrize(
    ("type_", "change"),
    [
        (INSTANCE, {"skipFinalSnapshot": False, "finalSnapshotIdentifier": UNKNOWN}),
        (INSTANCE, {"backupWindow": "03:00-04:00", "maintenanceWindow": UNKNOWN}),
        (TARGET, {"minCapacity": UNKNOWN}),
        (GROUP, {"authToken": TOKEN, "transitEncryptionEnabled": UNKNOWN}),
    ],
)
def test_what_only_the_deployment_knows_is_left_to_aws(scene: Scene, type_: str, change: Props):
    assert scene.check(type_, "main", {**GOOD[type_], **change})[1] == []


@pytest.mark.parametrize(
    ("type_", "change"),
    [
        (INSTANCE, {"backupWindow": "03:00-04:00", "maintenanceWindow": "sun:04:00-sun:05:00"}),
        (INSTANCE, {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last"}),
        (GROUP, {"authToken": TOKEN, "transitEncryptionEnabled": True}),
        (TABLE, index()),
        (PLAN, rule(lifecycle={"coldStorageAfter": 60, "deleteAfter": 150})),
    ],
)
def test_what_aws_takes_is_taken(scene: Scene, type_: str, change: Props):
    assert scene.check(type_, "main", {**GOOD[type_], **change})[1] == []
