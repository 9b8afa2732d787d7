"""
The gate: which edits may go through; for those that may not, what would happen, why not, and what to do instead.

Where an environment keeps data (staging, prod; a stack whose name says no environment counts as prod), everything that
loses data or the means to get it back is refused. In dev that is a warning. Weaker encryption, and what a service
cannot do at all, are refused everywhere.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stacks.phases import PROTECTION, STATEFUL, Environment
from upgrades.comparisons import CannotTellError
from upgrades.edits import PROTECT, Edit, Operation, unknown
from upgrades.guards import EVERYWHERE, GUARDS, Guard

SAFE: Final = 0
REFUSED: Final = 1
CANNOT_TELL: Final = 3

LONGEST_VALUE: Final = 60
"""Characters of a value in a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One thing that may not go through, or that nobody can tell yet."""

    resource: str
    """`TYPE::NAME`; empty where it is about the preview as a whole."""
    what: str
    because: str
    instead: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the gate says about a change of a stack."""

    stack: str
    environment: Environment | None
    """None: the stack's name does not say, so it is treated as prod."""
    changed: int
    """Resources that the change touches."""
    refusals: tuple[Refusal, ...]
    doubts: tuple[Refusal, ...]
    """What cannot be told before the deployment."""
    warnings: tuple[Refusal, ...]
    """What would be refused in an environment that keeps data."""

    @property
    def exit_code(self) -> int:
        """SAFE, REFUSED, or CANNOT_TELL where nothing is refused."""
        return REFUSED if self.refusals else CANNOT_TELL if self.doubts else SAFE


def environment_of(stack: str) -> Environment | None:
    """Read the environment from a stack's name; None where it names none."""
    named = stack.rpartition("-")[2]
    return next((one for one in Environment if one == named), None)


