"""What a pull request does, as plain data: comment, JSON, SARIF and exit code are made from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any, Final

from reviews import changes
from reviews.changes import Change
from reviews.cost import CostReview, cost_of
from reviews.findings import Found, found_in, stricter, worst_first
from reviews.hearing import Described, Judgement, describe, judged
from reviews.sarif import merged
from reviews.versions import Versions, versions
from upgrades.gate import REFUSED, Verdict, environment_of, judge
from upgrades.hop import HopError, hop_of
from upgrades.renders import edits_between, standing

_BEFORE: Final = "before "
_AFTER: Final = "after "
"""Keys of what base's policies judge, followed by the stack."""


class Status(IntEnum):
    """The exit code of a review, the worst that applies: broken, failed, cannot tell."""

    PASSED = 0
    FAILED = 1
    """A new mandatory finding, a refusal of the gate, or a change of what judges that nobody accepted."""
    BROKEN = 2
    """A stack of head does not render, so that not all is judged."""
    CANNOT_TELL = 3
    """Of a mandatory control, or of the gate."""


class State(StrEnum):
    """What happens to a stack."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class StackReview:
    """What a pull request does to one stack."""

    stack: str
    state: State
    phases: tuple[str, str]
    """What base's file says, and head's; empty where there is none."""
    broken: str
    """Why it does not render at head; empty where it does."""
    broken_before: str
    """Likewise at base."""
    new: Sequence[Found]
    """What was not there, or less strict; the worst first."""
    fixed: Sequence[Found]
    """What base's policies found, and find no more."""
    verdict: Verdict | None
    """The gate's; None where there is nothing to compare."""
    cost: CostReview | None
    """None where a side does not render."""
    sarif: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """What a pull request does."""

    base: str
    head: str
    stacks: Sequence[StackReview]
    """Those that it touches."""
    changes: Sequence[Change]
    accepted: bool
    """Somebody accepts the changes."""

    @property
    def is_quiet(self) -> bool:
        """Say whether there is nothing to tell."""
        return not (self.stacks or self.changes)

    @property
    def status(self) -> Status:
        """What the command ends with."""
        new = [one for stack in self.stacks for one in stack.new if one.is_mandatory]
        verdicts = [stack.verdict for stack in self.stacks if stack.verdict]
        if any(stack.broken for stack in self.stacks):
            return Status.BROKEN
        if any(not one.unknown for one in new) or any(one.exit_code == REFUSED for one in verdicts):
            return Status.FAILED
        if self.changes and not self.accepted:
            return Status.FAILED
        return Status.CANNOT_TELL if new or any(one.exit_code for one in verdicts) else Status.PASSED


def review(*, base: str, head: str | None, root: Path, today: date, accepted: bool) -> Review:
    """
    Judge what lies between *base* and *head* (None: the working tree) of the repository around *root*.

    Resources of head are judged by base's policies, and by head's where they differ: the stricter one counts, so that
    nothing approves itself; once *accepted*, by head's alone. Raises CommitError, HearingError.
    """
    with versions(base, head, root) as both:
        return _reviewed(both, today=today, accepted=accepted)


def _reviewed(both: Versions, *, today: date, accepted: bool) -> Review:
    before, after = _both_described(both)
    own = theirs = None
    if before or after or both.rejudges:
        subjects = {**_keyed(_BEFORE, before), **_keyed(_AFTER, after)}
        own = theirs = judged(both.base, subjects, other=both.head, today=today)
        if both.rejudges:
            theirs = judged(both.head, _keyed(_AFTER, after), other=both.base, today=today)
    found = list(changes.of_judges(both.judges))
    stacks: list[StackReview] = []
    if own and theirs:
        found += changes.of_policies(own, theirs)
        for stack in sorted(before.keys() | after.keys()):
            pair = before.get(stack), after.get(stack)
            one = _stack(*pair, (theirs,) if accepted else _distinct(own, theirs), own, today)
            found += changes.of_stack(*pair, one.verdict)
            if _is_touched(one, *pair):
                stacks.append(one)
    return Review(base=both.base.label, head=both.head.label, stacks=stacks, changes=found, accepted=accepted)


