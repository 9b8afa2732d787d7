"""What is deployed at each step of a rotation, in every kind of store: rendered, judged by policies and by the gate."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from policies.control import Level
from policies.controls import CONTROLS
from policies.levels import Place
from policies.plain import resources_of
from policies.report import check
from policies.subject import Subject
from rotations.standing import Step, fresh
from rotations.targets import chosen, to
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings

STACKS = (("clubapp-prod", "mvp"), ("devora-prod", "growth"), ("devmentor-prod", "scale"))
STEPS = (Step.START, Step.ADD, Step.SWITCH, Step.END)
PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type, no password
Found = Mapping[tuple[str, str], dict[str, Any]]


@cache
def settings_at(stack: str, phase: str, step: Step) -> Settings:
    plain = Settings.read(stack, phase=phase)
    keys = fresh(plain, to(chosen(plain, None, None))).keys(step)
    overrides = {key.partition(":")[2]: json.dumps(one) for key, one in keys.items() if one}
    return Settings.read(stack, phase=phase, overrides=overrides)


@cache
def deployed(stack: str, phase: str, step: Step) -> Found:
    return {(one["type"], one["name"]): one for one in render(settings_at(stack, phase, step))}


def names(found: Found, type_: str) -> set[str]:
    return {name for one, name in found if one == type_}


@pytest.mark.xdist_group("rotations-rendered")
@pytest.mark.parametrize(("stack", "phase"), STACKS)
def test_each_step_changes_passwords_and_users_and_nothing_else(stack: str, phase: str):
    kinds = {
        PASSWORD,
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:elasticache/user:User",
        "aws:elasticache/userGroup:UserGroup",
        "mongodbatlas:index/databaseUser:DatabaseUser",
    }
    steps = [deployed(stack, phase, step) for step in STEPS]
    changed = {
        key
        for before, after in pairwise(steps)
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }

    others = {key for key in changed if key[0] not in kinds}
    assert all(set(differing(steps, key)) <= {"passwordWo", "passwordWoVersion", "masterPasswordWo",
                                              "masterPasswordWoVersion"} for key in others)  # fmt: skip
    assert changed - others


def differing(steps: list[Found], key: tuple[str, str]) -> set[str]:
    """Name the inputs that are not the same at every step."""
    inputs = [step[key]["inputs"] for step in steps]
    return {one for each in inputs for one in each if any(each.get(one) != other.get(one) for other in inputs)}


@pytest.mark.xdist_group("rotations-rendered")
@pytest.mark.parametrize(("stack", "phase"), STACKS)
@pytest.mark.parametrize("step", STEPS[1:])
def test_no_policy_stops_a_rotation(stack: str, phase: str, step: Step):
    assert mandatory(stack, phase, step) == mandatory(stack, phase, Step.START)


def mandatory(stack: str, phase: str, step: Step) -> set[tuple[str, str]]:
    """Name what policies would stop."""
    subject = Subject(
        name=stack,
        file=f"stacks/Pulumi.{stack}.yaml",
        stack=stack,
        place=Place(environment=settings_at(stack, phase, step).environment, phase=Phase(phase)),
        resources=resources_of(list(deployed(stack, phase, step).values())),
        account="123456789012",
    )
    report = check(subject, CONTROLS, exempting=(), today=date(2026, 11, 26))
    return {(one.finding.control.slug, one.finding.name) for one in report.violations if one.level is Level.MANDATORY}


@pytest.mark.xdist_group("rotations-rendered")
def test_redis_has_both_users_until_the_old_one_is_retired():
    users = {step: names(deployed("clubapp-prod", "mvp", step), "aws:elasticache/user:User") for step in STEPS}

    assert users == {
        Step.START: {"cache-default-user", "cache-user"},
        Step.ADD: {"cache-default-user", "cache-user", "cache-user-b"},
        Step.SWITCH: {"cache-default-user", "cache-user", "cache-user-b"},
        Step.END: {"cache-default-user", "cache-user-b"},
    }


@pytest.mark.xdist_group("rotations-rendered")
def test_atlas_has_both_users_with_the_same_rights_until_the_old_one_is_retired():
    type_ = "mongodbatlas:index/databaseUser:DatabaseUser"
    both = deployed("devora-prod", "growth", Step.SWITCH)
    one, other = (both[type_, f"documents-api-user{second}"]["inputs"] for second in ("", "-b"))

    assert (one["username"], other["username"]) == ("api", "api_b")
    assert (one["roles"], one["scopes"]) == (other["roles"], other["scopes"])
    assert "documents-api-user" not in names(deployed("devora-prod", "growth", Step.END), type_)


@pytest.mark.xdist_group("rotations-rendered")
def test_only_the_first_password_is_protected_and_stays():
    protected = {
        step: {
            name: bool(one["options"].get("protect"))
            for (type_, name), one in deployed("clubapp-prod", "mvp", step).items()
            if type_ == PASSWORD and name.startswith("cache-")
        }
        for step in STEPS
    }

    assert protected[Step.SWITCH] == {"cache-password": True, "cache-password-2": False}
    assert protected[Step.END] == protected[Step.SWITCH]


@pytest.mark.xdist_group("rotations-rendered")
def test_the_pending_secret_names_the_second_user_beside_the_one_that_clients_read():
    said = [
        one["inputs"].get("secretStringWo", "")
        for (_, name), one in deployed("clubapp-prod", "mvp", Step.ADD).items()
        if name in {"main-api-secret-value", "main-api-secret-pending"}
    ]

    assert sorted(json.loads(one)["username"] for one in said) == ["api", "api_b"]
