"""RDS: how a PostgreSQL instance comes to be: new, as a read replica, or restored."""

from datetime import datetime
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resources.foresight import overlap
from localcloud.resources.rds_postgres import POINT_SOURCES, family, full_version
from localcloud.resources.rds_waiting import until_settled
from localcloud.tags import to_aws
from localcloud.wire import Props

CALLS: Final = {
    "allocatedStorage": "AllocatedStorage",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "availabilityZone": "AvailabilityZone",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "databaseInsightsMode": "DatabaseInsightsMode",
    "dbName": "DBName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "dedicatedLogVolume": "DedicatedLogVolume",
    "deletionProtection": "DeletionProtection",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "engine": "Engine",
    "engineLifecycleSupport": "EngineLifecycleSupport",
    "engineVersion": "EngineVersion",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "instanceClass": "DBInstanceClass",
    "iops": "Iops",
    "kmsKeyId": "KmsKeyId",
    "licenseModel": "LicenseModel",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "manageMasterUserPassword": "ManageMasterUserPassword",
    "masterUserSecretKmsKeyId": "MasterUserSecretKmsKeyId",
    "maxAllocatedStorage": "MaxAllocatedStorage",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "multiAz": "MultiAZ",
    "networkType": "NetworkType",
    "parameterGroupName": "DBParameterGroupName",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "port": "Port",
    "publiclyAccessible": "PubliclyAccessible",
    "storageEncrypted": "StorageEncrypted",
    "storageThroughput": "StorageThroughput",
    "storageType": "StorageType",
    "username": "MasterUsername",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
}
"""Inputs, and the words of AWS's calls for them."""

# moto's own windows overlap with many a window that a program gives.
_BACKUP_WINDOWS: Final = ("03:10-03:40", "13:14-13:44")
_MAINTENANCE_WINDOWS: Final = ("wed:06:38-wed:07:08", "wed:18:38-wed:19:08")
_AUTHORITY: Final = "rds-ca-rsa2048-g1"


def find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    """Look an instance up by its resource id, which stays when it is renamed, or by its name, as imports do."""
    aws = cloud.aws("rds")
    found = aws.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [id_]}])["DBInstances"]
    if not found:
        found = aws.describe_db_instances(Filters=[{"Name": "db-instance-id", "Values": [id_]}])["DBInstances"]
    return found[0] if found else None


def create(cloud: Cloud, inputs: Props) -> str:
    """Make an instance from nothing, a source, a snapshot or a time; give its resource id."""
    if source := inputs.get("replicateSourceDb"):
        if "kmsKeyId" in inputs and not source.startswith("arn:"):
            message = (
                "Your request does not require the KMS key parameter: a replica in the region of its source has its key"
            )
            raise Refused("InvalidParameterCombination", message)
        operation, more = "create_db_instance_read_replica", {"SourceDBInstanceIdentifier": source}
    elif snapshot := inputs.get("snapshotIdentifier"):
        operation, more = "restore_db_instance_from_db_snapshot", {"DBSnapshotIdentifier": snapshot}
    elif point := inputs.get("restoreToPointInTime"):
        operation, more = "restore_db_instance_to_point_in_time", _point(point)
    else:
        operation, more = "create_db_instance", _new(cloud, inputs)
    name = "TargetDBInstanceIdentifier" if operation.endswith("point_in_time") else "DBInstanceIdentifier"
    arguments: Props = {
        **{CALLS[key]: value for key, value in inputs.items() if key in CALLS},
        **more,
        name: inputs["identifier"],
        "Tags": to_aws(inputs.get("tags")),
    }
    require_family(cloud, inputs, arguments.get("EngineVersion"))
    answer = getattr(cloud.aws("rds"), operation)(**accepted(cloud, operation, arguments))
    await_instance(cloud, answer["DBInstance"])
    return answer["DBInstance"]["DbiResourceId"]


def await_instance(cloud: Cloud, instance: dict[str, Any]) -> None:
    """Wait until an instance, as a call told it, is what it is to be."""

    def look() -> str | None:
        found = find(cloud, instance["DbiResourceId"])
        return found["DBInstanceStatus"] if found else None

    until_settled(instance["DBInstanceStatus"], look)


def accepted(cloud: Cloud, operation: str, arguments: Props) -> Props:
    """Leave out what an operation does not take: it is set by a modification afterwards."""
    meta = cloud.aws("rds").meta
    shape = meta.service_model.operation_model(meta.method_to_api_mapping[operation]).input_shape
    return {key: value for key, value in arguments.items() if key in shape.members}


def _new(cloud: Cloud, inputs: Props) -> Props:
    """Give what a new instance has where the program says nothing, or less than AWS wants to know."""
    password = inputs.get("password", inputs.get("passwordWo"))
    needed = {"engine": inputs.get("engine"), "username": inputs.get("username")}
    needed["allocatedStorage"] = inputs.get("allocatedStorage")
    needed["password (or passwordWo, or manageMasterUserPassword)"] = password or inputs.get("manageMasterUserPassword")
    if missing := [key for key, value in needed.items() if not value]:
        raise Refused("InvalidParameterValue", f"invalid, required for a new DB instance: {', '.join(missing)}")
    backup, maintenance = _windows(inputs)
    more: Props = {
        "BackupRetentionPeriod": inputs.get("backupRetentionPeriod", 0),
        "CACertificateIdentifier": inputs.get("caCertIdentifier", _AUTHORITY),
        "EngineVersion": full_version(inputs.get("engineVersion")),
        "LicenseModel": "postgresql-license",
        "PreferredBackupWindow": backup,
        "PreferredMaintenanceWindow": maintenance,
        "StorageType": inputs.get("storageType") or ("io1" if inputs.get("iops") else "gp3"),
    }
    if password:
        more["MasterUserPassword"] = password
    if inputs.get("storageEncrypted") and not inputs.get("kmsKeyId"):
        more["KmsKeyId"] = cloud.aws("kms").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]["Arn"]
    return more


def _windows(inputs: Props) -> tuple[str, str]:
    """Give the windows, choosing those that are not given so that they do not overlap."""
    backups = (inputs["backupWindow"],) if inputs.get("backupWindow") else _BACKUP_WINDOWS
    windows = (inputs["maintenanceWindow"],) if inputs.get("maintenanceWindow") else _MAINTENANCE_WINDOWS
    pairs = [(backup, window) for backup in backups for window in windows]
    return next((pair for pair in pairs if not overlap(*pair)), pairs[0])


def _point(point: Props) -> Props:
    """Give where to restore to."""
    where: Props = {theirs: point[key] for key, theirs in POINT_SOURCES.items() if point.get(key)}
    if point.get("useLatestRestorableTime"):
        return {**where, "UseLatestRestorableTime": True}
    return {**where, "RestoreTime": datetime.fromisoformat(point["restoreTime"])}


def require_family(cloud: Cloud, inputs: Props, version: str | None) -> None:
    """Refuse a parameter group that is not made for the major version."""
    name = inputs.get("parameterGroupName", "default.")
    if version is None or name.startswith("default."):
        return
    groups = cloud.aws("rds").describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"]
    if not groups:
        raise Refused("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    found, wanted = groups[0]["DBParameterGroupFamily"], family(version)
    if found != wanted:
        message = (
            f"The Parameter Group {name} with DBParameterGroupFamily {found} can't be used for this instance. "
            f"Please use a Parameter Group with DBParameterGroupFamily {wanted}."
        )
        raise Refused("InvalidParameterCombination", message)
