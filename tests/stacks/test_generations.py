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

KEY = "arn:aws:kms:eu-central-1:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
ALIAS = "arn:aws:kms:eu-central-1:123456789012:alias/mine"
ABROAD = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


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
        ("{main: {generation: 2, key: 7}}", ".main.key must be the ARN of a KMS key, got 7"),
        (
            "{main: {generation: 2, key: mine}}",
            ".main.key must be the ARN of a KMS key, such as arn:aws:kms:eu-central-1",
        ),
        (
            f"{{main: {{generation: 2, key: '{ALIAS}'}}}}",
            ".main.key must be the ARN of a key itself, as an alias may be",
        ),
        (
            f"{{main: {{generation: 2, key: '{ABROAD}'}}}}",
            ".main.key must be a key of aws:region, eu-central-1, as a key",
        ),
        (
            f"{{main: {{generation: 1, key: '{KEY}'}}}}",
            ".main.key is refused of generation 1, which has the stack's own",
        ),
        (f"{{main: {{generation: 2, oldKey: '{KEY}'}}}}", ".main.oldKey is refused without old"),
        ("{main: {generation: 2, copy: copied}}", ".main.copy is refused without old"),
        (
            "{cache: {generation: 2, old: 1, from: mine, writer: old, copy: copied}}",
            ".cache.copy is refused: only a database",
        ),
    ],
)
def test_what_a_stack_file_says_of_restores_is_checked(written: str, words: str):
    with pytest.raises(SettingsError) as error:
        Settings.read("clubapp-dev", overrides={"restores": written})

    assert f"datastores:restores{words}" in str(error.value)


def test_all_that_is_wrong_with_keys_is_told_at_once():
    written = json.dumps({"main": {"generation": 2, "key": ALIAS, "oldKey": ABROAD}, "cache": {"generation": 0}})
    with pytest.raises(SettingsError) as error:
        Settings.read("clubapp-dev", overrides={"restores": written})

    said = str(error.value)
    wrong = (
        "main.key must be the ARN",
        "main.oldKey is refused without old",
        "main.oldKey must be a key of aws:region",
    )
    assert [words for words in (*wrong, "cache.generation must be") if words not in said] == []


def test_a_cluster_of_atlas_has_the_key_of_its_project():
    with pytest.raises(SettingsError, match=r"documents\.key is refused: documents is on MongoDB Atlas, where the key"):
        Settings.read("devora-dev", overrides={"restores": json.dumps({"documents": {"generation": 2, "key": KEY}})})


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


# Keys

WITH_KEYS = [(stack, phase) for stack, phase in CASES if not stack.startswith("devora")]


def keys_of(found: Mapping[str, Resource]) -> dict[str, Any]:
    """Give the key of everything that holds data, by logical name."""
    return {name.rpartition("::")[2]: key_of(one["inputs"]) for name, one in holding(found).items()}


def key_of(inputs: Mapping[str, Any]) -> Any:
    return inputs.get("kmsKeyId") or inputs.get("serverSideEncryption", {}).get("kmsKeyArn")


def keyed(**block: Any) -> dict[str, Any]:
    return {**BESIDE, "key": OTHER, **block}


@pytest.mark.parametrize(("stack", "phase"), WITH_KEYS)
def test_another_key_is_that_of_the_new_one_and_of_nothing_else(stack: str, phase: Phase):
    own, beside = rendered(stack, phase, **BESIDE), rendered(stack, phase, **keyed())

    assert own.keys() == beside.keys()
    moved = {name for name, one in beside.items() if one["inputs"] != own[name]["inputs"]}
    new = {
        name
        for name, one in holding(beside).items()
        if "-2-" in name and one["inputs"].get("replicateSourceDb") is None and "-dr-" not in name
    }
    assert moved == new
    assert {key_of(beside[name]["inputs"]) for name in new} == {OTHER}


@pytest.mark.parametrize("stack", ["clubapp-prod", "devmentor-prod"])
def test_a_copy_abroad_and_a_replica_have_no_word_of_the_key(stack: str):
    found = rendered(stack, Phase.ENTERPRISE, generation=2, key=OTHER)

    copies = [
        *(one["inputs"] for name, one in found.items() if "-dr-" in name or one["inputs"].get("replicateSourceDb")),
        *(replica for one in found.values() for replica in one["inputs"].get("replicas", ())),
    ]
    assert [copy for copy in copies if OTHER in json.dumps(copy, default=str)] == []
    assert copies


@pytest.mark.parametrize(("stack", "phase"), WITH_KEYS)
@pytest.mark.parametrize("writer", ["old", "new"])
def test_of_two_with_keys_each_has_its_own_whichever_clients_are_told(stack: str, phase: Phase, writer: str):
    found = keys_of(rendered(stack, phase, **keyed(generation=3, old=2, oldKey=KEY, writer=writer)))

    wanted = {name: OTHER if "-3-" in name else KEY for name in found}
    copies = {name for name in found if "-replica-" in name or "-dr-" in name}
    assert {name: key for name, key in found.items() if name not in copies} == {
        name: key for name, key in wanted.items() if name not in copies
    }


@pytest.mark.parametrize(("stack", "phase"), WITH_KEYS)
def test_once_retired_the_new_one_keeps_its_key(stack: str, phase: Phase):
    switched = rendered(stack, phase, **keyed(writer="new"))
    retired = rendered(stack, phase, generation=2, key=OTHER)

    kept = {name: one for name, one in keys_of(retired).items() if "-2-" in name}
    assert kept == {name: one for name, one in keys_of(switched).items() if "-2-" in name}


def test_a_database_is_made_of_the_copy_where_there_is_one():
    found = rendered_one("main", keyed(**{"from": "latest", "copy": "main-2-copied"}))

    database = found["aws:rds/instance:Instance::main-2-primary"]["inputs"]
    assert (database["snapshotIdentifier"], database["kmsKeyId"]) == ("main-2-copied", OTHER)
    assert "restoreToPointInTime" not in database


def rendered_one(store: str, block: Mapping[str, Any]) -> Mapping[str, Resource]:
    settings = Settings.read("clubapp-prod", overrides={"restores": json.dumps({store: block})})
    return {f"{one['type']}::{one['name']}": one for one in render(settings)}
