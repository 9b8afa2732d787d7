"""`datastores cost` as a user runs it: what it prints, and what it ends with."""

import json
import re
import subprocess
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cli.cost import Form, Request, cost
from stacks.mistakes import SettingsError
from tests.cli.command import COMMAND, ENVIRONMENT, ROOT

TODAY = date(2026, 11, 26)
HERE = {"aws:region": "us-east-1", "drRegion": "us-west-2"}
PREVIEWS = ROOT / "tests" / "upgrades" / "previews"
PREVIEW = PREVIEWS / "growth-prod.json"


def run(stack: str | None = "clubapp-prod", **more: Any) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    facts: dict[str, Any] = {"today": TODAY, "overrides": HERE, **more}
    code = cost(Request(stack=stack, **facts), out=out, err=err)
    return code, out.getvalue(), err.getvalue()


def told(**more: Any) -> dict[str, Any]:
    return json.loads(run(form=Form.JSON, **more)[1])


def test_a_stack_has_a_total_and_says_where_it_goes():
    code, out, err = run()

    assert (code, err) == (0, "")
    assert re.match(r"clubapp-prod in mvp, us-east-1: \d+\.\d\d USD a month \(\d+\.\d\d to \d+\.\d\d\)\n", out)
    for title in ("Where the money goes", "What the owners expect", "Lines", "Assumptions", "Commitments"):
        assert f"\n{title}" in out


def test_the_printed_lines_add_up():
    found = told()

    lines = sum(round(float(line["usd"]["expected"]) * 100) for line in found["lines"])
    stores = sum(round(float(store["expected"]) * 100) for store in found["stores"].values())
    assert lines == stores == round(float(found["total"]) * 100)


def test_all_phases_stand_beside_each_other():
    code, out, _ = run(all_phases=True)

    assert code == 0
    assert re.search(r"^USD a month +mvp +growth +scale +enterprise$", out, re.MULTILINE)


def test_all_phases_are_a_list_in_json():
    assert [one["phase"] for one in told(all_phases=True)["phases"]] == ["mvp", "growth", "scale", "enterprise"]


@pytest.mark.parametrize(("budget", "code", "said"), [("1", 1, "over: "), ("100000", 0, "within: ")])
def test_a_budget_decides_what_it_ends_with(budget: str, code: int, said: str):
    ended, out, _ = run(budget=True, overrides={**HERE, "monthlyBudget": budget})

    assert (ended, f"Budget\n  {said}" in out) == (code, True)


def test_a_budget_over_which_the_known_part_is_already_is_exceeded():
    ended, out, _ = run("workflows-prod", phase="scale", budget=True)

    assert (ended, "no total" in out) == (1, True)


def test_without_a_price_for_everything_it_ends_with_3():
    ended, out, _ = run("workflows-prod", phase="scale")

    assert (ended, "backup/us-east-1/s3-warm has no price" in out) == (3, True)


def test_a_stale_snapshot_ends_with_3():
    ended, out, _ = run(today=date(2028, 1, 1))

    assert (ended, "They are more than a year old: no full answer." in out) == (3, True)


def test_an_old_snapshot_is_warned_of():
    ended, out, _ = run(today=date(2027, 4, 1))

    assert (ended, "They are more than 90 days old: refresh them before you decide." in out) == (0, True)


def test_more_use_is_read_from_a_file(tmp_path: Path):
    file = tmp_path / "usage.json"
    file.write_text('{"presence": {"writesMillions": 1000}}', encoding="utf-8")

    before, after = told(), told(usage=file)

    assert float(after["stores"]["presence"]["expected"]) > float(before["stores"]["presence"]["expected"]) + 1000
    assert {one["origin"] for one in after["assumptions"] if one["field"] == "writesMillions"} == {
        "usage file",
        "declared",
    }


def test_a_price_of_ones_own_is_used_and_marked(tmp_path: Path):
    file = tmp_path / "own.json"
    own = {
        "service": "kms",
        "region": "us-east-1",
        "sku": "key",
        "unit": "key-month",
        "usd": 5,
        "source": "us",
        "date": "2026",
    }
    file.write_text(json.dumps({"prices": [own]}), encoding="utf-8")

    found = told(prices=file)

    assert [one["key"] for one in found["prices"]["overrides"]] == ["kms/us-east-1/key"]
    assert {line["price"] for line in found["lines"] if line["sku"] == "kms/us-east-1/key"} == {"5"}


