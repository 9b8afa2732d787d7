"""Controls of Aurora clusters that look at the resources around them."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.backup_plan import SELECTION, in_backup_plan
from policies.controls.parameter_group import forces_ssl, logs_queries, with_parameters
from policies.controls.relational import CLUSTER, CLUSTER_INSTANCE, INSTANCE, is_on_its_own, is_postgres
from policies.controls.relations import naming
from policies.lacks import Lacks
from policies.stack import Stack
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
PARAMETERS: Final = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
LEAST: Final = 2
"""Instances or zones: when one is lost, the other goes on."""


def _cluster(**inputs: Any) -> dict[str, Any]:
    return {"type": CLUSTER, "name": "db", "inputs": inputs}


def _member(name: str, of: str = f"ref:{CLUSTER}::db::id") -> dict[str, Any]:
    return {"type": CLUSTER_INSTANCE, "name": name, "inputs": {"clusterIdentifier": of}}


@control(
    CLUSTER,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    when=is_on_its_own,
    good=[
        [_cluster(), _member("one"), _member("two")],
        [_cluster(clusterIdentifier="orders"), _member("one", "orders"), _member("two", "orders")],
        [_cluster(availabilityZones=["eu-west-1a", "eu-west-1b"])],
        [_cluster(engine="postgres", dbClusterInstanceClass="db.m7g.large")],
    ],
    bad=[
        [_cluster()],
        [_cluster(), _member("one")],
        [_cluster(clusterIdentifier="orders"), _member("one"), _member("two", "carts")],
        [_cluster(availabilityZones=["eu-west-1a"])],
        [_cluster(availabilityZones=["eu-west-1a", "eu-west-1a"])],
        [_cluster(availabilityZones="eu-west-1a, eu-west-1b")],
        [_cluster(replicationSourceIdentifier="arn:aws:rds:eu-west-2:1:cluster:orders"), _member("one")],
        [_cluster(replicationSourceIdentifier=f"ref:{CLUSTER}::orders::arn"), _member("one")],
    ],
    skipped=[
        [_cluster(replicationSourceIdentifier="arn:aws:rds:eu-west-1:1:db:orders"), _member("one")],
        [_cluster(replicationSourceIdentifier=f"ref:{INSTANCE}::main-primary::arn"), _member("one")],
    ],
)
def aurora_multi_az(cluster: Resource, stack: Stack) -> bool:
    """Aurora clusters must survive the loss of a zone: add a second rds.ClusterInstance."""
    # A Multi-AZ cluster of RDS makes its three instances, in three zones, itself.
    if cluster.is_set("dbClusterInstanceClass"):
        return True
    if len({zone for zone in cluster.items_of("availabilityZones") if isinstance(zone, str)}) >= LEAST:
        return True
    return len(naming(stack, CLUSTER_INSTANCE, "clusterIdentifier", cluster)) >= LEAST


def _group(**parameters: str) -> dict[str, Any]:
    return {"type": PARAMETERS, "name": "pg", "inputs": with_parameters(**parameters)}


_USER: Final = _cluster(dbClusterParameterGroupName=f"ref:{PARAMETERS}::pg::name")
_BY_NAME: Final = _cluster(dbClusterParameterGroupName="orders", engine="aurora-postgresql")
_TLS: Final = _group(rds__force_ssl="1")
_LOGGING: Final = _group(log_statement="ddl", log_min_duration_statement="1000")


@control(
    CLUSTER,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_postgres,
    good=[[_USER, _TLS], [_BY_NAME, _TLS]],
    bad=[
        [_USER, _group(rds__force_ssl="0")],
        [_USER, _group()],
        [_USER, {**_TLS, "inputs": {}}],
        [_cluster(), _TLS],
        [_BY_NAME],
    ],
    skipped=[[_cluster(engine="aurora-mysql")]],
)
def aurora_force_ssl(cluster: Resource, stack: Stack) -> bool:
    """Aurora clusters must refuse connections without TLS: set rds.force_ssl=1 in their cluster parameter group."""
    groups = stack.related(cluster, "dbClusterParameterGroupName", PARAMETERS)
    return bool(groups) and all(forces_ssl(group) for group in groups)


@control(
    CLUSTER,
    group=Group.MONITORING,
    severity=Severity.LOW,
    scope=Scope.STACK,
    when=is_postgres,
    good=[[_USER, _LOGGING], [_BY_NAME, _LOGGING]],
    bad=[
        [_USER, _group(log_statement="ddl")],
        [_USER, _group(log_min_duration_statement="1000")],
        [_USER, _group(log_statement="none", log_min_duration_statement="1000")],
        [_USER, _group(log_statement="ddl", log_min_duration_statement="-1")],
        [_cluster(), _LOGGING],
    ],
    skipped=[[_cluster(engine="aurora-mysql")]],
)
def aurora_query_logging(cluster: Resource, stack: Stack) -> Lacks:
    """Aurora must log slow statements: set log_statement and log_min_duration_statement in the cluster's parameters."""
    return logs_queries(stack.related(cluster, "dbClusterParameterGroupName", PARAMETERS))


def _selection(**inputs: Any) -> dict[str, Any]:
    return {"type": SELECTION, "name": "daily", "inputs": inputs}


@control(
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        [_cluster(), _selection(resources=[f"ref:{CLUSTER}::db::arn"])],
        [_cluster(clusterIdentifier="orders"), _selection(resources=["arn:aws:rds:*:*:cluster:*"])],
        [
            _cluster(tags={"backup": "daily"}),
            _selection(selectionTags=[{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]),
        ],
    ],
    bad=[
        [_cluster()],
        [_cluster(), _selection(resources=["arn:aws:rds:*:*:db:*"])],
        [_cluster(), _selection(resources=["*"], notResources=[f"ref:{CLUSTER}::db::arn"])],
    ],
)
def aurora_in_backup_plan(cluster: Resource, stack: Stack) -> bool:
    """Aurora clusters must be copied by AWS Backup: add them to a backup.Selection, by ARN or by tag."""
    return in_backup_plan(cluster, stack)
