"""RDS: PostgreSQL instances, their read replicas, and instances that are restored."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.rds import retag
from localcloud.resources.rds_postgres import RULES, STRIPED_GIB, family, full_version, same_version, split_version
from localcloud.tags import from_aws, to_aws
from localcloud.wire import Props

# Our words, those of AWS's calls, and those of its answers where they differ.
_CALLS: Final = {
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
_ANSWERS: Final = {
    **_CALLS,
    "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "performanceInsightsEnabled": "PerformanceInsightsEnabled",
}
# How else these are given back, or changed.
_ELSEWHERE: Final = frozenset(
    {"dbSubnetGroupName", "manageMasterUserPassword", "masterUserSecretKmsKeyId", "parameterGroupName", "port"}
    | {"vpcSecurityGroupIds"}
)
_CHANGED_APART: Final = frozenset(
    {"allocatedStorage", "enabledCloudwatchLogsExports", "engine", "engineVersion", "port"}
)
# What AWS has again when the program no longer says it; everything else stays as it is.
_WHEN_DROPPED: Final[Props] = {
    "deletionProtection": False,
    "enabledCloudwatchLogsExports": [],
    "iamDatabaseAuthenticationEnabled": False,
    "manageMasterUserPassword": False,
}
_PLACES: Final = ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime")
# moto's own windows overlap with many a window that a program gives.
_BACKUP_WINDOWS: Final = ("03:10-03:40", "13:14-13:44")
_MAINTENANCE_WINDOWS: Final = ("wed:06:38-wed:07:08", "wed:18:38-wed:19:08")
_AUTHORITY: Final = "rds-ca-rsa2048-g1"
_ZONE: Final = "Z0LOCALCLOUD"
_GP3_BASELINE: Final = (3000, 125)
_GP3_STRIPED: Final = (12_000, 500)
_INSIGHTS_DAYS: Final = 7


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    """Look an instance up by its resource id, which stays when it is renamed, or by its name, as imports do."""
    aws = cloud.aws("rds")
    found = aws.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [id_]}])["DBInstances"]
    if not found:
        found = aws.describe_db_instances(Filters=[{"Name": "db-instance-id", "Values": [id_]}])["DBInstances"]
    return found[0] if found else None


# Creation


def _create(cloud: Cloud, inputs: Props) -> str:
    if source := inputs.get("replicateSourceDb"):
        operation, more = "create_db_instance_read_replica", {"SourceDBInstanceIdentifier": source}
    elif snapshot := inputs.get("snapshotIdentifier"):
        operation, more = "restore_db_instance_from_db_snapshot", {"DBSnapshotIdentifier": snapshot}
    elif point := inputs.get("restoreToPointInTime"):
        operation, more = "restore_db_instance_to_point_in_time", _point(cloud, point)
    else:
        operation, more = "create_db_instance", _new(cloud, inputs)
    name = "TargetDBInstanceIdentifier" if operation.endswith("point_in_time") else "DBInstanceIdentifier"
    arguments = {
        **{_CALLS[key]: value for key, value in inputs.items() if key in _CALLS},
        **more,
        name: inputs["identifier"],
        "Tags": to_aws(inputs.get("tags")),
    }
    _require_family(cloud, inputs, arguments.get("EngineVersion"))
    answer = getattr(cloud.aws("rds"), operation)(**_accepted(cloud, operation, arguments))
    return answer["DBInstance"]["DbiResourceId"]


def _accepted(cloud: Cloud, operation: str, arguments: Props) -> Props:
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
    return next((pair for pair in pairs if not _overlap(*pair)), pairs[0])


def _overlap(backup: str, maintenance: str) -> bool:
    """Say whether two windows may share a minute, on whatever day. A malformed one is left to AWS's own check."""

    def minutes(window: str) -> set[int]:
        first, last = (60 * int(one[-5:-3]) + int(one[-2:]) for one in window.split("-"))
        return {minute % 1440 for minute in range(first, last + (1440 if last < first else 0))}

    try:
        return bool(minutes(backup) & minutes(maintenance))
    except ValueError:
        return False


