"""Stores that get another key on the real engine: restored beside the old ones, killed midway, switched, retired."""

import time
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local
from tests.engine.restoring import STACK, begun, changed, done, killed_at, killed_making, restore, written

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("restore-key")]


@dataclass(frozen=True, kw_only=True)
class Rekeyed:
    """A database, a table and a cache that got another key, and what was seen on the way."""

    local: Local
    key: str
    refused: dict[str, CompletedProcess[str]]
    untouched: Any
    """The stack file's restores and the snapshots, after all that was refused."""
    copying: Any
    """The stack file's restores after the kill in the copying."""
    beside: dict[str, Any]
    told: CompletedProcess[str]
    retired: dict[str, dict[str, Any]]
    left: list[str]


@pytest.fixture(scope="module")
def rekeyed(start: Start) -> Rekeyed:
    local = begun(start)
    kms, elasticache = local.aws("kms"), local.aws("elasticache")
    key, disabled = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    kms.disable_key(KeyId=disabled)
    refused = {
        "disabled": restore(local, "main", "--to", "latest", "--key", disabled, "--yes"),
        "time": restore(local, "main", "--to", a_time(local), "--key", key, "--yes"),
    }
    untouched = (written(local), snapshots(local))
    killed_at(local, "copying ", "main", "--to", "latest", "--key", key)
    copying = written(local)
    killed_making(local, "main-2-primary", "main", "--resume")
    beside = done(local, "main", "--resume", "--yes")
    told = restore(local, "main", "--status")
    (group,) = [one["ReplicationGroupId"] for one in elasticache.describe_replication_groups()["ReplicationGroups"]]
    elasticache.create_snapshot(SnapshotName="mine", ReplicationGroupId=group)
    for store in ("presence", "cache"):
        done(local, store, "--to", "latest", "--key", key, "--yes")
    retired: dict[str, dict[str, Any]] = {}
    for store in ("main", "presence", "cache"):
        done(local, store, "--switch", "--yes")
        retired[store] = done(local, store, "--retire", "--yes")
    return Rekeyed(
        local=local,
        key=key,
        refused=refused,
        untouched=untouched,
        copying=copying,
        beside=beside,
        told=told,
        retired=retired,
        left=changed(local),
    )


def a_time(local: Local) -> str:
    """Give a second that can be restored; of an instance that was just made there is none at first."""
    while (window := done(local, "main", "--status")["window"])["earliest"] > window["latest"]:
        time.sleep(0.5)
    return window["latest"]


def snapshots(local: Local) -> list[str]:
    found = local.aws("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return [one["DBSnapshotIdentifier"] for one in found]


def test_a_key_that_cannot_be_used_and_a_time_are_bad_input_and_change_nothing(rekeyed: Rekeyed):
    assert {why: answer.returncode for why, answer in rekeyed.refused.items()} == {"disabled": 2, "time": 2}
    assert "which is disabled: enable it, or name another one" in rekeyed.refused["disabled"].stderr
    assert "must be latest or a snapshot with another key" in rekeyed.refused["time"].stderr
    assert rekeyed.untouched == (None, [])


def test_a_copy_that_was_killed_is_named_in_the_stack_file_and_found_again(rekeyed: Rekeyed):
    copy = rekeyed.copying["main"]["copy"]

    assert rekeyed.copying["main"] == {
        "generation": 2,
        "old": 1,
        "from": "latest",
        "writer": "old",
        "key": rekeyed.key,
        "copy": copy,
    }
    assert rekeyed.beside["deployed"] == rekeyed.copying["main"]
    assert sorted(snapshots(rekeyed.local)) == [copy, f"{copy}-taken"]


def test_where_it_stands_names_the_key(rekeyed: Rekeyed):
    assert f"beside it is generation 2 (key {rekeyed.key})" in rekeyed.told.stdout
    assert "encrypted with arn:aws:kms:" in rekeyed.told.stdout


def test_each_store_is_under_the_other_key_and_says_so_for_good(rekeyed: Rekeyed):
    local, used = rekeyed.local, {store: one["used"]["id"] for store, one in rekeyed.retired.items()}
    (main,) = local.aws("rds").describe_db_instances(DBInstanceIdentifier=used["main"])["DBInstances"]
    table = local.aws("dynamodb").describe_table(TableName=used["presence"])["Table"]
    groups = local.aws("elasticache").describe_replication_groups(ReplicationGroupId=used["cache"])

    keys = {main["KmsKeyId"], table["SSEDescription"]["KMSMasterKeyArn"], groups["ReplicationGroups"][0]["KmsKeyId"]}
    assert keys == {rekeyed.key}
    assert written(local) == {store: {"generation": 2, "key": rekeyed.key} for store in rekeyed.retired}


def test_after_it_an_update_finds_nothing_to_do(rekeyed: Rekeyed):
    assert rekeyed.left == []
    again = rekeyed.local.pulumi("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes", "--stack", STACK)
    assert again.returncode == 0, again.stdout
