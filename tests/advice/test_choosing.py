"""Which size is chosen: recorded cases, each of one limit, and what is never taken away."""

from dataclasses import replace
from decimal import Decimal

import pytest

from advice.check import Verdict
from advice.notes import keeps, notes
from advice.table import BreakEven, break_evens
from sizes.postgres import PostgresSize
from sizes.redis import RedisSize
from sizes.table import OnDemand, Provisioned, TableSize
from stacks.applications import clubapp
from stacks.phases import Phase
from tests.advice.asked import CACHE, MAIN, PRESENCE, best, chosen, question
from tests.advice.told import IDLE_CACHE, IDLE_DATABASE, IDLE_TABLE, told
from tests.costs.built import HOME, prices

MICRO = clubapp.MAIN[Phase.MVP]
NODE = clubapp.CACHE[Phase.MVP]
TABLE = clubapp.TABLES[Phase.MVP]
LARGE = replace(MICRO, instance_class="db.m7g.large")
ROOMY = {**IDLE_DATABASE, "freeMemoryGib": 5}


def class_of(now: PostgresSize, **figures: float | None) -> str:
    found = best(MAIN, now, told(IDLE_DATABASE, **figures))
    assert isinstance(found, PostgresSize)
    return found.instance_class


# USD a month on demand: micro 11.68, small 23.36, medium 47.45, large 94.17, m6g.large 116.07, xlarge 188.34.
@pytest.mark.parametrize(
    ("figures", "class_"),
    [
        ({}, "db.t4g.micro"),
        ({"freeMemoryGib": 0.1}, "db.t4g.micro"),
        ({"freeMemoryGib": 0.05}, "db.t4g.small"),
        ({"cpuPercent": 80}, "db.t4g.micro"),
        # All burstable classes up to large have two vCPU, and so do the large ones of others: the next has four.
        ({"cpuPercent": 81}, "db.t4g.xlarge"),
    ],
)
def test_the_cheapest_class_that_fits_is_chosen(figures: dict[str, float], class_: str):
    assert class_of(MICRO, **figures) == class_


# 2 vCPU at 30 % are 0.6, of which db.t4g.micro keeps 0.2 up: 0.4 x 730 h x 0.075 USD a vCPU-hour.
@pytest.mark.parametrize(("percent", "usd"), [(10, "0.00"), (30, "21.90")])
def test_surplus_credits_are_part_of_the_price(percent: float, usd: str):
    priced = [question(MAIN, MICRO, told(IDLE_DATABASE, cpuDayPercent=one)).priced(MICRO) for one in (0, percent)]

    assert priced[0] is not None
    assert priced[1] is not None
    assert priced[1] - priced[0] == Decimal(usd)


# db.t4g.medium costs 47.45 and keeps 0.4 vCPU up; db.m6g.large costs 116.07 and keeps all up: they cost the same with
# 1.653 vCPU in use, 82.7 %. Smaller classes have too little memory here.
@pytest.mark.parametrize(("percent", "class_"), [(82, "db.t4g.medium"), (83, "db.m6g.large")])
def test_a_class_that_pays_for_credits_is_left_for_one_that_does_not(percent: float, class_: str):
    now = replace(MICRO, instance_class="db.t4g.medium")

    assert class_of(now, cpuPercent=80, cpuDayPercent=percent, freeMemoryGib=0.5) == class_


def test_without_an_average_of_days_no_class_with_less_sustained_processor_is_chosen():
    assert class_of(LARGE, freeMemoryGib=5, cpuDayPercent=None) not in {"db.t4g.micro", "db.t4g.large"}


def test_what_fits_in_less_is_made_smaller():
    assert class_of(LARGE, freeMemoryGib=5.9) == "db.t4g.micro"


def test_a_class_of_an_older_generation_is_none_of_the_choices():
    """A vCPU of m6g is not one of m7g; of what fits all else but two vCPU at 79 % are out."""
    now = replace(MICRO, instance_class="db.m7g.xlarge", proxy=True)

    found = class_of(now, freeMemoryGib=6.5, cpuPercent=79, cpuDayPercent=79)

    assert found == "db.m7g.xlarge"