def test_a_price_of_ones_own_that_no_phase_uses_is_named_below_the_table(tmp_path: Path):
    file = tmp_path / "own.json"
    own = {"service": "mongodb_atlas", "region": "us-east-1", "sku": "cloud-backup", "unit": "GB-month", "usd": 0.2}
    file.write_text(json.dumps({"prices": [{**own, "source": "us", "date": "2026"}]}), encoding="utf-8")

    code, out, _ = run(prices=file, all_phases=True)

    assert (code, out.splitlines()[-1]) == (0, "own prices used by nothing here: mongodb_atlas/us-east-1/cloud-backup")


def test_a_region_without_prices_takes_those_of_another_only_when_asked():
    with pytest.raises(
        SettingsError, match="there are no prices for eu-central-1, only for eu-west-1, us-east-1, us-west-2"
    ):
        run(overrides={})

    found = told(overrides={}, at="us-east-1")

    assert found["prices"]["standIns"] == ["us-east-1"]


def test_a_preview_says_what_it_changes():
    code, out, err = run(None, preview=PREVIEWS / "growth-prod.json", overrides=None, at="us-east-1")

    assert "Against what is deployed\n  29.10 -> 187.77 USD a month: +158.67\n" in out
    assert (code, err) == (0, "")


def test_a_preview_that_stopped_midway_is_no_full_answer():
    code, out, err = run(None, preview=PREVIEWS / "sort-prod.json", overrides=None, at="us-east-1")

    assert (code, "what the preview shows" in out) == (3, True)
    assert "note: 65 unchanged resources are not in the preview" in err


def test_a_commit_is_compared_with():
    found = told(compare="HEAD", overrides={"aws:region": "eu-west-1", "drRegion": "us-east-1"}, at="us-east-1")

    assert found["difference"]["base"] == "HEAD"
    assert float(found["difference"]["before"]) > 0


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"stack": None}, "must have STACK or --preview, got neither"),
        ({"preview": PREVIEW}, "must have STACK or --preview, got both"),
        ({"phase": "mvp", "all_phases": True}, "--phase means nothing with --all-phases"),
        ({"compare": "HEAD", "all_phases": True}, "--compare means nothing with --all-phases"),
        ({"at": "mars-1"}, "--at must be a region with prices (eu-west-1, us-east-1, us-west-2), got 'mars-1'"),
        ({"compare": "nowhere"}, "--compare cannot be used: --base must be a commit of this repository, got 'nowhere'"),
        ({"stack": "clubapp-dev", "budget": True}, "datastores:monthlyBudget must be set in Pulumi.clubapp-dev.yaml"),
        ({"usage": Path("none.json")}, "cannot be read: No such file or directory"),
        ({"stack": None, "preview": Path("none.json"), "overrides": None}, "cannot be read: "),
        (
            {"stack": None, "preview": PREVIEW, "budget": True, "overrides": None},
            "--budget means nothing with --preview",
        ),
    ],
)
def test_a_mistake_is_told(more: dict[str, Any], what: str):
    with pytest.raises(SettingsError, match=re.escape(what)):
        run(**more)


def datastores(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"}
    return subprocess.run([*COMMAND, "cost", *arguments], env=environment, capture_output=True, text=True, check=False)


def test_the_command_ends_with_2_for_bad_input():
    done = datastores("clubapp-prod", "--at", "mars-1")

    assert (done.returncode, done.stdout) == (2, "")
    assert "--at must be a region with prices" in done.stderr


def test_the_command_prints_no_colour():
    done = datastores("clubapp-prod", "--at", "us-east-1", "--markdown")

    assert (done.returncode, "\x1b" in done.stdout) == (0, False)
    assert done.stdout.startswith("### clubapp-prod in mvp, eu-central-1: ")


def test_two_forms_are_one_too_many():
    done = datastores("clubapp-prod", "--json", "--markdown")

    assert (done.returncode, "is not for use with --json" in done.stderr) == (2, True)


def test_the_free_tier_is_told_and_not_subtracted():
    plain, asked = (run(free_tier=asked)[1] for asked in (False, True))

    assert plain.splitlines()[0] == asked.splitlines()[0]
    assert "--free-tier says of what" in plain
    assert "3 dashboards" in asked


@pytest.mark.parametrize("more", [{"all_phases": True}, {"form": Form.MARKDOWN}])
def test_the_free_tier_is_told_of_one_phase(more: dict[str, Any]):
    with pytest.raises(SettingsError, match="--free-tier is told of one phase, as text or in --json"):
        run(free_tier=True, **more)
