"""A report for people, as plain text: it has no colour, in a terminal or in a pipe."""

from collections.abc import Iterator, Sequence

from costs.amount import HOURS, figure, usd
from costs.charge import Kind, Origin
from costs.difference import Difference
from costs.estimate import End
from costs.freetier import CREDITS, CREDITS_SOURCE
from costs.price import Price
from costs.report import Report, headline, marks_of, prices_sentence, quantity_of, signed, unused_sentence


def text(report: Report) -> str:
    """Write a report."""
    return "\n".join(["", *_parts(report)]).lstrip("\n") + "\n"


def _parts(report: Report) -> Iterator[str]:
    yield headline(report)
    yield ""
    yield from _stores(report)
    yield from _section("Where the money goes", _dearest(report))
    yield from _section(
        "Of it", [f"baseline {report.baseline:,}, by use {report.found.subtotal() - report.baseline:,}"]
    )
    yield from _section("Unpriced", [f"{gap.store}: {gap.resource}: {gap.needs}" for gap in report.found.unpriced])
    if report.difference:
        yield from _section(f"Against {report.base}", changes(report.difference))
    if report.budget:
        yield from _section("Budget", [budget(report)])
    yield from _section("What the owners expect", _claims(report))
    yield from _section("Lines", aligned(*_lines(report), left=3))
    yield from _section("Assumptions", aligned(*_assumptions(report), left=2))
    yield from _section("Remarks", report.remarks)
    yield from _section("Commitments, in no figure above", _savings(report))
    yield from _section("Free tier, not subtracted", _free_tier(report))
    yield from _section("Free by name", _free(report))
    yield from _section("Notes", report.notes)
    yield ""
    yield prices_sentence(report)
    yield from _own(report.overrides, report.unused)


def _own(used: Sequence[Price], unused: Sequence[Price]) -> Iterator[str]:
    yield from (f"own price {price.key}: {price.usd} a {price.unit}, {marks_of(price)}" for price in used)
    if unused:
        yield unused_sentence(unused)


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}".rstrip() for line in lines)


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Write rows below each other; the first *left* columns begin, the others end at the same place."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]


def _stores(report: Report) -> list[str]:
    kinds = report.kinds
    head = ["USD a month", *map(str, kinds), "expected", "low", "high"]
    rows = [
        [
            store,
            *(_cell(report, store, kind) for kind in kinds),
            *(f"{report.of(store=store, end=end):,}" for end in (End.EXPECTED, End.LOW, End.HIGH)),
        ]
        for store in report.stores
    ]
    sums = [f"{report.of(kind=kind):,}" for kind in kinds]
    ends = [f"{report.found.subtotal(end):,}" for end in (End.EXPECTED, End.LOW, End.HIGH)]
    rows.append(["subtotal" if report.found.unpriced else "total", *sums, *ends])
    return aligned(head, rows)


def _cell(report: Report, store: str, kind: Kind) -> str:
    lines = [line for line in report.found.lines if (line.charge.store, line.charge.kind) == (store, kind)]
    if not lines:
        return ""
    return usd(
        report.of(store=store, kind=kind), exact=sum((line.exact() for line in lines), start=lines[0].exact() * 0)
    )


def _dearest(report: Report) -> list[str]:
    whole = report.found.subtotal()
    return [
        f"{line.usd():>12,}  {line.usd() / whole:>4.0%}  {line.charge.store}: {line.charge.what}"
        for line in report.dearest
        if whole
    ]


def _lines(report: Report) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    head = ("store", "what", "region", "quantity", "unit", "USD each", "USD", "")
    rows = [
        (
            line.charge.store,
            line.charge.what,
            line.charge.region,
            quantity_of(line),
            line.price.unit,
            figure(line.price.usd),
            usd(line.usd(), exact=line.exact()),
            marks_of(line.price),
        )
        for line in report.found.lines
    ]
    return head, rows


def _assumptions(report: Report) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    head = ("store", "quantity", "low", "expected", "high", "from")
    rows = [
        (
            one.store,
            f"{one.field}: {one.unit}",
            figure(one.amount.low),
            figure(one.amount.expected),
            figure(one.amount.high),
            f"{one.origin}: {one.why}" if one.origin is Origin.DEFAULT and one.why else str(one.origin),
        )
        for one in report.found.assumptions
    ]
    return head, rows


def _free(report: Report) -> list[str]:
    free = report.found.free
    if not free:
        return []
    return [f"{sum(free.values())} resources of {len(free)} types; --json names each, and the source that says so"]


