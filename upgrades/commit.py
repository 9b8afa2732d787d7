"""A stack as another commit describes it: checked out beside the working tree and rendered by its own program."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from stacks.mistakes import Refusal
from stacks.stackfile import config_of
from upgrades.renders import Rendered, rendered_from

_RENDER: Final = "from cli.main import main; raise SystemExit(main())"
_OTHERS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
"""What git sets for its hooks: it would lead away from the folder that we ask about."""


class CommitError(Exception):
    """The commit cannot be looked at; the text says why, and what to do."""


class NoRepositoryError(CommitError):
    """There is no git, or no repository; the text says which."""


class RenderError(Exception):
    """The commit's own program does not render the stack; the text is what it said."""


def rendered_at(ref: str, *, root: Path, stack: str, environment: str | None = None) -> Rendered | None:
    """
    Render *stack* as commit *ref* of the repository around *root* has it; None where it has no such stack.

    Raises CommitError where there is no such commit, RenderError where its program fails. Leaves nothing behind.
    """
    with checked_out(ref, root) as tree:
        return rendered_in(tree, stack=stack, environment=environment)


def rendered_in(tree: Path, *, stack: str, environment: str | None = None) -> Rendered | None:
    """
    Render *stack* by the program in the folder *tree*; None where it has no such stack.

    Raises RenderError where the program fails.
    """
    file = tree / "stacks" / f"Pulumi.{stack}.yaml"
    if not file.exists():
        return None
    more = [] if environment is None else ["--environment", environment]
    done = subprocess.run(  # noqa: S603  this Python, on the repository's own program
        # Not `-I`: the tree's packages are found by PYTHONPATH, before those that are installed.
        [sys.executable, "-P", "-c", _RENDER, "render", stack, "--json", *more],
        cwd=tree,
        env=environment_in(tree),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RenderError(said(done.stderr) or f"it ended with {done.returncode}")
    try:
        return rendered_from(done.stdout, stack=stack, region=_region(file))
    except ValueError as error:
        raise RenderError(str(error)) from None


def environment_in(tree: Path) -> dict[str, str]:
    """Give the environment in which Python finds the packages of *tree* first, and leaves nothing there."""
    return {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}


def said(written: str) -> str:
    """Give what a program said at its end in one line: of a traceback the last, of a message all."""
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    return " ".join(lines[-1:] if "Traceback (most recent call last):" in lines else lines)


def _region(file: Path) -> str:
    try:
        return str(config_of(file.read_text(encoding="utf-8"))[0].get("aws:region", ""))
    except (Refusal, UnicodeDecodeError) as error:
        raise RenderError(f"{file.name}: {error}") from None


@contextmanager
def checked_out(ref: str, root: Path) -> Generator[Path]:
    """Check a commit out into a folder of its own, for as long as the block runs; give the project's folder in it."""
    commit = commit_of(ref, root)
    prefix = git(root, "rev-parse", "--show-prefix").stdout.strip()
    with tempfile.TemporaryDirectory(prefix="datastores-gate-") as folder:
        tree = Path(folder) / "tree"
        try:
            # No hook of the user's runs for a folder that he never sees.
            added = git(root, "-c", f"core.hooksPath={os.devnull}", "worktree", "add", "--detach", str(tree), commit)
            if added.returncode:
                raise CommitError(f"git cannot check {ref!r} out: {added.stderr.strip()}")
            yield tree / prefix
        finally:
            git(root, "worktree", "remove", "--force", str(tree))


def commit_of(ref: str, root: Path, *, option: str = "--base") -> str:
    """Give the full name of the commit that *ref*, the value of *option*, stands for; raises CommitError."""
    found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.strip()
    if git(root, "rev-parse", "--git-dir").returncode:
        raise NoRepositoryError(f"{root} is in no git repository, so there is nothing to compare with")
    raise CommitError(f"{option} must be a commit of this repository, got {ref!r}: in a shallow clone, fetch it first")


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git on the repository around *root*, whatever hook we are called from."""
    try:
        return subprocess.run(  # noqa: S603  no shell, and a revision cannot be taken for an option
            ["git", "-C", str(root), *arguments],  # noqa: S607  the git that the user has on PATH
            env=_environment(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise NoRepositoryError("git is not installed") from None


def _environment(base: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in base.items() if key not in _OTHERS}
