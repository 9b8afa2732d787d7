"""Restores on the real engine: killed in the middle and taken up again, switched, retired, taken back."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from subprocess import CompletedProcess
from typing import Any, Final

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local
from tests.engine.restoring import SECONDS, STACK, begun, changed, done, killed_at, killed_making, restore, written
from tests.engine.upgrading import arrange, identities, run

pytestmark = [pytest.mark.engine]

TABLE: Final = f"{STACK}-presence"


def secret(local: Local) -> dict[str, Any]:
    arn = local.outputs(STACK)["mainSecretArn"]
    return json.loads(local.aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])


# A database


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A database that was restored, with a kill in each update, and all that was seen on the way."""

    local: Local
    refused: CompletedProcess[str]
    in_file: Any
    again: CompletedProcess[str]
    before: dict[str, tuple[str, ...]]
    beside: dict[str, Any]
    secrets: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
    midway: tuple[dict[str, Any], dict[str, Any]]
    """What `--status` said after the kills in the switch and in the retirement."""
    switched: dict[str, Any]
    upgrade: CompletedProcess[str]
    retired: dict[str, Any]


@pytest.fixture(scope="module")
def restored(start: Start) -> Restored:
    local = begun(start)
    before, first = identities(local, STACK), secret(local)
    refused = restore(local, "main", "--to", "2001-01-01T00:00:00Z")
    killed_making(local, "main-2-primary", "main", "--to", "latest")
    in_file = written(local)
    again = restore(local, "main", "--to", "latest", "--yes")
    beside = done(local, "main", "--resume", "--yes")
    second = secret(local)
    upgrade = run(local, "upgrade", STACK, "--to", "growth", "--yes")
    killed_at(local, "main-secret-value creating", "main", "--switch")
    half_switched = done(local, "main", "--status")
    switched = done(local, "main", "--resume", "--yes")
    third = secret(local)
    arrange(local, "main-primary", "delete", "slow", SECONDS)
    killed_at(local, "main-primary deleting", "main", "--retire")
    half_retired = done(local, "main", "--status")
    return Restored(
        local=local,
        refused=refused,
        in_file=in_file,
        again=again,
        before=before,
        beside=beside,
        secrets=(first, second, third),
        midway=(half_switched, half_retired),
        switched=switched,
        upgrade=upgrade,
        retired=done(local, "main", "--resume", "--yes"),
    )


database = pytest.mark.xdist_group("restore-database")


@database
def test_a_time_that_cannot_be_restored_is_bad_input_and_changes_nothing(restored: Restored):
    assert restored.refused.returncode == 2
    assert "--to must be from " in restored.refused.stderr


@database
def test_where_it_was_killed_is_in_the_stack_file(restored: Restored):
    assert restored.in_file == {"main": {"generation": 2, "old": 1, "from": "latest", "writer": "old"}}


@database
def test_a_restore_that_was_killed_is_not_begun_again_but_says_how_to_go_on(restored: Restored):
    assert restored.again.returncode == 1
    assert "--resume goes on with it" in restored.again.stderr


@database
def test_taken_up_again_it_ends_with_a_new_database_beside_the_old_one(restored: Restored):
    assert restored.beside["deployed"] == restored.in_file["main"]
    assert restored.beside["interrupted"] is False
    assert restored.beside["used"]["id"] in restored.before


@database
def test_clients_are_told_of_the_new_one_by_the_switch_and_not_before(restored: Restored):
    first, second, third = restored.secrets

    assert first == second
    assert third["host"].startswith(restored.switched["used"]["id"])
    assert {**third, "host": first["host"]} == first


@database
def test_a_switch_and_a_retirement_that_were_killed_say_what_is_deployed_and_what_resume_goes_on_to(restored: Restored):
    beside, switched = restored.in_file["main"], {**restored.in_file["main"], "writer": "new"}

    assert [(one["deployed"], one["written"], one["interrupted"]) for one in restored.midway] == [
        (beside, switched, True),
        (switched, {"generation": 2}, True),
    ]
    assert restored.switched["deployed"] == switched


@database
def test_no_upgrade_begins_meanwhile(restored: Restored):
    assert restored.upgrade.returncode == 2
    assert "an upgrade is refused while main is being restored" in restored.upgrade.stderr


@database
def test_once_it_is_retired_only_the_new_one_is_there(restored: Restored):
    now = identities(restored.local, STACK)
    databases = [name for name in now if name.startswith(f"{STACK}-main")]

    assert restored.retired["deployed"] == {"generation": 2}
    assert databases == [restored.switched["used"]["id"]]
    assert {name: one for name, one in now.items() if name in restored.before} == {
        name: one for name, one in restored.before.items() if "-main-" not in name
    }


@database
def test_after_it_the_preview_is_empty(restored: Restored):
    assert restored.retired["written"] == {"generation": 2}
    assert changed(restored.local) == []