@pytest.mark.parametrize("missing", ["cpuPercent", "freeMemoryGib", "iops", "growthGib"])
def test_an_unknown_figure_is_never_taken_for_zero(missing: str):
    """By what nobody measured the store gets no less than it has."""
    found = chosen(MAIN, LARGE, told(ROOMY, **{missing: None}))

    assert {check.verdict for check in found.now if check.measured is None} == {Verdict.UNKNOWN}
    assert found.best is not None
    rooms = {check.limit: check.room for check in found.now}
    unknown = [check for check in found.best.checks if check.verdict is Verdict.UNKNOWN]
    assert unknown
    assert [check.limit for check in unknown if check.room < rooms[check.limit]] == []


@pytest.mark.parametrize(("days", "class_"), [(7, "db.t4g.micro"), (6.9, "db.m7g.large"), (None, "db.m7g.large")])
def test_too_few_days_take_nothing_away(days: float | None, class_: str):
    assert class_of(LARGE, freeMemoryGib=5.9, days=days) == class_


def test_too_few_days_are_enough_to_see_that_a_size_is_too_small():
    assert class_of(MICRO, freeMemoryGib=0.05, days=1) == "db.t4g.small"


@pytest.mark.parametrize(("free", "gib"), [(2, 20), (1, 30)])
def test_storage_grows_to_what_leaves_a_tenth_free(free: float, gib: int):
    found = best(MAIN, MICRO, told(IDLE_DATABASE, freeStorageGib=free))

    assert isinstance(found, PostgresSize)
    assert found.storage_gib == gib


def test_storage_with_more_operations_is_striped_storage():
    found = best(MAIN, MICRO, told(IDLE_DATABASE, iops=5_000))

    assert isinstance(found, PostgresSize)
    assert (found.storage_gib, found.max_storage_gib, found.iops) == (400, 440, None)


def test_storage_may_grow_to_what_is_held_in_three_months():
    found = best(MAIN, MICRO, told(IDLE_DATABASE, dataGib=60, growthGib=20))

    assert isinstance(found, PostgresSize)
    assert (found.storage_gib, found.max_storage_gib) == (20, 140)


def test_storage_never_shrinks_and_that_is_said():
    now = replace(LARGE, storage_gib=200, max_storage_gib=400)
    figures = told(ROOMY, freeMemoryGib=5.9, freeStorageGib=190, dataGib=10)

    found = best(MAIN, now, figures)

    assert isinstance(found, PostgresSize)
    assert (found.instance_class, found.storage_gib) == ("db.t4g.micro", 200)
    assert list(keeps(now, MICRO, figures)) == [
        "storageGib 20 -> 200 stays: it never shrinks, the phase's row has 20",
        "maxStorageGib 100 -> 400 stays: it never shrinks, the phase's row has 100",
        "storageGib 200 stays, though 10 GiB are held: allocated storage never shrinks",
    ]


def test_a_smaller_size_keeps_what_its_phase_promises():
    now = clubapp.MAIN[Phase.GROWTH]

    found = best(MAIN, now, told(IDLE_DATABASE, freeMemoryGib=3), Phase.GROWTH)

    assert isinstance(found, PostgresSize)
    assert found == replace(now, instance_class=found.instance_class)
    # The logins of growth may hold 85 connections, which db.t4g.micro does not take.
    assert found.instance_class == "db.t4g.small"


def test_where_the_logins_are_the_limit_no_class_helps():
    found = chosen(MAIN, MICRO, told(IDLE_DATABASE, connections=41))

    assert found.best is None
    assert [check.capacity for check in found.now if check.verdict is Verdict.TOO_SMALL] == ["the logins may hold 45"]


def test_why_nothing_cheaper_is_chosen_is_known():
    found = chosen(MAIN, replace(MICRO, instance_class="db.t4g.small"), told(IDLE_DATABASE, freeMemoryGib=0.3))

    assert found.cheaper is not None
    assert isinstance(found.cheaper.size, PostgresSize)
    assert (found.cheaper.size.instance_class, [check.limit for check in found.cheaper.unmet]) == (
        "db.t4g.micro",
        ["memory"],
    )


def test_classes_that_fit_and_have_no_price_are_known():
    found = chosen(MAIN, MICRO, told(IDLE_DATABASE, cpuPercent=81))

    names = {size.instance_class for size in found.unpriced if isinstance(size, PostgresSize)}
    assert ("db.m8g.large" in names, "db.m8g.xlarge" in names) == (False, True)


