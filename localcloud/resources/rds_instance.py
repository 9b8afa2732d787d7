"""RDS: PostgreSQL instances, their read replicas, and instances that are restored."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.foresight import final_snapshot_named, windows_apart
from localcloud.resources.rds import retag
from localcloud.resources.rds_creation import CALLS, accepted, await_instance, create, find, require_family
from localcloud.resources.rds_postgres import RULES, STRIPED_GIB, full_version, same_version, split_version
from localcloud.tags import from_aws
from localcloud.wire import Props

# The words of AWS's answers, where they differ from those of its calls.
_ANSWERS: Final = {
    **CALLS,
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
_ZONE: Final = "Z0LOCALCLOUD"
_GP3_BASELINE: Final = (3000, 125)
_GP3_STRIPED: Final = (12_000, 500)
_INSIGHTS_DAYS: Final = 7


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    """Set on a replica or restored instance what its creation did not take."""
    if not any(key in inputs for key in _PLACES):
        return
    live = _read(cloud, id_) or {}
    wanted = {"deletionProtection": False, **inputs}  # moto's restored instances take it over from their source
    # It has its source's password until told otherwise.
    unset = {"password", "passwordWoVersion", *CALLS}
    olds = {key: value for key, value in wanted.items() if key not in unset}
    olds |= {key: live[key] for key in wanted if key in CALLS and key in live}
    _update(cloud, id_, olds, wanted)


# Reading


def _read(cloud: Cloud, id_: str) -> Props | None:
    instance = find(cloud, id_)
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
    """Compare sources of replicas: a name or an ARN."""
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
    arguments = {CALLS[key]: changes[key] for key in changes if key in CALLS and key not in _CHANGED_APART}
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
    arguments = accepted(cloud, "modify_db_instance", arguments)
    if arguments:
        answer = cloud.aws("rds").modify_db_instance(
            DBInstanceIdentifier=live["identifier"],
            ApplyImmediately=news.get("applyImmediately", False),
            AllowMajorVersionUpgrade=news.get("allowMajorVersionUpgrade", False),
            **arguments,
        )
        await_instance(cloud, answer["DBInstance"])
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
        if live["storageType"] == "gp3" and live["allocatedStorage"] < STRIPED_GIB <= size and "iops" not in news:
            # The official provider sends the iops of before along with the new size.
            message = "Invalid iops value for engine name postgres and storage type gp3: 3000"
            raise Refused("InvalidParameterCombination", message)
        # RDS wants all three at once.
        more = {CALLS[key]: news[key] for key in ("allocatedStorage", "iops", "storageThroughput") if key in news}
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
        require_family(cloud, {"parameterGroupName": live["parameterGroupName"], **news}, target)
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
    instance = find(cloud, id_)
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
_COMPUTED: Final = frozenset(CALLS) - {
    *("autoMinorVersionUpgrade", "copyTagsToSnapshot", "deletionProtection", "enabledCloudwatchLogsExports"),
    *("iamDatabaseAuthenticationEnabled", "instanceClass", "manageMasterUserPassword", "maxAllocatedStorage"),
    *("monitoringInterval", "performanceInsightsEnabled", "publiclyAccessible", "storageEncrypted"),
}

INSTANCE: Final = ResourceType(
    type="aws:rds/instance:Instance",
    create=create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"identifier", "replicateSourceDb", "tags", *CALLS}),
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
    rules=(*RULES, _final_rules, final_snapshot_named, windows_apart("backupWindow", "maintenanceWindow")),
    same={"engineVersion": same_version, "replicateSourceDb": _same_instance},
    overlook=_grown,
    not_imitated="no database runs and nothing takes time: no failover, reboot, maintenance window or replication; "
    "changes apply at once even without applyImmediately; a restore has no data; engines other than postgres, option "
    "groups, blue/green updates",
)

TYPES: Final = (INSTANCE,)
