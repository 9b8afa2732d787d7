"""The budget of a stack: what counts, and who is told when."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from components.budget import Budget, BudgetArgs
from tests.components.conftest import Applied, Program, own_prefix
from tests.components.operated import TAGS, new_topic

Apply = Callable[[Program], Applied]


def budget(prefix: str, monthly: str = "59.90", email: str | None = "team@example.com") -> Program:
    def program() -> Budget:
        args = BudgetArgs(prefix=prefix, monthly=Decimal(monthly), tags=TAGS, topic_arn=new_topic(), email=email)
        return Budget("budget", args)

    return program


def described(applied: Applied, prefix: str) -> dict[str, Any]:
    return applied.scene.aws("budgets").describe_budget(AccountId="123456789012", BudgetName=prefix)["Budget"]


def test_a_budget_counts_what_has_all_of_the_stacks_tags(apply: Apply):
    prefix = own_prefix()

    found = described(apply(budget(prefix)), prefix)

    assert found["CostFilters"] == {"TagKeyValue": ["user:application$clubapp", "user:environment$prod"]}


@pytest.mark.parametrize("monthly", ["59.90", "60", "1200000"])
def test_a_budget_is_an_exact_amount_a_month(apply: Apply, monthly: str):
    prefix = own_prefix()

    found = described(apply(budget(prefix, monthly)), prefix)

    assert (Decimal(found["BudgetLimit"]["Amount"]), found["BudgetLimit"]["Unit"]) == (Decimal(monthly), "USD")
    assert (found["BudgetType"], found["TimeUnit"]) == ("COST", "MONTHLY")


def test_a_budget_warns_before_and_at_its_limit(apply: Apply):
    prefix = own_prefix()
    budgets = apply(budget(prefix)).scene.aws("budgets")

    found = budgets.describe_notifications_for_budget(AccountId="123456789012", BudgetName=prefix)["Notifications"]

    assert {(one["NotificationType"], one["Threshold"], one["ThresholdType"]) for one in found} == {
        ("ACTUAL", 80.0, "PERCENTAGE"),
        ("FORECASTED", 100.0, "PERCENTAGE"),
        ("ACTUAL", 100.0, "PERCENTAGE"),
    }


@pytest.mark.parametrize(
    ("email", "addresses"), [("team@example.com", {("EMAIL", "team@example.com")}), (None, set[tuple[str, str]]())]
)
def test_the_topic_is_told_and_who_has_an_address(apply: Apply, email: str | None, addresses: set[tuple[str, str]]):
    prefix = own_prefix()
    applied = apply(budget(prefix, email=email))
    budgets, named = applied.scene.aws("budgets"), {"AccountId": "123456789012", "BudgetName": prefix}
    notifications = budgets.describe_notifications_for_budget(**named)["Notifications"]

    told = [
        {
            (who["SubscriptionType"], who["Address"])
            for who in budgets.describe_subscribers_for_notification(
                **named, Notification={key: value for key, value in one.items() if key != "NotificationState"}
            )["Subscribers"]
        }
        for one in notifications
    ]

    assert told == [{("SNS", applied.made["told"].outputs["arn"]), *addresses}] * 3


def test_a_refresh_finds_a_budget_as_it_was_made(apply: Apply):
    applied = apply(budget(own_prefix()))
    made = applied.made["budget-monthly"]

    found = applied.scene.read(made)

    assert found
    assert found.inputs["costFilters"] == made.inputs["costFilters"]
    assert list(applied.scene.diff(found, made.inputs).diffs) == []