def _point(cloud: Cloud, point: Props) -> Props:
    """Give where to restore to. moto restores to any time, so what AWS refuses is refused here."""
    source = _find(cloud, point["sourceDbInstanceIdentifier"])
    if source is None:
        raise Refused("DBInstanceNotFound", f"DBInstance {point['sourceDbInstanceIdentifier']} not found.")
    if not source["BackupRetentionPeriod"]:
        raise Refused("PointInTimeRestoreNotEnabled", "Point in time recovery is not enabled for this instance")
    where: Props = {"SourceDBInstanceIdentifier": source["DBInstanceIdentifier"]}
    if point.get("useLatestRestorableTime"):
        return {**where, "UseLatestRestorableTime": True}
    time = datetime.fromisoformat(point["restoreTime"].replace("Z", "+00:00"))
    if not source["InstanceCreateTime"] <= time <= source["LatestRestorableTime"]:
        first, last = source["InstanceCreateTime"], source["LatestRestorableTime"]
        message = f"The specified time is not between {first:%Y-%m-%dT%H:%M:%SZ} and {last:%Y-%m-%dT%H:%M:%SZ}"
        raise Refused("InvalidRestoreFault", message)
    return {**where, "RestoreTime": time}


def _require_family(cloud: Cloud, inputs: Props, version: str | None) -> None:
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


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    """Set on a replica or restored instance what its creation did not take."""
    if not any(key in inputs for key in _PLACES):
        return
    live = _read(cloud, id_) or {}
    wanted = {"deletionProtection": False, **inputs}  # moto's restored instances take it over from their source
    olds = {**wanted, **{key: live[key] for key in wanted if key in live and key in _CALLS}}
    for key in ("password", "passwordWoVersion"):  # a restored instance has its source's password until told otherwise
        olds.pop(key, None)
    _update(cloud, id_, olds, wanted)


# Reading


def _read(cloud: Cloud, id_: str) -> Props | None:
    instance = _find(cloud, id_)
    if instance is None:
        return None
    plain = {key: instance[theirs] for key, theirs in _ANSWERS.items() if key not in _ELSEWHERE and theirs in instance}
    secret = instance.get("MasterUserSecret")
    endpoint = instance["Endpoint"]
    props: Props = {
        **_performance(plain),
        **plain,
        "identifier": instance["DBInstanceIdentifier"],
        "arn": instance["DBInstanceArn"],
        "resourceId": instance["DbiResourceId"],
        "status": instance["DBInstanceStatus"],
        "address": endpoint["Address"],
        "endpoint": f"{endpoint['Address']}:{endpoint['Port']}",
        "hostedZoneId": _ZONE,
        "port": endpoint["Port"],
        "engineVersionActual": instance["EngineVersion"],
        "parameterGroupName": instance["DBParameterGroups"][0]["DBParameterGroupName"],
        "vpcSecurityGroupIds": [one["VpcSecurityGroupId"] for one in instance["VpcSecurityGroups"]],
        "replicas": instance.get("ReadReplicaDBInstanceIdentifiers", []),
        "replicateSourceDb": instance.get("ReadReplicaSourceDBInstanceIdentifier", ""),
        "manageMasterUserPassword": secret is not None,
        "masterUserSecrets": [_secret(secret)] if secret else [],
        "tags": from_aws(instance.get("TagList")),
    }
    if "DBSubnetGroup" in instance:
        props["dbSubnetGroupName"] = instance["DBSubnetGroup"]["DBSubnetGroupName"]
    if props.get("backupRetentionPeriod"):
        props["latestRestorableTime"] = f"{instance['LatestRestorableTime']:%Y-%m-%dT%H:%M:%SZ}"
    if secret:
        props["masterUserSecretKmsKeyId"] = secret["KmsKeyId"]
    if props.get("performanceInsightsEnabled"):
        props.setdefault("performanceInsightsRetentionPeriod", _INSIGHTS_DAYS)
    return props


def _performance(plain: Props) -> Props:
    """Give the baseline of gp3, which AWS says and moto does not."""
    if plain["storageType"] != "gp3":
        return {}
    iops, throughput = _GP3_STRIPED if plain["allocatedStorage"] >= STRIPED_GIB else _GP3_BASELINE
    return {"iops": iops, "storageThroughput": throughput}


def _secret(secret: dict[str, Any]) -> Props:
    return {"kmsKeyId": secret["KmsKeyId"], "secretArn": secret["SecretArn"], "secretStatus": secret["SecretStatus"]}


def _grown(inputs: Props, live: Props) -> Iterable[str]:
    """Storage that RDS enlarged by itself, within the bound that the program gives, is no drift."""
    size, bound = inputs.get("allocatedStorage"), inputs.get("maxAllocatedStorage")
    return ["allocatedStorage"] if size and bound and size < live.get("allocatedStorage", 0) else []


