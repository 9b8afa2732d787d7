"""
Lag of replicas in CloudWatch: 0, unless somebody says otherwise.

Who wants to see a replica that lags puts the metric itself, which AWS would refuse in the namespace AWS/RDS; the newest
value that was put counts.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatum
from moto.core.utils import utcnow
from moto.rds.models import rds_backends

from localcloud.moto import rds_facts as facts

_all_of_moto = CloudWatchBackend.get_all_metrics
_NAMESPACE = "AWS/RDS"
_SECONDS, _MILLISECONDS = "Seconds", "Milliseconds"


def mend() -> None:
    """Put the mended operation in the place of moto's; twice does no harm."""
    setattr(CloudWatchBackend, "get_all_metrics", _all)  # noqa: B010  a plain assignment is against moto's own types


def _all(backend: Any) -> list[Any]:
    """Give also the lag of a minute ago of all replicas, as moto would give a metric of AWS's own."""
    told = _all_of_moto(backend)
    put = {(one.name, tuple((pair.name, pair.value) for pair in one.dimensions)) for one in told if _is_lag(one)}
    moment = utcnow() - timedelta(minutes=1)
    lags = [
        MetricDatum(_NAMESPACE, name, 0.0, [{"Name": "DBInstanceIdentifier", "Value": instance}], moment, unit)
        for name, instance, unit in _lagging(rds_backends[backend.account_id][backend.region_name])
        if (name, (("DBInstanceIdentifier", instance),)) not in put
    ]
    return [*told, *lags]


def _is_lag(datum: Any) -> bool:
    return datum.namespace == _NAMESPACE and datum.name.endswith("ReplicaLag")


def _lagging(backend: Any) -> Iterator[tuple[str, str, str]]:
    """
    Give name, instance and unit of the metrics that AWS keeps of each replica.

    Sources: Amazon RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS" (ReplicaLag: seconds); Amazon Aurora
    User Guide, "Amazon CloudWatch metrics for Amazon Aurora", instance-level metrics (AuroraReplicaLag: milliseconds;
    RDSToAuroraPostgreSQLReplicaLag: seconds, and "Migrating data from an RDS for PostgreSQL DB instance to an Aurora
    PostgreSQL DB cluster using an Aurora read replica" says so too).
    """
    for instance in list(backend.databases.values()):
        if instance.source_db_instance_identifier:
            yield "ReplicaLag", instance.db_instance_identifier, _SECONDS
    for cluster in list(backend.clusters.values()):
        for member in cluster.members if cluster.engine == facts.ENGINE else ():
            if cluster.replication_source_identifier:
                yield "RDSToAuroraPostgreSQLReplicaLag", member.db_instance_identifier, _SECONDS
            elif not member.is_cluster_writer:
                yield "AuroraReplicaLag", member.db_instance_identifier, _MILLISECONDS
