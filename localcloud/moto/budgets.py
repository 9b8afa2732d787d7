"""Completes moto's Budgets: changes, who is told, and tags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from moto.budgets.models import Budget, BudgetsBackend
from moto.budgets.responses import BudgetsResponse

from localcloud.moto.operation import Call, Operation, attach, refuse, state_of

_MOST_NOTIFICATIONS: Final = 5
_MOST_ADDRESSES: Final = 10
_SHAPE: Final = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
"""What makes a notification; its state does not."""
_END: Final = datetime(2087, 6, 15, tzinfo=UTC)
"""When a budget ends that says nothing. AWS Budgets API Reference: TimePeriod."""
_create_of_moto = BudgetsBackend.create_budget


def mend() -> None:
    """Attach our operations to moto; twice does no harm."""
    attach(BudgetsResponse, lambda response: response.backend, _OPERATIONS)


@dataclass(kw_only=True, slots=True)
class _State:
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the ARN of a budget."""


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:budgets::{call.text('AccountId')}:budget/{name}"


def _budget(call: Call, name: str | None = None) -> Any:
    name = name or call.text("BudgetName")
    found = call.backend.budgets[call.text("AccountId")].get(name)
    return found or refuse("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")


def _create(call: Call) -> dict[str, Any]:
    asked = call.get("NotificationsWithSubscribers", [])
    if len(asked) > _MOST_NOTIFICATIONS:
        refuse("CreationLimitExceededException", f"a budget has at most {_MOST_NOTIFICATIONS} notifications")
    for one in asked:
        _refuse_subscribers(one["Subscribers"])
    budget = call.params["Budget"]
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    budget["TimePeriod"] = {"Start": month, "End": _END, **budget.get("TimePeriod", {})}
    _create_of_moto(call.backend, account_id=call.text("AccountId"), budget=budget, notifications=asked)
    if tags := call.get("ResourceTags"):
        arn = _arn(call, budget["BudgetName"])
        state_of(call.backend, _State).tags[arn] = {tag["Key"]: tag["Value"] for tag in tags}
    return {}


def _refuse_subscribers(subscribers: list[dict[str, str]]) -> None:
    kinds = [one["SubscriptionType"] for one in subscribers]
    if not kinds:
        refuse("InvalidParameterException", "a notification needs a subscriber")
    if kinds.count("SNS") > 1 or kinds.count("EMAIL") > _MOST_ADDRESSES:
        refuse(
            "CreationLimitExceededException",
            f"a notification has at most 1 SNS topic and {_MOST_ADDRESSES} addresses, got {kinds.count('SNS')} and "
            f"{kinds.count('EMAIL')}",
        )


def _describe(call: Call) -> dict[str, Any]:
    return {"Budget": _budget(call).to_dict()}


def _describe_all(call: Call) -> dict[str, Any]:
    return {"Budgets": [one.to_dict() for one in call.backend.budgets[call.text("AccountId")].values()]}


def _update(call: Call) -> dict[str, Any]:
    """UpdateBudget: all but notifications and tags is replaced."""
    said = call.params["NewBudget"]
    before = _budget(call, said["BudgetName"])
    period = {**before.budget["TimePeriod"], **said.get("TimePeriod", {})}
    after: Any = Budget({**said, "TimePeriod": period}, [])
    after.notifications = before.notifications
    call.backend.budgets[call.text("AccountId")][said["BudgetName"]] = after
    return {}


def _delete(call: Call) -> dict[str, Any]:
    name = call.text("BudgetName")
    call.backend.delete_budget(call.text("AccountId"), name)
    state_of(call.backend, _State).tags.pop(_arn(call, name), None)
    return {}


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in _SHAPE)


def _find(call: Call) -> Any:
    wanted = call.params["Notification"]
    return next((one for one in _budget(call).notifications if _same(one.details, wanted)), None)


def _notification(call: Call) -> Any:
    return _find(call) or refuse("NotFoundException", "Unable to find the notification - it doesn't exist.")


def _create_notification(call: Call) -> dict[str, Any]:
    budget = _budget(call)
    if _find(call):
        refuse("DuplicateRecordException", "Unable to create the notification - it already exists.")
    if len(budget.notifications) >= _MOST_NOTIFICATIONS:
        refuse("CreationLimitExceededException", f"a budget has at most {_MOST_NOTIFICATIONS} notifications")
    _refuse_subscribers(call.params["Subscribers"])
    budget.add_notification(call.params["Notification"], call.params["Subscribers"])
    return {}


def _delete_notification(call: Call) -> dict[str, Any]:
    going = _notification(call)
    budget = _budget(call)
    budget.notifications = [one for one in budget.notifications if one is not going]
    return {}


def _notifications(call: Call) -> dict[str, Any]:
    found = _budget(call).notifications
    return {"Notifications": [{"NotificationState": "OK", **one.details} for one in found]}


def _subscribers(call: Call) -> dict[str, Any]:
    return {"Subscribers": _notification(call).subscribers}


def _create_subscriber(call: Call) -> dict[str, Any]:
    notification, subscriber = _notification(call), call.params["Subscriber"]
    if subscriber in notification.subscribers:
        refuse("DuplicateRecordException", "Unable to create the subscriber - it already exists.")
    _refuse_subscribers([*notification.subscribers, subscriber])
    notification.subscribers.append(subscriber)
    return {}


def _delete_subscriber(call: Call) -> dict[str, Any]:
    """DeleteSubscriber: a notification goes with the last of them."""
    notification, subscriber = _notification(call), call.params["Subscriber"]
    if subscriber not in notification.subscribers:
        refuse("NotFoundException", "Unable to delete the subscriber - it doesn't exist.")
    notification.subscribers.remove(subscriber)
    if not notification.subscribers:
        _delete_notification(call)
    return {}


def _tagged(call: Call) -> dict[str, str]:
    """Give the tags that a request is about; AWS has none for what does not exist."""
    arn = call.text("ResourceARN")
    account, _, name = arn.removeprefix("arn:aws:budgets::").partition(":budget/")
    if name not in call.backend.budgets[account]:
        refuse("NotFoundException", f"Unable to find {arn} - it doesn't exist.")
    return state_of(call.backend, _State).tags.setdefault(arn, {})


def _tags(call: Call) -> dict[str, Any]:
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in sorted(_tagged(call).items())]}


def _tag(call: Call) -> dict[str, Any]:
    _tagged(call).update({tag["Key"]: tag["Value"] for tag in call.params["ResourceTags"]})
    return {}


def _untag(call: Call) -> dict[str, Any]:
    tags = _tagged(call)
    for key in call.params["ResourceTagKeys"]:
        tags.pop(key, None)
    return {}


_OPERATIONS: Final[Mapping[str, Operation]] = {
    "create_budget": _create,
    "describe_budget": _describe,
    "describe_budgets": _describe_all,
    "update_budget": _update,
    "delete_budget": _delete,
    "create_notification": _create_notification,
    "delete_notification": _delete_notification,
    "describe_notifications_for_budget": _notifications,
    "describe_subscribers_for_notification": _subscribers,
    "create_subscriber": _create_subscriber,
    "delete_subscriber": _delete_subscriber,
    "list_tags_for_resource": _tags,
    "tag_resource": _tag,
    "untag_resource": _untag,
}
