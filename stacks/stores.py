"""One store of an application becomes a component: what it exports, and what watches it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi_aws as aws
from pulumi import Input, Output

from components.alarms import Watched
from components.bucket import Bucket, BucketArgs
from components.export import Export, ExportArgs
from components.postgres import Identified, Postgres, PostgresArgs
from components.redis import Redis, RedisArgs
from components.table import Table, TableArgs
from sizes.alarms import (
    Alarm,
    cluster_alarms,
    global_alarms,
    instance_alarms,
    node_alarms,
    replica_alarms,
    secondary_alarms,
    serverless_alarms,
    table_alarms,
)
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import BucketStore, PostgresStore, RedisStore, Store, TableStore
from stacks.places import Places, kind_of, prefix
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What is known of a store that was made."""

    exports: Mapping[str, Any]
    """Outputs by name, without the store's."""
    watched: Sequence[Watched] = ()
    watched_in_dr: Sequence[Watched] = ()
    """What has its metrics in the DR region."""
    host: Input[str] | None = None
    """Where clients connect to."""
    instances: Mapping[str, Output[str]] = field(default_factory=dict[str, Output[str]])
    """Identifiers of RDS instances, each with its part in the store."""
    members: Sequence[Output[str]] = ()
    """Identifiers of the Aurora cluster's members."""
    cluster: Output[str] | None = None
    """Identifier of the Aurora cluster."""
    parameter_groups: Sequence[Output[str]] = ()
    security_group_id: Input[str] = ""
    """Of a database."""


def make_all(settings: Settings, places: Places) -> Mapping[str, Made]:
    """Make the stores that the phase has."""
    made: dict[str, Made] = {}
    for store in settings.application.stores:
        if one := _make(store, settings, places, made):
            made[store.name] = one
    return made


def _make(store: Store, settings: Settings, places: Places, made: Mapping[str, Made]) -> Made | None:
    """Make one store; None where the phase has none. Those *made* stand before it in the application."""
    match store, settings.size(store):
        case PostgresStore(), PostgresSize() | AuroraSize() | PostgresMove() as size:
            return _postgres(store, size, settings, places)
        case TableStore(), TableSize() as size:
            return _table(store, size, settings, places)
        case RedisStore(), RedisSize() | ServerlessRedisSize() as size:
            return _redis(store, size, settings, places)
        case BucketStore(), BucketSize() as size:
            return _bucket(store, size, settings, places, made)
        case _:
            return None


def _postgres(
    store: PostgresStore, size: PostgresSize | AuroraSize | PostgresMove, settings: Settings, places: Places
) -> Made:
    args = PostgresArgs(
        size=size,
        protection=settings.protection(store),
        database=store.database,
        preload=store.preload,
        logins=store.logins,
        prefix=prefix(settings),
        account=places.account,
        place=places.home,
        key_arn=places.keys[kind_of(store)],
        dr=places.dr.get(kind_of(store)),
    )
    postgres = Postgres(store.name, args)
    exports: dict[str, Any] = {
        "endpoint": postgres.endpoint,
        "secretArn": postgres.secret_arn,
        "loginSecretArns": postgres.login_secret_arns,
        "connectPolicies": postgres.connect_policies,
    }
    optional = {
        "readerEndpoints": postgres.reader_endpoints,
        "proxyEndpoint": postgres.proxy_endpoint,
        "secondaryEndpoint": postgres.secondary_endpoint,
    }
    return Made(
        exports=exports | {key: value for key, value in optional.items() if value},
        watched=list(_postgres_watched(store, args, settings, postgres.watched)),
        watched_in_dr=list(_secondary_watched(store, postgres.watched)),
        host=postgres.host,
        instances=postgres.watched.instances,
        members=postgres.watched.members,
        cluster=postgres.watched.cluster,
        parameter_groups=postgres.watched.parameter_groups,
        security_group_id=postgres.security_group_id,
    )


def _postgres_watched(
    store: PostgresStore, args: PostgresArgs, settings: Settings, parts: Identified
) -> Iterator[Watched]:
    load, after = store.loads[settings.phase], str(settings.phase.next or settings.phase)
    named: list[tuple[str, Mapping[str, Input[str]], Iterable[Alarm]]] = []
    if size := args.instance:
        alarms = {
            "primary": instance_alarms(size, load, next_phase=after),
            **{f"replica-{purpose}": replica_alarms(size, purpose) for purpose in size.replicas},
        }
        named += [
            (part, {"DBInstanceIdentifier": identifier}, alarms[part]) for part, identifier in parts.instances.items()
        ]
    if (size := args.cluster) and parts.cluster is not None:
        named.append(("cluster", {"DBClusterIdentifier": parts.cluster}, cluster_alarms(size, load, next_phase=after)))
    for part, dimensions, its_alarms in named:
        yield Watched(
            store=store.name,
            name=f"{store.name}-{part}",
            namespace="AWS/RDS",
            dimensions=dimensions,
            alarms=tuple(its_alarms),
            log_group=parts.log_group,
        )


