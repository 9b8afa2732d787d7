"""What a pull request does to costs, in the comment and as data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reviews.comment import comment
from reviews.cost import CostReview, cost_of
from reviews.document import document
from reviews.inert import flaws
from tests.costs.built import atlas, group, instance, made
from tests.reviews.reviewed import described, review, stack
from upgrades.renders import Rendered

TODAY = date(2026, 11, 26)
SMALL = [instance("main", "db.t4g.micro", 20)]
BIG = [instance("main", "db.t4g.medium", 50, multiAz=True), group("cache", "cache.t4g.small")]


def _side(resources: list[dict[str, Any]], **config: Any) -> Any:
    one = described(**config)
    return replace(one, rendered=Rendered(stack=one.stack, region="us-east-1", resources=resources))


def _cost(before: Any, after: Any) -> CostReview:
    found = cost_of(before, after, TODAY)
    assert found is not None
    return found


def test_a_change_costs_what_lies_between():
    found = _cost(_side(SMALL), _side(BIG))

    steps = {step.name: step.more for step in found.difference.stores}
    assert steps["main"] == Decimal("94.17") + Decimal("11.50") - Decimal("11.68") - Decimal("2.30")
    assert found.difference.whole.more == sum(steps.values())


def test_a_new_stack_costs_all_that_it_has_and_a_removed_one_nothing():
    new, gone = _cost(None, _side(SMALL)), _cost(_side(SMALL), None)

    assert (new.difference.whole.before, gone.difference.whole.after) == (0, 0)
    assert new.difference.whole.more == -gone.difference.whole.more


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (described(broken="half-way"), _side(SMALL)),
        (_side(SMALL), described(broken="half-way")),
        (None, replace(_side(SMALL), stack="nobody-prod")),
        (None, None),
    ],
)
def test_what_does_not_render_or_nobody_knows_has_no_cost(before: Any, after: Any):
    assert cost_of(before, after, TODAY) is None


@pytest.mark.parametrize(("budget", "over"), [("13", True), (500, False), ("much", False), ("NaN", False)])
def test_a_budget_is_looked_at(budget: Any, over: bool):
    assert _cost(None, _side(SMALL, monthlyBudget=budget)).is_over is over


def test_a_budget_is_of_what_aws_bills():
    assert not _cost(None, _side([*SMALL, atlas("documents", "M10")], monthlyBudget="20")).is_over


def test_the_comment_has_before_after_and_the_difference_of_each_store():
    told = comment(review(stack(cost=_cost(_side(SMALL), _side(BIG, monthlyBudget=20)))))

    assert "### Cost, USD a month\n" in told
    assert "**over its budget of 20**" in told
    assert "\n| `main` | " in told
    assert flaws(told) == []


def test_a_comment_without_a_change_of_cost_says_nothing_of_it():
    assert "### Cost" not in comment(review(stack(cost=_cost(_side(SMALL), _side(SMALL)))))


def test_what_has_no_price_is_named_in_the_comment():
    hostile = "a`|<img src=x> @team"

    told = comment(review(stack(cost=_cost(_side(SMALL), _side([*BIG, made(hostile, "main-x")])))))

    assert "of what has a price: what a" in told
    assert flaws(told) == []


def test_inputs_that_nobody_can_read_are_a_gap():
    odd = [
        made("aws:rds/proxyEndpoint:ProxyEndpoint", "main-proxy-readers", vpcSubnetIds=5),
        made("aws:elasticache/replicationGroup:ReplicationGroup", "cache-group", nodeType="x", numNodeGroups="many"),
    ]

    found = _cost(None, _side(odd)).difference.after

    assert {gap.resource for gap in found.unpriced} == {"main-proxy-readers", "cache-group"}


def test_the_document_has_the_same():
    (told,) = document(review(stack(cost=_cost(_side(SMALL), _side(BIG)))))["stacks"]

    assert (told["cost"]["before"], told["cost"]["overBudget"], told["cost"]["standIns"]) == ("14.01", False, [])
