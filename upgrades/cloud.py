"""What AWS says of the stores that an upgrade changes: whether they are settled, which ones they are, their lag."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from upgrades.atlas import Atlas, project_and_name
from upgrades.duties import LAG
from upgrades.stopping import StopError

INSTANCE, MEMBER = "aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"
CLUSTER, TABLE = "aws:rds/cluster:Cluster", "aws:dynamodb/table:Table"
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
ATLAS = "mongodbatlas:index/advancedCluster:AdvancedCluster"
LAG_MINUTES: Final = 5
"""How far back a lag is looked for: CloudWatch has a figure a minute."""
IDLE_LAG_SECONDS: Final = 300
"""
Where nobody writes, a read replica says it is behind by up to five minutes: until the next segment of the log comes.

Source: Amazon RDS User Guide, "Working with read replicas for Amazon RDS for PostgreSQL", monitoring.
"""

State = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a store, as AWS sees it."""

    name: str
    """Its logical name."""
    type: str
    id: str
    status: str
    pending: Mapping[str, Any]
    """What was asked for and is not so yet."""
    identity: tuple[str, str, str]
    """ARN, resource id and time of creation: another one is another store."""
    shared: bool = False
    """A cluster on servers that Atlas shares between customers."""
    disk_gib: int | None = None
    """The disk of a node that Atlas lets grow by itself, as it runs, in Atlas' GB; None: it is no such thing."""

    @property
    def settled(self) -> bool:
        """Whether it is available, with nothing pending."""
        return self.status in ("available", "ACTIVE", "IDLE") and not self.pending


class Cloud:
    """AWS, in the region of a stack; with AWS_ENDPOINT_URL the local cloud."""

    def __init__(self, region: str, atlas: Atlas | None = None) -> None:
        self.atlas = atlas or Atlas()
        self.snapshots: dict[str, str] = {}
        """By the id of an Atlas cluster, the snapshot that was begun last."""
        self._clients: dict[tuple[str, str], Any] = {}
        self._region = region

    def parts(self, resources: Sequence[State], store: str) -> list[Part]:
        """Describe the parts of a store that the state has."""
        found = [(one, one["urn"].rpartition("::")[2]) for one in resources if one["type"] in _LOOKS]
        mine = [(one, name) for one, name in found if name.startswith(f"{store}-") and "-dr-" not in name]
        return [self._part(one, name) for one, name in mine]

    def disks(self, resources: Sequence[State], stores: Iterable[str]) -> dict[str, int]:
        """Give the disks, in Atlas' GB, of those of some stores that Atlas lets grow by itself, by store."""
        return {
            store: part.disk_gib
            for store in stores
            for part in self.parts(resources, store)
            if part.disk_gib is not None
        }

    def _part(self, one: State, name: str) -> Part:
        try:
            return _LOOKS[one["type"]](self, one, name)
        except ClientError as error:
            if missing(error):
                raise StopError(
                    f"{name} is in the state, but not in AWS: restore it from a backup, or let Pulumi see that it is "
                    "gone (pulumi refresh) and make it again, empty"
                ) from None
            raise

    def behind(self, resources: Sequence[State], store: str, *, moving: bool) -> Iterator[str]:
        """Say which copies of a store are behind; *moving*: an Aurora cluster is one of an instance."""
        for one in resources:
            name = one["urn"].rpartition("::")[2]
            if not name.startswith(f"{store}-"):
                continue
            if one["type"] == INSTANCE and one.get("inputs", {}).get("replicateSourceDb"):
                lags, most = [self._lag("ReplicaLag", one["outputs"]["identifier"])], IDLE_LAG_SECONDS
            elif moving and one["type"] == CLUSTER and one.get("inputs", {}).get("replicationSourceIdentifier"):
                members = _members(resources, one["outputs"]["clusterIdentifier"])
                lags, most = [self._lag(LAG, member) for member in members], 0
            else:
                continue
            # -1 says that nothing is replicated (Amazon RDS User Guide, "Monitoring read replication").
            if not lags or any(one is None or one < 0 for one in lags):
                yield f"{name} is behind by an unknown time"
            elif (lag := max(filter(None, lags), default=0.0)) > most:
                yield f"{name} is behind by {lag:g} seconds"

    def back_up(self, part: Part, label: str) -> str | None:
        """Begin a snapshot of what holds data, and give its name; None where the part holds none."""
        name = f"{part.id}-{label}"
        match part.type:
            case "aws:rds/instance:Instance":
                source = {"DBInstanceIdentifier": part.id, "DBSnapshotIdentifier": name}
                self.client("rds").create_db_snapshot(**source)
            case "aws:rds/cluster:Cluster":
                source = {"DBClusterIdentifier": part.id, "DBClusterSnapshotIdentifier": name}
                self.client("rds").create_db_cluster_snapshot(**source)
            case "aws:elasticache/replicationGroup:ReplicationGroup":
                self.client("elasticache").create_snapshot(ReplicationGroupId=part.id, SnapshotName=name)
            case "aws:dynamodb/table:Table":
                self.client("dynamodb").create_backup(TableName=part.id, BackupName=name)
            case "mongodbatlas:index/advancedCluster:AdvancedCluster":
                return self._back_up_atlas(part, name)
            case _:
                return None
        return name

    def _back_up_atlas(self, part: Part, name: str) -> str | None:
        if part.shared:
            return None  # Atlas takes none on demand there
        self.snapshots[part.id] = self.atlas.snapshot(*project_and_name(part.id), name)
        return name

    def instance_id(self, identifier: str) -> str | None:
        """Give the id of a database instance, as Pulumi has it; None: there is no such instance."""
        try:
            found = self.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
        except ClientError as error:
            if missing(error):
                return None
            raise
        return str(found[0]["DbiResourceId"])

    def client(self, service: str, region: str | None = None) -> Any:
        """Give a client of a region, of the stack's unless one is given, or Atlas."""
        if service == "atlas":
            return self.atlas
        where = (service, region or self._region)
        if where not in self._clients:
            self._clients[where] = boto3.client(service, region_name=where[1])  # pyright: ignore[reportCallIssue,reportArgumentType]  # one of 400 overloads
        return self._clients[where]

    def _lag(self, metric: str, instance: str) -> float | None:
        """
        Give how many seconds a copy was behind at the last look; None: nobody looked.

        Both metrics are in seconds (Amazon RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS", and Amazon
        Aurora User Guide, "Amazon CloudWatch metrics for Amazon Aurora", instance-level metrics), unlike Aurora's own
        AuroraReplicaLag.
        """
        now = datetime.now(tz=UTC)
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/RDS",
            MetricName=metric,
            Dimensions=[{"Name": "DBInstanceIdentifier", "Value": instance}],
            StartTime=now - timedelta(minutes=LAG_MINUTES),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return max(points, key=lambda point: point["Timestamp"])["Maximum"] if points else None


