"""`datastores readiness` and `datastores report` as a user runs them: exit codes, forms, and mistakes all at once."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import COMMAND, ENVIRONMENT, ROOT
from tests.readiness.said import OWNERS


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """What devmentor's owners say, long ago or not: an assessment of 20/10/0/30/20."""
    folder = tmp_path_factory.mktemp("readiness")
    said = folder / "said.yaml"
    rows = {area: {"value": value, "owner": "owners", "date": "2020-01-01"} for area, value in OWNERS.items()}
    said.write_text(json.dumps({"assessments": rows}), encoding="utf-8")
    html = folder / "page.html"
    return run("readiness", "devmentor-prod", "--inputs", str(said), "--json", "--html", str(html)), html


def test_no_go_ends_with_1(owners: tuple[subprocess.CompletedProcess[str], Path]):
    done, _ = owners

    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["go"] is False


def test_a_stale_word_is_said_to_be_stale(owners: tuple[subprocess.CompletedProcess[str], Path]):
    """Six years are too long, so that what the stack proves is added up instead."""
    told = json.loads(owners[0].stdout)

    assert [area["assessment"]["stale"] for area in told["areas"]] == [True] * 5
    assert told["score"] == "34.50"


def test_all_evidence_is_named(owners: tuple[subprocess.CompletedProcess[str], Path]):
    told = json.loads(owners[0].stdout)
    proved = [one for area in told["areas"] for one in area["criteria"] if one["state"] == "proved"]

    assert len(proved) == 10
    assert [one["criterion"] for one in proved if not one["evidence"]] == []


def test_the_page_says_what_the_command_says(owners: tuple[subprocess.CompletedProcess[str], Path]):
    done, html = owners
    page = html.read_text(encoding="utf-8")

    assert [
        one for one in (area["area"] for area in json.loads(done.stdout)["areas"]) if f'id="{one}"' not in page
    ] == []
    assert "no go: 34.50 of 100, 70 needed, 5 blockers" in page


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    said = tmp_path / "said.yaml"
    said.write_text("assessments: {schema: {value: 120}}\n", encoding="utf-8")
    done = run(
        "readiness",
        "devmentor-prod",
        "--phase",
        "grwth",
        "--inputs",
        str(said),
        "--html",
        str(tmp_path / "no" / "p.html"),
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "stacks/Pulumi.devmentor-prod.yaml with --phase grwth has 1 mistake:\n"
        "  datastores:phase must be one of mvp, growth, scale, enterprise, got 'grwth': did you mean 'growth'?\n"
        f"{said} has 3 mistakes:\n"
        "  assessments.schema.value must be a number from 0 to 100, got 120\n"
        "  assessments.schema.owner is missing\n"
        "  assessments.schema.date is missing\n"
        "the command line has 1 mistake:\n"
        f"  --html cannot write {tmp_path / 'no' / 'p.html'}: there is no folder {tmp_path / 'no'}\n"
    )


def test_a_report_is_one_file_that_names_no_other(tmp_path: Path):
    file = tmp_path / "page.html"
    done = run("report", "clubapp-prod", "--output", str(file))
    page = file.read_text(encoding="utf-8")

    assert (done.returncode, done.stdout) == (0, f"{file} is written: open it in a browser\n")
    assert re.findall(r"(?i)https?:|//|@import|url\(|src=|<link|<script", page) == []
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_a_report_tells_all_mistakes_at_once(tmp_path: Path):
    done = run("report", "clubapp-pord", "--output", str(tmp_path))

    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'clubapp-prod'?" in done.stderr
    assert f"--output cannot write {tmp_path}: it is a folder\n" in done.stderr