def judge(edits: Iterable[Edit], *, stack: str, environment: Environment | None, gaps: Sequence[str] = ()) -> Verdict:
    """Give the verdict on a change; *gaps* say why *edits* may not be all of it."""
    of_urn: defaultdict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        of_urn[edit.urn].append(edit)
    found = [one for changes in of_urn.values() for one in _judge_resource(changes)]
    strict = environment is None or PROTECTION[environment].deletion
    return Verdict(
        stack=stack,
        environment=environment,
        changed=len(of_urn),
        refusals=tuple(one.said for one in found if one.certain and (strict or one.everywhere)),
        doubts=tuple([one.said for one in found if not one.certain and (strict or one.everywhere)] + _doubts(gaps)),
        warnings=tuple(one.said for one in found if not (strict or one.everywhere)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    said: Refusal
    everywhere: bool = False
    """Refused in dev too."""
    certain: bool = True


def _doubts(gaps: Sequence[str]) -> list[Refusal]:
    if not gaps:
        return []
    more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
    doubt = Refusal(
        resource="",
        what="the change cannot be seen whole",
        because=f"{gaps[0]}{more}",
        instead="mend that and try again",
    )
    return [doubt]


# One resource


def _judge_resource(edits: Sequence[Edit]) -> Iterator[_Found]:
    edits = [edit for edit in edits if edit.operation is not Operation.CREATE]
    holding = [edit for edit in edits if edit.holds_data]
    replaced = any(edit.replaces or edit.operation is Operation.REPLACE for edit in holding)
    if any(edit.operation is Operation.DELETE for edit in holding):
        yield _Found(said=_deleted(holding[0]))
    if replaced:
        yield _Found(said=_replaced(holding))
    for edit in holding:
        if edit.path == PROTECT and edit.before and not edit.after:
            yield _Found(said=_unprotected(edit, replaced=replaced))
    if strange := [edit for edit in holding if edit.operation is Operation.UNKNOWN]:
        yield _Found(said=_never_heard_of(strange[0]), certain=False)
    if unlisted := [edit for edit in holding if not edit.imitated]:
        yield _Found(said=_unlisted(unlisted))
    # A read replica is one of the stateful types without holding data: what it gives up can be made again.
    guarded = [edit for edit in edits if edit.holds_data or edit.type not in STATEFUL]
    yield from (
        found
        for edit in guarded
        for guard in _GUARDS.get((edit.type, edit.path), ())
        for found in _weakened(edit, guard)
    )


_GUARDS: Final[Mapping[tuple[str, str], tuple[Guard, ...]]] = {
    (type_, guard.path): tuple(one for one in GUARDS if one.path == guard.path and type_ in one.types)
    for guard in GUARDS
    for type_ in guard.types
}

# What is lost besides the data of a store.
_LOSSES: Final[Mapping[str, str]] = {
    "aws:kms/key:Key": "whatever the key encrypts, backups too, cannot be read without it",
    "aws:kms/replicaKey:ReplicaKey": "whatever the key encrypts, backups too, cannot be read without it",
    "aws:secretsmanager/secret:Secret": "clients read the old one, and its values are gone with it",
    "random:index/randomPassword:RandomPassword": "the password is kept nowhere else, and clients log in with it",
    "mongodbatlas:index/project:Project": "every cluster of the project would go with it",
}


def _loss(edit: Edit, otherwise: str) -> str:
    return _LOSSES.get(edit.type, otherwise)


def _deleted(edit: Edit) -> Refusal:
    return Refusal(
        resource=edit.resource,
        what="would be deleted",
        because=_loss(edit, "its data would be deleted with it"),
        instead=(
            "keep it in the program; if it was only renamed or moved, give the new one "
            f"aliases=[Alias(name={edit.name!r})], or the old parent; if it is really to go, back it up first, and a "
            "person accepts this refusal in the review"
        ),
    )


def _replaced(edits: Sequence[Edit]) -> Refusal:
    reasons = [edit for edit in edits if edit.replaces]
    why = f": {', '.join(map(_change, reasons))}" if reasons else ""
    restore = " and ".join(edit.path for edit in reasons)
    first = edits[0]
    return Refusal(
        resource=first.resource,
        what=f"would be replaced{why}",
        because=_loss(first, "an empty one would take its place, and the data would be deleted with the old one"),
        instead=(
            f"{f'restore the old {restore}' if restore else 'find out what replaces it, and take that back'}; if it "
            "has to be another one, make it beside the old one, copy over, switch the callers, and retire the old one "
            "last"
        ),
    )


def _unprotected(edit: Edit, *, replaced: bool) -> Refusal:
    because = (
        "the same update replaces it, which Pulumi would have refused and now carries out"
        if replaced
        else "the next update could delete or replace it, and Pulumi would no longer refuse"
    )
    return Refusal(
        resource=edit.resource,
        what="would lose Pulumi's `protect`",
        because=because,
        instead="keep protect=True, and take the store out of `datastores:unlock` if it is there",
    )


def _never_heard_of(edit: Edit) -> Refusal:
    return Refusal(
        resource=edit.resource,
        what="has an operation in the preview that the gate has never heard of",
        because="a newer engine may do with it what the gate cannot judge",
        instead="use the pinned version of pulumi, or teach upgrades/preview.py the operation",
    )


def _unlisted(edits: Sequence[Edit]) -> Refusal:
    first = edits[0]
    paths = ", ".join(edit.path for edit in edits if edit.path) or "it"
    return Refusal(
        resource=first.resource,
        what=f"would change: {', '.join(_change(edit) for edit in edits if edit.path) or 'as a whole'}",
        because=f"without an engine nobody knows whether a change of {first.type} replaces it",
        instead=f"look at {paths} in a preview: `pulumi preview --json > FILE`, then `datastores gate --preview FILE`",
    )


def _weakened(edit: Edit, guard: Guard) -> Iterator[_Found]:
    """Hold one edit against one guard."""
    before, after = (guard.default if value is None else value for value in (edit.before, edit.after))
    everywhere = guard.group in EVERYWHERE
    try:
        weaker = guard.weaker(before, after)
    except CannotTellError:
        doubt = Refusal(
            resource=edit.resource,
            what=_change(edit),
            because=f"whether that weakens {guard.path} shows only in the deployment",
            instead="give it a value that the program knows, or look at it after the deployment",
        )
        yield _Found(said=doubt, everywhere=everywhere, certain=False)
        return
    if weaker:
        refusal = Refusal(resource=edit.resource, what=_change(edit), because=guard.because, instead=guard.instead)
        yield _Found(said=refusal, everywhere=everywhere)


def _change(edit: Edit) -> str:
    if edit.before is not None and edit.before == edit.after:
        return f"{edit.path} is {shown(edit.after)}, which is replaced itself"
    return f"{edit.path} would go from {shown(edit.before)} to {shown(edit.after)}"


def shown(value: Any) -> str:
    """Write a value into a sentence."""
    if value is None:
        return "nothing"
    if unknown(value):
        return "what only the deployment will know"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
