"""PostgreSQL on Aurora: a cluster, its members in several zones, readers that come and go with the load."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

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
    PostgresArgs,
    Restore,
    RestoreToTime,
)
from components.postgres_parameters import cluster_parameters, member_parameters
from components.postgres_shared import Shared, final_snapshot
from components.scaling import Scaling, follow
from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.logins import ADMIN

ENGINE: Final = "aurora-postgresql"
LOG_EXPORTS: Final = ("postgresql",)
LONG: Final = CustomTimeouts(create="6h", update="12h", delete="2h")
"""A cluster that is made of an instance or a snapshot takes several hours a TiB."""
CHOSEN_ONCE: Final = (
    *("database_name", "master_username", "restore_to_point_in_time", "snapshot_identifier"),
    "global_cluster_identifier",
)
"""
What a cluster was made of, and what came with it: it can only be chosen when it is made.

Another word on it later would replace the cluster; the name of a global database is written by that.
"""
SERVERLESS_CLASS: Final = "db.serverless"
AUTO_PAUSE_SECONDS: Final = 300
READERS_CPU_PERCENT: Final = 60
"""Autoscaling adds readers above, with room for the minutes that a new one takes to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterPart:
    """A cluster and those of its members that are ours; autoscaling adds and removes others."""

    cluster: aws.rds.Cluster
    members: Sequence[aws.rds.ClusterInstance]


def cluster_part(size: AuroraSize, shared: Shared, source: aws.rds.Instance | None) -> ClusterPart:
    """Make a cluster of *size*, and what belongs to it; with a *source* it is a replica of that instance."""
    name = shared.name
    group = member_parameters(shared, size.version, f"{name}-member-parameters")
    cluster = _cluster(size, shared, source, group)
    members = [
        member(
            size.capacity if number == 1 else size.capacity_of_readers,
            shared,
            cluster,
            Member(
                logical_name=f"{name}-member-{number}",
                identifier=shared.identifier("member", str(number)),
                # The first that is made begins as the writer, whichever that is; after it, the lowest tier is next.
                promotion_tier=min(number - 1, 15),
                parameters=group,
                key_arn=shared.args.key_arn,
                of_replica=source is not None,
            ),
        )
        for number in range(1, size.readers + 2)
    ]
    if size.max_readers > size.readers:
        _autoscaling(size, shared, cluster, members)
    return ClusterPart(cluster=cluster, members=members)


def _cluster(
    size: AuroraSize, shared: Shared, source: aws.rds.Instance | None, group: aws.rds.ParameterGroup
) -> aws.rds.Cluster:
    name, args, identifier = shared.name, shared.args, shared.identifier("cluster")
    snapshot = final_snapshot(args, identifier)
    # What is made of something else has its name, administrator and password, and may not be told others.
    restore = args.restore if args.instance is None else None
    of_itself = source is None and args.instance is None and restore is None
    parameters = cluster_parameters(shared, size.version, f"{name}-cluster-parameters")
    return aws.rds.Cluster(
        f"{name}-cluster",
        cluster_identifier=identifier,
        engine=ENGINE,
        engine_version=size.version,
        engine_lifecycle_support=NO_EXTENDED_SUPPORT,
        allow_major_version_upgrade=True,
        kms_key_id=args.data_key,
        storage_encrypted=True,
        storage_type=storage_type(size),
        database_name=args.database if of_itself else None,
        master_username=ADMIN if of_itself else None,
        master_password_wo=None if source else shared.passwords.current,
        master_password_wo_version=None if source else shared.passwords.numbers.current,
        **_origin(restore),
        replication_source_identifier=source.arn if source else None,
        # No availability_zones: AWS fills them up to three, and the next run would replace the cluster.
        db_subnet_group_name=shared.subnets.name,
        vpc_security_group_ids=[shared.group.id],
        port=PORT,
        db_cluster_parameter_group_name=parameters.name,
        # Only read when the major version changes: the members' group must then be of the new family.
        db_instance_parameter_group_name=group.name,
        serverlessv2_scaling_configuration=scaling(size),
        iam_database_authentication_enabled=True,
        enabled_cloudwatch_logs_exports=LOG_EXPORTS,
        **kept(size, args, snapshot),
        opts=ResourceOptions(
            parent=shared.parent,
            protect=args.protection.protect,
            custom_timeouts=LONG,
            ignore_changes=[*CHOSEN_ONCE],
            depends_on=[cluster_logs(f"{name}-cluster", identifier, args.key_arn, shared)],
        ),
    )


def storage_type(size: AuroraSize) -> str:
    """Give the word for how storage is paid; `aurora` is written out, so that the way back from the other is taken."""
    return "aurora-iopt1" if size.io_optimized else "aurora"


def scaling(size: AuroraSize) -> aws.rds.ClusterServerlessv2ScalingConfigurationArgsDict | None:
    """Give the bounds of Serverless v2; None where the members are of a class."""
    found = [one for one in (size.capacity, size.capacity_of_readers) if isinstance(one, Serverless)]
    if not found:
        return None
    bounds: aws.rds.ClusterServerlessv2ScalingConfigurationArgsDict = {
        "min_capacity": found[0].min_acu,
        "max_capacity": found[0].max_acu,
    }
    if found[0].min_acu == 0:
        bounds["seconds_until_auto_pause"] = AUTO_PAUSE_SECONDS
    return bounds


