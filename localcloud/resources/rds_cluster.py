"""RDS: Aurora PostgreSQL clusters."""

from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.foresight import final_snapshot_named, units_in_order, windows_apart
from localcloud.resources.rds import retag
from localcloud.resources.rds_cluster_creation import CALLS, await_cluster, create, find, for_aws
from localcloud.resources.rds_cluster_rules import CLUSTER_RULES
from localcloud.resources.rds_creation import accepted
from localcloud.resources.rds_postgres import same_version
from localcloud.tags import from_aws
from localcloud.wire import Props

# The words of AWS's answers, where they differ from those of its calls.
_ANSWERS: Final = {
    **CALLS,
    "dbClusterParameterGroupName": "DBClusterParameterGroup",
    "dbSubnetGroupName": "DBSubnetGroup",
    "enableHttpEndpoint": "HttpEndpointEnabled",
    "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "performanceInsightsEnabled": "PerformanceInsightsEnabled",
    "arn": "DBClusterArn",
    "clusterIdentifier": "DBClusterIdentifier",
    "clusterResourceId": "DbClusterResourceId",
    "endpoint": "Endpoint",
    "engineVersionActual": "EngineVersion",
    "hostedZoneId": "HostedZoneId",
    "readerEndpoint": "ReaderEndpoint",
}
# How else these are given back, or changed.
_ELSEWHERE: Final = frozenset(
    {"enableGlobalWriteForwarding", "enableLocalWriteForwarding", "manageMasterUserPassword"}
    | {"masterUserSecretKmsKeyId", "serverlessv2ScalingConfiguration", "vpcSecurityGroupIds"}
)
# The provider sends them in calls of their own, or never.
_CHANGED_APART: Final = frozenset(
    {"enableHttpEndpoint", "enabledCloudwatchLogsExports", "engine", "engineMode", "engineVersion"}
    | {"globalClusterIdentifier", "replicationSourceIdentifier"}
)
# What AWS has again when the program no longer says it; everything else stays as it is.
_WHEN_DROPPED: Final[Props] = {
    "deletionProtection": False,
    "enabledCloudwatchLogsExports": [],
    "iamDatabaseAuthenticationEnabled": False,
    "manageMasterUserPassword": False,
    "performanceInsightsEnabled": False,
}


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    """Set on a restored cluster what its creation did not take; refuse roles, which need a feature's name."""
    if inputs.get("iamRoles"):
        message = "The FeatureName parameter must be provided with the current operation for the Aurora (PostgreSQL)"
        raise Refused("InvalidParameterValue", f"{message} engine.")
    if "snapshotIdentifier" not in inputs and "restoreToPointInTime" not in inputs:
        return
    live = _read(cloud, id_) or {}
    unset = {"masterPassword", "masterPasswordWoVersion", *CALLS}
    olds = {key: value for key, value in inputs.items() if key not in unset}
    olds |= {key: live[key] for key in inputs if key in CALLS and key in live}
    _update(cloud, id_, olds, inputs)


# Reading


def _read(cloud: Cloud, id_: str) -> Props | None:
    cluster = find(cloud, id_)
    if cluster is None:
        return None
    secret = cluster.get("MasterUserSecret")
    props: Props = {
        **{key: cluster[theirs] for key, theirs in _ANSWERS.items() if key not in _ELSEWHERE and theirs in cluster},
        "clusterMembers": sorted(one["DBInstanceIdentifier"] for one in cluster["DBClusterMembers"]),
        "globalClusterIdentifier": _global(cloud, cluster["DBClusterArn"]),
        "iamRoles": [one["RoleArn"] for one in cluster["AssociatedRoles"]],
        "manageMasterUserPassword": secret is not None,
        "masterUserSecrets": [_secret(secret)] if secret else [],
        "replicationSourceIdentifier": cluster.get("ReplicationSourceIdentifier", ""),
        "storageType": cluster.get("StorageType", ""),
        "tags": from_aws(cluster.get("TagList")),
        "vpcSecurityGroupIds": [one["VpcSecurityGroupId"] for one in cluster["VpcSecurityGroups"]],
    }
    if scaling := cluster.get("ServerlessV2ScalingConfiguration"):
        props["serverlessv2ScalingConfiguration"] = {
            name[0].lower() + name[1:]: _whole(value) for name, value in scaling.items()
        }
    if secret:
        props["masterUserSecretKmsKeyId"] = secret["KmsKeyId"]
    return props


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _global(cloud: Cloud, arn: str) -> str:
    filters = [{"Name": "db-cluster-id", "Values": [arn]}]
    found = cloud.aws("rds").describe_global_clusters(Filters=filters)["GlobalClusters"]
    return found[0]["GlobalClusterIdentifier"] if found else ""


