"""Every limit at its edge: what is measured just under it fits, and just over it does not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from advice import postgres, redis, table
from advice.capacity import redis_gib, sustained_percent
from advice.check import Told
from advice.stores import checks
from sizes.load import PostgresLoad, RedisLoad
from sizes.postgres import PostgresSize
from sizes.redis import ServerlessRedisSize
from sizes.table import Autoscaled, OnDemand, Provisioned, TableSize
from stacks.applications import APPLICATIONS
from stacks.applications.clubapp import CACHE, MAIN, MAIN_LOAD
from stacks.applications.workflows import MAIN as BIG
from stacks.applications.workflows import MAIN_LOAD as BIG_LOAD
from stacks.phases import Phase
from tests.advice.told import IDLE_CACHE, IDLE_DATABASE, IDLE_TABLE, small, told

SMALL, LOAD = MAIN[Phase.MVP], MAIN_LOAD[Phase.MVP]
MANY = PostgresLoad(data_gib=5, connections={"api": 10_000})
"""Logins that may hold more than any server takes: then the server's own limit counts."""


def of_instance(size: PostgresSize, load: PostgresLoad, told: Told) -> list[str]:
    return small(postgres.instance_checks(size, size, load, told))


# db.t4g.micro has 1 GiB and 2 vCPU, 20 GiB of gp3 with 3,000 IOPS; its logins may hold 45 connections, its server
# takes 83: 1,024 MiB x 0.9383 - 200 MiB, by 9,531,392 bytes each (Amazon RDS User Guide, max_connections).
@pytest.mark.parametrize(
    ("field", "fits", "too_much", "limit"),
    [
        ("cpuPercent", 80, 80.01, "processor"),  # the alarm
        ("freeMemoryGib", 0.1, 0.0999, "memory"),  # the alarm: a tenth of 1 GiB
        ("connections", 40, 41, "connections"),  # the alarm: round(45 x 0.9)
        ("freeStorageGib", 2, 1.99, "storage"),  # the alarm: a tenth of 20 GiB
        ("dataGib", 90, 90.01, "storage in 3 months"),  # 0.9 x 100 GiB, where autoscaling stops
        ("growthGib", 29.66, 29.67, "storage in 3 months"),  # 1 GiB + 3 x 29.66 = 89.98
        ("iops", 2_400, 2_401, "I/O operations"),  # 0.8 x 3,000 of gp3 below 400 GiB
    ],
)
def test_a_limit_of_an_instance_is_where_its_alarm_is(field: str, fits: float, too_much: float, limit: str):
    under, over = (of_instance(SMALL, LOAD, told(IDLE_DATABASE, **{field: value})) for value in (fits, too_much))

    assert (under, over) == ([], [limit])


# 823 and 78 for applications, after five that are kept; 0.8 of them (sizes/alarms.py).
@pytest.mark.parametrize(("class_", "fits"), [("db.t4g.micro", 62), ("db.t4g.large", 654), ("db.r8g.16xlarge", 3_996)])
def test_where_logins_may_hold_more_the_server_limits_connections(class_: str, fits: int):
    size = replace(SMALL, instance_class=class_, proxy=True)

    under, over = (
        of_instance(size, MANY, told(IDLE_DATABASE, connections=n, freeMemoryGib=400)) for n in (fits, fits + 1)
    )

    assert (under, over) == ([], ["connections"])


@pytest.mark.parametrize(("logins", "missed"), [(78, []), (79, ["connections promised to logins"])])
def test_a_server_takes_what_logins_are_promised(logins: int, missed: list[str]):
    """db.t4g.micro takes 83, five of which applications do not get."""
    load = PostgresLoad(data_gib=5, connections={"api": logins})

    assert of_instance(SMALL, load, told(IDLE_DATABASE)) == missed


# Below 400 GiB gp3 has 3,000 IOPS, from there on 12,000 or what was asked for (Amazon RDS User Guide, "gp3 storage").
@pytest.mark.parametrize(("gib", "iops", "fits"), [(399, None, 2_400), (400, None, 9_600), (400, 20_000, 16_000)])
def test_storage_has_the_operations_that_its_size_brings(gib: int, iops: int | None, fits: int):
    size = replace(SMALL, storage_gib=gib, max_storage_gib=1_000, iops=iops)
    idle = {**IDLE_DATABASE, "freeStorageGib": 300}

    under, over = (of_instance(size, LOAD, told(idle, iops=value)) for value in (fits, fits + 1))

    assert (under, over) == ([], ["I/O operations"])


@pytest.mark.parametrize(("held", "missed"), [(40, []), (40.01, ["data of the phase"])])
def test_a_phase_ends_where_its_owner_says(held: float, missed: list[str]):
    """The mvp of workflows ends at 50 GiB, and its alarm rings at 40."""
    idle = {**IDLE_DATABASE, "freeMemoryGib": 8, "freeStorageGib": 60}

    assert of_instance(BIG[Phase.MVP], BIG_LOAD[Phase.MVP], told(idle, dataGib=held)) == missed


