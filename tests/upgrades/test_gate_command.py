"""`datastores gate` as a user runs it, on previews and between commits of a repository."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from cli.gate import Form, gate_preview
from localcloud.paths import CODE
from tests.engine.project import copy_to, replaced, stack_file

PREVIEWS = Path(__file__).parent / "previews"
USAGE = """\
Usage: datastores gate [OPTIONS] [[STACK]]
Try 'datastores gate --help' for help.

Error: Invalid value for {}
"""
NOBODY = {f"GIT_{who}_{what}": "nobody@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, **NOBODY}
SORT_KEY = ('sort_key=Key(name="venueId", type="S")', 'sort_key=Key(name="placeId", type="S")')


def gate(
    *arguments: str, root: Path = CODE, given: str = "", path: str = os.environ["PATH"]
) -> subprocess.CompletedProcess[str]:
    program = "import sys; sys.argv[0] = 'datastores'; from cli.main import main; raise SystemExit(main())"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, "gate", *arguments],
        env={**os.environ, **GIT, "PYTHONPATH": str(root), "PATH": path},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


# Previews


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("same-prod.json", 0),
        ("growth-prod.json", 1),
        ("sort-dev.json", 0),
        ("gone-dev.json", 0),
        ("key-dev.json", 0),
        ("sort-prod.json", 1),
        ("sort-prod-stream.jsonl", 1),
        ("sort-unlocked-prod.json", 1),
        ("unlocked-main-prod.json", 1),
        ("gone-prod.json", 1),
        ("backups-prod.json", 1),
        ("rotation-prod.json", 1),
    ],
)
def test_a_recorded_preview_gets_its_verdict(name: str, code: int):
    """In this process: a command for each would take its time."""
    out, err = StringIO(), StringIO()

    status = gate_preview(PREVIEWS / name, form=Form.TEXT, out=out, err=err)

    assert (status, err.getvalue()) == (code, "")


def test_a_refused_preview_says_why_and_what_else_to_do():
    assert gate("--preview", str(PREVIEWS / "sort-unlocked-prod.json")).stdout == (
        'refused: aws:dynamodb/table:Table::presence-table would be replaced: rangeKey would go from "venueId" to '
        '"placeId"\n'
        "  because: an empty one would take its place, and the data would be deleted with the old one\n"
        "  instead: restore the old rangeKey; if it has to be another one, make it beside the old one, copy over, "
        "switch the callers, and retire the old one last\n"
        "\n"
        "refused: aws:dynamodb/table:Table::presence-table would lose Pulumi's `protect`\n"
        "  because: the same update replaces it, which Pulumi would have refused and now carries out\n"
        "  instead: keep protect=True, and take the store out of `datastores:unlock` if it is there\n"
        "\n"
        "refused: aws:dynamodb/table:Table::presence-table deletionProtectionEnabled would go from true to false\n"
        "  because: the service would no longer refuse to delete the store, whoever asks\n"
        "  instead: leave it on; a store that is really to go is backed up first, and a person accepts this refusal "
        "in the review\n"
        "\n"
        "what changes:\n"
        "  replace   aws:dynamodb/table:Table::presence-table: rangeKey\n"
        "  online    aws:dynamodb/table:Table::presence-table: attributes[], deletionProtectionEnabled\n"
        "\n"
        "clubapp-prod: refused (3 refusals, 2 resources touched)\n"
    )


def test_a_safe_preview_says_what_to_do_next():
    assert gate("--preview", str(PREVIEWS / "same-prod.json")).stdout == (
        "clubapp-prod: safe (0 resources touched)\nnext: pulumi up --stack clubapp-prod\n"
    )


def test_a_preview_comes_through_a_pipe_too():
    done = gate("--preview", "-", "--json", given=(PREVIEWS / "gone-prod.json").read_text(encoding="utf-8"))

    assert done.returncode == 1
    assert [one["resource"] for one in json.loads(done.stdout)["refusals"]] == [
        "aws:dynamodb/table:Table::devices-table"
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (b"{}", "is no preview: has no steps: write it with `pulumi preview --json > FILE`"),
        (b"\xff\xfe{", "is not UTF-8 from byte 1 on"),
    ],
    ids=["no preview", "no text"],
)
def test_a_file_that_is_no_preview_ends_with_2(tmp_path: Path, written: bytes, message: str):
    file = tmp_path / "preview.json"
    file.write_bytes(written)

    done = gate("--preview", str(file))

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {file} {message}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "gate: give STACK, STACK and --base REF, or --preview FILE"),
        (["clubapp-prod", "--phase", "growth"], "--base: is needed with --phase, --environment and --set"),
        (["--preview", "x", "--base", "y"], "--preview: says all itself: leave the stack and its options out"),
        (["--preview", "x", "--json", "--markdown"], "--markdown: is not for use with --json"),
    ],
    ids=["nothing", "a phase of now", "both", "two forms"],
)
def test_options_that_say_nothing_together_end_with_2(arguments: list[str], message: str):
    done = gate(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", USAGE.format(message))


def pulumi(folder: Path, script: str) -> str:
    """Put a pulumi of ours into a folder; give a PATH with nothing else."""
    file = folder / "pulumi"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(folder)


def test_a_stack_is_previewed_whole_and_judged(tmp_path: Path):
    said = f'echo "$@" > {tmp_path}/asked; exec /bin/cat {PREVIEWS}/small/queue-node.json'

    done = gate("clubapp-prod", path=pulumi(tmp_path, said))

    assert (tmp_path / "asked").read_text() == "preview --json --show-sames --stack clubapp-prod\n"
    assert (done.returncode, done.stderr) == (1, "")
    assert "nodeType (1 to 60 s without it)" in done.stdout


def test_a_preview_that_fails_ends_with_2_and_what_pulumi_said(tmp_path: Path):
    done = gate("clubapp-prod", path=pulumi(tmp_path, "echo 'error: no stack named' >&2; echo oh >&2; exit 6"))

    command = "pulumi preview --json --show-sames --stack clubapp-prod"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: `{command}` gives no preview: error: no stack named oh\n"


def test_without_pulumi_there_are_other_ways(tmp_path: Path):
    done = gate("clubapp-prod", path=str(tmp_path))

    assert (done.returncode, done.stderr) == (
        2,
        "error: there is no pulumi on PATH: use --base REF, or --preview FILE\n",
    )


# Commits


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | GIT
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def commit(repository: Path, tag: str) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", tag)
    git(repository, "tag", tag)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a project, in a folder of a repository, whose working tree has another sort key than its last commit."""
    repository = tmp_path_factory.mktemp("repository")
    root = copy_to(repository / "infra")
    application = root / "stacks" / "applications" / "clubapp.py"
    git(repository, "init", "--quiet")
    (repository / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    prod = stack_file(root, "clubapp-prod")
    written, program = prod.read_text(encoding="utf-8"), application.read_text(encoding="utf-8")
    prod.unlink()
    commit(repository, "before-prod")
    prod.write_text(written, encoding="utf-8")
    application.write_text("raise RuntimeError('half-way')\n", encoding="utf-8")
    commit(repository, "broken")
    application.write_text(program, encoding="utf-8")
    commit(repository, "good")
    replaced(application, *SORT_KEY)
    yield root
    # Whatever a test looked at, nothing of it is left.
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_a_changed_sort_key_is_refused_by_name(project: Path):
    done = gate("clubapp-prod", "--base", "good", root=project)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        'refused: aws:dynamodb/table:Table::presence-table would be replaced: rangeKey would go from "venueId" to '
        '"placeId"\n'
        "  because: an empty one would take its place, and the data would be deleted with the old one\n"
        "  instead: restore the old rangeKey; if it has to be another one, make it beside the old one, copy over, "
        "switch the callers, and retire the old one last\n"
        "\n"
        "what changes:\n"
        "  replace   aws:dynamodb/table:Table::presence-table: rangeKey\n"
        "  online    aws:dynamodb/table:Table::presence-table: attributes[]\n"
        "\n"
        "clubapp-prod: refused (1 refusal, 2 resources touched)\n"
    )


