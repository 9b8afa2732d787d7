"""Hard paths that are edits of the program: the gate passes each update of the way, which is made, and no short cut."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local
from tests.engine.project import copy_to, listed, replaced
from tests.engine.upgrading import run
from tests.upgrades.recorded.base import BASE, CACHE

pytestmark = [pytest.mark.engine]

STACK = "clubapp-prod"
TABLE = f"{STACK}-presence"
SAFE, REFUSED = 0, 1

# An index that gets another projection


ITEM = {"userId": {"S": "u1"}, "venueId": {"S": "v1"}, "seenAt": {"N": "1"}}
BY_VENUE = """        Index(
            name="by-venue",
            partition_key=Key(name="venueId", type="S"),
            sort_key=None,
            attributes=("wantsToBuy", "wantsToReceive", "expiresAt"),
        ),
"""
WIDER = BY_VENUE.replace('"expiresAt"', '"expiresAt", "seenAt"')
NEW = WIDER.replace("by-venue", "by-venue-2")


@pytest.fixture(scope="module")
def clubapp(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Bring clubapp-prod up from a copy of the project, with somebody at a venue."""
    local = start(copy_to(tmp_path_factory.mktemp("project") / "datastores"))
    local.init(STACK)
    local.up(STACK)
    local.aws("dynamodb").put_item(TableName=TABLE, Item=ITEM)
    return local


def with_indexes(local: Local, before: str, after: str) -> None:
    replaced(local.paths.root / "stacks" / "applications" / "clubapp.py", before, after)


def at_the_venue(local: Local, index: str) -> list[dict[str, Any]]:
    """Ask the index who is there."""
    return local.aws("dynamodb").query(
        TableName=TABLE,
        IndexName=index,
        KeyConditionExpression="venueId = :venue",
        ExpressionAttributeValues={":venue": {"S": "v1"}},
    )["Items"]


@pytest.mark.xdist_group("hard-index")
@pytest.mark.parametrize(
    ("short_cut", "because"),
    [(WIDER, "queries of it fail meanwhile"), (NEW, "cannot move to the other in between")],
    ids=["the same index", "one goes as the other comes"],
)
def test_an_index_that_is_changed_or_exchanged_in_one_update_is_refused(clubapp: Local, short_cut: str, because: str):
    with_indexes(clubapp, BY_VENUE, short_cut)
    done = run(clubapp, "gate", STACK)
    with_indexes(clubapp, short_cut, BY_VENUE)

    assert (done.returncode, because in done.stdout) == (REFUSED, True), done.stdout + done.stderr


@pytest.mark.xdist_group("hard-index")
def test_an_index_is_added_read_and_then_the_old_one_taken_away(clubapp: Local):
    with_indexes(clubapp, BY_VENUE, BY_VENUE + NEW)
    added = run(clubapp, "gate", STACK)
    clubapp.up(STACK)
    both = at_the_venue(clubapp, "by-venue"), at_the_venue(clubapp, "by-venue-2")
    with_indexes(clubapp, BY_VENUE + NEW, NEW)
    taken_away = run(clubapp, "gate", STACK)
    clubapp.up(STACK)

    assert (added.returncode, taken_away.returncode) == (SAFE, SAFE), added.stdout + taken_away.stdout
    assert [len(items) for items in both] == [1, 1]
    assert at_the_venue(clubapp, "by-venue-2")[0]["seenAt"] == ITEM["seenAt"]
    assert clubapp.aws("dynamodb").scan(TableName=TABLE)["Items"] == [ITEM]
    (index,) = clubapp.aws("dynamodb").describe_table(TableName=TABLE)["Table"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by-venue-2"


# A cache that gets TLS, and users in the place of a token

GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
TOKEN: Final = "not-a-secret-of-anybody"  # noqa: S105  of a cloud that is this machine
NETWORK: Final = [one for one in BASE if one["name"] in {"vpc", *(f"subnet-{zone}" for zone in "abc"), "cache-subnets"}]
USERS: Final = [
    {
        "type": "aws:elasticache/user:User",
        "name": "application",
        "inputs": {
            "userId": "application",
            "userName": "default",
            "engine": "valkey",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "password", "passwords": [TOKEN]},
        },
    },
    {
        "type": "aws:elasticache/userGroup:UserGroup",
        "name": "users",
        "inputs": {"userGroupId": "users", "engine": "valkey", "userIds": ["=application.userId"]},
    },
]
PLAIN: Final = {
    key: value
    for key, value in CACHE.items()
    if key not in ("kmsKeyId", "atRestEncryptionEnabled", "transitEncryptionEnabled", "transitEncryptionMode")
}
BOTH_WAYS: Final = {**PLAIN, "transitEncryptionEnabled": True, "transitEncryptionMode": "preferred"}
ENCRYPTED: Final = {**BOTH_WAYS, "transitEncryptionMode": "required"}
EITHER_TOKEN: Final = {**ENCRYPTED, "authToken": TOKEN, "authTokenUpdateStrategy": "ROTATE"}
WITH_TOKEN: Final = {**EITHER_TOKEN, "authTokenUpdateStrategy": "SET"}
WITH_USERS: Final = {**ENCRYPTED, "authTokenUpdateStrategy": "DELETE", "userGroupIds": ["=users.userGroupId"]}
IDENTITY: Final = ("ARN", "ReplicationGroupCreateTime")
WAY: Final = (BOTH_WAYS, ENCRYPTED, EITHER_TOKEN, WITH_TOKEN, WITH_USERS, WITH_TOKEN)


def cache(local: Local, inputs: Mapping[str, Any]) -> None:
    """Have the program say this of the cache."""
    listed(local.paths.root, [*NETWORK, *USERS, {"type": GROUP, "name": "cache-group", "inputs": inputs}])


def group(local: Local) -> dict[str, Any]:
    (found,) = local.aws("elasticache").describe_replication_groups()["ReplicationGroups"]
    return found


@pytest.fixture(scope="module")
def plain(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Bring up a cache that everybody in the network can read, and hear."""
    local = start(copy_to(tmp_path_factory.mktemp("project") / "datastores"))
    cache(local, PLAIN)
    local.init(STACK)
    local.up(STACK)
    return local


@pytest.mark.xdist_group("hard-cache")
def test_tls_that_cuts_off_who_has_none_is_refused(plain: Local):
    cache(plain, ENCRYPTED)
    done = run(plain, "gate", STACK)

    assert (done.returncode, "clients without TLS are cut off" in done.stdout) == (REFUSED, True), done.stdout


@pytest.mark.xdist_group("hard-cache")
def test_a_cache_gets_tls_then_a_token_then_users_and_the_token_back_and_stays_the_one_it_was(plain: Local):
    before, said = group(plain), []
    for inputs in WAY:
        cache(plain, inputs)
        passed = run(plain, "gate", STACK)
        assert passed.returncode == SAFE, passed.stdout
        plain.up(STACK)
        after = group(plain)
        assert {key: after[key] for key in IDENTITY} == {key: before[key] for key in IDENTITY}
        said.append([after.get(key) for key in ("TransitEncryptionMode", "AuthTokenEnabled", "UserGroupIds")])

    assert said == [
        ["preferred", False, []],
        ["required", False, []],
        ["required", True, []],
        ["required", True, []],
        ["required", False, ["users"]],
        ["required", True, []],
    ]
