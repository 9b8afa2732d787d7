"""What EventBridge Scheduler refuses, about schedules as Pulumi writes them; moto's amendment asks the same."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from localcloud.cloud import loader
from localcloud.resources.schedule_expression import schedule_problems, zone_problems
from localcloud.wire import Props

# EventBridge Scheduler API Reference: CreateSchedule, Target, RetryPolicy; User Guide, "Using universal targets".
_NAME: Final = re.compile(r"[0-9a-zA-Z_.-]{1,64}")
_UNIVERSAL: Final = re.compile(r"arn:aws[a-z-]*:scheduler:::aws-sdk:(?P<service>[^:]+):(?P<action>[^:]+)")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:.*")
_READING: Final = (
    "get",
    "describe",
    "list",
    "query",
    "scan",
    "search",
    "batchGet",
    "select",
    "lookup",
    "poll",
    "receive",
)
_WINDOW_MINUTES: Final = range(1, 1_441)
_EVENT_SECONDS: Final = range(60, 86_401)
_ATTEMPTS: Final = range(186)
_RETRY: Final[Mapping[str, str]] = {
    "maximumEventAgeInSeconds": "MaximumEventAgeInSeconds",
    "maximumRetryAttempts": "MaximumRetryAttempts",
}
RETRY_DEFAULTS: Final = {"maximumEventAgeInSeconds": 86_400, "maximumRetryAttempts": 185}
"""What AWS does where a schedule says nothing."""


def target_to_aws(said: Props) -> Props:
    """Write a target."""
    target: Props = {"Arn": said["arn"], "RoleArn": said["roleArn"]}
    if "input" in said:
        target["Input"] = said["input"]
    retry = {**RETRY_DEFAULTS, **(said.get("retryPolicy") or {})}
    target["RetryPolicy"] = {theirs: retry[ours] for ours, theirs in _RETRY.items()}
    if letters := said.get("deadLetterConfig"):
        target["DeadLetterConfig"] = {"Arn": letters["arn"]}
    return target


def target_from_aws(found: Mapping[str, Any]) -> Props:
    """Read a target."""
    target: Props = {"arn": found["Arn"], "roleArn": found["RoleArn"]}
    if "Input" in found:
        target["input"] = found["Input"]
    retry = found.get("RetryPolicy", {})
    target["retryPolicy"] = {ours: retry[theirs] for ours, theirs in _RETRY.items() if theirs in retry}
    if letters := found.get("DeadLetterConfig"):
        target["deadLetterConfig"] = {"arn": letters["Arn"]}
    return target


def schedule_from_aws(found: Mapping[str, Any]) -> Props:
    """Read a schedule, all but its times."""
    window = found["FlexibleTimeWindow"]
    minutes = {"maximumWindowInMinutes": window["MaximumWindowInMinutes"]} if "MaximumWindowInMinutes" in window else {}
    schedule: Props = {
        "name": found["Name"],
        "groupName": found.get("GroupName", "default"),
        "description": found.get("Description", ""),
        "scheduleExpression": found["ScheduleExpression"],
        "scheduleExpressionTimezone": found.get("ScheduleExpressionTimezone", "UTC"),
        "flexibleTimeWindow": {"mode": window["Mode"], **minutes},
        "target": target_from_aws(found["Target"]),
        "state": found.get("State", "ENABLED"),
    }
    for ours, theirs in (("kmsKeyArn", "KmsKeyArn"), ("actionAfterCompletion", "ActionAfterCompletion")):
        if found.get(theirs):
            schedule[ours] = found[theirs]
    return schedule


def name_rules(inputs: Props) -> Iterator[str]:
    """Rules of the name of a schedule or group."""
    if not _NAME.fullmatch(inputs["name"]):
        yield f"name must have 1 to 64 letters, digits, dots, hyphens and underscores, got {inputs['name']!r}"


def time_rules(inputs: Props) -> Iterator[str]:
    """Rules of when a schedule runs."""
    yield from schedule_problems(inputs["scheduleExpression"], kinds=("cron", "rate", "at"))
    yield from zone_problems(inputs.get("scheduleExpressionTimezone", "UTC"))
    if (state := inputs.get("state", "ENABLED")) not in ("ENABLED", "DISABLED"):
        yield f"state must be ENABLED or DISABLED, got {state!r}"
    if (action := inputs.get("actionAfterCompletion", "NONE")) not in ("NONE", "DELETE"):
        yield f"actionAfterCompletion must be NONE or DELETE, got {action!r}"
    window = inputs["flexibleTimeWindow"]
    minutes = window.get("maximumWindowInMinutes")
    match window["mode"]:
        case "FLEXIBLE" if minutes not in _WINDOW_MINUTES:
            yield f"a FLEXIBLE time window needs maximumWindowInMinutes from 1 to 1440, got {minutes or 'none'}"
        case "OFF" if minutes is not None:
            yield f"maximumWindowInMinutes must not be set when the mode of the time window is OFF, got {minutes}"
        case "FLEXIBLE" | "OFF":
            pass
        case mode:
            yield f"the mode of flexibleTimeWindow must be OFF or FLEXIBLE, got {mode!r}"


def date_rules(inputs: Props) -> Iterator[str]:
    """Rules of when a schedule begins and ends."""
    dates: list[datetime] = []
    for key in ("startDate", "endDate"):
        if key in inputs:
            try:
                dates.append(datetime.fromisoformat(inputs[key]))
            except ValueError:
                yield f"{key} must be written as 2027-01-31T12:00:00Z, got {inputs[key]!r}"
    if len(dates) == 2 and dates[0] >= dates[1]:  # noqa: PLR2004  both are given
        yield f"startDate must come before endDate, got {dates[0]} and {dates[1]}"


def target_rules(inputs: Props) -> Iterator[str]:
    """Rules of what a schedule calls."""
    target = inputs["target"]
    arn = target["arn"]
    match = _UNIVERSAL.fullmatch(arn)
    if match:
        yield from _universal_problems(match["service"], match["action"])
    elif not _ARN.fullmatch(arn) or ":aws-sdk:" in arn:
        yield f"Provided Arn is not in correct format, got {arn!r}"
    if match and "input" in target and not _is_json(target["input"]):
        yield f"the input of a universal target must be a JSON object, got {target['input'][:40]!r}"


def retry_rules(inputs: Props) -> Iterator[str]:
    """Rules of how often a schedule tries again."""
    retry = inputs["target"].get("retryPolicy") or {}
    for key, allowed in (("maximumEventAgeInSeconds", _EVENT_SECONDS), ("maximumRetryAttempts", _ATTEMPTS)):
        if retry.get(key, allowed[-1]) not in allowed:
            yield f"{key} must lie between {allowed[0]} and {allowed[-1]}, got {retry[key]}"


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _universal_problems(service: str, action: str) -> Iterator[str]:
    if action.startswith(_READING):
        yield f"{service}:{action} only reads: EventBridge Scheduler calls no such operations"
    elif service not in _services():
        yield f"The service {service} of the target is unknown: write it as boto3 does, in small letters"
    elif action not in _operations(service):
        yield f"The service {service} has no operation {action}: write it as in the API, with a small first letter"


@cache
def _services() -> frozenset[str]:
    return frozenset(loader().list_available_services("service-2"))


@cache
def _operations(service: str) -> frozenset[str]:
    names = loader().load_service_model(service, "service-2")["operations"]
    return frozenset(name[0].lower() + name[1:] for name in names)


SCHEDULE_RULES: Final = (name_rules, time_rules, date_rules, target_rules, retry_rules)
