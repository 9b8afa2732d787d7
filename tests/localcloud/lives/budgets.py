"""Lives of AWS Budgets' types."""

from typing import Any

from localcloud.resources.budgets import BUDGET
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"


def notification(**more: Any) -> Props:
    return {
        "comparisonOperator": "GREATER_THAN",
        "threshold": 80,
        "thresholdType": "PERCENTAGE",
        "notificationType": "ACTUAL",
        "subscriberSnsTopicArns": [TOPIC],
        "subscriberEmailAddresses": [],
        **more,
    }


def budget(**more: Any) -> Props:
    return {
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "120.50",
        "limitUnit": "USD",
        "costFilters": [
            {"name": "TagKeyValue", "values": ["user:application$clubapp", "user:environment$dev"]},
        ],
        "notifications": [
            notification(),
            notification(
                threshold=100,
                notificationType="FORECASTED",
                subscriberEmailAddresses=["a@example.com", "b@example.com"],
            ),
        ],
        "tags": {"owner": "clubapp"},
        **more,
    }


def _where(id_: str) -> Props:
    account, _, name = id_.partition(":")
    return {"AccountId": account, "BudgetName": name}


def _mute(scene: Scene, id_: str) -> None:
    aws = scene.aws("budgets")
    one = aws.describe_notifications_for_budget(**_where(id_))["Notifications"][0]
    aws.delete_notification(**_where(id_), Notification=one)


LIVES = (
    Life(
        kind=BUDGET,
        inputs=lambda _: budget(),
        changed={
            "limitAmount": "200",
            "timeUnit": "QUARTERLY",
            "timePeriodStart": "2027-01-01_00:00",
            "timePeriodEnd": "2030-01-01_12:30",
            "costFilters": [{"name": "Service", "values": ["Amazon Relational Database Service"]}],
            "costTypes": {"includeTax": False, "useAmortized": True},
            "notifications": [notification(threshold=99.5)],
            "tags": {"owner": "b"},
        },
        replaced={"name": "other", "namePrefix": "other-", "accountId": "210987654321"},
        drift=_mute,
        drifted=frozenset({"notifications"}),
    ),
)
