"""Ways back: from wherever an upgrade was left, to the sizes before but for what a store keeps."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import pytest

from sizes.atlas import MAX_DISK_GIB, TIERS, AtlasSize
from sizes.aurora import AuroraSize, Instances
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.redis import ClusterMode, RedisSize
from sizes.table import TableSize
from stacks.aim import Aim
from stacks.application import Size
from stacks.applications import APPLICATIONS
from stacks.hops import way
from stacks.phases import Phase
from stacks.render import render
from tests.upgrades.paths import carried_out, choices_of, config, config_for, planned, read
from upgrades.keeping import KEEPERS, copied, covered, kept
from upgrades.plan import Plan, Up, plan

UPWARD = [(application, *pair) for application in sorted(APPLICATIONS) for pair in pairwise(Phase)]


def backwards(stack: str, before: Mapping[str, Any], to: str) -> Iterator[tuple[Up, Plan]]:
    """Yield each update of an upgrade with the way back from it, as their renders have it."""
    there, aim = planned(stack, before, {**before, "datastores:phase": to})
    back = Aim(settings=read(stack, before), config=before, also=())
    for up, halfway in carried_out(before, there, aim):
        yield up, plan(read(stack, halfway), back, render)


@pytest.mark.parametrize(("application", "phase", "to"), UPWARD)
def test_in_prod_an_upgrade_is_taken_back_unless_an_instance_was_left_for_aurora(application: str, phase: str, to: str):
    before = config_for(application, phase, next(choices_of(application)))
    found = [(up.last, back) for up, back in backwards(f"{application}-prod", before, to)]
    why = {one.because for last, back in found for one in back.refusals if not last}

    assert len(found) > 1
    assert {because for because in why if not because.startswith("Aurora cannot be left for RDS")} == set()


def test_what_reaches_the_size_of_its_phase_before_the_last_update_is_meant():
    choices = {"redis": "true", "traces": "false"}
    before = config_for("workflows", "mvp", choices)
    _, back = next(backwards("workflows-prod", before, "growth"))
    smaller = [
        part.path for up in back.ups[:-1] for one in up.changes if one.name == "queue-group" for part in one.parts
    ]

    assert "nodeType" in smaller
    assert back.refusals == ()


def test_a_field_that_the_stack_file_says_is_not_kept_and_the_others_are():
    before, after = config("growth"), config("mvp", sizes={"main": {"backupDays": 20}})
    found, _ = planned("devmentor-prod", before, after)

    assert [dict(one.fields) for one in found.kept if one.store == "main"] == [
        {"storageGib": 200, "maxStorageGib": 800},
        {"multiAz": True},
    ]


# By kind of size


def rows(kind: type[Size]) -> list[Size]:
    found = [
        size for application in APPLICATIONS.values() for store in application.stores for size in store.sizes.values()
    ]
    return [size for size in dict.fromkeys(found) if isinstance(size, kind)]


@pytest.mark.parametrize("kind", [PostgresSize, AuroraSize, RedisSize, AtlasSize, TableSize])
@pytest.mark.parametrize("protected", [True, False])
def test_there_is_a_way_to_what_is_kept(kind: type[Size], protected: bool):
    for now, target in permutations(rows(kind), 2):
        size = target
        for keeper in KEEPERS:
            size = keeper.kept(now, size, protected=protected)
        if not (isinstance(now, AtlasSize) and isinstance(target, AtlasSize) and now.zones < target.zones):
            assert size == now or way(now, size), (now, target)


SHARDED = next(size for size in rows(AtlasSize) if isinstance(size, AtlasSize) and size.shards > 1 and not size.zones)
SMALL = next(size for size in rows(AtlasSize) if isinstance(size, AtlasSize) and size.tier == "M10")
CACHE = next(size for size in rows(RedisSize) if isinstance(size, RedisSize) and not size.replicas_per_shard)
CLUSTER = next(size for size in rows(AuroraSize) if isinstance(size, AuroraSize) and not size.dr_readers)
ALONE = replace(CLUSTER, readers=0, max_readers=0)
BURSTABLE = replace(CLUSTER, capacity=Instances(instance_class="db.t4g.medium"))


def test_shards_stay_on_the_lowest_tier_that_can_have_them_without_autoscaling():
    found = kept(replace(SHARDED, disk_gib=20), replace(SMALL, max_tier="M20"))

    assert found == replace(
        SMALL, tier="M30", max_tier=None, disk_gib=20, sharded=True, shards=SHARDED.shards, zones=SHARDED.zones
    )


@pytest.mark.parametrize("tier", TIERS)
def test_every_class_has_a_tier_for_every_disk(tier: str):
    vast = replace(SMALL, tier="M300", disk_gib=MAX_DISK_GIB)

    assert kept(vast, replace(SMALL, tier=tier, max_tier=None)).disk_gib == MAX_DISK_GIB


def test_a_cluster_mode_keeps_the_replica_and_snapshots_that_it_needs():
    now = replace(CACHE, cluster_mode=ClusterMode.COMPATIBLE, replicas_per_shard=2, snapshot_days=9)

    assert kept(now, replace(CACHE, snapshot_days=0)) == replace(
        CACHE, cluster_mode=ClusterMode.COMPATIBLE, replicas_per_shard=1, snapshot_days=9
    )


@pytest.mark.parametrize(
    ("now", "target", "words"),
    [
        (replace(CACHE, replicas_per_shard=3), CACHE, {"replicas_per_shard": 1}),
        (replace(ALONE, readers=3, max_readers=5), ALONE, {"readers": 1, "max_readers": 1}),
        (replace(ALONE, readers=1, max_readers=1), replace(ALONE, readers=2, max_readers=4), {"readers": 2}),
    ],
)
def test_one_stays_that_takes_over(now: Size, target: Any, words: Mapping[str, int]):
    assert covered(now, target) == replace(target, **words)


def test_copies_elsewhere_stay():
    now = replace(SMALL, tier="M30", dr_nodes=2, dr_copies=True, export=True)

    assert copied(now, replace(SMALL, tier="M30")) == now
    assert copied(replace(CLUSTER, dr_readers=2), CLUSTER) == replace(CLUSTER, dr_readers=1)


def test_what_does_not_go_together_with_the_rest_is_not_kept():
    now = replace(CLUSTER, dr_readers=1)
    (keeper,) = (one for one in KEEPERS if one.keep is copied)

    with pytest.raises(SizeError, match="dr_readers need a class optimised for memory"):
        copied(now, BURSTABLE)
    assert keeper.kept(now, BURSTABLE, protected=True) == BURSTABLE
