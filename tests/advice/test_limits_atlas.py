"""Every limit of a cluster on Atlas at its edge: just under it fits, and just over it does not."""

from dataclasses import replace

import pytest

from advice import atlas
from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.load import AtlasLoad
from tests.advice.told import IDLE_CLUSTER, small, told

ATLAS = AtlasSize(
    tier="M10", max_tier=None, disk_gib=10, sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0,
    read_only_nodes=0, continuous_days=7, dr_copies=False, export=False,
)  # fmt: skip
ATLAS_LOAD = AtlasLoad(data_gib=1, reads_per_second=1, writes_per_second=1, connections={"api": 100}, outgrown_gib=50)


# A node of M10 takes 1,500 connections, of which Atlas keeps ten; half as many again as expected ring; its largest
# disk has 50 times its 2 GB of memory, and Atlas adds to one that is 90 % full.
@pytest.mark.parametrize(
    ("field", "fits", "too_much", "limit"),
    [
        ("connections", 150, 151, "connections"),
        ("cpuPercent", 80, 80.01, "processor"),
        ("diskPercent", 92, 92.01, "disk"),
        ("growthGib", 29.96, 29.97, "disk in 3 months"),
        ("stealPercent", 10, 10.01, "processor taken by others"),
        ("dataGib", 40, 40.01, "data of the phase"),
    ],
)
def test_a_limit_of_atlas_is_where_its_alert_is(field: str, fits: float, too_much: float, limit: str):
    under, over = (
        small(atlas.cluster_checks(ATLAS, ATLAS, ATLAS_LOAD, told(IDLE_CLUSTER, **{field: value})))
        for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])


def test_nobody_takes_processors_from_a_tier_that_is_not_burstable():
    sizes = [replace(ATLAS, tier=tier) for tier in ("M20", "M30")]
    figures = told(IDLE_CLUSTER, stealPercent=50)

    assert [small(atlas.cluster_checks(ATLAS, size, ATLAS_LOAD, figures)) for size in sizes] == [
        ["processor taken by others"],
        [],
    ]


# MongoDB Atlas documentation: M0 holds 0.5 GB and takes 100 operations a second, Flex 5 GB and 500.
# Both take 500 connections.
@pytest.mark.parametrize(
    ("tier", "field", "fits", "too_much", "limit"),
    [
        ("M0", "dataGib", 0.4, 0.41, "data"),
        ("M0", "operationsPerSecond", 80, 81, "operations"),
        ("M0", "connections", 400, 401, "connections"),
        ("FLEX", "dataGib", 4, 4.01, "data"),
        ("FLEX", "operationsPerSecond", 400, 401, "operations"),
    ],
)
def test_shared_servers_hold_little(tier: str, field: str, fits: float, too_much: float, limit: str):
    size = SharedAtlasSize(tier="M0" if tier == "M0" else "FLEX")
    idle = {"dataGib": 0.1, "operationsPerSecond": 1, "connections": 1}
    under, over = (
        small(atlas.shared_checks(size, ATLAS_LOAD, told(idle, **{field: value}))) for value in (fits, too_much)
    )

    assert (under, over) == ([], [limit])