def test_free_storage_tells_the_end_of_a_phase_too():
    """Of 100 GiB, 60 free are 40 that are used."""
    idle = {**IDLE_DATABASE, "freeMemoryGib": 8}
    size, load = BIG[Phase.MVP], BIG_LOAD[Phase.MVP]

    assert [of_instance(size, load, told(idle, freeStorageGib=free)) for free in (60, 59.99)] == [[], ["storage"]]


@pytest.mark.parametrize(
    ("after", "used", "missed"),
    [("db.m7g.xlarge", 40, []), ("db.m7g.large", 40, []), ("db.m7g.large", 40.01, ["processor"])],
)
def test_half_the_processors_are_used_twice_as_much(after: str, used: float, missed: list[str]):
    now = replace(SMALL, instance_class="db.m7g.xlarge")
    size = replace(now, instance_class=after)
    figures = told(IDLE_DATABASE, cpuPercent=used, freeMemoryGib=14)

    assert small(postgres.instance_checks(now, size, LOAD, figures)) == missed


# Of db.m7g.xlarge's 16 GiB a quarter is PostgreSQL's own cache ({DBInstanceClassMemory/32768} pages of 8 KiB): with 7
# GiB free, 5 are used beside it; db.m7g.large has 6 beside its own, so that 1 is free, and its alarm rings below 0.8.
@pytest.mark.parametrize(("free", "missed"), [(7, []), (6.8, []), (6.79, ["memory"])])
def test_what_is_used_beside_the_cache_stays(free: float, missed: list[str]):
    now = replace(SMALL, instance_class="db.m7g.xlarge")
    size = replace(SMALL, instance_class="db.m7g.large")

    assert small(postgres.instance_checks(now, size, LOAD, told(IDLE_DATABASE, freeMemoryGib=free))) == missed


# Amazon EC2 User Guide, "Key concepts for burstable performance instances".
@pytest.mark.parametrize(
    ("class_", "percent"),
    [
        ("db.t4g.micro", 10),
        ("db.t4g.small", 20),
        ("db.t4g.medium", 20),
        ("db.t4g.large", 30),
        ("db.t4g.2xlarge", 40),
        ("db.m7g.large", 100),
    ],
)
def test_a_burstable_class_keeps_its_baseline_up(class_: str, percent: int):
    assert sustained_percent(class_) == percent


NODE, NODE_LOAD = CACHE[Phase.MVP], RedisLoad(data_gib=0, commands_per_second=0)


# A cache evicts a thousand keys a minute before anybody is told; a node takes 65,000 connections. Nodes of two vCPU are
# told by all of them: 45 of 100 (ElastiCache User Guide, "Which metrics should I monitor?").
@pytest.mark.parametrize(
    ("field", "fits", "too_much", "limit"),
    [
        ("memoryPercent", 90, 90.01, "memory"),
        ("evictionsPerMinute", 1_000, 1_001, "evictions"),
        ("cpuPercent", 45, 45.01, "processor"),
        ("connections", 52_000, 52_001, "connections"),
    ],
)
def test_a_limit_of_a_cache_is_where_its_alarm_is(field: str, fits: float, too_much: float, limit: str):
    under, over = (
        small(redis.node_checks(NODE, NODE, NODE_LOAD, told(IDLE_CACHE, **{field: value}), "cache"))
        for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])


@pytest.mark.parametrize(
    ("field", "fits", "too_much", "limit"),
    [("memoryPercent", 70, 70.01, "memory"), ("evictionsPerMinute", 0, 0.01, "evictions")],
)
def test_a_queue_never_evicts(field: str, fits: float, too_much: float, limit: str):
    under, over = (
        small(redis.node_checks(NODE, NODE, NODE_LOAD, told(IDLE_CACHE, **{field: value}), "queue"))
        for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])


# ElastiCache User Guide, "Valkey node-type specific parameters", less the quarter that is reserved.
@pytest.mark.parametrize(
    ("node", "gib"), [("cache.t4g.micro", "0.375"), ("cache.m7g.large", "4.788"), ("cache.r6g.16xlarge", "314.322")]
)
def test_a_node_has_three_quarters_of_its_memory_for_data(node: str, gib: str):
    assert round(redis_gib(node), 3) == Decimal(gib)


@pytest.mark.parametrize(("used", "missed"), [(32.84, []), (32.86, ["memory"])])
def test_a_smaller_node_is_fuller(used: float, missed: list[str]):
    """Of cache.t4g.small's 1.0275 GiB, 90 % of cache.t4g.micro's 0.375 are 32.847 %."""
    now = replace(NODE, node_type="cache.t4g.small")

    assert small(redis.node_checks(now, NODE, NODE_LOAD, told(IDLE_CACHE, memoryPercent=used), "cache")) == missed