def test_the_same_in_dev_is_a_warning(project: Path):
    done = gate("clubapp-dev", "--base", "good", "--json", root=project)

    verdict = json.loads(done.stdout)
    assert (done.returncode, verdict["verdict"], len(verdict["warnings"])) == (0, "safe", 1)


def test_an_environment_holds_for_both_sides(project: Path):
    done = gate("clubapp-dev", "--base", "good", "--environment", "prod", "--json", root=project)

    assert [one["what"] for one in json.loads(done.stdout)["refusals"]] == [
        'would be replaced: rangeKey would go from "venueId" to "placeId"'
    ]


def test_a_phase_is_part_of_the_change(project: Path):
    done = gate("clubapp-prod", "--base", "good", "--phase", "enterprise", "--json", root=project)

    assert {
        'would be replaced: rangeKey would go from "venueId" to "placeId"',
        'clusterMode would go from "disabled" to "enabled"',
    } <= {one["what"] for one in json.loads(done.stdout)["refusals"]}


def test_a_stack_that_is_new_passes(project: Path):
    done = gate("clubapp-prod", "--base", "before-prod", root=project)

    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "clubapp-prod: safe (0 resources touched)")


def test_a_commit_whose_program_fails_cannot_be_told(project: Path):
    done = gate("clubapp-prod", "--base", "broken", root=project)

    assert (done.returncode, done.stdout) == (
        3,
        (
            "cannot tell: the change cannot be seen whole\n"
            "  because: clubapp-prod cannot be rendered at broken: RuntimeError: half-way\n"
            "  instead: mend that and try again\n"
            "\n"
            "clubapp-prod: cannot tell (1 doubt, 0 resources touched)\n"
        ),
    )


@pytest.mark.parametrize("ref", ["nope", "--upload-pack=x", "good:infra"])
def test_what_is_no_commit_ends_with_2(project: Path, ref: str):
    done = gate("clubapp-prod", f"--base={ref}", root=project)

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        f"error: --base must be a commit of this repository, got {ref!r}: in a shallow clone, fetch it first\n",
    )


def test_outside_of_a_repository_there_is_nothing_to_compare_with(tmp_path: Path):
    root = copy_to(tmp_path / "project")

    done = gate("clubapp-prod", "--base", "HEAD", root=root)

    assert (done.returncode, done.stderr) == (
        2,
        f"error: {root} is in no git repository, so there is nothing to compare with: use --preview FILE\n",
    )
