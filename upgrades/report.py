"""A verdict in words: for a terminal, for a comment on a pull request, for a program."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from upgrades.effects import WORST
from upgrades.facts.fact import EffectKind, Outage, Wait
from upgrades.gate import CANNOT_TELL, REFUSED, SAFE, Seen, Verdict
from upgrades.refusals import Refusal, seconds
from writing.markdown import code, prose

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
    changes = [f"  {one.kind:<10}{one.resource}: {one.told}" for one in _changes(verdict)]
    listed = ["\n".join(["what changes:", *changes])] if changes else []
    waits = [f"waits: {verdict.waits}"] if verdict.waits else []
    return "\n\n".join([*paragraphs, *listed, *waits, last]) + "\n"


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
    if changes := list(_changes(verdict)):
        lines += ["", "| effect | resource | property |", "|---|---|---|"]
        lines += [f"| {one.kind} | {code(one.resource)} | {prose(one.told)} |" for one in changes]
    if verdict.waits:
        lines += ["", f"Waits: {prose(verdict.waits)}"]
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
        "effects": [_effect(one) for one in verdict.effects],
        "waits": verdict.waits,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """What changes of a resource, and does the same to it."""

    kind: EffectKind
    resource: str
    told: str


def _changes(verdict: Verdict) -> Iterator[_Change]:
    """Give what changes, the worst first; properties of a resource with the same effect are told together."""
    alike: defaultdict[EffectKind, dict[tuple[str, int, int, tuple[Wait, ...]], list[str]]] = defaultdict(dict)
    for seen in verdict.effects:
        effect = seen.effect
        key = seen.resource, effect.outage.low, effect.outage.high, effect.waits
        alike[effect.kind].setdefault(key, []).append(seen.path)
    for kind in reversed(WORST):
        for (resource, low, high, waits), paths in alike[kind].items():
            more = [f"{seconds(Outage(low=low, high=high))} without it"] if high else []
            more += [often(wait) for wait in waits]
            told = ", ".join(dict.fromkeys(paths))
            yield _Change(kind=kind, resource=resource, told=f"{told} ({'; '.join(more)})" if more else told)


def often(wait: Wait) -> str:
    """Say how often a change may happen."""
    hours = wait.within.total_seconds() / 3600
    return f"{wait.of}: {wait.times}x in {hours:g} h"


def _effect(seen: Seen) -> dict[str, Any]:
    effect = seen.effect
    return {
        "resource": seen.resource,
        "property": seen.path,
        "effect": effect.kind,
        "outageSeconds": [effect.outage.low, effect.outage.high],
        "waits": [
            {"of": wait.of, "times": wait.times, "seconds": int(wait.within.total_seconds())} for wait in effect.waits
        ],
        "conditions": list(effect.conditions),
        "source": effect.source,
        "note": effect.note,
    }


def _sections(verdict: Verdict) -> Iterator[tuple[str, Sequence[Refusal]]]:
    yield "refused", verdict.refusals
    yield "cannot tell", verdict.doubts
    yield "warning", verdict.warnings


def _subject(found: Refusal) -> str:
    return f"{found.resource} {found.what}".strip()


def _plain(found: Refusal) -> dict[str, str]:
    return {"resource": found.resource, "what": found.what, "because": found.because, "instead": found.instead}
