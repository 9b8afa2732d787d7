"""Controls of RDS events: a subscription must tell of each database what happens to it."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.relational import CLUSTER, INSTANCE, is_replica
from policies.controls.relations import any_naming, is_any
from policies.lacks import Lacks, lacks
from policies.stack import Stack
from policies.values import CannotTellError, Items, Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
SUBSCRIPTION: Final = "aws:rds/eventSubscription:EventSubscription"


def is_store(db: Resource) -> bool:
    """Leave out read replicas: a store without a subscription is reported once, on its primary."""
    return not is_replica(db)


def _tells(subscription: Record, kind: str, category: str) -> bool:
    """Say whether a subscription tells of an event of a kind of source; what it does not restrict, it tells of."""
    if subscription.get("enabled", True) is not True:
        return False
    # An empty one is what the engine shows of a subscription that names none.
    if subscription.get("sourceType", "") not in ("", kind):
        return False
    return _is_open(subscription, "eventCategories") or category in subscription.items_of("eventCategories")


def _is_open(subscription: Record, key: str) -> bool:
    """Say whether a list restricts nothing: absent or empty."""
    return key not in subscription or (isinstance(subscription[key], Items) and not subscription[key])


def _watched(db: Resource, stack: Stack, kind: str, *categories: str) -> Lacks:
    """Say of which events no subscription tells for this database: it names no sources, or this one."""
    return lacks(categories, lambda category: _is_told(db, stack, kind, category), _category)


def _category(category: str) -> tuple[str, str]:
    return category.replace(" ", "-"), f"no event of {category}"


def _is_told(db: Resource, stack: Stack, kind: str, category: str) -> bool:
    def tells(subscription: Resource) -> bool:
        return _tells(subscription, kind, category)

    def one_of_all() -> bool:
        return is_any(stack.of(SUBSCRIPTION), lambda one: tells(one) and _is_open(one, "sourceIds"))

    def one_of_this() -> bool:
        try:
            return any_naming(stack, SUBSCRIPTION, "sourceIds", db, tells)
        except CannotTellError:
            # Whom the others name is no matter where none of them tells of it.
            if is_any(stack.of(SUBSCRIPTION), tells):
                raise
            return False

    return is_any((one_of_all, one_of_this), lambda is_there: is_there())


def _subscribed(stack: Stack, kind: str, *categories: str) -> Lacks:
    """Say of which events of what databases are configured by no subscription tells."""

    def is_told(category: str) -> bool:
        return is_any(stack.of(SUBSCRIPTION), lambda one: _tells(one, kind, category))

    return lacks(categories, is_told, _category)


def _events(kind: str, *categories: str, **inputs: Any) -> dict[str, Any]:
    """Give a subscription of an example."""
    told = {"snsTopic": "arn:aws:sns:eu-west-1:1:events", "sourceType": kind, "eventCategories": list(categories)}
    return {"type": SUBSCRIPTION, "name": "events", "inputs": {**told, **inputs}}


_DB: Final = {"type": INSTANCE, "name": "db", "inputs": {"identifier": "orders"}}
_REPLICA: Final = {"type": INSTANCE, "name": "replica", "inputs": {"replicateSourceDb": "orders"}}
_CLUSTER: Final = {"type": CLUSTER, "name": "db", "inputs": {"clusterIdentifier": "orders"}}
_INSTANCE_EVENTS: Final = ("maintenance", "configuration change", "failure")
_ALL_EVENTS: Final = {"type": SUBSCRIPTION, "name": "events", "inputs": {"snsTopic": "arn:aws:sns:eu-west-1:1:events"}}


@control(
    INSTANCE,
    group=Group.MONITORING,
    severity=Severity.LOW,
    scope=Scope.STACK,
    when=is_store,
    good=[
        [_DB, _events("db-instance", *_INSTANCE_EVENTS)],
        [_DB, _events("db-instance", "failure", "maintenance", "configuration change", "failover")],
        [_DB, _events("db-instance", *_INSTANCE_EVENTS, sourceIds=["orders"])],
        [_DB, _events("db-instance", *_INSTANCE_EVENTS, sourceIds=[f"ref:{INSTANCE}::db::identifier"])],
        [_DB, _events("db-instance")],
        [_DB, _ALL_EVENTS],
    ],
    bad=[
        [_DB],
        [_DB, _events("db-cluster", *_INSTANCE_EVENTS)],
        [_DB, _events("db-instance", "maintenance", "failure")],
        [_DB, _events("db-instance", *_INSTANCE_EVENTS, enabled=False)],
        [_DB, _events("db-instance", *_INSTANCE_EVENTS, sourceIds=["carts"])],
        [_DB, _events("db-instance", *_INSTANCE_EVENTS, sourceType=["db-instance"])],
        [_DB, _events("db-instance", eventCategories="maintenance, configuration change, failure")],
    ],
    skipped=[[_REPLICA]],
)
def rds_event_subscription_instance(db: Resource, stack: Stack) -> Lacks:
    """RDS instances must tell what happens to them: add an rds.EventSubscription with source_type db-instance."""
    return _watched(db, stack, "db-instance", *_INSTANCE_EVENTS)


@control(
    CLUSTER,
    group=Group.MONITORING,
    severity=Severity.LOW,
    scope=Scope.STACK,
    good=[
        [_CLUSTER, _events("db-cluster", "maintenance", "failure")],
        [_CLUSTER, _events("db-cluster", "maintenance", "failure", sourceIds=["orders"])],
        [_CLUSTER, _ALL_EVENTS],
    ],
    bad=[
        [_CLUSTER],
        [_CLUSTER, _events("db-instance", "maintenance", "failure")],
        [_CLUSTER, _events("db-cluster", "failure")],
        [_CLUSTER, _events("db-cluster", "maintenance", "failure", sourceIds=["carts"])],
    ],
)
def rds_event_subscription_cluster(db: Resource, stack: Stack) -> Lacks:
    """Aurora clusters must tell what happens to them: add an rds.EventSubscription with source_type db-cluster."""
    return _watched(db, stack, "db-cluster", "maintenance", "failure")


@control(
    INSTANCE,
    CLUSTER,
    group=Group.MONITORING,
    severity=Severity.LOW,
    scope=Scope.STACK,
    on_stack=True,
    when=is_store,
    good=[
        [_DB, _events("db-parameter-group", "configuration change")],
        [_CLUSTER, _events("db-parameter-group", "configuration change", enabled=True)],
    ],
    bad=[
        [_DB],
        [_CLUSTER],
        [_DB, _events("db-instance", "configuration change")],
        [_DB, _events("db-parameter-group", "failure")],
        [_DB, _events("db-parameter-group", "configuration change", enabled=False)],
    ],
    skipped=[[_REPLICA]],
)
def rds_event_subscription_parameter_group(db: Resource, stack: Stack) -> Lacks:  # noqa: ARG001  the scope gives it
    """RDS must tell of changed parameters: add an rds.EventSubscription with source_type db-parameter-group."""
    return _subscribed(stack, "db-parameter-group", "configuration change")


@control(
    INSTANCE,
    CLUSTER,
    group=Group.MONITORING,
    severity=Severity.LOW,
    scope=Scope.STACK,
    on_stack=True,
    when=is_store,
    good=[
        [_DB, _events("db-security-group", "configuration change", "failure")],
        [_CLUSTER, _events("db-security-group", "failure", "configuration change", enabled=True)],
    ],
    bad=[
        [_DB],
        [_CLUSTER],
        [_DB, _events("db-instance", "configuration change", "failure")],
        [_DB, _events("db-security-group", "configuration change")],
        [_DB, _events("db-security-group", "configuration change", "failure", enabled=False)],
    ],
    skipped=[[_REPLICA]],
)
def rds_event_subscription_security_group(db: Resource, stack: Stack) -> Lacks:  # noqa: ARG001  the scope gives it
    """RDS must tell of changed access: add an rds.EventSubscription with source_type db-security-group."""
    return _subscribed(stack, "db-security-group", "configuration change", "failure")
