"""A score is what the weights make of evidence and words, to the exact figure; blockers stand beside it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from readiness.criteria import CRITERIA, STALE_AFTER_DAYS, WEIGHTS, Area
from readiness.inputs import Inputs
from readiness.proofs import Answer
from readiness.score import Outcome, State, readiness
from readiness.situation import Drill, Situation
from stacks.applications import APPLICATIONS
from stacks.phases import Phase
from tests.readiness.said import OWNERS, TODAY, everything, row, said

NOTHING = Inputs(source="nothing.yaml", there=False)
DEVMENTORS = {
    "no migration framework",
    "two authentication schemas",
    "memory not in PostgreSQL",
    "backup and restore not tested",
    "no performance baseline",
}


@pytest.fixture(scope="session")
def devmentor(look: Callable[..., Situation]) -> Situation:
    return look("devmentor-prod")


def outcome(found: Sequence[Outcome], name: str) -> Outcome:
    return next(one for one in found if one.criterion.name == name)


def test_weights_are_those_of_devmentors_owners():
    assert WEIGHTS == {
        Area.SCHEMA: 30,
        Area.MIGRATIONS: 25,
        Area.PERFORMANCE: 20,
        Area.SECURITY: 15,
        Area.OPERATIONS: 10,
    }


@pytest.mark.parametrize("area", list(Area))
def test_the_points_of_an_area_are_a_hundred(area: Area):
    assert sum(one.points for one in CRITERIA if one.area is area) == 100


def test_blockers_are_those_of_devmentors_owners():
    assert {one.blocker for one in CRITERIA if one.blocker} == DEVMENTORS


def test_what_devmentors_owners_say_today_is_15(devmentor: Situation):
    """They wrote 25; computed it is 20 x 30 % + 10 x 25 % + 0 x 20 % + 30 x 15 % + 20 x 10 %."""
    found = readiness(devmentor, said(assessments={area: row(value) for area, value in OWNERS.items()}))

    assert (found.score, found.go, found.status) == (Decimal(15), False, 1)
    assert {one.criterion.blocker for one in found.blockers} == DEVMENTORS


@pytest.mark.parametrize(
    ("values", "score"),
    [
        ({"schema": 100}, "30"),
        ({"migrations": 100}, "25"),
        ({"performance": 100}, "20"),
        ({"security": 100}, "15"),
        ({"operations": 100}, "10"),
        ({"schema": 33.3}, "9.99"),
        ({"operations": 0.09}, "0"),
    ],
)
def test_an_area_counts_its_weight_rounded_down(devmentor: Situation, values: dict[str, Any], score: str):
    every = {**dict.fromkeys(OWNERS, 0), **values}
    found = readiness(devmentor, said(assessments={area: row(value) for area, value in every.items()}))

    assert found.score == Decimal(score)


def test_what_nobody_says_counts_nothing(devmentor: Situation):
    """What the stack proves remains: 20 + 20 + 40 + 70 + 50 points of the areas."""
    found = readiness(devmentor, NOTHING)

    assert [area.percent for area in found.areas] == [20, 20, 40, 70, 50]
    assert found.score == Decimal("34.50")
    assert {one.state for one in found.outcomes if one.percent == 0} == {State.MISSING}


def test_all_that_can_be_said_is_a_go(devmentor: Situation):
    found = readiness(devmentor, everything())

    assert (found.score, found.blockers, found.go, found.status) == (Decimal(100), [], True, 0)


@pytest.mark.parametrize("name", [one.name for one in CRITERIA if one.blocker])
def test_one_blocker_is_no_go_whatever_the_score(devmentor: Situation, name: str):
    found = readiness(devmentor, everything(other={name: False}))

    assert [one.criterion.name for one in found.blockers] == [name]
    assert (found.score >= 70, found.go) == (True, False)


def test_the_bound_is_a_go(devmentor: Situation):
    found = readiness(devmentor, assessed(schema=100, migrations=100, performance=0, security=100, operations=0))

    assert (found.score, found.blockers, found.go) == (Decimal(70), [], True)


def test_just_under_the_bound_is_no_go(devmentor: Situation):
    found = readiness(devmentor, assessed(schema=100, migrations=100, performance=0, security=99.9, operations=0))

    assert (found.score, found.blockers, found.go) == (Decimal("69.98"), [], False)


def assessed(**areas: float) -> Inputs:
    """Say of each area as a whole what it comes to, and that nothing blocks."""
    return replace(everything(), assessments=said(assessments={k: row(v) for k, v in areas.items()}).assessments)


# How old a word may be


@pytest.mark.parametrize(("days", "state"), [(STALE_AFTER_DAYS, State.SAID), (STALE_AFTER_DAYS + 1, State.STALE)])
def test_a_word_counts_for_ninety_days(devmentor: Situation, days: int, state: State):
    day = (TODAY - timedelta(days=days)).isoformat()
    found = outcome(readiness(devmentor, everything(day)).outcomes, "runbook")

    assert (found.state, found.percent) == (state, 100 if state is State.SAID else 0)


def test_a_stale_assessment_leaves_the_sum(devmentor: Situation):
    found = readiness(devmentor, said(assessments={"schema": row(90, "2026-01-01")}))

    assert (found.areas[0].is_stale, found.areas[0].percent) == (True, 20)


# What the stack says against it


def test_a_word_does_not_outweigh_what_the_stack_fails_to_prove(look: Callable[..., Situation]):
    """workflows-prod plans no restore tests in mvp, so that 10 points of operations are lost."""
    found = readiness(look("workflows-prod", "mvp"), said(assessments={"operations": row(100)}))
    operations = found.areas[-1]

    assert outcome(operations.outcomes, "restore-tests-planned").state is State.NOT_PROVED
    assert operations.percent == 90


def test_a_passed_drill_proves_a_restore(devmentor: Situation):
    drilled = replace(devmentor, drill=Drill(on=date(2026, 11, 20), passed=True, source="drills/2026-11-20.json"))
    found = outcome(readiness(drilled, NOTHING).outcomes, "restore-tested")

    assert (found.state, found.blocks) == (State.PROVED, False)
    assert [one.where for one in found.answer.evidence] == ["drills/2026-11-20.json"]


def test_a_failed_drill_is_not_outweighed_by_a_word(devmentor: Situation):
    drilled = replace(devmentor, drill=Drill(on=date(2026, 11, 20), passed=False, source="drills/2026-11-20.json"))
    found = outcome(readiness(drilled, everything()).outcomes, "restore-tested")

    assert (found.state, found.percent, found.blocks) == (State.NOT_PROVED, 0, True)


def without(there: Situation, gone: Callable[[dict[str, Any]], bool]) -> Situation:
    return replace(there, resources=[one for one in there.resources if not gone(dict(one))])


@pytest.mark.parametrize(
    ("criterion", "type_", "name"),
    [
        ("migrator", "secret:Secret", "main-migrator-secret"),
        ("logins-apart", "secret:Secret", "main-learning-secret"),
        ("statements-watched", "MetricAlarm", "main-primary-slow-statements-alarm"),
        ("statements-watched", "ParameterGroup", "main-parameters"),
        ("audit-trail", "ParameterGroup", "main-parameters"),
        ("stores-watched", "MetricAlarm", "cache-"),
        ("backups", "Instance", "main-primary"),
        ("backups", "backup/plan:Plan", ""),
        ("restore-tests-planned", "restoreTestingPlan:", ""),
        ("restore-tests-planned", "restoreTestingSelection:", ""),
        ("alarms-heard", "TopicSubscription", ""),
    ],
)
def test_what_is_gone_is_not_proved(devmentor: Situation, criterion: str, type_: str, name: str):
    """Each proof rests on resources: without them it falls, and says what is missing."""
    before = outcome(readiness(devmentor, NOTHING).outcomes, criterion)
    less = without(devmentor, lambda one: type_ in one["type"] and one["name"].startswith(name))
    after = outcome(readiness(less, NOTHING).outcomes, criterion)

    assert (before.state, after.state, after.percent) == (State.PROVED, State.NOT_PROVED, 0)
    assert after.answer.lacking


def test_what_a_mandatory_control_cannot_tell_is_no_proof(look: Callable[..., Situation]):
    """Of a secondary cluster the version is known only once the global one is there."""
    found = outcome(readiness(look("devmentor-prod", "enterprise"), NOTHING).outcomes, "policies-hold")

    assert (found.state, found.percent) == (State.NOT_PROVED, 0)
    assert all("Cannot tell yet" in one for one in found.answer.lacking)


def test_a_mandatory_violation_is_no_proof(devmentor: Situation, look: Callable[..., Situation]):
    unsure = look("devmentor-prod", "enterprise").report.cannot_tell
    broken = replace(devmentor, report=replace(devmentor.report, violations=unsure))

    assert outcome(readiness(devmentor, NOTHING).outcomes, "policies-hold").state is State.PROVED
    assert outcome(readiness(broken, NOTHING).outcomes, "policies-hold").state is State.NOT_PROVED


# Other applications


def test_a_stack_on_atlas_alone_proves_what_it_has(look: Callable[..., Situation]):
    found = readiness(look("devora-prod", "mvp"), NOTHING)
    proved = {one.criterion.name for one in found.outcomes if one.state is State.PROVED}

    assert {"migrator", "logins-apart", "audit-trail", "stores-watched", "backups"} <= proved
    assert outcome(found.outcomes, "one-authentication-schema").state is State.NOT_ASKED


def test_servers_that_are_shared_are_neither_backed_up_nor_watched(look: Callable[..., Situation]):
    found = readiness(look("devora-dev", "mvp"), NOTHING)
    failing = {one.criterion.name for one in found.outcomes if one.state is State.NOT_PROVED}

    assert {"backups", "stores-watched", "audit-trail", "alarms-heard"} <= failing


def test_an_application_without_vectors_is_not_asked_for_memory(look: Callable[..., Situation]):
    found = readiness(look("clubapp-prod"), NOTHING)
    memory = outcome(found.outcomes, "memory-in-postgresql")

    assert (memory.state, memory.blocks) == (State.NOT_ASKED, False)
    assert memory.answer == Answer(
        not_asked="no bootstrap SQL of the application has vectors, so it has no memory to keep"
    )
    assert found.areas[0].percent == 25  # 20 of the 80 points that are asked


@pytest.mark.parametrize("phase", [Phase.MVP, Phase.ENTERPRISE])
@pytest.mark.parametrize("application", sorted(APPLICATIONS))
def test_every_application_can_be_a_go(look: Callable[..., Situation], application: str, phase: Phase):
    """Nobody is asked for what an application cannot have."""
    found = readiness(look(f"{application}-prod", str(phase)), everything())

    assert (found.blockers, found.go) == ([], True)
