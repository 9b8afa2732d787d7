"""CloudWatch Logs: filters that make metrics of log lines."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.wire import Props

# CloudWatch Logs API Reference: PutMetricFilter, MetricTransformation.
_NAME: Final = re.compile(r"[^:*]{1,512}")
_METRIC: Final = re.compile(r"[^:*$]{1,255}")
_LONGEST_PATTERN: Final = 1_024
_MOST_DIMENSIONS: Final = 3


def _to_aws(said: Props) -> Props:
    transformation: Props = {
        "metricName": said["name"],
        "metricNamespace": said["namespace"],
        "metricValue": said["value"],
        "unit": said.get("unit", "None"),
    }
    if said.get("defaultValue"):
        transformation["defaultValue"] = float(said["defaultValue"])
    if dimensions := said.get("dimensions"):
        transformation["dimensions"] = dimensions
    return transformation


def _from_aws(found: dict[str, Any]) -> Props:
    transformation: Props = {
        "name": found["metricName"],
        "namespace": found["metricNamespace"],
        "value": found["metricValue"],
        "unit": found.get("unit", "None"),
    }
    if "defaultValue" in found:
        transformation["defaultValue"] = f"{found['defaultValue']:g}"
    if found.get("dimensions"):
        transformation["dimensions"] = found["dimensions"]
    return transformation


def _put(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("logs").put_metric_filter(
        logGroupName=inputs["logGroupName"],
        filterName=inputs["name"],
        filterPattern=inputs["pattern"],
        metricTransformations=[_to_aws(inputs["metricTransformation"])],
    )
    return f"{inputs['logGroupName']}:{inputs['name']}"


def _read(cloud: Cloud, id_: str) -> Props | None:
    group, _, name = id_.partition(":")
    found = cloud.aws("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=name)["metricFilters"]
    one = next((one for one in found if one["filterName"] == name), None)
    if one is None:
        return None
    return {
        "logGroupName": group,
        "name": name,
        "pattern": one["filterPattern"],
        "metricTransformation": _from_aws(one["metricTransformations"][0]),
    }


def _update(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put(cloud, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if found := _read(cloud, id_):
        cloud.aws("logs").delete_metric_filter(logGroupName=found["logGroupName"], filterName=found["name"])


def _rules(inputs: Props) -> Iterator[str]:
    if not _NAME.fullmatch(inputs["name"]):
        yield f"name must have 1 to 512 characters, and no colon or asterisk, got {inputs['name']!r}"
    if len(inputs["pattern"]) > _LONGEST_PATTERN:
        yield f"pattern must have at most {_LONGEST_PATTERN} characters, got {len(inputs['pattern'])}"
    said = inputs["metricTransformation"]
    for key in ("name", "namespace"):
        if not _METRIC.fullmatch(said[key]):
            yield f"{key} of metricTransformation must have no colon, asterisk or dollar, got {said[key]!r}"
    dimensions = said.get("dimensions", {})
    if len(dimensions) > _MOST_DIMENSIONS:
        yield f"metricTransformation may have {_MOST_DIMENSIONS} dimensions at most, got {len(dimensions)}"
    if dimensions and said.get("defaultValue"):
        yield "metricTransformation has dimensions or a defaultValue, not both"


def _same_transformation(one: Props, other: Props) -> bool:
    return _from_aws(_to_aws(one)) == _from_aws(_to_aws(other))


LOG_METRIC_FILTER: Final = ResourceType(
    type="aws:cloudwatch/logMetricFilter:LogMetricFilter",
    create=_put,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"logGroupName", "name", "pattern", "metricTransformation"}),
    required=frozenset({"logGroupName", "pattern", "metricTransformation"}),
    replace=frozenset({"logGroupName", "name"}),
    name=AutoName(property="name", max_length=512),
    rules=(_rules,),
    same={"metricTransformation": _same_transformation},
    not_imitated="log lines make no metrics; the id has the log group before the name",
)

TYPES: Final = (LOG_METRIC_FILTER,)
