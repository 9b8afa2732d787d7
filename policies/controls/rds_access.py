"""Controls of RDS instances: who gets in, and by which door."""

from typing import Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.relational import (
    CLUSTER,
    DEFAULT_ADMINS,
    INSTANCE,
    POSTGRES_PORT,
    is_literal,
    is_postgres,
    is_primary,
    is_replica,
    knows_iam,
    version_of,
)
from policies.facts import sets
from policies.stack import Stack
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
MODERN_CAS: Final = frozenset({"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"})
"""Certificate authorities of RDS; rds-ca-2019 ended in 2024."""
SAFE_POSTGRES: Final = (13, 3)
"""AWS-2022-004: log_fdw gave away internal credentials before."""
SAFE_AURORA: Final = (12, 0)
SUPPORTED_MAJORS: Final = range(14, 19)
"""In standard support as of 2026-11. Source: Amazon RDS User Guide, "Release calendars for RDS for PostgreSQL"."""
NO_EXTENDED_SUPPORT: Final = "open-source-rds-extended-support-disabled"
_SUPPORTED: Final = {"engineVersion": "17", "engineLifecycleSupport": NO_EXTENDED_SUPPORT}
_REPLICA: Final = {"replicateSourceDb": "primary"}


def on_cluster(**inputs: object) -> list[dict[str, object]]:
    """Give an example about a cluster where the first type of the control is the instance."""
    return [{"type": CLUSTER, "name": "it", "inputs": inputs}]


@control(
    INSTANCE,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    when=knows_iam,
    good=[{"iamDatabaseAuthenticationEnabled": True}, {"engine": "mysql", "iamDatabaseAuthenticationEnabled": True}],
    bad=[
        {},
        {"iamDatabaseAuthenticationEnabled": False},
        {"iamDatabaseAuthenticationEnabled": "true"},
        {"engine": "mariadb"},
    ],
    skipped=[{"engine": "sqlserver-ex"}, {"engine": "oracle-ee"}],
)
def rds_iam_auth(db: Resource) -> bool:
    """RDS instances must let services log in by IAM: set iam_database_authentication_enabled=True."""
    return db.get("iamDatabaseAuthenticationEnabled") is True


@control(
    INSTANCE,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    remedy=sets(autoMinorVersionUpgrade=True),
    # Absent is AWS's true, whatever public tools make of it.
    good=[{}, {"autoMinorVersionUpgrade": None}, {"autoMinorVersionUpgrade": True}],
    bad=[{"autoMinorVersionUpgrade": False}, {"autoMinorVersionUpgrade": "false"}],
)
def rds_auto_minor_upgrade(db: Resource) -> bool:
    """RDS instances must take minor versions, which close holes, by themselves: set auto_minor_version_upgrade=True."""
    return db.get("autoMinorVersionUpgrade", True) is True


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    good=[{}, {"caCertIdentifier": None}, *({"caCertIdentifier": ca} for ca in sorted(MODERN_CAS))],
    bad=[{"caCertIdentifier": "rds-ca-2019"}, {"caCertIdentifier": ""}, {"caCertIdentifier": ["rds-ca-rsa2048-g1"]}],
)
def rds_modern_ca(db: Resource) -> bool:
    """RDS instances must have a certificate of a current authority: set ca_cert_identifier to rds-ca-rsa2048-g1."""
    return "caCertIdentifier" not in db or db.text("caCertIdentifier") in MODERN_CAS


def has_port(db: Resource) -> bool:
    """Leave out other engines, whose default port is another, and replicas without a port: they have their source's."""
    return is_postgres(db) and not (is_replica(db) and "port" not in db)


@control(
    INSTANCE,
    group=Group.NETWORK,
    severity=Severity.LOW,
    when=has_port,
    good=[{"port": 5433}, {"engine": "postgres", "port": 6432}, {**_REPLICA, "port": 5433}],
    bad=[{}, {"port": POSTGRES_PORT}, {"port": "5433"}, {"engine": "postgres"}, {**_REPLICA, "port": POSTGRES_PORT}],
    skipped=[{"engine": "mysql"}, _REPLICA],
)
def rds_non_default_port(db: Resource) -> bool:
    """RDS instances must not listen where every scanner knocks: set port to another than 5432."""
    return db.number("port") not in {None, POSTGRES_PORT}


def has_admin(db: Resource) -> bool:
    """Leave out replicas and what is restored: their administrator is their source's."""
    return is_primary(db) and not _is_restored(db)


def _is_restored(db: Resource) -> bool:
    # What does not apply, the engine shows as empty once the instance is there.
    return any(db.is_unknown(key) or bool(db.get(key)) for key in ("snapshotIdentifier", "restoreToPointInTime"))


@control(
    INSTANCE,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    when=has_admin,
    good=[{}, {"username": "datastores"}],
    bad=[{"username": "postgres"}, {"username": "Admin"}, {"username": ""}, {"username": {"a": 1}}],
    skipped=[{**_REPLICA, "username": "postgres"}, {"snapshotIdentifier": "monday", "username": "postgres"}],
)
def rds_custom_admin_username(db: Resource) -> bool:
    """RDS instances must not have an administrator of a well-known name: set username to a name of your own."""
    return "username" not in db or db.text("username").lower() not in {"", *DEFAULT_ADMINS}


def has_credentials(db: Resource) -> bool:
    """Leave out replicas, and what is restored without a new password: their credentials are their source's."""
    return is_primary(db) and ("password" in db or not _is_restored(db))