def _same_instance(ours: Any, live: Any) -> bool:
    """The source of a replica is given as a name or as an ARN."""
    return str(ours).rpartition(":")[2] == str(live).rpartition(":")[2]


# Changes


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    live = _read(cloud, id_)
    if live is None:
        raise Refused("DBInstanceNotFound", f"DBInstance {id_} not found.")
    dropped = {key: value for key, value in _WHEN_DROPPED.items() if key in olds and key not in news}
    wanted = {**news, **dropped}
    changes = {key: value for key, value in wanted.items() if value != olds.get(key)}
    _follow_source(cloud, live, olds, news)
    arguments = {_CALLS[key]: changes[key] for key in changes if key in _CALLS and key not in _CHANGED_APART}
    arguments |= _storage_change(live, news, changes, olds)
    arguments |= _version_change(cloud, live, news, changes)
    arguments |= _password_change(live, changes, news)
    if "identifier" in changes:
        arguments["NewDBInstanceIdentifier"] = news["identifier"]
    if "port" in changes:
        arguments["DBPortNumber"] = news["port"]
    if "enabledCloudwatchLogsExports" in changes:
        before, after = set(live.get("enabledCloudwatchLogsExports", [])), set(changes["enabledCloudwatchLogsExports"])
        arguments["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(after - before),
            "DisableLogTypes": sorted(before - after),
        }
    arguments = _accepted(cloud, "modify_db_instance", arguments)
    if arguments:
        cloud.aws("rds").modify_db_instance(
            DBInstanceIdentifier=live["identifier"],
            ApplyImmediately=news.get("applyImmediately", False),
            AllowMajorVersionUpgrade=news.get("allowMajorVersionUpgrade", False),
            **arguments,
        )
    retag(cloud, live["arn"], olds, news)


def _follow_source(cloud: Cloud, live: Props, olds: Props, news: Props) -> None:
    """Promote a replica whose source the program no longer names."""
    before, after = olds.get("replicateSourceDb"), news.get("replicateSourceDb")
    if before and after and not _same_instance(before, after):
        raise Refused("InvalidParameterCombination", "cannot elect new source database for replication")
    if after and not before:
        raise Refused("InvalidParameterCombination", "an existing DB instance can't be made a read replica")
    if before and not after and live["replicateSourceDb"]:
        days = {"BackupRetentionPeriod": news["backupRetentionPeriod"]} if news.get("backupRetentionPeriod") else {}
        cloud.aws("rds").promote_read_replica(DBInstanceIdentifier=live["identifier"], **days)


def _storage_change(live: Props, news: Props, changes: Props, olds: Props) -> Props:
    more: Props = {}
    size = changes.get("allocatedStorage")
    if size and size < live["allocatedStorage"]:
        if news.get("maxAllocatedStorage", 0) <= size:
            message = f"the allocated storage can't be reduced from {live['allocatedStorage']} to {size} GiB"
            raise Refused("InvalidParameterCombination", message)
    elif size:
        # RDS wants all three at once.
        more = {_CALLS[key]: news[key] for key in ("allocatedStorage", "iops", "storageThroughput") if key in news}
    if olds.get("maxAllocatedStorage") and not news.get("maxAllocatedStorage"):
        more["MaxAllocatedStorage"] = more.get("AllocatedStorage", live["allocatedStorage"])
    return more


def _version_change(cloud: Cloud, live: Props, news: Props, changes: Props) -> Props:
    now = live["engineVersionActual"]
    target = now
    if "engineVersion" in changes and not same_version(changes["engineVersion"], now):
        target = full_version(changes["engineVersion"])
    (old_major, old_minor), (new_major, new_minor) = split_version(now), split_version(target)
    if (new_major, new_minor or 0) < (old_major, old_minor or 0):
        raise Refused("InvalidParameterCombination", f"Cannot upgrade postgres from {now} to {target}")
    if new_major > old_major and not news.get("allowMajorVersionUpgrade"):
        message = "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        raise Refused("InvalidParameterCombination", message)
    if target != now or "parameterGroupName" in changes:
        _require_family(cloud, {"parameterGroupName": live["parameterGroupName"], **news}, target)
    return {"EngineVersion": target} if target != now else {}


