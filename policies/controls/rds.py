"""Controls of RDS instances."""

from typing import Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.customer_key import is_customer_key
from policies.stack import Stack
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
INSTANCE: Final = "aws:rds/instance:Instance"
PARAMETERS: Final = "aws:rds/parameterGroup:ParameterGroup"
MOST_BACKUP_DAYS: Final = 35
"""RDS keeps automated backups no longer."""


def is_primary(db: Resource) -> bool:
    """Leave out read replicas: they inherit this from their source."""
    return not db.is_unknown("replicateSourceDb") and not db.get("replicateSourceDb")


def is_postgres(db: Resource) -> bool:
    """Leave out other engines: rds.force_ssl means this in PostgreSQL only."""
    return db.is_unknown("engine") or db.get("engine", "postgres") == "postgres"


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    when=is_primary,
    good=[{"storageEncrypted": True}],
    bad=[{}, {"storageEncrypted": False}],
    skipped=[{"replicateSourceDb": "primary"}],
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
    bad=[{}, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:alias/aws/rds"}],
    skipped=[{"replicateSourceDb": "primary"}],
)
def rds_storage_cmk(db: Resource) -> bool:
    """RDS instances must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(db, "kmsKeyId")


@control(
    INSTANCE,
    group=Group.NETWORK,
    severity=Severity.CRITICAL,
    good=[{}, {"publiclyAccessible": False}],
    bad=[{"publiclyAccessible": True}],
)
def rds_not_public(db: Resource) -> bool:
    """RDS instances must not be reachable from the internet: set publicly_accessible=False."""
    return db.get("publiclyAccessible") is not True


@control(
    INSTANCE,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    when=is_primary,
    good=[{"backupRetentionPeriod": 1}],
    bad=[{}, {"backupRetentionPeriod": 0}],
    skipped=[{"replicateSourceDb": "primary"}],
)
def rds_backup_enabled(db: Resource) -> bool:
    """RDS instances must have automated backups: set backup_retention_period=1 or more."""
    return db.get("backupRetentionPeriod", 0) >= 1


@control(
    INSTANCE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    when=is_primary,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": MOST_BACKUP_DAYS, "default": 7}},
    good=[{"backupRetentionPeriod": 7}, {"backupRetentionPeriod": 35}],
    bad=[{}, {"backupRetentionPeriod": 6}, {"backupRetentionPeriod": 36}],
    skipped=[{"replicateSourceDb": "primary"}],
)
def rds_backup_retention_min(db: Resource, *, days: int) -> bool:
    """RDS instances must keep backups for {days} to 35 days: set backup_retention_period={days} or more."""
    return days <= db.get("backupRetentionPeriod", 0) <= MOST_BACKUP_DAYS


@control(
    INSTANCE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    good=[{"deletionProtection": True}],
    bad=[{}, {"deletionProtection": False}],
)
def rds_deletion_protection(db: Resource) -> bool:
    """RDS instances must be protected from deletion: set deletion_protection=True."""
    return db.get("deletionProtection") is True


def forces_ssl(parameters: Record) -> bool:
    """Say whether a parameter group refuses connections without TLS."""
    return any(
        one.get("name") == "rds.force_ssl" and str(one.get("value")) == "1" for one in parameters.get("parameters", ())
    )


_FORCED: Final = [{"name": "rds.force_ssl", "value": "1"}]
_LEFT: Final = [{"name": "rds.force_ssl", "value": "0"}]
_TLS = {"type": PARAMETERS, "name": "pg", "inputs": {"name": "orders", "parameters": _FORCED}}
_NO_TLS = {"type": PARAMETERS, "name": "pg", "inputs": {"parameters": _LEFT}}
_USER = {"type": INSTANCE, "name": "db", "inputs": {"parameterGroupName": f"ref:{PARAMETERS}::pg::name"}}


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_postgres,
    good=[[_USER, _TLS], [{**_USER, "inputs": {"parameterGroupName": "orders", "engine": "postgres"}}, _TLS]],
    bad=[[_USER, _NO_TLS], [_USER, {**_TLS, "inputs": {}}], [{**_USER, "inputs": {}}, _TLS]],
    skipped=[[{**_USER, "inputs": {"engine": "mysql"}}]],
)
def rds_force_ssl(db: Resource, stack: Stack) -> bool:
    """RDS instances must refuse connections without TLS: set rds.force_ssl=1 in the group of parameter_group_name."""
    groups = stack.related(db, "parameterGroupName", PARAMETERS)
    return bool(groups) and all(forces_ssl(group) for group in groups)
