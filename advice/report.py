"""Advice as plain text, as Markdown and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from advice.advise import Advice, StoreAdvice
from advice.change import changes
from advice.check import Check, plain
from advice.words import doubts, headline, reasons, title
from costs import document
from costs.text import aligned
from writing.markdown import code, prose

HEAD = ("limit", "measured", "now", "verdict")
CHANGED = (*HEAD, "after", "verdict after")


def text(advice: Advice) -> str:
    """Write advice for people."""
    return "\n".join(_lines(advice)) + "\n"


def _lines(advice: Advice) -> Iterator[str]:
    yield headline(advice)
    for one in advice.stores:
        yield ""
        yield title(one)
        yield from (f"  {line}" for line in (*reasons(one), *one.keeps, *one.notes, *doubts(one)))
        head, rows = _table(one)
        yield from (f"  {line}" for line in aligned(head, rows, left=len(head)))
        if one.command and not one.moves:
            yield f"  {one.command}"
    yield from _ends(advice)


def _ends(advice: Advice) -> Iterator[str]:
    said = list(_said(advice))
    if said:
        yield ""
        yield from said
    if advice.command:
        yield ""
        yield f"next: {advice.command}"


def _said(advice: Advice) -> Iterator[str]:
    yield from advice.notes
    if advice.unmeasured:
        yield f"nothing was measured of {', '.join(advice.unmeasured)}, so nothing is said of it"
    if not advice.difference.is_complete:
        yield "not everything has a price, so this is the difference of what has one"


def _table(one: StoreAdvice) -> tuple[Sequence[str], list[Sequence[str]]]:
    """Give the head and the rows: with what is advised where that is another size."""
    rows = [_now(now) for now, _ in one.checks]
    if not one.command:
        return HEAD, rows
    return CHANGED, [(*row, *_after(after)) for row, (_, after) in zip(rows, one.checks, strict=True)]


def _now(check: Check) -> Sequence[str]:
    measured = "unknown" if check.measured is None else f"{plain(check.measured)} {check.unit}"
    return check.limit, measured, _against(check), str(check.verdict)


def _after(check: Check | None) -> Sequence[str]:
    return ("", "") if check is None else (_against(check), str(check.verdict))


def _against(check: Check) -> str:
    return f"{_then(check)}{check.bound}: {check.capacity}"


def _then(check: Check) -> str:
    return "" if check.then is None or check.then == check.measured else f"{plain(check.then)}, "


def markdown(advice: Advice) -> str:
    """Write advice for a comment; names are written as the text that they are."""
    return "\n".join(_marked(advice)) + "\n"


def _marked(advice: Advice) -> Iterator[str]:
    yield f"### {prose(headline(advice))}"
    for one in advice.stores:
        yield ""
        yield f"**{prose(title(one))}**"
        yield ""
        yield from (f"- {prose(line)}" for line in (*reasons(one), *one.keeps, *one.notes, *doubts(one)))
        head, rows = _table(one)
        if rows:
            yield ""
            yield f"| {' | '.join(head)} |"
            yield f"|{'---|' * len(head)}"
            yield from (f"| {' | '.join(map(prose, row))} |" for row in rows)
    if said := list(_said(advice)):
        yield ""
        yield from (f"- {prose(line)}" for line in said)
    if advice.command:
        yield ""
        yield f"Next: {code(advice.command)}"


def as_json(advice: Advice) -> Mapping[str, Any]:
    """Give advice as plain data; quantities and money are texts, as exact as they are."""
    return {
        "stack": advice.stack,
        "region": advice.region,
        "now": str(advice.now),
        "phase": str(advice.phase),
        "stores": [_store(one) for one in advice.stores],
        "unmeasured": list(advice.unmeasured),
        "notes": list(advice.notes),
        "difference": document.difference(advice.difference),
        "command": advice.command or None,
        "exitCode": advice.exit_code,
    }


def _store(one: StoreAdvice) -> Mapping[str, Any]:
    return {
        "store": one.store,
        "fits": None if one.choice is None else one.choice.fits_now,
        "changes": None
        if one.size is None
        else [{"path": c.path, "before": c.before, "after": c.after} for c in changes(one.now, one.size)],
        "more": f"{one.more:.2f}",
        "reasons": list(reasons(one)),
        "keeps": list(one.keeps),
        "notes": list(one.notes),
        "unknown": list(one.missing),
        "fewDays": one.few_days,
        "unpriced": []
        if one.choice is None
        else [[change.setting for change in changes(one.now, size)] for size in one.choice.unpriced],
        "limits": [_limit(now, after) for now, after in one.checks],
        "command": one.command or None,
    }


def _limit(now: Check, after: Check | None) -> Mapping[str, Any]:
    return {
        "limit": now.limit,
        "field": now.field or None,
        "unit": now.unit,
        "measured": _number(now.measured),
        "now": _size(now),
        "after": None if after is None else _size(after),
        "source": now.source,
    }


def _size(check: Check) -> Mapping[str, Any]:
    return {
        "value": _number(check.then),
        "most": _number(check.most),
        "least": _number(check.least),
        "capacity": check.capacity,
        "verdict": str(check.verdict),
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")
