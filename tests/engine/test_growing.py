"""clubapp grows through all phases on the real engine and loses nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from localcloud.paths import CODE
from sizes.redis import steps
from stacks.applications.clubapp import CACHE
from stacks.phases import Phase, stateful
from tests.engine.clouds import Start
from tests.engine.local import Local, Step, hop, touched

pytestmark = [pytest.mark.engine]

ITEMS = {
    "presence": {"userId": {"S": "u1"}, "venueId": {"S": "v1"}, "expiresAt": {"N": "4102444800"}},
    "venue-counts": {"venueId": {"S": "v1"}, "count": {"N": "42"}},
    "devices": {"deviceToken": {"S": "d1"}, "userId": {"S": "u1"}},
    "idempotency": {"key": {"S": "k1"}, "response": {"S": "{}"}},
}
REPLACING = ("replace", "create-replacement", "delete-replaced", "delete")

Way = list[tuple[str, dict[str, Any]]]


def way() -> Way:
    """The settings of each `up`, from mvp to enterprise; the cache's in-between sizes are hops of their own."""
    between = steps(CACHE[Phase.SCALE], CACHE[Phase.ENTERPRISE])[:-1]
    return [
        *((phase, {"datastores:phase": str(phase)}) for phase in (Phase.GROWTH, Phase.SCALE)),
        *(
            (f"{size.cluster_mode}", {"datastores:hop": hop("enterprise", number, size)})
            for number, size in enumerate(between, start=1)
        ),
        ("enterprise", {"datastores:phase": "enterprise", "datastores:hop": None}),
    ]


@dataclass(kw_only=True)
class Grown:
    """What was seen on the way, by the name of the `up`."""

    local: Local
    stack: str
    planned: dict[str, list[Step]] = field(default_factory=dict)
    again: dict[str, dict[str, int]] = field(default_factory=dict)
    refreshed: dict[str, int] = field(default_factory=dict)
    data: dict[str, list[str]] = field(default_factory=dict)
    """The ids of what holds data after each `up`."""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)


def put(local: Local, environment: str) -> None:
    for table, item in ITEMS.items():
        local.aws("dynamodb").put_item(TableName=f"clubapp-{environment}-{table}", Item=item)


def read(local: Local, environment: str) -> dict[str, Any]:
    tables = {table: f"clubapp-{environment}-{table}" for table in ITEMS}
    return {table: local.aws("dynamodb").scan(TableName=name)["Items"][0] for table, name in tables.items()}


def holding_data(local: Local, stack: str) -> list[str]:
    found = [one for one in local.resources(stack) if stateful(one["type"], one.get("inputs", {}))]
    return sorted(f"{one['urn']} {one['id']} {one['outputs'].get('arn')}" for one in found)


def look(grown: Grown, name: str) -> None:
    local, stack = grown.local, grown.stack
    grown.again[name] = local.up(stack)
    grown.refreshed[name] = local.pulumi(
        "refresh", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack
    ).returncode
    grown.data[name] = holding_data(local, stack)
    grown.items[name] = read(local, stack.partition("-")[2])


@pytest.fixture(
    scope="module",
    # All tests of a stack in one process, so that it grows once.
    params=[pytest.param(stack, marks=pytest.mark.xdist_group(stack)) for stack in ("clubapp-dev", "clubapp-prod")],
)
def grown(start: Start, request: pytest.FixtureRequest) -> Iterator[Grown]:
    """Bring a stack up in mvp, put an item into every table, and grow to enterprise."""
    stack = request.param
    local = start(CODE)
    seen = Grown(local=local, stack=stack)
    local.init(stack)
    local.up(stack)
    put(local, stack.partition("-")[2])
    look(seen, "mvp")
    for name, settings in way():
        local.configure(stack, settings)
        seen.planned[name] = local.preview(stack)
        local.up(stack)
        look(seen, name)
    yield seen
    local.stop()


def test_nothing_that_holds_data_is_replaced_or_deleted(grown: Grown):
    lost = {
        name: [
            urn
            for step in planned
            if step["op"] in REPLACING and stateful(step["oldState"]["type"], step["oldState"].get("inputs", {}))
            for urn in [step["urn"]]
        ]
        for name, planned in grown.planned.items()
    }

    assert not any(lost.values()), lost


def test_every_store_is_the_same_one_to_the_end(grown: Grown):
    assert all(data == grown.data["mvp"] for data in grown.data.values())
    assert len(grown.data["mvp"]) == 14


def test_every_item_is_still_there(grown: Grown):
    assert all(items == ITEMS for items in grown.items.values())


def test_a_second_up_changes_nothing(grown: Grown):
    assert not [name for name, changes in grown.again.items() if set(changes) != {"same"}]


def test_a_refresh_finds_nothing(grown: Grown):
    assert grown.refreshed == dict.fromkeys(grown.refreshed, 0)


def test_a_preview_names_what_changes(grown: Grown):
    primary = next(step for step in grown.planned["growth"] if step["urn"].endswith("::main-primary"))

    changed = set(primary["detailedDiff"])
    assert primary["op"] == "update"
    assert {"allocatedStorage", "instanceClass", "multiAz", "backupRetentionPeriod", "tags.phase"} <= changed


def test_read_replicas_come_with_scale_and_another_with_enterprise(grown: Grown):
    assert "main-replica-api" in touched(grown.planned["scale"], "create")
    assert "main-replica-analytics" in touched(grown.planned["enterprise"], "create")
    assert "main-replica-api" in touched(grown.planned["enterprise"], "update")


def test_the_cache_ends_in_cluster_mode_with_its_shards(grown: Grown):
    cache = grown.local.aws("elasticache")
    group = cache.describe_replication_groups()["ReplicationGroups"][0]

    assert group["ClusterEnabled"] is True
    assert [len(shard["NodeGroupMembers"]) for shard in group["NodeGroups"]] == [3, 3, 3]


def test_the_database_ends_as_the_phase_says(grown: Grown):
    instances = grown.local.aws("rds").describe_db_instances()["DBInstances"]
    primary = next(one for one in instances if "ReadReplicaSourceDBInstanceIdentifier" not in one)

    assert (primary["DBInstanceClass"], primary["AllocatedStorage"]) == ("db.r7g.xlarge", 500)
    assert (primary["MultiAZ"], primary["BackupRetentionPeriod"]) == (True, 35)
    assert len(instances) == 3


def test_destroy_is_clean_in_dev_and_refused_in_prod(grown: Grown):
    """The last test of this module: it takes the stack away."""
    done = grown.local.pulumi("destroy", "--yes", "--skip-preview", "--stack", grown.stack)

    left = [one["urn"] for one in grown.local.resources(grown.stack)] if done.returncode else []
    if grown.stack == "clubapp-dev":
        assert (done.returncode, left) == (0, [])
        assert grown.local.aws("dynamodb").list_tables()["TableNames"] == []
    else:
        assert done.returncode != 0
        assert "protected" in done.stdout + done.stderr
        assert read(grown.local, "prod") == ITEMS
