"""The workflows give a pull request nothing that it could misuse."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud.paths import CODE
from reviews.posting import ARTIFACT, LARGEST_FILE

FOLDER = CODE / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
REVIEW, COMMENT = FOLDER / "pull-request.yml", FOLDER / "pull-request-comment.yml"
each_file = pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])


def workflow(file: Path) -> dict[Any, Any]:
    """YAML 1.1 takes `on` for a truth value."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def steps(file: Path) -> Iterator[dict[str, Any]]:
    for job in workflow(file)["jobs"].values():
        yield from job["steps"]


def test_there_are_two():
    assert [file.name for file in FILES] == ["pull-request-comment.yml", "pull-request.yml"]


@each_file
def test_every_action_is_pinned_by_commit_and_says_its_version(file: Path):
    used = re.findall(r"uses: (.*)", file.read_text(encoding="utf-8"))

    assert len(used) == sum("uses" in step for step in steps(file))
    assert [one for one in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@each_file
def test_nothing_that_somebody_wrote_becomes_part_of_a_script(file: Path):
    assert [step["run"] for step in steps(file) if "${{" in step.get("run", "")] == []


@each_file
def test_no_checkout_keeps_its_token(file: Path):
    kept = [step["with"].get("persist-credentials") for step in steps(file) if "checkout" in step.get("uses", "")]

    assert kept
    assert set(kept) == {False}


@each_file
def test_there_are_no_secrets_and_no_cloud(file: Path):
    text = file.read_text(encoding="utf-8")

    assert re.findall(r"secrets\.|id-token|aws-actions|AWS_|pull_request_target", text) == []


def test_the_review_runs_for_pull_requests_and_reads_only():
    found = workflow(REVIEW)

    assert list(found[True]) == ["pull_request"]
    assert found["permissions"] == {"contents": "read"}
    assert [job for job in found["jobs"].values() if "permissions" in job] == []


def test_the_review_is_never_skipped():
    """A check that is required and skipped counts as passed."""
    assert [job for job in workflow(REVIEW)["jobs"].values() if "if" in job or job.get("continue-on-error")] == []


def test_the_review_runs_the_bases_version_of_the_check():
    (script,) = (step["run"] for step in steps(REVIEW) if step.get("name") == "Review")

    assert 'cd "$RUNNER_TEMP/base"\n' in script
    assert '--base "$head^1" --head "$head"' in script
    assert script.index("cd ") < script.index(".local/venv/bin/datastores pr")


def test_a_label_accepts_only_in_the_run_that_it_starts():
    accepted = workflow(REVIEW)["jobs"]["review"]["env"]["ACCEPTED"]

    assert "github.event.action == 'labeled' &&" in accepted


def test_the_comment_runs_after_the_review_with_no_rights_but_its_own():
    found = workflow(COMMENT)

    assert list(found[True]) == ["workflow_run"]
    assert found[True]["workflow_run"]["workflows"] == [workflow(REVIEW)["name"]]
    assert found["permissions"] == {}
    assert {name: job["permissions"] for name, job in found["jobs"].items()} == {
        "comment": {"actions": "read", "contents": "read", "pull-requests": "write"},
        "sarif": {"actions": "read", "contents": "read", "pull-requests": "read", "security-events": "write"},
    }


def test_the_comment_checks_out_the_default_branch_and_runs_one_script_of_it():
    refs = [step["with"]["ref"] for step in steps(COMMENT) if "uses" in step]
    scripts = [step["run"] for step in steps(COMMENT) if "run" in step]

    assert set(refs) == {"${{ github.event.repository.default_branch }}"}
    assert scripts == ["python3 -I reviews/posting.py comment", "python3 -I reviews/posting.py sarif"]


def test_what_one_leaves_is_what_the_other_takes():
    (left,) = (step["with"] for step in steps(REVIEW) if "upload-artifact" in step.get("uses", ""))

    assert left["name"] == ARTIFACT
    assert sorted(line.rpartition("/")[2] for line in left["path"].splitlines()) == sorted(LARGEST_FILE)
