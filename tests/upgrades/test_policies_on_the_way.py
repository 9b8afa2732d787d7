"""A move to Aurora passes every mandatory control in prod, and lifts no protection but of what goes next."""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from policies.control import Level
from policies.controls import CONTROLS
from policies.levels import place_of
from policies.plain import resources_of
from policies.report import check
from policies.subject import Subject
from stacks.aim import Aim
from stacks.exports import said
from stacks.phases import stateful
from stacks.render import render
from tests.upgrades.paths import config, read
from upgrades.plan import Plan, Up, plan

STACK = "devmentor-prod"
TODAY = date(2026, 11, 27)
# Each plan is rendered once.
pytestmark = pytest.mark.xdist_group("move-in-prod")


@cache
def moved() -> Plan:
    return _plan(config("growth", monthlyBudget=5000), config("scale", monthlyBudget=5000))


@cache
def returned() -> Plan:
    """Plan the way back from the first hop, where the cluster is a copy still."""
    (first, *_) = moved().ups
    told = said(first.settings.hop) or {}
    hop = {"datastores:hop": {**told, "sizes": {"main": told["sizes"]["main"]}}}
    return _plan({**config("growth", monthlyBudget=5000), **hop}, config("growth", monthlyBudget=5000))


def _plan(before: dict[str, object], after: dict[str, object]) -> Plan:
    return plan(read(STACK, before), Aim(settings=read(STACK, after), config=after, also=()), render)


def refused(up: Up, *, unlock: bool = True) -> Iterator[tuple[str, str]]:
    settings = up.settings
    written: dict[str, object] = {
        "datastores:phase": str(settings.phase),
        "datastores:hop": said(settings.hop),
        "datastores:unlock": sorted(settings.unlock) if unlock else [],
    }
    place = place_of(
        STACK, {key: value if isinstance(value, str) else json.dumps(value) for key, value in written.items()}
    )
    resources = resources_of(list(up.after_it.resources))
    subject = Subject(name=STACK, file="", stack=STACK, place=place, resources=resources, account="123456789012")
    report = check(subject, CONTROLS, exempting=(), today=TODAY)
    yield from (
        (one.finding.control.slug, one.finding.name) for one in report.violations if one.level is Level.MANDATORY
    )


def unprotected(up: Up) -> set[str]:
    """Name what holds data, and that Pulumi would let go."""
    return {
        one["name"]
        for one in up.after_it.resources
        if stateful(one["type"], one["inputs"]) and not one["options"].get("protect")
    }


def test_every_update_of_a_move_passes():
    assert [list(refused(up)) for up in moved().ups] == [[], [], [], [], []]


def test_every_update_of_its_way_back_passes():
    assert returned().refusals == ()
    assert [list(refused(up)) for up in returned().ups] == [[], [], []]


def test_with_the_promotion_the_instance_alone_loses_its_protection():
    assert [unprotected(up) for up in moved().ups] == [set(), set(), {"main-primary"}, set(), set()]


def test_on_the_way_back_the_copy_alone_loses_its_protection():
    assert [unprotected(up) for up in returned().ups] == [{"main-cluster"}, set(), set()]


def test_a_lifted_protection_that_the_settings_do_not_name_is_refused():
    assert set(refused(moved().ups[2], unlock=False)) == {
        ("protect-on-stateful", "main-primary"),
        ("rds-deletion-protection", "main-primary"),
        ("rds-deletion-protection", "main-replica-api"),
    }
