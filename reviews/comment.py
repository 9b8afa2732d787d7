"""
A review as one comment of Markdown.

Whatever a pull request can choose (names, messages, reasons) goes through `writing.markdown`, and `reviews.inert` says
whether the whole holds anything that GitHub would make more of than text.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from costs.markdown import difference_table
from costs.report import signed
from reviews.cost import CostReview
from reviews.findings import Found
from reviews.inert import LONGEST, MARKER, QUIET
from reviews.review import Review, StackReview, State, Status, notices
from reviews.versions import WORKING_TREE
from upgrades.gate import SAFE
from upgrades.report import markdown as gate_markdown
from writing.markdown import code, prose

_WORD: Final = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.BROKEN: "cannot be judged",
    Status.CANNOT_TELL: "cannot tell",
}
_CUT: Final = (
    "\n\n**The comment is cut here: it is longer than GitHub allows.** `datastores pr --json` and the SARIF file have "
    "all of it.\n"
)
_SHOWN: Final = 10
"""How many resources are named with one finding."""
_SHORT: Final = 12
"""Digits of a commit's name."""

Section = Callable[[Review], str]


def comment(review: Review) -> str:
    """Write the comment; it begins with the marker by which it is found again."""
    if review.is_quiet:
        told = "No stack changes, and nothing that judges them."
        return f"{MARKER}\n{QUIET}\n{_heading(review)}\n\n{told}\n\n{_end(review)}\n"
    parts = [f"{MARKER}\n{_heading(review)}", *(section(review) for section in SECTIONS), _end(review)]
    return cut("\n\n".join(part.strip() for part in parts if part) + "\n")


def failure(why: str) -> str:
    """Write the comment of a review that came to nothing."""
    return cut(f"{MARKER}\n## Data stores: cannot be judged\n\n{prose(why)}\n")


def cut(text: str, longest: int = LONGEST) -> str:
    """Keep a comment within what GitHub takes: cut it after a whole line, and say so."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - len(_CUT)].rpartition(chr(10))[0]}{_CUT}"


def _heading(review: Review) -> str:
    why = ", ".join(notices(review))
    return f"## Data stores: {_WORD[review.status]}" + (f"\n\n{prose(why)}." if why else "")


def _end(review: Review) -> str:
    head = "" if review.head == WORKING_TREE else f" --head {review.head[:_SHORT]}"
    return f"To check it yourself: `datastores pr --base {review.base[:_SHORT]}{head}`"


# Sections: each gives its text, or nothing where it has nothing to tell


def _stacks(review: Review) -> str:
    if not review.stacks:
        return ""
    rows = [
        f"| {code(one.stack)} | {_phases(one)} | {_state(one)} | {_count(one.new)} | {len(one.fixed)} | {_gate(one)} |"
        for one in review.stacks
    ]
    head = "| stack | phase | change | new findings | fixed | gate |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows, *_remarks(review.stacks)])


def _phases(one: StackReview) -> str:
    return " → ".join(code(phase) for phase in dict.fromkeys(one.phases) if phase) or "?"


def _state(one: StackReview) -> str:
    if one.broken:
        return "**does not render**"
    if one.state is State.CHANGED and one.verdict:
        return f"{one.verdict.changed} resource{'' if one.verdict.changed == 1 else 's'}"
    return str(one.state)


def _count(found: Sequence[Found]) -> str:
    mandatory = sum(one.is_mandatory for one in found)
    return f"{len(found)} ({mandatory} mandatory)" if mandatory else str(len(found))


def _gate(one: StackReview) -> str:
    if one.verdict is None:
        return "nothing to compare"
    return "safe" if one.verdict.exit_code == SAFE else "refused" if one.verdict.refusals else "cannot tell"


def _remarks(stacks: Sequence[StackReview]) -> Iterator[str]:
    """Say what a table has no room for."""
    said: list[str] = []
    for one in stacks:
        name = code(one.stack)
        if one.broken:
            said.append(f"- {name} does not render, nothing of it is judged: {prose(one.broken)}")
        if one.broken_before and not one.broken:
            said.append(
                f"- {name} does not render at the base, so all findings count as new: {prose(one.broken_before)}"
            )
        if one.state is State.ADDED:
            said.append(
                f"- {name} is added: all its findings count as new, and there is nothing for the gate to compare"
            )
        if one.state is State.REMOVED:
            said.append(f"- {name} is removed: what is deployed of it stays until `pulumi destroy`")
    return iter(["", *said] if said else [])


def _findings(review: Review) -> str:
    parts = [
        f"**{word}** in {code(stack.stack)}\n\n" + "\n".join(lines)
        for word, stack, lines in (
            *(("new", one, _lines(one.new)) for one in review.stacks),
            *(("fixed", one, _lines(one.fixed, brief=True)) for one in review.stacks),
        )
        if lines
    ]
    return "\n\n".join(["### Findings", *parts]) if parts else ""


def _lines(found: Sequence[Found], *, brief: bool = False) -> list[str]:
    """Give one line for the same finding on many resources."""
    alike: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in found:
        alike[one.level.name.lower(), one.control, one.message].append(one.resource)
    return [
        f"- {level} {code(control)} on {_named(names)}" + ("" if brief else f": {prose(message)}")
        for (level, control, message), names in alike.items()
    ]


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(code(name) for name in names[:_SHOWN])}{more}"


def _gates(review: Review) -> str:
    verdicts = [one.verdict for one in review.stacks if one.verdict]
    return "\n".join(gate_markdown(one) for one in verdicts if one.refusals or one.doubts or one.warnings)


def _costs(review: Review) -> str:
    """Say what changes in cost, store by store; a stack whose cost stays is left out."""
    parts = [
        _cost(one, one.cost) for one in review.stacks if one.cost and (one.cost.difference.lines or one.cost.is_over)
    ]
    return "\n\n".join(["### Cost, USD a month", *parts]) if parts else ""


def _cost(one: StackReview, cost: CostReview) -> str:
    found = cost.difference
    whole = found.whole
    told = [f"{code(one.stack)}: {whole.before:,} → {whole.after:,}, **{signed(whole.more)}**"]
    if cost.is_over:
        told.append(f"**over its budget of {cost.budget:,}**")
    if not found.is_complete:
        gaps = dict.fromkeys(gap.needs for side in (found.before, found.after) for gap in side.unpriced)
        more = f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
        told.append(f"of what has a price: {'; '.join(prose(gap) for gap in list(gaps)[:_SHOWN])}{more}")
    notes = [f"Prices of {found.after.generated}"]
    if cost.lent_from:
        notes.append(f"those of {', '.join(cost.lent_from)} where a region has none")
    return f"{'; '.join(told)}\n\n{difference_table(found)}\n\n{'; '.join(notes)}."


def _changes(review: Review) -> str:
    if not review.changes:
        return ""
    title = "accepted" if review.accepted else "to be accepted by somebody else"
    lines = [f"- {one.kind}: {prose(one.what)}" for one in review.changes]
    return "\n".join([f"### Changes of what judges: {title}", "", *lines])


SECTIONS: Final[Sequence[Section]] = (_stacks, _findings, _gates, _costs, _changes)
"""The comment between heading and end, in order."""
