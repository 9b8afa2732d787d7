"""What AWS could only replace shows as a replacement, and prod refuses it."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local, touched
from tests.engine.project import copy_to, replaced

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("replacing")]

EDITS = {
    "sort key": (
        "stacks/applications/clubapp.py",
        'sort_key=Key(name="venueId", type="S")',
        'sort_key=Key(name="placeId", type="S")',
    ),
    "encryption key": (
        "components/keys.py",
        "enable_key_rotation=True,",
        "enable_key_rotation=True, multi_region=True,",
    ),
}
LOST = {
    "sort key": {"presence-table"},
    "encryption key": {"main-primary", "cache-group", "postgres-key", "dynamodb-key", "redis-key", "network-key"},
}


@pytest.fixture(scope="module")
def local(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Bring dev and prod up from a copy of the project, which a test may edit."""
    root = tmp_path_factory.mktemp("project") / "datastores"
    local = start(copy_to(root))
    for stack in ("clubapp-dev", "clubapp-prod"):
        local.init(stack)
        local.up(stack)
    return local


@pytest.fixture(params=EDITS)
def edited(local: Local, request: pytest.FixtureRequest) -> Any:
    """Make one edit of the program, for one test."""
    place, old, new = EDITS[request.param]
    file: Path = local.paths.root / place
    text = file.read_text(encoding="utf-8")
    replaced(file, old, new)
    yield request.param
    file.write_text(text, encoding="utf-8")


def test_a_preview_of_dev_shows_the_replacement(local: Local, edited: str):
    replaced = set(touched(local.preview("clubapp-dev"), "replace"))

    assert LOST[edited] <= replaced


def test_prod_refuses_it_in_the_preview_already(local: Local, edited: str):
    done = local.pulumi("preview", "--stack", "clubapp-prod")

    assert done.returncode != 0
    assert "marked for protection" in done.stdout + done.stderr
    assert any(name in done.stdout for name in LOST[edited])


@pytest.mark.usefixtures("edited")
def test_prod_refuses_it_in_the_update_and_keeps_its_data(local: Local):
    item = {"userId": {"S": "u1"}, "venueId": {"S": "v1"}}
    local.aws("dynamodb").put_item(TableName="clubapp-prod-presence", Item=item)

    done = local.pulumi("up", "--yes", "--skip-preview", "--stack", "clubapp-prod")

    assert done.returncode != 0
    assert local.aws("dynamodb").scan(TableName="clubapp-prod-presence")["Items"] == [item]


def test_passwords_are_in_the_state_as_ciphertext_only(local: Local):
    secrets = local.aws("secretsmanager")
    values = [
        secrets.get_secret_value(SecretId=one["ARN"])["SecretString"] for one in secrets.list_secrets()["SecretList"]
    ]
    passwords = [value.rpartition('"password": "')[2].rstrip('"}') for value in values]

    states = "".join(file.read_text(encoding="utf-8") for file in local.paths.state.rglob("*.json"))

    # In each of two stacks: an administrator, three logins and a cache.
    assert len(passwords) == 10
    assert [password for password in passwords if password in states] == []
    assert {len(password) for password in passwords} == {40}
