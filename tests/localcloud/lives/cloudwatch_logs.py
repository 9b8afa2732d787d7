"""Lives of CloudWatch Logs' types."""

from localcloud.resources.cloudwatch_logs import LOG_GROUP
from localcloud.resources.log_metric_filter import LOG_METRIC_FILTER
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

_KEY = "arn:aws:kms:eu-central-1:123456789012:key/k"


def _kept(scene: Scene, id_: str) -> None:
    scene.aws("logs").put_retention_policy(logGroupName=id_, retentionInDays=3653)


def _widened(scene: Scene, id_: str) -> None:
    group, _, name = id_.partition(":")
    aws = scene.aws("logs")
    found = aws.describe_metric_filters(logGroupName=group, filterNamePrefix=name)["metricFilters"][0]
    aws.put_metric_filter(
        logGroupName=group,
        filterName=name,
        filterPattern="",
        metricTransformations=found["metricTransformations"],
    )


LIVES = (
    Life(
        kind=LOG_GROUP,
        inputs=lambda _: {"retentionInDays": 30, "logGroupClass": "STANDARD", "kmsKeyId": _KEY, "tags": {"owner": "a"}},
        changed={"retentionInDays": 365, "kmsKeyId": f"{_KEY}2", "tags": {"owner": "b"}},
        replaced={"name": "other", "logGroupClass": "INFREQUENT_ACCESS", "namePrefix": "other-"},
        drift=_kept,
        drifted=frozenset({"retentionInDays"}),
    ),
    Life(
        kind=LOG_METRIC_FILTER,
        inputs=lambda scene: {
            "logGroupName": scene.make(LOG_GROUP.type, "slow", {}).id,
            "pattern": '"duration:"',
            "metricTransformation": {"name": "Slow", "namespace": "Datastores", "value": "1", "defaultValue": "0"},
        },
        changed={
            "pattern": '"statement:"',
            "metricTransformation": {"name": "Slow", "namespace": "Datastores", "value": "$x", "unit": "Count"},
        },
        replaced={"name": "other", "logGroupName": "other"},
        drift=_widened,
        drifted=frozenset({"pattern"}),
    ),
)