class Kept(TypedDict):
    """How a cluster keeps its data."""

    backup_retention_period: int
    preferred_backup_window: str
    preferred_maintenance_window: str
    copy_tags_to_snapshot: bool
    delete_automated_backups: bool
    skip_final_snapshot: bool
    final_snapshot_identifier: Input[str] | None
    deletion_protection: bool
    apply_immediately: bool


def kept(size: AuroraSize, args: PostgresArgs, snapshot: Input[str] | None) -> Kept:
    """Say how a cluster keeps its data, here and in the DR region."""
    return {
        "backup_retention_period": size.backup_days,
        "preferred_backup_window": BACKUP_WINDOW,
        "preferred_maintenance_window": MAINTENANCE_WINDOW,
        "copy_tags_to_snapshot": True,
        "delete_automated_backups": snapshot is None,
        "skip_final_snapshot": snapshot is None,
        "final_snapshot_identifier": snapshot,
        "deletion_protection": args.protection.deletion,
        "apply_immediately": True,
    }


class _Origin(TypedDict, total=False):
    """What a cluster is made of."""

    snapshot_identifier: Input[str]
    restore_to_point_in_time: aws.rds.ClusterRestoreToPointInTimeArgsDict


def _origin(restore: Restore | None) -> _Origin:
    match restore:
        case None:
            return {}
        case FromSnapshot():
            return {"snapshot_identifier": restore.snapshot}
        case RestoreToTime(time=None):
            return {
                "restore_to_point_in_time": {
                    "source_cluster_identifier": restore.source,
                    "use_latest_restorable_time": True,
                }
            }
        case RestoreToTime(time=time):
            return {"restore_to_point_in_time": {"source_cluster_identifier": restore.source, "restore_to_time": time}}


def cluster_logs(
    logical_name: str, identifier: Output[str], key_arn: Input[str], shared: Shared, *, region: str | None = None
) -> pulumi.Resource:
    """Make the group that RDS would make without a key and without an end."""
    (kind,) = LOG_EXPORTS
    name = Output.format("/aws/rds/cluster/{0}/{1}", identifier, kind)
    return log_group(f"{logical_name}-logs-{kind}", name, key_arn, shared.child, region=region)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """What one member has of its own."""

    logical_name: str
    identifier: Output[str]
    promotion_tier: int
    """0 is promoted first, 15 last; readers of tiers 0 and 1 keep up with a serverless writer's capacity."""
    parameters: aws.rds.ParameterGroup
    key_arn: Input[str]
    region: str | None = None
    """None is the stack's."""
    of_replica: bool = False
    """Whether the cluster is a replica of an instance: AWS deletes its last member only after it was promoted."""


def member(
    capacity: Instances | Serverless, shared: Shared, cluster: aws.rds.Cluster, own: Member
) -> aws.rds.ClusterInstance:
    """Make a member of *cluster*: it holds no data, so nothing guards it. AWS spreads members over the zones."""
    return aws.rds.ClusterInstance(
        own.logical_name,
        identifier=own.identifier,
        cluster_identifier=cluster.id,
        # The version is the cluster's: it upgrades its members.
        engine=aws.rds.EngineType.AURORA_POSTGRESQL,
        instance_class=capacity.instance_class if isinstance(capacity, Instances) else SERVERLESS_CLASS,
        promotion_tier=own.promotion_tier,
        db_parameter_group_name=own.parameters.name,
        publicly_accessible=False,
        ca_cert_identifier=CERTIFICATE,
        monitoring_interval=ENHANCED_MONITORING_SECONDS,
        monitoring_role_arn=shared.monitoring,
        performance_insights_enabled=True,
        performance_insights_kms_key_id=own.key_arn,
        performance_insights_retention_period=INSIGHTS_DAYS,
        auto_minor_version_upgrade=True,
        preferred_maintenance_window=MAINTENANCE_WINDOW,
        copy_tags_to_snapshot=True,
        apply_immediately=True,
        # The way back from a move: the provider promotes the cluster before it deletes the member.
        force_destroy=own.of_replica or None,
        region=own.region,
        opts=ResourceOptions.merge(shared.child, ResourceOptions(custom_timeouts=LONG)),
    )


def _autoscaling(
    size: AuroraSize, shared: Shared, cluster: aws.rds.Cluster, members: Sequence[aws.rds.ClusterInstance]
) -> None:
    """Let readers come with the load, beside ours, and go again: autoscaling removes none but its own."""
    scaling_of_readers = Scaling(
        namespace="rds",
        resource=Output.format("cluster:{0}", cluster.cluster_identifier),
        dimension="rds:cluster:ReadReplicaCount",
        lowest=size.readers,
        highest=size.max_readers,
        metric="RDSReaderAverageCPUUtilization",
        target=READERS_CPU_PERCENT,
    )
    waiting = ResourceOptions(depends_on=[*members])
    follow(f"{shared.name}-readers", scaling_of_readers, ResourceOptions.merge(shared.child, waiting))
