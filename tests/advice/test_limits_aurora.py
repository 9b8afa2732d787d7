"""Limits of Aurora at their edges: of a cluster, of its readers, and of one that takes over from an instance."""

from dataclasses import replace
from typing import Final

import pytest

from advice import postgres
from advice.absurd import absurd
from advice.choose import Question, choose
from advice.price import Prices
from costs.classes import vcpus
from costs.loads import declared
from costs.stack import Stack
from costs.usage import Usage
from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.postgres import PostgresSize
from stacks.application import Size
from stacks.applications.devmentor import DEVMENTOR, MAIN, MAIN_LOAD
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings
from tests.advice.told import IDLE_DATABASE, small, told
from tests.costs.built import AWAY, HOME, TODAY, prices

LOAD = MAIN_LOAD[Phase.SCALE]
AURORA: Final = AuroraSize(
    capacity=Instances(instance_class="db.r7g.xlarge"),
    readers=2,
    max_readers=4,
    io_optimized=False,
    proxy=True,
    backup_days=35,
    dr_readers=0,
)
"""As devmentor in scale is: two readers, and two more when the load asks for them."""
FIXED: Final = replace(AURORA, max_readers=2)
IDLE: Final = {**IDLE_DATABASE, "freeMemoryGib": 10}


# db.r7g.xlarge has 32 GiB; the logins of devmentor in scale may hold 507 connections.
@pytest.mark.parametrize(
    ("field", "fits", "too_much", "limit"),
    [
        ("cpuPercent", 80, 80.01, "processor"),
        ("freeMemoryGib", 3.2, 3.19, "memory"),
        ("connections", 456, 457, "connections"),
    ],
)
def test_a_limit_of_a_cluster_is_where_its_alarm_is(field: str, fits: float, too_much: float, limit: str):
    idle = {**IDLE_DATABASE, "freeMemoryGib": 10}
    under, over = (
        small(postgres.cluster_checks(AURORA, AURORA, LOAD, told(idle, **{field: value}))) for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])


@pytest.mark.parametrize(("used", "most", "missed"), [(90, 8, []), (90.01, 8, ["capacity units"]), (90.01, 16, [])])
def test_a_serverless_cluster_may_use_nine_tenths_of_its_bound(used: float, most: float, missed: list[str]):
    now = replace(AURORA, capacity=Serverless(min_acu=1, max_acu=8))
    size = replace(AURORA, capacity=Serverless(min_acu=1, max_acu=most))
    figures = told(IDLE_DATABASE, acuPercent=used)

    assert small(postgres.cluster_checks(now, size, LOAD, figures)) == missed


def test_what_was_measured_on_an_instance_says_what_a_cluster_needs():
    now = MAIN[Phase.GROWTH]
    assert isinstance(now, PostgresSize)
    size = replace(AURORA, capacity=Instances(instance_class="db.r7g.large"))
    figures = told(IDLE_DATABASE, cpuPercent=80.01, freeMemoryGib=3)

    assert small(postgres.moved_checks(now, size, LOAD, figures)) == ["processor"]


# A phase that ends at 500 GiB has its alarm at 400.
@pytest.mark.parametrize(("held", "missed"), [(400, []), (400.01, ["data of the phase"])])
def test_a_cluster_ends_its_phase_where_its_owner_says(held: float, missed: list[str]):
    load = replace(LOAD, outgrown_gib=500)

    assert small(postgres.cluster_checks(AURORA, AURORA, load, told(IDLE, dataGib=held))) == missed


@pytest.mark.parametrize(("held", "missed"), [(400, []), (400.01, ["data of the phase"])])
def test_data_that_outgrow_a_phase_do_so_on_the_cluster_that_takes_over_too(held: float, missed: list[str]):
    now, load = MAIN[Phase.GROWTH], replace(LOAD, outgrown_gib=500)
    assert isinstance(now, PostgresSize)

    assert small(postgres.moved_checks(now, AURORA, load, told(IDLE_DATABASE, dataGib=held))) == missed


@pytest.mark.parametrize("now", [AURORA, MAIN[Phase.GROWTH]], ids=["cluster", "moved"])
def test_a_phase_without_an_end_is_never_outgrown_on_aurora(now: PostgresSize | AuroraSize):
    figures = told(IDLE, dataGib=60_000)
    checks = postgres.moved_checks if isinstance(now, PostgresSize) else postgres.cluster_checks

    assert small(checks(now, AURORA, LOAD, figures)) == []  # pyright: ignore[reportArgumentType]  # each its own kind


# Readers


# The cluster's alarms: 80 % of the processors, and 456 connections.
@pytest.mark.parametrize(
    ("field", "fits", "too_much", "limit"),
    [
        ("readerCpuPercent", 80, 80.01, "processor of readers"),
        ("readerConnections", 456, 457, "connections of readers"),
    ],
)
def test_a_limit_of_readers_is_where_the_alarm_of_their_cluster_is(
    field: str, fits: float, too_much: float, limit: str
):
    under, over = (
        small(postgres.cluster_checks(AURORA, AURORA, LOAD, told(IDLE, **{field: value}))) for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])


