"""Files that `datastores cost` and `datastores recommend` cannot use: a sentence about each, whatever is in it."""

import json
import re
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cli import cost, recommend
from costs.preview import sides_of
from stacks.mistakes import AllAtOnce, Mistake, SettingsError
from tests.cli.command import ROOT

TODAY = date(2026, 11, 26)
HERE = {"aws:region": "us-east-1", "drRegion": "us-west-2"}
STACK = "clubapp-prod"
Run = Callable[..., int]


def run_cost(**more: Any) -> int:
    asked: dict[str, Any] = {"stack": STACK, "overrides": HERE, "today": TODAY, **more}
    return cost.cost(cost.Request(**asked), out=StringIO(), err=StringIO())


def run_recommend(**more: Any) -> int:
    asked: dict[str, Any] = {"stack": STACK, "overrides": HERE, "today": TODAY, **more}
    return recommend.recommend(recommend.Request(**asked), out=StringIO())


BOTH = pytest.mark.parametrize("run", [run_cost, run_recommend], ids=["cost", "recommend"])


@BOTH
@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is not JSON: Expecting value"),
        (b"\xff\xfe\x00", "is not JSON: 'utf-8' codec"),
        ("\ufeff{}".encode(), "is not JSON: Unexpected UTF-8 BOM"),
        (b"[" * 100_000, "is not JSON: "),
        (b'{"main": {"dataGib": NaN}}', "main.dataGib must be a number, got nan"),
        (b'{"main": {"dataGib": "5 GB"}}', "main.dataGib must be a number, got '5 GB'"),
        (b'{"main": {"dataGB": 5}}', "main.dataGB is not a quantity: did you mean 'dataGib'?"),
        (b'{"\\ud800": {}}', "'\\ud800' is not a store"),
    ],
)
def test_a_usage_file_that_is_none_is_told(run: Run, tmp_path: Path, content: bytes, what: str):
    file = tmp_path / "usage.json"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match=re.escape(f"{file} has 1 mistake:\n  {what}")):
        run(usage=file)


@BOTH
@pytest.mark.parametrize("option", ["usage", "prices"])
def test_a_folder_is_no_file(run: Run, tmp_path: Path, option: str):
    usage = tmp_path / "usage.json"
    usage.write_text("{}", encoding="utf-8")

    with pytest.raises(SettingsError, match="has 1 mistake:\n  cannot be read: Is a directory"):
        run(**{"usage": usage, option: tmp_path})


@BOTH
def test_all_that_is_wrong_with_several_files_is_told_at_once(run: Run, tmp_path: Path):
    usage, prices = tmp_path / "usage.json", tmp_path / "prices.json"
    usage.write_text('{"main": {"dataGib": -1}, "x": {}}', encoding="utf-8")
    prices.write_text('{"prices": [5]}', encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        run(usage=usage, prices=prices, overrides={**HERE, "phase": "huge"})

    assert len(caught.value.mistakes) == 4
    for title in (f"{usage} has 2 mistakes:", f"{prices} has 1 mistake:", "with --set aws:region=us-east-1"):
        assert title in str(caught.value)


def test_a_preview_a_usage_file_and_prices_are_told_at_once(tmp_path: Path):
    for name, content in (("preview", "[]"), ("prices", "[]")):
        (tmp_path / name).write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"(?s)preview has 1 mistake:.*prices has 1 mistake:"):
        run_cost(stack=None, overrides=None, preview=tmp_path / "preview", prices=tmp_path / "prices")


def test_what_is_wrong_with_one_file_is_told_as_it_is():
    files, wrong = AllAtOnce(), SettingsError("a file", [Mistake(where=("x",), what="is wrong")])
    with files.reading():
        raise wrong

    with pytest.raises(SettingsError, match=r"^a file has 1 mistake:\n  x is wrong$"):
        files.end()


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"config": 5}, "config must be an object, got 5"),
        ({"config": {"aws:region": ["x"]}}, "config.aws:region must be a region such as us-east-1, got a list"),
        ({"config": {"aws:region": "\ud800"}}, "config.aws:region must be a region such as us-east-1, got '\\ud800'"),
        ({"changeSummary": [1]}, "changeSummary must be an object, got a list"),
        ({"config": 5, "changeSummary": 5, "steps": [5]}, "has 3 mistakes"),
    ],
)
def test_a_preview_that_is_none_is_told(more: dict[str, object], what: str):
    with pytest.raises(SettingsError, match=re.escape(what)):
        sides_of(json.dumps({"steps": [], **more}), "preview.json")


@pytest.mark.parametrize("value", [-1, "NaN", {}, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"])
def test_backups_that_nobody_knows_are_no_full_answer(tmp_path: Path, value: object):
    preview = json.loads((ROOT / "tests" / "upgrades" / "previews" / "growth-prod.json").read_text(encoding="utf-8"))
    for step in preview["steps"]:
        if (state := step.get("newState")) and state["type"] == "aws:rds/instance:Instance":
            state["inputs"]["backupRetentionPeriod"] = value
    file = tmp_path / "preview.json"
    file.write_text(json.dumps(preview), encoding="utf-8")

    assert run_cost(stack=None, overrides=None, preview=file, at="us-east-1") == 3