def _password_change(live: Props, changes: Props, news: Props) -> Props:
    if changes.get("manageMasterUserPassword") and (live["replicas"] or live["replicateSourceDb"]):
        message = "You can't manage the master password in Secrets Manager for a DB instance that has read replicas"
        raise Refused("InvalidParameterCombination", message)
    if changes.get("manageMasterUserPassword") is False and not (news.get("password") or news.get("passwordWo")):
        message = "You must specify MasterUserPassword when you turn off ManageMasterUserPassword"
        raise Refused("InvalidParameterCombination", message)
    if "password" in changes:
        return {"MasterUserPassword": news["password"]}
    if "passwordWo" in news and ("passwordWoVersion" in changes or "manageMasterUserPassword" in changes):
        return {"MasterUserPassword": news["passwordWo"]}
    return {}


# Deletion


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    instance = _find(cloud, id_)
    if instance is None:
        return
    arguments: Props = {
        "DBInstanceIdentifier": instance["DBInstanceIdentifier"],
        "SkipFinalSnapshot": state.get("skipFinalSnapshot", False),
        "DeleteAutomatedBackups": state.get("deleteAutomatedBackups", True),
    }
    if not arguments["SkipFinalSnapshot"]:
        arguments["FinalDBSnapshotIdentifier"] = _final_snapshot(instance, state)
    cloud.aws("rds").delete_db_instance(**arguments)


def _final_snapshot(instance: dict[str, Any], state: Props) -> str:
    if instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        message = "a final snapshot of a read replica can't be made: set skipFinalSnapshot"
        raise Refused("InvalidParameterCombination", message)
    if not state.get("finalSnapshotIdentifier"):
        message = "finalSnapshotIdentifier is required when skipFinalSnapshot is false"
        raise Refused("InvalidParameterCombination", message)
    return state["finalSnapshotIdentifier"]


def _final_rules(inputs: Props) -> Iterator[str]:
    """Say before the deletion what the deletion would say; the official provider waits until then."""
    name = inputs.get("finalSnapshotIdentifier", "a")
    if name.startswith("rds:") or "--" in name or name.endswith("-") or not name[:1].isalpha():
        yield f"finalSnapshotIdentifier must begin with a letter and have no two hyphens in a row, got {name!r}"


_STEERING: Final = frozenset(
    {"allowMajorVersionUpgrade", "applyImmediately", "deleteAutomatedBackups", "finalSnapshotIdentifier", "password"}
    | {"restoreToPointInTime", "skipFinalSnapshot", "snapshotIdentifier"}
)
_COMPUTED: Final = frozenset(_CALLS) - {
    *("autoMinorVersionUpgrade", "copyTagsToSnapshot", "deletionProtection", "enabledCloudwatchLogsExports"),
    *("iamDatabaseAuthenticationEnabled", "instanceClass", "manageMasterUserPassword", "maxAllocatedStorage"),
    *("monitoringInterval", "performanceInsightsEnabled", "publiclyAccessible", "storageEncrypted"),
}

INSTANCE: Final = ResourceType(
    type="aws:rds/instance:Instance",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"identifier", "replicateSourceDb", "tags", *_CALLS}),
    remembered=frozenset({"identifierPrefix", "passwordWoVersion"}),
    steering=_STEERING,
    write_only=frozenset({"passwordWo"}),
    required=frozenset({"instanceClass"}),
    outputs=_COMPUTED
    | {"address", "arn", "endpoint", "engineVersionActual", "hostedZoneId", "latestRestorableTime"}
    | {"masterUserSecrets", "replicas", "resourceId", "status"},
    replace=frozenset(
        {"availabilityZone", "dbName", "engine", "kmsKeyId", "restoreToPointInTime", "snapshotIdentifier"}
        | {"storageEncrypted", "username"}
    ),
    sticky=_COMPUTED | {"snapshotIdentifier"},
    defaults={
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "monitoringInterval": 0,
        "performanceInsightsEnabled": False,
        "publiclyAccessible": False,
        "skipFinalSnapshot": False,
    },
    name=AutoName(property="identifier", prefix="identifierPrefix", lower=True, max_length=63),
    rules=(*RULES, _final_rules),
    same={"engineVersion": same_version, "replicateSourceDb": _same_instance},
    overlook=_grown,
    not_imitated="no database runs and nothing takes time: no failover, reboot, maintenance window or replication; "
    "changes apply at once even without applyImmediately; a restore has no data; engines other than postgres, option "
    "groups, blue/green updates",
)

TYPES: Final = (INSTANCE,)