def _secondary_watched(store: PostgresStore, parts: Identified) -> Iterator[Watched]:
    if parts.secondary is not None:
        yield Watched(
            store=store.name,
            name=f"{store.name}-dr-cluster",
            namespace="AWS/RDS",
            dimensions={"DBClusterIdentifier": parts.secondary},
            alarms=tuple(secondary_alarms()),
        )


def _table(store: TableStore, size: TableSize, settings: Settings, places: Places) -> Made:
    table = Table(
        store.name,
        TableArgs(
            schema=store.schema,
            size=size,
            protection=settings.protection(store),
            table_name=f"{prefix(settings)}-{store.name}",
            account=places.account,
            key_arn=places.keys[kind_of(store)],
            dr=places.dr.get(kind_of(store)),
        ),
    )
    return Made(
        exports={"table": table.table_name, "tableArn": table.arn, "policies": table.policies},
        watched=_table_watched(store, size, settings, table),
    )


def _table_watched(store: TableStore, size: TableSize, settings: Settings, table: Table) -> list[Watched]:
    named = {"TableName": table.table_name}
    parts: list[tuple[str, Mapping[str, Input[str]], Any]] = [("table", named, table_alarms(size))]
    parts += [
        (index.name, {**named, "GlobalSecondaryIndexName": index.name}, table_alarms(size))
        for index in store.schema.indexes
    ]
    if size.dr_replica:
        parts.append(("replica", {**named, "ReceivingRegion": settings.dr_region}, global_alarms()))
    return [
        Watched(
            store=store.name,
            name=f"{store.name}-{part}",
            namespace="AWS/DynamoDB",
            dimensions=dimensions,
            alarms=tuple(alarms),
        )
        for part, dimensions, alarms in parts
    ]


def _redis(store: RedisStore, size: RedisSize | ServerlessRedisSize, settings: Settings, places: Places) -> Made:
    redis = Redis(
        store.name,
        RedisArgs(
            size=size,
            protection=settings.protection(store),
            use=store.use,
            prefix=prefix(settings),
            account=places.account,
            place=places.home,
            key_arn=places.keys[kind_of(store)],
        ),
    )
    return Made(
        exports={"endpoint": redis.endpoint, "secretArn": redis.secret_arn},
        watched=_redis_watched(store, size, redis),
        host=redis.endpoint,
    )


def _redis_watched(store: RedisStore, size: RedisSize | ServerlessRedisSize, redis: Redis) -> list[Watched]:
    if isinstance(size, ServerlessRedisSize):
        parts = [("serverless", {"clusterId": redis.resource_id}, serverless_alarms(size))]
    else:
        parts = [
            (f"node-{number}", {"CacheClusterId": node}, node_alarms(size, store.use))
            for number, node in enumerate(redis.nodes, start=1)
        ]
    return [
        Watched(
            store=store.name,
            name=f"{store.name}-{part}",
            namespace="AWS/ElastiCache",
            dimensions=dimensions,
            alarms=tuple(alarms),
        )
        for part, dimensions, alarms in parts
    ]


def _bucket(store: BucketStore, size: BucketSize, settings: Settings, places: Places, made: Mapping[str, Made]) -> Made:
    args = BucketArgs(
        size=size,
        protection=settings.protection(store),
        prefix=prefix(settings),
        key_arn=places.keys[kind_of(store)],
    )
    bucket = Bucket(store.name, args)
    writer = made[store.exporter]
    Export(
        f"{store.name}-export",
        ExportArgs(
            bucket_arn=bucket.arn,
            key_arn=places.keys[kind_of(store)],
            instance=writer.instances.get("primary"),
            cluster=writer.cluster,
            security_group_id=writer.security_group_id,
            s3_prefix_list_id=aws.ec2.get_prefix_list_output(
                name=f"com.amazonaws.{settings.region}.s3", region=settings.region
            ).id,
        ),
    )
    return Made(exports={"bucket": bucket.bucket_name, "bucketArn": bucket.arn})
