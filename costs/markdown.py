"""A report as Markdown, for a comment; names are written as the text that they are."""

from collections.abc import Iterator, Sequence

from costs.amount import figure
from costs.charge import Origin
from costs.difference import Difference
from costs.estimate import End
from costs.report import Report, headline, prices_sentence, signed, unused_sentence
from costs.text import budget
from writing.markdown import code, prose


def markdown(report: Report) -> str:
    """Write a report."""
    return "\n".join(_parts(report)) + "\n"


def _parts(report: Report) -> Iterator[str]:
    yield f"### {prose(headline(report))}"
    yield ""
    yield from _stores(report)
    if report.found.unpriced:
        yield ""
        yield "Unpriced:"
        yield ""
        yield from (f"- {code(gap.store)}: {code(gap.resource)}: {prose(gap.needs)}" for gap in report.found.unpriced)
    if report.difference:
        yield ""
        yield f"Against {prose(report.base)}:"
        yield ""
        yield difference_table(report.difference)
    if report.budget:
        yield ""
        yield f"Budget: {prose(budget(report))}."
    yield from _claims(report)
    yield ""
    yield from _assumptions(report)
    yield ""
    yield prose(prices_sentence(report))
    yield from (
        f"\nOwn price: {code(price.key)} {price.usd} a {prose(price.unit)}, "
        f"{prose(', '.join(price.sources))}, {prose(price.date)}."
        for price in report.overrides
    )
    if report.unused:
        yield f"\n{prose(unused_sentence(report.unused).capitalize())}."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = f"|---{'|---:' * (len(head) - 1)}|"
    return [f"| {' | '.join(head)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)]


def _stores(report: Report) -> list[str]:
    kinds = report.kinds
    rows = [
        [
            code(store),
            *(f"{report.of(store=store, kind=kind):,}" for kind in kinds),
            *(f"{report.of(store=store, end=end):,}" for end in (End.EXPECTED, End.LOW, End.HIGH)),
        ]
        for store in report.stores
    ]
    ends = [f"**{report.found.subtotal(end):,}**" for end in (End.EXPECTED, End.LOW, End.HIGH)]
    name = "**subtotal**" if report.found.unpriced else "**total**"
    rows.append([name, *(f"{report.of(kind=kind):,}" for kind in kinds), *ends])
    return _table(["USD a month", *map(str, kinds), "expected", "low", "high"], rows)


def difference_table(difference: Difference) -> str:
    """Write what a change costs, store by store."""
    rows = [
        [code(step.name), f"{step.before:,}", f"{step.after:,}", signed(step.more)]
        for step in difference.stores
        if step.more
    ]
    whole = difference.whole
    rows.append(["**all**", f"{whole.before:,}", f"{whole.after:,}", f"**{signed(whole.more)}**"])
    return "\n".join(_table(["USD a month", "before", "after", "more"], rows))


def _claims(report: Report) -> Iterator[str]:
    if not report.claims:
        return
    yield ""
    rows = [
        [
            prose(one.claim.what),
            f"{one.claim.low}" if one.claim.low == one.claim.high else f"{one.claim.low} to {one.claim.high}",
            "" if one.ours is None else f"{'' if one.complete else 'at least '}{one.ours:,}",
            "" if one.ours is None else signed(one.difference),
            prose(one.claim.because),
        ]
        for one in report.claims
    ]
    yield from _table(["what the owners expect", "USD", "ours", "beyond theirs", "why"], rows)


def _assumptions(report: Report) -> Iterator[str]:
    yield "<details><summary>Assumptions</summary>"
    yield ""
    rows = [
        [
            code(one.store),
            f"{code(one.field)}: {prose(one.unit)}",
            figure(one.amount.low),
            figure(one.amount.expected),
            figure(one.amount.high),
            prose(f"{one.origin}: {one.why}" if one.origin is Origin.DEFAULT and one.why else str(one.origin)),
        ]
        for one in report.found.assumptions
    ]
    yield from _table(["store", "quantity", "low", "expected", "high", "from"], rows)
    yield ""
    yield "</details>"
