"""A replication group of ElastiCache, with its parameters, logs and autoscaling."""

import json
import zlib
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.logs import log_group
from components.place import Place
from components.scaling import Scaling, follow
from sizes.protection import Protection
from sizes.redis import ClusterMode, RedisSize

VERSION: Final = {"valkey": "8.2", "redis": "7.1"}
"""The last of its major version: ElastiCache upgrades minor ones by itself, and going back would replace the group."""
FAMILY: Final = {"valkey": "valkey8", "redis": "redis7"}
PORT: Final = 6379
EVICTION: Final = {"cache": "allkeys-lru", "queue": "noeviction"}
LONG: Final = CustomTimeouts(create="2h", update="12h", delete="2h")
"""Shards move their keys for hours."""
# UTC; they do not overlap.
SNAPSHOT_WINDOW: Final = "02:00-03:00"
MAINTENANCE_WINDOW: Final = "sun:04:00-sun:05:00"
TARGET_PERCENT: Final = 60
"""Busy processors that autoscaling aims at: the rest carries the load while a shard is being added."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Common:
    """What a store has whatever serves it."""

    suffix: random.RandomId
    """A store that is replaced (another key) gets another name."""
    users: aws.elasticache.UserGroup
    access: aws.ec2.SecurityGroup


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupArgs:
    """What the store decides about its group."""

    size: RedisSize
    protection: Protection
    use: Literal["cache", "queue"]
    prefix: str
    place: Place
    key_arn: Input[str]
    """Encrypts the logs."""
    data_key: Input[str]
    """Encrypts disks and snapshots."""
    common: Common
    snapshot: str | None
    """Name of the snapshot that the group is made of; it counts when it is made, and never again."""


def _parameter_group(name: str, args: GroupArgs, child: ResourceOptions) -> aws.elasticache.ParameterGroup:
    """Make the parameter group; another content is another name, so that the new one exists before the old one goes."""
    parameters = {"maxmemory-policy": EVICTION[args.use]}
    if args.size.cluster_mode is not ClusterMode.DISABLED:
        parameters["cluster-enabled"] = "yes"
    family = FAMILY[args.size.engine]
    digest = f"{zlib.crc32(json.dumps([family, parameters]).encode()):08x}"
    return aws.elasticache.ParameterGroup(
        f"{name}-parameters",
        name=f"{args.prefix}-{name}-{family}-{digest}",
        family=family,
        description=f"A {args.use} ({args.prefix} {name})",
        parameters=[{"name": key, "value": value} for key, value in parameters.items()],
        opts=child,
    )


def group(name: str, args: GroupArgs, parent: pulumi.Resource) -> aws.elasticache.ReplicationGroup:
    """Make the group and what it needs; shards and replicas that autoscaling owns are left to it."""
    size, child = args.size, ResourceOptions(parent=parent)
    logs = {
        kind: log_group(
            f"{name}-logs-{kind}",
            Output.format(
                "/aws/vendedlogs/elasticache/{0}-{1}-{2}/{3}", args.prefix, name, args.common.suffix.hex, kind
            ),
            args.key_arn,
            child,
        )
        for kind in ("slow-log", "engine-log")
    }
    subnets = aws.elasticache.SubnetGroup(f"{name}-subnets", subnet_ids=args.place.subnet_ids, opts=child)
    parameters = _parameter_group(name, args, child)
    identifier = Output.format("{0}-{1}-{2}", args.prefix, name, args.common.suffix.hex)
    made = aws.elasticache.ReplicationGroup(
        f"{name}-group",
        replication_group_id=identifier,
        description=f"{args.use} of {args.prefix}",
        engine=size.engine,
        engine_version=VERSION[size.engine],
        node_type=size.node_type,
        cluster_mode=size.cluster_mode,
        num_node_groups=size.shards,
        replicas_per_node_group=size.replicas_per_shard,
        automatic_failover_enabled=size.failover,
        multi_az_enabled=size.failover,
        parameter_group_name=parameters.name,
        port=PORT,
        subnet_group_name=subnets.name,
        security_group_ids=[args.common.access.id],
        at_rest_encryption_enabled=True,
        kms_key_id=args.data_key,
        transit_encryption_enabled=True,
        transit_encryption_mode="required",
        # One group at most; the provider has it as a list.
        user_group_ids=[args.common.users.user_group_id],
        snapshot_name=args.snapshot,
        snapshot_retention_limit=size.snapshot_days,
        snapshot_window=SNAPSHOT_WINDOW,
        maintenance_window=MAINTENANCE_WINDOW,
        final_snapshot_identifier=Output.format("{0}-final", identifier) if args.protection.final_snapshot else None,
        log_delivery_configurations=[
            {
                "log_type": kind,
                "log_format": "json",
                "destination_type": "cloudwatch-logs",
                "destination": log.name,
            }
            for kind, log in logs.items()
        ],
        auto_minor_version_upgrade=True,
        apply_immediately=True,
        opts=ResourceOptions(
            parent=parent,
            protect=args.protection.protect,
            custom_timeouts=LONG,
            # What a group was made of can only be chosen when it is made: another word on it would replace it.
            ignore_changes=["snapshotName", *_autoscaled(size)],
        ),
    )
    _autoscale(name, size, made, child)
    return made


def _autoscaled(size: RedisSize) -> list[str]:
    """Name what autoscaling owns: a program that said it again would undo its work."""
    owned = (("numNodeGroups", size.max_shards), ("replicasPerNodeGroup", size.max_replicas_per_shard))
    return [property_ for property_, most in owned if most is not None]


def _autoscale(name: str, size: RedisSize, made: aws.elasticache.ReplicationGroup, child: ResourceOptions) -> None:
    """Let shards and replicas follow the load of their processors, from what the size names up to its bounds."""
    for what, lowest, highest, metric in (
        ("NodeGroups", size.shards, size.max_shards, "ElastiCachePrimaryEngineCPUUtilization"),
        ("Replicas", size.replicas_per_shard, size.max_replicas_per_shard, "ElastiCacheReplicaEngineCPUUtilization"),
    ):
        if highest is None:
            continue
        scaling = Scaling(
            namespace="elasticache",
            resource=Output.format("replication-group/{0}", made.replication_group_id),
            dimension=f"elasticache:replication-group:{what}",
            lowest=lowest,
            highest=highest,
            metric=metric,
            target=TARGET_PERCENT,
        )
        follow(f"{name}-{what.lower()}", scaling, child)
