"""On which ports a data store listens, and which resources are data stores in a network."""

from collections.abc import Mapping
from typing import Final

from policies.controls.security_rule import port_number
from policies.stack import Stack
from policies.values import Resource

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
PROXY: Final = "aws:rds/proxy:Proxy"
REPLICATION_GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
CACHE: Final = "aws:elasticache/cluster:Cluster"
SERVERLESS_CACHE: Final = "aws:elasticache/serverlessCache:ServerlessCache"

GROUPS_OF: Final[Mapping[str, str]] = {
    INSTANCE: "vpcSecurityGroupIds",
    CLUSTER: "vpcSecurityGroupIds",
    PROXY: "vpcSecurityGroupIds",
    REPLICATION_GROUP: "securityGroupIds",
    CACHE: "securityGroupIds",
    SERVERLESS_CACHE: "securityGroupIds",
}
"""Data stores in a network, and the property that names their security groups."""

_POSTGRES: Final = 5432
_MEMCACHED: Final = 11211
_REDIS: Final = 6379
_OF_ENGINE: Final = (
    ("mysql", 3306),
    ("mariadb", 3306),
    ("oracle", 1521),
    ("sqlserver", 1433),
    ("custom-oracle", 1521),
    ("custom-sqlserver", 1433),
    ("aurora-mysql", 3306),
    ("db2", 50000),
)


def ports_of(store: Resource, stack: Stack) -> set[int]:
    """
    Give the ports of a data store: the one that is written, or those that AWS takes for its engine.

    Raises:
        CannotTellError: port or engine are unknown.

    """
    if (port := port_number(store.get("port"))) is not None:
        return {port}
    match store.type:
        case "aws:elasticache/serverlessCache:ServerlessCache":
            # The second is that of the nodes that read, which may lag.
            first = _MEMCACHED if _is_memcached(store) else _REDIS
            return {first, first + 1}
        case "aws:elasticache/replicationGroup:ReplicationGroup" | "aws:elasticache/cluster:Cluster":
            return {_MEMCACHED if _is_memcached(store) else _REDIS}
        case "aws:rds/proxy:Proxy":
            return {_of_engine(store.text("engineFamily").lower())}
        case "aws:rds/instance:Instance" if "replicateSourceDb" in store and "engine" not in store:
            sources = [one for one in stack.related(store, "replicateSourceDb", INSTANCE) if one is not store]
            return {port for one in sources for port in _own_ports(one)} or {_POSTGRES}
        case _:
            return _own_ports(store)


def _own_ports(store: Resource) -> set[int]:
    port = port_number(store.get("port"))
    return {_of_engine(store.text("engine")) if port is None else port}


def _of_engine(engine: str) -> int:
    return next((port for prefix, port in _OF_ENGINE if engine.startswith(prefix)), _POSTGRES)


def _is_memcached(store: Resource) -> bool:
    return store.text("engine") == "memcached"
