"""What holds of any advice, whatever was measured."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advice.check import Verdict, unmet
from advice.choose import candidates
from advice.stores import checks
from sizes.postgres import INSTANCE_CLASSES, PostgresSize
from stacks.application import Size, Store
from stacks.phases import Phase, weaker
from tests.advice.asked import CACHE, MAIN, PRESENCE, chosen, of_phase, question
from tests.advice.told import told

percent = st.floats(0, 100).map(lambda value: round(value, 3))
many = st.integers(0, 5_000)
MAYBE_DAYS = st.sampled_from([1, 7, 14])
FIGURES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "main": {
        "cpuPercent": percent,
        "cpuDayPercent": percent,
        "freeMemoryGib": st.floats(0, 1).map(lambda value: round(value, 3)),
        "connections": many,
        "freeStorageGib": st.integers(0, 20),
        "dataGib": many,
        "growthGib": many,
        "iops": st.integers(0, 60_000),
    },
    "cache": {
        "memoryPercent": percent,
        "evictionsPerMinute": many,
        "cpuPercent": percent,
        "engineCpuPercent": percent,
        "connections": st.integers(0, 60_000),
    },
    "presence": {
        "readUnits": st.integers(0, 40_000),
        "writeUnits": st.integers(0, 40_000),
        "readThrottles": st.integers(0, 5),
        "writeThrottles": st.integers(0, 5),
    },
}
FREE = {"freeMemoryGib", "freeStorageGib"}
STORES: list[Store] = [MAIN, CACHE, PRESENCE]


def used(store: Store) -> st.SearchStrategy[dict[str, Any]]:
    """Give figures of a store, some of them unknown."""
    figures = {field: st.none() | value for field, value in FIGURES[store.name].items()}
    return st.fixed_dictionaries({**figures, "days": MAYBE_DAYS})


def sized(store: Store) -> st.SearchStrategy[tuple[Size, Phase]]:
    """Give what a store is in a phase."""
    return st.sampled_from(list(Phase)).map(lambda phase: (of_phase(store, phase), phase))


case = st.sampled_from(STORES).flatmap(lambda store: st.tuples(st.just(store), sized(store), used(store)))


@given(case)
@settings(max_examples=30, deadline=None)
def test_what_is_recommended_fits_by_the_same_rules(found: tuple[Store, tuple[Size, Phase], dict[str, Any]]):
    store, (now, phase), figures = found
    known = told({}, **figures)

    best = chosen(store, now, known, phase).best

    if best is not None:
        held = checks(store, now, best.size, phase, known) or ()
        assert [check for check in held if check.verdict is Verdict.TOO_SMALL] == []
        # What is recommended keeps what the phase promises.
        assert weaker(best.size, than=now) == []  # pyright: ignore[reportArgumentType]  # of one kind


@given(case)
@settings(max_examples=30, deadline=None)
def test_nothing_cheaper_fits(found: tuple[Store, tuple[Size, Phase], dict[str, Any]]):
    store, (now, phase), figures = found
    known = told({}, **figures)
    asked = question(store, now, known, phase)

    choice = chosen(store, now, known, phase)

    every, _ = candidates(asked, choice.now)
    fitting = [one.usd for one in every if not one.unmet]
    assert (choice.best.usd if choice.best else None) == min(fitting, default=None)


@given(used(MAIN))
@settings(max_examples=20, deadline=None)
def test_no_class_that_costs_less_fits(figures: dict[str, Any]):
    """Every class that there is, not only those that were looked at."""
    known, now = told({}, **figures), of_phase(MAIN, Phase.MVP)
    assert isinstance(now, PostgresSize)
    asked = question(MAIN, now, known)

    choice = chosen(MAIN, now, known)

    if choice.best is None:
        return
    best = choice.best.size
    assert isinstance(best, PostgresSize)
    for class_ in INSTANCE_CLASSES:
        other = replace(best, instance_class=class_)
        held = checks(MAIN, now, other, Phase.MVP, known) or ()
        usd = asked.priced(other)
        if usd is not None and usd < choice.best.usd:
            assert unmet(held, choice.now, only_more=known["days"].expected < 7) != []


def more(figures: dict[str, Any], field: str, by: float) -> dict[str, Any]:
    """Give the same with more use of one kind: less of what is free."""
    before = figures[field]
    after = max(0, before - by) if field in FREE else before + by
    return {**figures, field: min(after, 100) if field.endswith("Percent") else after}


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)
@given(st.data())
@settings(max_examples=30, deadline=None)
def test_more_use_never_recommends_something_smaller(store: Store, data: st.DataObject):
    now, phase = data.draw(sized(store))
    figures = data.draw(used(store))
    known = [field for field, value in figures.items() if value is not None and field != "days"]
    if not known:
        return
    field = data.draw(st.sampled_from(known))
    by = data.draw(st.integers(0, 10_000) | st.integers(0, 100))

    less = chosen(store, now, told({}, **figures), phase).best
    after = chosen(store, now, told({}, **more(figures, field, by)), phase).best

    if less is None:
        assert after is None
    if less is not None and after is not None:
        assert after.usd >= less.usd
        rooms = {check.limit: check.room for check in less.checks if check.field == field}
        smaller = [
            check.limit
            for check in after.checks
            if check.field == field and check.room < rooms[check.limit] and after.usd == less.usd
        ]
        assert smaller == []


def test_prices_grow_with_the_figures_that_they_are_made_of():
    now = of_phase(MAIN, Phase.MVP)
    usd = [question(MAIN, now, told({}, cpuDayPercent=percent_)).priced(now) for percent_ in (0, 10, 11, 50, 100)]

    assert usd == sorted(usd, key=lambda one: one or Decimal(0))
    assert usd[0] == usd[1] != usd[2]
