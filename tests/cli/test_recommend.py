"""`datastores recommend` and `datastores usage` as a user runs them: what they print, and what they end with."""

import json
import re
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cli import usage as measuring
from cli.recommend import Form, Request, recommend
from stacks.mistakes import SettingsError
from tests.cli.test_cost import datastores

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, tzinfo=UTC)
HERE = {"aws:region": "us-east-1", "drRegion": "us-west-2"}


def run(tmp_path: Path, usage: Any, **more: Any) -> tuple[int, str]:
    file = tmp_path / "usage.json"
    file.write_text(json.dumps(usage), encoding="utf-8")
    facts: dict[str, Any] = {"stack": "clubapp-prod", "today": TODAY, "overrides": HERE, **more}
    out = StringIO()
    return recommend(Request(usage=file, **facts), out=out), out.getvalue()


MEASURED = {"main": {"days": 14, "connections": 12, "freeMemoryGib": {"low": 0.05, "expected": 0.1, "high": 0.3}}}


def test_what_was_not_measured_makes_it_no_full_answer(tmp_path: Path):
    code, out = run(tmp_path, MEASURED)

    assert code == 3
    assert "--set sizes.main.instanceClass=db.t4g.small" in out
    assert "nobody measured cpuPercent, cpuDayPercent, freeStorageGib, dataGib, iops" in out


def test_json_is_the_same_as_data(tmp_path: Path):
    code, out = run(tmp_path, MEASURED, form=Form.JSON)

    found = json.loads(out)
    assert (code, found["exitCode"], found["stores"][0]["fits"]) == (3, 3, False)


def test_markdown_is_for_a_comment(tmp_path: Path):
    _, out = run(tmp_path, MEASURED, form=Form.MARKDOWN)

    assert out.startswith("### clubapp-prod in mvp, us-east-1: 1 of 6 stores changes, ")


@pytest.mark.parametrize(
    ("usage", "more", "what"),
    [
        ({"main": {"cpuPercent": 101}}, {}, "main.cpuPercent must be 0 to 100, got 101"),
        ({"main": {"connections": -1}}, {}, "main.connections must be 0 to 1,000,000,000,000, got -1"),
        ({"main": {"days": 456}}, {}, "main.days must be 0 to 455, got 456"),
        ({"main": {"cpu": 1}}, {}, "main.cpu is not a quantity"),
        ({"man": {}}, {}, "man is not a store: did you mean 'main'?"),
        (
            {"main": {"freeMemoryGib": 1.1}},
            {},
            "main.freeMemoryGib must be at most 1, the memory of db.t4g.micro, got 1.1",
        ),
        (
            {"main": {"freeStorageGib": 101}},
            {},
            "main.freeStorageGib must be at most 100, where its storage stops growing, got 101",
        ),
        ({}, {"at": "mars-1"}, "--at must be a region with prices"),
        ({}, {"overrides": {}}, "there are no prices for eu-central-1"),
        ({}, {"stack": "clubapp-prd"}, "did you mean 'clubapp-prod'?"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, usage: Any, more: dict[str, Any], what: str):
    with pytest.raises(SettingsError, match=re.escape(what)):
        run(tmp_path, usage, **more)


def test_absurd_figures_are_told_at_once(tmp_path: Path):
    with pytest.raises(SettingsError, match="has 3 mistakes"):
        run(tmp_path, {"main": {"cpuPercent": 101, "iops": -1}, "cache": {"hitPercent": 200}})


def test_a_stack_in_the_middle_of_an_upgrade_is_refused(tmp_path: Path):
    hop = {"hop": "{to: growth, step: 1, sizes: {}}"}

    with pytest.raises(SettingsError, match="is in the middle of an upgrade to growth: finish it"):
        run(tmp_path, MEASURED, overrides={**HERE, **hop})


def test_a_phase_that_the_stack_file_cannot_be_in_is_left_out_and_named(tmp_path: Path):
    """The main store of devmentor is on Aurora from scale on, which has no instanceClass of its own."""
    usage = {"main": {"days": 14, "connections": 12}}
    overrides = {**HERE, "sizes.main.instanceClass": "db.m7g.xlarge"}

    code, out = run(tmp_path, usage, stack="devmentor-prod", overrides=overrides)

    assert code == 3
    assert "scale is not looked at, the stack file must change first: datastores:sizes.main" in out


def test_a_usage_file_of_what_was_measured_is_one_for_costs_too(tmp_path: Path):
    file = tmp_path / "usage.json"
    file.write_text(json.dumps(MEASURED), encoding="utf-8")

    done = datastores("clubapp-prod", "--at", "us-east-1", "--usage", str(file))

    assert (done.returncode, done.stderr) == (0, "")


def test_measuring_says_all_that_is_wrong_before_it_asks_anybody(tmp_path: Path):
    request = measuring.Request(stack="clubapp-prod", days=456, out=tmp_path / "none" / "usage.json")

    with pytest.raises(SettingsError, match=r"has 2 mistakes:\n.*there is no folder .*\n.*--days must be between 1"):
        measuring.usage(request, now=NOW, err=StringIO())
