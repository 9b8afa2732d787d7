"""Redis on ElastiCache: a Valkey replication group in every phase, so that growing never replaces."""

import json
import zlib
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.access import store_security_group
from components.logs import log_group
from components.place import Account, Place
from components.secrets import ConnectionArgs, ConnectionSecret, generated_password
from sizes.protection import Protection
from sizes.redis import ClusterMode, RedisSize

ENGINE: Final = "valkey"
VERSION: Final = "8.2"
"""The last of its major version: ElastiCache upgrades minor ones by itself, and going back would replace the group."""
FAMILY: Final = "valkey8"
PORT: Final = 6379
USER: Final = "application"
ACCESS: Final = "on ~* &* +@all -@admin -@dangerous +info"
"""Every key and channel, no command that administers the server or blocks it; client libraries read `info`."""
EVICTION: Final = {"cache": "allkeys-lru", "queue": "noeviction"}
LONG: Final = CustomTimeouts(create="2h", update="12h", delete="2h")
"""Shards move their keys for hours."""
# UTC; they do not overlap.
SNAPSHOT_WINDOW: Final = "02:00-03:00"
MAINTENANCE_WINDOW: Final = "sun:04:00-sun:05:00"


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisArgs:
    """What the caller decides. Everything else is this component's opinion."""

    size: RedisSize
    protection: Protection
    use: Literal["cache", "queue"]
    prefix: str
    """What physical names begin with, such as `clubapp-dev`."""
    account: Account
    place: Place
    key_arn: Input[str]


