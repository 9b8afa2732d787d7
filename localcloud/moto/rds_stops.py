"""Stopping and starting Aurora PostgreSQL clusters: their instances stop with them, and AWS keeps some running."""

from typing import Any

from moto.rds.models import RDSBackend

from localcloud.moto import rds_facts as facts
from localcloud.moto.rds_state import cluster_of, refuse

_stop_of_moto = RDSBackend.stop_db_cluster
_start_of_moto = RDSBackend.start_db_cluster


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for name, mended in (("stop_db_cluster", _stop), ("start_db_cluster", _start)):
        setattr(RDSBackend, name, mended)


def _stop(backend: Any, cluster_identifier: str) -> Any:
    cluster = cluster_of(backend, cluster_identifier)
    if cluster.engine != facts.ENGINE:
        return _stop_of_moto(backend, cluster_identifier)
    _require(cluster, "available")
    if cluster.global_cluster_identifier or cluster.replication_source_identifier:
        message = f"DbCluster {cluster.resource_id} can't be stopped: it is a part of a replication."
        refuse("InvalidDBClusterStateFault", message)
    return _bring(cluster, "stopped")


def _start(backend: Any, cluster_identifier: str) -> Any:
    cluster = cluster_of(backend, cluster_identifier)
    if cluster.engine != facts.ENGINE:
        return _start_of_moto(backend, cluster_identifier)
    _require(cluster, "stopped")
    return _bring(cluster, "available")


def _require(cluster: Any, wanted: str) -> None:
    if cluster.status != wanted:
        message = f"DbCluster {cluster.resource_id} is in {cluster.status} state but expected it to be one of {wanted}."
        refuse("InvalidDBClusterStateFault", message)


def _bring(cluster: Any, state: str) -> Any:
    cluster.status = state
    for member in cluster.members:
        member.status = state
    return cluster
