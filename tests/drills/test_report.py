"""The verdict of a drill: what passes, and that nothing unknown ever does."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.document import document, load, text
from drills.objectives import back_in_time, shown, young_enough
from drills.report import ASPECTS, BackupTest, Check, Outcome, Report, StoreDrill, not_covered
from stacks.mistakes import SettingsError
from tests.drills.told import NOON, check, report, store

CHECKS = st.builds(check, st.sampled_from(ASPECTS), st.sampled_from([Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN]))
STORES = st.builds(
    lambda checks, why: StoreDrill(store="main", kind="table", checks=tuple(checks), not_asked=why),
    st.lists(CHECKS, max_size=8),
    st.sampled_from(["", "", "a cache"]),
)


def outcomes(stores: Sequence[StoreDrill]) -> set[Outcome]:
    return {each.outcome for one in stores if not one.not_asked for each in one.checks}


@given(st.lists(STORES, max_size=4))
def test_a_drill_with_anything_unknown_never_passes(stores: list[StoreDrill]):
    found = report(stores=tuple(stores)).outcome

    unseen = any({each.aspect for each in one.checks} != set(ASPECTS) for one in stores if not one.not_asked)
    if outcomes(stores) != {Outcome.PASSED} or unseen:
        assert found is not Outcome.PASSED
    else:
        assert found is Outcome.PASSED


@given(st.lists(STORES, max_size=4))
def test_what_is_written_is_what_is_read(stores: list[StoreDrill]):
    before = report(stores=tuple(stores))

    assert load(text(before), "it") == before


def test_a_store_that_was_asked_everything_and_answered_passes():
    assert store().outcome is Outcome.PASSED


@pytest.mark.parametrize("aspect", ASPECTS)
def test_what_was_not_asked_is_not_passed(aspect: str):
    checks = tuple(one for one in store().checks if one.aspect != aspect)

    assert store(checks=checks).outcome is Outcome.UNKNOWN


def test_a_drill_of_caches_alone_shows_nothing():
    assert report(StoreDrill(store="cache", kind="replication group", not_asked="a cache")).outcome is Outcome.UNKNOWN


def test_a_drill_without_stores_shows_nothing():
    assert report(stores=()).outcome is Outcome.UNKNOWN


def test_a_store_that_no_drill_covers_is_unknown():
    found = not_covered("traces", "Atlas cluster", "Atlas restores it")

    assert (found.outcome, found.problem) == (Outcome.UNKNOWN, "restore: not covered: Atlas restores it")


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome.PASSED, Outcome.PASSED),
        (Outcome.FAILED, Outcome.FAILED),
        # A test that has not run says nothing against the drill.
        (Outcome.UNKNOWN, Outcome.PASSED),
    ],
)
def test_a_restore_test_of_aws_backup_that_failed_fails_the_drill(outcome: Outcome, verdict: Outcome):
    assert report(tests=(BackupTest(kind="RDS", outcome=outcome, said="so"),)).outcome is verdict


def test_an_aspect_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="a check must be of one of restored, back in time"):
        Check(aspect="weather", name="x", outcome=Outcome.PASSED, said="fine")


# RTO and RPO


@pytest.mark.parametrize(
    ("took", "outcome"),
    [
        (timedelta(minutes=240), Outcome.PASSED),
        (timedelta(minutes=240, microseconds=1), Outcome.FAILED),
        (None, Outcome.UNKNOWN),
    ],
)
def test_the_rto_is_met_to_the_minute(took: timedelta | None, outcome: Outcome):
    assert back_in_time(took, 240).outcome is outcome


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        (timedelta(minutes=6), Outcome.PASSED),
        (timedelta(minutes=6, seconds=1), Outcome.FAILED),
        (None, Outcome.UNKNOWN),
    ],
)
def test_the_rpo_is_met_to_a_minute_of_aws(age: timedelta | None, outcome: Outcome):
    assert young_enough(age, 5, snapshots_only=False).outcome is outcome


def test_what_has_daily_snapshots_only_is_held_against_a_day():
    found = young_enough(timedelta(hours=20), 5, snapshots_only=True)

    assert found.outcome is Outcome.PASSED
    assert found.said == "its data were 20 h old, allowed are 25 h, as the service has daily snapshots only"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (0.2, "1 s"), (60, "1 min"), (3_725, "1 h 2 min 5 s"), (90_000, "25 h")]
)
def test_a_time_is_rounded_up(seconds: float, words: str):
    assert shown(timedelta(seconds=seconds)) == words


# The file


def edited(**changes: object) -> str:
    return json.dumps({**document(report()), **changes})


def test_a_verdict_that_was_edited_is_refused():
    found = document(report(store(outcome=Outcome.UNKNOWN)))
    found["outcome"] = found["stores"][0]["outcome"] = "passed"

    with pytest.raises(SettingsError) as error:  # the whole message is compared
        load(json.dumps(found), "it.json")
    assert str(error.value) == (
        "it.json has 2 mistakes:\n"
        "  outcome must be what the checks come to, unknown, got 'passed'\n"
        "  stores[0].outcome must be what the checks come to, unknown, got 'passed'"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "must be a drill's report, got"),
        ("{", "is not JSON"),
        (edited(format=2), "format must be 1, got 2"),
        (edited(local="no"), "local must be true or false, got 'no'"),
        (edited(ended="2026-11-26"), "ended must be a time with its zone, such as"),
        (edited(rtoMinutes=-1), "rtoMinutes must be a whole number from 0 on, got -1"),
        (edited(stores=[1]), r"stores\[0\] must be a mapping, got 1"),
        (edited(leftovers=[1]), r"leftovers\[0\] must be a text, got 1"),
        (edited(tests=[{"kind": "RDS", "said": ""}]), r"tests\[0\].outcome must be one of passed, failed, unknown"),
    ],
)
def test_what_is_no_report_is_refused(content: str, said: str):
    with pytest.raises(SettingsError, match=said):
        load(content, "it.json")


def test_a_report_of_the_local_cloud_is_no_evidence():
    found: Report = report(local=True)

    assert (found.outcome, found.is_evidence) == (Outcome.PASSED, False)


def test_times_are_written_with_their_zone():
    assert document(report())["begun"] == NOON.isoformat()
