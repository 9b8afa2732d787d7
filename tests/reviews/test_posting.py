"""What the workflow that may write comments does with what a stranger left: GitHub is a script that notes calls."""

import base64
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud.paths import CODE
from reviews.inert import MARKER, QUIET

SHA = "a" * 40
COMMENT = f"{MARKER}\n## Data stores: passed\n\nFine.\n"
# Answers by the path that is asked for; what is sent is kept.
GH = """\
#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
arguments = sys.argv[2:]
path = next(one for one in arguments if one.startswith("repos/"))
if "--input" in arguments:
    call = {{"method": arguments[1], "path": path, "body": json.loads(sys.stdin.read())}}
    with open(here / "sent", "a") as sent:
        sent.write(json.dumps(call) + "\\n")
elif path.endswith("/zip"):
    sys.stdout.buffer.write((here / "archive.zip").read_bytes())
else:
    assert arguments[:3] == ["--method", "GET", "--paginate"], arguments
    with open(here / "asked", "a") as asked:
        asked.write(" ".join(arguments) + "\\n")
    sys.stdout.write(json.loads((here / "answers").read_text())[path])
"""


@pytest.fixture
def post(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a run of the script with a `gh` that answers as told."""

    def run(  # noqa: PLR0913  each is a fact of the run
        *,
        files: dict[str, bytes] | None = None,
        what: str = "comment",
        pulls: list[dict[str, Any]] | None = None,
        changed: tuple[str, ...] = ("stacks/Pulumi.clubapp-prod.yaml",),
        comments: tuple[tuple[str, str], ...] = (),
        size: int = 100,
    ) -> subprocess.CompletedProcess[str]:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (files or {"comment.md": COMMENT.encode(), "pr.sarif": b'{"runs": [{}]}'}).items():
                archive.writestr(name, content)
        (tmp_path / "archive.zip").write_bytes(packed.getvalue())
        rows = [{"id": number, "user": {"login": who}, "body": body} for number, (who, body) in enumerate(comments)]
        half = len(rows) // 2
        answers = {
            "repos/o/r/pulls": json.dumps([{"number": 7, "head": {"sha": SHA}}] if pulls is None else pulls),
            "repos/o/r/pulls/7/files": json.dumps([{"filename": name} for name in changed]),
            # Two pages, as gh writes them.
            "repos/o/r/issues/7/comments": f"{json.dumps(rows[:half])}\n{json.dumps(rows[half:])}",
            "repos/o/r/actions/runs/1/artifacts": json.dumps(
                {"artifacts": [{"id": 5, "name": "datastores-pr", "size_in_bytes": size}]}
            ),
        }
        (tmp_path / "answers").write_text(json.dumps(answers), encoding="utf-8")
        gh = tmp_path / "gh"
        gh.write_text(GH.format(python=sys.executable), encoding="utf-8")
        gh.chmod(0o755)
        run = {"REPOSITORY": "o/r", "RUN_ID": "1", "HEAD_SHA": SHA, "HEAD_OWNER": "stranger", "HEAD_BRANCH": "-f x=y"}
        return subprocess.run(
            [sys.executable, "-I", str(CODE / "reviews" / "posting.py"), what],
            env={**os.environ, **run, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def sent(folder: Path) -> list[dict[str, Any]]:
    file = folder / "sent"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


Post = Callable[..., subprocess.CompletedProcess[str]]


def test_a_comment_is_posted_to_the_pull_request_of_the_commit(post: Post, tmp_path: Path):
    done = post()

    assert (done.returncode, done.stderr) == (0, "")
    assert sent(tmp_path) == [{"method": "POST", "path": "repos/o/r/issues/7/comments", "body": {"body": COMMENT}}]
    assert "-f state=open -f head=stranger:-f x=y" in (tmp_path / "asked").read_text(encoding="utf-8")


def test_its_own_comment_is_updated_and_nobody_elses(post: Post, tmp_path: Path):
    post(comments=(("stranger", COMMENT), ("github-actions[bot]", "hello"), ("github-actions[bot]", COMMENT)))

    assert [(one["method"], one["path"]) for one in sent(tmp_path)] == [("PATCH", "repos/o/r/issues/comments/2")]


@pytest.mark.parametrize("pulls", [[], [{"number": 8, "head": {"sha": "b" * 40}}]], ids=["none", "moved on"])
def test_without_an_open_pull_request_at_the_commit_nothing_is_posted(
    post: Post, tmp_path: Path, pulls: list[dict[str, Any]]
):
    """The number comes from GitHub: what the archive says of it is not even read."""
    done = post(pulls=pulls, files={"comment.md": COMMENT.encode(), "number": b"8"})

    assert (done.returncode, sent(tmp_path)) == (0, [])


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("Approved by @owner", "no marker, a mention"),
        (f"{MARKER}\n[click](https://evil.example)\n", "a link"),
        (f"{MARKER}\n<img src=x>\n", "HTML"),
        (f"{MARKER}\n{'a' * 70_000}", "more than 65000 characters"),
    ],
    ids=["mention", "link", "html", "long"],
)
def test_what_the_check_never_writes_is_not_posted(post: Post, tmp_path: Path, text: str, flaw: str):
    post(files={"comment.md": text.encode()})

    assert [one["body"]["body"] for one in sent(tmp_path)] == [
        f"{MARKER}\n## Data stores: no comment\n\nThe run handed over something that this check never writes: {flaw}.\n"
    ]


def test_a_pull_request_that_edits_its_judges_is_marked_by_who_posts(post: Post, tmp_path: Path):
    post(changed=("README.md", ".github/workflows/pull-request.yml"))

    assert sent(tmp_path)[0]["body"]["body"].startswith(f"{MARKER}\n**This pull request edits what judges it**")


QUIET_COMMENT = f"{MARKER}\n{QUIET}\n## Data stores: passed\n"


@pytest.mark.parametrize(("there", "calls"), [(False, 0), (True, 1)])
def test_a_quiet_comment_only_replaces_one(post: Post, tmp_path: Path, there: bool, calls: int):
    post(
        files={"comment.md": QUIET_COMMENT.encode()},
        comments=(("github-actions[bot]", COMMENT),) if there else (),
    )

    assert len(sent(tmp_path)) == calls


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"size": 5_000_001}, "the artifact must have at most 5000000 bytes, got 5000001"),
        ({"files": {"comment.md": b"a" * 300_001}}, "comment.md must have at most 300000 bytes"),
        ({"files": {"x": b""}}, "comment.md cannot be read from the artifact: "),
        ({"what": "sarif", "files": {"pr.sarif": b"{"}}, "pr.sarif is not JSON: "),
        ({"what": "sarif", "files": {"pr.sarif": b"[]"}}, "pr.sarif has no runs"),
    ],
    ids=["archive", "bomb", "nothing", "no json", "no sarif"],
)
def test_an_archive_that_is_none_of_ours_is_refused(post: Post, tmp_path: Path, more: dict[str, Any], message: str):
    done = post(**more)

    assert (done.returncode, sent(tmp_path)) == (1, [])
    assert done.stderr.startswith(f"error: {message}")


def test_sarif_goes_to_the_pull_request_only(post: Post, tmp_path: Path):
    post(what="sarif")

    call = sent(tmp_path)[0]
    assert (call["path"], call["body"]["ref"], call["body"]["commit_sha"]) == (
        "repos/o/r/code-scanning/sarifs",
        "refs/pull/7/head",
        SHA,
    )
    assert gzip.decompress(base64.b64decode(call["body"]["sarif"])) == b'{"runs": [{}]}'
