"""Completes moto's CloudWatch: composite alarms, and what AWS refuses of alarms and dashboards."""

from collections.abc import Mapping
from typing import Any, Final

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from localcloud.moto.operation import Call, Operation, attach, refuse
from localcloud.resources.alarm_rule import AlarmRule, RuleError, read_rule
from localcloud.resources.alarm_shape import alarm_from_aws
from localcloud.resources.cloudwatch_alarms import METRIC_RULES
from localcloud.resources.cloudwatch_dashboard import body_problems, refusal

_INVALID: Final = "ValidationError"
_NEW: Final = "INSUFFICIENT_DATA"
_put_of_moto = CloudWatchResponse.put_metric_alarm
_describe_of_moto = CloudWatchResponse.describe_alarms
_put_in_moto = CloudWatchBackend.put_metric_alarm
_init_of_moto = CloudWatchBackend.__init__


class _Alarms(dict[str, Alarm]):
    """Alarms that may be looked through while others come: the engine makes many at a time."""

    def values(self) -> Any:
        """Give the alarms that there are now."""
        return list(super().values())


def mend() -> None:
    """Attach our operations to moto; twice does no harm."""
    attach(CloudWatchResponse, lambda response: response.cloudwatch_backend, _OPERATIONS)
    for owner, name, mended in (
        (CloudWatchResponse, "put_metric_alarm", _put_metric),
        (CloudWatchResponse, "describe_alarms", _describe),
        (CloudWatchBackend, "__init__", _init),
        (CloudWatchBackend, "put_metric_alarm", _put_in_backend),
    ):
        setattr(owner, name, mended)


def _init(backend: Any, *args: Any, **kwargs: Any) -> None:
    _init_of_moto(backend, *args, **kwargs)
    backend.alarms = _Alarms(backend.alarms)


def _put_metric(self: Any) -> ActionResult:
    """Refuse what AWS refuses, then leave it to moto."""
    said = alarm_from_aws({key: value for key, value in self.params.items() if value is not None})
    for rule in METRIC_RULES:
        for problem in rule(said):
            refuse(_INVALID, problem)
    answer = _put_of_moto(self)
    accounts = {query["Id"]: query.get("AccountId") for query in self.params.get("Metrics") or ()}
    for query in self.cloudwatch_backend.alarms[said["name"]].metric_data_queries:
        query.account_id = accounts[query.id]
    return answer


def _put_in_backend(backend: CloudWatchBackend, *args: Any, **kwargs: Any) -> Alarm:
    """Keep a new alarm without data, one that is changed in its state, and every extended statistic."""
    before = backend.alarms.get(kwargs["name"])
    extended = kwargs.pop("extended_statistic", None)
    alarm = _put_in_moto(backend, *args, **kwargs)
    alarm.extended_statistic = extended
    alarm.state_value = before.state_value if before else _NEW
    return alarm


def _describe(self: Any) -> ActionResult:
    """Give composite alarms their state, and only to those who ask for them, as AWS does."""
    alarms: dict[str, Alarm] = self.cloudwatch_backend.alarms
    for alarm in alarms.values():
        if alarm.rule is not None:
            alarm.state_value = _state(alarms, alarm, frozenset())
    answer = _describe_of_moto(self)
    found: Any = answer.result
    asked = self.params.get("AlarmTypes") or ["MetricAlarm"]
    for type_, key in (("MetricAlarm", "MetricAlarms"), ("CompositeAlarm", "CompositeAlarms")):
        if type_ not in asked:
            found[key] = []
    return answer


def _state(alarms: Mapping[str, Alarm], alarm: Alarm, above: frozenset[str]) -> str:
    """Work a state out; alarms that depend on each other in a circle have no data."""
    if alarm.rule is None:
        return alarm.state_value
    if alarm.name in above:
        return _NEW
    rule = read_rule(alarm.rule)
    seen = above | {alarm.name}
    states = {name: _state(alarms, alarms[name], seen) for name in rule.names if name in alarms}
    return "ALARM" if rule.holds(states) else "OK"


def _put_composite(call: Call) -> None:
    """PutCompositeAlarm: all that its rule names must exist."""
    name, text = call.text("AlarmName"), call.text("AlarmRule")
    rule = _read(text)
    suppressor = call.get("ActionsSuppressor")
    named = rule.names | ({suppressor.rpartition(":alarm:")[2]} if suppressor else set())
    if missing := sorted(named - call.backend.alarms.keys()):
        refuse(
            _INVALID,
            f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule do not exist",
        )
    if name in rule.names:
        refuse(_INVALID, f"Could not save the composite alarm: {name} would depend on itself")
    alarm: Any = call.backend.put_metric_alarm(
        name=name,
        namespace=None,
        metric_name=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        description=call.get("AlarmDescription", ""),
        dimensions=[],
        alarm_actions=call.get("AlarmActions", []),
        ok_actions=call.get("OKActions", []),
        insufficient_data_actions=call.get("InsufficientDataActions", []),
        actions_enabled=call.get("ActionsEnabled", True),
        rule=text,
        tags=call.get("Tags", []),
    )
    alarm.actions_suppressor = suppressor
    alarm.actions_suppressor_wait_period = call.get("ActionsSuppressorWaitPeriod")
    alarm.actions_suppressor_extension_period = call.get("ActionsSuppressorExtensionPeriod")


def _read(text: str) -> AlarmRule:
    try:
        return read_rule(text)
    except RuleError as error:
        refuse(_INVALID, str(error))


def _delete(call: Call) -> None:
    """DeleteAlarms: not those that composite alarms depend on."""
    going = set(call.params["AlarmNames"])
    for alarm in call.backend.alarms.values():
        if alarm.rule is not None and alarm.name not in going:
            for name in sorted(going & read_rule(alarm.rule).names):
                refuse(_INVALID, f"Cannot delete {name} as there are composite alarm(s) depending on it.")
    for name in going & call.backend.alarms.keys():
        call.backend.tagger.delete_all_tags_for_resource(call.backend.alarms[name].alarm_arn)
    call.backend.delete_alarms(list(going))


def _put_dashboard(call: Call) -> dict[str, Any]:
    body = call.text("DashboardBody")
    if problems := list(body_problems(body)):
        refuse("DashboardInvalidInputError", refusal(problems))
    call.backend.put_dashboard(call.text("DashboardName"), body)
    return {"DashboardValidationMessages": []}


_OPERATIONS: Final[Mapping[str, Operation]] = {
    "put_composite_alarm": _put_composite,
    "delete_alarms": _delete,
    "put_dashboard": _put_dashboard,
}
