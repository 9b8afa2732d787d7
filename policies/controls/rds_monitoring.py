"""Controls of RDS instances: logs, figures and events."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.parameter_group import logs_queries, with_parameters
from policies.controls.rds_relations import PARAMETERS, parameter_groups
from policies.controls.relational import INSTANCE, INTERVALS, is_postgres
from policies.lacks import Lacks, lacks
from policies.stack import Stack
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
LOGS: Final = ("postgresql", "upgrade")


@control(
    INSTANCE,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    when=is_postgres,
    good=[
        {"enabledCloudwatchLogsExports": ["postgresql", "upgrade"]},
        {"engine": "postgres", "enabledCloudwatchLogsExports": ["upgrade", "postgresql", "iam-db-auth-error"]},
    ],
    bad=[
        {},
        {"enabledCloudwatchLogsExports": []},
        {"enabledCloudwatchLogsExports": ["postgresql"]},
        {"enabledCloudwatchLogsExports": ["upgrade"]},
        {"enabledCloudwatchLogsExports": "postgresql upgrade"},
        {"replicateSourceDb": "primary"},
    ],
    skipped=[{"engine": "mysql"}],
)
def rds_log_exports(db: Resource) -> Lacks:
    """RDS instances must export their logs: set enabled_cloudwatch_logs_exports to postgresql and upgrade."""
    exported = db.items_of("enabledCloudwatchLogsExports")
    return lacks(LOGS, lambda log: log in exported, lambda log: (log, f"no log {log}"))


@control(
    INSTANCE,
    group=Group.MONITORING,
    severity=Severity.LOW,
    good=[{"monitoringInterval": seconds} for seconds in sorted(INTERVALS)],
    bad=[{}, {"monitoringInterval": 0}, {"monitoringInterval": 2}, {"monitoringInterval": True}],
)
def rds_enhanced_monitoring(db: Resource) -> bool:
    """RDS instances must measure their operating system: set monitoring_interval to 60 seconds or less."""
    return db.number("monitoringInterval") in INTERVALS


@control(
    INSTANCE,
    group=Group.MONITORING,
    severity=Severity.LOW,
    good=[{"performanceInsightsEnabled": True}],
    bad=[{}, {"performanceInsightsEnabled": False}, {"performanceInsightsEnabled": "true"}],
)
def rds_performance_insights(db: Resource) -> bool:
    """RDS instances must tell what they wait for: set performance_insights_enabled=True."""
    return db.get("performanceInsightsEnabled") is True


def has_insights(db: Resource) -> bool:
    """Leave out what has no Performance Insights: there is nothing to encrypt."""
    return db.get("performanceInsightsEnabled") is True


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    when=has_insights,
    good=[
        {"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": "ref:aws:kms/key:Key::postgres::arn"},
        {"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"},
    ],
    bad=[
        {"performanceInsightsEnabled": True},
        {"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": "alias/aws/rds"},
        {"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": {}},
    ],
    skipped=[{}, {"performanceInsightsEnabled": False}],
)
def rds_performance_insights_cmk(db: Resource) -> bool:
    """RDS's Performance Insights must be encrypted with a customer key: set performance_insights_kms_key_id."""
    return is_customer_key(db, "performanceInsightsKmsKeyId")


def _group(**parameters: str) -> dict[str, Any]:
    return {"type": PARAMETERS, "name": "pg", "inputs": with_parameters(**parameters)}


_DB: Final = {"type": INSTANCE, "name": "db", "inputs": {"parameterGroupName": f"ref:{PARAMETERS}::pg::name"}}
_LOGGING: Final = _group(log_statement="ddl", log_min_duration_statement="1000")
_REPLICA: Final = {"type": INSTANCE, "name": "replica", "inputs": {"replicateSourceDb": f"ref:{INSTANCE}::db::id"}}


@control(
    INSTANCE,
    group=Group.MONITORING,
    severity=Severity.LOW,
    scope=Scope.STACK,
    when=is_postgres,
    good=[
        [_DB, _LOGGING],
        [_DB, _REPLICA, _LOGGING],
        [_DB, _group(log_statement="all", log_min_duration_statement="0")],
    ],
    bad=[
        [_DB, _group(log_statement="ddl")],
        [_DB, _group(log_min_duration_statement="1000")],
        [_DB, _group(log_statement="none", log_min_duration_statement="1000")],
        [_DB, _group(log_statement="ddl", log_min_duration_statement="-1")],
        [_DB, {**_LOGGING, "inputs": {}}],
        [{**_DB, "inputs": {}}, _LOGGING],
    ],
    skipped=[[{**_DB, "inputs": {"engine": "mysql"}}]],
)
def rds_query_logging(db: Resource, stack: Stack) -> Lacks:
    """RDS must log slow statements: set log_statement and log_min_duration_statement in the parameter group."""
    return logs_queries(parameter_groups(db, stack))
