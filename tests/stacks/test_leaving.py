"""What goes next of a database that moves is what the stack's own settings say, and no more."""

import json
from typing import Any

import pytest

from stacks.leaving import CLUSTER, INSTANCE, Leaving, leaving

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type, no secret
ROW = {"instance": {}, "cluster": {}}
MOVED = {"to": "scale", "step": 3, "sizes": {"main": {**ROW, "writer": "cluster"}, "cache": {"shards": 1}}}
MOVING = {"to": "scale", "step": 1, "sizes": {"main": {**ROW, "writer": "instance"}}}


@pytest.mark.parametrize(
    ("hop", "unlock", "found"),
    [
        (MOVED, ["main"], (Leaving(store="main", writer="cluster"),)),
        (json.dumps(MOVED), '["main", "cache"]', (Leaving(store="main", writer="cluster"),)),
        (MOVING, frozenset({"main"}), (Leaving(store="main", writer="instance"),)),
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
    assert leaving(hop, unlock) == found


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
    sides = [Leaving(store="main", writer="cluster"), Leaving(store="main", writer="instance")]

    assert [side.includes(type_, name) for side in sides] == [after_the_move, before]
