"""Reports that are kept, and what they say of a store: a control passes only by a drill that is recent and the last."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.duty import owed, owed_by_name, shortcomings
from drills.kept import Kept, read, standings, write
from drills.report import Outcome
from policies.controls.drilled import CONTROLS
from policies.reading import from_plain
from policies.verdict import Verdict, verdicts
from stacks.mistakes import SettingsError
from stacks.settings import Settings
from tests.drills.told import NOON, kept, report, store

TODAY = NOON.date()
CLUBAPP = ("main", "presence", "venue-counts", "devices", "idempotency")
GONE = st.builds(
    lambda days, outcome, local: kept(store("main", outcome), days_ago=days, local=local),
    st.integers(0, 400),
    st.sampled_from([Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN]),
    st.booleans(),
)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings.read("clubapp-prod", phase="growth")


def judged(resources: list[dict[str, Any]]) -> dict[str, Verdict]:
    found = verdicts([from_plain(one) for one in resources], CONTROLS)
    return {one.name: one.verdict for one in found}


# Files


def test_a_report_is_kept_under_its_day_and_read_again(tmp_path: Path):
    first = write(report(), tmp_path)
    second = write(report(store("presence")), tmp_path)

    assert [first.name, second.name] == ["2026-11-26.json", "2026-11-26-2.json"]
    found = read("clubapp-prod", today=TODAY, folder=tmp_path)
    assert [one.source for one in found] == [
        "drills/clubapp-prod/2026-11-26-2.json",
        "drills/clubapp-prod/2026-11-26.json",
    ]


def test_a_stack_without_reports_has_none(tmp_path: Path):
    assert read("clubapp-prod", today=TODAY, folder=tmp_path) == ()


def test_reports_come_in_the_order_of_their_ends(tmp_path: Path):
    for days in (0, 3, 1):
        ended = NOON - timedelta(days=days)
        write(report(begun=ended, ended=ended), tmp_path)

    found = read("clubapp-prod", today=TODAY, folder=tmp_path)

    assert [one.on.day for one in found] == [23, 25, 26]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stack": "clubapp-dev"}, "stack must be clubapp-prod, whose folder it is in, got clubapp-dev"),
        ({"ended": NOON + timedelta(days=1)}, "ended must not be after today, 2026-11-26, got 2026-11-27"),
    ],
)
def test_a_report_in_the_wrong_place_or_of_a_day_to_come_is_refused(tmp_path: Path, change: dict[str, Any], said: str):
    file = write(report(**change), tmp_path)
    (tmp_path / "clubapp-prod").mkdir(exist_ok=True)
    file.rename(tmp_path / "clubapp-prod" / "it.json")

    with pytest.raises(SettingsError, match=said):
        read("clubapp-prod", today=TODAY, folder=tmp_path)


# What they say


@given(st.lists(GONE, max_size=6), st.integers(1, 366))
def test_an_older_report_never_makes_the_control_pass(found: list[Kept], days: int):
    """It passes exactly where the last failure is older than a drill of AWS that passed in time."""
    (standing,) = standings(found, ["main"])
    inputs = {
        "allowedDays": days,
        **({"passedDaysAgo": (TODAY - standing.passed.on).days} if standing.passed else {}),
        **({"failedDaysAgo": (TODAY - standing.failed.on).days} if standing.failed else {}),
    }
    verdict = judged([{"type": "datastores:drills:Store", "name": "main", "inputs": inputs}])["main"]

    ages = {
        outcome: [
            (TODAY - one.on).days for one in found if not one.report.local and one.report.stores[0].outcome is outcome
        ]
        for outcome in Outcome
    }
    passed = min(ages[Outcome.PASSED], default=None)
    failed = min(ages[Outcome.FAILED], default=None)
    if passed is None or passed > days or (failed is not None and failed < passed):
        assert verdict is Verdict.VIOLATES
    elif failed is None or failed > passed:
        assert verdict is Verdict.COMPLIES


def test_every_store_that_must_come_back_owes_a_drill_and_no_cache(settings: Settings):
    assert judged(owed(settings, (), TODAY)) == dict.fromkeys(CLUBAPP, Verdict.VIOLATES)


def test_a_drill_of_some_stores_counts_for_these(settings: Settings):
    found = judged(owed(settings, [kept(store("main"), store("presence"))], TODAY))

    assert {name for name, verdict in found.items() if verdict is Verdict.COMPLIES} == {"main", "presence"}


@pytest.mark.parametrize(("days", "verdict"), [(90, Verdict.COMPLIES), (91, Verdict.VIOLATES)])
def test_the_phase_says_how_long_a_drill_counts(settings: Settings, days: int, verdict: Verdict):
    found = judged(owed(settings, [kept(store("main"), days_ago=days)], TODAY))

    assert (settings.application.recovery[settings.phase].drill_days, found["main"]) == (90, verdict)


def test_a_drill_of_the_local_cloud_counts_nowhere(settings: Settings):
    assert judged(owed(settings, [kept(store("main"), local=True)], TODAY))["main"] is Verdict.VIOLATES


def test_a_drill_that_is_not_complete_takes_nothing_away(settings: Settings):
    found = [kept(store("main"), days_ago=3), kept(store("main", Outcome.UNKNOWN), days_ago=1)]

    assert judged(owed(settings, found, TODAY))["main"] is Verdict.COMPLIES


def test_a_drill_that_failed_since_does(settings: Settings):
    found = [kept(store("main"), days_ago=3), kept(store("main", Outcome.FAILED), days_ago=1)]

    assert judged(owed(settings, found, TODAY))["main"] is Verdict.VIOLATES


def test_a_pull_request_knows_the_stores_by_their_resources(settings: Settings):
    names = ["main-primary", "presence-table", "cache-group"]

    found = owed_by_name("clubapp-prod", "growth", names, [kept(store("main"))], TODAY)

    mine = [one for one in owed(settings, [kept(store("main"))], TODAY) if one["name"] in {"main", "presence"}]
    assert found == mine


@pytest.mark.parametrize(("stack", "phase"), [("nobody-prod", "growth"), ("clubapp-prod", "huge"), ("x", "mvp")])
def test_of_an_unknown_stack_nothing_is_owed(stack: str, phase: str):
    assert owed_by_name(stack, phase, ["main-primary"], (), TODAY) == []


def test_what_is_missing_is_told_by_store():
    settings = Settings.read("clubapp-prod", phase="growth")
    found = [
        kept(store("main", Outcome.FAILED), days_ago=4),
        kept(store("presence"), store("devices"), days_ago=91),
        kept(store("devices"), store("idempotency")),
    ]

    assert shortcomings(settings, found, TODAY) == (
        [
            "main did not come back on 2026-11-22: drills/4.json",
            "presence came back on 2026-08-27, more than 90 days ago: drills/91.json",
            "venue-counts came back in no drill",
        ],
        True,
    )


def test_a_store_that_no_drill_restores_is_told():
    settings = Settings.read("devora-prod", phase="mvp")

    problems, failed = shortcomings(settings, (), date(2026, 11, 26))

    assert "documents is looked into by no drill" in problems
    assert not failed
