"""RDS: global clusters of Aurora PostgreSQL, and copies of automated backups in another region."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import ACCOUNT, PARTITION, Cloud, Refused
from localcloud.resource import ResourceType
from localcloud.resources.rds import retag
from localcloud.resources.rds_cluster_rules import name_rules
from localcloud.resources.rds_postgres import same_version
from localcloud.tags import from_aws, to_aws
from localcloud.wire import Props

_CALLS: Final = {
    "databaseName": "DatabaseName",
    "deletionProtection": "DeletionProtection",
    "engine": "Engine",
    "engineLifecycleSupport": "EngineLifecycleSupport",
    "engineVersion": "EngineVersion",
    "globalClusterIdentifier": "GlobalClusterIdentifier",
    "storageEncrypted": "StorageEncrypted",
}


def _create(cloud: Cloud, inputs: Props) -> str:
    arguments: Props = {theirs: inputs[key] for key, theirs in _CALLS.items() if inputs.get(key)}
    if source := inputs.get("sourceDbClusterIdentifier"):
        arguments["SourceDBClusterIdentifier"] = source
    elif "Engine" not in arguments:
        arguments["Engine"] = "aurora"  # the official provider's default
    cloud.aws("rds").create_global_cluster(**arguments, Tags=to_aws(inputs.get("tags")))
    return inputs["globalClusterIdentifier"]


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_global_clusters(GlobalClusterIdentifier=id_)["GlobalClusters"][0]
    except aws.exceptions.GlobalClusterNotFoundFault:
        return None


def _read(cloud: Cloud, id_: str) -> Props | None:
    world = _find(cloud, id_)
    if world is None:
        return None
    return {
        **{key: world[theirs] for key, theirs in _CALLS.items() if theirs in world},
        "arn": world["GlobalClusterArn"],
        "endpoint": world["Endpoint"],
        "engineVersionActual": world["EngineVersion"],
        "globalClusterMembers": [
            {"dbClusterArn": one["DBClusterArn"], "isWriter": one["IsWriter"]} for one in world["GlobalClusterMembers"]
        ],
        "globalClusterResourceId": world["GlobalClusterResourceId"],
        "tags": from_aws(world.get("TagList")),
    }


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    world = _find(cloud, id_)
    if world is None:
        raise Refused("GlobalClusterNotFoundFault", f"Global cluster {id_} not found")
    if news.get("engineVersion") and not same_version(news["engineVersion"], world["EngineVersion"]):
        _upgrade(cloud, world, news["engineVersion"])
    if news.get("deletionProtection", False) != olds.get("deletionProtection", False):
        cloud.aws("rds").modify_global_cluster(
            GlobalClusterIdentifier=id_, DeletionProtection=news.get("deletionProtection", False)
        )
    retag(cloud, f"arn:{PARTITION}:rds::{ACCOUNT}:global-cluster:{id_}", olds, news)


def _upgrade(cloud: Cloud, world: dict[str, Any], version: str) -> None:
    """Upgrade all members: a major version at once, a minor one member by member, the writer last."""
    name, members = world["GlobalClusterIdentifier"], _writer_last(world)
    if members and version.partition(".")[0] == world["EngineVersion"].partition(".")[0]:
        for arn in members:
            there = Cloud(endpoint=cloud.endpoint, region=arn.split(":")[3], memory=cloud.memory)
            there.aws("rds").modify_db_cluster(
                DBClusterIdentifier=arn.rpartition(":")[2], ApplyImmediately=True, EngineVersion=version
            )
    else:
        cloud.aws("rds").modify_global_cluster(
            GlobalClusterIdentifier=name, EngineVersion=version, AllowMajorVersionUpgrade=True
        )


def _writer_last(world: dict[str, Any]) -> list[str]:
    members = sorted(world["GlobalClusterMembers"], key=lambda one: one["IsWriter"])
    return [one["DBClusterArn"] for one in members]


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    world = _find(cloud, id_)
    if world is None:
        return
    aws = cloud.aws("rds")
    if state.get("forceDestroy"):
        for arn in _writer_last(world):
            aws.remove_from_global_cluster(GlobalClusterIdentifier=id_, DbClusterIdentifier=arn)
    aws.delete_global_cluster(GlobalClusterIdentifier=id_)


def _source_rules(inputs: Props) -> Iterator[str]:
    if "sourceDbClusterIdentifier" not in inputs:
        return
    if "engine" in inputs:
        yield '"sourceDbClusterIdentifier": conflicts with engine'
    if "forceDestroy" not in inputs:
        yield '"sourceDbClusterIdentifier": all of `forceDestroy,sourceDbClusterIdentifier` must be specified'


def _engine_rules(inputs: Props) -> Iterator[str]:
    engine, engines = inputs.get("engine", "aurora-postgresql"), ("aurora", "aurora-mysql", "aurora-postgresql")
    if engine not in engines:
        yield f"engine must be one of {', '.join(engines)}, got {engine!r}"


_COMPUTED: Final = frozenset({"databaseName", "engine", "engineLifecycleSupport", "engineVersion", "storageEncrypted"})

GLOBAL_CLUSTER: Final = ResourceType(
    type="aws:rds/globalCluster:GlobalCluster",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"tags", *_CALLS}),
    steering=frozenset({"forceDestroy", "sourceDbClusterIdentifier"}),
    required=frozenset({"globalClusterIdentifier"}),
    outputs=_COMPUTED
    | {"arn", "endpoint", "engineVersionActual", "globalClusterMembers", "globalClusterResourceId"}
    | {"sourceDbClusterIdentifier"},
    replace=frozenset(
        {"databaseName", "engine", "engineLifecycleSupport", "globalClusterIdentifier", "sourceDbClusterIdentifier"}
        | {"storageEncrypted"}
    ),
    sticky=_COMPUTED | {"sourceDbClusterIdentifier"},
    defaults={"deletionProtection": False},
    rules=(name_rules, _source_rules, _engine_rules),
    same={"engineVersion": same_version},
    not_imitated="nothing is replicated, so a failover loses nothing; engines other than aurora-postgresql",
)


# Automated backups in another region


def _start(cloud: Cloud, inputs: Props) -> str:
    key = {"KmsKeyId": inputs["kmsKeyId"]} if inputs.get("kmsKeyId") else {}
    answer = cloud.aws("rds").start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=inputs["sourceDbInstanceArn"], BackupRetentionPeriod=inputs["retentionPeriod"], **key
    )
    return answer["DBInstanceAutomatedBackup"]["DBInstanceAutomatedBackupsArn"]


def _read_replication(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("rds")
    try:
        [found] = aws.describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=id_)[
            "DBInstanceAutomatedBackups"
        ]
    except aws.exceptions.DBInstanceAutomatedBackupNotFoundFault:
        return None
    if found["Status"] == "retained":
        return None
    return {
        "kmsKeyId": found.get("KmsKeyId", ""),
        "retentionPeriod": found["BackupRetentionPeriod"],
        "sourceDbInstanceArn": found["DBInstanceArn"],
    }


def _stop(cloud: Cloud, id_: str, _: Props) -> None:
    found = _read_replication(cloud, id_)
    if found:
        aws = cloud.aws("rds")
        aws.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=found["sourceDbInstanceArn"])


BACKUPS_REPLICATION: Final = ResourceType(
    type="aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    create=_start,
    read=_read_replication,
    delete=_stop,
    applied=frozenset({"kmsKeyId", "retentionPeriod", "sourceDbInstanceArn"}),
    steering=frozenset({"preSignedUrl"}),
    required=frozenset({"sourceDbInstanceArn"}),
    outputs=frozenset({"kmsKeyId"}),
    sticky=frozenset({"kmsKeyId"}),
    defaults={"retentionPeriod": 7},
    not_imitated="backups have no data; which regions replicate to which is not known",
)

TYPES: Final = (GLOBAL_CLUSTER, BACKUPS_REPLICATION)
