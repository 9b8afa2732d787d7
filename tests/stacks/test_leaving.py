"""What goes next of a store that there are two of is what the stack's own settings say, and no more."""

import json
from typing import Any

import pytest

from stacks.leaving import CLUSTER, INDEX, INSTANCE, TABLE, Leaving, Moved, Spare, Unscaled, leaving

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type, no secret
ROW = {"instance": {}, "cluster": {}}
MOVED = {"to": "scale", "step": 3, "sizes": {"main": {**ROW, "writer": "cluster"}, "cache": {"shards": 1}}}
MOVING = {"to": "scale", "step": 1, "sizes": {"main": {**ROW, "writer": "instance"}}}


@pytest.mark.parametrize(
    ("hop", "unlock", "found"),
    [
        (MOVED, ["main"], (Moved(store="main", writer="cluster"),)),
        (json.dumps(MOVED), '["main", "cache"]', (Moved(store="main", writer="cluster"),)),
        (MOVING, frozenset({"main"}), (Moved(store="main", writer="instance"),)),
        (MOVED, [], ()),
        (MOVED, None, ()),
        (MOVED, ["cache"], ()),
        (MOVED, "main", ()),
        (None, ["main"], ()),
        ("{", ["main"], ()),
        ({"sizes": ["main"]}, ["main"], ()),
        ({"sizes": {"main": "moved"}}, ["main"], ()),
        ({"sizes": {"main": {**ROW, "writer": "nobody"}}}, ["main"], ()),
        ({"sizes": {"main": {"writer": "cluster"}}}, ["main"], ()),
    ],
)
def test_it_is_what_hop_and_unlock_both_name(hop: Any, unlock: Any, found: tuple[Leaving, ...]):
    assert leaving(hop, unlock, None) == found


@pytest.mark.parametrize(
    ("type_", "name", "after_the_move", "before"),
    [
        (INSTANCE, "main-primary", True, False),
        (INSTANCE, "main-2-primary", True, False),
        (INSTANCE, "main-replica-api", True, False),
        (CLUSTER, "main-cluster", False, True),
        (CLUSTER, "main-2-cluster", False, True),
        (CLUSTER, "main-primary", False, False),
        (CLUSTER, "main-dr-cluster", False, False),
        (INSTANCE, "main-archive-primary", False, False),
        (INSTANCE, "other-primary", False, False),
        (SECRET, "main-secret", False, False),
        (SECRET, "main-primary", False, False),
    ],
)
def test_it_is_the_one_that_takes_no_writes(type_: str, name: str, after_the_move: bool, before: bool):
    sides = [Moved(store="main", writer="cluster"), Moved(store="main", writer="instance")]

    assert [side.includes(type_, name) for side in sides] == [after_the_move, before]


@pytest.mark.parametrize(
    ("billing", "found"),
    [
        ({"readUnits": 100, "writeUnits": 100}, (Unscaled(store="presence"),)),
        ({"maxReadUnits": 4000, "maxWriteUnits": 4000}, ()),
        ({"minReadUnits": 1, "maxReadUnits": 9, "minWriteUnits": 1, "maxWriteUnits": 9, "targetPercent": 70}, ()),
        ("on demand", ()),
    ],
)
def test_a_hop_in_which_a_table_has_fixed_units_is_before_the_one_that_scales_it(
    billing: Any, found: tuple[Leaving, ...]
):
    hop = {"to": "growth", "step": 1, "sizes": {"presence": {"billing": billing}}}

    assert leaving(hop, [], None) == found
    assert leaving(json.dumps(hop), None, None) == found


@pytest.mark.parametrize(
    ("type_", "name", "included"),
    [
        (TABLE, "presence-table", True),
        (TABLE, "presence-2-table", True),
        (INDEX, "presence-by-venue", True),
        (TABLE, "devices-table", False),
        (INDEX, "devices-by-user", False),
        (INSTANCE, "presence-primary", False),
    ],
)
def test_a_table_is_scaled_with_its_indexes(type_: str, name: str, included: bool):
    assert Unscaled(store="presence").includes(type_, name) is included


RESTORED = {"generation": 2, "old": 1, "from": "latest", "writer": "new", "unlocked": True}


@pytest.mark.parametrize(
    ("restores", "found"),
    [
        ({"main": RESTORED}, (Spare(store="main", generation=1),)),
        (json.dumps({"main": RESTORED, "cache": {"generation": 3}}), (Spare(store="main", generation=1),)),
        ({"main": {**RESTORED, "writer": "old"}}, (Spare(store="main", generation=2),)),
        ({"main": {**RESTORED, "unlocked": False}}, ()),
        ({"main": {**RESTORED, "unlocked": "true"}}, ()),
        ({"main": {**RESTORED, "old": None}}, ()),
        ({"main": {**RESTORED, "writer": "nobody"}}, ()),
        ({"main": "gone"}, ()),
        (["main"], ()),
        ("{", ()),
        (None, ()),
    ],
)
def test_of_a_restore_it_is_the_generation_that_is_not_used_once_it_is_unlocked(
    restores: Any, found: tuple[Spare, ...]
):
    assert leaving(None, None, restores) == found


@pytest.mark.parametrize(
    ("type_", "name", "first", "second"),
    [
        (INSTANCE, "main-primary", True, False),
        (INSTANCE, "main-2-primary", False, True),
        (INSTANCE, "main-2-replica-api", False, True),
        (CLUSTER, "main-cluster", True, False),
        (CLUSTER, "main-dr-cluster", True, False),
        (TABLE, "main-2-table", False, True),
        ("aws:elasticache/serverlessCache:ServerlessCache", "main-2-serverless", False, True),
        (TABLE, "main-archive-table", False, False),
        (TABLE, "main-20-table", False, False),
        (SECRET, "main-secret", False, False),
        (SECRET, "main-2-table", False, False),
    ],
)
def test_of_a_generation_it_is_what_has_the_data(type_: str, name: str, first: bool, second: bool):
    generations: list[Leaving] = [Spare(store="main", generation=number) for number in (1, 2)]

    assert [one.includes(type_, name) for one in generations] == [first, second]
