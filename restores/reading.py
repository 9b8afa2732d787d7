"""What AWS tells of the backups of a store: each answer of a describe call becomes a `restores.window.Window`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from restores.window import Kind, Snapshot, Source, Window, newest_first
from upgrades.atlas import project_and_name

Client = Callable[[str], Any]
"""Gives boto3's client of a service, such as `upgrades.cloud.Cloud.client`."""
ATLAS_API: Final = "atlas"
"""What a Client is asked for to get `upgrades.atlas.Atlas`: it is no service of AWS, and has another client."""
ATLAS_BEHIND: Final = timedelta(minutes=2)
"""How long ago the latest time is that Atlas is asked for: our choice, as it names none."""
State = Mapping[str, Any]
"""A resource, as Pulumi's state has it."""
Answer = Mapping[str, Any]

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
TABLE: Final = "aws:dynamodb/table:Table"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS: Final = "aws:elasticache/serverlessCache:ServerlessCache"
ATLAS: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
PARTS: Final[Mapping[str, tuple[str, Kind]]] = {
    INSTANCE: ("primary", Kind.INSTANCE),
    CLUSTER: ("cluster", Kind.CLUSTER),
    TABLE: ("table", Kind.TABLE),
    GROUP: ("group", Kind.GROUP),
    SERVERLESS: ("serverless", Kind.SERVERLESS),
    ATLAS: ("cluster", Kind.ATLAS),
}
"""What a resource that holds a store's data is called behind the store's name, by type, and the kind of store."""
_ID: Final = {Kind.INSTANCE: "identifier", Kind.CLUSTER: "clusterIdentifier"}
"""Outputs that AWS's identifiers are in; elsewhere it is the resource's id."""


# What is deployed


def source_of(resources: Sequence[State], store: str, *, prefix: str) -> Source | None:
    """
    Find what holds a store's data in a state; *store* with its generation behind it, as logical names begin.

    *prefix* is what physical names begin with, such as `clubapp-dev`. None: the store is not deployed.
    """
    named = {(one["type"], one["urn"].rpartition("::")[2]): one for one in resources}
    found = [
        (kind, one)
        for type_, (part, kind) in PARTS.items()
        if (one := named.get((type_, f"{store}-{part}"))) is not None
    ]
    # An instance stands beside its cluster while the database moves to Aurora: until then it takes the writes.
    kind, one = next(iter(found), (None, None))
    if kind is None or one is None or not one.get("outputs"):
        return None
    outputs = one["outputs"]
    return Source(
        store=store,
        kind=kind,
        id=_id_of(kind, one),
        arn=str(outputs.get("arn", "")),
        family=family(prefix, store),
    )


def _id_of(kind: Kind, one: State) -> str:
    if kind is Kind.ATLAS:  # the provider's own id is made up of more
        return f"{one['outputs']['projectId']}-{one['outputs']['name']}"
    return str(one["outputs"][_ID[kind]] if kind in _ID else one["id"])


def family(prefix: str, store: str) -> str:
    """Give a regular expression of the ids that the generations of a store have."""
    # A number has fewer digits than the random end of a name, which may happen to be digits only.
    return rf"{prefix}-{store}(-\d{{1,7}})?(-cluster)?(-[0-9a-f]{{8}})?"


# What AWS tells


def window_of(client: Client, source: Source) -> Window:
    """Ask AWS what a store can be restored to."""
    return _READERS[source.kind](client, source)


def instance_window(source: Source, instance: Answer, backups: Answer, snapshots: Sequence[Answer]) -> Window:
    """
    Read an instance's window.

    From describe_db_instances (one), describe_db_instance_automated_backups and describe_db_snapshots (all of them).
    """
    spans = [one["RestoreWindow"] for one in backups["DBInstanceAutomatedBackups"] if one.get("RestoreWindow")]
    earliest = _first(spans[0].get("EarliestTime")) if spans else None
    latest = _utc(instance.get("LatestRestorableTime"))
    kept = instance.get("BackupRetentionPeriod", 0) > 0
    return _window(
        source,
        earliest if kept else None,
        latest if kept else None,
        [
            Snapshot(
                name=one["DBSnapshotIdentifier"],
                id=one["DBSnapshotIdentifier"],
                source=one["DBInstanceIdentifier"],
                taken=_utc(one.get("SnapshotCreateTime")),
                status=one["Status"],
                key=one.get("KmsKeyId"),
            )
            for one in snapshots
        ],
    )


def cluster_window(source: Source, cluster: Answer, snapshots: Sequence[Answer]) -> Window:
    """Read an Aurora cluster's window, from describe_db_clusters (one) and describe_db_cluster_snapshots (all)."""
    return _window(
        source,
        _first(cluster.get("EarliestRestorableTime")),
        _utc(cluster.get("LatestRestorableTime")),
        [
            Snapshot(
                name=one["DBClusterSnapshotIdentifier"],
                id=one["DBClusterSnapshotIdentifier"],
                source=one["DBClusterIdentifier"],
                taken=_utc(one.get("SnapshotCreateTime")),
                status=one["Status"],
            )
            for one in snapshots
        ],
    )


