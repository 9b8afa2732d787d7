"""A review as plain data."""

from collections.abc import Sequence
from typing import Any

from costs.document import difference
from reviews.cost import CostReview
from reviews.findings import Found
from reviews.review import Review, StackReview
from upgrades.report import as_json


def document(review: Review) -> dict[str, Any]:
    """Give all of it."""
    return {
        "base": review.base,
        "head": review.head,
        "status": int(review.status),
        "accepted": review.accepted,
        "stacks": [_stack(one) for one in review.stacks],
        "changes": [{"kind": one.kind, "what": one.what} for one in review.changes],
    }


def _stack(one: StackReview) -> dict[str, Any]:
    return {
        "stack": one.stack,
        "state": one.state,
        "phases": {"base": one.phases[0], "head": one.phases[1]},
        "broken": {"base": one.broken_before, "head": one.broken},
        "new": _rows(one.new),
        "fixed": _rows(one.fixed),
        "gate": None if one.verdict is None else as_json(one.verdict),
        "cost": None if one.cost is None else _cost(one.cost),
    }


def _cost(one: CostReview) -> dict[str, Any]:
    gaps = dict.fromkeys(f"{gap.store}: {gap.needs}" for gap in one.difference.after.unpriced)
    return {
        **difference(one.difference),
        "budget": None if one.budget is None else str(one.budget),
        "overBudget": one.is_over,
        "unpriced": list(gaps),
        "standIns": one.lent_from,
    }


def _rows(found: Sequence[Found]) -> list[dict[str, str]]:
    return [
        {
            "control": one.control,
            "type": one.type,
            "resource": one.resource,
            "severity": one.severity.name.lower(),
            "level": one.level.name.lower(),
            "message": one.message,
            "id": one.id,
            "unknown": one.unknown,
        }
        for one in found
    ]
