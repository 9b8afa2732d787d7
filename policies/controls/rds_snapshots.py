"""Controls of RDS snapshots and of copies of backups."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.rds_relations import lineage
from policies.controls.relational import CLUSTER, INSTANCE, is_replica
from policies.stack import Stack
from policies.values import CannotTellError, Items, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
SNAPSHOT: Final = "aws:rds/snapshot:Snapshot"
CLUSTER_SNAPSHOT: Final = "aws:rds/clusterSnapshot:ClusterSnapshot"
COPY: Final = "aws:rds/snapshotCopy:SnapshotCopy"
CLUSTER_COPY: Final = "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"
REPLICATION: Final = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
_CUSTOMER_KEYS: Final = ("ref:aws:kms/key:Key::postgres::arn", "arn:aws:kms:eu-west-1:1:key/k")
_OTHER_KEYS: Final = ({}, {"kmsKeyId": ""}, {"kmsKeyId": 1}, {"kmsKeyId": "alias/aws/rds"})


@control(
    SNAPSHOT,
    CLUSTER_SNAPSHOT,
    # Copies are snapshots, and are shared in the same way.
    COPY,
    CLUSTER_COPY,
    group=Group.ACCESS,
    severity=Severity.CRITICAL,
    good=[{}, {"sharedAccounts": []}, {"sharedAccounts": ["123456789012"]}],
    bad=[
        {"sharedAccounts": ["all"]},
        {"sharedAccounts": ["123456789012", "all"]},
        {"sharedAccounts": "all"},
        [{"type": CLUSTER_SNAPSHOT, "name": "monday", "inputs": {"sharedAccounts": ["all"]}}],
        [{"type": CLUSTER_COPY, "name": "monday", "inputs": {"sharedAccounts": ["all"]}}],
    ],
)
def rds_snapshot_not_public(snapshot: Resource) -> bool:
    """Snapshots of RDS must not be shared with everybody: leave all out of shared_accounts."""
    shared = snapshot.get("sharedAccounts")
    if shared is None:
        return True
    return isinstance(shared, Items) and all(isinstance(one, str) and one != "all" for one in shared)


def _of(type_: str, **inputs: Any) -> dict[str, Any]:
    return {"type": type_, "name": type_.rpartition(":")[2], "inputs": inputs}


_SNAPSHOT: Final = _of(SNAPSHOT, dbInstanceIdentifier=f"ref:{INSTANCE}::Instance::identifier")
_REPLICAS_SNAPSHOT: Final = _of(SNAPSHOT, dbInstanceIdentifier=f"ref:{INSTANCE}::replica::identifier")
_REPLICA: Final = {
    "type": INSTANCE,
    "name": "replica",
    "inputs": {"replicateSourceDb": f"ref:{INSTANCE}::Instance::identifier"},
}
_CLUSTER_SNAPSHOT: Final = _of(CLUSTER_SNAPSHOT, dbClusterIdentifier="orders")


@control(
    SNAPSHOT,
    CLUSTER_SNAPSHOT,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        [_SNAPSHOT, _of(INSTANCE, storageEncrypted=True)],
        [_REPLICAS_SNAPSHOT, _REPLICA, _of(INSTANCE, storageEncrypted=True)],
        [_CLUSTER_SNAPSHOT, _of(CLUSTER, clusterIdentifier="orders", storageEncrypted=True)],
        [_CLUSTER_SNAPSHOT, _of(CLUSTER, clusterIdentifier="orders", engineMode="serverless")],
        [_of(SNAPSHOT, dbInstanceIdentifier="elsewhere", encrypted=True)],
        [_of(CLUSTER_SNAPSHOT, dbClusterIdentifier="elsewhere", storageEncrypted=True)],
    ],
    bad=[
        [_SNAPSHOT, _of(INSTANCE)],
        [_SNAPSHOT, _of(INSTANCE, storageEncrypted=False)],
        [_REPLICAS_SNAPSHOT, _REPLICA, _of(INSTANCE)],
        [_CLUSTER_SNAPSHOT, _of(CLUSTER, clusterIdentifier="orders", storageEncrypted="true")],
        [_of(SNAPSHOT, dbInstanceIdentifier="elsewhere", encrypted=False)],
    ],
)
def rds_snapshot_encrypted(snapshot: Resource, stack: Stack) -> bool:
    """Snapshots of RDS must be encrypted: set storage_encrypted=True on the database that they are of."""
    # AWS tells it of the snapshot once that exists; before, it is what the database is.
    output = "encrypted" if snapshot.type == SNAPSHOT else "storageEncrypted"
    if output in snapshot:
        return snapshot[output] is True
    if snapshot.type == SNAPSHOT:
        sources = stack.related(snapshot, "dbInstanceIdentifier", INSTANCE)
    else:
        sources = stack.related(snapshot, "dbClusterIdentifier", CLUSTER)
    if not sources:
        raise CannotTellError(output)
    return all(_is_encrypted(source, stack) for source in sources)


def _is_encrypted(db: Resource, stack: Stack) -> bool:
    *_, origin = lineage(db, stack)
    if is_replica(origin):  # its source is in no stack of ours
        raise CannotTellError("replicateSourceDb")
    return origin.get("storageEncrypted") is True or origin.get("engineMode") == "serverless"


@control(
    COPY,
    CLUSTER_COPY,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[*({"kmsKeyId": key} for key in _CUSTOMER_KEYS), [_of(CLUSTER_COPY, kmsKeyId=_CUSTOMER_KEYS[0])]],
    bad=[*_OTHER_KEYS, [_of(CLUSTER_COPY)]],
)
def rds_snapshot_copy_cmk(copy: Resource) -> bool:
    """RDS's copies of snapshots must be encrypted with a customer key: set kms_key_id."""
    return is_customer_key(copy, "kmsKeyId")


@control(
    REPLICATION,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[{"kmsKeyId": key} for key in _CUSTOMER_KEYS],
    bad=_OTHER_KEYS,
)
def rds_backup_replication_cmk(replication: Resource) -> bool:
    """Backups in another region must be encrypted with a customer key: set kms_key_id to a key of that region."""
    return is_customer_key(replication, "kmsKeyId")