def table_window(source: Source, recovery: Answer, backups: Sequence[Answer]) -> Window:
    """Read a table's window, from describe_continuous_backups and list_backups (the summaries)."""
    described = recovery["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}
    on = described.get("PointInTimeRecoveryStatus") == "ENABLED"
    return _window(
        source,
        _first(described.get("EarliestRestorableDateTime")) if on else None,
        _utc(described.get("LatestRestorableDateTime")) if on else None,
        [
            Snapshot(
                name=one["BackupName"],
                id=one["BackupArn"],
                source=one["TableName"],
                taken=_utc(one.get("BackupCreationDateTime")),
                status=one["BackupStatus"],
            )
            for one in backups
        ],
    )


def group_window(source: Source, snapshots: Sequence[Answer]) -> Window:
    """Read a replication group's window, from describe_snapshots (all of them)."""
    return _window(
        source,
        None,
        None,
        [
            Snapshot(
                name=one["SnapshotName"],
                id=one["SnapshotName"],
                source=one.get("ReplicationGroupId") or one.get("CacheClusterId") or "",
                taken=_utc(_last_of_shards(one)),
                status=one["SnapshotStatus"],
            )
            for one in snapshots
        ],
    )


def serverless_window(source: Source, snapshots: Sequence[Answer]) -> Window:
    """Read a serverless cache's window, from describe_serverless_cache_snapshots (all of them)."""
    return _window(
        source,
        None,
        None,
        [
            Snapshot(
                name=one["ServerlessCacheSnapshotName"],
                id=one["ARN"],
                source=(one.get("ServerlessCacheConfiguration") or {}).get("ServerlessCacheName", ""),
                taken=_utc(one.get("CreateTime")),
                status=one["Status"],
            )
            for one in snapshots
        ],
    )


def atlas_window(
    source: Source, cluster: Answer, snapshots: Sequence[Answer], jobs: Sequence[Answer], now: datetime
) -> Window:
    """Read the window of a cluster on Atlas, which says nothing of how far its log reaches, and its *jobs*' targets."""
    done = [one for one in snapshots if one.get("status") == "completed"]
    taken = [datetime.fromisoformat(one["createdAt"]) for one in done]
    earliest, latest = _first(min(taken, default=None)), _utc(now - ATLAS_BEHIND)
    if not cluster.get("pitEnabled") or earliest is None or latest is None:
        earliest = latest = None
    found = [
        Snapshot(name=one["id"], id=one["id"], source=source.id, taken=_utc(time), status="available")
        for one, time in zip(done, taken, strict=True)
    ]
    window = _window(source, earliest, max(earliest, latest) if earliest and latest else None, found)
    return replace(window, targets=[one["targetClusterName"] for one in jobs if one.get("targetClusterName")])


def _window(
    source: Source, earliest: datetime | None, latest: datetime | None, snapshots: Sequence[Snapshot]
) -> Window:
    both = earliest is not None and latest is not None
    return Window(
        source=source,
        earliest=earliest if both else None,
        latest=latest if both else None,
        snapshots=newest_first([one for one in snapshots if source.owns(one.source)]),
        others=[one for one in snapshots if not source.owns(one.source)],
    )


def _last_of_shards(snapshot: Answer) -> object:
    """Give when the last shard was taken, as AWS takes them one by one; None: not all are."""
    times = [one.get("SnapshotCreateTime") for one in snapshot.get("NodeSnapshots", ())]
    known = [cast("datetime", one) for one in times if one]
    return max(known) if known and len(known) == len(times) else None


def _utc(time: object) -> datetime | None:
    """Read a time of an answer, cut to whole seconds: AWS restores to no finer ones."""
    if not isinstance(time, datetime):
        return None
    known = time if time.tzinfo else time.replace(tzinfo=UTC)
    return known.astimezone(UTC).replace(microsecond=0)


def _first(time: object) -> datetime | None:
    """Read the first time of a span: the first whole second of it."""
    known = _utc(time)
    late = isinstance(time, datetime) and time.microsecond > 0
    return known + timedelta(seconds=1) if known and late else known


# Asking


def _instance(client: Client, source: Source) -> Window:
    rds = client("rds")
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=source.id)["DBInstances"]
    backups = rds.describe_db_instance_automated_backups(DBInstanceIdentifier=source.id)
    return instance_window(source, instance, backups, list(_pages(rds, "describe_db_snapshots", "DBSnapshots")))


def _cluster(client: Client, source: Source) -> Window:
    rds = client("rds")
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=source.id)["DBClusters"]
    snapshots = _pages(rds, "describe_db_cluster_snapshots", "DBClusterSnapshots")
    return cluster_window(source, cluster, list(snapshots))


def _table(client: Client, source: Source) -> Window:
    dynamodb = client("dynamodb")
    recovery = dynamodb.describe_continuous_backups(TableName=source.id)
    return table_window(source, recovery, list(_pages(dynamodb, "list_backups", "BackupSummaries", BackupType="ALL")))


def _group(client: Client, source: Source) -> Window:
    return group_window(source, list(_pages(client("elasticache"), "describe_snapshots", "Snapshots")))


def _serverless(client: Client, source: Source) -> Window:
    snapshots = _pages(client("elasticache"), "describe_serverless_cache_snapshots", "ServerlessCacheSnapshots")
    return serverless_window(source, list(snapshots))


def _atlas(client: Client, source: Source) -> Window:
    """Give the span from the oldest snapshot on, which its log is replayed upon."""
    atlas, (project, name) = client(ATLAS_API), project_and_name(source.id)
    cluster = atlas.cluster(project, name, flex=False)
    taken = atlas.snapshots(project, name, sharded=cluster["clusterType"] != "REPLICASET")
    return atlas_window(source, cluster, taken, atlas.jobs(project, name), datetime.now(tz=UTC))


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Answer]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


_READERS: Final[Mapping[Kind, Callable[[Client, Source], Window]]] = {
    Kind.INSTANCE: _instance,
    Kind.CLUSTER: _cluster,
    Kind.TABLE: _table,
    Kind.GROUP: _group,
    Kind.SERVERLESS: _serverless,
    Kind.ATLAS: _atlas,
}
