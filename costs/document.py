"""A report as JSON: money and quantities are texts, so that no reader makes floats of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from costs.amount import Amount
from costs.difference import Difference, Step
from costs.estimate import End, Line
from costs.free import FREE
from costs.report import Report


def document(report: Report) -> Mapping[str, Any]:
    """Give a report as plain data."""
    found = report.found
    whole = found.total()
    return {
        "stack": report.stack,
        "phase": report.phase,
        "region": found.region,
        "on": report.on.isoformat(),
        "currency": "USD",
        "prices": {
            "date": found.generated.isoformat(),
            "age": str(found.age),
            "lowestConfidence": str(found.confidence),
            "lowConfidenceUsd": _money(found.unsure()),
            "overrides": [
                {
                    "key": one.key,
                    "usd": str(one.usd),
                    "unit": one.unit,
                    "source": ", ".join(one.sources),
                    "date": one.date,
                }
                for one in report.overrides
            ],
            "unusedOverrides": [one.key for one in report.unused],
            "standIns": report.lent_from,
        },
        "total": None if whole is None else _money(whole),
        "subtotal": {str(end): _money(found.subtotal(end)) for end in End},
        "baseline": _money(report.baseline),
        "stores": {
            store: {
                **{str(end): _money(report.of(store=store, end=end)) for end in End},
                "kinds": {str(kind): _money(report.of(store=store, kind=kind)) for kind in report.kinds},
            }
            for store in report.stores
        },
        "lines": [_line(line) for line in found.lines],
        "unpriced": [{"store": gap.store, "resource": gap.resource, "needs": gap.needs} for gap in found.unpriced],
        "free": {type_: {"count": count, "source": FREE[type_]} for type_, count in found.free.items()},
        "assumptions": [
            {
                "store": one.store,
                "field": one.field,
                "unit": one.unit,
                "origin": str(one.origin),
                "why": one.why,
                **_amount(one.amount),
            }
            for one in found.assumptions
        ],
        "remarks": report.remarks,
        "commitments": [
            {
                "offer": one.offer.name,
                "onDemand": _money(one.usd),
                "saves": _money(one.saves),
                "atMost": one.offer.at_least,
                "breakEvenDays": one.break_even_days,
                "source": one.offer.source,
            }
            for one in report.savings
        ],
        "freeTier": {
            "subtracted": False,
            "usd": _money(report.free.usd),
            "allowances": [
                {
                    "sku": f"{one.allowance.service}/{one.allowance.sku}",
                    "what": one.allowance.what,
                    "used": _plain(one.used),
                    "usd": _money(one.usd),
                    "source": one.allowance.source,
                }
                for one in report.free.taken
            ],
        },
        "owners": [
            {
                "what": one.claim.what,
                "low": str(one.claim.low),
                "high": str(one.claim.high),
                "ours": None if one.ours is None else _money(one.ours),
                "complete": one.complete,
                "because": one.claim.because,
            }
            for one in report.claims
        ],
        "budget": None
        if report.budget is None
        else {
            "budget": _money(report.budget.budget),
            "known": _money(report.budget.known),
            "elsewhere": _money(report.budget.elsewhere),
            "complete": report.budget.complete,
            "exitCode": report.budget.exit_code,
        },
        "difference": None if report.difference is None else {"base": report.base, **difference(report.difference)},
        "notes": list(report.notes),
        "exitCode": report.exit_code,
    }


def difference(found: Difference) -> Mapping[str, Any]:
    """Give what a change costs as plain data."""
    return {
        **_step(found.whole),
        "complete": found.is_complete,
        "stores": {step.name: _step(step) for step in found.stores},
        "kinds": {step.name: _step(step) for step in found.kinds},
        "lines": {step.name: _step(step) for step in found.lines},
    }


def _line(line: Line) -> Mapping[str, Any]:
    charge, price = line.charge, line.price
    return {
        "store": charge.store,
        "kind": str(charge.kind),
        "what": charge.what,
        "resource": charge.resource,
        "sku": f"{charge.service}/{charge.region}/{charge.sku}",
        "quantity": _amount(charge.quantity),
        "unit": price.unit,
        "price": str(price.usd),
        "confidence": str(price.confidence),
        "date": price.date,
        "sources": list(price.sources),
        "override": price.override,
        "standIn": price.stands_in,
        "usd": {str(end): _money(line.usd(end)) for end in End},
        "assumptions": [f"{one.store}.{one.field}" for one in charge.assumptions],
    }


def _step(step: Step) -> Mapping[str, str]:
    return {"before": _money(step.before), "after": _money(step.after), "more": _money(step.more)}


def _amount(amount: Amount) -> Mapping[str, str]:
    return {str(end): _plain(getattr(amount, end)) for end in End}


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _money(value: Decimal) -> str:
    return f"{value:.2f}"
