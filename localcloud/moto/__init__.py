"""
What moto lacks and the local cloud needs, attached to moto itself, so that plain boto3 sees it too.

Importing moto takes most of a second: nothing here is imported before `complete` is called.
"""


def complete() -> None:
    """Mend moto; a second call does nothing."""
    from localcloud.moto import (  # noqa: PLC0415  moto is heavy
        ec2,
        elasticache,
        logs,
        models,
        rds,
        rds_cluster_groups,
        rds_clusters,
        rds_deletions,
        rds_global,
        rds_restores,
    )

    aurora = (rds_cluster_groups, rds_clusters, rds_deletions, rds_global, rds_restores)
    for service in (ec2, elasticache, logs, models, rds, *aurora):
        service.mend()
