"""Snapshots of Aurora PostgreSQL clusters, and clusters that are restored from one or to a time."""

from collections.abc import Mapping
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.rds.models import DBClusterSnapshot, RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto import rds_facts as facts
from localcloud.moto.rds_clusters import INHERITED, create
from localcloud.moto.rds_state import cluster_of, home_of, is_arn, name_of, refuse

# What a restored cluster has of its source where the call says nothing. Amazon RDS API Reference,
# RestoreDBClusterFromSnapshot: parameter group, security groups and protection are the default ones.
_KEPT: Final = (
    *("backup_retention_period", "database_name", "master_username", "network_type", "port"),
    *("preferred_backup_window", "preferred_maintenance_window", "storage_encrypted"),
)

_init_of_moto = DBClusterSnapshot.__init__
_snapshot_of_moto = RDSBackend.create_db_cluster_snapshot
_restore_of_moto = RDSBackend.restore_db_cluster_from_snapshot
_point_of_moto = RDSBackend.restore_db_cluster_to_point_in_time


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (DBClusterSnapshot, "__init__", _init),
        (RDSResponse, "create_db_cluster_snapshot", _create_snapshot),
        (RDSResponse, "restore_db_cluster_from_snapshot", _restore),
        (RDSResponse, "restore_db_cluster_to_point_in_time", _restore_to_time),
    ):
        setattr(owner, name, mended)


def _init(snapshot: Any, *args: Any, **kwargs: Any) -> None:
    """Keep what moto drops of the cluster."""
    _init_of_moto(snapshot, *args, **kwargs)
    cluster = snapshot.cluster
    snapshot.tags = list(snapshot.tags)
    snapshot.availability_zones = cluster.availability_zones
    snapshot.db_cluster_resource_id = cluster.db_cluster_resource_id
    snapshot.engine_mode = cluster.engine_mode
    snapshot.iam_database_authentication_enabled = cluster.iam_database_authentication_enabled
    snapshot.license_model = cluster.license_model
    snapshot.storage_type = cluster.storage_type
    group = cluster.backend.subnet_groups.get(cluster.db_subnet_group_name)
    snapshot.vpc_id = group.vpc_id if group else None


def _create_snapshot(self: Any) -> ActionResult:
    given = self.params
    cluster = cluster_of(self.backend, given["DBClusterIdentifier"])
    name = given["DBClusterSnapshotIdentifier"]
    self.backend.validate_db_snapshot_identifier(name, parameter_name="DBClusterSnapshotIdentifier")
    tags = [{"Key": one["Key"], "Value": one.get("Value", "")} for one in given["Tags"]] if "Tags" in given else None
    snapshot = self.backend.create_db_cluster_snapshot(cluster.db_cluster_identifier, name, tags=tags)
    return ActionResult({"DBClusterSnapshot": snapshot})


def _restore(self: Any) -> ActionResult:
    given = self.params
    if given.get("Engine") != facts.ENGINE:
        return ActionResult({"DBCluster": _restore_of_moto(self.backend, given["SnapshotIdentifier"], given)})
    source, version = _snapshot(self.backend, given["SnapshotIdentifier"])
    wanted = facts.resolve(given.get("EngineVersion")) if given.get("EngineVersion") else version
    if wanted is None or facts.numbers(wanted) < facts.numbers(version):
        message = f"Cannot restore a snapshot of version {version} to {given.get('EngineVersion')}"
        refuse("InvalidParameterCombination", message)
    return ActionResult({"DBCluster": _again(self.backend, source, {**given, "engine_version": wanted})})


