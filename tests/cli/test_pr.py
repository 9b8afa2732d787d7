"""`datastores pr` as a user runs it: on commits of a repository, each made by a change that a pull request could be."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reviews.inert import MARKER, QUIET, flaws
from stacks.applications import APPLICATIONS
from stacks.phases import Phase
from stacks.rows import written
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
    committed(root, "mended")
    git(root, "checkout", "--quiet", "--detach", "base")
    hop_to_growth(root)
    committed(root, "hopped")
    git(root, "checkout", "growth", "--", "stacks")
    committed(root, "grown")
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
    (root / "policies" / "exemptions.yaml").write_text(EXEMPTION, encoding="utf-8")


def approve_itself(root: Path) -> None:
    weaken(root)
    allow(root)
    levels = root / "policies" / "levels.py"
    replaced(levels, "Group.TAGGING:    _rows(dev=_A, staging=_M,", "Group.TAGGING:    _rows(dev=_A, staging=_A,")


def grow_to(phase: str) -> Callable[[Path], None]:
    return lambda root: replaced(stack_file(root, "clubapp-prod"), "phase: mvp", f"phase: {phase}")


def hop_to_growth(root: Path) -> None:
    stores = APPLICATIONS["clubapp"].stores
    rows = {one.name: one.sizes[Phase.GROWTH] for one in stores if one.sizes[Phase.GROWTH] != one.sizes[Phase.MVP]}
    hop = {"to": "growth", "step": 1, "sizes": {name: written(size) for name, size in rows.items()}}
    file = stack_file(root, "clubapp-prod")
    replaced(file, "phase: mvp", f"phase: mvp\n  datastores:hop: {json.dumps(hop)}")


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


@pytest.fixture(scope="module")
def pr(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Give a run of the command between two tags; the same one is not run twice."""

    @cache
    def run(base: str, head: str, *more: str) -> Ran:
        folder = tmp_path_factory.mktemp("written")
        comment, sarif = folder / "comment.md", folder / "pr.sarif"
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


def test_a_change_cannot_approve_itself(pr: Callable[..., Ran]):
    """A weaker backup, with an exemption and a lowered level: the finding counts, and what lets it pass is told."""
    ran = pr("base", "approving-itself")

    assert (ran.code, ran.err, ran.kinds()) == (1, "", ["what judges", "exemption", "level"])
    assert PITR in ran.new()
    assert ran.told["stacks"][0]["gate"]["verdict"] == "refused"
    assert flaws(ran.comment) == []
    for line in (
        "- mandatory `dynamodb-pitr` on `presence-table`: DynamoDB tables must",
        "### Gate: clubapp-prod: refused (1 refusal, 1 resource touched)",
        "edited by it: `policies/levels.py`",
        (
            "- exemption: `dynamodb-pitr` lets `presence-*` pass in every stack until 2999-01-31, by team-data: it can "
            "be &lt;b&gt;computed&lt;/b&gt; again, says @\u200beverybody"
        ),
        "mandatory → advisory in staging",
    ):
        assert line in ran.comment


def test_sarif_says_what_is_new(pr: Callable[..., Ran]):
    run = pr("base", "approving-itself").sarif["runs"][0]

    states = {one["ruleId"]: one["baselineState"] for one in run["results"]}
    assert (states["dynamodb-pitr"], set(states.values())) == ("new", {"new", "unchanged"})
    assert {run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] for one in run["results"]} == set(states)


def test_what_somebody_accepts_passes(pr: Callable[..., Ran]):
    ran = pr("base", "lenient", "--accept-policy-changes")

    assert (ran.code, ran.kinds(), ran.told["accepted"]) == (0, ["exemption"], True)
    assert "### Changes of what judges: accepted" in ran.comment


def test_a_finding_that_is_fixed_is_told(pr: Callable[..., Ran]):
    ran = pr("weaker", "mended")

    assert PITR in {(one["control"], one["resource"]) for one in ran.told["stacks"][0]["fixed"]}
    assert "**fixed** in `clubapp-prod`" in ran.comment


def test_a_phase_whose_rows_a_hop_has_reached_may_be_edited(pr: Callable[..., Ran]):
    ran = pr("hopped", "grown")

    assert ran.kinds() == []
    assert "| `clubapp-prod` | `mvp` → `growth` |" in ran.comment
    # Only that nobody has drilled its stores stands in the way.
    new = [one for stack in ran.told["stacks"] for one in stack["new"] if one["level"] == "mandatory"]
    assert (ran.code, {one["control"] for one in new}) == (1, {"restore-drill-recent"})


def test_a_phase_edited_over_hops_names_what_is_wanted(pr: Callable[..., Ran]):
    ran = pr("base", "enterprise")

    assert (ran.code, ran.kinds()) == (1, ["phase"])
    assert (
        "- phase: `clubapp-prod` goes from `mvp` to `enterprise` by hand, and that is not one safe update: wanted is "
        "the path that `datastores plan clubapp-prod --to enterprise` prints, update by update; see docs/upgrades.md"
    ) in ran.comment


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


def test_what_is_no_commit_ends_with_2_and_a_comment_that_says_so(project: Path, tmp_path: Path):
    comment = tmp_path / "comment.md"
    done = subprocess.run(
        [*COMMAND, "pr", "--base", "base", "--head", "nope", "--markdown", str(comment)],
        env={**ENVIRONMENT, **GIT, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )

    said = "--head must be a commit of this repository, got 'nope': in a shallow clone, fetch it first"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {said}\n")
    assert comment.read_text(encoding="utf-8") == f"{MARKER}\n## Data stores: cannot be judged\n\n{said}\n"


def test_nothing_is_left_of_what_was_looked_at(pr: Callable[..., Ran], project: Path):
    pr("base", "documented")

    assert len(git(project, "worktree", "list").splitlines()) == 1
