"""Alerts of an Atlas cluster follow from what it has and from what it is to carry."""

from dataclasses import replace
from typing import Any

import pytest

from sizes.atlas import DEDICATED, AtlasSize
from sizes.atlas_alerts import METRIC, AtlasAlert, Threshold, atlas_alerts
from sizes.limits import SizeError
from sizes.load import AtlasLoad

LOAD = AtlasLoad(data_gib=2, reads_per_second=10, writes_per_second=5, connections={"api": 100, "reports": 20})
M30 = replace(DEDICATED, tier="M30", disk_gib=40)
SHARDED = replace(M30, sharded=True, shards=4)


def alerts(size: AtlasSize = M30, load: AtlasLoad = LOAD) -> dict[str, AtlasAlert]:
    return {one.name: one for one in atlas_alerts(size, load)}


def above(size: AtlasSize, load: AtlasLoad, name: str) -> float | None:
    threshold = alerts(size, load)[name].threshold
    return threshold.above if threshold else None


@pytest.mark.parametrize(
    ("connections", "most"), [({"api": 100, "reports": 20}, 180), ({"api": 5_000}, 2_392), ({}, 2_392)]
)
def test_connections_are_too_many_beyond_the_expected_or_near_the_limit(connections: dict[str, int], most: int):
    assert above(M30, replace(LOAD, connections=connections), "connections") == most


def test_only_hosts_that_burst_lose_their_processor_to_others():
    assert "steal" in alerts(DEDICATED)
    assert "steal" not in alerts(M30)


def test_only_a_sharded_cluster_has_routers_to_miss():
    assert "mongos-missing" in alerts(SHARDED)
    assert "mongos-missing" not in alerts(M30)


def test_the_owners_promise_is_the_threshold_of_latency():
    promised = replace(LOAD, read_ms=50, write_ms=10)

    assert above(M30, promised, "slow-reads") == 50
    assert above(M30, promised, "slow-writes") == 10
    assert not {"slow-reads", "slow-writes"} & set(alerts())


def test_each_shard_is_outgrown_by_its_share():
    load = replace(LOAD, outgrown_gib=100)

    assert alerts(SHARDED, load)["outgrown"].threshold == Threshold(above=20.0, units="GIGABYTES")
    assert "outgrown" not in alerts()


def test_a_primary_that_is_missing_is_told_at_once():
    assert alerts()["no-primary"].minutes == 0


@pytest.mark.parametrize("size", [DEDICATED, SHARDED])
def test_a_threshold_has_one_side_and_metrics_have_one_event(size: AtlasSize):
    for alert in alerts(size, replace(LOAD, outgrown_gib=100, read_ms=50, write_ms=10)).values():
        assert (alert.event == METRIC) == (alert.metric is not None)
        if alert.threshold:
            assert (alert.threshold.above is None) != (alert.threshold.below is None)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"data_gib": -1}, "data_gib must be 0 or more, got -1"),
        ({"reads_per_second": -1}, "reads_per_second must be 0 or more, got -1"),
        ({"writes_per_second": -1}, "writes_per_second must be 0 or more, got -1"),
        ({"connections": {"api": 0}}, "connections of api must be 1 or more, got 0"),
        ({"outgrown_gib": 2}, r"outgrown_gib must be above data_gib \(2\), got 2"),
        ({"read_ms": 0}, "read_ms must be 1 or more, got 0"),
        ({"write_ms": 0}, "write_ms must be 1 or more, got 0"),
    ],
)
def test_a_load_that_is_none_cannot_be_written(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(LOAD, **change)