def _both_described(both: Versions) -> tuple[dict[str, Described], dict[str, Described]]:
    """Render the stacks that may be touched; where nothing that one is made of differs, both are the same."""
    names = sorted({*both.base.stacks(), *both.head.stacks()})
    touched = [name for name in names if both.may_touch(name)]
    after = describe(both.head, names if both.rejudges else touched)
    before = describe(both.base, touched)
    return {**{name: one for name, one in after.items() if name not in touched}, **before}, after


def _distinct(own: Judgement, theirs: Judgement) -> tuple[Judgement, ...]:
    return (own,) if theirs is own else (own, theirs)


def _keyed(prefix: str, stacks: Mapping[str, Described]) -> dict[str, Described]:
    return {f"{prefix}{stack}": one for stack, one in stacks.items()}


def _stack(
    before: Described | None, after: Described | None, judging: Sequence[Judgement], own: Judgement, today: date
) -> StackReview:
    """Compare the two versions of a stack; *judging* are those whose findings count, *own* is base's."""
    one = after or before
    if one is None:
        raise ValueError("a stack must be in one of the versions")
    was = found_in(own.documents.get(f"{_BEFORE}{one.stack}"))
    still = found_in(own.documents.get(f"{_AFTER}{one.stack}"))
    now = stricter(found_in(each.documents.get(f"{_AFTER}{one.stack}")) for each in judging)
    new = [found for key, found in now.items() if key not in was or was[key].level < found.level]
    fixed = [found for key, found in was.items() if key not in still] if after and after.rendered else []
    return StackReview(
        stack=one.stack,
        state=State.REMOVED if after is None else State.ADDED if before is None else State.CHANGED,
        phases=(before.phase if before else "", after.phase if after else ""),
        broken=after.broken if after else "",
        broken_before=before.broken if before else "",
        new=sorted(new, key=worst_first),
        fixed=sorted(fixed, key=worst_first),
        verdict=_verdict(before, after),
        cost=cost_of(before, after, today),
        sarif=merged(
            [log for each in judging if (log := each.sarif.get(f"{_AFTER}{one.stack}"))],
            before=own.sarif.get(f"{_BEFORE}{one.stack}"),
        ),
    )


def _verdict(before: Described | None, after: Described | None) -> Verdict | None:
    if before is None or after is None or after.rendered is None:
        return None
    gaps = [f"{before.stack} does not render at the base: {before.broken}"] if before.broken else []
    edits = edits_between(before.rendered, after.rendered) if before.rendered else []
    try:
        hop = hop_of(after.config)
    except HopError as error:
        hop, gaps = None, [*gaps, str(error)]
    return judge(
        edits,
        stack=after.stack,
        environment=environment_of(after.stack),
        gaps=gaps,
        hop=hop,
        standing=standing(before.rendered, after.rendered) if before.rendered else (),
    )


def _is_touched(one: StackReview, before: Described | None, after: Described | None) -> bool:
    if one.state is not State.CHANGED or one.broken or one.broken_before or one.new or one.fixed:
        return True
    return (
        before is not None and after is not None and (before.config, before.rendered) != (after.config, after.rendered)
    )


def notices(found: Review) -> Iterator[str]:
    """Say in a few words why a review does not pass, or what else there is to know."""
    new = [one for stack in found.stacks for one in stack.new if one.is_mandatory]
    refused = [stack.stack for stack in found.stacks if stack.verdict and stack.verdict.exit_code == REFUSED]
    doubted = [stack.stack for stack in found.stacks if stack.verdict and stack.verdict.exit_code not in {0, REFUSED}]
    parts = (
        ("stack that does not render", [stack for stack in found.stacks if stack.broken]),
        ("new mandatory finding", [one for one in new if not one.unknown]),
        ("new mandatory finding that cannot be told yet", [one for one in new if one.unknown]),
        ("stack refused by the gate", refused),
        ("stack that the gate cannot tell about", doubted),
        (f"change of what judges{', accepted' if found.accepted else ' to accept'}", found.changes),
    )
    for what, all_ in parts:
        if all_:
            yield f"{len(all_)} {_plural(what) if len(all_) > 1 else what}"


def _plural(what: str) -> str:
    noun, space, rest = what.partition(" that ")
    for word in ("stack", "change"):
        if noun.startswith(f"{word} "):
            return f"{word}s{noun.removeprefix(word)}{space}{rest}"
    return f"{noun}s{space}{rest}"
