"""A score for a terminal: plain lines."""

from collections.abc import Iterator
from typing import Final

from readiness.criteria import WHOSE
from readiness.score import Outcome, Readiness, down
from readiness.words import MARKS, about, about_area, about_assessment, about_inputs, evidence, headline

MOST_SHOWN: Final = 2
"""Pieces of evidence for each criterion; `--json` and `--html` have all."""
_WIDTH: Final = max(len(mark) for mark in MARKS.values())


def text(found: Readiness) -> str:
    """Write a score with what it rests on."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Readiness) -> Iterator[str]:
    yield headline(found)
    for one in found.blockers:
        yield f"  blocked: {one.criterion.blocker} (inputs.{one.criterion.name})"
    for area in found.areas:
        yield ""
        yield about_area(area)
        if said := about_assessment(area):
            yield f"  {said}"
        for one in area.outcomes:
            yield from _criterion(one)
    yield ""
    yield about_inputs(found)
    yield WHOSE


def _criterion(one: Outcome) -> Iterator[str]:
    counted = f"{down(one.percent * one.criterion.points / 100)} of {one.criterion.points}" if one.is_asked else "–"  # noqa: RUF001 # the dash of what does not count
    yield f"  {MARKS[one.state]:<{_WIDTH}}  {one.criterion.name}: {counted} ({one.criterion.claim})"
    for line in (*about(one), *evidence(one.answer, MOST_SHOWN)):
        yield f"  {'':<{_WIDTH}}    {line}"
