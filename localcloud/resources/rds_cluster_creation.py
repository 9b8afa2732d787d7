"""RDS: how an Aurora PostgreSQL cluster comes to be: new, as a replica, in a global cluster, or restored."""

from datetime import datetime
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resources.rds_creation import accepted
from localcloud.resources.rds_waiting import until_settled
from localcloud.tags import to_aws
from localcloud.wire import Props

CALLS: Final = {
    "availabilityZones": "AvailabilityZones",
    "backtrackWindow": "BacktrackWindow",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "clusterScalabilityType": "ClusterScalabilityType",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "databaseInsightsMode": "DatabaseInsightsMode",
    "databaseName": "DatabaseName",
    "dbClusterParameterGroupName": "DBClusterParameterGroupName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "deletionProtection": "DeletionProtection",
    "enableGlobalWriteForwarding": "EnableGlobalWriteForwarding",
    "enableHttpEndpoint": "EnableHttpEndpoint",
    "enableLocalWriteForwarding": "EnableLocalWriteForwarding",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "engine": "Engine",
    "engineLifecycleSupport": "EngineLifecycleSupport",
    "engineMode": "EngineMode",
    "engineVersion": "EngineVersion",
    "globalClusterIdentifier": "GlobalClusterIdentifier",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "kmsKeyId": "KmsKeyId",
    "manageMasterUserPassword": "ManageMasterUserPassword",
    "masterUserSecretKmsKeyId": "MasterUserSecretKmsKeyId",
    "masterUsername": "MasterUsername",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "networkType": "NetworkType",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "port": "Port",
    "preferredBackupWindow": "PreferredBackupWindow",
    "preferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "replicationSourceIdentifier": "ReplicationSourceIdentifier",
    "serverlessv2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
    "storageEncrypted": "StorageEncrypted",
    "storageType": "StorageType",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
}
"""Inputs, and the words of AWS's calls for them."""

_POINT: Final = {
    "restoreType": "RestoreType",
    "sourceClusterIdentifier": "SourceDBClusterIdentifier",
    "sourceClusterResourceId": "SourceDbClusterResourceId",
    "useLatestRestorableTime": "UseLatestRestorableTime",
}


def find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    """Look a cluster up by its name."""
    aws = cloud.aws("rds")
    try:
        return aws.describe_db_clusters(DBClusterIdentifier=id_)["DBClusters"][0]
    except aws.exceptions.DBClusterNotFoundFault:
        return None


def for_aws(key: str, value: Any) -> Any:
    """Write an input as AWS's calls take it."""
    if key == "serverlessv2ScalingConfiguration":
        return {name[0].upper() + name[1:]: part for name, part in value.items()}
    return value


def create(cloud: Cloud, inputs: Props) -> str:
    """Make a cluster from nothing, a source, a snapshot or a time; give its name."""
    operation, more = "create_db_cluster", {}
    if snapshot := inputs.get("snapshotIdentifier"):
        operation, more = "restore_db_cluster_from_snapshot", {"SnapshotIdentifier": snapshot}
    elif point := inputs.get("restoreToPointInTime"):
        operation, more = "restore_db_cluster_to_point_in_time", _point(point)
    elif password := inputs.get("masterPassword") or inputs.get("masterPasswordWo"):
        more = {"MasterUserPassword": password}
    arguments: Props = {
        **{CALLS[key]: for_aws(key, value) for key, value in inputs.items() if key in CALLS},
        **more,
        "DBClusterIdentifier": inputs["clusterIdentifier"],
        "Tags": to_aws(inputs.get("tags")),
    }
    answer = getattr(cloud.aws("rds"), operation)(**accepted(cloud, operation, arguments))
    await_cluster(cloud, answer["DBCluster"]["DBClusterIdentifier"])
    return answer["DBCluster"]["DBClusterIdentifier"]


def await_cluster(cloud: Cloud, id_: str) -> None:
    """Wait until a cluster is what it is to be."""

    def look() -> str | None:
        found = find(cloud, id_)
        return found["Status"] if found else None

    until_settled(look() or "", look)


def _point(point: Props) -> Props:
    arguments: Props = {theirs: point[key] for key, theirs in _POINT.items() if point.get(key)}
    if time := point.get("restoreToTime"):
        arguments["RestoreToTime"] = datetime.fromisoformat(time)
    return arguments
