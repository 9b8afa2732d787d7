"""CloudWatch: dashboards, whose bodies are checked widget by widget."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.documents import parse
from localcloud.resource import ResourceType
from localcloud.wire import Props

# Amazon CloudWatch API Reference, "Dashboard body structure and syntax".
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
_NEEDED: Final = {
    "metric": ("region",),
    "text": ("markdown",),
    "alarm": ("alarms",),
    "log": ("region", "query"),
    "explorer": ("metrics", "labels"),
    "custom": ("endpoint",),
}
"""What the properties of each type of widget must have."""
_BOUNDS: Final = {"x": (0, 23), "y": (0, 10_000), "width": (1, 24), "height": (1, 1_000)}
_MOST_WIDGETS: Final = 500


def body_problems(text: str) -> Iterator[tuple[str, str]]:
    """Say what CloudWatch refuses of a body, and where: a path, and a message."""
    body = parse(text)
    if body is None:
        yield "/", "The field DashboardBody must be a valid JSON object"
        return
    widgets = body.get("widgets")
    if not isinstance(widgets, list):
        yield "/widgets", "Should be an array"
        return
    if len(widgets) > _MOST_WIDGETS:
        yield "/widgets", f"Should NOT have more than {_MOST_WIDGETS} items, got {len(widgets)}"
    for number, widget in enumerate(widgets):
        for path, message in _widget_problems(widget):
            yield f"/widgets/{number}{path}", message


def _widget_problems(widget: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(widget, dict):
        yield "", "Should be an object"
        return
    type_, properties = str(widget.get("type")), widget.get("properties")
    if type_ not in _NEEDED:
        yield "/type", f"Should be one of {', '.join(_NEEDED)}, got {type_!r}"
    for key, (least, most) in _BOUNDS.items():
        value = widget.get(key, least)
        if not isinstance(value, int) or not least <= value <= most:
            yield f"/{key}", f"Should be a whole number between {least} and {most}, got {value!r}"
    if not isinstance(properties, dict):
        yield "/properties", "Should be an object"
        return
    for key in _NEEDED.get(type_, ()):
        if key not in properties:
            yield "/properties", f"Should have required property '{key}'"
    if type_ == "metric":
        yield from _metric_problems(properties)


def _metric_problems(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not properties.keys() & {"metrics", "annotations"}:
        yield "/properties", "Should have required property 'metrics' or 'annotations'"
    metrics = properties.get("metrics", [])
    if not isinstance(metrics, list):
        yield "/properties/metrics", "Should be an array"
        return
    for number, metric in enumerate(metrics):
        if not isinstance(metric, list) or not metric:
            yield f"/properties/metrics/{number}", "Should be an array with at least one item"
        elif not _is_metric(metric):
            message = "Should be namespace, name, and pairs of dimension and value, with options as the last item"
            yield f"/properties/metrics/{number}", message


def _is_metric(metric: list[Any]) -> bool:
    words = metric[:-1] if isinstance(metric[-1], dict) else metric
    if not all(isinstance(word, str) for word in words):
        return False
    # Three dots stand for as many words of the metric before, and an expression is options alone.
    return not words or "..." in words or (len(words) >= 2 and len(words) % 2 == 0)  # noqa: PLR2004  pairs


def refusal(problems: list[tuple[str, str]]) -> str:
    """Word the problems of a body as CloudWatch does."""
    listed = json.dumps([{"dataPath": path, "message": message} for path, message in problems])
    return f"The dashboard body is invalid, there are {len(problems)} validation errors: {listed}"


def _rules(inputs: Props) -> Iterator[str]:
    if not _NAME.fullmatch(inputs["dashboardName"]):
        yield f"dashboardName must consist of letters, digits, _ and -, got {inputs['dashboardName']!r}"


def _body_rules(inputs: Props) -> Iterator[str]:
    if problems := list(body_problems(inputs["dashboardBody"])):
        yield f"InvalidParameterInput: {refusal(problems)}"


def _put(cloud: Cloud, inputs: Props) -> str:
    name = inputs["dashboardName"]
    cloud.aws("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=inputs["dashboardBody"])
    return name


def _read(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("cloudwatch")
    try:
        found = aws.get_dashboard(DashboardName=id_)
    except (aws.exceptions.DashboardNotFoundError, aws.exceptions.ResourceNotFound):
        return None
    return {
        "dashboardArn": found["DashboardArn"],
        "dashboardName": id_,
        "dashboardBody": found["DashboardBody"],
    }


def _update(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put(cloud, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _read(cloud, id_):
        cloud.aws("cloudwatch").delete_dashboards(DashboardNames=[id_])


def _same_body(one: str, other: str) -> bool:
    first, second = parse(one), parse(other)
    return one == other if first is None or second is None else first == second


DASHBOARD: Final = ResourceType(
    type="aws:cloudwatch/dashboard:Dashboard",
    create=_put,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"dashboardName", "dashboardBody"}),
    required=frozenset({"dashboardName", "dashboardBody"}),
    outputs=frozenset({"dashboardArn"}),
    replace=frozenset({"dashboardName"}),
    rules=(_rules, _body_rules),
    same={"dashboardBody": _same_body},
    not_imitated="nothing is drawn; metrics and queries are not looked up",
)

TYPES: Final = (DASHBOARD,)