def test_a_class_without_a_price_stays_where_it_fits():
    now = replace(MICRO, instance_class="db.m8g.large")

    assert best(MAIN, now, told(ROOMY)) == now


@pytest.mark.parametrize(
    ("figures", "node"),
    [
        ({}, "cache.t4g.micro"),
        ({"memoryPercent": 91}, "cache.t4g.small"),
        ({"evictionsPerMinute": 1_001}, "cache.t4g.small"),
        ({"cpuPercent": 46, "engineCpuPercent": 80}, "cache.m6g.xlarge"),
    ],
)
def test_the_cheapest_node_that_fits_is_chosen(figures: dict[str, float], node: str):
    found = best(CACHE, NODE, told(IDLE_CACHE, **figures))

    assert isinstance(found, RedisSize)
    assert found.node_type == node


def test_no_node_helps_one_core_that_is_busy():
    assert best(CACHE, NODE, told(IDLE_CACHE, cpuPercent=46, engineCpuPercent=81)) is None


@pytest.mark.parametrize(("used", "cap"), [(3_200, 4_000), (3_201, 5_000), (31_999, 39_999), (32_000, None)])
def test_a_cap_is_raised_to_the_next_thousand_that_fits(used: float, cap: int | None):
    """31,999.2 are 80 % of the highest cap that AWS takes."""
    found = best(PRESENCE, TABLE, told(IDLE_TABLE, readUnits=used))

    billing = found.billing if isinstance(found, TableSize) else None
    assert (billing.max_read_units if isinstance(billing, OnDemand) else None) == cap


def test_a_cap_is_never_lowered_which_would_save_nothing():
    assert best(PRESENCE, TABLE, told(IDLE_TABLE)) == TABLE


def test_fixed_units_are_those_that_leave_a_fifth():
    now = replace(TABLE, billing=Provisioned(read_units=100, write_units=100))

    found = best(PRESENCE, now, told(IDLE_TABLE, writeUnits=81))

    assert found == replace(now, billing=Provisioned(read_units=100, write_units=102))


# A write unit costs 0.00065 USD an hour, 0.4745 a month, and a million requests 0.625: 0.7592 M a month are as much,
# of 2.628 M that a unit does; reads: 0.0949 USD and 0.125.
@pytest.mark.parametrize(("way", "share"), [("read", "0.2889"), ("write", "0.2889")])
def test_units_pay_from_a_share_of_their_use_on(way: str, share: str):
    figures = told({f"{way}UnitsMillions": 100, f"{way}Units": 100})

    found = [one for one in break_evens(figures, prices(), HOME) if isinstance(one, BreakEven)]

    assert [round(one.break_even, 4) for one in found] == [Decimal(share)]


@pytest.mark.parametrize(
    ("millions", "cheaper"),
    [
        # 100 units a second at the peak need 125 fixed ones, 59.31 USD a month: as much as 94.9 M requests.
        ("94.8", "on demand costs less than fixed units"),
        ("95.0", "fixed units may cost less than on demand"),
    ],
)
def test_the_break_even_is_where_both_cost_the_same(millions: str, cheaper: str):
    figures = told({"writeUnitsMillions": float(millions), "writeUnits": 100})

    (_, found) = break_evens(figures, prices(), HOME)

    assert isinstance(found, BreakEven)
    assert found.fixed == Decimal("59.31")
    assert str(found).endswith(cheaper)


def test_a_break_even_without_figures_is_unknown():
    assert list(break_evens(told({"days": 14}), prices(), HOME)) == [
        "reads: what provisioned units would cost is unknown without readUnitsMillions and readUnits",
        "writes: what provisioned units would cost is unknown without writeUnitsMillions and writeUnits",
    ]


def test_what_no_size_mends_is_a_note():
    hot = told(IDLE_TABLE, readThrottles=5)
    late = told(IDLE_CACHE, lagSeconds=11, hitPercent=79)

    assert len(list(notes(TABLE, hot))) == 1
    assert len(list(notes(NODE, late))) == 2
    assert list(notes(NODE, told(IDLE_CACHE, lagSeconds=10, hitPercent=80))) == []
