"""Every life: a type of the local cloud without one fails the tests."""

from itertools import chain

from tests.localcloud.lives import (
    appautoscaling,
    atlas,
    backup,
    budgets,
    cloudwatch,
    cloudwatch_logs,
    dynamodb,
    elasticache,
    endpoint,
    iam,
    kms,
    random,
    rds,
    rds_cluster,
    rds_more,
    rds_proxy,
    rds_roles,
    route53,
    s3,
    scheduler,
    secretsmanager,
    security_group,
    sns,
    vpc,
)

LIVES = {
    life.kind.type: life
    for life in chain(
        backup.LIVES,
        budgets.LIVES,
        appautoscaling.LIVES,
        atlas.LIVES,
        cloudwatch.LIVES,
        cloudwatch_logs.LIVES,
        dynamodb.LIVES,
        elasticache.LIVES,
        endpoint.LIVES,
        iam.LIVES,
        kms.LIVES,
        random.LIVES,
        rds.LIVES,
        rds_cluster.LIVES,
        rds_more.LIVES,
        rds_proxy.LIVES,
        rds_roles.LIVES,
        route53.LIVES,
        s3.LIVES,
        scheduler.LIVES,
        secretsmanager.LIVES,
        security_group.LIVES,
        sns.LIVES,
        vpc.LIVES,
    )
}
