"""What a check found, as plain data: every format is made from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Final, overload

from policies.control import Control, Level, Scope
from policies.exemptions import LEVELS as OWN_LEVELS
from policies.exemptions import Exempted, Exemption, Ledger
from policies.levels import Place, level_of
from policies.subject import Subject
from policies.verdict import Finding, Harmless, Verdict, outcomes

UNCHANGED: Final = "what is not in the preview"
"""Stands for the path of the unknown value where a relation may lead out of the preview."""


class Status(IntEnum):
    """The exit code of a check."""

    CLEAN = 0
    """Advice does not count."""
    VIOLATED = 1
    CANNOT_TELL = 3
    """Of a mandatory control, and there is nothing worse."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A violation, or what cannot be told yet, and what it does here."""

    finding: Finding
    level: Level

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same finding in another report."""
        return self.finding.control.slug, self.finding.type, self.finding.name, self.finding.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a check found; the worst comes first."""

    subject: Subject
    controls: Sequence[Control]
    """Those that were asked."""
    violations: Sequence[Judged]
    cannot_tell: Sequence[Judged]
    exempted: Sequence[Exempted]
    passed: Sequence[Finding]
    known: Sequence[Judged] | None = None
    """What a baseline had already; it does not count. None: there is no baseline."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind."""
        mandatory = sum(one.level is Level.MANDATORY for one in self.violations)
        return {
            "mandatory": mandatory,
            "advisory": len(self.violations) - mandatory,
            "cannotTell": len(self.cannot_tell),
            "exempted": len(self.exempted),
            "passed": len(self.passed),
            **({} if self.known is None else {"known": len(self.known)}),
        }

    @property
    def status(self) -> Status:
        """What the command ends with."""
        if any(one.level is Level.MANDATORY for one in self.violations):
            return Status.VIOLATED
        if any(one.level is Level.MANDATORY for one in self.cannot_tell):
            return Status.CANNOT_TELL
        return Status.CLEAN


def check(
    subject: Subject,
    controls: Iterable[Control],
    *,
    exempting: Sequence[Exemption],
    today: date,
    level: Callable[[Control, Place], Level] = level_of,
) -> Report:
    """Judge a subject by the controls that are on where it stands."""
    levels = {control.slug: level(control, subject.place) for control in controls}
    on = [control for control in controls if levels[control.slug] is not Level.OFF]
    passed: list[Finding | Harmless] = []
    bad: list[Finding] = []
    for one in outcomes(subject.resources, on, account=subject.account, place=subject.place):
        if one.verdict is Verdict.COMPLIES:
            passed.append(one)
        elif one.verdict is not Verdict.NOT_APPLICABLE and not isinstance(one, Harmless):
            bad.append(_within(one, subject))
    ledger = Ledger(exempting, stack=subject.stack, today=today)
    left = [one for one in bad if not ledger.exempts(one)]
    levels = {**levels, **OWN_LEVELS}
    judged = [
        Judged(finding=one, level=levels[one.control.slug])
        for one in (*left, *ledger.findings(control.slug for control in on))
    ]
    judged.sort(key=_worst_first)
    return Report(
        subject=subject,
        controls=on,
        violations=[one for one in judged if one.finding.verdict is Verdict.VIOLATES],
        cannot_tell=[one for one in judged if one.finding.verdict is Verdict.CANNOT_TELL],
        exempted=ledger.exempted,
        passed=_Passed(passed),
    )


class _Passed(Sequence[Finding]):
    """What complies, made in full when somebody looks at it."""

    def __init__(self, short: Sequence[Finding | Harmless]) -> None:
        self._short = short

    def __len__(self) -> int:
        return sum(len(one.resources) if isinstance(one, Harmless) else 1 for one in self._short)

    @cached_property
    def _all(self) -> Sequence[Finding]:
        return [one for short in self._short for one in (short.findings if isinstance(short, Harmless) else (short,))]

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        return self._all[index]


def _within(finding: Finding, subject: Subject) -> Finding:
    """Take a relation that is missing for one that may be there, where only a part of the stack is seen."""
    if not subject.left_out or finding.verdict is not Verdict.VIOLATES or finding.control.scope is not Scope.STACK:
        return finding
    return replace(
        finding,
        verdict=Verdict.CANNOT_TELL,
        message=f"Cannot tell yet, {UNCHANGED} may decide it: {finding.message}",
        unknown=UNCHANGED,
    )


def _worst_first(one: Judged) -> tuple[int, int, str, str, str]:
    return -one.level, -one.finding.control.severity, one.finding.control.slug, one.finding.name, one.finding.id
