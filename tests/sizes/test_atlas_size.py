"""What Atlas would refuse is refused before anything is deployed, and there is a way from size to size."""

from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizes.atlas import DEDICATED, TIERS, AtlasSize, SharedAtlasSize, Size, classmates, steps
from sizes.atlas_grant import AtlasGrant
from sizes.limits import SizeError

M30 = replace(DEDICATED, tier="M30", disk_gib=40)
SHARDED = replace(M30, sharded=True)
GLOBAL = replace(SHARDED, zones=2)
ALONE: dict[str, Any] = {"sharded": False, "zones": 0, "shards": 1}


@pytest.mark.parametrize(
    ("size", "change", "problem"),
    [
        (DEDICATED, {"tier": "M5"}, r"tier must be one Atlas has on AWS \(M10, .*R700\), got 'M5'"),
        (DEDICATED, {"tier": "M400"}, "tier must be one Atlas has on AWS .*, got 'M400'"),
        (DEDICATED, {"disk_gib": 9}, "disk_gib of M10 must be between 10 and 100, got 9"),
        (DEDICATED, {"disk_gib": 101}, "disk_gib of M10 must be between 10 and 100, got 101"),
        (DEDICATED, {"tier": "M300", "disk_gib": 4097}, "disk_gib of M300 must be between 10 and 4096, got 4097"),
        (DEDICATED, {"max_tier": "M10"}, r"max_tier must be null or of the class of M10 and above it \(M20, .*'M10'"),
        (M30, {"max_tier": "M20"}, "max_tier must be null or of the class of M30 and above it .*, got 'M20'"),
        (M30, {"max_tier": "R40"}, "max_tier must be null or of the class of M30 and above it .*, got 'R40'"),
        (DEDICATED, {"tier": "R700", "max_tier": "R700"}, r"max_tier must be null .* above it \(none is\), got 'R700'"),
        (SHARDED, {"shards": 2, "max_tier": "M40"}, "max_tier needs one shard: .* got 2"),
        (GLOBAL, {"max_tier": "M40"}, "max_tier needs one shard: .* got 2"),
        (DEDICATED, {"sharded": True}, "a sharded cluster needs M30 or more, got M10"),
        (M30, {"shards": 2}, "2 shards need sharded, got a replica set"),
        (SHARDED, {"shards": 0}, "shards must be between 1 and 70, got 0"),
        (SHARDED, {"shards": 71}, "shards must be between 1 and 70, got 71"),
        (SHARDED, {"shards": 13, "dr_nodes": 2}, "shards must be between 1 and 12, got 13"),
        (GLOBAL, {"shards": 13}, "shards must be between 1 and 12, got 13"),
        (SHARDED, {"zones": 3}, "zones must be between 0 and 2, got 3"),
        (M30, {"zones": 2}, "zones need sharded, got 2 zones of a replica set"),
        (SHARDED, {"zones": 1, "shards": 2}, "one zone is the step to two and has one shard, got 2"),
        (M30, {"dr_nodes": 1}, "dr_nodes must be 0 or 2, got 1"),
        (M30, {"analytics_nodes": -1}, "analytics_nodes must be between 0 and 50, got -1"),
        (M30, {"read_only_nodes": -1}, "read_only_nodes must be between 0 and 50, got -1"),
        (M30, {"dr_nodes": 2, "analytics_nodes": 40, "read_only_nodes": 6}, "a shard may have 50 nodes, got 51"),
        (M30, {"continuous_days": 36}, "continuous_days must be between 0 and 35, got 36"),
    ],
)
def test_a_size_that_atlas_refuses_cannot_be_written(size: AtlasSize, change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(size, **change)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SizeError) as raised:
        replace(DEDICATED, sharded=True, shards=0, dr_nodes=3)

    assert len(raised.value.problems) == 3