def _claims(report: Report) -> list[str]:
    rows: list[str] = []
    for one in report.claims:
        claim = one.claim
        wanted = f"{claim.low}" if claim.low == claim.high else f"{claim.low} to {claim.high}"
        if one.ours is None:
            ours = "not in this stack"
        else:
            more = f", {signed(one.difference)}" if one.difference else ", within it"
            ours = f"ours {'' if one.complete else 'at least '}{one.ours:,}{more}"
        rows.append(f"{claim.what}: {wanted}; {ours}: {claim.because}")
    return rows


def _savings(report: Report) -> list[str]:
    return [
        f"{one.offer.name}: {'at most' if one.offer.at_least else 'about'} {one.saves:,} of {one.usd:,} a month; "
        f"pays from {one.break_even_hours} of {HOURS} hours a month on, or {one.break_even_days} days of the year"
        for one in report.savings
    ]


def _free_tier(report: Report) -> list[str]:
    """Say what the free tier would take off; by the allowance where somebody asks for it."""
    free = report.free
    if not report.free_tier:
        at_most = f"{free.usd:,} USD a month at most, once for all stacks of an account: --free-tier says of what"
        return [at_most] if free.usd else []
    head = ("of an account, a month", "source", "used", "USD")
    rows = [(one.allowance.what, one.allowance.source, figure(one.used), f"{one.usd:,}") for one in free.taken]
    left = report.found.subtotal() - free.usd
    return [
        *aligned(head, rows, left=2),
        f"{free.usd:,} USD a month in all, where no other stack of the account uses it: {left:,} would be left",
        f"{CREDITS} ({CREDITS_SOURCE})",
    ]


def budget(report: Report) -> str:
    """Say how a stack stands against its budget."""
    if report.budget is None:
        return ""
    one = report.budget
    beside = f"; Atlas bills {one.elsewhere:,} beside it" if one.elsewhere else ""
    if one.left < 0:
        return f"over: {one.known:,} of {one.budget:,} USD a month, {-one.left:,} too much{beside}"
    if not one.complete:
        return f"cannot tell: {one.known:,} of {one.budget:,} USD a month is known, and not all has a price{beside}"
    return f"within: {one.known:,} of {one.budget:,} USD a month, {one.left:,} left{beside}"


def changes(difference: Difference) -> list[str]:
    """Say what a change costs: by store, by kind, and the lines that change most."""
    whole = difference.whole
    found = [f"{whole.before:,} -> {whole.after:,} USD a month: {signed(whole.more)}"]
    if not difference.is_complete:
        found.append("not all of it has a price, so this is the difference of what has one")
    for title, steps in (("by store", difference.stores), ("by kind", difference.kinds), ("by line", difference.lines)):
        rows = [(step.name, f"{step.before:,}", f"{step.after:,}", signed(step.more)) for step in steps if step.more]
        found += ["", *aligned((title, "before", "after", "more"), rows)] if rows else []
    return found


def phases_table(reports: Sequence[Report]) -> str:
    """Write all phases beside each other."""
    stores = list(dict.fromkeys(store for report in reports for store in report.stores))
    head = ["USD a month", *(report.phase for report in reports)]
    rows = [
        [store, *(f"{report.of(store=store):,}" if store in report.stores else "" for report in reports)]
        for store in stores
    ]
    for title, end in (("expected", End.EXPECTED), ("low", End.LOW), ("high", End.HIGH)):
        rows.append(
            [
                title,
                *(
                    f"{'at least ' if report.found.unpriced else ''}{report.found.subtotal(end):,}"
                    for report in reports
                ),
            ]
        )
    if any(report.budget for report in reports):
        rows.append(["budget", *(f"{report.budget.budget:,}" if report.budget else "" for report in reports)])
    gaps = dict.fromkeys(
        f"{report.phase}: {gap.store}: {gap.needs}" for report in reports for gap in report.found.unpriced
    )
    lines = [f"{reports[0].stack}, {reports[0].found.region}", "", *aligned(head, rows)]
    lines += [
        line for report in reports for line in _section(f"What the owners expect of {report.phase}", _claims(report))
    ]
    lines += _section("Unpriced", list(gaps))
    used = {price.key: price for report in reports for price in report.overrides}
    unused = [price for price in reports[-1].unused if all(price in report.unused for report in reports)]
    return "\n".join([*lines, "", prices_sentence(reports[-1]), *_own(list(used.values()), unused)]) + "\n"
