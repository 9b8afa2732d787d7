"""RDS: snapshots of instances and of Aurora clusters."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import ResourceType
from localcloud.resources.rds import retag
from localcloud.tags import from_aws, to_aws
from localcloud.wire import Props

_CLUSTER_NAME: Final = re.compile(r"[a-z](?:-?[0-9a-z])*")
_MAX_CLUSTER_NAME: Final = 63
_OF_INSTANCE: Final = {
    "allocatedStorage": "AllocatedStorage",
    "availabilityZone": "AvailabilityZone",
    "dbInstanceIdentifier": "DBInstanceIdentifier",
    "dbSnapshotArn": "DBSnapshotArn",
    "dbSnapshotIdentifier": "DBSnapshotIdentifier",
    "encrypted": "Encrypted",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "iops": "Iops",
    "kmsKeyId": "KmsKeyId",
    "licenseModel": "LicenseModel",
    "optionGroupName": "OptionGroupName",
    "port": "Port",
    "snapshotType": "SnapshotType",
    "sourceDbSnapshotIdentifier": "SourceDBSnapshotIdentifier",
    "sourceRegion": "SourceRegion",
    "status": "Status",
    "storageType": "StorageType",
    "vpcId": "VpcId",
}
_OF_CLUSTER: Final = {
    "allocatedStorage": "AllocatedStorage",
    "availabilityZones": "AvailabilityZones",
    "dbClusterIdentifier": "DBClusterIdentifier",
    "dbClusterSnapshotArn": "DBClusterSnapshotArn",
    "dbClusterSnapshotIdentifier": "DBClusterSnapshotIdentifier",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "kmsKeyId": "KmsKeyId",
    "licenseModel": "LicenseModel",
    "port": "Port",
    "snapshotType": "SnapshotType",
    "sourceDbClusterSnapshotArn": "SourceDBClusterSnapshotArn",
    "status": "Status",
    "storageEncrypted": "StorageEncrypted",
    "vpcId": "VpcId",
}


def _told(words: dict[str, str], snapshot: dict[str, Any], attributes: list[dict[str, Any]]) -> Props:
    shared = [one["AttributeValues"] for one in attributes if one["AttributeName"] == "restore"]
    return {
        **{key: snapshot[theirs] for key, theirs in words.items() if theirs in snapshot},
        "sharedAccounts": sorted(shared[0]) if shared else [],
        "tags": from_aws(snapshot.get("TagList")),
    }


def _sharing(olds: Props, news: Props) -> Props:
    """Give what changes in whom a snapshot is shared with; nothing where nothing does."""
    before, after = set(olds.get("sharedAccounts", [])), set(news.get("sharedAccounts", []))
    lists = {"ValuesToAdd": sorted(after - before), "ValuesToRemove": sorted(before - after)}
    return {key: values for key, values in lists.items() if values}


# Of instances


def _create(cloud: Cloud, inputs: Props) -> str:
    answer = cloud.aws("rds").create_db_snapshot(
        DBInstanceIdentifier=inputs["dbInstanceIdentifier"],
        DBSnapshotIdentifier=inputs["dbSnapshotIdentifier"],
        Tags=to_aws(inputs.get("tags")),
    )
    return answer["DBSnapshot"]["DBSnapshotIdentifier"]


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    _share(cloud, id_, {}, inputs)


def _share(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if change := _sharing(olds, news):
        cloud.aws("rds").modify_db_snapshot_attribute(DBSnapshotIdentifier=id_, AttributeName="restore", **change)


def _read(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("rds")
    try:
        [snapshot] = aws.describe_db_snapshots(DBSnapshotIdentifier=id_)["DBSnapshots"]
    except aws.exceptions.DBSnapshotNotFoundFault:
        return None
    answer = aws.describe_db_snapshot_attributes(DBSnapshotIdentifier=id_)["DBSnapshotAttributesResult"]
    return _told(_OF_INSTANCE, snapshot, answer["DBSnapshotAttributes"])


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    live = _read(cloud, id_)
    if live is None:
        raise Refused("DBSnapshotNotFound", f"DBSnapshot {id_} not found.")
    _share(cloud, id_, olds, news)
    retag(cloud, live["dbSnapshotArn"], olds, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _read(cloud, id_):
        cloud.aws("rds").delete_db_snapshot(DBSnapshotIdentifier=id_)


SNAPSHOT: Final = ResourceType(
    type="aws:rds/snapshot:Snapshot",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"dbInstanceIdentifier", "dbSnapshotIdentifier", "sharedAccounts", "tags"}),
    required=frozenset({"dbInstanceIdentifier", "dbSnapshotIdentifier"}),
    outputs=frozenset(_OF_INSTANCE) - {"dbInstanceIdentifier", "dbSnapshotIdentifier"},
    replace=frozenset({"dbInstanceIdentifier", "dbSnapshotIdentifier"}),
    not_imitated="a snapshot has no data",
)


# Of clusters


def _create_of_cluster(cloud: Cloud, inputs: Props) -> str:
    answer = cloud.aws("rds").create_db_cluster_snapshot(
        DBClusterIdentifier=inputs["dbClusterIdentifier"],
        DBClusterSnapshotIdentifier=inputs["dbClusterSnapshotIdentifier"],
        Tags=to_aws(inputs.get("tags")),
    )
    return answer["DBClusterSnapshot"]["DBClusterSnapshotIdentifier"]


def _settle_of_cluster(cloud: Cloud, id_: str, inputs: Props) -> None:
    _share_of_cluster(cloud, id_, {}, inputs)


def _share_of_cluster(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if change := _sharing(olds, news):
        cloud.aws("rds").modify_db_cluster_snapshot_attribute(
            DBClusterSnapshotIdentifier=id_, AttributeName="restore", **change
        )


def _read_of_cluster(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("rds")
    try:
        [snapshot] = aws.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=id_)["DBClusterSnapshots"]
    except aws.exceptions.DBClusterSnapshotNotFoundFault:
        return None
    answer = aws.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier=id_)
    return _told(_OF_CLUSTER, snapshot, answer["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"])


def _update_of_cluster(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    live = _read_of_cluster(cloud, id_)
    if live is None:
        raise Refused("DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot {id_} not found.")
    _share_of_cluster(cloud, id_, olds, news)
    retag(cloud, live["dbClusterSnapshotArn"], olds, news)


def _delete_of_cluster(cloud: Cloud, id_: str, _: Props) -> None:
    if _read_of_cluster(cloud, id_):
        cloud.aws("rds").delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=id_)


def _name_rules(inputs: Props) -> Iterator[str]:
    name = inputs.get("dbClusterSnapshotIdentifier", "a")
    if len(name) > _MAX_CLUSTER_NAME or not _CLUSTER_NAME.fullmatch(name):
        yield (
            f"dbClusterSnapshotIdentifier must be 1 to {_MAX_CLUSTER_NAME} lowercase letters, digits or single "
            f"hyphens, beginning with a letter and not ending with a hyphen, got {name!r}"
        )


CLUSTER_SNAPSHOT: Final = ResourceType(
    type="aws:rds/clusterSnapshot:ClusterSnapshot",
    create=_create_of_cluster,
    settle=_settle_of_cluster,
    read=_read_of_cluster,
    update=_update_of_cluster,
    delete=_delete_of_cluster,
    applied=frozenset({"dbClusterIdentifier", "dbClusterSnapshotIdentifier", "sharedAccounts", "tags"}),
    required=frozenset({"dbClusterIdentifier", "dbClusterSnapshotIdentifier"}),
    outputs=frozenset(_OF_CLUSTER) - {"dbClusterIdentifier", "dbClusterSnapshotIdentifier"},
    replace=frozenset({"dbClusterIdentifier", "dbClusterSnapshotIdentifier"}),
    rules=(_name_rules,),
    not_imitated="a snapshot has no data",
)

TYPES: Final = (SNAPSHOT, CLUSTER_SNAPSHOT)