def _members(resources: Sequence[State], cluster: str) -> list[str]:
    """Give the instances of a cluster: the lag of a copy is a metric of theirs (Aurora User Guide, "Metrics")."""
    found = [one["outputs"] for one in resources if one["type"] == MEMBER]
    return [one["identifier"] for one in found if one.get("clusterIdentifier") == cluster]


def _instance(cloud: Cloud, one: State, name: str) -> Part:
    identifier = one["outputs"]["identifier"]
    (found,) = cloud.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    return Part(
        name=name,
        type=one["type"],
        id=identifier,
        status=found["DBInstanceStatus"],
        pending=found.get("PendingModifiedValues") or {},
        identity=_identity(found, "DBInstanceArn", "DbiResourceId", "InstanceCreateTime"),
    )


def _cluster(cloud: Cloud, one: State, name: str) -> Part:
    identifier = one["outputs"]["clusterIdentifier"]
    (found,) = cloud.client("rds").describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"]
    return Part(
        name=name,
        type=one["type"],
        id=identifier,
        status=found["Status"],
        pending=found.get("PendingModifiedValues") or {},
        identity=_identity(found, "DBClusterArn", "DbClusterResourceId", "ClusterCreateTime"),
    )


def _group(cloud: Cloud, one: State, name: str) -> Part:
    (found,) = cloud.client("elasticache").describe_replication_groups(ReplicationGroupId=one["id"])[
        "ReplicationGroups"
    ]
    return Part(
        name=name,
        type=one["type"],
        id=one["id"],
        status=found["Status"],
        pending=found.get("PendingModifiedValues") or {},
        identity=_identity(found, "ARN", "ReplicationGroupId", "ReplicationGroupCreateTime"),
    )


def _table(cloud: Cloud, one: State, name: str) -> Part:
    found = cloud.client("dynamodb").describe_table(TableName=one["id"])["Table"]
    indexes = {index["IndexName"]: index["IndexStatus"] for index in found.get("GlobalSecondaryIndexes", ())}
    return Part(
        name=name,
        type=one["type"],
        id=one["id"],
        status=found["TableStatus"],
        pending={index: status for index, status in indexes.items() if status != "ACTIVE"},
        identity=_identity(found, "TableArn", "TableId", "CreationDateTime"),
    )


def _atlas(cloud: Cloud, one: State, name: str) -> Part:
    project, cluster = str(one["outputs"]["projectId"]), str(one["outputs"]["name"])
    regions = [region for spec in one["outputs"]["replicationSpecs"] for region in spec["regionConfigs"]]
    kinds = {region["providerName"] for region in regions}
    found, id_ = cloud.atlas.cluster(project, cluster, flex="FLEX" in kinds), f"{project}-{cluster}"
    begun = cloud.snapshots.get(id_)
    taken = cloud.atlas.snapshot_status(project, cluster, begun) if begun else "completed"
    if taken == "failed":
        raise StopError(f"the snapshot of {name} failed: see why in Atlas, then go on with --resume")
    shared = bool(kinds & {"FLEX", "TENANT"})
    return Part(
        name=name,
        type=one["type"],
        id=id_,
        status=found["stateName"],
        pending={} if taken == "completed" else {"snapshot": taken},
        identity=_identity(found, "groupId", "id", "createDate"),
        shared=shared,
        disk_gib=None if shared else _disk(found),
    )


def _disk(cluster: State) -> int | None:
    """
    Give the largest disk of a cluster as it runs.

    Source: Atlas Administration API, Return One Cluster: without Use-Effective-Instance-Fields the fields of hardware
    have what runs.
    """
    regions = [region for spec in cluster["replicationSpecs"] for region in spec["regionConfigs"]]
    sizes = [one["diskSizeGB"] for region in regions if (one := region.get("electableSpecs")) and "diskSizeGB" in one]
    return math.ceil(max(sizes)) if sizes else None


def _identity(found: State, *keys: str) -> tuple[str, str, str]:
    arn, resource, created = (str(found.get(key, "")) for key in keys)
    return arn, resource, created


def missing(error: ClientError) -> bool:
    """Say whether an error of AWS is that there is no such thing."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return "NotFound" in code


_LOOKS: Final[Mapping[str, Callable[[Cloud, State, str], Part]]] = {
    INSTANCE: _instance,
    MEMBER: _instance,
    CLUSTER: _cluster,
    GROUP: _group,
    TABLE: _table,
    ATLAS: _atlas,
}
