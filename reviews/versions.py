"""The two versions that a pull request lies between, each as a folder with its own program."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reviews.judges import judging
from upgrades.commit import CommitError, checked_out, commit_of, git

WORKING_TREE: Final = "the working tree"
_NOT_RENDERED: Final = ("docs/", "drills/", "tests/", "benchmarks/", ".github/", ".ci/", "policies/exemptions.yaml")
"""Folders and files that no stack is made of; Markdown is not either."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One state of the project."""

    label: str
    """The commit's full name, or that it is the working tree."""
    tree: Path

    def stacks(self) -> list[str]:
        """Name the stacks that have a file here."""
        files = (self.tree / "stacks").glob("Pulumi.*.yaml")
        return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


@dataclass(frozen=True, kw_only=True, slots=True)
class Versions:
    """What a pull request starts from, what it leads to, and the files that differ."""

    base: Version
    head: Version
    changed: frozenset[str]
    """Paths from the project's folder."""

    @property
    def judges(self) -> list[str]:
        """Name the changed files that decide whether the pull request passes."""
        return judging(self.changed)

    @property
    def rejudges(self) -> bool:
        """Say whether the two versions may judge differently."""
        return any(
            not _is_prose(one)
            and (one.startswith("policies/") or (one.startswith("stacks/") and not _is_stack_file(one)))
            for one in self.changed
        )

    def may_touch(self, stack: str) -> bool:
        """Say whether the stack may render to something else, or its drills say so: a file that tells differs."""
        own = f"stacks/Pulumi.{stack}.yaml"
        reports = f"drills/{stack}/"
        if any(one.startswith(reports) for one in self.changed):
            return True
        return any(one == own or not (_is_stack_file(one) or _is_not_rendered(one)) for one in self.changed)


@contextmanager
def versions(base: str, head: str | None, root: Path) -> Generator[Versions]:
    """
    Check out what *head* (None: the working tree) and *base* have in common last, and *head*; they are gone afterwards.

    Raises CommitError.
    """
    end = None if head is None else commit_of(head, root, option="--head")
    start = _common(commit_of(base, root), end or "HEAD", base, root)
    with checked_out(start, root) as before, nullcontext(root) if end is None else checked_out(end, root) as after:
        yield Versions(
            base=Version(label=start, tree=before),
            head=Version(label=end or WORKING_TREE, tree=after),
            changed=frozenset(_changed(start, end, root)),
        )


def _common(base: str, head: str, ref: str, root: Path) -> str:
    found = git(root, "merge-base", base, head)
    if found.returncode:
        raise CommitError(f"{ref!r} and the change have no commit in common: in a shallow clone, fetch more of it")
    return found.stdout.split()[0]


def _changed(base: str, head: str | None, root: Path) -> list[str]:
    """Name the files that differ; git quotes a name that is unusual, and nothing that we look for is."""
    end = [] if head is None else [head]
    found = [_listed(root, "diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", base, *end, "--")]
    if head is None:
        found.append(_listed(root, "ls-files", "--others", "--exclude-standard"))
    return [name.removeprefix('"') for names in found for name in names]


def _listed(root: Path, *arguments: str) -> list[str]:
    done = git(root, *arguments)
    if done.returncode:
        raise CommitError(f"git cannot compare the two: {done.stderr.strip()}")
    return done.stdout.splitlines()


def _is_prose(file: str) -> bool:
    return file.endswith(".md")


def _is_stack_file(file: str) -> bool:
    return file.startswith("stacks/Pulumi.") and file.endswith(".yaml")


def _is_not_rendered(file: str) -> bool:
    return file.startswith(_NOT_RENDERED) or _is_prose(file)
