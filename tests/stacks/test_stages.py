"""Ways between any two sizes of a kind: whole, in order, and the same from wherever one stands."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.limits import SizeError
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.redis import ClusterMode, RedisSize
from sizes.table import Autoscaled, OnDemand, Provisioned, TableSize
from stacks.application import Size
from stacks.hops import merged, way
from stacks.stages import ALONE, Stage, Step

API, ANALYTICS = ReplicaPurpose.API, ReplicaPurpose.ANALYTICS


def postgres() -> st.SearchStrategy[Size]:
    return st.builds(
        PostgresSize,
        instance_class=st.sampled_from(["db.t4g.micro", "db.m7g.large"]),
        storage_gib=st.sampled_from([20, 400]),
        max_storage_gib=st.sampled_from([500, 900]),
        multi_az=st.booleans(),
        replicas=st.sampled_from([(), (API,), (API, ANALYTICS)]),
        proxy=st.booleans(),
        backup_days=st.sampled_from([7, 35]),
        dr_backups=st.booleans(),
        version=st.sampled_from(["16", "17"]),
    )


def aurora() -> st.SearchStrategy[Size]:
    def build(readers: int, more: int, dr_readers: int, io: bool, proxy: bool, version: str, big: int) -> Size:  # noqa: PLR0913, PLR0917  drawn one by one
        capacity = [Serverless(min_acu=1, max_acu=9), Instances(instance_class="db.r7g.large")][big % 2]
        if big == 2 and not dr_readers:
            capacity = Instances(instance_class="db.t4g.medium")
        return AuroraSize(
            capacity=capacity,
            readers=readers,
            max_readers=readers + more * bool(readers),
            io_optimized=io,
            proxy=proxy,
            backup_days=7,
            dr_readers=dr_readers,
            version=version,  # pyright: ignore[reportArgumentType]  one of the two below
        )

    return st.builds(
        build,
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 1),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["16", "17"]),
        st.integers(0, 2),
    )


def redis() -> st.SearchStrategy[Size]:
    def build(mode: ClusterMode, shards: int, replicas: int, days: int, big: bool, more: int) -> Size:  # noqa: PLR0913, PLR0917  drawn one by one
        clustered = mode is not ClusterMode.DISABLED
        whole = mode is ClusterMode.ENABLED
        return RedisSize(
            node_type="cache.m7g.large" if big or more else "cache.t4g.small",
            cluster_mode=mode,
            shards=shards if whole else 1,
            replicas_per_shard=max(replicas, int(clustered)),
            snapshot_days=max(days, int(clustered)),
            max_shards=shards + more if whole and more else None,
        )

    return st.builds(
        build,
        st.sampled_from(list(ClusterMode)),
        st.integers(1, 3),
        st.integers(0, 2),
        st.sampled_from([0, 7]),
        st.booleans(),
        st.integers(0, 2),
    )


def tables() -> st.SearchStrategy[Size]:
    autoscaled = Autoscaled(min_read_units=1, max_read_units=9, min_write_units=1, max_write_units=9, target_percent=70)
    billing = st.sampled_from(
        [OnDemand(max_read_units=9, max_write_units=9), Provisioned(read_units=3, write_units=3), autoscaled]
    )
    return st.builds(TableSize, billing=billing, backup_days=st.sampled_from([0, 35]), dr_replica=st.just(False))


ANY = st.one_of(
    *(st.tuples(one(), one()) for one in (postgres, aurora, redis, tables)), st.tuples(postgres(), aurora())
)


def known(now: Size, target: Size) -> list[Step]:
    try:
        return way(now, target)
    except SizeError:
        assume(False)
        raise


@given(ANY)
def test_a_way_leads_step_by_step_to_its_target(sizes: tuple[Size, Size]):
    now, target = sizes

    steps = known(now, target)

    assert [now, *(step.after for step in steps)] == [*(step.before for step in steps), target]
    assert all(step.before != step.after for step in steps)


@given(ANY)
def test_from_anywhere_on_a_way_the_rest_is_the_same(sizes: tuple[Size, Size]):
    steps = known(*sizes)

    for number, step in enumerate(steps, start=1):
        assert step.after is not None
        assert way(step.after, sizes[1]) == steps[number:]


@given(ANY)
def test_a_new_version_comes_with_nothing_else(sizes: tuple[Size, Size]):
    for step in known(*sizes):
        if getattr(step.before, "version", None) != getattr(step.after, "version", None) and type(step.before) is type(
            step.after
        ):
            assert step.stage is Stage.VERSION


@given(st.lists(ANY, min_size=1, max_size=3))
def test_merged_ways_keep_the_order_of_each_and_what_must_be_alone_is_alone(sizes: list[tuple[Size, Size]]):
    ways = {str(number): known(*pair) for number, pair in enumerate(sizes)}

    updates = merged(ways)

    assert {name: [update[name] for update in updates if name in update] for name in ways} == ways
    assert all(len(update) == 1 or not {step.stage for step in update.values()} & ALONE for update in updates)


@given(st.lists(ANY, min_size=1, max_size=3))
def test_what_may_share_an_update_takes_as_many_as_the_longest_way(sizes: list[tuple[Size, Size]]):
    ways = {str(number): [step for step in known(*pair) if not step.alone] for number, pair in enumerate(sizes)}

    last = [bool(steps) and not steps[-1].with_the_phase for steps in ways.values()]
    assert len(merged(ways)) == max(1, *(len(steps) + more for steps, more in zip(ways.values(), last, strict=True)))


def test_every_stage_between_two_steps_of_a_store_is_later():
    order = list(Stage)
    small = PostgresSize(
        instance_class="db.t4g.micro",
        storage_gib=20,
        max_storage_gib=100,
        multi_az=False,
        replicas=(),
        proxy=False,
        backup_days=0,
        dr_backups=False,
        version="16",
    )
    large = PostgresSize(
        instance_class="db.m7g.large",
        storage_gib=400,
        max_storage_gib=900,
        multi_az=True,
        replicas=(API,),
        proxy=True,
        backup_days=7,
        dr_backups=True,
        version="17",
    )

    stages = [step.stage for step in way(small, large)]

    assert stages == [Stage.ROOM, Stage.ROOM, Stage.CLASS, Stage.POOL, Stage.VERSION]
    assert all(order.index(a) <= order.index(b) for a, b in pairwise(stages[:3]))


# Class by class


def database(class_: str, *replicas: ReplicaPurpose, copies: str | None = None) -> PostgresSize:
    return PostgresSize(
        instance_class=class_,
        storage_gib=100,
        max_storage_gib=200,
        multi_az=True,
        replicas=replicas,
        proxy=False,
        backup_days=7,
        dr_backups=False,
        replica_class=copies,
    )


def cluster(capacity: Instances | Serverless, readers: int = 1, copies: Instances | None = None) -> AuroraSize:
    return AuroraSize(
        capacity=capacity,
        readers=readers,
        max_readers=readers,
        io_optimized=False,
        proxy=False,
        backup_days=7,
        dr_readers=0,
        reader_capacity=copies,
    )


LARGE, XLARGE = "db.r7g.large", "db.r7g.xlarge"
ONE, OTHER = Instances(instance_class=LARGE), Instances(instance_class=XLARGE)
BOUNDS, WIDER = Serverless(min_acu=1, max_acu=8), Serverless(min_acu=1, max_acu=16)


@pytest.mark.parametrize(
    ("before", "after", "on_the_way"),
    [
        (database(LARGE, API), database(XLARGE, API), [database(LARGE, API, copies=XLARGE)]),
        (database(LARGE), database(XLARGE, API), [database(LARGE, API, copies=XLARGE)]),
        (database(LARGE, API, copies=XLARGE), database(XLARGE, API), []),
        (database(LARGE, API, copies=XLARGE), database(LARGE, API), []),
        (database(XLARGE, API), database(LARGE, API), []),
        (database(LARGE), database(XLARGE), []),
        (cluster(ONE), cluster(OTHER), [cluster(ONE, copies=OTHER)]),
        (cluster(OTHER), cluster(ONE), [cluster(OTHER, copies=ONE)]),
        (cluster(ONE, copies=OTHER), cluster(OTHER), []),
        (cluster(ONE, 0), cluster(OTHER, 0), []),
        (cluster(BOUNDS), cluster(WIDER), []),
        (cluster(BOUNDS), cluster(ONE), [cluster(BOUNDS, copies=ONE)]),
    ],
)
def test_what_is_only_read_from_gets_its_class_first(before: Size, after: Size, on_the_way: list[Size]):
    assert [step.after for step in way(before, after)] == [*on_the_way, after]


def test_the_first_readers_of_a_cluster_are_made_as_they_shall_be():
    steps = [step.after for step in way(cluster(ONE, 0), cluster(OTHER))]

    assert steps == [cluster(ONE, copies=OTHER), cluster(OTHER)]


def test_a_change_of_what_is_only_read_from_leaves_who_writes_alone():
    (first, second) = way(cluster(ONE), cluster(OTHER))

    assert (first.stage, second.stage) == (Stage.COPIES, Stage.CLASS)
    assert isinstance(first.after, AuroraSize)
    assert first.after.capacity == ONE