def _snapshot(backend: Any, reference: str) -> tuple[Any, str]:
    """Find what a snapshot holds, and the version to run at least; one of an RDS instance goes by its ARN only."""
    if is_arn(reference) and reference.split(":")[5] == "snapshot":
        snapshot = home_of(backend, reference).database_snapshots.get(name_of(":".join(reference.split(":")[6:])))
        if snapshot is None:
            refuse("DBSnapshotNotFound", f"DBSnapshot {reference} not found.")
        return snapshot, _first_since(snapshot)
    found = backend.get_db_cluster_snapshot(reference)
    if found.engine != facts.ENGINE:
        message = f"The snapshot's engine {found.engine} is not compatible with {facts.ENGINE}."
        refuse("InvalidParameterCombination", message)
    return found.cluster, found.engine_version


def _first_since(snapshot: Any) -> str:
    major, minor = facts.numbers(snapshot.engine_version)
    later = [one for one in facts.VERSIONS if facts.numbers(one)[0] == major and facts.numbers(one)[1] >= minor]
    if snapshot.engine != "postgres" or not later:
        message = f"{facts.ENGINE} has no version for a snapshot of {snapshot.engine} {snapshot.engine_version}."
        refuse("InvalidParameterCombination", message)
    return later[0]


def _restore_to_time(self: Any) -> ActionResult:
    backend, given = self.backend, self.params
    source = _source(backend, given)
    if source.engine != facts.ENGINE:
        return ActionResult({"DBCluster": _point_of_moto(backend, **given)})
    time, latest = given.get("RestoreToTime"), given.get("UseLatestRestorableTime")
    if time and latest:
        refuse("InvalidParameterCombination", "Cannot specify both RestoreToTime and UseLatestRestorableTime")
    clone = given.get("RestoreType") == "copy-on-write"
    if clone and time:
        message = "RestoreToTime cannot be specified when RestoreType is copy-on-write"
        refuse("InvalidParameterCombination", message)
    if not time and not latest:
        refuse("InvalidParameterCombination", "Either RestoreToTime or UseLatestRestorableTime must be specified")
    if time:
        first, last = source.earliest_restorable_time, source.latest_restorable_time
        if not first <= time.replace(tzinfo=first.tzinfo) <= last:
            message = f"The specified time is not between {first:%Y-%m-%dT%H:%M:%SZ} and {last:%Y-%m-%dT%H:%M:%SZ}"
            refuse("InvalidRestoreFault", message)
    cluster = _again(backend, source, {**given, "engine_version": source.engine_version})
    if clone:
        source.clone_group_id = cluster.clone_group_id = getattr(source, "clone_group_id", source.resource_id)
    return ActionResult({"DBCluster": cluster})


def _source(backend: Any, given: Mapping[str, Any]) -> Any:
    if name := given.get("SourceDBClusterIdentifier"):
        return cluster_of(backend, name)
    wanted = given.get("SourceDbClusterResourceId")
    found = [cluster for cluster in backend.clusters.values() if cluster.db_cluster_resource_id == wanted]
    if not found:
        message = f"The source cluster {wanted} could not be found or cannot be accessed."
        refuse("DBClusterNotFoundFault", message)
    return found[0]


def _again(backend: Any, source: Any, given: Mapping[str, Any]) -> Any:
    """Make a cluster of a source, which is a cluster or the snapshot of an instance."""
    kept = {key: getattr(source, key, None) for key in _KEPT}
    kept["database_name"] = kept["database_name"] or getattr(getattr(source, "database", None), "db_name", None)
    if kept["storage_encrypted"]:
        kept["kms_key_id"] = source.kms_key_id
    said = {key: value for key, value in _snake(given).items() if value is not None}
    if said.get("kms_key_id"):
        said["storage_encrypted"] = True
    wanted = {**kept, **said, "engine": facts.ENGINE, "master_user_password": INHERITED}
    return create(backend, {key: value for key, value in wanted.items() if value is not None})


def _snake(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give arguments as moto names them, without those that say where to restore from."""
    source = {"restore_to_time", "restore_type", "snapshot_identifier", "source_db_cluster_identifier"}
    source |= {"source_db_cluster_resource_id", "use_latest_restorable_time"}
    return {key: value for key, value in given.items() if key not in source}
