"""Many small stacks judged in one call: `{"cases": [...]}` in, `{"<id>": [...]}` out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from policies.control import Control, Level
from policies.controls import CONTROLS
from policies.levels import Place, level_of
from policies.plain import account_of, mistakes_of_place, mistakes_of_resources, parse, place_of, resources_of
from policies.verdict import Finding, Verdict, verdicts
from stacks.mistakes import Mistake, SettingsError, shown

Answer = list[dict[str, str]]


def answer(text: str | bytes, controls: Sequence[Control] = CONTROLS) -> dict[str, Answer]:
    """
    Judge every case by every control; nothing is exempted, and what the table of levels leaves out is advisory.

    What cannot be told yet is advisory too and says so, as on the engine.

    Raises:
        SettingsError: with all mistakes of the text; then no case was judged.

    """
    document = parse(text, "standard input")
    if mistakes := list(_mistakes(document)):
        raise SettingsError("standard input", mistakes)
    return {case["id"]: _judged(case, controls) for case in document["cases"]}


def _judged(case: Mapping[str, Any], controls: Sequence[Control]) -> Answer:
    place, account = place_of(case.get("stack")), account_of(case.get("stack"))
    found: defaultdict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in verdicts(resources_of(case["resources"]), controls, account=account, place=place):
        if finding.verdict in {Verdict.VIOLATES, Verdict.CANNOT_TELL}:
            found[finding.control.slug, finding.type, finding.name].append(finding)
    return [_row(findings, place) for findings in found.values()]


def _row(findings: Sequence[Finding], place: Place) -> dict[str, str]:
    """
    Say what a control says of one resource, whatever it lacks in one row: a violation hides what cannot be told.

    What the stack lacks stands at the first of the resources that need it, as a row names a resource of its case.
    """
    bad = [one for one in findings if one.verdict is Verdict.VIOLATES]
    first, *more = bad or findings
    control = first.control
    level = max(level_of(control, place), Level.ADVISORY) if bad else Level.ADVISORY
    return {
        "control": control.slug,
        "resource": first.asker or first.name,
        "severity": control.severity.name.lower(),
        "level": level.name.lower(),
        "message": " ".join([first.message, *(f"And: {one.what}." for one in more if one.what)]),
    }


def _mistakes(document: Mapping[str, object]) -> Iterator[Mistake]:
    cases = document.get("cases")
    if not isinstance(cases, list):
        yield Mistake(where=("cases",), what=f"must be a list of cases, got {shown(cases)}")
        return
    seen: set[str] = set()
    for number, case in enumerate(cast("list[object]", cases)):
        for mistake in _mistakes_of_case(case, seen):
            yield mistake.below("cases", number)


def _mistakes_of_case(case: object, seen: set[str]) -> Iterator[Mistake]:
    if not isinstance(case, dict):
        yield Mistake(where=(), what=f"must be an object with id, resources and stack, got {shown(case)}")
        return
    found = cast("dict[str, object]", case)
    id_ = found.get("id")
    if not isinstance(id_, str):
        yield Mistake(where=("id",), what=f"must be a text, got {shown(id_)}")
    elif id_ in seen:
        yield Mistake(where=("id",), what=f"is another case's already, got {shown(id_)}")
    else:
        seen.add(id_)
    yield from mistakes_of_resources(found.get("resources"))
    yield from mistakes_of_place(found.get("stack"))
