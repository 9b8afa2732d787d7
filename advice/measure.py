"""Measures how a stack's stores were used: asks CloudWatch for what a usage file says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3

from advice.metrics import GIB, METRICS, Kind, Metric, Reading
from advice.series import MONTH_DAYS, Points, Spread, daily, days_of, falling, grown, rising, together, worst

# Amazon CloudWatch User Guide, "Metrics retention": figures of 5 minutes are kept for 63 days, of an hour for 455.
FINE: Final = timedelta(minutes=5)
FINE_DAYS: Final = 63
COARSE: Final = timedelta(hours=1)
MOST_DAYS: Final = 455
MOST_QUERIES: Final = 500
"""Amazon CloudWatch API Reference, GetMetricData: queries of one call."""
State = Mapping[str, Any]
Figure = float | Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Something that has metrics of its own."""

    store: str
    kind: Kind
    dimensions: tuple[tuple[str, str], ...]
    """What CloudWatch tells it by."""
    name: str
    """Its logical name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """What time is measured."""

    end: datetime
    days: int

    @property
    def period(self) -> timedelta:
        """How long each figure is of: as fine as CloudWatch still has it."""
        return FINE if self.days <= FINE_DAYS else COARSE

    @property
    def begin(self) -> datetime:
        """When the first figure begins."""
        return self.end - timedelta(days=self.days)


def window(now: datetime, days: int) -> Window:
    """Give the last days, up to the end of the last full period."""
    period = FINE if days <= FINE_DAYS else COARSE
    seconds = int(now.timestamp() // period.total_seconds() * period.total_seconds())
    return Window(end=datetime.fromtimestamp(seconds, tz=UTC), days=days)


def parts_of(resources: Sequence[State], stores: Sequence[str]) -> list[Part]:
    """Find what has metrics among the resources of a Pulumi state; what is in the DR region is left out."""
    found: list[Part] = []
    for one in resources:
        name, find = one["urn"].rpartition("::")[2], _FINDERS.get(one["type"])
        store = next((store for store in sorted(stores, key=len, reverse=True) if name.startswith(f"{store}-")), None)
        if find is None or store is None or "-dr-" in name:
            continue
        found += [
            Part(store=store, kind=kind, dimensions=tuple(dimensions.items()), name=name)
            for kind, dimensions in find(one)
        ]
    return found


def _instance(one: State) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    yield Kind.INSTANCE, {"DBInstanceIdentifier": one["outputs"]["identifier"]}


def _cluster(one: State) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    cluster = {"DBClusterIdentifier": one["outputs"]["clusterIdentifier"]}
    yield Kind.CLUSTER, cluster
    # Amazon Aurora User Guide, "Dimensions for Aurora": a cluster's members by what they are.
    yield Kind.WRITER, {**cluster, "Role": "WRITER"}
    yield Kind.READERS, {**cluster, "Role": "READER"}


def _table(one: State) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    yield Kind.TABLE, {"TableName": one["outputs"]["name"]}


def _index(one: State) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    outputs = one["outputs"]
    yield Kind.TABLE, {"TableName": outputs["tableName"], "GlobalSecondaryIndexName": outputs["indexName"]}


def _group(one: State) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    for node in one["outputs"].get("memberClusters") or ():
        yield Kind.NODE, {"CacheClusterId": node}


def _serverless(one: State) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    yield Kind.SERVERLESS, {"clusterId": one["outputs"]["name"]}


_FINDERS: Final[Mapping[str, Callable[[State], Iterator[tuple[Kind, Mapping[str, str]]]]]] = {
    "aws:rds/instance:Instance": _instance,
    "aws:rds/cluster:Cluster": _cluster,
    "aws:dynamodb/table:Table": _table,
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": _index,
    "aws:elasticache/replicationGroup:ReplicationGroup": _group,
    "aws:elasticache/serverlessCache:ServerlessCache": _serverless,
}


Query = tuple[Part, str, str]
"""A part, a metric's name and its statistic."""