# A table


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table that was restored to a time, with two kills, then switched, and taken back."""

    local: Local
    beside: dict[str, Any]
    settings: tuple[dict[str, Any], dict[str, Any]]
    empty: list[str]
    switched: str
    back: str
    aborted: dict[str, Any]


@pytest.fixture(scope="module")
def table(start: Start) -> Table:
    local = begun(start)
    client = local.aws("dynamodb")
    client.put_item(TableName=TABLE, Item=item("ada"))
    when = next_second()
    client.put_item(TableName=TABLE, Item=item("bob"))
    killed_at(local, "restoring ", "presence", "--to", f"{when:%Y-%m-%dT%H:%M:%SZ}")
    killed_at(local, "imported: ", "presence", "--resume")
    beside = done(local, "presence", "--resume", "--yes")
    settings = (described(local, TABLE), described(local, f"{TABLE}-2"))
    empty = changed(local)
    done(local, "presence", "--switch", "--yes")
    switched = local.outputs(STACK)["presenceTable"]
    done(local, "presence", "--abort", "--yes")
    back = local.outputs(STACK)["presenceTable"]
    return Table(
        local=local,
        beside=beside,
        settings=settings,
        empty=empty,
        switched=switched,
        back=back,
        aborted=done(local, "presence", "--abort", "--yes"),
    )


def item(user: str) -> dict[str, dict[str, str]]:
    return {"userId": {"S": user}, "venueId": {"S": "bar"}}


def next_second() -> datetime:
    """Wait until the second is over, and give the one that begins: AWS restores to whole seconds."""
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    while datetime.now(UTC) <= begins:
        time.sleep(0.01)
    return begins


def described(local: Local, name: str) -> dict[str, Any]:
    """Give what AWS does not copy with a table, and the items."""
    client = local.aws("dynamodb")
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    return {
        "recovery": (recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]),
        "ttl": client.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        "tags": sorted((tag["Key"], tag["Value"]) for tag in client.list_tags_of_resource(ResourceArn=arn)["Tags"]),
        "policy": client.get_resource_policy(ResourceArn=arn)["Policy"].replace(f"{TABLE}-2", TABLE),
        "items": sorted(one["userId"]["S"] for one in client.scan(TableName=name)["Items"]),
    }


tables = pytest.mark.xdist_group("restore-table")


@tables
def test_a_table_comes_back_with_the_items_of_the_time(table: Table):
    old, new = table.settings

    assert (old["items"], new["items"]) == (["ada", "bob"], ["ada"])


@tables
def test_what_aws_does_not_copy_is_put_back(table: Table):
    old, new = table.settings

    assert {**new, "items": None} == {**old, "items": None}
    assert new["ttl"]["AttributeName"] == "expiresAt"


@tables
def test_pulumi_has_taken_the_restored_table_over(table: Table):
    assert table.beside["interrupted"] is False
    assert table.empty == []


@tables
def test_the_output_names_the_new_table_after_the_switch_and_the_old_one_after_the_way_back(table: Table):
    assert (table.switched, table.back) == (f"{TABLE}-2", TABLE)


@tables
def test_taken_back_altogether_only_the_old_table_is_there(table: Table):
    names = table.local.aws("dynamodb").list_tables()["TableNames"]

    assert table.aborted["deployed"] == {"generation": 1}
    assert written(table.local) is None
    assert (TABLE in names, f"{TABLE}-2" in names) == (True, False)
    assert described(table.local, TABLE) == table.settings[0]


# A cache


@pytest.mark.xdist_group("restore-cache")
def test_a_cache_is_made_of_its_newest_snapshot_and_no_other_stores(start: Start):
    local = begun(start)
    client, before = local.aws("elasticache"), identities(local, STACK)
    (group,) = [name for name in before if name.startswith(f"{STACK}-cache")]
    client.create_replication_group(
        ReplicationGroupId="theirs", ReplicationGroupDescription="-", Engine="valkey", CacheNodeType="cache.t4g.micro"
    )
    for name, of in (("mine", group), ("not-mine", "theirs")):
        client.create_snapshot(SnapshotName=name, ReplicationGroupId=of)
    refused = restore(local, "cache", "--to", "not-mine", "--yes")
    killed_making(local, "cache-2-group", "cache", "--to", "latest")

    beside = done(local, "cache", "--resume", "--yes")
    done(local, "cache", "--switch", "--yes")
    retired = done(local, "cache", "--retire", "--yes")

    assert (refused.returncode, "which is of theirs" in refused.stderr) == (2, True)
    assert beside["deployed"]["from"] == "mine"
    assert retired["used"]["id"] == group.replace("-cache-", "-cache-2-")
    assert retired["used"]["id"] in local.outputs(STACK)["cacheEndpoint"]
    assert group not in identities(local, STACK)
    assert changed(local) == []
