"""PostgreSQL on an RDS instance: a primary, its read replicas by purpose, its backups in another region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.backups import NOT_BACKED_UP
from components.logs import log_group
from components.postgres_args import (
    BACKUP_WINDOW,
    CERTIFICATE,
    ENHANCED_MONITORING_SECONDS,
    INSIGHTS_DAYS,
    MAINTENANCE_WINDOW,
    NO_EXTENDED_SUPPORT,
    PORT,
    FromSnapshot,
    Restore,
    RestoreToTime,
)
from components.postgres_parameters import instance_parameters, replica_parameters
from components.postgres_shared import Shared, final_snapshot
from sizes.logins import ADMIN
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.postgres_storage import figures

LOG_EXPORTS: Final = ("postgresql", "upgrade")
LONG: Final = CustomTimeouts(create="4h", update="12h", delete="2h")
"""A large database is copied and optimised for hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstancePart:
    """A primary and its read replicas."""

    primary: aws.rds.Instance
    replicas: Mapping[ReplicaPurpose, aws.rds.Instance]


def instance_part(size: PostgresSize, shared: Shared) -> InstancePart:
    """Make a primary of *size*, and what belongs to it."""
    parameters = instance_parameters(shared, size.version)
    common = _common(size, shared)
    primary = _primary(size, shared, {**common, "parameter_group_name": parameters.name})
    if size.dr_backups:
        _dr_backups(size, shared, primary)
    replicas: dict[ReplicaPurpose, aws.rds.Instance] = {}
    for purpose in size.replicas:
        own = replica_parameters(shared, size.version, purpose, parameters)
        inputs: _Common = {
            **common,
            "parameter_group_name": own.name,
            "instance_class": size.class_of_replicas,
        }
        replicas[purpose] = _replica(purpose, shared, inputs, primary)
    return InstancePart(primary=primary, replicas=replicas)


class _Common(TypedDict):
    """Inputs that a primary and its replicas have in common."""

    instance_class: str
    allocated_storage: int
    max_allocated_storage: int
    storage_type: str
    iops: NotRequired[int]
    storage_throughput: NotRequired[int]
    storage_encrypted: bool
    parameter_group_name: NotRequired[Input[str]]
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


def _common(size: PostgresSize, shared: Shared) -> _Common:
    asked = figures(size.storage_type, size.storage_gib, size.iops, size.throughput_mibps)
    common: _Common = {
        "instance_class": size.instance_class,
        "allocated_storage": size.storage_gib,
        "max_allocated_storage": size.max_storage_gib,
        "storage_type": size.storage_type,
        "storage_encrypted": True,
        "vpc_security_group_ids": [shared.group.id],
        "publicly_accessible": False,
        "port": PORT,
        "ca_cert_identifier": CERTIFICATE,
        "iam_database_authentication_enabled": True,
        "monitoring_interval": ENHANCED_MONITORING_SECONDS,
        "monitoring_role_arn": shared.monitoring,
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": shared.args.key_arn,
        "performance_insights_retention_period": INSIGHTS_DAYS,
        "enabled_cloudwatch_logs_exports": LOG_EXPORTS,
        "auto_minor_version_upgrade": True,
        "maintenance_window": MAINTENANCE_WINDOW,
        "copy_tags_to_snapshot": True,
        "deletion_protection": shared.args.protection.deletion,
        "apply_immediately": True,
    }
    if asked.iops is not None:
        common["iops"] = asked.iops
    if asked.throughput_mibps is not None:
        common["storage_throughput"] = asked.throughput_mibps
    return common


