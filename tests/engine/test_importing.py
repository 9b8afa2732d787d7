"""`datastores import` takes over what boto3 has made, and ends in an empty preview or says why not."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from localcloud.paths import CODE
from tests.engine.clouds import Start
from tests.engine.local import Local

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("importing")]

STACK: Final = "clubapp-dev"
TABLE: Final = "clubapp-dev-presence"
ITEM: Final = {"userId": {"S": "ada"}, "venueId": {"S": "bar"}}


@pytest.fixture(scope="module")
def local(start: Start) -> Local:
    """Give a local cloud with an empty stack, and what somebody made by hand."""
    local = start(CODE)
    local.init(STACK)
    dynamodb = local.aws("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ITEM],
        KeySchema=[
            {"AttributeName": name, "KeyType": kind} for name, kind in zip(ITEM, ("HASH", "RANGE"), strict=True)
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-venue",
                "KeySchema": [{"AttributeName": "venueId", "KeyType": "HASH"}],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": ["wantsToBuy", "wantsToReceive", "expiresAt"],
                },
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName=TABLE, Item=ITEM)
    instance(local, "orders")
    return local


def instance(local: Local, identifier: str, **more: Any) -> None:
    local.aws("rds").create_db_instance(
        DBInstanceIdentifier=identifier,
        Engine="postgres",
        EngineVersion="17.6",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        StorageType="gp3",
        StorageEncrypted=True,
        DBName="clubapp",
        MasterUsername="datastores",
        MasterUserPassword="not-a-secret",
        **more,
    )


def run(local: Local, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**local.environment, "DATASTORES_LOCAL": str(local.paths.local), "COLUMNS": "120", "NO_COLOR": "1"}
    return subprocess.run(
        ["datastores", "import", STACK, *arguments],
        env=environment,
        cwd=CODE,
        capture_output=True,
        text=True,
        check=False,
    )


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def outcome(found: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one["outcome"] for store in found["stores"] for one in store["resources"]}


@pytest.fixture(scope="module")
def imported(local: Local, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what the import of the table said."""
    file: Path = tmp_path_factory.mktemp("import") / "import.json"
    done = run(local, "--run", "--json", "--out", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    found = answer(done)
    assert json.loads(file.read_text(encoding="utf-8")) == found["importFile"]
    return found


def deployed(local: Local, imported: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Bring up everything but PostgreSQL and Redis, unless it is; give the state's resources by name."""
    found = {one["urn"].rpartition("::")[2]: one for one in local.resources(STACK)}
    if imported and "main-suffix" not in found:
        local.succeed(
            *("up", "--yes", "--skip-preview", "--stack", STACK, "--exclude-dependents"),
            *("--exclude", "**main-primary", "--exclude", "**cache-group"),
        )
        return deployed(local, imported)
    return found


def test_an_import_takes_over_a_table_and_leaves_it_as_it_is(local: Local, imported: dict[str, Any]):
    table = local.aws("dynamodb").describe_table(TableName=TABLE)["Table"]

    assert (imported["imported"], "SSEDescription" in table) == (True, False)
    assert outcome(imported) == {"presence-table": "changed", "presence-by-venue": "changed"}


def test_the_next_up_brings_it_in_line_and_keeps_its_items(local: Local, imported: dict[str, Any]):
    deployed(local, imported)

    steps = {step["urn"].rpartition("::")[2] for step in local.preview(STACK) if step["op"] != "same"}
    assert "main-primary" in steps
    assert not steps & {"presence-table", "presence-by-venue"}
    assert local.aws("dynamodb").scan(TableName=TABLE)["Items"] == [ITEM]


def test_a_database_under_another_key_is_refused(local: Local, imported: dict[str, Any]):
    deployed(local, imported)

    done = run(local, "--store", "main=orders", "--run", "--json")

    primary = answer(done)["stores"][0]["resources"][0]
    assert (done.returncode, primary["outcome"]) == (1, "replaced")
    assert [one["path"] for one in primary["differences"] if one["replaces"]] == ["kmsKeyId"]
    assert "main-primary" not in deployed(local, imported)


def copies(local: Local, state: Mapping[str, dict[str, Any]]) -> tuple[str, str]:
    """Make a database and a cache as the stack would have made them, but for what can be changed later."""
    of = {name: one.get("outputs", {}) for name, one in state.items()}
    database, cache = (f"clubapp-dev-{store}-{of[f'{store}-suffix']['hex']}" for store in ("main", "cache"))
    instance(
        local,
        database,
        KmsKeyId=of["postgres-key"]["arn"],
        DBSubnetGroupName=of["main-subnets"]["name"],
        BackupRetentionPeriod=7,
    )
    local.aws("elasticache").create_replication_group(
        ReplicationGroupId=cache,
        ReplicationGroupDescription="sessions",
        Engine="valkey",
        EngineVersion="8.2",
        CacheNodeType="cache.t4g.micro",
        NumNodeGroups=1,
        ReplicasPerNodeGroup=0,
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        KmsKeyId=of["redis-key"]["arn"],
        CacheSubnetGroupName=of["cache-subnets"]["name"],
    )
    return database, cache


def test_copies_under_the_stacks_keys_and_names_end_in_an_empty_preview(local: Local, imported: dict[str, Any]):
    database, cache = copies(local, deployed(local, imported))

    done = run(local, "--store", f"main={database}", "--store", f"cache={cache}", "--run", "--json")

    assert (done.returncode, outcome(answer(done))) == (0, {"main-primary": "changed", "cache-group": "changed"})
    local.succeed("up", "--yes", "--skip-preview", "--stack", STACK)
    assert [step["urn"] for step in local.preview(STACK) if step["op"] != "same"] == []
    instances = local.aws("rds").describe_db_instances()["DBInstances"]
    assert {one["DBInstanceIdentifier"] for one in instances} == {"orders", database}


def test_bad_input_is_told_at_once_and_changes_nothing(local: Local, imported: dict[str, Any]):
    before = len(local.resources(STACK))

    done = run(local, "--store", "main=nothing-of-that-name", "--store", "presence", "--run")

    assert (done.returncode, done.stdout, len(local.resources(STACK))) == (2, "", before)
    assert "the command line has" in done.stderr
    assert "presence: clubapp-dev has it already" in done.stderr
    assert imported["stack"] == STACK