def test_keys_that_are_evicted_ask_for_more_memory_and_nobody_knows_how_much():
    figures = told(IDLE_CACHE, evictionsPerMinute=5_000)
    sizes = [NODE, replace(NODE, node_type="cache.t4g.small")]

    assert [small(redis.node_checks(NODE, size, NODE_LOAD, figures, "cache")) for size in sizes] == [["evictions"], []]


@pytest.mark.parametrize(("engine", "missed"), [(80, []), (80.01, ["processor"])])
def test_one_core_serves_commands_however_many_there_are(engine: float, missed: list[str]):
    now = replace(NODE, node_type="cache.m7g.xlarge")
    bigger = replace(NODE, node_type="cache.m7g.4xlarge")
    figures = told(IDLE_CACHE, engineCpuPercent=engine)

    assert [small(redis.node_checks(now, size, NODE_LOAD, figures, "cache")) for size in (now, bigger)] == [missed] * 2


def test_shards_share_commands_and_memory():
    now = CACHE[Phase.ENTERPRISE]
    figures = told(IDLE_CACHE, cpuPercent=60, memoryPercent=100)
    sizes = [replace(now, shards=shards) for shards in (3, 4)]

    assert [small(redis.node_checks(now, size, NODE_LOAD, figures, "cache")) for size in sizes] == [
        ["memory", "processor"],
        [],
    ]


@pytest.mark.parametrize(("expects", "missed"), [(0.337, []), (0.338, ["data that the application expects"])])
def test_a_node_holds_what_the_application_expects(expects: float, missed: list[str]):
    load = RedisLoad(data_gib=expects, commands_per_second=0)

    assert small(redis.node_checks(NODE, NODE, load, told(IDLE_CACHE), "cache")) == missed


SERVERLESS = ServerlessRedisSize(max_data_gib=10, max_ecpu_per_second=5_000, snapshot_days=1)


@pytest.mark.parametrize(
    ("field", "fits", "too_much", "limit"),
    [
        ("dataGib", 9, 9.01, "memory"),
        ("evictionsPerMinute", 1_000, 1_001, "evictions"),
        ("refusedPerMinute", 0, 0.01, "refused commands"),
    ],
)
def test_a_limit_of_a_serverless_cache_is_where_its_alarm_is(field: str, fits: float, too_much: float, limit: str):
    idle = {"dataGib": 1, "evictionsPerMinute": 0, "refusedPerMinute": 0}
    under, over = (
        small(redis.serverless_checks(SERVERLESS, SERVERLESS, NODE_LOAD, told(idle, **{field: value})))
        for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])


ON_DEMAND = TableSize(billing=OnDemand(max_read_units=4_000, max_write_units=1_000), backup_days=35, dr_replica=False)
FIXED = replace(ON_DEMAND, billing=Provisioned(read_units=100, write_units=50))
SCALED = replace(
    ON_DEMAND,
    billing=Autoscaled(
        min_read_units=1, max_read_units=1_000, min_write_units=1, max_write_units=500, target_percent=70
    ),
)


# On demand the alarm rings above 80 % of the cap; autoscaling aims at a share of its units; fixed ones keep a fifth.
@pytest.mark.parametrize(
    ("size", "field", "fits", "too_much", "limit"),
    [
        (ON_DEMAND, "readUnits", 3_200, 3_200.1, "reads"),
        (ON_DEMAND, "writeUnits", 800, 800.1, "writes"),
        (FIXED, "readUnits", 80, 80.1, "reads"),
        (FIXED, "writeUnits", 40, 40.1, "writes"),
        (SCALED, "readUnits", 700, 700.1, "reads"),
        (SCALED, "writeUnits", 350, 350.1, "writes"),
    ],
)
def test_a_table_has_the_units_that_it_pays_for(size: TableSize, field: str, fits: float, too_much: float, limit: str):
    under, over = (
        small(table.table_checks(size, size, told(IDLE_TABLE, **{field: value}))) for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])


@pytest.mark.parametrize(("used", "missed"), [(3_200, []), (None, ["refused reads"])])
def test_requests_refused_with_units_to_spare_are_a_hot_key(used: float | None, missed: list[str]):
    """Where nobody knows whether there are units to spare, there are too few."""
    figures = told(IDLE_TABLE, readThrottles=1, readUnits=used)

    assert small(table.table_checks(ON_DEMAND, ON_DEMAND, figures)) == missed


@pytest.mark.parametrize("name", sorted(APPLICATIONS))
def test_no_row_rings_its_own_alarm_under_what_its_application_expects(name: str):
    found = {
        (store.name, phase): small(checks(store, size, size, phase, {}) or ())
        for store in APPLICATIONS[name].stores
        for phase, size in store.sizes.items()
    }

    assert {row: limits for row, limits in found.items() if limits} == {}
