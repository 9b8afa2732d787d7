"""The cost of a path in words, beside what `upgrades.plan_report` says of it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from costs.amount import usd
from costs.budget import Budgeted
from costs.difference import Step
from costs.report import signed
from upgrades.plan_cost import Cost, Extra, NotPriced, UpCost

GAPS_SHOWN: Final = 3


def whole(cost: Cost | None) -> Iterator[str]:
    """Say what the path does to the month, in lines; none where it has no updates."""
    match cost:
        case None:
            return
        case NotPriced():
            known = ", ".join(cost.known)
            yield f"cost: not priced in {cost.region}: there are prices for {known} (--at takes those of one of them)"
        case _:
            lent = f" at the prices of {', '.join(cost.lent_from)}" if cost.lent_from else ""
            day = cost.whole.before.generated
            yield f"cost: {_change(cost.whole.whole)}{lent}, of {day}, with the loads of each phase"
            if gaps := cost.gaps:
                names = ", ".join(f"{gap.resource} ({gap.needs})" for gap in gaps[:GAPS_SHOWN])
                more = f", and {len(gaps) - GAPS_SHOWN} more" if len(gaps) > GAPS_SHOWN else ""
                yield f"not priced, so not in it: {names}{more}"


def of_update(cost: Cost | None, position: int) -> Iterator[str]:
    """Say what an update does to the month, store by store, and what is paid for on the way; *position* from 0 on."""
    if cost is None or isinstance(cost, NotPriced):
        return
    one = cost.ups[position]
    gaps = "" if one.difference.is_complete else ", without what is not priced"
    yield f"{_change(one.difference.whole)}{gaps}"
    if one.budget and one.budget.left < 0:
        alone = " of AWS alone" if one.budget.elsewhere else ""
        yield f"above monthlyBudget {one.budget.budget:,}: {one.budget.known:,}{alone}"
    stores = [step for step in one.difference.stores if step.more]
    if len(stores) > 1:
        yield from (f"{step.name}: {_amounts(step)}" for step in stores)
    yield from map(_extra, one.extras)


def in_short(cost: Cost | None, position: int) -> str:
    """Say it for a picture; empty where nobody can tell."""
    if cost is None or isinstance(cost, NotPriced):
        return ""
    return f"{signed(cost.ups[position].difference.whole.more)} USD a month"


def _change(step: Step) -> str:
    return f"{step.before:,} to {step.after:,} USD a month ({signed(step.more)})"


def _amounts(step: Step) -> str:
    return f"{step.before:,} to {step.after:,} ({signed(step.more)})"


def _extra(one: Extra) -> str:
    amount = f"{usd(one.usd)} USD {one.per}" if one.usd is not None else f"not priced: {one.needs}"
    return f"on the way: {one.store}: {one.what}: {amount}"


# For a program


def as_json(cost: Cost | None) -> dict[str, Any] | None:
    """Give what is known of the path; None where it has no updates."""
    match cost:
        case None:
            return None
        case NotPriced():
            return {"region": cost.region, "priced": False, "regions": list(cost.known)}
        case _:
            return {
                "region": cost.whole.before.region,
                "priced": True,
                "prices": str(cost.whole.before.generated),
                "standIn": cost.lent_from,
                **_plain(cost.whole.whole),
                "complete": not cost.gaps,
                "notPriced": [{"store": one.store, "what": one.resource, "needs": one.needs} for one in cost.gaps],
            }


def update_as_json(cost: Cost | None, position: int) -> dict[str, Any] | None:
    """Give what is known of an update; None where nobody can tell."""
    return None if cost is None or isinstance(cost, NotPriced) else _update(cost.ups[position])


def _update(one: UpCost) -> dict[str, Any]:
    return {
        **_plain(one.difference.whole),
        "complete": one.difference.is_complete,
        "budget": _budget(one.budget),
        "stores": _stores(one.difference.stores),
        "onTheWay": [
            {
                "store": extra.store,
                "what": extra.what,
                "usd": None if extra.usd is None else str(extra.usd),
                "per": extra.per,
                "needs": extra.needs or None,
            }
            for extra in one.extras
        ],
    }


def _budget(found: Budgeted | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"monthlyBudget": str(found.budget), "known": _money(found.known), "over": found.left < 0}


def _stores(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [{"store": step.name, **_plain(step)} for step in steps if step.more]


def _plain(step: Step) -> dict[str, str]:
    return {key: _money(value) for key, value in (("before", step.before), ("after", step.after), ("more", step.more))}


def _money(value: Decimal) -> str:
    return str(value)
