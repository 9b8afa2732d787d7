"""What RDS refuses and moto would accept."""

import pytest

from localcloud.resources.rds import PARAMETER_GROUP, SUBNET_GROUP
from localcloud.resources.rds_instance import INSTANCE
from localcloud.wire import UNKNOWN, Props
from tests.localcloud.lives.rds import KEY, MINIMAL, ROLE
from tests.localcloud.scene import Scene

INSTANCES = [
    ({"identifier": "Orders"}, "identifier must be 1 to 63 lowercase letters"),
    ({"identifier": "orders--db"}, "identifier must be 1 to 63 lowercase letters"),
    ({"dbName": "1st"}, "DBName must begin with a letter"),
    ({"port": 80}, "port must be between 1150 and 65535, got 80"),
    ({"password": "short"}, "The parameter MasterUserPassword is not a valid password (password)"),
    ({"password": "with a blank"}, "The parameter MasterUserPassword is not a valid password (password)"),
    ({"manageMasterUserPassword": True}, "You can't specify MasterUserPassword if ManageMasterUserPassword"),
    ({"passwordWo": "correct-horse-battery"}, "conflicts with passwordWo"),
    ({"masterUserSecretKmsKeyId": KEY}, "You can't specify MasterUserSecretKmsKeyId"),
    ({"username": "admin"}, "MasterUsername admin cannot be used as it is a reserved word"),
    ({"username": "pg_app"}, "MasterUsername pg_app cannot be used as it is a reserved word"),
    ({"username": "1app"}, "MasterUsername must be 1 to 63 letters"),
    ({"engine": "mysql"}, "the local cloud imitates the engine postgres only, got 'mysql'"),
    ({"engineVersion": "11"}, "Cannot find version 11 for postgres"),
    ({"engineVersion": "17.99"}, "Cannot find version 17.99 for postgres"),
    ({"engineVersion": "latest"}, "Cannot find version latest for postgres"),
    ({"instanceClass": "db.t4g.huge"}, "Invalid DB Instance class: db.t4g.huge"),
    ({"instanceClass": "t4g.micro"}, "Invalid DB Instance class: t4g.micro"),
    ({"multiAz": True, "availabilityZone": "eu-central-1a"}, "Requesting a specific availability zone is not valid"),
    ({"storageType": "gp9"}, "Invalid storage type: gp9"),
    ({"allocatedStorage": 19}, "Invalid storage size for engine name postgres and storage type gp3: 19"),
    ({"allocatedStorage": 65537}, "Invalid storage size for engine name postgres and storage type gp3: 65537"),
    ({"maxAllocatedStorage": 20}, "Max storage size must be greater than storage size"),
    ({"storageType": "gp3", "iops": 4000}, "You can't specify IOPS or storage throughput for engine postgres"),
    ({"allocatedStorage": 400, "storageType": "gp3", "iops": 3000}, "Invalid iops for gp3 of 400 GiB: 3000"),
    ({"allocatedStorage": 400, "storageThroughput": 100}, "Invalid storage throughput for gp3 of 400 GiB: 100"),
    ({"allocatedStorage": 100, "storageType": "io2"}, "storage type io2 needs iops between 1000 and 256000, got None"),
    ({"kmsKeyId": KEY}, "KmsKeyId can't be specified for an unencrypted DB instance"),
    ({"backupRetentionPeriod": 36}, "Invalid backup retention period: 36"),
    ({"monitoringInterval": 7, "monitoringRoleArn": ROLE}, "monitoringInterval must be one of 0, 1, 5"),
    ({"monitoringInterval": 60}, "A MonitoringRoleARN value is required"),
    ({"monitoringRoleArn": ROLE}, "You must specify a MonitoringInterval value other than 0"),
    ({"enabledCloudwatchLogsExports": ["banana"]}, "You cannot use the log types 'banana'"),
    ({"engineLifecycleSupport": "ever"}, "engineLifecycleSupport must be one of"),
    ({"networkType": "IPV6"}, "networkType must be IPV4 or DUAL"),
    ({"performanceInsightsEnabled": True, "performanceInsightsRetentionPeriod": 5}, "Invalid Performance Insights"),
    ({"performanceInsightsRetentionPeriod": 7}, "need performanceInsightsEnabled"),
    ({"databaseInsightsMode": "advanced"}, "To enable the Advanced mode of Database Insights"),
    ({"databaseInsightsMode": "best"}, "databaseInsightsMode must be standard or advanced"),
    ({"finalSnapshotIdentifier": "rds:last"}, "finalSnapshotIdentifier must begin with a letter"),
    ({"replicateSourceDb": "a", "snapshotIdentifier": "b"}, "replicateSourceDb and snapshotIdentifier conflict"),
    ({"replicateSourceDb": "a"}, "username can't be specified for a read replica"),
    (
        {"restoreToPointInTime": {"sourceDbInstanceIdentifier": "a"}},
        "needs one of restoreTime and useLatestRestorableTime",
    ),
    ({"restoreToPointInTime": {"useLatestRestorableTime": True}}, "needs one of sourceDbInstanceAutomatedBackupsArn"),
    ({"restoreToPointInTime": {"surprise": "a"}}, "does not imitate surprise of restoreToPointInTime"),
    ({"dedicatedLogVolume": True}, "A dedicated log volume needs the storage type io1 or io2, got gp3"),
    ({"storageType": "gp2", "iops": 3000}, "You can't specify IOPS for storage type gp2"),
    (
        {"allocatedStorage": 100, "storageType": "io1", "iops": 5001},
        "The IOPS to GiB ratio must be between 0.5 and 50.0, got 5001 IOPS for 100 GiB",
    ),
    (
        {"allocatedStorage": 400, "iops": 12_000, "storageType": "gp3", "storageThroughput": 3001},
        "The storage throughput to IOPS ratio must not exceed 0.25",
    ),
]
PARAMETER_GROUPS = [
    ({"family": "postgres99"}, "ParameterGroupFamily postgres99 is not a valid parameter group family"),
    ({"name": "Orders"}, "name must be 1 to 255 lowercase letters"),
    ({"name": "default.mine"}, "name must not begin with 'default.'"),
    (
        {"parameters": [{"name": "work_mem", "value": "1", "applyMethod": "now"}]},
        "must be one of immediate, pending-reboot",
    ),
    (
        {"parameters": [{"name": "shared_preload_libraries", "value": "pgaudit"}]},
        "cannot use immediate apply method for static parameter shared_preload_libraries",
    ),
    ({"parameters": [{"name": "work_mem", "value": "1"}] * 2}, "the parameter work_mem is given twice"),
]
SUBNET_GROUPS = [
    ({"name": "Data"}, "only lowercase alphanumeric characters"),
    ({"name": "default"}, "name must not be 'default'"),
    ({"subnetIds": []}, "subnetIds must not be empty"),
]
CASES = [
    *((INSTANCE.type, {**MINIMAL, **more}, message) for more, message in INSTANCES),
    *((PARAMETER_GROUP.type, {"family": "postgres17", **more}, message) for more, message in PARAMETER_GROUPS),
    *((SUBNET_GROUP.type, {"subnetIds": ["subnet-1"], **more}, message) for more, message in SUBNET_GROUPS),
]


@pytest.mark.parametrize(("type_", "inputs", "message"), CASES, ids=[message for _, _, message in CASES])
def test_what_rds_refuses_is_refused(scene: Scene, type_: str, inputs: Props, message: str):
    _, failures = scene.check(type_, "one", inputs)

    assert [failure for failure in failures if message in failure]


def test_a_refused_password_is_not_repeated(scene: Scene):
    _, failures = scene.check(INSTANCE.type, "one", {**MINIMAL, "password": "s3cret!"})

    assert len(failures) == 1
    assert "s3cret!" not in failures[0]


@pytest.mark.parametrize("key", ["password", "username", "engineVersion", "kmsKeyId", "monitoringRoleArn"])
def test_what_is_not_known_yet_is_not_refused(scene: Scene, key: str):
    inputs = {**MINIMAL, "storageEncrypted": True, "monitoringInterval": 60, "monitoringRoleArn": ROLE, key: UNKNOWN}

    _, failures = scene.check(INSTANCE.type, "one", inputs)

    assert failures == []
