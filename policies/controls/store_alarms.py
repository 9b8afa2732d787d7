"""Controls of the alarms that a store needs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

from policies.control import Controls, Group, Scope, Severity
from policies.controls.relations import is_any, is_named
from policies.lacks import Lacks, lacks
from policies.stack import Stack
from policies.values import CannotTellError, Record, Reference, Resource, Unknown, opened, unknowns

CONTROLS: Final = Controls()
control = CONTROLS.add
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
TABLE: Final = "aws:dynamodb/table:Table"
REPLICATION_GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS: Final = "aws:elasticache/serverlessCache:ServerlessCache"


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What must be watched of a type of store."""

    namespace: str
    name: str
    """The property that CloudWatch calls the store by."""
    metrics: tuple[tuple[str, ...], ...]
    """One metric of each must have an alarm; the first names it."""


def _watched(namespace: str, name: str, *metrics: str) -> Watched:
    return Watched(namespace=namespace, name=name, metrics=tuple(tuple(one.split("|")) for one in metrics))


WATCHED: Final[Mapping[str, Watched]] = {
    INSTANCE: _watched("AWS/RDS", "identifier", "CPUUtilization", "FreeStorageSpace", "DatabaseConnections"),
    # The storage of Aurora grows by itself.
    CLUSTER: _watched("AWS/RDS", "clusterIdentifier", "CPUUtilization", "DatabaseConnections"),
    # DynamoDB counts ThrottledRequests by table and operation; by table alone it counts the two events.
    TABLE: _watched(
        "AWS/DynamoDB", "name", "ReadThrottleEvents|ThrottledRequests", "WriteThrottleEvents|ThrottledRequests"
    ),
    # AWS says to watch CPUUtilization instead where a node has two cores or one.
    REPLICATION_GROUP: _watched(
        "AWS/ElastiCache", "replicationGroupId", "Evictions", "EngineCPUUtilization|CPUUtilization"
    ),
    # There is no CPU to see.
    SERVERLESS: _watched("AWS/ElastiCache", "name", "Evictions", "ThrottledCmds|ElastiCacheProcessingUnits"),
}
_NODE: Final = re.compile(r"(-\d{4})?-\d{3}$")
"""What ElastiCache adds to a replication group's id to call its nodes."""
_MADE_UP: Final = re.compile(r"ref:[^\s:]+:[^\s:]*:[^\s:]+::(?:(?!::).)+::\w+(?:\[\d+\])?")
"""What is unknown in a text of the normal form."""

_Kind = tuple[str | Unknown, str | Unknown]
"""Namespace and metric."""


