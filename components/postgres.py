"""PostgreSQL on RDS: one primary, its read replicas by purpose, and its credentials."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.access import store_security_group
from components.logs import log_group
from components.place import Account, Place
from components.roles import service_role
from components.secrets import ConnectionArgs, ConnectionSecret, generated_password
from sizes.postgres import STRIPED_GIB, STRIPED_IOPS, STRIPED_THROUGHPUT_MIBPS, PostgresSize
from sizes.protection import Protection

VERSION: Final = "17"
"""Major version only: RDS applies minor upgrades in the maintenance window."""
PORT: Final = 5432
ADMIN: Final = "datastores"
"""The login that owns the database; applications get logins of their own."""
LOG_EXPORTS: Final = ("postgresql", "upgrade")
SLOW_STATEMENT_MS: Final = 1000
# UTC; the backup comes first and the two do not overlap.
BACKUP_WINDOW: Final = "02:00-03:00"
MAINTENANCE_WINDOW: Final = "sun:04:00-sun:05:00"
ENHANCED_MONITORING_SECONDS: Final = 60
LONG: Final = CustomTimeouts(create="4h", update="12h", delete="2h")
"""A large database is copied and optimised for hours."""
INSIGHTS_DAYS: Final = 7
"""Retention of Performance Insights that costs nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresArgs:
    """What the caller decides. Everything else is this component's opinion."""

    size: PostgresSize
    protection: Protection
    database: str
    preload: Sequence[str]
    """Further libraries that PostgreSQL loads at its start, such as `pg_cron`."""
    prefix: str
    """What physical names begin with, such as `clubapp-dev`."""
    account: Account
    place: Place
    key_arn: Input[str]


