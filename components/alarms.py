"""Alarms on what a stack's stores tell of themselves, one that sums them up, and a dashboard."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from sizes.alarms import SLOW_STATEMENTS, Alarm

PERIOD_SECONDS: Final = 60
ROW_HEIGHT: Final = 6
WIDTH: Final = 8
"""Three widgets a row: a dashboard is 24 wide."""
COLUMNS: Final = 3
# Amazon CloudWatch API Reference, PutCompositeAlarm.
MOST_SUMMED_UP: Final = 100
LOGGED: Final = "Datastores"
"""Namespace of the metrics that are made of log lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """Something that has metrics of its own: an instance, a table, an index, a node."""

    store: str
    name: str
    """What the logical names of its alarms begin with, such as `main-primary`."""
    namespace: str
    """CloudWatch's, such as `AWS/RDS`."""
    dimensions: Mapping[str, Input[str]]
    alarms: Sequence[Alarm]
    log_group: Input[str] | None = None
    """Where slow statements are logged; only what has that alarm needs it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmsArgs:
    """What the caller decides about alarms."""

    prefix: str
    """What the names of alarms begin with, such as `clubapp-dev`."""
    region: str
    watched: Sequence[Watched]
    topic_arn: Input[str]


class Alarms(pulumi.ComponentResource):
    """An alarm for each figure that means trouble; each tells the topic when it begins and when it ends."""

    dashboard: Output[str]
    """Name of the dashboard."""

    def __init__(self, name: str, args: AlarmsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Alarms", name, {}, opts)
        child = ResourceOptions(parent=self)
        stores = [
            _sum_up_store(name, store, list(group), args, child)
            for store, group in groupby(args.watched, key=lambda watched: watched.store)
        ]
        _sum_up(f"{name}-stack", args.prefix, f"Something is wrong with a store of {args.prefix}.", stores, child)
        dashboard = aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=args.prefix,
            dashboard_body=Output.json_dumps(_board(args)),
            opts=child,
        )
        self.dashboard = dashboard.dashboard_name
        self.register_outputs({"dashboard": self.dashboard})


def _alarm(watched: Watched, alarm: Alarm, args: AlarmsArgs, child: ResourceOptions) -> aws.cloudwatch.MetricAlarm:
    logical = f"{watched.name}-{alarm.name}"
    if alarm.name == SLOW_STATEMENTS:
        _count_slow_statements(logical, watched, args, child)
    return aws.cloudwatch.MetricAlarm(
        f"{logical}-alarm",
        name=f"{args.prefix}-{logical}",
        alarm_description=alarm.advice,
        **_metric(watched, alarm, args),
        statistic=alarm.statistic,
        period=PERIOD_SECONDS,
        evaluation_periods=alarm.minutes,
        comparison_operator="GreaterThanThreshold" if alarm.above is not None else "LessThanThreshold",
        threshold=alarm.above if alarm.above is not None else alarm.below,
        # What is idle or stopped tells nothing, and is no trouble.
        treat_missing_data="notBreaching",
        alarm_actions=[args.topic_arn],
        ok_actions=[args.topic_arn],
        opts=child,
    )


def _metric(watched: Watched, alarm: Alarm, args: AlarmsArgs) -> dict[str, Any]:
    if alarm.name == SLOW_STATEMENTS:
        return {"namespace": LOGGED, "metric_name": _slow(watched, args)}
    return {"namespace": watched.namespace, "metric_name": alarm.metric, "dimensions": watched.dimensions}


def _slow(watched: Watched, args: AlarmsArgs) -> str:
    return f"{args.prefix}-{watched.name}-SlowStatements"


def _count_slow_statements(logical: str, watched: Watched, args: AlarmsArgs, child: ResourceOptions) -> None:
    """Count the lines that PostgreSQL logs for each statement over `log_min_duration_statement`."""
    if watched.log_group is None:
        raise pulumi.RunError(f"{watched.name}: an alarm on slow statements needs the group that they are logged to")
    aws.cloudwatch.LogMetricFilter(
        f"{logical}-filter",
        log_group_name=watched.log_group,
        pattern='"duration:"',
        metric_transformation={"name": _slow(watched, args), "namespace": LOGGED, "value": "1", "default_value": "0"},
        opts=child,
    )


def _sum_up_store(
    name: str, store: str, group: Sequence[Watched], args: AlarmsArgs, child: ResourceOptions
) -> Output[str]:
    """Make the alarms of a store and the one that sums them up; in two steps where they are too many for one."""
    parts = {watched.name: [_alarm(watched, alarm, args, child).name for alarm in watched.alarms] for watched in group}
    names = [alarm for part in parts.values() for alarm in part]
    if len(names) > MOST_SUMMED_UP:
        names = [
            _sum_up(f"{name}-{part}", f"{args.prefix}-{part}", f"Something is wrong with {part}.", alarms, child)
            for part, alarms in parts.items()
        ]
    return _sum_up(f"{name}-{store}", f"{args.prefix}-{store}", f"Something is wrong with {store}.", names, child)


def _sum_up(
    logical: str, name: str, description: str, alarms: Sequence[Output[str]], child: ResourceOptions
) -> Output[str]:
    """Make an alarm on others, and give its name; it tells nobody, its parts have done so already."""
    return aws.cloudwatch.CompositeAlarm(
        logical, alarm_name=name, alarm_description=description, alarm_rule=_any(alarms), opts=child
    ).alarm_name


def _any(names: Sequence[Output[str]]) -> Output[str]:
    return Output.all(*names).apply(lambda known: " OR ".join(f'ALARM("{one}")' for one in known))


def _board(args: AlarmsArgs) -> dict[str, Any]:
    """Draw a widget for each metric of a store, with a line for each thing that has it."""
    return {"widgets": [_placed(number, widget) for number, widget in enumerate(_widgets(args))]}


def _placed(number: int, widget: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(number, COLUMNS)
    return {
        "type": "metric",
        "x": column * WIDTH,
        "y": row * ROW_HEIGHT,
        "width": WIDTH,
        "height": ROW_HEIGHT,
        **widget,
    }


def _widgets(args: AlarmsArgs) -> Iterator[dict[str, Any]]:
    for store, group in groupby(args.watched, key=lambda watched: watched.store):
        lines: dict[tuple[str, str], list[list[Any]]] = {}
        for watched in group:
            for alarm in watched.alarms:
                metric = _metric(watched, alarm, args)
                dimensions = [part for pair in metric.get("dimensions", {}).items() for part in pair]
                line = [metric["namespace"], metric["metric_name"], *dimensions, {"label": watched.name}]
                lines.setdefault((alarm.name, alarm.statistic), []).append(line)
        for (what, statistic), metrics in lines.items():
            yield {
                "properties": {
                    "title": f"{store}: {what}",
                    "region": args.region,
                    "stat": statistic,
                    "period": PERIOD_SECONDS,
                    "metrics": metrics,
                }
            }
