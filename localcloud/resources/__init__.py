"""Every resource type that the local cloud imitates, by type: a new one is an entry in its service's file."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from localcloud.resource import ResourceType
from localcloud.resources import (
    appautoscaling,
    backup,
    budgets,
    cloudwatch_alarms,
    cloudwatch_dashboard,
    cloudwatch_logs,
    dynamodb,
    elasticache,
    endpoint,
    iam,
    kms,
    kms_replica,
    log_metric_filter,
    random,
    rds,
    rds_cluster,
    rds_cluster_group,
    rds_cluster_instance,
    rds_events,
    rds_global,
    rds_instance,
    rds_proxy,
    rds_proxy_target,
    rds_snapshot,
    s3,
    s3_access,
    s3_lifecycle,
    s3_settings,
    secretsmanager,
    security_group,
    sns,
    vpc,
)

TYPES: Final[Mapping[str, ResourceType]] = {
    kind.type: kind
    for kind in chain(
        appautoscaling.TYPES,
        backup.TYPES,
        budgets.TYPES,
        cloudwatch_alarms.TYPES,
        cloudwatch_dashboard.TYPES,
        cloudwatch_logs.TYPES,
        dynamodb.TYPES,
        elasticache.TYPES,
        endpoint.TYPES,
        iam.TYPES,
        kms.TYPES,
        log_metric_filter.TYPES,
        kms_replica.TYPES,
        random.TYPES,
        rds.TYPES,
        rds_cluster.TYPES,
        rds_cluster_group.TYPES,
        rds_cluster_instance.TYPES,
        rds_events.TYPES,
        rds_global.TYPES,
        rds_instance.TYPES,
        rds_proxy.TYPES,
        rds_proxy_target.TYPES,
        rds_snapshot.TYPES,
        s3.TYPES,
        s3_access.TYPES,
        s3_lifecycle.TYPES,
        s3_settings.TYPES,
        secretsmanager.TYPES,
        security_group.TYPES,
        sns.TYPES,
        vpc.TYPES,
    )
}
