"""Deletions of Aurora PostgreSQL clusters: what AWS keeps, and the final snapshot."""

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterToBeDeletedHasActiveMembers
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto import rds_facts as facts
from localcloud.moto.rds_state import cluster_of, refuse

_delete_of_moto = RDSBackend.delete_db_cluster


def mend() -> None:
    """Put the mended operation in the place of moto's; twice does no harm."""
    RDSResponse.delete_db_cluster = _delete  # pyright: ignore[reportAttributeAccessIssue]  its place is taken


def _delete(self: Any) -> ActionResult:
    backend, given = self.backend, self.params
    cluster = cluster_of(backend, given["DBClusterIdentifier"])
    last = given.get("FinalDBSnapshotIdentifier")
    if cluster.engine != facts.ENGINE:
        return ActionResult({"DBCluster": _delete_of_moto(backend, cluster.db_cluster_identifier, last)})
    _require_free(cluster)
    _require_choice(backend, cluster, given)
    if last:
        backend.create_db_cluster_snapshot(cluster.db_cluster_identifier, last)
    if given.get("DeleteAutomatedBackups", True):
        for name, snapshot in list(backend.cluster_snapshots.items()):
            if (snapshot.db_cluster_identifier, snapshot.snapshot_type) == (cluster.resource_id, "automated"):
                del backend.cluster_snapshots[name]
    if cluster.manage_master_user_password:
        cluster.master_user_secret.delete_secret()
    del backend.clusters[cluster.db_cluster_identifier]
    cluster.status = "deleting"
    return ActionResult({"DBCluster": cluster})


def _require_free(cluster: Any) -> None:
    if cluster.deletion_protection:
        message = "Cannot delete protected Cluster, please disable deletion protection and try again."
        refuse("InvalidParameterCombination", message)
    if cluster.members:
        raise DBClusterToBeDeletedHasActiveMembers
    if cluster.global_cluster_identifier:
        message = "This cluster is a part of a global cluster, please remove it from globalcluster first"
        refuse("InvalidDBClusterStateFault", message)


def _require_choice(backend: Any, cluster: Any, given: Mapping[str, Any]) -> None:
    """Refuse a deletion that says nothing of the final snapshot, or both."""
    last = given.get("FinalDBSnapshotIdentifier")
    if bool(last) == bool(given.get("SkipFinalSnapshot")):
        message = "FinalDBSnapshotIdentifier is required unless, and only unless, SkipFinalSnapshot is specified."
        refuse("InvalidParameterCombination", message)
    if last:
        backend.validate_db_snapshot_identifier(last, parameter_name="FinalDBSnapshotIdentifier")
        if cluster.replication_source_identifier:
            refuse("InvalidDBClusterStateFault", "A final snapshot of a read replica cluster can't be made.")
