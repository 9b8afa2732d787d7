"""The nodes of a group: each is watched, and keeps its name as the group grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.redis import node_id
from localcloud.moto.elasticache_shape import new_shard


def members(group: str, shards: int, replicas: int, *, first: bool) -> list[str]:
    """Name nodes as ElastiCache does; *first*: those of the first shard as those of a group that had no shards."""
    each = [new_shard(group, number, replicas, clustered=number > 1 or not first) for number in range(1, shards + 1)]
    return [member for shard in each for member in shard.members]


@pytest.mark.parametrize("first", [True, False])
@given(
    before=st.tuples(st.integers(1, 6), st.integers(0, 5)),
    more=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    data=st.data(),
)
def test_a_node_keeps_its_name_as_shards_and_replicas_come(
    before: tuple[int, int], more: tuple[int, int], data: st.DataObject, *, first: bool
):
    shards, replicas = before
    shard, place = data.draw(st.integers(1, shards)), data.draw(st.integers(1, replicas + 1))
    small, large = (members("g", *size, first=first) for size in (before, (shards + more[0], replicas + more[1])))

    assert node_id("g", small, shard, place) == node_id("g", large, shard, place)


@given(shards=st.integers(1, 6), replicas=st.integers(0, 5), first=st.booleans())
def test_every_node_has_one_name(shards: int, replicas: int, *, first: bool):
    found = members("g", shards, replicas, first=first)

    named = [node_id("g", found, shard, place) for shard in range(1, shards + 1) for place in range(1, replicas + 2)]
    assert sorted(named) == sorted(found)


@given(shards=st.integers(2, 6), replicas=st.integers(0, 5))
def test_a_preview_names_the_nodes_of_shards_to_come_as_elasticache_will(shards: int, replicas: int):
    before, after = (members("g", count, replicas, first=True) for count in (1, shards))

    named = [node_id("g", before, shard, place) for shard in range(1, shards + 1) for place in range(1, replicas + 2)]
    assert named == after


def test_shards_that_were_taken_away_leave_no_node_unwatched():
    left = ["g-0001-001", "g-0003-001", "g-0004-001"]

    assert [node_id("g", left, shard, 1) for shard in (1, 2, 3)] == left
