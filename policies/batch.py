"""Many small stacks judged in one call: `{"cases": [...]}` in, `{"<id>": [...]}` out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from policies.control import Control, Level
from policies.controls import CONTROLS
from policies.levels import level_of
from policies.plain import account_of, mistakes_of_place, mistakes_of_resources, parse, place_of, resources_of
from policies.verdict import Verdict, verdicts
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
    place = place_of(case.get("stack"))
    found: Answer = []
    for finding in verdicts(resources_of(case["resources"]), controls, account=account_of(case.get("stack"))):
        if finding.verdict not in {Verdict.VIOLATES, Verdict.CANNOT_TELL}:
            continue
        level = Level.ADVISORY
        if finding.verdict is Verdict.VIOLATES:
            level = max(level_of(finding.control, place), Level.ADVISORY)
        found.append(
            {
                "control": finding.control.slug,
                "resource": finding.name,
                "severity": finding.control.severity.name.lower(),
                "level": level.name.lower(),
                "message": finding.message,
            }
        )
    return found


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