@pytest.mark.parametrize("tier", ["M2", "M5", "M10", "SERVERLESS"])
def test_only_free_and_flex_clusters_are_shared(tier: Any):
    with pytest.raises(SizeError, match=f"tier must be one of M0, FLEX, got '{tier}'"):
        SharedAtlasSize(tier=tier)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"role": "root"}, "role must be one of read, readWrite, changeStreams, dbAdmin, got 'root'"),
        ({"database": "admin"}, "database must be one of the application's, got 'admin'"),
        ({"database": ""}, "database must be one of the application's, got ''"),
        ({"collection": ""}, "collection must have a name, or be null for every one, got ''"),
        ({"role": "dbAdmin", "collection": "settings"}, "dbAdmin is of a whole database, got collection 'settings'"),
    ],
)
def test_a_login_gets_no_more_than_an_application_needs(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(AtlasGrant(role="read", database="devora"), **change)


def test_a_bigger_tier_of_a_class_has_no_less_of_anything():
    for name in ("M10", "R40"):
        for smaller, bigger in pairwise(TIERS[one] for one in classmates(name)):
            assert bigger.memory_gib > smaller.memory_gib
            assert bigger.connections >= smaller.connections
            assert bigger.default_gib > smaller.default_gib
            assert bigger.default_gib <= bigger.max_disk_gib


@st.composite
def sizes(draw: st.DrawFn) -> AtlasSize:
    """Any size that may be written."""
    tier = draw(st.sampled_from(list(TIERS)))
    sharded = TIERS[tier].memory_gib >= 8 and draw(st.booleans())
    zones = draw(st.sampled_from((0, 1, 2))) if sharded else 0
    shards = draw(st.integers(1, 12)) if sharded and zones != 1 else 1
    above = [None, *classmates(tier)[1:]] if shards * max(zones, 1) == 1 else [None]
    return AtlasSize(
        tier=tier,
        max_tier=draw(st.sampled_from(above)),
        disk_gib=draw(st.integers(10, TIERS[tier].max_disk_gib)),
        sharded=sharded,
        shards=shards,
        zones=zones,
        dr_nodes=draw(st.sampled_from((0, 2))),
        analytics_nodes=draw(st.integers(0, 3)),
        read_only_nodes=draw(st.integers(0, 3)),
        continuous_days=draw(st.none() | st.integers(0, 35)),
        dr_copies=draw(st.booleans()),
        export=draw(st.booleans()),
    )


def changed(before: AtlasSize, after: AtlasSize) -> set[str]:
    return {field.name for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)}


def reachable(now: AtlasSize, target: AtlasSize) -> AtlasSize:
    """Give what *target* is where a cluster can get to it from *now*: it only grows."""
    globally = now.zones > 0 or not now.sharded
    zones = max(now.zones, target.zones) if globally else 0
    shards = max(now.shards, target.shards)
    sharded = now.sharded or target.sharded
    grown = replace(target, tier="M300", max_tier=None, disk_gib=max(now.disk_gib, target.disk_gib))
    return replace(grown, sharded=sharded, zones=2 if zones and shards > 1 else zones, shards=shards)


def way(now: AtlasSize, target: AtlasSize) -> list[AtlasSize]:
    """Give the sizes that a cluster has one after another."""
    return [now, *(one for one in steps(now, target) if isinstance(one, AtlasSize))]


@given(sizes(), sizes())
def test_every_way_ends_at_its_target_one_update_after_another(now: AtlasSize, target: AtlasSize):
    target = reachable(now, target)

    found = way(now, target)

    assert found[-1] == target
    for before, after in pairwise(found):
        what = changed(before, after)
        assert what
        hardware, shape = what & {"tier", "max_tier", "disk_gib"}, what & {"sharded", "shards", "zones"}
        if hardware or shape:
            assert what in (hardware, shape)
        if "shards" in what:
            assert what == {"shards"}
        if "sharded" in what:
            assert (after.shards, after.zones) in {(1, 0), (1, 1)}


@given(sizes(), sizes())
def test_atlas_chooses_no_tier_while_hardware_is_changed(now: AtlasSize, target: AtlasSize):
    """With autoscaling on before and after, it would ignore another tier or disk."""
    found = way(replace(now, disk_gib=10, **ALONE), replace(target, **ALONE))

    for before, after in pairwise(found):
        if before.max_tier and after.max_tier:
            assert before.disk_gib == after.disk_gib


@given(sizes(), sizes())
def test_what_atlas_has_grown_to_gets_no_smaller_on_the_way(now: AtlasSize, target: AtlasSize):
    """But for bounds below it that are asked for, and the last tier of a class, which no bounds begin with."""
    now, target = replace(now, disk_gib=10, **ALONE), replace(target, **ALONE)
    grown = now.max_tier or now.tier
    top = target.max_tier or target.tier
    lowest = grown if top in classmates(grown) else top
    asked = grown[0] != target.tier[0] or target.max_tier is None or top in {"M300", "R700"}
    running = grown

    for before, after in pairwise(way(now, target)):
        if not (before.max_tier and after.max_tier):
            running = after.tier
        # Atlas may be above bounds that end where the old ones began: it refuses them then.
        running = top if before.max_tier and before.tier == after.max_tier == top else running
        assert after.max_tier is None or (running in classmates(after.tier) and after.max_tier in classmates(running))
        assert asked or running in classmates(lowest)


