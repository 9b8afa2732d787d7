"""What an import comes to: for each resource what the next `up` would change of it, and what may not be."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from imports.found import Found, FoundStore
from imports.ways import way
from stacks.phases import Environment
from upgrades.edits import PROTECT, Edit, Operation
from upgrades.gate import Refusal, judge, shown
from upgrades.preview import read_preview


class Fate(StrEnum):
    """What the next `up` does to an imported resource."""

    SAME = "same"
    """Nothing: the preview is empty for it."""
    CHANGED = "changed"
    """It is brought in line, in place."""
    REPLACED = "replaced"
    """Another one takes its place: the import is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What becomes of one resource."""

    found: Found
    edits: tuple[Edit, ...]
    """What differs from what the program wants."""
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]

    @property
    def fate(self) -> Fate:
        """In one word."""
        if any(_replaces(edit) for edit in self.edits):
            return Fate.REPLACED
        return Fate.CHANGED if self.edits else Fate.SAME


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcomes:
    """What becomes of everything that is imported."""

    of_store: Mapping[str, tuple[Outcome, ...]]
    doubts: tuple[str, ...]
    """Why this may not be all."""

    @property
    def all(self) -> Sequence[Outcome]:
        """Those of all stores."""
        return [one for found in self.of_store.values() for one in found]

    @property
    def refused(self) -> bool:
        """Whether the import may not be."""
        return any(one.refusals for one in self.all)

    @property
    def empty(self) -> bool:
        """Whether the preview is empty for all that is imported."""
        return not self.doubts and all(one.fate is Fate.SAME for one in self.all)


def outcomes(stores: Sequence[FoundStore], preview: str, *, stack: str, environment: Environment) -> Outcomes:
    """Read the preview that follows an import; raises `upgrades.preview.PreviewError`."""
    read = read_preview(preview)
    edits: defaultdict[str, list[Edit]] = defaultdict(list)
    for edit in read.edits:
        # The environment decides it, and the import took the same.
        if edit.path != PROTECT:
            edits[edit.urn].append(edit)
    return Outcomes(
        of_store={
            found.store.name: tuple(
                _outcome(one, edits[one.expected.urn], stack, environment) for one in found.resources
            )
            for found in stores
        },
        doubts=read.gaps,
    )


def _outcome(found: Found, edits: Sequence[Edit], stack: str, environment: Environment) -> Outcome:
    if any(_replaces(edit) for edit in edits):
        return Outcome(found=found, edits=tuple(edits), refusals=(_replaced(edits),), warnings=())
    verdict = judge(edits, stack=stack, environment=environment)
    return Outcome(
        found=found,
        edits=tuple(edits),
        refusals=(*verdict.refusals, *verdict.doubts),
        warnings=verdict.warnings,
    )


def _replaces(edit: Edit) -> bool:
    return edit.replaces or edit.operation in (Operation.REPLACE, Operation.DELETE)


def _replaced(edits: Sequence[Edit]) -> Refusal:
    reasons = [edit for edit in edits if edit.replaces]
    why = ", ".join(f"{edit.path} is {shown(edit.before)} and would be {wanted(edit.after)}" for edit in reasons)
    return Refusal(
        resource=edits[0].resource,
        what=f"would be replaced: {why or 'the preview does not say why'}",
        because="the next `up` would make an empty one in its place, and delete what was imported",
        instead=way(reasons),
    )


def wanted(value: Any) -> str:
    """Write what the program wants; another resource by its name."""
    found = re.fullmatch(r"ref:[^:]+:[^:]+:[^:]+::(?P<name>[^:]+)::.*", value) if isinstance(value, str) else None
    return f"that of {found['name']}, which is not deployed yet" if found else shown(value)


def in_words(edits: Sequence[Edit]) -> Iterator[str]:
    """Say what differs, a line each; all tags in one."""
    tags = [edit.path.partition(".")[2] for edit in edits if edit.path.startswith("tags.")]
    for edit in edits:
        if not edit.path.startswith("tags."):
            yield f"{edit.path}: {shown(edit.before)} -> {wanted(edit.after)}"
    if tags:
        yield f"tags: {', '.join(tags)}"
