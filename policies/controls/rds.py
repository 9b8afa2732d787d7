"""Controls of RDS instances: storage, backups, resilience."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.relational import CLUSTER, INSTANCE, MOST_BACKUP_DAYS, is_primary
from policies.facts import sets
from policies.values import Resource
from stacks.leaving import Lifted

CONTROLS: Final = Controls()
control = CONTROLS.add
_REPLICA: Final = {"replicateSourceDb": "primary"}
_REPLICA_TO_COME: Final = {"replicateSourceDb": "unknown:primary"}


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    when=is_primary,
    good=[{"storageEncrypted": True}],
    bad=[{}, {"storageEncrypted": None}, {"storageEncrypted": False}, {"storageEncrypted": "true"}],
    skipped=[_REPLICA, _REPLICA_TO_COME],
)
def rds_storage_encrypted(db: Resource) -> bool:
    """RDS instances must encrypt their storage: set storage_encrypted=True."""
    return db.get("storageEncrypted") is True


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    when=is_primary,
    good=[{"kmsKeyId": "ref:aws:kms/key:Key::postgres::arn"}, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"}],
    bad=[{}, {"kmsKeyId": ""}, {"kmsKeyId": 5}, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:alias/aws/rds"}],
    skipped=[_REPLICA],
)
def rds_storage_cmk(db: Resource) -> bool:
    """RDS instances must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(db, "kmsKeyId")


@control(
    INSTANCE,
    group=Group.NETWORK,
    severity=Severity.CRITICAL,
    good=[{}, {"publiclyAccessible": None}, {"publiclyAccessible": False}, {**_REPLICA, "publiclyAccessible": False}],
    bad=[{"publiclyAccessible": True}, {**_REPLICA, "publiclyAccessible": True}, {"publiclyAccessible": "yes"}],
)
def rds_not_public(db: Resource) -> bool:
    """RDS instances must not be reachable from the internet: set publicly_accessible=False."""
    return db.get("publiclyAccessible", False) is False


@control(
    INSTANCE,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    when=is_primary,
    good=[{"multiAz": True}],
    bad=[{}, {"multiAz": False}, {"multiAz": "true"}],
    skipped=[_REPLICA],
)
def rds_multi_az(db: Resource) -> bool:
    """RDS instances must have a standby in another availability zone: set multi_az=True."""
    return db.get("multiAz") is True


@control(
    INSTANCE,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    when=is_primary,
    good=[{"backupRetentionPeriod": 1}],
    bad=[{}, {"backupRetentionPeriod": 0}, {"backupRetentionPeriod": "7"}, {"backupRetentionPeriod": True}],
    skipped=[_REPLICA],
)
def rds_backup_enabled(db: Resource) -> bool:
    """RDS instances must have automated backups: set backup_retention_period=1 or more."""
    return (db.number("backupRetentionPeriod") or 0) >= 1


@control(
    INSTANCE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    when=is_primary,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": MOST_BACKUP_DAYS, "default": 7}},
    good=[{"backupRetentionPeriod": 7}, {"backupRetentionPeriod": 35}],
    bad=[{}, {"backupRetentionPeriod": 6}, {"backupRetentionPeriod": 36}, {"backupRetentionPeriod": [7]}],
    skipped=[_REPLICA],
)
def rds_backup_retention_min(db: Resource, *, days: int) -> bool:
    """RDS instances must keep backups for {days} to 35 days: set backup_retention_period={days} or more."""
    return days <= (db.number("backupRetentionPeriod") or 0) <= MOST_BACKUP_DAYS


@control(
    INSTANCE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    lifted=Lifted.PROTECTION,
    good=[{"deletionProtection": True}],
    bad=[{}, {"deletionProtection": False}, {**_REPLICA, "deletionProtection": False}, {"deletionProtection": 1}],
)
def rds_deletion_protection(db: Resource) -> bool:
    """RDS instances must be protected from deletion: set deletion_protection=True."""
    return db.get("deletionProtection") is True


@control(
    INSTANCE,
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    when=is_primary,
    good=[
        {"finalSnapshotIdentifier": "orders-final"},
        {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "ref:random:index/randomId:RandomId::orders::hex"},
        [{"type": CLUSTER, "name": "orders", "inputs": {"finalSnapshotIdentifier": "orders-final"}}],
    ],
    bad=[
        {},
        {"skipFinalSnapshot": False},
        {"skipFinalSnapshot": True, "finalSnapshotIdentifier": "orders-final"},
        {"skipFinalSnapshot": False, "finalSnapshotIdentifier": ""},
        {"skipFinalSnapshot": "false", "finalSnapshotIdentifier": "orders-final"},
        [{"type": CLUSTER, "name": "orders", "inputs": {"skipFinalSnapshot": True}}],
    ],
    skipped=[{**_REPLICA, "skipFinalSnapshot": True}],
)
def rds_final_snapshot(db: Resource) -> bool:
    """RDS databases must leave a snapshot when they go: set final_snapshot_identifier and skip_final_snapshot=False."""
    return db.get("skipFinalSnapshot", False) is False and db.is_set("finalSnapshotIdentifier")


@control(
    INSTANCE,
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    when=is_primary,
    good=[
        {"deleteAutomatedBackups": False},
        [{"type": CLUSTER, "name": "orders", "inputs": {"deleteAutomatedBackups": False}}],
    ],
    # Absent is AWS's true.
    bad=[
        {},
        {"deleteAutomatedBackups": True},
        {"deleteAutomatedBackups": "false"},
        [{"type": CLUSTER, "name": "orders", "inputs": {}}],
    ],
    skipped=[_REPLICA],
)
def rds_keep_automated_backups(db: Resource) -> bool:
    """RDS databases must leave their automated backups when they go: set delete_automated_backups=False."""
    return db.get("deleteAutomatedBackups") is False


@control(
    INSTANCE,
    group=Group.TAGGING,
    severity=Severity.LOW,
    remedy=sets(copyTagsToSnapshot=True),
    good=[{"copyTagsToSnapshot": True}],
    bad=[{}, {"copyTagsToSnapshot": False}, {"copyTagsToSnapshot": "true"}],
)
def rds_copy_tags_to_snapshot(db: Resource) -> bool:
    """RDS instances must copy their tags to snapshots: set copy_tags_to_snapshot=True."""
    return db.get("copyTagsToSnapshot") is True


@control(
    INSTANCE,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    good=[{"allocatedStorage": 20, "maxAllocatedStorage": 22}, {"maxAllocatedStorage": 100}],
    bad=[
        {},
        {"allocatedStorage": 20},
        {"allocatedStorage": 20, "maxAllocatedStorage": 0},
        {"allocatedStorage": 20, "maxAllocatedStorage": 20},
        {"allocatedStorage": 20, "maxAllocatedStorage": "100"},
    ],
)
def rds_storage_autoscaling(db: Resource) -> bool:
    """RDS instances must grow before their storage is full: set max_allocated_storage above allocated_storage."""
    return (db.number("maxAllocatedStorage") or 0) > (db.number("allocatedStorage") or 0)