@pytest.mark.parametrize(
    ("now", "target", "tiers"),
    [
        # Only the disk grows: M20 is where Atlas may be, and nothing in between is smaller.
        (("M10", "M20", 10), ("M10", "M20", 40), [("M20", None), ("M20", "M30"), ("M10", "M20")]),
        (("M10", "M30", 10), ("M10", "M40", 40), [("M30", None), ("M30", "M40"), ("M10", "M40")]),
        (("M10", "M20", 10), ("M30", "M50", 40), [("M30", None), ("M30", "M50")]),
        (("M30", None, 40), ("M20", "M60", 40), [("M30", "M60"), ("M20", "M60")]),
    ],
)
def test_a_tier_that_atlas_may_have_grown_to_is_kept_while_autoscaling_is_off(
    now: tuple[str, str | None, int], target: tuple[str, str | None, int], tiers: list[tuple[str, str | None]]
):
    before, after = (replace(DEDICATED, tier=one[0], max_tier=one[1], disk_gib=one[2]) for one in (now, target))

    assert [(one.tier, one.max_tier) for one in way(before, after)[1:]] == tiers


def test_a_cluster_leaves_shared_servers_alone():
    target = replace(SHARDED, shards=2, continuous_days=7)

    first, second, *rest = steps(SharedAtlasSize(tier="M0"), target)

    assert first == DEDICATED
    assert DEDICATED.recovery_days > 0
    assert second == replace(DEDICATED, tier="M30", disk_gib=40)
    assert [one.sharded for one in rest if isinstance(one, AtlasSize)] == [False, True, True]
    assert rest[-1] == target


def test_a_cluster_that_leaves_shared_servers_has_a_second_update_to_do_the_rest():
    with pytest.raises(SizeError, match="continuous_days must be a number: from FLEX Atlas carries out the move alone"):
        steps(SharedAtlasSize(tier="FLEX"), DEDICATED)


def test_a_free_cluster_may_become_a_flex_one():
    flex = SharedAtlasSize(tier="FLEX")

    assert steps(SharedAtlasSize(tier="M0"), flex) == [flex]


def test_bounds_around_the_old_ones_are_one_update():
    now, target = replace(M30, max_tier="M40"), replace(M30, tier="M20", max_tier="M60")

    assert steps(now, target) == [target]


def test_bounds_beside_the_old_ones_are_two_updates():
    now, target = replace(M30, max_tier="M40"), replace(M30, tier="M50", max_tier="M80")

    assert steps(now, target) == [replace(target, max_tier=None), target]


def test_shards_come_after_the_second_zone():
    """The provider tells shards by their place in a list."""
    target = replace(GLOBAL, shards=3)

    found = [(one.sharded, one.zones, one.shards) for one in way(M30, target)[1:]]

    assert found == [(True, 1, 1), (True, 2, 1), (True, 2, 3)]


@pytest.mark.parametrize("size", [SharedAtlasSize(tier="FLEX"), M30, GLOBAL])
def test_a_cluster_that_is_there_already_has_no_step_to_take(size: Size):
    assert steps(size, size) == []


@pytest.mark.parametrize(
    ("now", "target", "problem"),
    [
        (M30, SharedAtlasSize(tier="FLEX"), r"M30 cannot go back to shared servers \(FLEX\): make a new cluster"),
        (SharedAtlasSize(tier="FLEX"), SharedAtlasSize(tier="M0"), "FLEX cannot go back to M0: make a new cluster"),
        (SHARDED, M30, "a sharded cluster cannot become a replica set: make a new cluster and copy the data"),
        (GLOBAL, SHARDED, "a global cluster stays one: zones must be 2 or more, got 0"),
        (SHARDED, GLOBAL, "only a replica set becomes a global cluster, this is sharded already"),
        (replace(SHARDED, shards=3), SHARDED, "shards are added only: keep 3 or more, got 1"),
        (M30, DEDICATED, "a disk never gets smaller: keep disk_gib 40 or more, got 10"),
    ],
)
def test_where_a_cluster_cannot_go_the_way_out_is_said(now: Size, target: Size, problem: str):
    with pytest.raises(SizeError, match=problem):
        steps(now, target)