def _secret(secret: dict[str, Any]) -> Props:
    return {"kmsKeyId": secret["KmsKeyId"], "secretArn": secret["SecretArn"], "secretStatus": secret["SecretStatus"]}


def _same_storage(ours: Any, live: Any) -> bool:
    """Compare storage types: AWS says nothing of the ordinary one."""
    return (ours or "aurora") == (live or "aurora")


def _same_group(ours: Any, live: Any) -> bool:
    return str(ours).lower() == str(live).lower()


# Changes


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    live = _read(cloud, id_)
    if live is None:
        raise Refused("DBClusterNotFoundFault", f"DBCluster {id_} not found.")
    dropped = {key: value for key, value in _WHEN_DROPPED.items() if key in olds and key not in news}
    wanted = {**news, **dropped}
    changes = {key: value for key, value in wanted.items() if value != olds.get(key)}
    if changes.get("iamRoles"):
        message = "The FeatureName parameter must be provided with the current operation for the Aurora (PostgreSQL)"
        raise Refused("InvalidParameterValue", f"{message} engine.")
    _switch_data_api(cloud, live, changes)
    _promote(cloud, live, olds, news)
    arguments = {
        CALLS[key]: for_aws(key, changes[key]) for key in changes if key in CALLS and key not in _CHANGED_APART
    }
    if arguments.keys() & {"DatabaseInsightsMode", "EnablePerformanceInsights"}:
        arguments |= _insights(wanted)
    arguments |= _version(live, news, changes)
    arguments |= _password(changes, news)
    if "enabledCloudwatchLogsExports" in changes:
        before, after = set(live["enabledCloudwatchLogsExports"]), set(changes["enabledCloudwatchLogsExports"])
        arguments["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(after - before),
            "DisableLogTypes": sorted(before - after),
        }
    arguments = accepted(cloud, "modify_db_cluster", arguments)
    if arguments:
        cloud.aws("rds").modify_db_cluster(
            DBClusterIdentifier=id_,
            ApplyImmediately=news.get("applyImmediately", False),
            AllowMajorVersionUpgrade=news.get("allowMajorVersionUpgrade", False),
            **arguments,
        )
        await_cluster(cloud, id_)
    _leave(cloud, live, olds, news)
    retag(cloud, live["arn"], olds, news)


def _insights(wanted: Props) -> Props:
    """RDS wants the mode of Database Insights together with Performance Insights."""
    keys = ("databaseInsightsMode", "performanceInsightsEnabled", "performanceInsightsKmsKeyId")
    return {CALLS[key]: wanted[key] for key in (*keys, "performanceInsightsRetentionPeriod") if key in wanted}


def _switch_data_api(cloud: Cloud, live: Props, changes: Props) -> None:
    if "enableHttpEndpoint" in changes and changes["enableHttpEndpoint"] != live["enableHttpEndpoint"]:
        aws = cloud.aws("rds")
        switch = aws.enable_http_endpoint if changes["enableHttpEndpoint"] else aws.disable_http_endpoint
        switch(ResourceArn=live["arn"])


def _promote(cloud: Cloud, live: Props, olds: Props, news: Props) -> None:
    """Promote a replica whose source the program no longer names."""
    before, after = olds.get("replicationSourceIdentifier"), news.get("replicationSourceIdentifier")
    if after and before != after:
        raise Refused("InvalidParameterCombination", "promoting to standalone is not supported for RDS Cluster")
    if before and not after and live["replicationSourceIdentifier"]:
        cloud.aws("rds").promote_read_replica_db_cluster(DBClusterIdentifier=live["clusterIdentifier"])


def _leave(cloud: Cloud, live: Props, olds: Props, news: Props) -> None:
    """Take a cluster out of the global cluster that the program no longer names."""
    before, after = olds.get("globalClusterIdentifier"), news.get("globalClusterIdentifier")
    if before == after or (after and after == live["globalClusterIdentifier"]):
        return
    if not before:
        message = "existing RDS Clusters cannot be added to an existing RDS Global Cluster"
        raise Refused("InvalidParameterCombination", message)
    if after:
        message = "existing RDS Clusters cannot be migrated between existing RDS Global Clusters"
        raise Refused("InvalidParameterCombination", message)
    if live["globalClusterIdentifier"] == before:
        cloud.aws("rds").remove_from_global_cluster(GlobalClusterIdentifier=before, DbClusterIdentifier=live["arn"])


