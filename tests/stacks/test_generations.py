"""Stores that were restored: what the stack file may say of them, and what the program makes of it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from stacks.application import BucketStore
from stacks.mistakes import SettingsError
from stacks.phases import Phase
from stacks.render import Resource, render
from stacks.settings import Settings


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{mian: {generation: 2}}", ".mian is not a store of clubapp: did you mean 'main'?"),
        ("{main: {generation: 0}}", ".main.generation must be a whole number from 1 on, got 0"),
        ("{main: {}}", ".main.generation is required"),
        ("{main: {generation: 2, writer: new}}", ".main.writer is refused without old"),
        ("{main: {generation: 2, old: 1}}", ".main.from is required with old"),
        ("{main: {generation: 2, old: 1, from: latest, writer: me}}", ".main.writer must be old or new, got 'me'"),
        ("{main: {generation: 2, old: 2, from: latest, writer: old}}", ".main.old must be before generation 2, got 2"),
        ("main", " must be a mapping of main, presence"),
    ],
)
def test_what_a_stack_file_says_of_restores_is_checked(written: str, words: str):
    with pytest.raises(SettingsError) as error:
        Settings.read("clubapp-dev", overrides={"restores": written})

    assert f"datastores:restores{words}" in str(error.value)


def test_no_two_of_a_store_are_there_during_an_upgrade():
    restores = "{main: {generation: 2, old: 1, from: latest, writer: old}}"
    with pytest.raises(SettingsError, match=r"restores\.main\.old is refused during an upgrade"):
        Settings.read("clubapp-dev", overrides={"hop": "{to: growth, step: 1, sizes: {}}", "restores": restores})


def test_a_cluster_on_shared_servers_has_none_beside_it():
    with pytest.raises(
        SettingsError, match=r"restores\.documents\.old is refused on M0: only servers of a store's own"
    ):
        Settings.read("devora-dev", overrides={"restores": json.dumps({"documents": BESIDE})})


def rendered(stack: str, phase: Phase, **block: Any) -> Mapping[str, Resource]:
    """Render a stack with every store restored so, that can be."""
    plain = Settings.read(stack, phase=str(phase))
    stores = [
        store.name
        for store in plain.application.stores
        if plain.size(store) is not None and not isinstance(store, BucketStore)
    ]
    restores = json.dumps(dict.fromkeys(stores, block)) if block else "{}"
    settings = Settings.read(stack, phase=str(phase), overrides={"restores": restores})
    return {f"{one['type']}::{one['name']}": one for one in render(settings)}


HOLDING = (
    *("aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:dynamodb/table:Table"),
    *("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/serverlessCache:ServerlessCache"),
    "mongodbatlas:index/advancedCluster:AdvancedCluster",
)
CASES = [
    *(("clubapp-prod", Phase.MVP), ("devmentor-prod", Phase.ENTERPRISE)),
    *(("workflows-staging", Phase.SCALE), ("devora-prod", Phase.ENTERPRISE)),
]
BESIDE = {"generation": 2, "old": 1, "from": "2026-11-26T02:00:00Z", "writer": "old"}


def holding(found: Mapping[str, Resource]) -> dict[str, Resource]:
    return {name: one for name, one in found.items() if one["type"] in HOLDING}


@pytest.mark.parametrize(("stack", "phase"), CASES)
def test_a_restore_leaves_everything_that_holds_data_as_it_is(stack: str, phase: Phase):
    before, beside = (holding(rendered(stack, phase, **block)) for block in ({}, BESIDE))

    assert {name: beside[name] for name in before} == before
    assert len(beside) == 2 * len(before)


@pytest.mark.parametrize(("stack", "phase"), CASES)
def test_a_switch_changes_no_store_and_every_connection_secret(stack: str, phase: Phase):
    beside, switched = (rendered(stack, phase, **{**BESIDE, "writer": writer}) for writer in ("old", "new"))

    values = [name for name in beside if name.endswith("-secret-value")]
    assert holding(switched) == holding(beside)
    assert all(switched[name]["inputs"] != beside[name]["inputs"] for name in values)


@pytest.mark.parametrize(("stack", "phase"), CASES)
def test_once_retired_the_new_one_is_as_the_first_was_but_for_its_name(stack: str, phase: Phase):
    before, after = (holding(rendered(stack, phase, **block)) for block in ({}, {"generation": 2}))

    assert len(after) == len(before)
    assert not after.keys() & before.keys()
    for kept in (lambda one: one["inputs"].keys(), lambda one: one["options"].get("protect")):
        assert [kept(one) for one in after.values()] == [kept(one) for one in before.values()]


def test_only_the_one_that_goes_loses_its_protection():
    found = rendered("clubapp-prod", Phase.MVP, **{**BESIDE, "writer": "new", "unlocked": True})

    protected = {name.rpartition("::")[2]: bool(one["options"].get("protect")) for name, one in holding(found).items()}
    assert (protected["main-primary"], protected["main-2-primary"]) == (False, True)
    assert (protected["presence-table"], protected["presence-2-table"]) == (False, True)
    assert (protected["cache-group"], protected["cache-2-group"]) == (False, True)


def test_a_database_is_made_of_the_time_and_a_cache_of_the_snapshot():
    time = rendered("clubapp-prod", Phase.MVP, **BESIDE)
    snapshot = rendered("clubapp-prod", Phase.MVP, **{**BESIDE, "from": "nightly"})

    database = time["aws:rds/instance:Instance::main-2-primary"]["inputs"]
    assert database["restoreToPointInTime"]["restoreTime"] == BESIDE["from"]
    assert "snapshotIdentifier" not in database
    assert snapshot["aws:rds/instance:Instance::main-2-primary"]["inputs"]["snapshotIdentifier"] == "nightly"
    group = snapshot["aws:elasticache/replicationGroup:ReplicationGroup::cache-2-group"]["inputs"]
    assert group["snapshotName"] == "nightly"
