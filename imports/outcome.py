"""What an import comes to: for each resource what the next `up` would change of it, and what may not be."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from imports.found import Found, FoundStore
from imports.ways import CLIENTS, way
from stacks.phases import Environment
from upgrades.edits import PROTECT, Edit, Operation
from upgrades.facts.fact import EffectKind
from upgrades.gate import Seen, judge
from upgrades.preview import read_preview
from upgrades.refusals import Refusal, seconds, shown

_STATE_ONLY: Final = frozenset(
    {"allowMajorVersionUpgrade", "applyImmediately", "deleteAutomatedBackups", "finalSnapshotIdentifier"}
    | {"skipFinalSnapshot"}
)
"""What AWS keeps no record of: an import finds nothing, and the next `up` writes it into Pulumi's state."""


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
    effects: tuple[Seen, ...] = ()
    """What the changes do to the store, as far as the table of effects knows its type."""

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
                _outcome(
                    one,
                    edits[one.expected.urn],
                    found.warnings if one is found.resources[0] else (),
                    stack=stack,
                    environment=environment,
                )
                for one in found.resources
            )
            for found in stores
        },
        doubts=read.gaps,
    )


def _outcome(
    found: Found, edits: Sequence[Edit], warnings: Sequence[Refusal], *, stack: str, environment: Environment
) -> Outcome:
    if any(_replaces(edit) for edit in edits):
        return Outcome(found=found, edits=tuple(edits), refusals=(_replaced(edits),), warnings=tuple(warnings))
    verdict = judge([edit for edit in edits if not _in_state_only(edit)], stack=stack, environment=environment)
    # An outage is not of the import: the gate stops the next `up` where nobody has planned for it.
    outages = [one for one in (*verdict.refusals, *verdict.doubts) if one.outage]
    return Outcome(
        found=found,
        edits=tuple(edits),
        refusals=tuple(one for one in (*verdict.refusals, *verdict.doubts) if not one.outage),
        warnings=(*warnings, *outages, *verdict.warnings),
        effects=verdict.effects,
    )


def _in_state_only(edit: Edit) -> bool:
    return edit.path in _STATE_ONLY and edit.before is None


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


def in_words(outcome: Outcome) -> Iterator[str]:
    """Say what differs, a line each; all tags in one, and all that AWS knows nothing of."""
    tags = [edit.path.partition(".")[2] for edit in outcome.edits if edit.path.startswith("tags.")]
    ours = [edit.path for edit in outcome.edits if _in_state_only(edit)]
    for edit in outcome.edits:
        if edit.path.startswith("tags.") or _in_state_only(edit):
            continue
        does = _does(edit, outcome.effects)
        for path, before, after in _leaves(edit.path, edit.before, edit.after):
            yield f"{path}: {shown(before)} -> {wanted(after)}{does}"
    if tags:
        yield f"tags: {', '.join(tags)}"
    if ours:
        yield f"in Pulumi's state only: {', '.join(ours)}"


def _leaves(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Take a block apart into what differs in it."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield path, before, after
        return
    old, new = cast("dict[str, Any]", before), cast("dict[str, Any]", after)
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield from _leaves(f"{path}.{key}", old.get(key), new.get(key))


def _does(edit: Edit, effects: Sequence[Seen]) -> str:
    """Say what a change does to clients, where they notice it."""
    first = _first(edit.path)
    found = [seen.effect for seen in effects if _first(seen.path) == first]
    said = [f"{one.kind}, {seconds(one.outage)}" for one in found if one.kind is not EffectKind.ONLINE]
    said += [one.note for one in found if one.note]
    said += [CLIENTS[edit.type, first]] if (edit.type, first) in CLIENTS else []
    return f" ({'; '.join(dict.fromkeys(said))})" if said else ""


def _first(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]
