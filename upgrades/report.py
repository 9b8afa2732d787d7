"""A verdict in words: for a terminal, for a comment on a pull request, for a program."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from upgrades.gate import CANNOT_TELL, REFUSED, SAFE, Verdict
from upgrades.markdown import code, prose
from upgrades.refusals import Refusal

_WORD: Final = {SAFE: "safe", REFUSED: "refused", CANNOT_TELL: "cannot tell"}


def summary(verdict: Verdict) -> str:
    """Say in a line what the verdict is."""
    counts = [
        f"{len(found)} {one if len(found) == 1 else more}"
        for found, one, more in (
            (verdict.refusals, "refusal", "refusals"),
            (verdict.doubts, "doubt", "doubts"),
            (verdict.warnings, "warning", "warnings"),
        )
        if found
    ]
    touched = f"{verdict.changed} resource{'' if verdict.changed == 1 else 's'} touched"
    return f"{verdict.stack or 'the stack'}: {_WORD[verdict.exit_code]} ({', '.join([*counts, touched])})"


def text(verdict: Verdict) -> str:
    """Write a paragraph for each finding, and the next command where nothing stands in the way."""
    paragraphs = [
        f"{name}: {_subject(found)}\n  because: {found.because}\n  instead: {found.instead}"
        for name, findings in _sections(verdict)
        for found in findings
    ]
    last = summary(verdict)
    if verdict.exit_code == SAFE and verdict.stack:
        last += f"\nnext: pulumi up --stack {verdict.stack}"
    return "\n\n".join([*paragraphs, last]) + "\n"


def markdown(verdict: Verdict) -> str:
    """Write a section of a comment; it starts with a heading of the third level."""
    lines = [f"### Gate: {prose(summary(verdict))}"]
    for name, findings in _sections(verdict):
        for found in findings:
            resource = f"{code(found.resource)} " if found.resource else ""
            lines += [
                "",
                f"**{name}:** {resource}{prose(found.what)}",
                f"- because: {prose(found.because)}",
                f"- instead: {prose(found.instead)}",
            ]
    return "\n".join(lines) + "\n"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Give the same as plain data."""
    return {
        "stack": verdict.stack,
        "environment": verdict.environment,
        "verdict": _WORD[verdict.exit_code],
        "changed": verdict.changed,
        "refusals": [_plain(one) for one in verdict.refusals],
        "doubts": [_plain(one) for one in verdict.doubts],
        "warnings": [_plain(one) for one in verdict.warnings],
    }


def _sections(verdict: Verdict) -> Iterator[tuple[str, Sequence[Refusal]]]:
    yield "refused", verdict.refusals
    yield "cannot tell", verdict.doubts
    yield "warning", verdict.warnings


def _subject(found: Refusal) -> str:
    return f"{found.resource} {found.what}".strip()


def _plain(found: Refusal) -> dict[str, str]:
    return {"resource": found.resource, "what": found.what, "because": found.because, "instead": found.instead}