def _primary(size: PostgresSize, shared: Shared, common: _Common) -> aws.rds.Instance:
    name, args, identifier = shared.name, shared.args, shared.identifier()
    snapshot = final_snapshot(args, identifier)
    return aws.rds.Instance(
        f"{name}-primary",
        identifier=identifier,
        engine="postgres",
        engine_version=size.version,
        # Another major version is a hop of its own; without this AWS would refuse it.
        allow_major_version_upgrade=True,
        engine_lifecycle_support=NO_EXTENDED_SUPPORT,
        kms_key_id=args.data_key,
        # A restored database brings both along.
        db_name=None if args.restore else args.database,
        username=None if args.restore else ADMIN,
        password_wo=shared.passwords.current,
        password_wo_version=shared.passwords.numbers.current,
        **_origin(args.restore),
        db_subnet_group_name=shared.subnets.name,
        multi_az=size.multi_az,
        backup_retention_period=size.backup_days,
        backup_window=BACKUP_WINDOW,
        delete_automated_backups=snapshot is None,
        skip_final_snapshot=snapshot is None,
        final_snapshot_identifier=snapshot,
        **common,
        opts=ResourceOptions(
            parent=shared.parent,
            protect=args.protection.protect,
            custom_timeouts=LONG,
            # What an instance was made of, and what came with it, can only be chosen when it is made: another word on
            # it later would replace the instance by an empty or an old one, or be shown as a change for ever.
            ignore_changes=[
                *("db_name", "username", "restore_to_point_in_time", "snapshot_identifier"),
                "engine_lifecycle_support",
            ],
            depends_on=_logs(f"{name}-primary", identifier, shared),
        ),
    )


class _Origin(TypedDict, total=False):
    """What an instance is made of."""

    snapshot_identifier: Input[str]
    restore_to_point_in_time: aws.rds.InstanceRestoreToPointInTimeArgsDict


def _origin(restore: Restore | None) -> _Origin:
    match restore:
        case None:
            return {}
        case FromSnapshot():
            return {"snapshot_identifier": restore.snapshot}
        case RestoreToTime(time=None):
            return {
                "restore_to_point_in_time": {
                    "source_db_instance_identifier": restore.source,
                    "use_latest_restorable_time": True,
                }
            }
        case RestoreToTime(time=time):
            return {
                "restore_to_point_in_time": {
                    "source_db_instance_identifier": restore.source,
                    "restore_time": time,
                }
            }


def _replica(purpose: ReplicaPurpose, shared: Shared, common: _Common, primary: aws.rds.Instance) -> aws.rds.Instance:
    """Make a read replica: it can be made again at any time, so nothing but deletion protection guards it."""
    identifier = shared.identifier(purpose)
    name = f"{shared.name}-replica-{purpose}"
    return aws.rds.Instance(
        name,
        identifier=identifier,
        replicate_source_db=primary.identifier,
        backup_retention_period=0,
        skip_final_snapshot=True,
        tags=NOT_BACKED_UP,
        **common,
        # It has its source's key: RDS refuses another word on that within a region. A new source is a new replica.
        opts=ResourceOptions(
            parent=shared.parent,
            replace_on_changes=["replicate_source_db"],
            custom_timeouts=LONG,
            depends_on=_logs(name, identifier, shared),
        ),
    )


def _dr_backups(size: PostgresSize, shared: Shared, primary: aws.rds.Instance) -> None:
    """Copy the backups to the DR region as they are made, under a key of that region."""
    dr = shared.args.dr
    if dr is None:
        raise AssertionError("PostgresArgs refuses dr_backups without dr")
    aws.rds.InstanceAutomatedBackupsReplication(
        f"{shared.name}-dr-backups",
        source_db_instance_arn=primary.arn,
        kms_key_id=dr.key_arn,
        retention_period=size.backup_days,
        region=dr.region,
        # Other days are another replication, and RDS takes one of an instance; what was copied stays for its days.
        opts=ResourceOptions.merge(shared.child, ResourceOptions(delete_before_replace=True)),
    )


def _logs(name: str, identifier: Output[str], shared: Shared) -> list[pulumi.Resource]:
    """Make the groups that RDS would make without a key and without an end."""
    return [
        log_group(
            f"{name}-logs-{kind}",
            Output.format("/aws/rds/instance/{0}/{1}", identifier, kind),
            shared.args.key_arn,
            shared.child,
        )
        for kind in LOG_EXPORTS
    ]