class Postgres(pulumi.ComponentResource):
    """A PostgreSQL database that is encrypted, private, backed up, and reached over TLS only."""

    endpoint: Output[str]
    reader_endpoints: Mapping[str, Output[str]]
    """Host and port of each read replica, by its purpose."""
    secret_arn: Output[str]

    def __init__(self, name: str, args: PostgresArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Postgres", name, {}, opts)
        child = ResourceOptions(parent=self)
        shared = _shared(name, args, parent=self)
        # RDS refuses read replicas of a primary whose password it manages, so this one is ours.
        password = generated_password(name, args.protection, parent=self)
        primary = _primary(name, args, shared, password)
        replicas = {purpose: _replica(name, purpose, args, shared, primary) for purpose in args.size.replicas}
        secret = ConnectionSecret(
            name,
            ConnectionArgs(
                key_arn=args.key_arn,
                account=args.account,
                protection=args.protection,
                facts={
                    "engine": "postgres",
                    "host": primary.address,
                    "port": PORT,
                    "dbname": args.database,
                    "username": ADMIN,
                    "sslmode": "verify-full",
                    "readerHosts": {purpose: replica.address for purpose, replica in replicas.items()},
                },
                password=password.result,
            ),
            opts=child,
        )
        self.endpoint = primary.endpoint
        self.reader_endpoints = {purpose: replica.endpoint for purpose, replica in replicas.items()}
        self.secret_arn = secret.arn
        self.register_outputs(
            {"endpoint": self.endpoint, "reader_endpoints": self.reader_endpoints, "secret_arn": self.secret_arn}
        )


class _Common(TypedDict):
    """Inputs that a primary and its replicas have in common."""

    instance_class: str
    allocated_storage: int
    max_allocated_storage: int
    storage_type: str
    iops: NotRequired[int]
    storage_throughput: NotRequired[int]
    storage_encrypted: bool
    parameter_group_name: Input[str]
    vpc_security_group_ids: Sequence[Input[str]]
    publicly_accessible: bool
    port: int
    ca_cert_identifier: str
    iam_database_authentication_enabled: bool
    monitoring_interval: int
    monitoring_role_arn: Input[str]
    performance_insights_enabled: bool
    performance_insights_kms_key_id: Input[str]
    performance_insights_retention_period: int
    enabled_cloudwatch_logs_exports: Sequence[str]
    auto_minor_version_upgrade: bool
    maintenance_window: str
    copy_tags_to_snapshot: bool
    deletion_protection: bool
    apply_immediately: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shared:
    """What a primary and its replicas share."""

    parent: pulumi.Resource
    suffix: random.RandomId
    subnets: aws.rds.SubnetGroup
    common: _Common


def _shared(name: str, args: PostgresArgs, parent: pulumi.Resource) -> _Shared:
    child = ResourceOptions(parent=parent)
    group = store_security_group(name, args.place, PORT, child)
    parameters = _parameter_group(name, args, child)
    size = args.size
    return _Shared(
        parent=parent,
        # An instance that is replaced (another key) gets another name, and so do its final snapshot and its logs.
        suffix=random.RandomId(f"{name}-suffix", byte_length=4, keepers={"key": args.key_arn}, opts=child),
        subnets=aws.rds.SubnetGroup(f"{name}-subnets", subnet_ids=args.place.subnet_ids, opts=child),
        common={
            "instance_class": size.instance_class,
            "allocated_storage": size.storage_gib,
            "max_allocated_storage": size.max_storage_gib,
            "storage_type": "gp3",
            **_striped(size),
            "storage_encrypted": True,
            "parameter_group_name": parameters.name,
            "vpc_security_group_ids": [group.id],
            "publicly_accessible": False,
            "port": PORT,
            "ca_cert_identifier": "rds-ca-rsa2048-g1",
            "iam_database_authentication_enabled": True,
            "monitoring_interval": ENHANCED_MONITORING_SECONDS,
            "monitoring_role_arn": _monitoring_role(name, args.account, child),
            "performance_insights_enabled": True,
            "performance_insights_kms_key_id": args.key_arn,
            "performance_insights_retention_period": INSIGHTS_DAYS,
            "enabled_cloudwatch_logs_exports": LOG_EXPORTS,
            "auto_minor_version_upgrade": True,
            "maintenance_window": MAINTENANCE_WINDOW,
            "copy_tags_to_snapshot": True,
            "deletion_protection": args.protection.deletion,
            "apply_immediately": True,
        },
    )


class _Striped(TypedDict, total=False):
    """Figures of storage that RDS wants named from a size on, and refuses below."""

    iops: int
    storage_throughput: int


def _striped(size: PostgresSize) -> _Striped:
    if size.storage_gib < STRIPED_GIB:
        return {}
    return {"iops": STRIPED_IOPS, "storage_throughput": STRIPED_THROUGHPUT_MIBPS}


def _parameter_group(name: str, args: PostgresArgs, child: ResourceOptions) -> aws.rds.ParameterGroup:
    """Make the parameter group; another content is another name, so that the new one exists before the old one goes."""
    parameters = _parameters(args)
    family = f"postgres{VERSION}"
    digest = f"{zlib.crc32(json.dumps([family, parameters]).encode()):08x}"
    return aws.rds.ParameterGroup(
        f"{name}-parameters",
        name=f"{args.prefix}-{name}-{family}-{digest}",
        family=family,
        description=f"TLS only, audited, slow statements logged ({args.prefix} {name})",
        parameters=parameters,
        opts=child,
    )


def _parameters(args: PostgresArgs) -> list[aws.rds.ParameterGroupParameterArgsDict]:
    libraries = ["pg_stat_statements", "pgaudit", *args.preload]
    now = {
        "rds.force_ssl": "1",
        "log_connections": "1",
        "log_disconnections": "1",
        "log_min_duration_statement": str(SLOW_STATEMENT_MS),
        "log_statement": "ddl",
        "pgaudit.log": "ddl,role",
    }
    # Static parameters: they hold from the next start of the instance.
    at_start = {"shared_preload_libraries": ",".join(libraries)}
    if "pg_cron" in libraries:
        at_start["cron.database_name"] = args.database
    return [
        {"name": name, "value": value, "apply_method": method}
        for parameters, method in ((now, "immediate"), (at_start, "pending-reboot"))
        for name, value in parameters.items()
    ]


def _monitoring_role(name: str, account: Account, child: ResourceOptions) -> Output[str]:
    """Make the role of enhanced monitoring; give its ARN once it may write."""
    role = service_role(
        f"{name}-monitoring",
        "monitoring.rds.amazonaws.com",
        "Lets RDS write enhanced monitoring to CloudWatch Logs",
        child,
    )
    policy = Output.format("arn:{0}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole", account.partition)
    attached = aws.iam.RolePolicyAttachment(f"{name}-monitoring-write", role=role.name, policy_arn=policy, opts=child)
    return Output.all(role.arn, attached.id).apply(lambda both: both[0])


def _logs(name: str, identifier: Output[str], args: PostgresArgs, parent: pulumi.Resource) -> list[pulumi.Resource]:
    """Make the groups that RDS would make without a key and without an end."""
    child = ResourceOptions(parent=parent)
    return [
        log_group(
            f"{name}-logs-{kind}", Output.format("/aws/rds/instance/{0}/{1}", identifier, kind), args.key_arn, child
        )
        for kind in LOG_EXPORTS
    ]


def _primary(name: str, args: PostgresArgs, shared: _Shared, password: random.RandomPassword) -> aws.rds.Instance:
    identifier = Output.format("{0}-{1}-{2}", args.prefix, name, shared.suffix.hex)
    snapshot = args.protection.final_snapshot
    return aws.rds.Instance(
        f"{name}-primary",
        identifier=identifier,
        engine="postgres",
        engine_version=VERSION,
        engine_lifecycle_support="open-source-rds-extended-support-disabled",
        kms_key_id=args.key_arn,
        db_name=args.database,
        username=ADMIN,
        password_wo=password.result,
        password_wo_version=1,
        db_subnet_group_name=shared.subnets.name,
        multi_az=args.size.multi_az,
        backup_retention_period=args.size.backup_days,
        backup_window=BACKUP_WINDOW,
        delete_automated_backups=not snapshot,
        skip_final_snapshot=not snapshot,
        final_snapshot_identifier=Output.format("{0}-final", identifier) if snapshot else None,
        **shared.common,
        opts=ResourceOptions(
            parent=shared.parent,
            protect=args.protection.protect,
            custom_timeouts=LONG,
            depends_on=_logs(f"{name}-primary", identifier, args, shared.parent),
        ),
    )


def _replica(
    name: str, purpose: str, args: PostgresArgs, shared: _Shared, primary: aws.rds.Instance
) -> aws.rds.Instance:
    """Make a read replica: it can be made again at any time, so nothing but deletion protection guards it."""
    identifier: Output[str] = Output.format("{0}-{1}-{2}-{3}", args.prefix, name, purpose, shared.suffix.hex)
    return aws.rds.Instance(
        f"{name}-replica-{purpose}",
        identifier=identifier,
        replicate_source_db=primary.identifier,
        backup_retention_period=0,
        skip_final_snapshot=True,
        **shared.common,
        # It has its source's key: RDS refuses another word on that within a region. A new source is a new replica.
        opts=ResourceOptions(
            parent=shared.parent,
            replace_on_changes=["replicate_source_db"],
            custom_timeouts=LONG,
            depends_on=_logs(f"{name}-replica-{purpose}", identifier, args, shared.parent),
        ),
    )
