"""Redis on ElastiCache: a replication group in every phase, so that growing never replaces, or a serverless cache."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import CustomTimeouts, Input, Output, ResourceOptions

from components.access import store_security_group
from components.generations import Beside, called
from components.place import Account, Place
from components.redis_group import PORT, SNAPSHOT_WINDOW, Common, GroupArgs, group
from components.secrets import ConnectionArgs, ConnectionSecret, Passwords, generated_passwords
from sizes.logins import APPLICATION, FIRST, Numbers
from sizes.protection import Protection
from sizes.redis import ClusterMode, Engine, RedisSize, ServerlessRedisSize

ACCESS: Final = "on ~* &* +@all -@admin -@dangerous +info"
"""Every key and channel, no command that administers the server or blocks it; client libraries read `info`."""
OF_USERS: Final = "redis"
"""
Engine of users and their group, whichever the cache has: such a group serves caches of both (ElastiCache User Guide,
Clusters.RBAC). A group of `valkey` serves Valkey only: a cache that began as Redis could not be moved, as Pulumi
changes users before their group, and both before the cache, where AWS wants it the other way round.
"""
SERVERLESS_MAJOR: Final = "8"
SERVERLESS_ZONES: Final = 3
"""A serverless cache takes two or three subnets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisArgs:
    """What the caller decides. Everything else is this component's opinion."""

    size: RedisSize | ServerlessRedisSize
    protection: Protection
    use: Literal["cache", "queue"]
    prefix: str
    """What physical names begin with, such as `clubapp-dev`."""
    account: Account
    place: Place
    key_arn: Input[str]
    """Encrypts secrets and logs, and the data where `data_key_arn` says nothing else."""
    data_key_arn: Input[str] | None = None
    """Another key for the data: disks, and with them snapshots."""
    snapshot: str | None = None
    """Name of the snapshot that a group is made of, ARN of a serverless cache's; it counts when it is made only."""
    generation: int = 1
    """Which one in a row the store is: names have the number from the second on."""
    beside: Beside | None = None
    """A second one, made of a snapshot of this one."""
    rotation: Numbers = FIRST
    """The application's passwords."""

    @property
    def data_key(self) -> Input[str]:
        """The key of what holds data; logs stay with `key_arn`, whose policy lets CloudWatch Logs use it."""
        return self.key_arn if self.data_key_arn is None else self.data_key_arn

    @property
    def engine(self) -> Engine:
        """What serves the Redis protocol."""
        return self.size.engine if isinstance(self.size, RedisSize) else "valkey"


@dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """What a group or a serverless cache is reached and watched by."""

    id: Output[str]
    """Id of the replication group, or name of the serverless cache."""
    endpoint: Output[str]
    facts: Mapping[str, Input[Any]]
    """What clients must know beside host and port."""
    nodes: Mapping[str, Output[str]]
    """The ids of the group's nodes, by names that they keep as shards and replicas are added; none of a serverless."""