def _version(live: Props, news: Props, changes: Props) -> Props:
    """Ask for another version; a group for the instances goes with a major one only."""
    wanted = changes.get("engineVersion")
    if not wanted or same_version(wanted, live["engineVersionActual"]):
        return {}
    major = wanted.partition(".")[0] != live["engineVersionActual"].partition(".")[0]
    group = news.get("dbInstanceParameterGroupName") if major else None
    return {"EngineVersion": wanted, **({"DBInstanceParameterGroupName": group} if group else {})}


def _password(changes: Props, news: Props) -> Props:
    if "masterPassword" in changes:
        return {"MasterUserPassword": news["masterPassword"]}
    if "masterPasswordWo" in news and ("masterPasswordWoVersion" in changes or "manageMasterUserPassword" in changes):
        return {"MasterUserPassword": news["masterPasswordWo"]}
    return {}


# Deletion


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    live = _read(cloud, id_)
    if live is None:
        return
    last = state.get("finalSnapshotIdentifier")
    skip = state.get("skipFinalSnapshot", False)
    if not skip and not last:
        message = "RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is false"
        raise Refused("InvalidParameterCombination", message)
    if world := live["globalClusterIdentifier"]:
        cloud.aws("rds").remove_from_global_cluster(GlobalClusterIdentifier=world, DbClusterIdentifier=live["arn"])
    cloud.aws("rds").delete_db_cluster(
        DBClusterIdentifier=id_,
        DeleteAutomatedBackups=state.get("deleteAutomatedBackups", True),
        SkipFinalSnapshot=skip,
        **({} if skip else {"FinalDBSnapshotIdentifier": last}),
    )


_STEERING: Final = frozenset(
    {"allowMajorVersionUpgrade", "applyImmediately", "dbInstanceParameterGroupName", "deleteAutomatedBackups"}
    | {"enableGlobalWriteForwarding", "enableLocalWriteForwarding", "finalSnapshotIdentifier", "masterPassword"}
    | {"restoreToPointInTime", "skipFinalSnapshot", "snapshotIdentifier", "sourceRegion"}
)
_COMPUTED: Final = frozenset(
    {"availabilityZones", "backupRetentionPeriod", "clusterScalabilityType", "databaseInsightsMode", "databaseName"}
    | {"dbClusterParameterGroupName", "dbSubnetGroupName", "engineLifecycleSupport", "engineVersion", "kmsKeyId"}
    | {"masterUserSecretKmsKeyId", "masterUsername", "monitoringInterval", "monitoringRoleArn", "networkType"}
    | {"performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod", "port", "preferredBackupWindow"}
    | {"preferredMaintenanceWindow", "storageEncrypted", "storageType", "vpcSecurityGroupIds"}
)

CLUSTER: Final = ResourceType(
    type="aws:rds/cluster:Cluster",
    create=create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"clusterIdentifier", "iamRoles", "tags", *CALLS}) - _STEERING,
    remembered=frozenset({"clusterIdentifierPrefix", "masterPasswordWoVersion"}),
    steering=_STEERING,
    write_only=frozenset({"masterPasswordWo"}),
    required=frozenset({"engine"}),
    outputs=_COMPUTED
    | {"arn", "clusterMembers", "clusterResourceId", "endpoint", "engineVersionActual", "hostedZoneId", "iamRoles"}
    | {"masterUserSecrets", "readerEndpoint"},
    replace=frozenset(
        {"availabilityZones", "clusterIdentifier", "clusterIdentifierPrefix", "clusterScalabilityType", "databaseName"}
        | {"dbSubnetGroupName", "engine", "engineMode", "kmsKeyId", "masterUsername", "restoreToPointInTime"}
        | {"snapshotIdentifier", "sourceRegion", "storageEncrypted"}
    ),
    sticky=_COMPUTED | {"iamRoles", "serverlessv2ScalingConfiguration", "snapshotIdentifier"},
    defaults={
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "enableGlobalWriteForwarding": False,
        "enableHttpEndpoint": False,
        "enableLocalWriteForwarding": False,
        "engineMode": "provisioned",
        "skipFinalSnapshot": False,
    },
    name=AutoName(property="clusterIdentifier", prefix="clusterIdentifierPrefix", lower=True, max_length=63),
    rules=(
        *CLUSTER_RULES,
        final_snapshot_named,
        windows_apart("preferredBackupWindow", "preferredMaintenanceWindow"),
        units_in_order,
    ),
    same={"dbSubnetGroupName": _same_group, "engineVersion": same_version, "storageType": _same_storage},
    not_imitated="no database runs and nothing takes time: no replication, failover times or maintenance window; "
    "changes apply at once even without applyImmediately; a restore has no data, and one of a deleted cluster's kept "
    "backups is not there; engines other than aurora-postgresql, Serverless v1, Multi-AZ DB clusters, domains",
)

TYPES: Final = (CLUSTER,)
