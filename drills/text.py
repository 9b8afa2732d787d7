"""A drill for people: a paragraph a store, then the verdict."""

from collections.abc import Iterator

from drills.objectives import shown
from drills.report import Outcome, Report, StoreDrill


def text(report: Report) -> Iterator[str]:
    """Give the lines."""
    for one in report.stores:
        yield from _store(one)
    for test in report.tests:
        yield f"AWS Backup, {test.kind}: {test.outcome}: {test.said}"
    for left in report.leftovers:
        yield f"left behind: {left}"
    yield f"{report.stack}: the drill {_verdict(report)}"
    if report.local:
        yield "this was the local cloud: it proves nothing about AWS, and counts nowhere"


def _verdict(report: Report) -> str:
    match report.outcome:
        case Outcome.PASSED:
            return "passed"
        case Outcome.FAILED:
            return "failed"
        case _:
            return "is not complete: what is unknown does not count as passed"


def _store(one: StoreDrill) -> Iterator[str]:
    if one.not_asked:
        yield f"{one.store}: not asked: {one.not_asked}"
        return
    back = f", back after {shown(one.took)}" if one.took is not None else ""
    age = f", data {shown(one.age)} old" if one.age is not None else ""
    yield f"{one.store} ({one.kind}{f' {one.source}' if one.source else ''}): {one.outcome}{back}{age}"
    for check in one.checks:
        yield f"  {check.outcome}: {check.name}: {check.said}"
    if one.put_back:
        yield f"  a real restore puts back: {', '.join(one.put_back)}"
