"""A step of a restore is let through as to the one generation that it is about, and in nothing else."""

import pytest

from restores.allowed import excused, generation_of, without_meant
from restores.steps import Change, Step
from stacks.generations import FIRST, Generation
from stacks.phases import Environment
from upgrades.gate import Verdict
from upgrades.refusals import Refusal

BESIDE = Generation.model_validate({"generation": 2, "old": 1, "from": "latest", "writer": "old"})
SWITCHED = BESIDE.model_copy(update={"writer": "new"})
UNLOCKED = SWITCHED.model_copy(update={"unlocked": True})
STORES = ("main", "main-archive")
STEPS = {
    Change.MAKE: Step(change=Change.MAKE, before=FIRST, after=BESIDE),
    Change.SWITCH: Step(change=Change.SWITCH, before=BESIDE, after=SWITCHED),
    Change.UNLOCK: Step(change=Change.UNLOCK, before=SWITCHED, after=UNLOCKED),
    Change.RETIRE: Step(change=Change.RETIRE, before=UNLOCKED, after=Generation(generation=2)),
}
DELETED, REPLACED = "would be deleted", "would be replaced: engine would go from 1 to 2"
BARE, CHANGED = "deletionProtection would go from true to false", "ttl would go from nothing to {}"


def left(step: Change, name: str, what: str) -> bool:
    """Say whether a refusal stays one."""
    refusal = Refusal(resource=f"aws:rds/instance:Instance::{name}", what=what, because="", instead="")
    verdict = Verdict(
        stack="clubapp-prod",
        environment=Environment.PROD,
        changed=1,
        refusals=(refusal,),
        doubts=(),
        warnings=(),
    )
    return bool(without_meant(verdict, "main", STEPS[step], STORES).refusals)


@pytest.mark.parametrize(
    ("step", "name", "what"),
    [
        (Change.MAKE, "main-2-primary", CHANGED),
        (Change.MAKE, "main-2-table", BARE),
        (Change.UNLOCK, "main-primary", BARE),
        (Change.UNLOCK, "main-replica-api", BARE),
        (Change.RETIRE, "main-primary", DELETED),
    ],
)
def test_what_a_step_is_about_is_let_through(step: Change, name: str, what: str):
    assert not left(step, name, what)


@pytest.mark.parametrize(
    ("step", "name", "what"),
    [
        (Change.MAKE, "main-primary", CHANGED),
        (Change.MAKE, "main-2-primary", REPLACED),
        (Change.MAKE, "main-2-primary", DELETED),
        (Change.SWITCH, "main-primary", DELETED),
        (Change.SWITCH, "main-2-primary", CHANGED),
        (Change.UNLOCK, "main-2-primary", BARE),
        (Change.UNLOCK, "main-primary", DELETED),
        (Change.RETIRE, "main-2-primary", DELETED),
        (Change.RETIRE, "main-primary", REPLACED),
        (Change.RETIRE, "main-archive-bucket", DELETED),
        (Change.RETIRE, "presence-table", DELETED),
    ],
)
def test_what_it_is_not_about_stays_refused(step: Change, name: str, what: str):
    assert left(step, name, what)


@pytest.mark.parametrize(
    ("name", "generation"),
    [
        ("main-primary", 1),
        ("main", 1),
        ("main-2-primary", 2),
        ("main-12", 12),
        ("maintain", None),
        ("main-archive", None),
    ],
)
def test_a_name_says_whose_it_is(name: str, generation: int | None):
    assert generation_of(name, "main", STORES) == generation


UP: dict[str, object] = {"generation": 2, "old": 1, "from": "latest", "writer": "new"}


def gate_leaves(deployed: dict[str, object], written: dict[str, object], name: str) -> bool:
    refusal = Refusal(resource=f"aws:rds/instance:Instance::{name}", what=DELETED, because="", instead="")
    verdict = Verdict(
        stack="clubapp-prod", environment=Environment.PROD, changed=1, refusals=(refusal,), doubts=(), warnings=()
    )
    return bool(excused(verdict, {"main": deployed}, {"main": written}, STORES).refusals)


def test_the_gate_lets_an_old_one_go_once_the_output_says_that_the_new_one_is_used():
    assert not gate_leaves(UP, {"generation": 2}, "main-primary")


@pytest.mark.parametrize(
    ("deployed", "written", "name"),
    [
        ({**UP, "writer": "old"}, {"generation": 2}, "main-primary"),
        ({"generation": 1}, {"generation": 2}, "main-primary"),
        (UP, {"generation": 2}, "main-2-primary"),
        (UP, UP, "main-primary"),
        ({"generation": "two"}, {"generation": 2}, "main-primary"),
    ],
)
def test_it_lets_nothing_go_before(deployed: dict[str, object], written: dict[str, object], name: str):
    assert gate_leaves(deployed, written, name)
