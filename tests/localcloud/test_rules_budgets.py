"""What AWS Budgets refuses, and what it tells of a budget."""

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.budgets import BUDGET
from localcloud.wire import Props
from tests.localcloud.lives.budgets import TOPIC, budget, notification
from tests.localcloud.scene import Scene

RULES = {
    "type": ({"budgetType": "MONEY"}, "budgetType must be one of COST", "'MONEY'"),
    "weekly": ({"timeUnit": "WEEKLY"}, "timeUnit must be one of DAILY, MONTHLY", "'WEEKLY'"),
    "colon": ({"name": "clubapp:dev"}, "neither colon nor backslash", "'clubapp:dev'"),
    "nothing": ({"limitAmount": "0"}, "a limit must be a number above 0", "'0'"),
    "a word": ({"limitAmount": "much"}, "a limit must be a number above 0", "'much'"),
    "two limits": (
        {"plannedLimits": [{"startTime": "2027-01-01_00:00", "amount": "1", "unit": "USD"}]},
        "exactly one of limitAmount and plannedLimits",
        "",
    ),
    "filter": (
        {"costFilters": [{"name": "Tag", "values": ["a"]}]},
        "the name of a cost filter must be one of",
        "'Tag'",
    ),
    "tag": ({"costFilters": [{"name": "TagKeyValue", "values": ["user:a"]}]}, "must be KEY$VALUE", "'user:a'"),
    "date": ({"timePeriodStart": "2027-01-01"}, "timePeriodStart must be written as", "'2027-01-01'"),
    "backwards": (
        {"timePeriodStart": "2027-01-02_00:00", "timePeriodEnd": "2027-01-01_00:00"},
        "timePeriodStart must come before timePeriodEnd",
        "",
    ),
    "six": ({"notifications": [notification(threshold=one) for one in range(1, 7)]}, "5 notifications at most", "6"),
    "below": ({"notifications": [notification(threshold=0)]}, "must be above 0", "got 0"),
    "comparison": ({"notifications": [notification(comparisonOperator=">")]}, "must be one of GREATER_THAN", "'>'"),
    "daily forecast": (
        {"timeUnit": "DAILY", "notifications": [notification(notificationType="FORECASTED")]},
        "a daily budget has no forecast",
        "",
    ),
    "nobody": ({"notifications": [notification(subscriberSnsTopicArns=[])]}, "at least one subscriber", ""),
    "two topics": ({"notifications": [notification(subscriberSnsTopicArns=[TOPIC, TOPIC])]}, "1 topic and 10", "got 2"),
    "address": ({"notifications": [notification(subscriberEmailAddresses=["ops"])]}, "must be addresses", "'ops'"),
    "topic": ({"notifications": [notification(subscriberSnsTopicArns=["alarms"])]}, "must be ARNs", "'alarms'"),
}


@pytest.mark.parametrize(("change", "said", "got"), RULES.values(), ids=RULES)
def test_a_budget_that_aws_would_refuse_is_refused(scene: Scene, change: Props, said: str, got: str):
    _, failures = scene.check(BUDGET.type, "monthly", budget(**change))

    assert [failure for failure in failures if said in failure and got in failure]


def test_a_budget_tells_whom_it_would_tell(scene: Scene):
    made = scene.make(BUDGET.type, "monthly", budget())
    account, _, name = made.id.partition(":")
    where = {"AccountId": account, "BudgetName": name}
    aws = scene.aws("budgets")
    forecast = aws.describe_notifications_for_budget(**where)["Notifications"][1]

    found = aws.describe_subscribers_for_notification(**where, Notification=forecast)["Subscribers"]

    assert {(one["SubscriptionType"], one["Address"]) for one in found} == {
        ("SNS", TOPIC),
        ("EMAIL", "a@example.com"),
        ("EMAIL", "b@example.com"),
    }


def test_an_amount_may_be_worded_differently(scene: Scene):
    made = scene.make(BUDGET.type, "monthly", budget())

    difference = scene.diff(made, {**made.inputs, "limitAmount": "120.5"})

    assert list(difference.diffs) == []


def test_a_budget_may_plan_month_by_month(scene: Scene):
    planned = [
        {"startTime": f"2027-{month:02d}-01_00:00", "amount": str(month * 100), "unit": "USD"} for month in range(1, 13)
    ]
    inputs = {key: value for key, value in budget(plannedLimits=planned).items() if not key.startswith("limit")}

    made = scene.make(BUDGET.type, "monthly", inputs)

    assert scene.read(made) == made


def test_a_name_is_taken_once(scene: Scene):
    made = scene.make(BUDGET.type, "monthly", budget())

    with pytest.raises(grpc.RpcError, match="DuplicateRecordException"):
        scene.make(BUDGET.type, "monthly", budget(name=made.inputs["name"]))


def test_boto3_needs_somebody_to_tell(scene: Scene):
    made = scene.make(BUDGET.type, "monthly", budget())
    account, _, name = made.id.partition(":")
    one = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 1.0}
    subscribers = [{"SubscriptionType": "SNS", "Address": TOPIC}] * 2

    with pytest.raises(ClientError, match=r"CreationLimitExceededException.*at most 1 SNS topic and 10 addresses"):
        scene.aws("budgets").create_notification(
            AccountId=account, BudgetName=name, Notification=one, Subscribers=subscribers
        )


def test_filters_of_one_name_are_one_afterwards(scene: Scene):
    """As the official provider does it; a refresh finds one in the place of two."""
    values = ["user:application$clubapp", "user:environment$dev"]
    two = [{"name": "TagKeyValue", "values": [value]} for value in values]
    made = scene.make(BUDGET.type, "monthly", budget(costFilters=two))

    found = scene.read(made)

    assert found
    assert found.inputs["costFilters"] == [{"name": "TagKeyValue", "values": values}]
