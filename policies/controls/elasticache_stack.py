"""Controls of ElastiCache that look at the stack around it."""

from collections.abc import Mapping
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.elasticache import CLUSTER, REPLICATION_GROUP, stands_alone
from policies.controls.relations import is_any
from policies.controls.subnet_routes import has_public_subnet, subnets_example
from policies.stack import Stack
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
SUBNETS: Final = "aws:elasticache/subnetGroup:SubnetGroup"
PARAMETERS: Final = "aws:elasticache/parameterGroup:ParameterGroup"


def _cache(type_: str = REPLICATION_GROUP, **inputs: Any) -> Mapping[str, Any]:
    return {"type": type_, "name": "sessions", "inputs": inputs}


_PLACED: Final = {"subnetGroupName": f"ref:{SUBNETS}::orders::name"}


@control(
    REPLICATION_GROUP,
    CLUSTER,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=stands_alone,
    good=[
        {},
        {"subnetGroupName": "given"},
        [_cache(**_PLACED), *subnets_example(SUBNETS, public=False)],
        [_cache(subnetGroupName="orders"), *subnets_example(SUBNETS, public=False, beside=True)],
        [_cache(**_PLACED), {"type": SUBNETS, "name": "orders", "inputs": {"subnetIds": ["subnet-1"]}}],
    ],
    bad=[
        [_cache(**_PLACED), *subnets_example(SUBNETS, public=True)],
        [_cache(**_PLACED), *subnets_example(SUBNETS, public=True, beside=True)],
        [_cache(subnetGroupName="orders"), *subnets_example(SUBNETS, public=True)],
        [_cache(CLUSTER, **_PLACED), *subnets_example(SUBNETS, public=True)],
    ],
    skipped=[[_cache(CLUSTER, replicationGroupId="orders"), *subnets_example(SUBNETS, public=True)]],
)
def elasticache_not_in_public_subnet(cache: Resource, stack: Stack) -> bool:
    """ElastiCache must be where the internet does not reach: choose subnets without a route to an internet gateway."""
    groups = stack.related(cache, "subnetGroupName", SUBNETS)
    return not is_any(groups, lambda group: has_public_subnet(group, stack))


def _never_evicts(parameters: Resource) -> bool:
    """Say whether a parameter group makes a queue: what is in it is never dropped to make room."""
    return is_any(parameters.items_of("parameters"), _is_noeviction)


def _is_noeviction(one: object) -> bool:
    return isinstance(one, Record) and (one.text("name"), one.text("value")) == ("maxmemory-policy", "noeviction")


def _has_replica(cache: Resource) -> bool:
    """Say whether each shard has a replica; a property that is absent says nothing."""
    if "nodeGroupConfigurations" in cache:
        shards = cache.items_of("nodeGroupConfigurations")
        return bool(shards) and all(
            isinstance(one, Record) and (one.number("replicaCount") or 0) >= 1 for one in shards
        )
    return (cache.number("replicasPerNodeGroup") or 0) >= 1 or (cache.number("numCacheClusters") or 0) > 1


_FAILS_OVER: Final[Mapping[str, Any]] = {
    "parameterGroupName": f"ref:{PARAMETERS}::policy::name",
    "automaticFailoverEnabled": True,
}


def _policy(value: Any) -> Mapping[str, Any]:
    parameters = [{"name": "timeout", "value": "0"}, {"name": "maxmemory-policy", "value": value}]
    return {"type": PARAMETERS, "name": "policy", "inputs": {"name": "jobs", "parameters": parameters}}


@control(
    REPLICATION_GROUP,
    group=Group.RESILIENCE,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        {},
        [_cache(parameterGroupName=f"ref:{PARAMETERS}::policy::name"), _policy("allkeys-lru")],
        [_cache(**_FAILS_OVER, replicasPerNodeGroup=1), _policy("noeviction")],
        [_cache(**_FAILS_OVER, numCacheClusters=2), _policy("noeviction")],
        [_cache(**_FAILS_OVER, nodeGroupConfigurations=[{"replicaCount": 1}]), _policy("noeviction")],
    ],
    bad=[
        [_cache(**_FAILS_OVER), _policy("noeviction")],
        [_cache(**_FAILS_OVER, replicasPerNodeGroup=0), _policy("noeviction")],
        [_cache(**_FAILS_OVER, numCacheClusters=1), _policy("noeviction")],
        [_cache(**_FAILS_OVER, numCacheClusters="2"), _policy("noeviction")],
        [_cache(**_FAILS_OVER, nodeGroupConfigurations=[{"replicaCount": 1}, {}]), _policy("noeviction")],
        [_cache(parameterGroupName="jobs", replicasPerNodeGroup=1), _policy("noeviction")],
        [
            _cache(parameterGroupName="jobs", automaticFailoverEnabled=False, replicasPerNodeGroup=1),
            _policy("noeviction"),
        ],
    ],
)
def elasticache_queue_survives_a_node(cache: Resource, stack: Stack) -> bool:
    """Redis groups that never evict, queues, must outlive a node: set replicas and automatic_failover_enabled."""
    # What never evicts is a queue: what may be lost would make room for what comes.
    if not is_any(stack.related(cache, "parameterGroupName", PARAMETERS), _never_evicts):
        return True
    return cache.get("automaticFailoverEnabled") is True and _has_replica(cache)
