"""The page of a stack says what its resources, its policies, its prices and its plan say."""

import re
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from readiness.proofs import ALARM
from readiness.situation import Drill, Situation, situation
from reports import html, money, path, sections, stack
from reports.topology import Part, topology
from stacks.mistakes import Mistake, SettingsError
from stacks.settings import Settings

TODAY = date(2026, 11, 30)


@cache
def looked_at() -> Situation:
    return situation(Settings.read("workflows-prod", phase="growth"), today=TODAY)


@cache
def page() -> str:
    return stack.page(looked_at(), Settings.read("workflows-prod", phase="scale"))


def text(written: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", written).split())


def of_group(there: Situation, name: str) -> tuple[list[Part], list[Part]]:
    group = next(one for one in topology(there).groups if one.name == name)
    return list(group.home), list(group.dr)


def test_a_store_shows_what_it_is_made_of():
    home, dr = of_group(looked_at(), "main")

    assert [part.label for part in home] == [
        "primary",
        "standby",
        "read replica for analytics",
        "read replica for api",
        "read replica for monitoring",
    ]
    assert [part.label for part in dr] == ["backups"]


def test_what_is_not_rendered_is_not_shown():
    """The picture is of resources, not of sizes."""
    left = [one for one in looked_at().resources if one["name"] not in {"main-replica-api", "main-dr-backups"}]
    home, dr = of_group(replace(looked_at(), resources=left), "main")

    assert ("read replica for api" in {part.label for part in home}, dr) == (False, [])


@pytest.mark.parametrize("name", ["main", "cache", "queue", "AWS Backup"])
def test_every_store_is_drawn_and_said_in_words(name: str):
    picture = page().partition("<section")[2].partition("</section>")[0]

    # Twice drawn at home, twice told to who cannot see it, and once to who wants to read it.
    assert len(re.findall(rf">{name}<", picture)) >= 2
    assert len(re.findall(rf"\b{name}\b[^<]*:", picture)) >= 3


def test_every_alarm_is_told():
    assert f"{len(looked_at().of(ALARM))} alarms." in text(page())
    assert html.page("x", head=[], parts=[sections.alarms(looked_at())], foot=[]).count("<li><strong>") == len(
        looked_at().of(ALARM)
    )


def test_the_cost_is_the_estimate():
    found = money.priced(looked_at()).found

    assert f"{found.subtotal():,} USD a month" in text(page())
    assert "Prices of us-east-1 stand in where a region has none." in text(page())


def test_a_cost_over_the_budget_is_said():
    small = replace(looked_at(), settings=replace(looked_at().settings, monthly_budget=1))
    written = html.page("x", head=[], parts=[money.costs(money.priced(small))], foot=[])

    assert "That is over the budget of 1 USD." in text(written)


def test_the_path_is_the_plan():
    assert re.search(r"Path to scale workflows-prod: growth to scale in \d+ updates?, ", text(page()))
    assert "datastores upgrade workflows-prod --to scale" in text(page())


def test_settings_that_do_not_hold_in_the_next_phase_are_told():
    wrong = SettingsError("workflows-prod", [Mistake(where=("datastores:drNetwork",), what="is missing")])
    written = html.page("x", head=[], parts=[path.path(looked_at(), wrong)], foot=[])

    assert "The settings do not hold in the next phase: datastores:drNetwork is missing" in text(written)


@pytest.mark.parametrize(("passed", "word"), [(True, "passed"), (False, "failed")])
def test_a_drill_is_told(passed: bool, word: str):
    drilled = replace(looked_at(), drill=Drill(on=date(2026, 11, 20), passed=passed, source="drills/1.json"))
    written = html.page("x", head=[], parts=[sections.drill(drilled)], foot=[])

    assert f"{word} on 2026-11-20: drills/1.json" in text(written)


def test_no_drill_is_told_too():
    assert "none recorded" in text(page())


def test_what_a_stack_file_says_is_text_and_nothing_else():
    owner = "<script>alert(1)</script>\"'&"
    there = replace(looked_at(), settings=replace(looked_at().settings, owner=owner))
    written = stack.page(there, None)

    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written
