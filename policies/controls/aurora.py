"""Controls of Aurora clusters, and of Multi-AZ clusters of RDS, which are the same type."""

from typing import Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.relational import (
    CLUSTER,
    DEFAULT_ADMINS,
    MOST_BACKUP_DAYS,
    POSTGRES_PORT,
    is_literal,
    is_postgres,
)
from policies.facts import sets
from policies.stack import Stack
from policies.values import Resource
from stacks.leaving import Lifted

CONTROLS: Final = Controls()
control = CONTROLS.add
GLOBAL_CLUSTER: Final = "aws:rds/globalCluster:GlobalCluster"
ACTIVITY_STREAM: Final = "aws:rds/clusterActivityStream:ClusterActivityStream"
_CUSTOMER_KEYS: Final = (
    {"kmsKeyId": "ref:aws:kms/key:Key::aurora::arn"},
    {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"},
)
_OTHER_KEYS: Final = ({}, {"kmsKeyId": ""}, {"kmsKeyId": True}, {"kmsKeyId": "alias/aws/rds"})


@control(
    CLUSTER,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    # Serverless v1 is always encrypted; a secondary of a global cluster must say it like any other.
    good=[{"storageEncrypted": True}, {"engineMode": "serverless"}],
    bad=[
        {},
        {"storageEncrypted": False},
        {"storageEncrypted": "true"},
        {"engineMode": "provisioned"},
        {"globalClusterIdentifier": "orders"},
    ],
)
def aurora_storage_encrypted(cluster: Resource) -> bool:
    """Aurora clusters must encrypt their storage: set storage_encrypted=True."""
    return cluster.get("storageEncrypted") is True or cluster.get("engineMode") == "serverless"


@control(CLUSTER, group=Group.ENCRYPTION, severity=Severity.LOW, good=_CUSTOMER_KEYS, bad=_OTHER_KEYS)
def aurora_storage_cmk(cluster: Resource) -> bool:
    """Aurora clusters must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(cluster, "kmsKeyId")


@control(
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    # Absent is AWS's 1.
    good=[{}, {"backupRetentionPeriod": None}, {"backupRetentionPeriod": 1}],
    bad=[{"backupRetentionPeriod": 0}, {"backupRetentionPeriod": "1"}, {"backupRetentionPeriod": True}],
)
def aurora_backup_enabled(cluster: Resource) -> bool:
    """Aurora clusters must have automated backups: set backup_retention_period=1 or more."""
    return "backupRetentionPeriod" not in cluster or (cluster.number("backupRetentionPeriod") or 0) >= 1


@control(
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": MOST_BACKUP_DAYS, "default": 7}},
    good=[{"backupRetentionPeriod": 7}, {"backupRetentionPeriod": 35}],
    bad=[{}, {"backupRetentionPeriod": 6}, {"backupRetentionPeriod": 36}, {"backupRetentionPeriod": "7"}],
)
def aurora_backup_retention_min(cluster: Resource, *, days: int) -> bool:
    """Aurora clusters must keep backups for {days} to 35 days: set backup_retention_period={days} or more."""
    return days <= (cluster.number("backupRetentionPeriod") or 0) <= MOST_BACKUP_DAYS


@control(
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    lifted=Lifted.PROTECTION,
    good=[{"deletionProtection": True}],
    bad=[{}, {"deletionProtection": False}, {"deletionProtection": "true"}],
)
def aurora_deletion_protection(cluster: Resource) -> bool:
    """Aurora clusters must be protected from deletion: set deletion_protection=True."""
    return cluster.get("deletionProtection") is True


@control(
    CLUSTER,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    good=[{"iamDatabaseAuthenticationEnabled": True}],
    bad=[{}, {"iamDatabaseAuthenticationEnabled": False}, {"iamDatabaseAuthenticationEnabled": "true"}],
)
def aurora_iam_auth(cluster: Resource) -> bool:
    """Aurora clusters must let services log in by IAM: set iam_database_authentication_enabled=True."""
    return cluster.get("iamDatabaseAuthenticationEnabled") is True


@control(
    CLUSTER,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    when=is_postgres,
    good=[
        {"enabledCloudwatchLogsExports": ["postgresql"]},
        {"engine": "aurora-postgresql", "enabledCloudwatchLogsExports": ["instance", "postgresql"]},
    ],
    bad=[
        {},
        {"enabledCloudwatchLogsExports": []},
        {"enabledCloudwatchLogsExports": ["upgrade"]},
        {"enabledCloudwatchLogsExports": "postgresql"},
    ],
    skipped=[{"engine": "aurora-mysql"}],
)
def aurora_log_exports(cluster: Resource) -> bool:
    """Aurora clusters must export their logs: set enabled_cloudwatch_logs_exports to postgresql."""
    return "postgresql" in cluster.items_of("enabledCloudwatchLogsExports")


@control(
    CLUSTER,
    group=Group.TAGGING,
    severity=Severity.LOW,
    remedy=sets(copyTagsToSnapshot=True),
    good=[{"copyTagsToSnapshot": True}],
    bad=[{}, {"copyTagsToSnapshot": False}, {"copyTagsToSnapshot": "true"}],
)
def aurora_copy_tags_to_snapshot(cluster: Resource) -> bool:
    """Aurora clusters must copy their tags to snapshots: set copy_tags_to_snapshot=True."""
    return cluster.get("copyTagsToSnapshot") is True


@control(
    CLUSTER,
    group=Group.NETWORK,
    severity=Severity.LOW,
    when=is_postgres,
    good=[{"port": 5433}, {"engine": "aurora-postgresql", "port": 6432}],
    bad=[{}, {"port": POSTGRES_PORT}, {"port": "5433"}, {"engine": "aurora-postgresql"}],
    skipped=[{"engine": "aurora-mysql"}],
)
def aurora_non_default_port(cluster: Resource) -> bool:
    """Aurora clusters must not listen where every scanner knocks: set port to another than 5432."""
    return cluster.number("port") not in {None, POSTGRES_PORT}


@control(
    CLUSTER,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    # What is restored, or a replica of another cluster, has no name of its own.
    good=[{}, {"masterUsername": "datastores"}, {"snapshotIdentifier": "monday"}],
    bad=[{"masterUsername": "postgres"}, {"masterUsername": "Root"}, {"masterUsername": ""}, {"masterUsername": []}],
)
def aurora_custom_admin_username(cluster: Resource) -> bool:
    """Aurora clusters must not have an administrator of a well-known name: set master_username to one of your own."""
    return "masterUsername" not in cluster or cluster.text("masterUsername").lower() not in {"", *DEFAULT_ADMINS}


@control(
    CLUSTER,
    group=Group.ACCESS,
    severity=Severity.CRITICAL,
    # Of the whole stack, as only there the engine says that a password comes from another resource.
    scope=Scope.STACK,
    good=[
        {},
        {"manageMasterUserPassword": True},
        {"masterPasswordWo": "written and never stored"},
        {"masterPassword": "ref:random:index/randomPassword:RandomPassword::orders::result"},
    ],
    bad=[
        {"masterPassword": "hunter2"},
        {"masterPassword": 5},
        {"masterPassword": "hunter2", "manageMasterUserPassword": True},
        {"snapshotIdentifier": "monday", "masterPassword": "hunter2"},
    ],
)
def aurora_no_plaintext_credentials(cluster: Resource, stack: Stack) -> bool:  # noqa: ARG001  the scope gives it
    """Aurora clusters must take their password from a secret: set manage_master_user_password=True."""
    return not is_literal(cluster, "masterPassword")


@control(ACTIVITY_STREAM, group=Group.ENCRYPTION, severity=Severity.LOW, good=_CUSTOMER_KEYS, bad=_OTHER_KEYS)
def aurora_activity_stream_cmk(stream: Resource) -> bool:
    """Activity streams must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(stream, "kmsKeyId")


def starts_empty(cluster: Resource) -> bool:
    """Leave out global clusters that are made of a cluster: they are encrypted as that one is."""
    key = "sourceDbClusterIdentifier"
    return not cluster.is_unknown(key) and not cluster.text(key)


@control(
    GLOBAL_CLUSTER,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    when=starts_empty,
    good=[{"storageEncrypted": True}],
    bad=[{}, {"storageEncrypted": False}, {"storageEncrypted": "true"}],
    skipped=[{"sourceDbClusterIdentifier": "orders"}, {"sourceDbClusterIdentifier": f"ref:{CLUSTER}::orders::arn"}],
)
def aurora_global_encrypted(cluster: Resource) -> bool:
    """Aurora global clusters must encrypt their storage: set storage_encrypted=True."""
    return cluster.get("storageEncrypted") is True
