"""What must not get weaker: one row a property, with why and what to do instead."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from upgrades.comparisons import (
    down,
    dropped,
    fewer,
    less_recovery,
    switched_off,
    switched_on,
    text_of,
    weaker_key,
)

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
GLOBAL_CLUSTER: Final = "aws:rds/globalCluster:GlobalCluster"
TABLE: Final = "aws:dynamodb/table:Table"
TABLE_REPLICA: Final = "aws:dynamodb/tableReplica:TableReplica"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS: Final = "aws:elasticache/serverlessCache:ServerlessCache"
KEY: Final = "aws:kms/key:Key"
REPLICA_KEY: Final = "aws:kms/replicaKey:ReplicaKey"
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type, no secret
VAULT: Final = "aws:backup/vault:Vault"
BUCKET: Final = "aws:s3/bucket:Bucket"
ATLAS: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
SNAPSHOTS: Final = "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule"
LOGS: Final = "aws:cloudwatch/logGroup:LogGroup"

KEY_WINDOW_DAYS: Final = 30
"""KMS API Reference, ScheduleKeyDeletion: the default of PendingWindowInDays."""
SECRET_WINDOW_DAYS: Final = 30
"""Secrets Manager API Reference, DeleteSecret: the default of RecoveryWindowInDays."""


class Group(StrEnum):
    """What a guard is about."""

    DELETION = "deletion protection"
    BACKUPS = "backups"
    ENCRYPTION = "encryption"
    AVAILABILITY = "availability"


EVERYWHERE: Final = frozenset({Group.ENCRYPTION})
"""
Groups that are refused in every environment. The others are about keeping data, and dev keeps none: there they warn.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """A property, and when a change of it is refused."""

    types: frozenset[str]
    path: str
    group: Group
    weaker: Callable[[Any, Any], bool]
    """Says whether the second value is weaker than the first; raises CannotTellError."""
    default: Any = None
    """What the provider takes where the property is absent."""
    within: str = ""
    """An input that was on before, else there was nothing to weaken; empty: there is no such input."""
    because: str
    instead: str


_KEEP_IT: Final = (
    "leave it on; a store that is really to go is backed up first, and a person accepts this refusal in the review"
)
_COPY: Final = "keep the old figure; longer is always safe"
_REKEY: Final = "keep the customer-managed key; another one of your own is a change of its own"


def _row(*types: str, path: str, group: Group, weaker: Callable[[Any, Any], bool], **more: Any) -> Guard:
    return Guard(types=frozenset(types), path=path, group=group, weaker=weaker, **more)


_DELETION: Final = tuple(
    _row(
        *types,
        path=path,
        group=Group.DELETION,
        weaker=switched_off,
        default=False,
        because="the service would no longer refuse to delete the store, whoever asks",
        instead=_KEEP_IT,
    )
    for path, types in {
        "deletionProtection": (INSTANCE, CLUSTER, GLOBAL_CLUSTER),
        "deletionProtectionEnabled": (TABLE, TABLE_REPLICA),
        "replicas[].deletionProtectionEnabled": (TABLE,),
        "terminationProtectionEnabled": (ATLAS,),
    }.items()
)

