"""What CloudWatch Logs refuses of filters."""

import grpc
import pytest

from localcloud.resources.log_metric_filter import LOG_METRIC_FILTER
from localcloud.wire import Props
from tests.localcloud.scene import Scene

METRIC = {"name": "Slow", "namespace": "Datastores", "value": "1"}
RULES = {
    "name": ({"name": "a:b"}, "no colon or asterisk, got 'a:b'"),
    "pattern": ({"pattern": "x" * 1025}, "at most 1024 characters, got 1025"),
    "metric": ({"metricTransformation": {**METRIC, "name": "a$"}}, "name of metricTransformation must have no colon"),
    "default": (
        {"metricTransformation": {**METRIC, "defaultValue": "0", "dimensions": {"a": "$.a"}}},
        "has dimensions or a defaultValue, not both",
    ),
    "dimensions": (
        {"metricTransformation": {**METRIC, "dimensions": dict.fromkeys("abcd", "$.a")}},
        "3 dimensions at most, got 4",
    ),
}


@pytest.mark.parametrize(("change", "said"), RULES.values(), ids=RULES)
def test_a_filter_that_logs_would_refuse_is_refused(scene: Scene, change: Props, said: str):
    inputs = {"logGroupName": "g", "pattern": "", "metricTransformation": METRIC, **change}

    _, failures = scene.check(LOG_METRIC_FILTER.type, "slow", inputs)

    assert [failure for failure in failures if said in failure]


def test_a_filter_needs_a_log_group_that_exists(scene: Scene):
    with pytest.raises(grpc.RpcError, match="ResourceNotFoundException"):
        scene.make(
            LOG_METRIC_FILTER.type, "slow", {"logGroupName": "nowhere", "pattern": "", "metricTransformation": METRIC}
        )
