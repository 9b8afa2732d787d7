"""What watches each store: its parts that have metrics, each with the alarms of its size and load."""

from collections.abc import Iterable, Mapping, Sequence

from pulumi import Input

from components.alarms import Watched
from components.postgres import Identified, PostgresArgs
from components.redis import Serving
from components.table import Table
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
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import PostgresStore, RedisStore, Store, TableStore
from stacks.settings import Settings

_Part = tuple[str, Mapping[str, Input[str]], Iterable[Alarm]]
"""What a part of a store is called, what CloudWatch calls it by, and its alarms."""


def watched_database(
    store: PostgresStore, name: str, args: PostgresArgs, settings: Settings, parts: Identified
) -> Sequence[Watched]:
    """Watch the instances and the cluster of a database; *name* is the store's, with its generation."""
    load, after = store.loads[settings.phase], str(settings.phase.next or settings.phase)
    found: list[_Part] = []
    if size := args.instance:
        alarms = {
            "primary": instance_alarms(size, load, next_phase=after),
            **{f"replica-{purpose}": replica_alarms(size, purpose) for purpose in size.replicas},
        }
        found += [
            (part, {"DBInstanceIdentifier": identifier}, alarms[part]) for part, identifier in parts.instances.items()
        ]
    if (size := args.cluster) and parts.cluster is not None:
        found.append(("cluster", {"DBClusterIdentifier": parts.cluster}, cluster_alarms(size, load, next_phase=after)))
    return _watched(store, name, "AWS/RDS", found, parts.log_group)


def watched_secondary(store: PostgresStore, name: str, parts: Identified) -> Sequence[Watched]:
    """Watch the cluster in the DR region, where its metrics are."""
    if parts.secondary is None:
        return ()
    found: list[_Part] = [("dr-cluster", {"DBClusterIdentifier": parts.secondary}, secondary_alarms())]
    return _watched(store, name, "AWS/RDS", found)


def watched_table(store: TableStore, name: str, size: TableSize, settings: Settings, table: Table) -> Sequence[Watched]:
    """Watch a table, its indexes, and the way to its replica."""
    named = {"TableName": table.table_name}
    found: list[_Part] = [("table", named, table_alarms(size))]
    found += [
        (index.name, {**named, "GlobalSecondaryIndexName": index.name}, table_alarms(size))
        for index in store.schema.indexes
    ]
    if size.dr_replica:
        found.append(("replica", {**named, "ReceivingRegion": settings.dr_region}, global_alarms()))
    return _watched(store, name, "AWS/DynamoDB", found)


def watched_redis(
    store: RedisStore, name: str, size: RedisSize | ServerlessRedisSize, redis: Serving
) -> Sequence[Watched]:
    """Watch the nodes of a group, or a serverless cache."""
    found: list[_Part]
    if isinstance(size, ServerlessRedisSize):
        found = [("serverless", {"clusterId": redis.id}, serverless_alarms(size))]
    else:
        found = [(part, {"CacheClusterId": node}, node_alarms(size, store.use)) for part, node in redis.nodes.items()]
    return _watched(store, name, "AWS/ElastiCache", found)


def _watched(
    store: Store, name: str, namespace: str, parts: Iterable[_Part], log_group: Input[str] | None = None
) -> Sequence[Watched]:
    return [
        Watched(
            store=store.name,
            name=f"{name}-{part}",
            namespace=namespace,
            dimensions=dimensions,
            alarms=tuple(alarms),
            log_group=log_group,
        )
        for part, dimensions, alarms in parts
    ]