@pytest.mark.parametrize(
    ("size", "used", "missed"),
    [
        (replace(FIXED, readers=3, max_readers=3), 99, []),  # 2 x 99 % are 3 x 66 %
        (replace(FIXED, capacity=Instances(instance_class="db.r7g.large")), 40, []),
        (replace(FIXED, capacity=Instances(instance_class="db.r7g.large")), 40.01, ["processor of readers"]),
    ],
)
def test_readers_share_what_is_read(size: AuroraSize, used: float, missed: list[str]):
    figures = told(IDLE, readerCpuPercent=used, freeMemoryGib=25)

    assert small(postgres.cluster_checks(FIXED, size, LOAD, figures)) == missed


@pytest.mark.parametrize(("used", "most", "missed"), [(40, 4, []), (40.01, 4, ["processor of readers"]), (80, 8, [])])
def test_serverless_readers_have_what_their_bound_allows(used: float, most: float, missed: list[str]):
    now = replace(AURORA, capacity=Serverless(min_acu=1, max_acu=8))
    size = replace(AURORA, capacity=Serverless(min_acu=1, max_acu=most))
    figures = told(IDLE_DATABASE, acuPercent=1, readerCpuPercent=used)

    assert small(postgres.cluster_checks(now, size, LOAD, figures)) == missed


@pytest.fixture(scope="module")
def priced() -> Prices:
    settings = Settings.read("devmentor-prod", phase=Phase.SCALE, overrides={"aws:region": HOME, "drRegion": AWAY})
    settings = replace(settings, sizes={"main": FIXED})
    names = tuple(store.name for store in DEVMENTOR.stores)
    usage = Usage(declared=declared(DEVMENTOR, Phase.SCALE))
    return Prices(Stack(resources=render(settings), region=HOME, stores=names, usage=usage, on=TODAY), prices())


def best(priced: Prices, now: AuroraSize, **figures: float) -> Size | None:
    """Give the cheapest size of devmentor's database that fits."""
    known = told({**IDLE, "acuPercent": 1}, **figures)
    found = choose(
        Question(
            store=next(store for store in DEVMENTOR.stores if store.name == "main"),
            now=now,
            start=now,
            phase=Phase.SCALE,
            phase_now=Phase.SCALE,
            told=known,
            priced=lambda size: priced.of("main", size, known),
        )
    )
    return found.best.size if found and found.best else None


LARGE: Final = Instances(instance_class="db.r7g.large")
SMALLEST: Final = replace(FIXED, capacity=LARGE)


@pytest.mark.parametrize(
    ("used", "readers"),
    [(80, 2), (80.01, 3), (100, 3)],
)
def test_busy_readers_get_as_few_more_as_do(priced: Prices, used: float, readers: int):
    now = SMALLEST

    assert best(priced, now, readerCpuPercent=used, freeMemoryGib=2) == replace(
        now, readers=readers, max_readers=readers
    )


def test_readers_that_come_with_the_load_get_a_higher_bound(priced: Prices):
    now = replace(SMALLEST, max_readers=4)

    found = best(priced, now, readerCpuPercent=99, freeMemoryGib=2)

    assert found == replace(now, max_readers=5)


def test_a_busy_writer_is_no_reason_for_more_readers(priced: Prices):
    found = best(priced, SMALLEST, cpuPercent=81, readerCpuPercent=81, freeMemoryGib=2)

    assert isinstance(found, AuroraSize)
    assert isinstance(found.capacity, Instances)
    assert (found.readers, vcpus(found.capacity.instance_class)) == (2, 4)


def test_idle_readers_stay(priced: Prices):
    """What one of them is kept for, nobody measures."""
    found = best(priced, SMALLEST, readerCpuPercent=1, readerConnections=1, freeMemoryGib=2)

    assert isinstance(found, AuroraSize)
    assert (found.readers, found.max_readers) == (2, 2)


def test_no_more_readers_than_aurora_takes_are_looked_at():
    figures = told(IDLE, readerCpuPercent=99)
    sizes = [postgres.cluster_sizes(now, figures) for now in (FIXED, replace(FIXED, dr_readers=1))]

    assert [max(size.readers for size in some) for some in sizes] == [15, 14]


@pytest.mark.parametrize("now", [replace(FIXED, readers=0, max_readers=0), MAIN[Phase.GROWTH]], ids=["none", "RDS"])
def test_figures_of_readers_that_there_are_not_are_a_mistake(now: Size):
    found = absurd({"main": told({}, readerCpuPercent=3)}, {"main": now})

    assert [str(mistake) for mistake in found] == [
        "main.readerCpuPercent is of readers on Aurora, and main has none: leave it out"
    ]
