"""A cluster: encrypted, private, over TLS only, several members, readers by load, a secondary in another region."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.postgres import FromSnapshot, RestoreToTime
from tests.components.conftest import Program, Registered
from tests.components.databases import (
    AURORA,
    CLUSTER,
    DEV,
    INSTANCE,
    MEMBER,
    PROD,
    SECRET_VALUE,
    SERVERLESS,
    database,
)

Deploy = Callable[[Program], Registered]

CLUSTER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
GROUP = "aws:rds/parameterGroup:ParameterGroup"
TARGET, POLICY = "aws:appautoscaling/target:Target", "aws:appautoscaling/policy:Policy"
GLOBAL = "aws:rds/globalCluster:GlobalCluster"


def cluster(made: Registered) -> dict[str, Any]:
    return made.named(CLUSTER)["main-cluster"]


def test_storage_is_encrypted_with_the_stacks_key_and_private(deploy: Deploy):
    made = deploy(database(AURORA))

    assert (cluster(made)["storageEncrypted"], cluster(made)["kmsKeyId"]) == (True, "arn:key")
    assert {one["publiclyAccessible"] for one in made.named(MEMBER).values()} == {False}


def test_only_tls_is_let_in_and_statements_are_audited(deploy: Deploy):
    made = deploy(database(AURORA))
    group = made.named(CLUSTER_GROUP)["main-cluster-parameters"]
    values = {one["name"]: (one["value"], one["applyMethod"]) for one in group["parameters"]}

    assert cluster(made)["dbClusterParameterGroupName"] == group["name"]
    assert group["family"] == "aurora-postgresql17"
    assert values["rds.force_ssl"] == ("1", "immediate")
    assert values["shared_preload_libraries"] == ("pg_stat_statements,pgaudit,pg_cron", "pending-reboot")


def test_zones_are_never_named(deploy: Deploy):
    """AWS fills them up to three, and the next run would replace the cluster."""
    assert "availabilityZones" not in cluster(deploy(database(AURORA)))


def test_members_are_named_by_number_and_promoted_in_this_order(deploy: Deploy):
    members = deploy(database(replace(AURORA, readers=2, max_readers=2))).named(MEMBER)

    assert {name: one["promotionTier"] for name, one in members.items()} == {
        "main-member-1": 0,
        "main-member-2": 1,
        "main-member-3": 2,
    }
    assert {one["instanceClass"] for one in members.values()} == {"db.r7g.large"}


def test_fifteen_readers_have_tiers_that_exist(deploy: Deploy):
    members = deploy(database(replace(AURORA, readers=15, max_readers=15))).named(MEMBER)

    assert len(members) == 16
    assert {one["promotionTier"] for one in members.values()} == set(range(16))


def test_another_number_of_readers_renames_none(deploy: Deploy):
    few = deploy(database(AURORA)).named(MEMBER)
    many = deploy(database(replace(AURORA, readers=4, max_readers=4))).named(MEMBER)

    assert few.items() <= many.items()


@pytest.mark.parametrize(("least", "pause"), [(0, 300), (0.5, None), (8, None)])
def test_serverless_members_grow_between_bounds(deploy: Deploy, least: float, pause: int | None):
    size = replace(SERVERLESS, capacity=replace(SERVERLESS.capacity, min_acu=least))
    made = deploy(database(size))

    bounds = cluster(made)["serverlessv2ScalingConfiguration"]

    assert (bounds["minCapacity"], bounds["maxCapacity"], bounds.get("secondsUntilAutoPause")) == (least, 16, pause)
    assert {one["instanceClass"] for one in made.named(MEMBER).values()} == {"db.serverless"}


@pytest.mark.parametrize(("optimized", "word"), [(True, "aurora-iopt1"), (False, "aurora")])
def test_how_storage_is_paid_is_said_either_way(deploy: Deploy, optimized: bool, word: str):
    """An input that is left out would not bring a cluster back from I/O-Optimized."""
    assert cluster(deploy(database(replace(AURORA, io_optimized=optimized))))["storageType"] == word


def test_readers_come_with_the_load(deploy: Deploy):
    made = deploy(database(replace(AURORA, max_readers=5)))
    target = made.named(TARGET)["main-readers-target"]

    assert target["scalableDimension"] == "rds:cluster:ReadReplicaCount"
    assert target["resourceId"].startswith("cluster:clubapp-test-main-cluster-")
    assert (target["minCapacity"], target["maxCapacity"]) == (1, 5)
    assert "main-readers-policy" in made.named(POLICY)
    assert len(made.named(MEMBER)) == 2


def test_a_fixed_number_of_readers_is_not_scaled(deploy: Deploy):
    assert deploy(database(AURORA)).named(TARGET) == {}


def test_a_database_of_prod_leaves_a_snapshot_and_its_backups(deploy: Deploy):
    one = cluster(deploy(database(AURORA, PROD)))

    assert (one["deletionProtection"], one["skipFinalSnapshot"], one["deleteAutomatedBackups"]) == (True, False, False)
    assert one["finalSnapshotIdentifier"].endswith("-final")
    assert one["copyTagsToSnapshot"] is True


def test_a_database_of_dev_goes_without_a_trace(deploy: Deploy):
    one = cluster(deploy(database(AURORA, DEV)))

    assert (one["deletionProtection"], one["skipFinalSnapshot"], one["deleteAutomatedBackups"]) == (False, True, True)
    assert "finalSnapshotIdentifier" not in one


def test_the_cluster_finds_its_log_group_there(deploy: Deploy):
    """Aurora would make it without a key and without an end."""
    made = deploy(database(AURORA))
    groups = made.named("aws:cloudwatch/logGroup:LogGroup")

    assert set(groups) == {"main-cluster-logs-postgresql"}
    group = groups["main-cluster-logs-postgresql"]
    assert group["name"] == f"/aws/rds/cluster/{cluster(made)['clusterIdentifier']}/postgresql"
    assert cluster(made)["enabledCloudwatchLogsExports"] == ["postgresql"]


def test_there_is_no_instance_of_rds(deploy: Deploy):
    made = deploy(database(AURORA))

    assert made.named(INSTANCE) == {}
    assert set(made.named(GROUP)) == {"main-member-parameters"}


def test_every_purpose_of_a_reader_has_a_host(deploy: Deploy):
    """What an application looked up on RDS is there on Aurora too."""
    facts = secret(deploy(database(AURORA)))

    assert set(facts["readerHosts"]) == {"api", "analytics", "monitoring"}


def test_a_writer_alone_has_no_readers(deploy: Deploy):
    assert secret(deploy(database(replace(AURORA, readers=0, max_readers=0))))["readerHosts"] == {}


def secret(made: Registered) -> dict[str, Any]:
    """Read the administrator's connection secret."""
    wrapped = made.named(SECRET_VALUE)["main-secret-value"]["secretStringWo"]
    return json.loads(wrapped["value"] if isinstance(wrapped, dict) else wrapped)


