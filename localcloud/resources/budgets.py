"""AWS Budgets: budgets, with who is told when."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from localcloud.cloud import ACCOUNT, PARTITION, Cloud
from localcloud.difference import agree
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.budget_rules import (
    TIME,
    budget_rules,
    limit_rules,
    notification_rules,
    read_time,
    subscriber_rules,
    tag_filter_rules,
    time_rules,
)
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

_COST_TYPES: Final[Mapping[str, str]] = {
    "includeCredit": "IncludeCredit",
    "includeDiscount": "IncludeDiscount",
    "includeOtherSubscription": "IncludeOtherSubscription",
    "includeRecurring": "IncludeRecurring",
    "includeRefund": "IncludeRefund",
    "includeSubscription": "IncludeSubscription",
    "includeSupport": "IncludeSupport",
    "includeTax": "IncludeTax",
    "includeUpfront": "IncludeUpfront",
    "useAmortized": "UseAmortized",
    "useBlended": "UseBlended",
}
_EVERYTHING: Final = {theirs: ours.startswith("include") for ours, theirs in _COST_TYPES.items()}
"""What counts where a program says nothing."""


def _parts(id_: str) -> Props:
    account, _, name = id_.partition(":")
    return {"AccountId": account, "BudgetName": name}


def _arn(id_: str) -> str:
    account, _, name = id_.partition(":")
    return f"arn:{PARTITION}:budgets::{account}:budget/{name}"


def _to_aws(inputs: Props) -> Props:
    budget: Props = {
        "BudgetName": inputs["name"],
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
        "CostFilters": _filters(inputs.get("costFilters", [])),
    }
    if "limitAmount" in inputs:
        budget["BudgetLimit"] = {"Amount": inputs["limitAmount"], "Unit": inputs["limitUnit"]}
    if planned := inputs.get("plannedLimits"):
        budget["PlannedBudgetLimits"] = {
            str(int(read_time(one["startTime"]).timestamp())): {"Amount": one["amount"], "Unit": one["unit"]}
            for one in planned
        }
    if inputs["budgetType"] == "COST":
        said = inputs.get("costTypes", {})
        budget["CostTypes"] = {
            **_EVERYTHING,
            **{theirs: said[ours] for ours, theirs in _COST_TYPES.items() if ours in said},
        }
    period = {
        theirs: read_time(inputs[ours])
        for ours, theirs in (("timePeriodStart", "Start"), ("timePeriodEnd", "End"))
        if ours in inputs
    }
    if period:
        budget["TimePeriod"] = period
    return budget


def _filters(said: list[Props]) -> dict[str, list[str]]:
    """Put the values of filters of the same name together, as the official provider does."""
    filters: dict[str, list[str]] = {}
    for one in said:
        filters.setdefault(one["name"], []).extend(one["values"])
    return filters


def _notification(said: Props) -> Props:
    return {
        "NotificationType": said["notificationType"],
        "ComparisonOperator": said["comparisonOperator"],
        "Threshold": float(said["threshold"]),
        "ThresholdType": said["thresholdType"],
    }


def _subscribers(said: Props) -> list[Props]:
    return [
        *({"SubscriptionType": "SNS", "Address": topic} for topic in said.get("subscriberSnsTopicArns", [])),
        *({"SubscriptionType": "EMAIL", "Address": one} for one in said.get("subscriberEmailAddresses", [])),
    ]


def _create(cloud: Cloud, inputs: Props) -> str:
    account = inputs.get("accountId", ACCOUNT)
    told = [
        {"Notification": _notification(one), "Subscribers": _subscribers(one)}
        for one in inputs.get("notifications", [])
    ]
    cloud.aws("budgets").create_budget(
        AccountId=account,
        Budget=_to_aws(inputs),
        NotificationsWithSubscribers=told,
        ResourceTags=to_aws(inputs.get("tags")),
    )
    return f"{account}:{inputs['name']}"


def _read(cloud: Cloud, id_: str) -> Props | None:
    aws, where = cloud.aws("budgets"), _parts(id_)
    try:
        budget = aws.describe_budget(**where)["Budget"]
    except aws.exceptions.NotFoundException:
        return None
    props: Props = {
        "arn": _arn(id_),
        "accountId": where["AccountId"],
        "name": where["BudgetName"],
        "budgetType": budget["BudgetType"],
        "timeUnit": budget["TimeUnit"],
        "costFilters": [{"name": name, "values": values} for name, values in budget.get("CostFilters", {}).items()],
        "notifications": [_told(aws, where, one) for one in _all_notifications(aws, where)],
        "timePeriodStart": budget["TimePeriod"]["Start"].astimezone(UTC).strftime(TIME),
        "timePeriodEnd": budget["TimePeriod"]["End"].astimezone(UTC).strftime(TIME),
        "tags": from_aws(aws.list_tags_for_resource(ResourceARN=_arn(id_))["ResourceTags"]),
    }
    if limit := budget.get("BudgetLimit"):
        props |= {"limitAmount": limit["Amount"], "limitUnit": limit["Unit"]}
    if planned := budget.get("PlannedBudgetLimits"):
        props["plannedLimits"] = [
            {"startTime": _moment(start), "amount": spend["Amount"], "unit": spend["Unit"]}
            for start, spend in planned.items()
        ]
    if types := budget.get("CostTypes"):
        props["costTypes"] = {ours: types[theirs] for ours, theirs in _COST_TYPES.items()}
    return props


def _moment(seconds: str) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime(TIME)


def _all_notifications(aws: Any, where: Props) -> list[Props]:
    return aws.describe_notifications_for_budget(**where)["Notifications"]


def _told(aws: Any, where: Props, found: Props) -> Props:
    wanted = {key: value for key, value in found.items() if key != "NotificationState"}
    subscribers = aws.describe_subscribers_for_notification(**where, Notification=wanted)["Subscribers"]
    told = {
        "notificationType": found["NotificationType"],
        "comparisonOperator": found["ComparisonOperator"],
        "threshold": found["Threshold"],
        "thresholdType": found["ThresholdType"],
    }
    for key, kind in (("subscriberSnsTopicArns", "SNS"), ("subscriberEmailAddresses", "EMAIL")):
        if addresses := [one["Address"] for one in subscribers if one["SubscriptionType"] == kind]:
            told[key] = addresses
    return told


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws, where = cloud.aws("budgets"), _parts(id_)
    aws.update_budget(AccountId=where["AccountId"], NewBudget=_to_aws(news))
    if not _same_notifications(olds.get("notifications", []), news.get("notifications", [])):
        # As the official provider does it: all go, and all come again.
        for one in _all_notifications(aws, where):
            going = {key: value for key, value in one.items() if key != "NotificationState"}
            aws.delete_notification(**where, Notification=going)
        for one in news.get("notifications", []):
            aws.create_notification(**where, Notification=_notification(one), Subscribers=_subscribers(one))
    tags = tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(ResourceARN=_arn(id_), ResourceTagKeys=tags.gone)
    if tags.put:
        aws.tag_resource(ResourceARN=_arn(id_), ResourceTags=to_aws(tags.put))


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("budgets")
    try:
        aws.delete_budget(**_parts(id_))
    except aws.exceptions.NotFoundException:
        return


def _same_amount(one: str, other: str) -> bool:
    return Decimal(one) == Decimal(other)


def _same_notifications(one: list[Props], other: list[Props]) -> bool:
    first, second = (
        [{**_notification(said), "who": sorted(map(str, _subscribers(said)))} for said in notifications]
        for notifications in (one, other)
    )
    return agree(first, second)


BUDGET: Final = ResourceType(
    type="aws:budgets/budget:Budget",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset(
        {"accountId", "name", "budgetType", "timeUnit", "limitAmount", "limitUnit", "plannedLimits", "costFilters"}
        | {"costTypes", "notifications", "timePeriodStart", "timePeriodEnd", "tags"}
    ),
    remembered=frozenset({"namePrefix"}),
    required=frozenset({"budgetType", "timeUnit"}),
    outputs=frozenset({"arn", "accountId", "costTypes", "timePeriodStart"}),
    replace=frozenset({"name", "namePrefix", "accountId"}),
    sticky=frozenset({"accountId", "costTypes", "timePeriodStart", "limitAmount", "limitUnit", "costFilters"}),
    defaults={"timePeriodEnd": "2087-06-15_00:00"},
    name=AutoName(property="name", prefix="namePrefix", max_length=100),
    rules=(
        budget_rules,
        tag_filter_rules,
        limit_rules,
        time_rules,
        notification_rules,
        subscriber_rules,
    ),
    same={"limitAmount": _same_amount, "notifications": _same_notifications},
    global_=True,
    not_imitated="nothing is spent, and nobody is told; autoAdjustData, filterExpression, metrics, billing views",
)

TYPES: Final = (BUDGET,)