class Redis(pulumi.ComponentResource):
    """A store of the Redis protocol that is encrypted, private, and reached over TLS with a password only."""

    endpoint: Output[str]
    """Where clients write: the primary, or the configuration endpoint once cluster mode is enabled."""
    secret_arn: Output[str]
    watched: Mapping[str, Serving]
    """What metrics are told by, by the name of its generation: of two there, both."""

    def __init__(self, name: str, args: RedisArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Redis", name, {}, opts)
        child = ResourceOptions(parent=self)
        suffix = random.RandomId(f"{name}-suffix", byte_length=4, keepers={"key": args.key_arn}, opts=child)
        passwords = generated_passwords(name, APPLICATION, args.rotation, args.protection, parent=self)
        common = Common(
            suffix=suffix,
            users=_users(name, args, suffix, passwords, child),
            access=store_security_group(name, args.place, PORT, child),
        )
        self.watched = _all(name, args, common, parent=self)
        used = args.beside.generation if args.beside and args.beside.writer else args.generation
        made = self.watched[called(name, used)]
        self.endpoint = made.endpoint
        secret = ConnectionSecret(
            name,
            ConnectionArgs(
                key_arn=args.key_arn,
                account=args.account,
                protection=args.protection,
                facts={"host": made.endpoint, "port": PORT, "tls": True, **made.facts},
                passwords=passwords,
            ),
            opts=child,
        )
        self.secret_arn = secret.arn
        self.register_outputs({"endpoint": self.endpoint, "secret_arn": self.secret_arn})


def _all(name: str, args: RedisArgs, common: Common, parent: pulumi.Resource) -> Mapping[str, Serving]:
    """Make what serves the store, and the one beside it, by name."""
    beside, there = args.beside, called(name, args.generation)
    if beside is None:
        return {there: _one(there, args, common, parent)}
    new, used, spare = called(name, beside.generation), args, replace(args, protection=beside.spare)
    before, after = (spare, used) if beside.writer else (used, spare)
    return {
        there: _one(there, before, common, parent),
        new: _one(new, replace(after, snapshot=beside.snapshot, data_key_arn=beside.key_arn), common, parent),
    }


def _one(name: str, args: RedisArgs, common: Common, parent: pulumi.Resource) -> Serving:
    if isinstance(args.size, RedisSize):
        return _group(name, args, args.size, common, parent)
    return _serverless(name, args, args.size, common, parent)


def _group(name: str, args: RedisArgs, size: RedisSize, common: Common, parent: pulumi.Resource) -> Serving:
    made = group(
        name,
        GroupArgs(
            size=size,
            protection=args.protection,
            use=args.use,
            prefix=args.prefix,
            place=args.place,
            key_arn=args.key_arn,
            data_key=args.data_key,
            common=common,
            snapshot=args.snapshot,
        ),
        parent,
    )
    mode = size.cluster_mode
    configuration = made.configuration_endpoint_address
    # In the step between, clients move from one protocol to the other: they need both hosts.
    both = {} if mode is ClusterMode.DISABLED else {"clusterHost": configuration}
    return Serving(
        id=made.replication_group_id,
        endpoint=configuration if mode is ClusterMode.ENABLED else made.primary_endpoint_address,
        facts={"clusterMode": mode, **both},
        nodes={
            f"node-{place}" if shard == 1 else f"shard-{shard}-node-{place}": _node(made, shard, place)
            for shard in range(1, size.shards + 1)
            for place in range(1, size.replicas_per_shard + 2)
        },
    )


def _node(group: aws.elasticache.ReplicationGroup, shard: int, place: int) -> Output[str]:
    return Output.all(group.replication_group_id, group.member_clusters).apply(
        lambda known: node_id(known[0], known[1] or (), shard, place)
    )


def node_id(group: str, members: Iterable[str], shard: int, place: int) -> str:
    """
    Find the node at a place of a shard, both from 1 on, among a group's members.

    Nodes are `group-001`; of a group with shards `group-0002-001`, but for the nodes that it had before it got them.
    One that is not there yet is named as ElastiCache will.
    """
    of_group = re.compile(rf"{re.escape(group)}-(?:(\d{{4}})-)?\d{{3}}")
    shards: dict[int, list[str]] = {}
    for one in sorted(members):
        if match := of_group.fullmatch(one):
            shards.setdefault(int(match[1] or 1), []).append(one)
    # By rank: a shard or a node that is taken away leaves a gap in the numbers.
    there = [shards[number] for number in sorted(shards)]
    mine = there[shard - 1] if shard <= len(there) else []
    if place <= len(mine):
        return mine[place - 1]
    sharded = shard > 1 or (mine and len(mine[0]) > len(f"{group}-001"))
    return f"{group}{f'-{shard:04d}' if sharded else ''}-{place:03d}"


def _serverless(
    name: str, args: RedisArgs, size: ServerlessRedisSize, common: Common, parent: pulumi.Resource
) -> Serving:
    """Make a serverless cache; deleting one leaves no final snapshot, so that only its daily ones guard it."""
    made = aws.elasticache.ServerlessCache(
        f"{name}-serverless",
        name=Output.format("{0}-{1}-{2}", args.prefix, name, common.suffix.hex),
        description=f"{args.use} of {args.prefix}",
        engine=args.engine,
        major_engine_version=SERVERLESS_MAJOR,
        cache_usage_limits={
            "data_storage": {"maximum": size.max_data_gib, "unit": "GB"},
            "ecpu_per_seconds": [{"maximum": size.max_ecpu_per_second}],
        },
        kms_key_id=args.data_key,
        user_group_id=common.users.user_group_id,
        security_group_ids=[common.access.id],
        subnet_ids=Output.from_input(args.place.subnet_ids).apply(lambda ids: ids[:SERVERLESS_ZONES]),
        snapshot_retention_limit=size.snapshot_days,
        daily_snapshot_time=SNAPSHOT_WINDOW.partition("-")[0],
        snapshot_arns_to_restores=[args.snapshot] if args.snapshot else None,
        opts=ResourceOptions(
            parent=parent,
            protect=args.protection.protect,
            custom_timeouts=CustomTimeouts(create="2h", update="2h"),
            # What it was made of can only be chosen when it is made: another word on it would replace it.
            ignore_changes=["snapshot_arns_to_restores"],
        ),
    )
    return Serving(
        id=made.name,
        endpoint=made.endpoints.apply(lambda found: found[0].address or ""),
        facts={"clusterMode": ClusterMode.ENABLED},
        nodes={},
    )


def _users(
    name: str, args: RedisArgs, suffix: random.RandomId, passwords: Passwords, child: ResourceOptions
) -> aws.elasticache.UserGroup:
    """Make the application's user, two during a rotation, and switch off the one that every server has by default."""
    off = aws.elasticache.User(
        f"{name}-default-user",
        user_id=Output.format("{0}-{1}-off-{2}", args.prefix, name, suffix.hex),
        user_name="default",
        engine=OF_USERS,
        access_string="off ~* -@all",
        # Valkey knows no user without a way to log in, not even one that is off.
        passwords_wo=passwords.current,
        passwords_wo_version=passwords.numbers.current,
        opts=child,
    )
    application = [_user(name, args, suffix, passwords, number, child) for number in passwords.numbers.all]
    return aws.elasticache.UserGroup(
        f"{name}-users",
        user_group_id=Output.format("{0}-{1}-{2}", args.prefix, name, suffix.hex),
        engine=OF_USERS,
        user_ids=[off.user_id, *(user.user_id for user in application)],
        opts=child,
    )


def _user(  # noqa: PLR0913, PLR0917  each is a part of a user
    name: str,
    args: RedisArgs,
    suffix: random.RandomId,
    passwords: Passwords,
    number: int,
    child: ResourceOptions,
) -> aws.elasticache.User:
    """Make the user that has the application's password of a number: write-only, a user has one, not two."""
    user_name = passwords.user(number)
    second = user_name.removeprefix(APPLICATION).replace("_", "-")  # an id has no underscore
    return aws.elasticache.User(
        f"{name}-user{second}",
        user_id=Output.format("{0}-{1}-{2}{3}", args.prefix, name, suffix.hex, second),
        user_name=user_name,
        engine=OF_USERS,
        access_string=ACCESS,
        passwords_wo=passwords.known[number].result,
        passwords_wo_version=number,
        opts=child,
    )