@pytest.mark.parametrize(
    ("restore", "key", "value"),
    [
        (FromSnapshot(snapshot="monday"), "snapshotIdentifier", "monday"),
        (
            RestoreToTime(source="clubapp-prod", time=None),
            "restoreToPointInTime",
            {"sourceClusterIdentifier": "clubapp-prod", "useLatestRestorableTime": True},
        ),
        (
            RestoreToTime(source="clubapp-prod", time="2026-11-26T02:00:00Z"),
            "restoreToPointInTime",
            {"sourceClusterIdentifier": "clubapp-prod", "restoreToTime": "2026-11-26T02:00:00Z"},
        ),
    ],
)
def test_a_cluster_can_be_made_of_another_one(
    deploy: Deploy, restore: FromSnapshot | RestoreToTime, key: str, value: object
):
    one = cluster(deploy(database(AURORA, restore=restore)))

    assert one[key] == value
    assert not {"databaseName", "masterUsername"} & one.keys()
    assert one["masterPasswordWoVersion"] == 1


WORLDWIDE = replace(AURORA, dr_readers=2)


def test_the_cluster_becomes_global_as_it_is(deploy: Deploy):
    """Nothing of it differs from the same cluster alone: it is not replaced."""
    alone, made = deploy(database(AURORA)), deploy(database(WORLDWIDE))

    assert cluster(made) == cluster(alone)
    one = made.named(GLOBAL)["main-global"]
    assert one["sourceDbClusterIdentifier"] == "arn:main-cluster"
    assert not {"engine", "engineVersion", "storageEncrypted"} & one.keys()


def test_the_secondary_is_in_the_dr_region_with_a_key_of_it(deploy: Deploy):
    made = deploy(database(WORLDWIDE, PROD))
    secondary = made.named(CLUSTER)["main-dr-cluster"]

    assert (secondary["region"], secondary["kmsKeyId"]) == ("eu-west-1", "arn:dr-key")
    assert secondary["globalClusterIdentifier"] == "main-global-id"
    assert secondary["enableGlobalWriteForwarding"] is False
    assert not {"masterUsername", "databaseName", "masterPasswordWoVersion"} & secondary.keys()
    assert (secondary["deletionProtection"], secondary["skipFinalSnapshot"]) == (True, False)
    members = [one for name, one in made.named(MEMBER).items() if name.startswith("main-dr-")]
    assert {(one["region"], one["performanceInsightsKmsKeyId"]) for one in members} == {("eu-west-1", "arn:dr-key")}
    assert len(members) == 2


def test_everything_of_the_secondary_is_in_its_region(deploy: Deploy):
    made = deploy(database(WORLDWIDE))

    there = {one.name for one in made.resources if one.inputs.get("region") == "eu-west-1"}

    assert there == {
        *("main-dr-cluster", "main-dr-member-1", "main-dr-member-2", "main-dr-subnets", "main-dr-security-group"),
        *("main-dr-from-clients", "main-dr-of-clients", "main-dr-cluster-parameters", "main-dr-member-parameters"),
        "main-dr-cluster-logs-postgresql",
    }


def test_only_the_clients_there_reach_the_secondary(deploy: Deploy):
    rules = deploy(database(WORLDWIDE)).named("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")

    assert rules["main-dr-from-clients"]["referencedSecurityGroupId"] == "sg-dr"
