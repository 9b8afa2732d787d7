"""What the updates of a path cost: before, after, and on the way."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from costs.amount import HOURS, ZERO, cents
from stacks.aim import Aim
from stacks.phases import Environment, Phase
from stacks.render import render
from stacks.settings import Settings
from stacks.stages import Stage
from tests.costs.built import AWAY, HOME, TODAY, prices
from tests.costs.ours import ours
from upgrades import plan_report
from upgrades.plan import Plan, plan
from upgrades.plan_cost import Cost, NotPriced, PathCost, cost_of

BUDGET = Decimal(200)
FAR = "eu-central-1"
"""A region without prices."""

pytestmark = pytest.mark.xdist_group("priced-paths")


@cache
def planned(stack: str, start: Phase, to: Phase, region: str = HOME) -> Plan:
    over = {"aws:region": region, "drRegion": AWAY if region == HOME else HOME}
    now, then = (Settings.read(stack, phase=phase, overrides=over) for phase in (start, to))
    return plan(now, Aim(settings=then, config={}, also=()), render)


@cache
def priced(stack: str, start: Phase, to: Phase, region: str = HOME) -> PathCost:
    found = cost_of(planned(stack, start, to, region), prices(), TODAY)
    assert isinstance(found, PathCost)
    return found


def moving() -> tuple[Plan, PathCost]:
    """Give a path on which a database becomes a cluster."""
    way = "devmentor-prod", Phase.GROWTH, Phase.SCALE
    return planned(*way), priced(*way)


def rich(settings: Settings) -> Settings:
    return replace(settings, monthly_budget=Decimal(10_000))


def texts(found: Plan, cost: Cost | None) -> str:
    out = io.StringIO()
    plan_report.text(found, out, width=200, colours=False, cost=cost)
    return out.getvalue()


@pytest.mark.parametrize(
    ("application", "start", "to"), [("clubapp", Phase.MVP, Phase.SCALE), ("devmentor", Phase.GROWTH, Phase.SCALE)]
)
def test_a_path_costs_what_its_phases_cost(application: str, start: Phase, to: Phase):
    whole = priced(f"{application}-prod", start, to).whole

    assert (whole.before, whole.after) == tuple(
        ours(application, Environment.PROD, phase, HOME)[0] for phase in (start, to)
    )


def test_each_update_begins_where_the_one_before_ends():
    _, cost = moving()

    changes = [one.difference for one in cost.ups]
    assert [one.before for one in changes[1:]] == [one.after for one in changes[:-1]]
    assert sum((one.whole.more for one in changes), ZERO) == cost.whole.whole.more


def test_two_databases_at_once_cost_what_their_end_takes_away():
    found, cost = moving()

    (twice,) = [extra for extra in cost.ups[0].extras if extra.per == "an hour"]
    end = [up.steps["main"].stage if "main" in up.steps else None for up in found.ups].index(Stage.RETIREMENT)
    (less,) = [step.more for step in cost.ups[end].difference.stores if step.name == "main"]
    assert twice.usd == cents(-less / HOURS)
    assert less < ZERO
    assert twice.what == f"two databases, in the month above too, until update {end + 1}"


def test_a_path_that_begins_with_two_databases_says_so_at_once():
    found, _ = moving()
    rest = plan(found.ups[0].settings, Aim(settings=found.target, config={}, also=()), render)

    cost = cost_of(rest, prices(), TODAY)

    assert isinstance(cost, PathCost)
    assert [extra.per for extra in cost.ups[0].extras] == ["an hour"]
    assert [extra.per for one in cost.ups[1:] for extra in one.extras] == ["a month until it is deleted"] * 5


def test_snapshots_are_apart_from_the_month_by_their_size():
    found, cost = moving()

    stages = [up.steps["main"].stage if "main" in up.steps else None for up in found.ups]
    promotion = stages.index(Stage.PROMOTION)
    # 80 GiB of data at 0.095 USD a GiB on RDS, at 0.021 on Aurora.
    assert [(extra.what, str(extra.usd)) for extra in cost.ups[promotion].extras] == [
        ("a snapshot of main-primary, about 80 GiB", "7.60"),
        ("a snapshot of main-cluster, about 80 GiB", "1.68"),
    ]
    assert [extra.what for extra in cost.ups[promotion + 1].extras][
        -1
    ] == "the final snapshot of main-primary, about 80 GiB"


def test_a_region_without_prices_is_no_number_and_no_failure():
    found = planned("clubapp-prod", Phase.MVP, Phase.GROWTH, FAR)
    cost = cost_of(found, prices(), TODAY)

    assert cost == NotPriced(region=FAR, known=prices().regions)
    said = texts(found, cost)
    assert f"cost: not priced in {FAR}: there are prices for eu-west-1, us-east-1, us-west-2" in said
    assert "USD" not in said
    written = plan_report.as_json(found, cost)
    assert written["cost"] == {"region": FAR, "priced": False, "regions": ["eu-west-1", "us-east-1", "us-west-2"]}
    assert {update["cost"] for update in written["updates"]} == {None}


def test_prices_of_another_region_stand_in_and_are_named():
    found = planned("clubapp-prod", Phase.MVP, Phase.GROWTH, FAR)

    cost = cost_of(found, prices().lending(HOME), TODAY)

    assert " USD a month (+" in texts(found, cost).splitlines()[1]
    assert f"at the prices of {HOME}, of " in texts(found, cost).splitlines()[1]


def test_what_has_no_price_is_named_and_not_counted():
    found, cost = planned("devora-prod", Phase.GROWTH, Phase.SCALE), priced("devora-prod", Phase.GROWTH, Phase.SCALE)

    said = texts(found, cost).splitlines()
    assert said[2].startswith("not priced, so not in it: ")
    assert "mongodb_atlas/us-east-1/cloud-backup has no known price" in said[2]
    assert plan_report.as_json(found, cost)["cost"]["complete"] is False
    assert [line for line in said if line.endswith("), without what is not priced")]


def test_markdown_picture_and_json_say_the_same_as_the_text():
    found, cost = moving()

    first = cost.ups[0].difference.whole
    line = f"{first.before:,} to {first.after:,} USD a month (+{first.more:,})"
    assert line in texts(found, cost)
    # Markdown escapes what it would take for its own.
    assert "**cost**" in plan_report.markdown(found, cost)
    assert f"online<br/>+{first.more:,} USD a month<br/>main: a cluster" in plan_report.picture(found, cost)
    told = plan_report.as_json(found, cost)["updates"][0]["cost"]
    assert (told["before"], told["after"], told["more"]) == tuple(map(str, (first.before, first.after, first.more)))
    assert [store["store"] for store in told["stores"]] == ["main", "cache"]
    assert [(extra["store"], extra["per"]) for extra in told["onTheWay"]] == [("main", "an hour")]


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_an_update_above_the_budget_says_so_in_every_form(form: str):
    found = planned("devmentor-prod", Phase.MVP, Phase.GROWTH)
    cost = priced("devmentor-prod", Phase.MVP, Phase.GROWTH)
    forms = {"text": texts, "markdown": plan_report.markdown, "json": plan_report.as_json}
    after = [one.difference.after.subtotal() for one in cost.ups]

    told = forms[form](found, cost)

    assert found.now.monthly_budget == BUDGET
    if isinstance(told, dict):
        assert [one["cost"]["budget"] for one in told["updates"]] == [
            {"monthlyBudget": "200", "known": str(usd), "over": usd > BUDGET} for usd in after
        ]
    else:
        lines = [f"above monthlyBudget 200: {usd:,}" for usd in after if usd > BUDGET]
        assert lines
        assert re.findall(r"above monthlyBudget .*", told) == lines


def test_a_path_within_its_budget_says_nothing_of_it():
    found = planned("devmentor-prod", Phase.MVP, Phase.GROWTH)
    much = replace(found, ups=tuple(replace(up, settings=rich(up.settings)) for up in found.ups))

    assert "monthlyBudget" not in texts(much, cost_of(much, prices(), TODAY))


def test_a_path_without_updates_costs_nothing_and_asks_for_no_price():
    found = planned("clubapp-prod", Phase.MVP, Phase.MVP)

    assert cost_of(found, prices(), TODAY) is None
    assert plan_report.as_json(found)["cost"] is None