@dataclass(kw_only=True, slots=True)
class _Index:
    """Metrics that alarms are about, by the store that their dimensions name."""

    by_store: defaultdict[tuple[str, str], list[tuple[Reference, Record]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By type and logical name."""
    by_text: defaultdict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    unclear: dict[_Kind, Record] = field(default_factory=dict[_Kind, Record])
    """One of each namespace and metric whose dimensions are unknown, and of no store for sure."""
    made: dict[_Kind, dict[str, Record]] = field(default_factory=dict[_Kind, dict[str, Record]])
    """One of each namespace, metric and text in its dimensions that is made of unknown parts."""
    literal: dict[_Kind, Record] = field(default_factory=dict[_Kind, Record])
    """One of each namespace and metric whose dimensions are known."""
    doubt: str = ""
    """The path of what may hold any metric."""

    def add(self, metric: Record, dependencies: Sequence[Reference]) -> None:
        """Take a metric in; *dependencies* is what the engine says that its dimensions come from."""
        namespace, name = (opened(metric.raw(key)) for key in ("namespace", "metricName"))
        if not isinstance(namespace, str | Unknown) or not isinstance(name, str | Unknown):
            return
        kind = (namespace, name)
        references = [one for one in (*metric.references("dimensions"), *dependencies) if one.type in WATCHED]
        for one in references:
            self.by_store[one.type, one.name].append((one, metric))
        for text in _texts(opened(metric.raw("dimensions"))):
            self.by_text[text].append(metric)
            if not _MADE_UP.search(text):
                self.literal[kind] = metric
            elif not references:
                self.made.setdefault(kind, {})[text] = metric
        if not references and any(not one.template for one in unknowns(metric.raw("dimensions"))):
            self.unclear[kind] = metric


_INDICES: Final[WeakKeyDictionary[Stack, _Index]] = WeakKeyDictionary()


def _texts(dimensions: Any) -> Iterator[str]:
    """Give what dimensions are called by, nodes also by the name of their replication group."""
    for key in dimensions if isinstance(dimensions, Record) else ():
        value = opened(dimensions.raw(key))
        text = value.template if isinstance(value, Unknown) else value
        if isinstance(text, str) and text:
            yield from {text, _NODE.sub("", text)}


def _alarms(store: Mapping[str, Any], dimension: str, value: str, *metrics: str) -> list[Mapping[str, Any]]:
    """Give a store with an alarm on each of some metrics."""
    namespace = WATCHED[store["type"]].namespace
    inputs = {"namespace": namespace, "dimensions": {dimension: value}}
    made = [{"type": ALARM, "name": metric, "inputs": {**inputs, "metricName": metric}} for metric in metrics]
    return [store, *made]


def _queried(store: Mapping[str, Any], dimension: str, value: str, *metrics: str) -> list[Mapping[str, Any]]:
    """Give a store with one alarm on a calculation with some metrics."""
    metric = {"namespace": WATCHED[store["type"]].namespace, "dimensions": {dimension: value}}
    queries = [{"id": f"m{number}", "metric": {**metric, "metricName": name}} for number, name in enumerate(metrics)]
    total = {"id": "total", "expression": "m0 + m1", "returnData": True}
    return [store, {"type": ALARM, "name": "all", "inputs": {"metricQueries": [total, *queries]}}]


_DB: Final = {"type": INSTANCE, "name": "db", "inputs": {"identifier": "main"}}
_AURORA: Final = {"type": CLUSTER, "name": "db", "inputs": {"clusterIdentifier": "main"}}
_ORDERS: Final = {"type": TABLE, "name": "orders", "inputs": {"name": "orders"}}
_CACHE: Final = {"type": REPLICATION_GROUP, "name": "cache", "inputs": {"replicationGroupId": "cache"}}
_SMALL: Final = {"type": SERVERLESS, "name": "cache", "inputs": {"name": "cache"}}
_BY: Final = "DBInstanceIdentifier"
_ALL: Final = ("CPUUtilization", "FreeStorageSpace", "DatabaseConnections")
_EVENTS: Final = ("ReadThrottleEvents", "WriteThrottleEvents")


@control(
    *WATCHED,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        _alarms(_DB, _BY, f"ref:{INSTANCE}::db::identifier", *_ALL),
        _alarms(_DB, _BY, "main", *_ALL),
        _alarms(_AURORA, "DBClusterIdentifier", f"ref:{CLUSTER}::db::id", "CPUUtilization", "DatabaseConnections"),
        _alarms(_ORDERS, "TableName", "orders", "ThrottledRequests"),
        _alarms(_ORDERS, "TableName", f"ref:{TABLE}::orders::name", *_EVENTS),
        _queried(_ORDERS, "TableName", f"ref:{TABLE}::orders::name", *_EVENTS),
        _alarms(_CACHE, "CacheClusterId", "cache-001", "Evictions", "EngineCPUUtilization"),
        _alarms(
            _CACHE, "CacheClusterId", f"ref:{REPLICATION_GROUP}::cache::id-0001-001", "Evictions", "CPUUtilization"
        ),
        _alarms(_SMALL, "clusterId", "cache", "Evictions", "ThrottledCmds"),
    ],
    bad=[
        {},
        *[_alarms(_DB, _BY, "main", *(one for one in _ALL if one != left)) for left in _ALL],
        _alarms(_DB, _BY, "other", *_ALL),
        _alarms(_DB, _BY, f"ref:{INSTANCE}::other::identifier", *_ALL),
        _alarms(_ORDERS, "TableName", "orders", "ReadThrottleEvents"),
        _queried(_ORDERS, "TableName", "orders", "ReadThrottleEvents"),
        _alarms(_CACHE, "CacheClusterId", "cache-2-001", "Evictions", "EngineCPUUtilization"),
        _alarms(_CACHE, "CacheClusterId", "cache-001", "Evictions"),
        [_DB, {"type": ALARM, "name": "a", "inputs": {"metricQueries": "x", "dimensions": ["main"]}}],
    ],
)
def db_alarms_present(store: Resource, stack: Stack) -> Lacks:
    """Databases must be watched: make a MetricAlarm on CPU, space, connections, throttling or evictions of each."""
    watched = WATCHED[store.type]
    index = _index(stack)
    name = opened(store.raw(watched.name))
    # A name that is made in the program is unknown to it; still the same text is the same name.
    text = name.template if isinstance(name, Unknown) else name
    named = index.by_text.get(text, ()) if isinstance(text, str) and text else ()
    referring = [one for to, one in index.by_store.get((store.type, store.name), ()) if is_named([to], store)]
    about = [*referring, *named]
    return lacks(
        watched.metrics,
        lambda metrics: _is_watched(about, name, index, watched.namespace, metrics),
        lambda metrics: (metrics[0], f"no alarm on {' or '.join(metrics)}"),
    )


def _is_watched(about: Sequence[Record], name: Any, index: _Index, namespace: str, metrics: Sequence[str]) -> bool:
    """Say whether an alarm is on one of the metrics of a store: one of those *about* it, or one that may be."""

    def is_kind(metric: Record) -> bool:
        return metric.text("namespace") == namespace and metric.text("metricName") in metrics

    if is_any(about, is_kind):
        return True
    if index.doubt or is_any(index.unclear.values(), is_kind):
        raise CannotTellError(index.doubt or "the dimensions of an alarm")
    text = name.template if isinstance(name, Unknown) else name
    alike = [one for texts in index.made.values() for to, one in texts.items() if _may_be(text, to)]
    if is_any(alike, is_kind):
        raise CannotTellError("the dimensions of an alarm")
    if isinstance(name, Unknown) and is_any(index.literal.values(), is_kind):
        raise CannotTellError(name.path)
    return False


def _may_be(name: Any, text: str) -> bool:
    """Say whether a name may be a text with unknown parts: where both have the same, what is around them decides."""
    if not isinstance(name, str) or _MADE_UP.findall(name) != _MADE_UP.findall(text):
        return True
    around, other = _MADE_UP.split(name), _MADE_UP.split(text)
    if sum(map(len, around)) != sum(map(len, other)):
        return False
    return around == other or [*map(len, around)] != [*map(len, other)]


def _index(stack: Stack) -> _Index:
    if stack not in _INDICES:
        _INDICES[stack] = _indexed(stack.of(ALARM))
    return _INDICES[stack]


def _indexed(alarms: Iterable[Resource]) -> _Index:
    index = _Index()
    for alarm in alarms:
        index.add(alarm, alarm.dependencies.get("dimensions", ()))
        try:
            for query in alarm.records("metricQueries"):
                index.add(query.record("metric"), alarm.dependencies.get("metricQueries", ()))
        except CannotTellError as error:
            index.doubt = str(error)
    return index
