"""The way of a restore: from every place it can stand at, what each word of the command line leads to."""

from typing import Any

import pytest

from restores.steps import Ask, Change, WayError, change, made, next_number, way
from stacks.generations import FIRST, Generation

BESIDE = Generation.model_validate({"generation": 2, "old": 1, "from": "latest", "writer": "old"})
SWITCHED = BESIDE.model_copy(update={"writer": "new"})
DONE = Generation(generation=2)


def unlocked(one: Generation) -> Generation:
    return one.model_copy(update={"unlocked": True})


def gone(before: Generation, ask: Ask, *, protected: bool = True) -> list[tuple[Change, Generation]]:
    return [(step.change, step.after) for step in way(before, before, ask, protected=protected)]


def test_a_restore_makes_the_next_one_beside_the_one_that_is_there():
    step = made(FIRST, number=2, origin="latest")

    assert (step.change, step.after) == (Change.MAKE, BESIDE)


def test_a_number_that_left_a_snapshot_behind_is_not_taken_again():
    assert next_number(FIRST, [1, 2, 4]) == 5


@pytest.mark.parametrize(
    ("before", "ask", "steps"),
    [
        (BESIDE, Ask.SWITCH, [(Change.SWITCH, SWITCHED)]),
        (SWITCHED, Ask.ABORT, [(Change.SWITCH_BACK, BESIDE)]),
        (SWITCHED, Ask.RETIRE, [(Change.UNLOCK, unlocked(SWITCHED)), (Change.RETIRE, DONE)]),
        (BESIDE, Ask.ABORT, [(Change.UNLOCK, unlocked(BESIDE)), (Change.DROP, FIRST)]),
        (unlocked(SWITCHED), Ask.RETIRE, [(Change.RETIRE, DONE)]),
    ],
)
def test_each_word_leads_a_step_on_or_back(before: Generation, ask: Ask, steps: list[tuple[Change, Generation]]):
    assert gone(before, ask) == steps


def test_what_nothing_protects_goes_at_once():
    assert gone(SWITCHED, Ask.RETIRE, protected=False) == [(Change.RETIRE, DONE)]


@pytest.mark.parametrize(
    ("before", "ask", "words"),
    [
        (FIRST, Ask.SWITCH, "no restore of it is under way"),
        (DONE, Ask.RETIRE, "no restore of it is under way"),
        (BESIDE, Ask.RETIRE, "clients are told of the old one: --switch first"),
        (SWITCHED, Ask.SWITCH, "clients are told of the new one already"),
        (unlocked(SWITCHED), Ask.ABORT, "--resume ends that"),
        (unlocked(BESIDE), Ask.SWITCH, "--resume ends that"),
    ],
)
def test_a_step_that_is_not_the_next_is_refused(before: Generation, ask: Ask, words: str):
    with pytest.raises(WayError, match=words):
        way(before, before, ask, protected=True)


@pytest.mark.parametrize("ask", [Ask.SWITCH, Ask.RETIRE, Ask.ABORT])
def test_what_was_interrupted_is_only_resumed(ask: Ask):
    with pytest.raises(WayError, match="--resume goes on"):
        way(FIRST, BESIDE, ask, protected=True)


@pytest.mark.parametrize(
    ("deployed", "written", "changes"),
    [
        (FIRST, BESIDE, [Change.MAKE]),
        (BESIDE, SWITCHED, [Change.SWITCH]),
        (SWITCHED, BESIDE, [Change.SWITCH_BACK]),
        (SWITCHED, unlocked(SWITCHED), [Change.UNLOCK, Change.RETIRE]),
        (unlocked(SWITCHED), unlocked(SWITCHED), [Change.RETIRE]),
        (unlocked(SWITCHED), DONE, [Change.RETIRE]),
        (BESIDE, unlocked(BESIDE), [Change.UNLOCK, Change.DROP]),
        (unlocked(BESIDE), FIRST, [Change.DROP]),
        (BESIDE, BESIDE, []),
        (FIRST, FIRST, []),
    ],
)
def test_from_wherever_it_was_interrupted_it_is_taken_up(
    deployed: Generation, written: Generation, changes: list[Change]
):
    assert [step.change for step in way(deployed, written, Ask.RESUME, protected=True)] == changes


@pytest.mark.parametrize(
    ("before", "after"),
    [(FIRST, SWITCHED), (FIRST, DONE), (BESIDE, DONE), (DONE, FIRST), (BESIDE, unlocked(SWITCHED)), (DONE, BESIDE)],
)
def test_what_no_single_update_leads_to_is_not_resumed(before: Generation, after: Generation):
    with pytest.raises(WayError, match="further apart than one update"):
        change(before, after)


@pytest.mark.parametrize("said", [{"generation": 2}, {"generation": 3, "old": 2, "from": "snap", "writer": "new"}])
def test_a_generation_is_read_back_as_it_is_said(said: dict[str, Any]):
    one = Generation.model_validate(said)

    assert one.model_dump(by_alias=True, exclude_defaults=True) == said
