"""A report for people: one paragraph a violation, then what stays open, what is let pass, and a line of counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from policies.control import Level
from policies.exemptions import Exempted, Exemption
from policies.levels import Place
from policies.report import Judged, Report
from policies.requirements import Asked, State

_SHOWN = 5
"""How many resources a summary names."""


def text(report: Report, asked: Asked | None = None) -> str:
    """Give a report as text; *asked* adds what a framework asks, as a table."""
    blocks = [
        _heading(report),
        *(_violation(one) for one in report.violations),
        _cannot_tell(report.cannot_tell),
        _exempted(report.exempted),
        _asked(asked) if asked else "",
        _counts(report),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def printable(value: str) -> str:
    """Write names on one line, whatever is in them."""
    return value if value.isprintable() else ascii(value)[1:-1]


def named(names: Sequence[str]) -> str:
    """Name some, and count the rest."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(printable(name) for name in names[:_SHOWN])}{more}"


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Set rows in columns."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def of(count: int, noun: str) -> str:
    """Count things."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _heading(report: Report) -> str:
    subject = report.subject
    seen = f"{of(len(subject.resources), 'resource')}, {of(len(report.controls), 'control')}"
    lines = [f"{printable(subject.name)}{_where(subject.place)}: {seen}"]
    if subject.place.doubt:
        lines.append(f"judged at the strictest level, because {subject.place.doubt}")
    return "\n".join([*lines, *(f"note: {note}" for note in subject.notes)])


def _where(place: Place) -> str:
    known = [str(one) for one in (place.environment, place.phase) if one]
    return f" ({', '.join(known)})" if known else ""


def _violation(one: Judged) -> str:
    finding = one.finding
    severity = finding.control.severity.name.lower()
    return (
        f"{one.level.name.lower()}  {severity}  {finding.called}  {printable(finding.name)}\n"
        f"    {printable(finding.message)}"
    )


def _cannot_tell(found: Sequence[Judged]) -> str:
    """Say once per control what cannot be told yet."""
    if not found:
        return ""
    of_control: defaultdict[tuple[str, Level], list[str]] = defaultdict(list)
    for one in found:
        of_control[one.finding.called, one.level].append(f"{one.finding.name} ({one.finding.unknown})")
    lines = [f"    {level.name.lower()}  {called}: {named(places)}" for (called, level), places in of_control.items()]
    return "\n".join(["cannot tell before it is deployed:", *lines])


def _exempted(found: Sequence[Exempted]) -> str:
    if not found:
        return ""
    of_exemption: defaultdict[Exemption, dict[str, None]] = defaultdict(dict)  # each name once, in order
    for one in found:
        of_exemption[one.exemption][one.finding.name] = None
    return "\n".join(["exempted:", *_exemptions(of_exemption)])


def _exemptions(used: Mapping[Exemption, Iterable[str]]) -> Iterator[str]:
    for exemption, names in used.items():
        yield f"    {exemption.called}: {named(list(names))}"
        yield f"        {printable(exemption.terms)}"


def _asked(asked: Asked) -> str:
    framework = asked.framework
    title = f"{framework.name} {framework.version} ({framework.key}), {of(len(asked.rows), 'requirement')}"
    rows = [
        (
            f"    {row.id}",
            str(row.state),
            ", ".join(
                f"{one.slug} ({one.state}: {named(one.resources)})"
                if one.state in {State.FAILS, State.CANNOT_TELL, State.EXEMPTED}
                else f"{one.slug} ({one.state})"
                for one in row.answers
            ),
        )
        for row in asked.rows
    ]
    return f"{title}\n{columns(rows)}" if rows else title


def _counts(report: Report) -> str:
    counts = report.counts
    parts = [
        f"{counts['mandatory']} mandatory",
        f"{counts['advisory']} advisory",
        f"{counts['cannotTell']} cannot tell",
        f"{counts['exempted']} exempted",
        f"{counts['passed']} passed",
    ]
    if report.known is not None:
        parts.append(f"{len(report.known)} known already")
    return ", ".join(parts)
