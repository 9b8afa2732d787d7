"""Controls of coming back: how far, how many copies, and whether somebody tries it. Phases decide how much."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.backup_plan import STORES
from policies.controls.dynamodb import MOST_RECOVERY_DAYS, TABLE
from policies.controls.elasticache import REPLICATION_GROUP
from policies.controls.relational import (
    CLUSTER,
    CLUSTER_INSTANCE,
    INSTANCE,
    MOST_BACKUP_DAYS,
    is_on_its_own,
    is_primary,
)
from policies.controls.relations import any_naming, are_naming, is_any
from policies.stack import Stack
from policies.values import Items, Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
DRILL: Final = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
DRILLED: Final = "aws:backup/restoreTestingSelection:RestoreTestingSelection"

_DAYS: Final = 30
_DB: Final[dict[str, Any]] = {"type": INSTANCE, "name": "main", "inputs": {}}


def _recovers(**inputs: Any) -> list[dict[str, Any]]:
    return [{"type": TABLE, "name": "orders", "inputs": {"pointInTimeRecovery": inputs}}]


def _aurora(**inputs: Any) -> list[dict[str, Any]]:
    return [{"type": CLUSTER, "name": "db", "inputs": inputs}]


@control(
    INSTANCE,
    CLUSTER,
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    when=is_primary,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": MOST_BACKUP_DAYS, "default": _DAYS}},
    good=[
        {"backupRetentionPeriod": _DAYS},
        _aurora(backupRetentionPeriod=MOST_BACKUP_DAYS),
        _recovers(enabled=True),
        _recovers(enabled=True, recoveryPeriodInDays=_DAYS),
    ],
    bad=[
        {},
        {"backupRetentionPeriod": _DAYS - 1},
        {"backupRetentionPeriod": str(_DAYS)},
        _aurora(),
        _aurora(backupRetentionPeriod=_DAYS - 1),
        _recovers(),
        _recovers(enabled=False, recoveryPeriodInDays=_DAYS),
        _recovers(enabled=True, recoveryPeriodInDays=_DAYS - 1),
        [{"type": TABLE, "name": "orders", "inputs": {"pointInTimeRecovery": True}}],
    ],
    skipped=[{"replicateSourceDb": "main"}],
)
def recovery_days_by_phase(store: Resource, *, days: int) -> bool:
    """Databases must be recoverable to any time of {days} days in this phase: set the backup or recovery period so."""
    return _recovery_days(store) >= days


def _recovery_days(store: Resource) -> float:
    """Give the days of point-in-time recovery; what is absent is what AWS takes: none, 1 for Aurora, 35 for a table."""
    if store.type != TABLE:
        absent = 1 if store.type == CLUSTER and "backupRetentionPeriod" not in store else 0
        return store.number("backupRetentionPeriod") or absent
    recovery = store.record("pointInTimeRecovery")
    if recovery.get("enabled") is not True:
        return 0
    return (recovery.number("recoveryPeriodInDays") or 0) if "recoveryPeriodInDays" in recovery else MOST_RECOVERY_DAYS


def _replica(name: str, of: str = f"ref:{INSTANCE}::main::identifier") -> dict[str, Any]:
    return {"type": INSTANCE, "name": name, "inputs": {"replicateSourceDb": of}}


def _member(name: str) -> dict[str, Any]:
    return {"type": CLUSTER_INSTANCE, "name": name, "inputs": {"clusterIdentifier": f"ref:{CLUSTER}::db::id"}}


def _cache(**inputs: Any) -> list[dict[str, Any]]:
    return [{"type": REPLICATION_GROUP, "name": "cache", "inputs": inputs}]


def may_have_replicas(store: Resource) -> bool:
    """Leave out read replicas, and replicas of an RDS instance on Aurora, which have one member."""
    return is_primary(store) and is_on_its_own(store)


@control(
    INSTANCE,
    CLUSTER,
    REPLICATION_GROUP,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    when=may_have_replicas,
    settings={"replicas": {"type": "integer", "minimum": 0, "maximum": 5, "default": 1}},
    good=[
        [_DB, _replica("api")],
        [*_aurora(), _member("one"), _member("two")],
        _aurora(engine="postgres", dbClusterInstanceClass="db.m7g.large"),
        _cache(numNodeGroups=1, replicasPerNodeGroup=1),
        _cache(numCacheClusters=2),
        _cache(nodeGroupConfigurations=[{"replicaCount": 1}, {"replicaCount": 2}]),
    ],
    bad=[
        {},
        [_DB, _replica("api", "elsewhere")],
        _aurora(),
        [*_aurora(), _member("one")],
        _cache(),
        _cache(replicasPerNodeGroup=0),
        _cache(numCacheClusters=1),
        _cache(numCacheClusters="2"),
        _cache(nodeGroupConfigurations=[{"replicaCount": 1}, {}]),
        _cache(nodeGroupConfigurations=[]),
    ],
    skipped=[
        {"replicateSourceDb": "main"},
        [*_aurora(replicationSourceIdentifier=f"ref:{INSTANCE}::main::arn"), _member("one")],
    ],
)
def replicas_by_phase(store: Resource, stack: Stack, *, replicas: int) -> bool:
    """Databases and caches must have {replicas} or more replicas to read from in this phase: add them."""
    match store.type:
        case "aws:rds/instance:Instance":
            return are_naming(stack, INSTANCE, "replicateSourceDb", store, least=replicas)
        case "aws:rds/cluster:Cluster":
            # A Multi-AZ cluster of RDS makes its three instances itself.
            if store.is_set("dbClusterInstanceClass"):
                return replicas < len(("writer", "reader", "reader"))
            # One of them writes.
            least = replicas + 1 if replicas else 0
            return are_naming(stack, CLUSTER_INSTANCE, "clusterIdentifier", store, least=least)
        case _:
            return replicas == 0 or _has_replicas(store, replicas)


def _has_replicas(cache: Resource, least: int) -> bool:
    """Say whether each shard has so many replicas; what is absent is none."""
    if "nodeGroupConfigurations" in cache:
        shards = cache["nodeGroupConfigurations"]
        return isinstance(shards, Items) and bool(shards) and not is_any(shards, lambda one: _lacks(one, least))
    ways = (
        lambda: (cache.number("replicasPerNodeGroup") or 0) >= least,
        lambda: (cache.number("numCacheClusters") or 0) > least,
    )
    return is_any(ways, lambda way: way())


def _lacks(shard: object, least: int) -> bool:
    return not isinstance(shard, Record) or (shard.number("replicaCount") or 0) < least


_STORE: Final = {"type": STORES[0], "name": "orders", "inputs": {}}
_PLAN: Final = {"type": DRILL, "name": "monthly", "inputs": {"name": "monthly"}}


def _selection(plan: str = f"ref:{DRILL}::monthly::name") -> dict[str, Any]:
    return {"type": DRILLED, "name": "orders", "inputs": {"restoreTestingPlanName": plan}}


@control(
    *STORES,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    on_stack=True,
    when=is_primary,
    good=[[_STORE, _PLAN, _selection()], [_STORE, _PLAN, _selection("monthly")]],
    bad=[
        *([{**_STORE, "type": type_}] for type_ in STORES),
        [_STORE, _PLAN],
        [_STORE, _selection()],
        [_STORE, _PLAN, _selection("weekly")],
    ],
    skipped=[{"replicateSourceDb": "orders"}],
)
def restore_testing_plan_present(_: Resource, stack: Stack) -> bool:
    """Stacks with databases must try their backups: add a RestoreTestingPlan and a RestoreTestingSelection of it."""
    return is_any(stack.of(DRILL), lambda plan: any_naming(stack, DRILLED, "restoreTestingPlanName", plan))
