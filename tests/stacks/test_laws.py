"""Laws of every stack: what it has is backed up, watched, reachable and weaker nowhere than where it matters less."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from sizes.atlas import AtlasSize
from sizes.connections import RESERVED, connections_of
from stacks.application import AtlasStore, PostgresStore, RedisStore
from stacks.applications import APPLICATIONS
from stacks.hops import hops
from stacks.phases import PROTECTION, RECOVERY, Environment, Phase, weaker
from stacks.render import Resource
from stacks.rows import full_rows, written
from tests.stacks.rendered import CHOSEN, chosen, every_stack, of, resources, watched_by_aws

INSTANCE, CLUSTER = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"
TABLE = "aws:dynamodb/table:Table"
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
BUCKET = "aws:s3/bucket:Bucket"
ATLAS = "mongodbatlas:index/advancedCluster:AdvancedCluster"
SNAPSHOTS = "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule"
ONLY_SHARED = "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList"
"""Who reaches servers that are shared with others, as none of prod are."""
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 # a type
_REFERENCE = re.compile(r"ref:(?P<type>[^:]+:[^:]+:[^:]+)::(?P<name>[^:]+)::")
# What AWS Backup does not know, and what copies it instead.
NOT_IN_BACKUP = {GROUP: "snapshotRetentionLimit", ATLAS: "backupEnabled"}

every_postgres = pytest.mark.parametrize(
    ("store", "phase"),
    [
        pytest.param(store, phase, id=f"{name}-{store.name}-{phase}")
        for name, application in APPLICATIONS.items()
        for store in application.stores
        if isinstance(store, PostgresStore)
        for phase in store.sizes
    ],
)
every_atlas = pytest.mark.parametrize(
    ("store", "phase"),
    [
        pytest.param(store, phase, id=f"{name}-{environment}-{store.name}-{phase}")
        for name in CHOSEN
        for environment in (Environment.DEV, Environment.PROD)
        for store in chosen(name, environment).stores
        if isinstance(store, AtlasStore)
        for phase in store.sizes
    ],
)
every_step = pytest.mark.parametrize(
    ("application", "before", "after"),
    [(name, before, after) for name in APPLICATIONS for before, after in pairwise(Phase)],
)
every_way = pytest.mark.parametrize(
    ("application", "environment", "before", "after"),
    [
        (name, environment, before, after)
        for name in CHOSEN
        for environment in (Environment.DEV, Environment.PROD)
        for before, after in pairwise(Phase)
    ],
)


def texts(value: Any) -> list[str]:
    """Give every text in a value."""
    match value:
        case dict():
            return [text for inside in value.values() for text in texts(inside)]
        case list():
            return [text for inside in value for text in texts(inside)]
        case _:
            return [value] if isinstance(value, str) else []


def is_read_replica(resource: Resource) -> bool:
    """Say whether an instance follows another."""
    return "replicateSourceDb" in resource["inputs"]


@every_stack
def test_every_store_that_aws_backup_knows_has_the_tags_that_the_plan_selects(
    application: str, environment: Environment, phase: Phase
):
    found = resources(application, environment, phase)
    (selection,) = of(found, "aws:backup/selection:Selection")
    wanted = {
        condition["key"].removeprefix("aws:ResourceTag/"): condition["value"]
        for condition in selection["inputs"]["conditions"][0]["stringEquals"]
    }

    stores = [one for one in of(found, INSTANCE, CLUSTER, TABLE, BUCKET) if not is_read_replica(one)]
    assert stores or not watched_by_aws(application, environment, phase)
    assert [one["name"] for one in stores if not wanted.items() <= one["inputs"]["tags"].items()] == []


@every_stack
def test_the_plan_pays_for_no_snapshot_of_a_read_replica(application: str, environment: Environment, phase: Phase):
    found = resources(application, environment, phase)
    (selection,) = of(found, "aws:backup/selection:Selection")
    selected = {"key": "aws:ResourceTag/backup", "value": "plan"}
    assert selected in selection["inputs"]["conditions"][0]["stringEquals"]

    replicas = [one for one in of(found, INSTANCE) if is_read_replica(one)]
    assert {one["inputs"]["tags"]["backup"] for one in replicas} <= {"none"}


@every_stack
def test_what_aws_backup_does_not_know_says_how_it_is_copied(application: str, environment: Environment, phase: Phase):
    for one in of(resources(application, environment, phase), *NOT_IN_BACKUP):
        assert NOT_IN_BACKUP[one["type"]] in one["inputs"] or _shares_servers(one)


def _shares_servers(one: Resource) -> bool:
    """Say whether a cluster of Atlas has no servers of its own, and so no choice of backups."""
    specs = one["inputs"].get("replicationSpecs", [])
    return {region["providerName"] for spec in specs for region in spec["regionConfigs"]} in ({"TENANT"}, {"FLEX"})


@every_stack
def test_every_alarm_is_about_something_that_the_stack_has(application: str, environment: Environment, phase: Phase):
    found = resources(application, environment, phase)
    names = {(one["type"], one["name"]) for one in found}
    alarms = of(found, ALARM)

    assert alarms or not watched_by_aws(application, environment, phase)
    for alarm in alarms:
        references = {
            (match["type"], match["name"]) for text in texts(alarm["inputs"]) for match in _REFERENCE.finditer(text)
        }
        assert references <= names, alarm["name"]
        assert alarm["inputs"]["metricName"].endswith("SlowStatements") or alarm["inputs"]["dimensions"]


@every_stack
def test_every_alarm_tells_when_it_begins_and_when_it_ends(application: str, environment: Environment, phase: Phase):
    for alarm in of(resources(application, environment, phase), ALARM):
        told = alarm["inputs"]

        assert told["alarmActions"] == told["okActions"] != []


@every_stack
def test_no_resource_holds_a_secret_in_plain_text(application: str, environment: Environment, phase: Phase):
    found = resources(application, environment, phase)

    secrets = [
        (one["name"], key)
        for one in found
        for key in ("password", "passwordWo", "secretString", "secretStringWo", "authToken", "masterPassword")
        for value in texts(one["inputs"].get(key, []))
        if "ref:random:index/randomPassword:RandomPassword::" not in value
    ]
    assert secrets == []


@every_stack
def test_every_password_is_in_a_secret(application: str, environment: Environment, phase: Phase):
    found = resources(application, environment, phase)
    kept = " ".join(
        text for one in of(found, "aws:secretsmanager/secretVersion:SecretVersion") for text in texts(one["inputs"])
    )

    passwords = of(found, "random:index/randomPassword:RandomPassword")
    assert passwords
    assert [one["name"] for one in passwords if f"::{one['name']}::" not in kept] == []


@pytest.mark.parametrize("application", CHOSEN)
@pytest.mark.parametrize("phase", Phase)
def test_prod_has_whatever_dev_has(application: str, phase: Phase):
    dev, prod = (
        {_key(one) for one in resources(application, each, phase)} for each in (Environment.DEV, Environment.PROD)
    )

    assert {type_ for type_, _ in dev - prod} <= {ONLY_SHARED}


@pytest.mark.parametrize("application", CHOSEN)
@pytest.mark.parametrize("phase", Phase)
def test_prod_backs_up_for_as_many_days_as_dev(application: str, phase: Phase):
    def days(environment: Environment) -> dict[str, int]:
        found = of(resources(application, environment, phase), INSTANCE, CLUSTER, SNAPSHOTS)
        kept = ("backupRetentionPeriod", "restoreWindowDays")
        return {one["name"]: max(one["inputs"].get(key, 0) for key in kept) for one in found}

    dev, prod = days(Environment.DEV), days(Environment.PROD)
    assert [name for name, kept in dev.items() if prod[name] < kept] == []


def test_prod_is_harder_to_lose_than_staging_and_staging_than_dev():
    for weak, strong in pairwise(PROTECTION.values()):
        assert (weak.deletion, weak.final_snapshot, weak.protect) <= (
            strong.deletion,
            strong.final_snapshot,
            strong.protect,
        )


@every_postgres
def test_a_database_takes_the_connections_of_all_its_logins(store: PostgresStore, phase: Phase):
    wanted = sum(store.loads[phase].connections.values())

    assert wanted <= connections_of(store.sizes[phase]) - RESERVED


@every_postgres
def test_a_database_on_rds_has_room_for_its_data(store: PostgresStore, phase: Phase):
    size = store.sizes[phase]

    assert getattr(size, "storage_gib", store.loads[phase].data_gib) >= store.loads[phase].data_gib


@every_atlas
def test_a_cluster_takes_the_connections_of_all_its_logins(store: AtlasStore, phase: Phase):
    size = store.sizes[phase]

    assert not isinstance(size, AtlasSize) or sum(store.loads[phase].connections.values()) <= size.connections


@every_atlas
def test_a_cluster_has_room_for_its_data(store: AtlasStore, phase: Phase):
    size = store.sizes[phase]

    assert not isinstance(size, AtlasSize) or store.loads[phase].data_gib <= size.disk_gib * size.specs


@every_atlas
def test_no_reports_are_read_where_the_application_writes(store: AtlasStore, phase: Phase):
    """From the phase on that shards: what only reads there reads from nodes of its own."""
    size = store.sizes[phase]

    assert "reporting" not in store.logins or not getattr(size, "sharded", False) or getattr(size, "analytics_nodes", 0)


@every_way
def test_every_phase_is_reached_by_hops_that_a_stack_file_can_say(
    application: str, environment: Environment, before: Phase, after: Phase
):
    whole = chosen(application, environment)

    for hop in hops(whole.stores, before, after):
        said = json.loads(json.dumps({name: written(size) for name, size in hop.items()}))
        assert full_rows(whole, said) == hop


@every_step
def test_recovery_gets_no_weaker(application: str, before: Phase, after: Phase):
    rows = APPLICATIONS[application].recovery

    assert weaker(rows[after], than=rows[before]) == []
    assert rows[after].rpo_minutes <= rows[before].rpo_minutes
    assert rows[after].rto_minutes <= rows[before].rto_minutes
    assert rows[after].drill_days <= rows[before].drill_days
    assert 0 < rows[after].test_every_days <= (rows[before].test_every_days or rows[after].test_every_days)


@pytest.mark.parametrize("application", APPLICATIONS)
@pytest.mark.parametrize("phase", Phase)
def test_no_application_promises_less_recovery_than_the_house(application: str, phase: Phase):
    assert weaker(APPLICATIONS[application].recovery[phase], than=RECOVERY[phase]) == []


def test_no_queue_loses_what_is_in_it_with_a_node():
    queues = [
        (store.name, phase)
        for application in APPLICATIONS.values()
        for store in application.stores
        if isinstance(store, RedisStore) and store.use == "queue"
        for phase, size in store.sizes.items()
        if not getattr(size, "failover", False)
    ]

    assert queues == []


def _key(one: Resource) -> tuple[str, str]:
    return one["type"], one["name"]