_BACKUPS: Final = (
    _row(
        *(INSTANCE, CLUSTER),
        path="backupRetentionPeriod",
        group=Group.BACKUPS,
        weaker=fewer,
        default=0,
        because="backups older than that are deleted at once, and with them the way back to those days",
        instead=_COPY,
    ),
    _row(
        TABLE,
        path="pointInTimeRecovery",
        group=Group.BACKUPS,
        weaker=less_recovery,
        because="the table can no longer be restored to the days that are cut off, not even by setting it back",
        instead=_COPY,
    ),
    _row(
        TABLE_REPLICA,
        path="pointInTimeRecovery",
        group=Group.BACKUPS,
        weaker=switched_off,
        default=False,
        because="the replica can no longer be restored, not even by switching it on again",
        instead="leave it on",
    ),
    _row(
        TABLE,
        path="replicas[].pointInTimeRecovery",
        group=Group.BACKUPS,
        weaker=switched_off,
        default=False,
        because="the replica can no longer be restored, not even by switching it on again",
        instead="leave it on",
    ),
    _row(
        *(GROUP, SERVERLESS),
        path="snapshotRetentionLimit",
        group=Group.BACKUPS,
        weaker=fewer,
        default=0,
        because="older snapshots are deleted, and 0 ends them altogether",
        instead=_COPY,
    ),
    _row(
        *(INSTANCE, CLUSTER),
        path="deleteAutomatedBackups",
        group=Group.BACKUPS,
        weaker=switched_on,
        default=True,
        because="the automated backups would go with the database",
        instead="leave it false",
    ),
    _row(
        *(INSTANCE, CLUSTER),
        path="skipFinalSnapshot",
        group=Group.BACKUPS,
        weaker=switched_on,
        default=False,
        because="a deleted database would leave nothing behind",
        instead="leave it false",
    ),
    _row(
        *(INSTANCE, CLUSTER, GROUP),
        path="finalSnapshotIdentifier",
        group=Group.BACKUPS,
        weaker=dropped,
        because="a deleted store would leave no final snapshot behind",
        instead="keep a name for the final snapshot",
    ),
    _row(
        *(KEY, REPLICA_KEY),
        path="deletionWindowInDays",
        group=Group.BACKUPS,
        weaker=fewer,
        default=KEY_WINDOW_DAYS,
        because="a key deleted by mistake, and all that it encrypts, could be saved for fewer days",
        instead=_COPY,
    ),
    _row(
        SECRET,
        path="recoveryWindowInDays",
        group=Group.DELETION,
        weaker=fewer,
        default=SECRET_WINDOW_DAYS,
        because="a secret deleted by mistake could be brought back for fewer days",
        instead=_COPY,
    ),
    _row(
        VAULT,
        path="forceDestroy",
        group=Group.BACKUPS,
        weaker=switched_on,
        default=False,
        because="the vault would be deleted with every backup in it",
        instead="leave it false",
    ),
    _row(
        BUCKET,
        path="forceDestroy",
        group=Group.BACKUPS,
        weaker=switched_on,
        default=False,
        because="the bucket would be deleted with every object in it",
        instead="leave it false",
    ),
    _row(
        BUCKET,
        path="versioning.enabled",
        group=Group.BACKUPS,
        weaker=switched_off,
        default=False,
        because="what is overwritten or deleted from then on is gone",
        instead="leave it on",
    ),
    _row(
        SNAPSHOTS,
        path="restoreWindowDays",
        group=Group.BACKUPS,
        weaker=fewer,
        default=0,
        because="what point-in-time recovery needs of the days before is deleted at once",
        instead=_COPY,
    ),
    *(
        _row(
            ATLAS,
            path=path,
            group=Group.BACKUPS,
            weaker=switched_off,
            default=False,
            because="the cluster's backups would end, or go with it",
            instead="leave it on",
        )
        for path in ("backupEnabled", "pitEnabled", "retainBackupsEnabled")
    ),
)

_ENCRYPTION: Final = (
    _row(
        *(INSTANCE, CLUSTER, GLOBAL_CLUSTER),
        path="storageEncrypted",
        group=Group.ENCRYPTION,
        weaker=switched_off,
        default=False,
        because="data, snapshots and logs would lie on disk in the clear",
        instead="leave it on",
    ),
    _row(
        GROUP,
        path="atRestEncryptionEnabled",
        group=Group.ENCRYPTION,
        weaker=switched_off,
        default=False,
        because="data and snapshots would lie on disk in the clear",
        instead="leave it on",
    ),
    _row(
        GROUP,
        path="transitEncryptionEnabled",
        group=Group.ENCRYPTION,
        weaker=switched_off,
        default=False,
        because="commands, values and passwords would cross the network in the clear",
        instead="leave it on",
    ),
    _row(
        GROUP,
        path="transitEncryptionMode",
        group=Group.ENCRYPTION,
        weaker=down(("preferred", "required")),
        default="required",
        within="transitEncryptionEnabled",
        because="clients could connect without TLS again",
        instead="leave it required",
    ),
    _row(
        TABLE,
        path="serverSideEncryption",
        group=Group.ENCRYPTION,
        weaker=weaker_key,
        because="the data would no longer be under a key that the account controls",
        instead=_REKEY,
    ),
    _row(
        *(INSTANCE, CLUSTER, GROUP, SERVERLESS, SECRET, LOGS),
        path="kmsKeyId",
        group=Group.ENCRYPTION,
        weaker=dropped,
        because="the data would no longer be under a key that the account controls",
        instead=_REKEY,
    ),
    _row(
        ATLAS,
        path="encryptionAtRestProvider",
        group=Group.ENCRYPTION,
        weaker=lambda before, after: before not in (None, "NONE") and text_of(after) in ("", "NONE"),
        because="the data would no longer be under a key that the account controls",
        instead=_REKEY,
    ),
    _row(
        KEY,
        path="enableKeyRotation",
        group=Group.ENCRYPTION,
        weaker=switched_off,
        default=False,
        because="the key's material would stay the same for ever",
        instead="leave it on: what was encrypted before a rotation stays readable",
    ),
    *(
        _row(
            type_,
            path=path,
            group=Group.ENCRYPTION,
            weaker=switched_off,
            default=True,
            because="nothing that the key encrypts could be read or written, and stores without their key stop",
            instead="leave it on",
        )
        for type_, path in ((KEY, "isEnabled"), (REPLICA_KEY, "enabled"))
    ),
)

_AVAILABILITY: Final = tuple(
    _row(
        *types,
        path=path,
        group=Group.AVAILABILITY,
        weaker=switched_off,
        default=False,
        because="nothing would take over when the node or its zone fails",
        instead="leave it on",
    )
    for path, types in {
        "multiAz": (INSTANCE,),
        "multiAzEnabled": (GROUP,),
        "automaticFailoverEnabled": (GROUP,),
    }.items()
)

GUARDS: Final = (*_DELETION, *_BACKUPS, *_ENCRYPTION, *_AVAILABILITY)
