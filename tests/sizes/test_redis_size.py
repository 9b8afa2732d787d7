"""What ElastiCache would refuse is refused before anything is deployed, and there is a way from size to size."""

from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizes.limits import SizeError
from sizes.redis import MAX_NODES, NODE_TYPES, ClusterMode, RedisSize, steps

ONE_NODE = RedisSize(
    node_type="cache.t4g.micro", cluster_mode=ClusterMode.DISABLED, shards=1, replicas_per_shard=0, snapshot_days=0
)


SHARDED: dict[str, Any] = {
    "node_type": "cache.r7g.large",
    "cluster_mode": ClusterMode.ENABLED,
    "shards": 3,
    "replicas_per_shard": 1,
    "snapshot_days": 1,
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"node_type": "cache.t4g.big"}, "node_type must be one ElastiCache has for Valkey"),
        ({"replicas_per_shard": 6}, "replicas_per_shard must be between 0 and 5, got 6"),
        ({"shards": 0}, "shards must be 1 or more, got 0"),
        ({"shards": 2, "replicas_per_shard": 1}, "2 shards need cluster_mode enabled, got disabled"),
        ({"cluster_mode": ClusterMode.COMPATIBLE}, "cluster_mode compatible needs automatic failover"),
        (
            {"cluster_mode": ClusterMode.COMPATIBLE, "replicas_per_shard": 1},
            "cluster_mode compatible needs snapshots: set snapshot_days to 1 or more, got 0",
        ),
        ({"snapshot_days": 36}, "snapshot_days must be between 0 and 35, got 36"),
        (
            {"shards": 31, "replicas_per_shard": 2, "cluster_mode": ClusterMode.ENABLED},
            "a group may have 90 nodes, got 93",
        ),
        ({**SHARDED, "max_shards": 2}, r"max_shards must be shards \(3\) or more, got 2"),
        ({**SHARDED, "max_shards": 0}, r"max_shards must be shards \(3\) or more, got 0"),
        ({**SHARDED, "max_replicas_per_shard": 0}, "max_replicas_per_shard must be between 1 and 5, got 0"),
        ({**SHARDED, "max_replicas_per_shard": 6}, "max_replicas_per_shard must be between 1 and 5, got 6"),
        ({**SHARDED, "max_shards": 46}, "autoscaling may go to 90 nodes, got 92"),
        ({**SHARDED, "node_type": "cache.t4g.small", "max_shards": 4}, "autoscaling needs a node_type of the m or r"),
        ({"max_replicas_per_shard": 1}, "autoscaling needs cluster_mode enabled, got disabled"),
    ],
)
def test_a_size_that_elasticache_refuses_cannot_be_written(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(ONE_NODE, **change)


@st.composite
def sizes(draw: st.DrawFn) -> RedisSize:
    """Any size that may be written."""
    mode = draw(st.sampled_from(ClusterMode))
    least = 0 if mode is ClusterMode.DISABLED else 1
    replicas = draw(st.integers(least, 5))
    shards = draw(st.integers(1, MAX_NODES // (1 + replicas))) if mode is ClusterMode.ENABLED else 1
    node_type, days = draw(st.sampled_from(sorted(NODE_TYPES))), draw(st.integers(least, 35))
    return RedisSize(
        node_type=node_type, cluster_mode=mode, shards=shards, replicas_per_shard=replicas, snapshot_days=days
    )


def changed(before: RedisSize, after: RedisSize) -> set[str]:
    return {field.name for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)}


@given(sizes(), sizes())
def test_every_way_ends_at_its_target_and_changes_cluster_mode_by_itself(now: RedisSize, target: RedisSize):
    modes = list(ClusterMode)
    if modes.index(target.cluster_mode) < modes.index(now.cluster_mode):
        with pytest.raises(SizeError, match="cannot be left"):
            steps(now, target)
        return

    way = [now, *steps(now, target)]

    assert way[-1] == target
    for before, after in pairwise(way):
        if "cluster_mode" in changed(before, after):
            assert changed(before, after) == {"cluster_mode"}
            assert modes.index(after.cluster_mode) == modes.index(before.cluster_mode) + 1


def test_a_group_that_is_there_already_has_no_step_to_take():
    assert steps(ONE_NODE, ONE_NODE) == []


def test_every_node_type_is_one_that_the_api_names():
    """The documentation of CreateReplicationGroup, as AWS ships it with its SDK, lists them."""
    model: Any = boto3.Session().client("elasticache", region_name="eu-central-1").meta.service_model
    listed = model.shape_for("CreateReplicationGroupMessage").members["CacheNodeType"].documentation

    assert [name for name in sorted(NODE_TYPES) if f"<code>{name}</code>" not in listed] == []
