"""What a public framework asks, and how a report answers it: requirement by requirement."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policies.control import Control
from policies.frameworks import FRAMEWORKS, References, Requirement
from policies.report import Report
from stacks.mistakes import Mistake, SettingsError, unknown

SHORT: Final[Mapping[str, str]] = {
    "cis5": "cis-aws-5.0",
    "cis3": "cis-aws-3.0",
    "pci4": "pci-dss-4.0",
    "pci3": "pci-dss-3.2.1",
    "nist": "nist-800-53-r5",
    "hipaa": "hipaa",
    "iso27001": "iso-27001-2022",
    "soc2": "soc-2",
}
"""What a framework may be called for short."""


class State(StrEnum):
    """How a requirement, or a control that helps to meet it, is answered; in the order of how much it matters."""

    FAILS = "fails"
    CANNOT_TELL = "cannot tell"
    EXEMPTED = "exempted"
    PASSES = "passes"
    NOTHING = "nothing to check"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What one control says."""

    slug: str
    state: State
    resources: Sequence[str]
    """Those that make the state what it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One requirement."""

    id: str
    state: State
    answers: Sequence[Answered]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a framework asks of what was checked."""

    framework: Requirement
    rows: Sequence[Row]


def framework_of(name: str, references: References = FRAMEWORKS) -> Requirement:
    """
    Find a framework by its key (`pci-dss-4.0`) or short name (`pci4`).

    Raises:
        SettingsError: there is none, or no control names it.

    """
    known = {one.key: one for row in references.values() for one in row}
    key = SHORT.get(name.lower(), name.lower())
    if key not in known:
        names = [f"{short} ({full})" for short, full in SHORT.items() if full in known]
        close = unknown(name, "a framework", [*SHORT, *known])
        what = close if "did you mean" in close else f"is not a framework: allowed are {', '.join(names)}"
        raise SettingsError("the command line", [Mistake(where=("--framework",), what=f"{name!r} {what}")])
    return known[key]


def helping(controls: Sequence[Control], framework: Requirement, references: References = FRAMEWORKS) -> list[Control]:
    """Give the controls that help to meet a framework."""
    return [one for one in controls if any(row.key == framework.key for row in references.get(one.slug, ()))]


def asked(report: Report, framework: Requirement, references: References = FRAMEWORKS) -> Asked:
    """Answer a framework requirement by requirement, in the order of their ids."""
    of_id: defaultdict[str, list[Answered]] = defaultdict(list)
    answers = _answers(report)
    for control in report.controls:
        for row in references.get(control.slug, ()):
            if row.key == framework.key:
                for id_ in row.ids:
                    of_id[id_].append(answers[control.slug])
    rows = [
        Row(id=id_, state=min((one.state for one in found), key=list(State).index), answers=found)
        for id_, found in sorted(of_id.items(), key=lambda item: _natural(item[0]))
    ]
    return Asked(framework=framework, rows=rows)


def _answers(report: Report) -> Mapping[str, Answered]:
    # Each name once, in order: a control may lack several things of one resource.
    resources: dict[State, defaultdict[str, dict[str, None]]] = {state: defaultdict(dict) for state in State}
    known = report.known or ()
    for state, findings in (
        # What a baseline had is known, and fails no less.
        (State.FAILS, [one.finding for one in (*report.violations, *known) if not one.finding.unknown]),
        (State.CANNOT_TELL, [one.finding for one in (*report.cannot_tell, *known) if one.finding.unknown]),
        (State.EXEMPTED, [one.finding for one in report.exempted]),
        (State.PASSES, report.passed),
    ):
        for finding in findings:
            resources[state][finding.control.slug][finding.name] = None
    answers: dict[str, Answered] = {}
    for control in report.controls:
        state = next((state for state in State if resources[state].get(control.slug)), State.NOTHING)
        names = list(resources[state].get(control.slug, {}))
        answers[control.slug] = Answered(slug=control.slug, state=state, resources=names)
    return answers


def _natural(id_: str) -> list[tuple[int, str]]:
    """Sort 1.10 after 1.9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", id_)]
