"""The update of a restore that lifts a protection passes every mandatory control, and lifts it of what goes only."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from policies.control import Level
from policies.controls import CONTROLS
from policies.levels import place_of
from policies.plain import resources_of
from policies.report import check
from policies.subject import Subject
from stacks.application import BucketStore
from stacks.applications import APPLICATIONS
from stacks.phases import stateful
from stacks.render import render
from tests.upgrades.paths import config_for, read

TODAY = date(2026, 11, 27)
STACKS = (
    ("clubapp-prod", "growth"),
    ("clubapp-staging", "mvp"),
    ("devmentor-prod", "enterprise"),
    ("devora-prod", "scale"),
)


def restored(stack: str, *, writer: str) -> dict[str, Any]:
    application = APPLICATIONS[stack.partition("-")[0]]
    names = [store.name for store in application.stores if not isinstance(store, BucketStore)]
    return {name: {"generation": 2, "old": 1, "from": "latest", "writer": writer, "unlocked": True} for name in names}


@cache
def resources(stack: str, phase: str, writer: str) -> list[Any]:
    application = APPLICATIONS[stack.partition("-")[0]]
    choices = {choice.name: str(choice.default).lower() for choice in application.choices}
    more = {"datastores:monthlyBudget": 90_000, "datastores:restores": restored(stack, writer=writer)}
    return list(render(read(stack, {**config_for(application.name, phase, choices), **more})))


def refused(stack: str, phase: str, writer: str, *, said: Mapping[str, Any]) -> set[str]:
    """Name what mandatory controls refuse, where the stack's settings say so much of restores."""
    place = place_of(stack, {"datastores:phase": phase, "datastores:restores": json.dumps(said)})
    subject = Subject(
        name=stack,
        file="",
        stack=stack,
        place=place,
        resources=resources_of(resources(stack, phase, writer)),
        account="123456789012",
    )
    report = check(subject, CONTROLS, exempting=(), today=TODAY)
    return {one.finding.name for one in report.violations if one.level is Level.MANDATORY}


@pytest.mark.parametrize("writer", ["old", "new"])
@pytest.mark.parametrize(("stack", "phase"), STACKS)
def test_the_update_passes(stack: str, phase: str, writer: str):
    assert refused(stack, phase, writer, said=restored(stack, writer=writer)) == set()


@pytest.mark.parametrize("writer", ["old", "new"])
@pytest.mark.parametrize(("stack", "phase"), STACKS)
def test_without_the_settings_that_name_it_it_is_refused(stack: str, phase: str, writer: str):
    found = refused(stack, phase, writer, said={})

    unprotected = {
        one["name"]
        for one in resources(stack, phase, writer)
        if stateful(one["type"], one["inputs"]) and not one["options"].get("protect")
    }
    assert found
    if stack.endswith("-prod"):
        assert unprotected <= found


@pytest.mark.parametrize("other", ["old", "new"])
def test_the_generation_that_is_used_is_never_let_off(other: str):
    writer = "new" if other == "old" else "old"
    said = restored("clubapp-prod", writer=other)

    assert refused("clubapp-prod", "growth", writer, said=said) == refused("clubapp-prod", "growth", writer, said={})
