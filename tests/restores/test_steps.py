"""The way of a restore: from every place it can stand at, what each word of the command line leads to."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restores.encryption import OWN, next_key
from restores.steps import Ask, Change, Step, WayError, change, in_words, made, next_number, way
from stacks.generations import FIRST, Generation, said

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


@pytest.mark.parametrize(
    "written",
    [
        {"generation": 2},
        {"generation": 3, "old": 2, "from": "snap", "writer": "new"},
        {"generation": 3, "old": 2, "from": "latest", "writer": "old", "key": "arn", "oldKey": "arn", "copy": "copied"},
    ],
)
def test_a_generation_is_read_back_as_it_is_said(written: dict[str, Any]):
    assert said(Generation.model_validate(written)) == written


# Keys

KEY, OTHER = (f"arn:aws:kms:eu-central-1:123456789012:key/{name}" for name in ("one", "other"))


def walked(asked: list[str | None], turns: list[bool], *, protected: bool) -> Iterator[Step]:
    """Restore again and again with the keys that are *asked*, retired or taken back by turns; give each step."""
    at = FIRST
    for number, (key, retired) in enumerate(zip(asked, turns, strict=True), start=2):
        key_of_next = next_key(at, key, own="arn:own")
        steps = [made(at, number=number, origin="latest", key=key_of_next, copied="copied" if key else None)]
        at = steps[0].after
        asks = [Ask.SWITCH, Ask.RETIRE] if retired else [Ask.SWITCH, Ask.ABORT, Ask.ABORT]
        for ask in asks:
            more = way(at, at, ask, protected=protected)
            steps += more
            at = more[-1].after
        yield from steps


@given(
    turns=st.lists(st.tuples(st.sampled_from([None, OWN, KEY, OTHER]), st.booleans()), max_size=5),
    protected=st.booleans(),
)
def test_on_every_path_each_generation_keeps_its_key_and_each_update_is_known_again(
    turns: list[tuple[str | None, bool]], protected: bool
):
    keys: dict[int, str | None] = {1: None}
    for step in walked([key for key, _ in turns], [retired for _, retired in turns], protected=protected):
        for one in (step.before, step.after):
            for number in [one.generation, *([] if one.old is None else [one.old])]:
                assert one.key_of(number) == keys.setdefault(number, one.key_of(number))
        assert change(step.before, step.after) is step.change
        assert Generation.model_validate(said(step.after)) == step.after


@pytest.mark.parametrize(
    ("there", "asked", "next_one"),
    [
        (FIRST, None, None),
        (FIRST, KEY, KEY),
        (FIRST, "arn:own", None),
        (Generation(generation=2, key=KEY), None, KEY),
        (Generation(generation=2, key=KEY), OTHER, OTHER),
        (Generation(generation=2, key=KEY), OWN, None),
        (Generation(generation=2, key=KEY), "arn:own", None),
    ],
)
def test_without_a_key_that_is_asked_for_the_next_one_has_that_of_the_one_before(
    there: Generation, asked: str | None, next_one: str | None
):
    assert next_key(there, asked, own="arn:own") == next_one


def test_a_restore_that_is_dropped_leaves_the_key_of_the_one_that_stays():
    there = Generation(generation=2, key=KEY)
    beside = made(there, number=3, origin="latest", key=OTHER).after

    (dropped,) = way(beside, beside, Ask.ABORT, protected=False)

    assert (dropped.change, dropped.after) == (Change.DROP, there)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DONE, Generation(generation=2, key=KEY)),
        (DONE, made(Generation(generation=2, key=KEY), number=3, origin="latest").after),
        (SWITCHED, Generation(generation=2, key=KEY)),
        (BESIDE, SWITCHED.model_copy(update={"key": KEY})),
        (SWITCHED, unlocked(SWITCHED).model_copy(update={"old_key": KEY})),
    ],
)
def test_no_update_gives_a_generation_another_key(before: Generation, after: Generation):
    with pytest.raises(WayError, match="further apart than one update"):
        change(before, after)


def test_where_it_stands_names_the_key_of_each():
    beside = made(Generation(generation=2, key=KEY), number=3, origin="latest").after

    assert in_words("main", beside).startswith(f"main is generation 2 (key {KEY}), beside it is generation 3;")
