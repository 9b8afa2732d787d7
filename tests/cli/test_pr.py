"""`datastores pr` as a user runs it: on commits of a repository, each made by a change that a pull request could be."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reviews.inert import MARKER, QUIET, flaws
from tests.cli.command import COMMAND, ENVIRONMENT
from tests.engine.project import copy_to, replaced, stack_file

pytestmark = pytest.mark.xdist_group("pr")

NOBODY = {f"GIT_{who}_{what}": "nobody@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, **NOBODY}
PITR = ("dynamodb-pitr", "presence-table")
EXEMPTION = """\
exemptions:
  - control: dynamodb-pitr
    resource: presence-*
    reason: it can be <b>computed</b> again, says @everybody
    owner: team-data
    expires: 2999-01-31
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a run of the command left."""

    code: int
    err: str
    told: dict[str, Any]
    comment: str
    sarif: dict[str, Any]

    def new(self) -> set[tuple[str, str]]:
        return {(one["control"], one["resource"]) for stack in self.told["stacks"] for one in stack["new"]}

    def kinds(self) -> list[str]:
        return [one["kind"] for one in self.told["changes"]]


def git(folder: Path, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | GIT
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project with clubapp-prod alone, and a tag for each pull request."""
    root = copy_to(tmp_path_factory.mktemp("repository"))
    dev = stack_file(root, "clubapp-dev").read_text(encoding="utf-8")
    for file in (root / "stacks").glob("Pulumi.*.yaml"):
        if file != stack_file(root, "clubapp-prod"):
            file.unlink()
    (root / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch", "main")
    committed(root, "base")
    for tag, edit in EDITS.items():
        git(root, "checkout", "--quiet", "--detach", "base")
        edit(root)
        committed(root, tag)
    git(root, "checkout", "--quiet", "--detach", "weaker")
    git(root, "checkout", "base", "--", "stacks")
    committed(root, "weaker-fixed")
    git(root, "checkout", "--quiet", "main")
    stack_file(root, "clubapp-dev").write_text(dev, encoding="utf-8")
    committed(root, "added")
    return root


def committed(root: Path, tag: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", tag)
    git(root, "tag", tag)


def weaken(root: Path) -> None:
    replaced(
        stack_file(root, "clubapp-prod"), "phase: mvp", "phase: mvp\n  datastores:sizes: {presence: {backupDays: 0}}"
    )


def allow(root: Path) -> None:
    file = root / "policies" / "exemptions.yaml"
    file.write_text(EXEMPTION, encoding="utf-8")
    levels = root / "policies" / "levels.py"
    replaced(levels, "Group.TAGGING:    _rows(dev=_A, staging=_M,", "Group.TAGGING:    _rows(dev=_A, staging=_A,")


def approve_itself(root: Path) -> None:
    weaken(root)
    allow(root)


def grow_to(phase: str) -> Callable[[Path], None]:
    return lambda root: replaced(stack_file(root, "clubapp-prod"), "phase: mvp", f"phase: {phase}")


def break_it(root: Path) -> None:
    (root / "stacks" / "applications" / "clubapp.py").write_text(
        "raise RuntimeError('<b> half-way')\n", encoding="utf-8"
    )


def document_it(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs" / "new.md").write_text("# New\n", encoding="utf-8")


EDITS = {
    "weaker": weaken,
    "lenient": allow,
    "approving-itself": approve_itself,
    "growth": grow_to("growth"),
    "enterprise": grow_to("enterprise"),
    "broken": break_it,
    "documented": document_it,
}


@pytest.fixture
def pr(project: Path, tmp_path: Path) -> Callable[..., Ran]:
    def run(base: str, head: str, *more: str) -> Ran:
        comment, sarif = tmp_path / "comment.md", tmp_path / "pr.sarif"
        files = ["--markdown", str(comment), "--sarif", str(sarif), "--json"]
        done = subprocess.run(
            [*COMMAND, "pr", "--base", base, "--head", head, *files, *more],
            env={**ENVIRONMENT, **GIT, "PYTHONPATH": str(project)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return Ran(
            code=done.returncode,
            err=done.stderr,
            told=json.loads(done.stdout),
            comment=comment.read_text(encoding="utf-8"),
            sarif=json.loads(sarif.read_text(encoding="utf-8")),
        )

    return run


def test_a_weaker_backup_is_a_new_finding_and_a_refusal(pr: Callable[..., Ran]):
    ran = pr("base", "weaker")

    assert (ran.code, ran.err, ran.kinds()) == (1, "", [])
    assert PITR in ran.new()
    assert ran.told["stacks"][0]["gate"]["verdict"] == "refused"
    assert "- mandatory `dynamodb-pitr` on `presence-table`: DynamoDB tables must" in ran.comment
    assert "### Gate: clubapp-prod: refused (1 refusal, 1 resource touched)" in ran.comment
    states = {one["ruleId"]: one["baselineState"] for one in ran.sarif["runs"][0]["results"]}
    assert (states["dynamodb-pitr"], set(states.values())) == ("new", {"new", "unchanged"})
    assert flaws(ran.comment) == []


def test_a_finding_that_is_fixed_is_told_and_passes(pr: Callable[..., Ran]):
    ran = pr("weaker", "weaker-fixed")

    assert (ran.code, ran.new()) == (0, set())
    assert [one["control"] for one in ran.told["stacks"][0]["fixed"] if one["level"] == "mandatory"] == [
        "dynamodb-pitr"
    ]
    assert "**fixed** in `clubapp-prod`" in ran.comment


def test_a_change_cannot_approve_itself(pr: Callable[..., Ran]):
    """Its own exemption is told, and the finding that it lets pass counts."""
    ran = pr("base", "approving-itself")

    assert (ran.code, ran.kinds()) == (1, ["what judges", "exemption", "level"])
    assert PITR in ran.new()
    assert (
        "- exemption: `dynamodb-pitr` lets `presence-*` pass in every stack until 2999-01-31, by team-data: it can be "
        "&lt;b&gt;computed&lt;/b&gt; again, says @\u200beverybody"
    ) in ran.comment
    assert "`policies/levels.py`" in ran.comment
    assert "mandatory → advisory in staging" in ran.comment


def test_what_somebody_accepts_passes(pr: Callable[..., Ran]):
    ran = pr("base", "lenient", "--accept-policy-changes")

    assert (ran.code, ran.kinds(), ran.told["accepted"]) == (0, ["what judges", "exemption", "level"], True)
    assert "### Changes of what judges: accepted" in ran.comment


def test_a_phase_edited_over_hops_names_what_is_wanted(pr: Callable[..., Ran]):
    ran = pr("base", "enterprise")

    assert (ran.code, ran.kinds()) == (1, ["phase"])
    assert (
        "- phase: `clubapp-prod` goes from `mvp` to `enterprise` by hand, and that is not one safe update: wanted is "
        "one phase at a time (`mvp` to `growth`, then `growth` to `scale`, then `scale` to `enterprise`), each "
        "deployed before the next"
    ) in ran.comment


def test_a_phase_that_is_one_safe_update_may_be_edited(pr: Callable[..., Ran]):
    ran = pr("base", "growth")

    assert (ran.code, ran.kinds(), ran.new()) == (0, [], set())
    assert "| `clubapp-prod` | `mvp` → `growth` |" in ran.comment


def test_a_new_stack_is_judged_whole(pr: Callable[..., Ran]):
    ran = pr("base", "added")

    assert ran.code == 0
    assert [(one["stack"], one["state"], one["gate"]) for one in ran.told["stacks"]] == [("clubapp-dev", "added", None)]
    assert {one["level"] for one in ran.told["stacks"][0]["new"]} == {"advisory"}
    assert "- `clubapp-dev` is added: all its findings count as new" in ran.comment


def test_a_stack_that_does_not_render_ends_with_2(pr: Callable[..., Ran]):
    ran = pr("base", "broken")

    assert ran.code == 2
    assert (
        "- `clubapp-prod` does not render, nothing of it is judged: RuntimeError: &lt;b&gt; half-way"
    ) in ran.comment


def test_a_change_of_documentation_says_nothing(pr: Callable[..., Ran]):
    ran = pr("base", "documented")

    assert (ran.code, ran.told["stacks"], ran.sarif["runs"]) == (0, [], [])
    assert ran.comment.startswith(f"{MARKER}\n{QUIET}\n")
