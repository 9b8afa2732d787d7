"""There is a way from every database to every later one, each step of which AWS takes."""

from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.limits import SizeError
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.postgres_move import AnySize, PostgresMove, steps
from tests.sizes.test_aurora_size import TWO
from tests.sizes.test_postgres_size import SMALL

ALONE = replace(TWO, readers=0, max_readers=0)
MOVE = PostgresMove(instance=SMALL, cluster=ALONE, writer="instance")
BARE = replace(SMALL, backup_days=0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"cluster": replace(ALONE, version="16")}, "must have the same version, got 17 and 16"),
        ({"instance": BARE}, "instance must have backups to be copied: set backup_days to 1 or more, got 0"),
        ({"cluster": replace(ALONE, proxy=True)}, "must both have a proxy or none, got False and True"),
        ({"cluster": replace(ALONE, dr_readers=2)}, "cluster must have no dr_readers during a move, got 2"),
        ({"cluster": TWO}, "cluster must have no readers while it is a replica, got 1"),
    ],
)
def test_a_move_that_aws_refuses_cannot_be_written(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(MOVE, **change)


def test_rds_goes_to_aurora_by_a_replica_that_is_promoted():
    way = steps(SMALL, TWO)

    assert way == [MOVE, PostgresMove(instance=SMALL, cluster=TWO, writer="cluster"), TWO]


def test_what_a_move_cannot_have_comes_after_it():
    target = replace(TWO, dr_readers=2, proxy=True, version="17")
    old = replace(SMALL, version="16")

    way = steps(old, target)

    assert way[-3:] == [
        replace(TWO, version="16"),
        replace(target, version="16"),
        target,
    ]


def test_replicas_wait_for_the_first_backup():
    target = replace(SMALL, replicas=(ReplicaPurpose.API,))

    assert steps(BARE, target) == [SMALL, target]


def test_growing_past_the_stripes_takes_one_step():
    target = replace(SMALL, storage_gib=500, max_storage_gib=1_000, multi_az=True)

    assert steps(SMALL, target) == [target]


def test_a_major_version_is_a_step_of_its_own():
    old = replace(SMALL, version="15")
    target = replace(SMALL, multi_az=True, version="17")

    assert steps(old, target) == [replace(target, version="15"), target]


def test_a_move_goes_back_until_the_cluster_writes():
    assert steps(MOVE, SMALL) == [SMALL]


@pytest.mark.parametrize(
    ("now", "target", "problem"),
    [
        (replace(SMALL, storage_gib=30), SMALL, "storage_gib never shrinks: it is 30, got 20"),
        (SMALL, replace(SMALL, version="16"), "version never shrinks: it is 17, got 16"),
        (TWO, replace(TWO, version="16"), "version never shrinks: it is 17, got 16"),
        (SMALL, replace(TWO, version="16"), "version never shrinks: it is 17, got 16"),
        (TWO, SMALL, "Aurora cannot be left for RDS"),
        (replace(MOVE, writer="cluster"), SMALL, "Aurora cannot be left for RDS"),
    ],
)
def test_where_there_is_no_way_the_reason_is_said(now: AnySize, target: PostgresSize | AuroraSize, problem: str):
    with pytest.raises(SizeError, match=problem):
        steps(now, target)


@st.composite
def instances(draw: st.DrawFn) -> PostgresSize:
    days = draw(st.sampled_from([0, 7, 35]))
    storage = draw(st.sampled_from([20, 399, 400, 1_000]))
    return PostgresSize(
        instance_class="db.m7g.large",
        storage_gib=storage,
        max_storage_gib=2_000,
        multi_az=draw(st.booleans()),
        replicas=draw(st.sampled_from([(), (ReplicaPurpose.API,)])) if days else (),
        proxy=draw(st.booleans()),
        backup_days=days,
        dr_backups=bool(days) and draw(st.booleans()),
        version=draw(st.sampled_from(["15", "16", "17"])),
    )


@st.composite
def clusters(draw: st.DrawFn) -> AuroraSize:
    readers = draw(st.integers(0, 3))
    return AuroraSize(
        capacity=draw(st.sampled_from([Instances(instance_class="db.r7g.large"), Serverless(min_acu=0.5, max_acu=16)])),
        readers=readers,
        max_readers=readers and draw(st.integers(readers, 5)),
        io_optimized=draw(st.booleans()),
        proxy=draw(st.booleans()),
        backup_days=draw(st.integers(1, 35)),
        dr_readers=draw(st.integers(0, 2)),
        version=draw(st.sampled_from(["15", "16", "17"])),
    )


def way_or_none(now: PostgresSize | AuroraSize, target: PostgresSize | AuroraSize) -> list[AnySize] | None:
    try:
        return [now, *steps(now, target)]
    except SizeError:
        return None


def writer_of(size: AnySize) -> str:
    match size:
        case PostgresSize():
            return "instance"
        case AuroraSize():
            return "cluster"
        case PostgresMove():
            return size.writer


def version_of(size: AnySize) -> str:
    return size.instance.version if isinstance(size, PostgresMove) else size.version


@given(st.one_of(instances(), clusters()), st.one_of(instances(), clusters()))
def test_every_way_ends_at_its_target_and_changes_one_risky_thing_at_a_time(
    now: PostgresSize | AuroraSize, target: PostgresSize | AuroraSize
):
    way = way_or_none(now, target)
    if way is None:
        return

    assert way[-1] == target
    for before, after in pairwise(way):
        assert before != after
        if writer_of(before) != writer_of(after):
            assert isinstance(before, PostgresMove)
            assert isinstance(after, PostgresMove)
            assert before.instance == after.instance
        if version_of(before) != version_of(after):
            changed = {one.name for one in fields(before) if getattr(before, one.name) != getattr(after, one.name)}
            assert changed == {"version"}


def test_a_database_that_is_there_already_has_no_step_to_take():
    assert steps(SMALL, SMALL) == []
    assert steps(TWO, TWO) == []
