"""
What moto lacks and the local cloud needs, attached to moto itself, so that plain boto3 sees it too.

Importing moto takes most of a second: nothing here is imported before `complete` is called.
"""

from importlib import import_module
from typing import Final

_MENDED: Final = (
    "appautoscaling",
    "atlas",
    "backup",
    "budgets",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "elasticache",
    "kms",
    "logs",
    "mishaps",
    "models",
    "paging",
    "rds",
    "rds_backups",
    "rds_cluster_groups",
    "rds_clusters",
    "rds_deletions",
    "rds_events",
    "rds_global",
    "rds_lag",
    "rds_proxies",
    "rds_proxy_endpoints",
    "rds_restores",
    "rds_roles",
    "rds_stops",
    "rds_transitions",
    "requests",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
)
"""Modules here that have a `mend`."""


def complete() -> None:
    """Mend moto; a second call does nothing."""
    for name in _MENDED:
        import_module(f"{__name__}.{name}").mend()
