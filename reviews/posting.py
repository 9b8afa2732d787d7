"""
Post the comment of a review: what the second workflow runs, from the default branch, with the right to comment.

    python3 -I reviews/posting.py comment|sarif

What the first workflow left is data of a stranger. It is fetched as one archive of limited size, from which one file is
read in memory; nothing of it is executed or written to disk. The pull request is looked up by the commit that the first
workflow ran for, which GitHub says, not the archive. Only the standard library and `gh`, as nothing is installed here.
"""

import base64
import gzip
import importlib.util
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

ARTIFACT: Final = "datastores-pr"
LARGEST_ARCHIVE: Final = 5_000_000
"""Bytes."""
LARGEST_FILE: Final = {"comment.md": 300_000, "pr.sarif": 20_000_000}
"""Bytes, by name in the archive."""
AUTHOR: Final = "github-actions[bot]"
_EDITED: Final = (
    "**This pull request edits what judges it**, or the workflow that ran it: what follows was said by the edited "
    "version. Check it with the code of the base.\n\n"
)
_STRANGE: Final = "## Data stores: no comment\n\nThe run handed over something that this check never writes: {}.\n"


class PostingError(Exception):
    """Nothing can be posted; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """The run of the first workflow, as GitHub says."""

    repository: str
    """owner/name."""
    id: str
    head_sha: str
    head_owner: str
    head_branch: str


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Post what the run left; 0 also where there is nothing to post any more."""
    run = Run(
        repository=environment["REPOSITORY"],
        id=environment["RUN_ID"],
        head_sha=environment["HEAD_SHA"],
        head_owner=environment["HEAD_OWNER"],
        head_branch=environment["HEAD_BRANCH"],
    )
    try:
        number = _pull_request(run)
        if number is None:
            sys.stdout.write(f"no open pull request ends with {run.head_sha}: nothing to post\n")
        elif list(arguments) == ["sarif"]:
            _upload(run, number)
        else:
            _comment(run, number)
    except PostingError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def _pull_request(run: Run) -> int | None:
    """Find the open pull request whose last commit is the run's; one that has moved on has a newer run."""
    found = _pages(
        f"repos/{run.repository}/pulls", "-f", "state=open", "-f", f"head={run.head_owner}:{run.head_branch}"
    )
    return next((int(one["number"]) for one in found if one["head"]["sha"] == run.head_sha), None)


def _comment(run: Run, number: int) -> None:
    inert, edited = _module("inert"), _judging(run, number)
    text = _file(run, "comment.md").decode("utf-8", errors="replace")
    quiet = text.startswith(f"{inert.MARKER}\n{inert.QUIET}\n")
    if flaws := inert.flaws(text):
        text = f"{inert.MARKER}\n{_STRANGE.format(', '.join(flaws))}"
        quiet = False
    if edited:
        text = text.replace(f"{inert.MARKER}\n", f"{inert.MARKER}\n{_EDITED}", 1)
        quiet = False
    own = _own_comment(run, number, inert.MARKER)
    if own is not None:
        _send("PATCH", f"repos/{run.repository}/issues/comments/{own}", {"body": text})
    elif not quiet:
        _send("POST", f"repos/{run.repository}/issues/{number}/comments", {"body": text})


def _judging(run: Run, number: int) -> bool:
    """Ask GitHub, not the run, whether the pull request edits what judges it."""
    files = _pages(f"repos/{run.repository}/pulls/{number}/files")
    names = [str(name) for one in files for name in (one["filename"], one.get("previous_filename")) if name]
    return bool(_module("judges").judging(names))


def _own_comment(run: Run, number: int, marker: str) -> int | None:
    for one in _pages(f"repos/{run.repository}/issues/{number}/comments"):
        if one["user"]["login"] == AUTHOR and str(one["body"]).startswith(marker):
            return int(one["id"])
    return None


def _upload(run: Run, number: int) -> None:
    """Hand SARIF over to code scanning, for the pull request only."""
    written = _file(run, "pr.sarif")
    try:
        document = json.loads(written)
    except ValueError as error:
        raise PostingError(f"pr.sarif is not JSON: {error}") from None
    if not (isinstance(document, dict) and isinstance(document.get("runs"), list)):
        raise PostingError("pr.sarif has no runs")
    if document["runs"]:
        packed = base64.b64encode(gzip.compress(written)).decode("ascii")
        fields = {"commit_sha": run.head_sha, "ref": f"refs/pull/{number}/head", "sarif": packed}
        _send("POST", f"repos/{run.repository}/code-scanning/sarifs", fields)


def _file(run: Run, name: str) -> bytes:
    """Read one file of the run's artifact."""
    artifacts = _pages(f"repos/{run.repository}/actions/runs/{run.id}/artifacts", key="artifacts")
    ours = [one for one in artifacts if one["name"] == ARTIFACT]
    if len(ours) != 1:
        raise PostingError(f"the run must have one artifact {ARTIFACT}, got {len(ours)}")
    if int(ours[0]["size_in_bytes"]) > LARGEST_ARCHIVE:
        raise PostingError(f"the artifact must have at most {LARGEST_ARCHIVE} bytes, got {ours[0]['size_in_bytes']}")
    archive = _gh(f"repos/{run.repository}/actions/artifacts/{int(ours[0]['id'])}/zip")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(name) as file:
            # One more than allowed: what the archive says of its sizes may be a lie.
            read = file.read(LARGEST_FILE[name] + 1)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise PostingError(f"{name} cannot be read from the artifact: {error}") from None
    if len(read) > LARGEST_FILE[name]:
        raise PostingError(f"{name} must have at most {LARGEST_FILE[name]} bytes")
    return read


def _pages(path: str, *fields: str, key: str = "") -> list[dict[str, Any]]:
    """Get a list that comes in pages: JSON texts one after another."""
    text = _gh("--method", "GET", "--paginate", path, "-f", "per_page=100", *fields).decode("utf-8")
    decoder, rows, position = json.JSONDecoder(), list[dict[str, Any]](), 0
    while position < len(text):
        page, position = decoder.raw_decode(text, position)
        rows += page[key] if key else page
        position += len(text[position:]) - len(text[position:].lstrip())
    return rows


def _send(method: str, path: str, fields: Mapping[str, str]) -> None:
    _gh("--method", method, path, "--input", "-", given=json.dumps(fields).encode("utf-8"))


def _gh(*arguments: str, given: bytes = b"") -> bytes:
    done = subprocess.run(  # noqa: S603  no shell; a branch's name is the value of a field
        ["gh", "api", *arguments],  # noqa: S607  the runner's own
        input=given,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise PostingError(f"gh api {' '.join(arguments[:4])}: {done.stderr.decode('utf-8', errors='replace').strip()}")
    return done.stdout


def _module(name: str) -> ModuleType:
    """Load a neighbour by its file: with `-I` nothing of this folder is on the path."""
    spec = importlib.util.spec_from_file_location(f"reviews_{name}", Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise PostingError(f"{name}.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], os.environ))
