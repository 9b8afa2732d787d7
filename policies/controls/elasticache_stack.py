"""Controls of ElastiCache that look at the stack around it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.elasticache import CLUSTER, REPLICATION_GROUP, stands_alone
from policies.controls.relations import is_any
from policies.controls.subnet_routes import has_public_subnet, has_subnets_here, subnets_example
from policies.stack import Stack
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
_QUEUE: Final = re.compile(r"(?i)\bqueues?\b")
SUBNETS: Final = "aws:elasticache/subnetGroup:SubnetGroup"
PARAMETERS: Final = "aws:elasticache/parameterGroup:ParameterGroup"


def _cache(type_: str = REPLICATION_GROUP, **inputs: Any) -> Mapping[str, Any]:
    return {"type": type_, "name": "sessions", "inputs": inputs}


_PLACED: Final = {"subnetGroupName": f"ref:{SUBNETS}::orders::name"}


def is_in_own_subnets(cache: Resource, stack: Stack) -> bool:
    """Leave out caches in a network that is given by id, whose routes are its owner's, and members of a group."""
    if not stands_alone(cache):
        return False
    return is_any(stack.related(cache, "subnetGroupName", SUBNETS), lambda group: has_subnets_here(group, stack))


@control(
    REPLICATION_GROUP,
    CLUSTER,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_in_own_subnets,
    good=[
        [_cache(**_PLACED), *subnets_example(SUBNETS, public=False)],
        [_cache(subnetGroupName="orders"), *subnets_example(SUBNETS, public=False, beside=True)],
    ],
    bad=[
        [_cache(**_PLACED), *subnets_example(SUBNETS, public=True)],
        [_cache(**_PLACED), *subnets_example(SUBNETS, public=True, beside=True)],
        [_cache(subnetGroupName="orders"), *subnets_example(SUBNETS, public=True)],
        [_cache(CLUSTER, **_PLACED), *subnets_example(SUBNETS, public=True)],
    ],
    skipped=[
        {},
        {"subnetGroupName": "given"},
        [_cache(**_PLACED), {"type": SUBNETS, "name": "orders", "inputs": {"subnetIds": ["subnet-1"]}}],
        [_cache(CLUSTER, replicationGroupId="orders"), *subnets_example(SUBNETS, public=True)],
    ],
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


def is_queue(cache: Resource, stack: Stack) -> bool:
    """Leave out caches: what may be evicted can be computed again. What never evicts is a queue."""
    return is_any(stack.related(cache, "parameterGroupName", PARAMETERS), _never_evicts)


def calls_itself_queue(cache: Resource) -> bool:
    """Leave out groups that call themselves no queue, in their name or description."""
    return bool(_QUEUE.search(cache.name)) or bool(_QUEUE.search(cache.text("description")))


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
    when=is_queue,
    good=[
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
    skipped=[{}, [_cache(parameterGroupName=f"ref:{PARAMETERS}::policy::name"), _policy("allkeys-lru")]],
)
def elasticache_queue_survives_a_node(cache: Resource, stack: Stack) -> bool:  # noqa: ARG001  its `when` needs it
    """Redis groups that never evict, queues, must outlive a node: set replicas and automatic_failover_enabled."""
    return cache.get("automaticFailoverEnabled") is True and _has_replica(cache)


_JOBS: Final[Mapping[str, Any]] = {
    "description": "queue of workflows-prod",
    "parameterGroupName": f"ref:{PARAMETERS}::policy::name",
}


@control(
    REPLICATION_GROUP,
    group=Group.RESILIENCE,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=calls_itself_queue,
    good=[
        [_cache(**_JOBS), _policy("noeviction")],
        [{**_cache(parameterGroupName="jobs"), "name": "queue"}, _policy("noeviction")],
    ],
    bad=[
        [_cache(**_JOBS), _policy("allkeys-lru")],
        [_cache(**_JOBS), _policy(None)],
        [_cache(description="A queue"), _policy("noeviction")],
        [{**_cache(), "name": "job-queue"}],
    ],
    skipped=[{}, [_cache(description="cache of workflows-prod"), _policy("allkeys-lru")]],
)
def elasticache_queue_never_evicts(cache: Resource, stack: Stack) -> bool:
    """Redis groups that are queues must never evict: set maxmemory-policy=noeviction in their parameter group."""
    return is_any(stack.related(cache, "parameterGroupName", PARAMETERS), _never_evicts)
