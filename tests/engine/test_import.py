"""`pulumi import` takes over what boto3 has made, and writes the code for it."""

import subprocess
from pathlib import Path

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("import")]

STACK, TYPE, TABLE = "clubapp-dev", "aws:dynamodb/table:Table", "clubapp-dev-presence"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project of its own, with an empty program."""
    root = tmp_path_factory.mktemp("project")
    (root / "stacks").mkdir()
    (root / "__main__.py").write_text("", encoding="utf-8")
    (root / "stacks" / f"Pulumi.{STACK}.yaml").write_text("config:\n  aws:region: eu-central-1\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def local(start: Start, root: Path) -> Local:
    """Give a local cloud with a stack, and a table that no stack knows."""
    local = start(root)
    local.init(STACK)
    key = local.aws("kms").create_key()["KeyMetadata"]["Arn"]
    dynamodb = local.aws("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("userId", "venueId")],
        KeySchema=[
            {"AttributeName": "userId", "KeyType": "HASH"},
            {"AttributeName": "venueId", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "cost centre", "Value": 'the "club" for ${all}'}],
    )
    dynamodb.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expiresAt"}
    )
    dynamodb.update_continuous_backups(
        TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return local


@pytest.fixture(scope="module")
def imported(local: Local) -> subprocess.CompletedProcess[str]:
    """Give the run that imported the table."""
    return local.pulumi("import", TYPE, "presence-table", TABLE, "--stack", STACK, "--yes")


def test_a_table_is_imported_and_protected(local: Local, imported: subprocess.CompletedProcess[str]):
    assert imported.returncode == 0, imported.stdout + imported.stderr

    table = next(one for one in local.resources(STACK) if one["type"] == TYPE)
    assert (table["id"], table["protect"]) == (TABLE, True)


def test_the_generated_program_changes_nothing(local: Local, imported: subprocess.CompletedProcess[str], root: Path):
    code = "import pulumi\n" + imported.stdout.partition("\nimport pulumi\n")[2]
    (root / "__main__.py").write_text(code, encoding="utf-8")

    done = local.pulumi("preview", "--expect-no-changes", "--stack", STACK)

    assert 'hash_key="userId"' in code
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("imported")
def test_a_type_that_is_not_imitated_is_named(local: Local):
    done = local.pulumi("import", "aws:sqs/queue:Queue", "jobs", "jobs", "--stack", STACK, "--yes")

    assert done.returncode == 1
    assert "local cloud: the type aws:sqs/queue:Queue is not imitated" in done.stdout


@pytest.mark.usefixtures("imported")
def test_what_does_not_exist_is_named(local: Local):
    done = local.pulumi("import", TYPE, "nothing", "no-such-table", "--stack", STACK, "--yes")

    assert done.returncode == 1
    assert "resource 'no-such-table' does not exist" in done.stdout