class Redis(pulumi.ComponentResource):
    """A replication group that is encrypted, private, and reached over TLS with a password only."""

    endpoint: Output[str]
    """Where clients write: the primary, or the configuration endpoint once cluster mode is enabled."""
    secret_arn: Output[str]

    def __init__(self, name: str, args: RedisArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Redis", name, {}, opts)
        child = ResourceOptions(parent=self)
        suffix = random.RandomId(f"{name}-suffix", byte_length=4, keepers={"key": args.key_arn}, opts=child)
        password = generated_password(name, args.protection, parent=self)
        users = _users(name, args, suffix, password, child)
        group = _group(name, args, suffix, users, parent=self)
        self.endpoint = _endpoint(group, args.size.cluster_mode)
        secret = ConnectionSecret(
            name,
            ConnectionArgs(
                key_arn=args.key_arn,
                account=args.account,
                protection=args.protection,
                facts={
                    "host": self.endpoint,
                    "port": PORT,
                    "username": USER,
                    "tls": True,
                    "clusterMode": args.size.cluster_mode,
                    **_cluster_host(group, args.size.cluster_mode),
                },
                password=password.result,
            ),
            opts=child,
        )
        self.secret_arn = secret.arn
        self.register_outputs({"endpoint": self.endpoint, "secret_arn": self.secret_arn})


def _endpoint(group: aws.elasticache.ReplicationGroup, mode: ClusterMode) -> Output[str]:
    return group.configuration_endpoint_address if mode is ClusterMode.ENABLED else group.primary_endpoint_address


def _cluster_host(group: aws.elasticache.ReplicationGroup, mode: ClusterMode) -> dict[str, Output[str]]:
    """In the step between, clients move from one protocol to the other: they need both hosts."""
    return {} if mode is ClusterMode.DISABLED else {"clusterHost": group.configuration_endpoint_address}


def _parameter_group(name: str, args: RedisArgs, child: ResourceOptions) -> aws.elasticache.ParameterGroup:
    """Make the parameter group; another content is another name, so that the new one exists before the old one goes."""
    parameters = {"maxmemory-policy": EVICTION[args.use]}
    if args.size.cluster_mode is not ClusterMode.DISABLED:
        parameters["cluster-enabled"] = "yes"
    digest = f"{zlib.crc32(json.dumps([FAMILY, parameters]).encode()):08x}"
    return aws.elasticache.ParameterGroup(
        f"{name}-parameters",
        name=f"{args.prefix}-{name}-{FAMILY}-{digest}",
        family=FAMILY,
        description=f"A {args.use} ({args.prefix} {name})",
        parameters=[{"name": key, "value": value} for key, value in parameters.items()],
        opts=child,
    )


def _users(
    name: str, args: RedisArgs, suffix: random.RandomId, password: random.RandomPassword, child: ResourceOptions
) -> aws.elasticache.UserGroup:
    """Make the application's user, and switch off the one that every server has by default."""
    off = aws.elasticache.User(
        f"{name}-default-user",
        user_id=Output.format("{0}-{1}-off-{2}", args.prefix, name, suffix.hex),
        user_name="default",
        engine=ENGINE,
        access_string="off ~* -@all",
        # Valkey knows no user without a way to log in, not even one that is off.
        passwords_wo=password.result,
        passwords_wo_version=1,
        opts=child,
    )
    application = aws.elasticache.User(
        f"{name}-user",
        user_id=Output.format("{0}-{1}-{2}", args.prefix, name, suffix.hex),
        user_name=USER,
        engine=ENGINE,
        access_string=ACCESS,
        passwords_wo=password.result,
        passwords_wo_version=1,
        opts=child,
    )
    return aws.elasticache.UserGroup(
        f"{name}-users",
        user_group_id=Output.format("{0}-{1}-{2}", args.prefix, name, suffix.hex),
        engine=ENGINE,
        user_ids=[off.user_id, application.user_id],
        opts=child,
    )


def _group(
    name: str, args: RedisArgs, suffix: random.RandomId, users: aws.elasticache.UserGroup, parent: pulumi.Resource
) -> aws.elasticache.ReplicationGroup:
    size, child = args.size, ResourceOptions(parent=parent)
    logs = {
        kind: log_group(
            f"{name}-logs-{kind}",
            Output.format("/aws/vendedlogs/elasticache/{0}-{1}-{2}/{3}", args.prefix, name, suffix.hex, kind),
            args.key_arn,
            child,
        )
        for kind in ("slow-log", "engine-log")
    }
    subnets = aws.elasticache.SubnetGroup(f"{name}-subnets", subnet_ids=args.place.subnet_ids, opts=child)
    access = store_security_group(name, args.place, PORT, child)
    parameters = _parameter_group(name, args, child)
    identifier = Output.format("{0}-{1}-{2}", args.prefix, name, suffix.hex)
    return aws.elasticache.ReplicationGroup(
        f"{name}-group",
        replication_group_id=identifier,
        description=f"{args.use} of {args.prefix}",
        engine=ENGINE,
        engine_version=VERSION,
        node_type=size.node_type,
        cluster_mode=size.cluster_mode,
        num_node_groups=size.shards,
        replicas_per_node_group=size.replicas_per_shard,
        automatic_failover_enabled=size.failover,
        multi_az_enabled=size.failover,
        parameter_group_name=parameters.name,
        port=PORT,
        subnet_group_name=subnets.name,
        security_group_ids=[access.id],
        at_rest_encryption_enabled=True,
        kms_key_id=args.key_arn,
        transit_encryption_enabled=True,
        transit_encryption_mode="required",
        # One group at most; the provider has it as a list.
        user_group_ids=[users.user_group_id],
        snapshot_retention_limit=size.snapshot_days,
        snapshot_window=SNAPSHOT_WINDOW,
        maintenance_window=MAINTENANCE_WINDOW,
        final_snapshot_identifier=Output.format("{0}-final", identifier) if args.protection.final_snapshot else None,
        log_delivery_configurations=[
            {
                "log_type": kind,
                "log_format": "json",
                "destination_type": "cloudwatch-logs",
                "destination": group.name,
            }
            for kind, group in logs.items()
        ],
        auto_minor_version_upgrade=True,
        apply_immediately=True,
        opts=ResourceOptions(parent=parent, protect=args.protection.protect, custom_timeouts=LONG),
    )