@control(
    INSTANCE,
    group=Group.ACCESS,
    severity=Severity.CRITICAL,
    # Of the whole stack, as only there the engine says that a password comes from another resource.
    scope=Scope.STACK,
    when=has_credentials,
    good=[
        {"manageMasterUserPassword": True},
        {"passwordWo": "ref:random:index/randomPassword:RandomPassword::orders::result"},
        {"passwordWo": "written and never stored"},
        {"passwordWoVersion": 1},  # what the engine shows of a write-only password after the deployment
        {"password": "ref:random:index/randomPassword:RandomPassword::orders::result"},
    ],
    bad=[
        {},
        {"password": "hunter2"},
        {"password": ""},
        {"password": 5},
        {"password": "hunter2", "manageMasterUserPassword": True},
        {"manageMasterUserPassword": False},
        {"manageMasterUserPassword": "true"},
        {"snapshotIdentifier": "monday", "password": "hunter2"},
    ],
    skipped=[_REPLICA, {"snapshotIdentifier": "monday"}, {**_REPLICA, "password": "hunter2"}],
)
def rds_no_plaintext_credentials(db: Resource, stack: Stack) -> bool:  # noqa: ARG001  the scope gives it
    """RDS instances must take their password from a secret: set manage_master_user_password=True or password_wo."""
    if is_literal(db, "password"):
        return False
    return (
        bool(db.references("password") or db.dependencies.get("password"))
        or db.get("manageMasterUserPassword") is True
        or bool(db.dependencies.get("passwordWo"))
        or db.is_set("passwordWo")
        or db.number("passwordWoVersion") is not None
    )


def has_subnet_group(db: Resource) -> bool:
    """Leave out replicas without a subnet group: they are in their source's."""
    return not (is_replica(db) and "dbSubnetGroupName" not in db)


@control(
    INSTANCE,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    when=has_subnet_group,
    good=[
        {"dbSubnetGroupName": "orders"},
        {"dbSubnetGroupName": "ref:aws:rds/subnetGroup:SubnetGroup::orders::name"},
        {**_REPLICA, "dbSubnetGroupName": "orders"},
    ],
    bad=[
        {},
        {"dbSubnetGroupName": ""},
        {"dbSubnetGroupName": "default"},
        {"dbSubnetGroupName": ["orders"]},
        {**_REPLICA, "dbSubnetGroupName": "default"},
    ],
    skipped=[_REPLICA],
)
def rds_in_vpc(db: Resource) -> bool:
    """RDS instances must be in subnets of our own: set db_subnet_group_name to a group other than default."""
    return bool(db.references("dbSubnetGroupName")) or db.text("dbSubnetGroupName") not in {"", "default"}


def has_version(db: Resource) -> bool:
    """Leave out other engines, and replicas without a version: they have their source's."""
    return is_postgres(db) and not (is_replica(db) and "engineVersion" not in db)


@control(
    INSTANCE,
    CLUSTER,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    when=has_version,
    good=[
        *({"engineVersion": version} for version in ("13.3", "13.10", "14", "14.1", "17", "17.4-R1")),
        on_cluster(engine="aurora-postgresql", engineVersion="12"),
        on_cluster(engine="aurora-postgresql", engineVersion="16.4-limitless"),
        on_cluster(engine="postgres", engineVersion="13.3"),
    ],
    bad=[
        *({"engineVersion": version} for version in ("13.2", "13", "12.22", "9.6.1", "latest", "", 17)),
        {**_REPLICA, "engineVersion": "13.2"},
        on_cluster(engine="aurora-postgresql", engineVersion="11.9"),
        on_cluster(engine="postgres", engineVersion="13.2"),
    ],
    skipped=[{"engine": "mysql", "engineVersion": "5.7"}, _REPLICA],
)
def rds_postgres_safe_version(db: Resource) -> bool:
    """PostgreSQL on RDS must be a version without the hole in log_fdw: set engine_version to 14 or later."""
    safe = SAFE_AURORA if db.type == CLUSTER and db.text("engine").lower() != "postgres" else SAFE_POSTGRES
    version = version_of(db)
    return version is not None and version >= safe


def is_postgres_primary(db: Resource) -> bool:
    """Leave out other engines, whose versions are others, and replicas: they have their source's life cycle."""
    return is_postgres(db) and is_primary(db)


@control(
    INSTANCE,
    CLUSTER,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    when=is_postgres_primary,
    good=[
        _SUPPORTED,
        {**_SUPPORTED, "engineVersion": "14"},
        {**_SUPPORTED, "engineVersion": "18.1"},
        on_cluster(engine="aurora-postgresql", **_SUPPORTED),
    ],
    bad=[
        {**_SUPPORTED, "engineVersion": "13.20"},
        {**_SUPPORTED, "engineVersion": "19"},
        {**_SUPPORTED, "engineVersion": ""},
        {"engineVersion": "17"},  # absent is AWS's open-source-rds-extended-support: it costs, and says nothing
        {**_SUPPORTED, "engineLifecycleSupport": "open-source-rds-extended-support"},
        {**_SUPPORTED, "engineLifecycleSupport": 1},
        on_cluster(engine="aurora-postgresql", engineVersion="17"),
    ],
    skipped=[{"engine": "mysql"}, {**_REPLICA, "engineVersion": "17"}],
)
def rds_engine_supported(db: Resource) -> bool:
    """PostgreSQL on RDS must be in standard support: take version 14 to 18, and disable engine_lifecycle_support."""
    if db.text("engineLifecycleSupport") != NO_EXTENDED_SUPPORT:
        return False
    version = version_of(db)
    return version is not None and version[0] in SUPPORTED_MAJORS
