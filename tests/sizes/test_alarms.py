"""Laws of alarms: their figures follow from size and load, and their names from nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizes.alarms import (
    Alarm,
    cluster_alarms,
    global_alarms,
    instance_alarms,
    node_alarms,
    replica_alarms,
    secondary_alarms,
    serverless_alarms,
    table_alarms,
)
from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.connections import RESERVED, connections_of, memory_gib
from sizes.load import PostgresLoad
from sizes.postgres import INSTANCE_CLASSES, PostgresSize, ReplicaPurpose
from sizes.redis import NODE_TYPES, ClusterMode, RedisSize, ServerlessRedisSize
from sizes.table import Autoscaled, OnDemand, Provisioned, TableSize
from tests.sizes.test_aurora_size import TWO
from tests.sizes.test_postgres_size import SMALL

CLASSES = sorted(INSTANCE_CLASSES, key=memory_gib)
LOAD = PostgresLoad(data_gib=20, connections={"api": 40, "migrator": 2})
NODE = RedisSize(
    node_type="cache.r7g.large",
    cluster_mode=ClusterMode.DISABLED,
    shards=1,
    replicas_per_shard=1,
    snapshot_days=7,
)
TABLE = TableSize(billing=OnDemand(max_read_units=400, max_write_units=100), backup_days=7, dr_replica=False)
EVERY: Mapping[str, tuple[Alarm, ...]] = {
    "instance": tuple(instance_alarms(SMALL, LOAD, next_phase="growth")),
    **{f"replica-{purpose}": tuple(replica_alarms(SMALL, purpose)) for purpose in ReplicaPurpose},
    "cluster": tuple(cluster_alarms(TWO, replace(LOAD, outgrown_gib=50), next_phase="growth")),
    "serverless cluster": tuple(
        cluster_alarms(replace(TWO, capacity=Serverless(min_acu=1, max_acu=4)), LOAD, next_phase="growth")
    ),
    "secondary": tuple(secondary_alarms()),
    "global": tuple(global_alarms()),
    "table": tuple(table_alarms(TABLE)),
    "cache": tuple(node_alarms(NODE, "cache")),
    "queue": tuple(node_alarms(NODE, "queue")),
    "serverless cache": tuple(
        serverless_alarms(ServerlessRedisSize(max_data_gib=5, max_ecpu_per_second=5_000, snapshot_days=0))
    ),
}


def by_name(alarms: Iterable[Alarm]) -> dict[str, Alarm]:
    return {alarm.name: alarm for alarm in alarms}


def primary(size: PostgresSize, load: PostgresLoad = LOAD) -> dict[str, Alarm]:
    return by_name(instance_alarms(size, load, next_phase="growth"))


def figure(alarm: Alarm) -> float:
    """Give the figure from which it is trouble."""
    (given_,) = (value for value in (alarm.above, alarm.below) if value is not None)
    return given_


@pytest.mark.parametrize("alarms", EVERY.values(), ids=EVERY)
def test_every_alarm_is_above_or_below_one_figure_and_says_what_to_do(alarms: tuple[Alarm, ...]):
    for alarm in alarms:
        assert (alarm.above is None) != (alarm.below is None), alarm.name
        assert alarm.advice.endswith(".")
        assert alarm.minutes >= 1


@pytest.mark.parametrize("alarms", EVERY.values(), ids=EVERY)
def test_no_two_alarms_of_a_part_have_one_name(alarms: tuple[Alarm, ...]):
    assert len(by_name(alarms)) == len(alarms)


@pytest.mark.parametrize("name", ["memory", "connections"])
def test_figures_of_a_server_grow_with_its_class(name: str):
    many = replace(LOAD, connections={"api": 10_000})

    figures = [figure(primary(replace(SMALL, instance_class=one), many)[name]) for one in CLASSES]

    assert figures == sorted(figures)
    assert figures[0] < figures[-1]


@given(st.sampled_from(CLASSES), st.integers(1, 10_000))
def test_connections_are_told_before_either_limit_stops_clients(instance_class: str, pool: int):
    size, load = replace(SMALL, instance_class=instance_class), replace(LOAD, connections={"api": pool})

    alarm = figure(primary(size, load)["connections"])

    assert alarm < connections_of(size) - RESERVED
    assert alarm <= max(pool - 1, pool * 0.9 + 0.5)


@given(st.integers(20, 50_000), st.integers(2, 60_000))
def test_free_storage_is_told_while_a_tenth_is_left_or_the_phase_ends(storage: int, outgrown: int):
    size = replace(SMALL, storage_gib=storage, max_storage_gib=storage + storage // 10 + 1, storage_type="gp3")
    load = replace(LOAD, data_gib=1, outgrown_gib=outgrown)

    below = figure(primary(size, load)["storage"]) / 1024**3

    assert below >= storage * 0.1 - 1e-6
    assert below <= max(storage * 0.1, storage - outgrown * 0.8) + 1e-6


def test_a_phase_without_an_end_tells_of_storage_when_a_tenth_is_left():
    assert figure(primary(SMALL)["storage"]) == pytest.approx(SMALL.storage_gib * 0.1 * 1024**3)


@pytest.mark.parametrize(
    ("purpose", "seconds"),
    [(ReplicaPurpose.API, 60), (ReplicaPurpose.MONITORING, 60), (ReplicaPurpose.ANALYTICS, 1_800)],
)
def test_a_replica_for_reports_may_lag_for_longer_than_its_statements_may_hold_it_up(
    purpose: ReplicaPurpose, seconds: int
):
    lag = by_name(replica_alarms(SMALL, purpose))["lag"]

    assert (lag.metric, lag.above) == ("ReplicaLag", seconds)


@pytest.mark.parametrize("size", [TWO, replace(TWO, capacity=Serverless(min_acu=1, max_acu=4))])
def test_a_cluster_is_as_well_as_its_worst_member(size: AuroraSize):
    """An average over a busy writer and idle readers would hide the writer."""
    alarms = cluster_alarms(size, LOAD, next_phase="growth")

    assert {alarm.name for alarm in alarms if alarm.statistic == "Average"} == set()


@pytest.mark.parametrize(
    ("size", "expected"),
    [(TWO, {"memory", "lag"}), (replace(TWO, readers=0, max_readers=0), {"memory"})],
)
def test_lag_is_told_where_somebody_can_lag(size: AuroraSize, expected: set[str]):
    assert by_name(cluster_alarms(size, LOAD, next_phase="growth")).keys() & {"memory", "lag"} == expected


def test_a_cluster_of_a_bigger_class_is_told_earlier_of_memory():
    small, big = (
        figure(
            by_name(cluster_alarms(replace(TWO, capacity=Instances(instance_class=one)), LOAD, next_phase="growth"))[
                "memory"
            ]
        )
        for one in ("db.r7g.large", "db.r7g.4xlarge")
    )

    assert big == 8 * small


@given(st.integers(1, 39_999), st.integers(1, 39_999))
def test_consumption_is_told_before_the_cap_is_reached(reads: int, writes: int):
    alarms = by_name(table_alarms(replace(TABLE, billing=OnDemand(max_read_units=reads, max_write_units=writes))))

    for name, cap in (("read-cap", reads), ("write-cap", writes)):
        assert 0 < figure(alarms[name]) < cap * 60


@pytest.mark.parametrize(
    "billing",
    [
        Provisioned(read_units=5, write_units=5),
        Autoscaled(min_read_units=5, max_read_units=9, min_write_units=5, max_write_units=9, target_percent=70),
    ],
)
def test_a_table_without_a_cap_is_told_of_what_is_refused(billing: Provisioned | Autoscaled):
    assert set(by_name(table_alarms(replace(TABLE, billing=billing)))) == {"read-throttles", "write-throttles"}


def test_a_queue_is_told_of_before_a_cache():
    cache, queue = (by_name(node_alarms(NODE, use)) for use in ("cache", "queue"))

    for name in ("memory", "evictions"):
        assert figure(queue[name]) < figure(cache[name])
    assert queue["evictions"].above == 0


@pytest.mark.parametrize("node_type", sorted(NODE_TYPES))
def test_a_node_of_up_to_two_cores_is_measured_as_a_whole(node_type: str):
    """One thread serves commands, so that half of two cores is all that it can take."""
    processor = by_name(node_alarms(replace(NODE, node_type=node_type), "cache"))["processor"]

    two_cores = node_type.startswith("cache.t4g") or node_type.endswith(".large")
    assert (processor.metric, processor.above) == (
        ("CPUUtilization", 45) if two_cores else ("EngineCPUUtilization", 80)
    )


def test_a_bigger_limit_of_a_serverless_cache_is_told_of_later():
    figures = [
        figure(
            by_name(
                serverless_alarms(ServerlessRedisSize(max_data_gib=gib, max_ecpu_per_second=1_000, snapshot_days=0))
            )["memory"]
        )
        for gib in (1, 10, 5_000)
    ]

    assert all(small < big for small, big in pairwise(figures))
