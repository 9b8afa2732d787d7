"""What AWS gives every account is a note beside an estimate, and in no figure of it."""

from decimal import Decimal
from typing import Any

import pytest

from costs.document import document
from costs.freetier import ALLOWANCES, FreeTier, free_tier
from costs.report import Report
from costs.text import text
from tests.costs import built

TABLE = {"readsMillions": 1, "writesMillions": 1, "itemKib": 1, "dataGib": 40}


def _taken(found: Any) -> dict[str, Decimal]:
    return {one.allowance.sku: one.usd for one in free_tier(found).taken}


def test_every_allowance_is_of_a_price():
    missing = [one.sku for one in ALLOWANCES if (one.service, built.HOME, one.sku) not in built.prices().prices]

    assert missing == []


def test_every_allowance_has_a_source_with_a_date():
    assert [one.sku for one in ALLOWANCES if "20" not in one.source] == []


@pytest.mark.parametrize(("count", "usd"), [(0, None), (8, "0.80"), (10, "1.00"), (25, "1.00")])
def test_an_allowance_takes_off_what_is_used_and_no_more(count: int, usd: str | None):
    taken = _taken(built.priced(built.alarms(count)))

    assert taken.get("alarm-standard") == (None if usd is None else Decimal(usd))


def test_storage_of_tables_is_free_once_and_requests_on_demand_never():
    resources = [*built.table("one"), *built.table("two")]

    taken = _taken(built.priced(resources, {"one": TABLE, "two": TABLE}))

    assert taken == {"storage-standard": Decimal("6.25")}


def test_no_line_goes_below_nothing():
    found = built.priced([*built.keys(), *built.alarms(3)], {"shared": {"keyRequestsThousands": 0}})

    lines = {line.charge.sku: line.usd() for line in found.lines}

    assert [sku for sku, usd in _taken(found).items() if usd > lines[sku]] == []


def test_nothing_of_a_stack_may_be_free():
    assert free_tier(
        built.priced([built.instance("main", "db.t4g.micro", 20)], {"main": {"crossAzGib": 0}})
    ) == FreeTier(taken=())


def _report(**more: Any) -> Report:
    found = built.priced([*built.keys(), *built.alarms(12)], {"shared": {"keyRequestsThousands": 50}})
    return Report(stack="clubapp-prod", phase="mvp", found=found, on=built.TODAY, **more)


def test_the_total_is_the_same_with_and_without_the_note():
    without, beside = _report(), _report(free_tier=True)

    assert document(without) == document(beside)
    assert document(beside)["total"] == "2.35"
    assert document(beside)["freeTier"]["usd"] == "1.06"


def test_a_report_says_how_much_it_would_be_and_where_to_read_of_what():
    assert "\nFree tier, not subtracted\n  1.06 USD a month at most, once for all stacks of an account" in text(
        _report()
    )


def test_a_report_says_of_what_it_would_be_with_its_source():
    told = text(_report(free_tier=True))

    assert "10 alarms" in told
    assert "1.06 USD a month in all, where no other stack of the account uses it: 1.29 would be left" in told
    assert "accounts opened since 2025-07-15 get up to 200 USD of credits" in told
