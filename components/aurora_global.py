"""Aurora Global Database: a secondary cluster in the DR region, read there, promoted when the first region is lost."""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from components.access import store_security_group
from components.aurora import ENGINE, LOG_EXPORTS, LONG, Member, cluster_logs, kept, member, scaling, storage_type
from components.place import DrPlace, Place
from components.postgres_args import NO_EXTENDED_SUPPORT, PORT
from components.postgres_parameters import cluster_parameters, member_parameters
from components.postgres_shared import Shared, final_snapshot
from sizes.aurora import AuroraSize


@dataclass(frozen=True, kw_only=True, slots=True)
class GlobalPart:
    """A global database and its secondary cluster."""

    global_cluster: aws.rds.GlobalCluster
    secondary: aws.rds.Cluster


def global_part(size: AuroraSize, shared: Shared, primary: aws.rds.Cluster) -> GlobalPart:
    """Make a global database of *primary*, which stays as it is, and a secondary of `dr_readers` members."""
    args, dr = shared.args, shared.args.dr
    if dr is None or dr.place is None:
        raise AssertionError("PostgresArgs refuses dr_readers without dr and its network")
    global_cluster = aws.rds.GlobalCluster(
        f"{shared.name}-global",
        global_cluster_identifier=shared.identifier("global"),
        # Only read when it is made; engine, version and encryption are the primary's.
        source_db_cluster_identifier=primary.arn,
        # Removing it lets its clusters go, and deletes neither.
        force_destroy=True,
        deletion_protection=args.protection.deletion,
        opts=ResourceOptions(
            parent=shared.parent,
            protect=args.protection.protect,
            custom_timeouts=LONG,
            # After a failover the other cluster is the primary.
            ignore_changes=["source_db_cluster_identifier"],
        ),
    )
    secondary = _secondary(size, shared, global_cluster, dr, dr.place)
    return GlobalPart(global_cluster=global_cluster, secondary=secondary)


def _secondary(
    size: AuroraSize, shared: Shared, global_cluster: aws.rds.GlobalCluster, dr: DrPlace, place: Place
) -> aws.rds.Cluster:
    name, args, region = f"{shared.name}-dr", shared.args, dr.region
    identifier = shared.identifier("dr")
    snapshot = final_snapshot(args, identifier)
    group = store_security_group(name, place, PORT, shared.child, region=region)
    subnets = aws.rds.SubnetGroup(f"{name}-subnets", subnet_ids=place.subnet_ids, region=region, opts=shared.child)
    parameters = cluster_parameters(shared, size.version, f"{name}-cluster-parameters", region=region)
    own = member_parameters(shared, size.version, f"{name}-member-parameters", region=region)
    cluster = aws.rds.Cluster(
        f"{name}-cluster",
        cluster_identifier=identifier,
        global_cluster_identifier=global_cluster.id,
        engine=ENGINE,
        # To the minor version: AWS refuses a secondary of another one than the primary's.
        engine_version=global_cluster.engine_version,
        engine_lifecycle_support=NO_EXTENDED_SUPPORT,
        kms_key_id=dr.key_arn,
        storage_encrypted=True,
        storage_type=storage_type(size),
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[group.id],
        port=PORT,
        db_cluster_parameter_group_name=parameters.name,
        serverlessv2_scaling_configuration=scaling(size),
        iam_database_authentication_enabled=True,
        # Data written there would be written here, at the price of a round trip for each.
        enable_global_write_forwarding=False,
        enabled_cloudwatch_logs_exports=LOG_EXPORTS,
        **kept(size, args, snapshot),
        region=region,
        opts=ResourceOptions(
            parent=shared.parent,
            protect=args.protection.protect,
            custom_timeouts=LONG,
            # AWS upgrades the members of a global database together, and fills in what they replicate. A failover
            # writes who is whose.
            ignore_changes=["engine_version", "global_cluster_identifier", "replication_source_identifier"],
            depends_on=[cluster_logs(f"{name}-cluster", identifier, dr.key_arn, shared, region=region)],
        ),
    )
    for number in range(1, size.dr_readers + 1):
        member(
            size.capacity_of_readers,
            shared,
            cluster,
            Member(
                logical_name=f"{name}-member-{number}",
                identifier=_member_identifier(shared, number),
                promotion_tier=min(number - 1, 15),
                parameters=own,
                key_arn=dr.key_arn,
                region=region,
            ),
        )
    return cluster


def _member_identifier(shared: Shared, number: int) -> Output[str]:
    return shared.identifier("dr", str(number))