class Meter:
    """Asks AWS, in one region, how parts of stores were used."""

    def __init__(self, region: str, client: Callable[..., Any] = boto3.client) -> None:
        self._region, self._client = region, client

    def usage(self, parts: Sequence[Part], asked: Window) -> Mapping[str, Mapping[str, Figure]]:
        """Give what a usage file says of each store; one of which nothing was measured is left out."""
        series = self._series(parts, asked)
        stores = dict.fromkeys(part.store for part in parts)
        found = {store: self._of([part for part in parts if part.store == store], series, asked) for store in stores}
        return {store: figures for store, figures in found.items() if figures}

    def _of(self, parts: Sequence[Part], series: Mapping[Query, Points], asked: Window) -> Mapping[str, Figure]:
        mine = [points for (part, _, _), points in series.items() if part in parts]
        days = days_of(mine, asked.period)
        if not days:
            return {}
        found: dict[str, Figure] = {"days": min(round(days, 1), asked.days)}
        for kind in dict.fromkeys(part.kind for part in parts):
            same = [part for part in parts if part.kind is kind]
            for metric in METRICS[kind]:
                figure = _figure(metric, [_points(metric, part, series) for part in same], asked, days)
                if figure is not None:
                    found[metric.field] = figure
        return {**found, **self._held(parts, found)}

    def _held(self, parts: Sequence[Part], found: Mapping[str, Figure]) -> dict[str, Figure]:
        """Give what is held, which no metric tells: storage less what is free of it, and the size of a table."""
        for part in parts:
            named = dict(part.dimensions)
            if part.kind is Kind.TABLE and "GlobalSecondaryIndexName" not in named:
                return _table_size(self._make("dynamodb").describe_table(**named)["Table"])
            free = found.get("freeStorageGib")
            if part.kind is Kind.INSTANCE and part.name.endswith("-primary") and isinstance(free, Mapping):
                (one,) = self._make("rds").describe_db_instances(**named)["DBInstances"]
                return {"dataGib": _rounded(max(0.0, one["AllocatedStorage"] - free["low"]))}
        return {}

    def _series(self, parts: Sequence[Part], asked: Window) -> Mapping[Query, Points]:
        queries = list(
            dict.fromkeys(
                (part, name, metric.statistic)
                for part in parts
                for metric in METRICS[part.kind]
                for name in metric.names
            )
        )
        calls = [queries[begin : begin + MOST_QUERIES] for begin in range(0, len(queries), MOST_QUERIES)]
        return {query: points for some in calls for query, points in self._asked(some, asked)}

    def _asked(self, queries: Sequence[Query], asked: Window) -> Iterator[tuple[Query, Points]]:
        """Ask for figures; those of one query may come on several pages."""
        pages = (
            self._make("cloudwatch")
            .get_paginator("get_metric_data")
            .paginate(
                MetricDataQueries=[_query(number, query, asked.period) for number, query in enumerate(queries)],
                StartTime=asked.begin,
                EndTime=asked.end,
                ScanBy="TimestampAscending",
            )
        )
        found: dict[str, dict[datetime, float]] = {}
        for page in pages:
            for result in page["MetricDataResults"]:
                points = zip(result["Timestamps"], result["Values"], strict=True)
                found.setdefault(result["Id"], {}).update((when.astimezone(UTC), value) for when, value in points)
        for number, query in enumerate(queries):
            yield query, found.get(_id(number), {})

    def _make(self, service: str) -> Any:
        return self._client(service, region_name=self._region)


def _id(number: int) -> str:
    return f"q{number}"


def _query(number: int, query: Query, period: timedelta) -> Mapping[str, Any]:
    part, name, statistic = query
    dimensions = [{"Name": key, "Value": value} for key, value in part.dimensions]
    metric = {"Namespace": part.kind.namespace, "MetricName": name, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": int(period.total_seconds()), "Stat": statistic}
    return {"Id": _id(number), "MetricStat": stat, "ReturnData": True}


def _points(metric: Metric, part: Part, series: Mapping[Query, Points]) -> Points:
    return together([series.get((part, name, metric.statistic), {}) for name in metric.names])


def _figure(metric: Metric, parts: Sequence[Points], asked: Window, days: float) -> Figure | None:
    """Make one field of the figures of all parts of a kind; None: nobody measured it."""
    seconds = asked.period.total_seconds()
    factor = metric.by_time / seconds if metric.by_time else 1.0
    scaled = [{when: value * factor / metric.per for when, value in points.items()} for points in parts if points]
    if not scaled:
        return 0 if metric.else_zero else None
    match metric.reading:
        case Reading.TOTAL:
            return _rounded(sum(sum(points.values()) for points in scaled) / days * MONTH_DAYS)
        case Reading.GROWTH:
            steps = [step for points in scaled if (step := grown(points)) is not None]
            return _rounded(max(steps)) if steps else None
        case Reading.LAST:
            return _rounded(max(points[max(points)] for points in scaled))
        case Reading.DAILY:
            return _spread(worst([one for points in scaled if (one := daily(points))], falls=False))
        case Reading.RISES | Reading.FALLS:
            falls = metric.reading is Reading.FALLS
            read = falling if falls else rising
            found = [one for points in scaled if (one := read(points, asked.period, metric.minutes))]
            return _spread(worst(found, falls=falls))


def _spread(one: Spread | None) -> Figure | None:
    return None if one is None else {key: _rounded(value) for key, value in asdict(one).items()}


def _table_size(table: State) -> dict[str, Figure]:
    """
    Give what a table and its indexes hold.

    DynamoDB counts it every six hours or so, and says 0 until then: that is left out, as nobody knows it yet.
    """
    held = {
        "dataGib": table.get("TableSizeBytes", 0),
        "indexGib": sum(index.get("IndexSizeBytes", 0) for index in table.get("GlobalSecondaryIndexes") or ()),
    }
    return {field: _rounded(size / GIB) for field, size in held.items() if size}


def _rounded(value: float) -> float:
    return round(value, 6)
