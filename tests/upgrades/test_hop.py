"""A hop says which stores may be away, and what their sizes decide."""

import json
from typing import Any

import pytest

from stacks.leaving import CLUSTER, INSTANCE
from upgrades.hop import Hop, HopError, hop_of

ROW = {"instanceClass": "db.t4g.small", "storageGib": 50, "multiAz": True}
AURORA = {"capacity": {"instanceClass": "db.r7g.large"}, "readers": 1, "backupDays": 7}
MOVING = {"instance": ROW, "cluster": AURORA, "writer": "instance"}
MOVED = {**MOVING, "writer": "cluster"}
HOP = Hop(sizes={"main": ROW, "main-archive": AURORA, "moving": MOVING, "moved": MOVED})


@pytest.mark.parametrize("form", [lambda hop: hop, json.dumps], ids=["value", "text"])
def test_a_hop_is_read_from_the_settings(form: Any):
    hop = {"to": "growth", "step": 1, "sizes": {"main": ROW}}

    assert hop_of({"datastores:hop": form(hop)}) == Hop(sizes={"main": ROW})


@pytest.mark.parametrize("config", [{}, {"datastores:hop": None}, {"datastores:hop": ""}])
def test_without_one_there_is_none(config: dict[str, Any]):
    assert hop_of(config) is None


@pytest.mark.parametrize("written", ["{", "[]", "soon", 3, {"to": "growth"}, {"sizes": []}, {"sizes": {"main": 3}}])
def test_what_is_none_is_refused(written: object):
    with pytest.raises(HopError, match=r"datastores:hop must be \{to, step, sizes\} with a row for each store"):
        hop_of({"datastores:hop": written})


@pytest.mark.parametrize(
    ("name", "store"),
    [
        ("main", "main"),
        ("main-primary", "main"),
        ("main-archive-cluster", "main-archive"),
        ("mainframe-primary", None),
        ("cache-group", None),
    ],
)
def test_a_resource_belongs_to_the_store_that_its_name_begins_with(name: str, store: str | None):
    assert HOP.store_of(name) == store


@pytest.mark.parametrize(
    ("name", "field", "value", "decided"),
    [
        ("main-primary", "instance_class", "db.t4g.small", True),
        ("main-primary", "instance_class", "db.t4g.large", False),
        ("main-primary", "storage_gib", 50, True),
        ("main-primary", "port", 5433, False),
        ("main-primary", "", 5433, False),
        ("main-archive-member-0", "instance_class", "db.r7g.large", True),
        ("cache-group", "instance_class", "db.t4g.small", False),
    ],
)
def test_a_size_decides_a_value_that_it_has(name: str, field: str, value: object, decided: bool):
    assert HOP.decides(name, field, value) is decided


@pytest.mark.parametrize(
    ("type_", "name", "leaves"),
    [
        (INSTANCE, "moved-primary", True),
        (INSTANCE, "moved-replica-api", True),
        (INSTANCE, "moving-primary", False),
        (INSTANCE, "main-primary", False),
        (INSTANCE, "other-primary", False),
        (CLUSTER, "moved-cluster", False),
        ("aws:secretsmanager/secret:Secret", "moved-secret", False),
    ],
)
def test_an_instance_leaves_when_its_cluster_takes_writes_and_nothing_else_does(type_: str, name: str, leaves: bool):
    assert HOP.leaves(type_, name) is leaves


@pytest.mark.parametrize(
    ("name", "cluster"),
    [
        ("main-archive-primary", "main-archive-cluster"),
        ("main-archive-replica-1", None),
        ("main-primary", None),
        ("moved-primary", None),
        ("other-primary", None),
    ],
)
def test_an_instance_is_retired_by_the_row_of_a_cluster(name: str, cluster: str | None):
    assert HOP.retires(name) == cluster
