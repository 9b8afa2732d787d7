"""What AWS Budgets refuses."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from localcloud.wire import Props

# AWS Budgets API Reference: Budget, Notification, Subscriber; User Guide, "Budget methods".
_TYPES: Final = (
    *("COST", "USAGE", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"),
)
_PERIODS: Final = ("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY")
_NAME: Final = re.compile(r"(?![^:\\]*/action/)[^:\\]{1,100}")
_TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FILTERS: Final = frozenset(
    {"AZ", "BillingEntity", "CostCategory", "InstanceType", "InvoicingEntity", "LegalEntityName", "LinkedAccount"}
    | {"Operation", "PurchaseType", "Region", "RecordType", "ResourceType", "Service", "TagKeyValue", "Tenancy"}
    | {"UsageType", "UsageTypeGroup", "CacheEngine", "DatabaseEngine", "DeploymentOption", "Platform"}
)
_MOST_NOTIFICATIONS: Final = 5
_MOST_ADDRESSES: Final = 10
TIME: Final = "%Y-%m-%d_%H:%M"
"""How the official provider writes the beginning and the end of a budget."""


def read_time(text: str) -> datetime:
    """Read a beginning or an end, in UTC. Raises ValueError."""
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


def budget_rules(inputs: Props) -> Iterator[str]:
    """Rules of the budget itself."""
    if (type_ := inputs["budgetType"]) not in _TYPES:
        yield f"budgetType must be one of {', '.join(_TYPES)}, got {type_!r}"
    if (unit := inputs["timeUnit"]) not in _PERIODS:
        yield f"timeUnit must be one of {', '.join(_PERIODS)}, got {unit!r}"
    if not _NAME.fullmatch(inputs["name"]):
        yield f"name must have 1 to 100 characters, and neither colon nor backslash, got {inputs['name']!r}"
    for one in inputs.get("costFilters", ()):
        if one["name"] not in _FILTERS:
            yield f"the name of a cost filter must be one of {', '.join(sorted(_FILTERS))}, got {one['name']!r}"


def tag_filter_rules(inputs: Props) -> Iterator[str]:
    """Rules of filters by tag."""
    for one in inputs.get("costFilters", ()):
        for value in one["values"] if one["name"] == "TagKeyValue" else ():
            if "$" not in value:
                yield f"a value of TagKeyValue must be KEY$VALUE, such as user:application$clubapp, got {value!r}"


def limit_rules(inputs: Props) -> Iterator[str]:
    """Rules of what may be spent."""
    planned = inputs.get("plannedLimits", [])
    if ("limitAmount" in inputs) == bool(planned):
        yield "exactly one of limitAmount and plannedLimits must be given"
    if ("limitAmount" in inputs) != ("limitUnit" in inputs):
        yield "limitAmount and limitUnit must be given together"
    for amount in [inputs["limitAmount"]] if "limitAmount" in inputs else [one["amount"] for one in planned]:
        if not _positive(amount):
            yield f"a limit must be a number above 0, got {amount!r}"


def _positive(text: str) -> bool:
    try:
        return Decimal(text) > 0
    except InvalidOperation:
        return False


def time_rules(inputs: Props) -> Iterator[str]:
    """Rules of when a budget begins and ends."""
    times: list[datetime] = []
    for key in ("timePeriodStart", "timePeriodEnd"):
        if key in inputs:
            try:
                times.append(read_time(inputs[key]))
            except ValueError:
                yield f"{key} must be written as 2027-01-31_12:00, got {inputs[key]!r}"
    if len(times) == 2 and times[0] >= times[1]:  # noqa: PLR2004  both are given
        yield f"timePeriodStart must come before timePeriodEnd, got {times[0]} and {times[1]}"


def notification_rules(inputs: Props) -> Iterator[str]:
    """Rules of who is told, and when."""
    notifications = inputs.get("notifications", [])
    if len(notifications) > _MOST_NOTIFICATIONS:
        yield f"a budget has {_MOST_NOTIFICATIONS} notifications at most, got {len(notifications)}"
    for one in notifications:
        for key, allowed in (
            ("comparisonOperator", ("GREATER_THAN", "LESS_THAN", "EQUAL_TO")),
            ("notificationType", ("ACTUAL", "FORECASTED")),
            ("thresholdType", ("PERCENTAGE", "ABSOLUTE_VALUE")),
        ):
            if one[key] not in allowed:
                yield f"{key} of a notification must be one of {', '.join(allowed)}, got {one[key]!r}"
        if one["threshold"] <= 0:
            yield f"threshold of a notification must be above 0, got {one['threshold']}"
        if one["notificationType"] == "FORECASTED" and inputs["timeUnit"] == "DAILY":
            yield "a daily budget has no forecast: write notificationType ACTUAL"


def subscriber_rules(inputs: Props) -> Iterator[str]:
    """Rules of who is told."""
    for one in inputs.get("notifications", ()):
        topics, addresses = one.get("subscriberSnsTopicArns", []), one.get("subscriberEmailAddresses", [])
        if not topics and not addresses:
            yield "Notification must have at least one subscriber"
        if len(topics) > 1 or len(addresses) > _MOST_ADDRESSES:
            yield (
                f"a notification has 1 topic and {_MOST_ADDRESSES} addresses at most, got {len(topics)} and "
                f"{len(addresses)}"
            )
        for address in addresses:
            if not _ADDRESS.fullmatch(address):
                yield f"subscriberEmailAddresses must be addresses, got {address!r}"
        for topic in topics:
            if not _TOPIC.fullmatch(topic):
                yield f"subscriberSnsTopicArns must be ARNs of topics, got {topic!r}"
