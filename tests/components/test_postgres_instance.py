"""An instance: its storage, its version, its backups in another region, what it is made of."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.postgres import FromSnapshot, RestoreToTime
from components.postgres_args import BACKUP_WINDOW, MAINTENANCE_WINDOW
from sizes.postgres import ReplicaPurpose
from tests.components.conftest import Program, Registered
from tests.components.databases import ANALYTICS, API, DEV, INSTANCE, PROD, RDS, SERVERLESS, arguments, database

Deploy = Callable[[Program], Registered]

GROUP = "aws:rds/parameterGroup:ParameterGroup"
COPIES = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
LATEST = RestoreToTime(source="clubapp-prod-main", time=None)


def primary(made: Registered) -> dict[str, Any]:
    return made.named(INSTANCE)["main-primary"]


def test_backup_and_maintenance_do_not_overlap():
    """RDS refuses windows that do; on Sundays the backup must be over."""
    day, start = MAINTENANCE_WINDOW.split("-")[0].split(":", maxsplit=1)

    assert day == "sun"
    assert BACKUP_WINDOW.split("-")[1] <= start


@pytest.mark.parametrize("version", ["15", "16", "17"])
def test_parameters_are_of_the_version(deploy: Deploy, version: str):
    made = deploy(database(replace(RDS, version=version)))

    assert primary(made)["engineVersion"] == version
    assert made.named(GROUP)["main-parameters"]["family"] == f"postgres{version}"


def test_another_version_is_taken_and_named_otherwise(deploy: Deploy):
    """The old group is in use until the instance is upgraded, so that both must exist."""
    made = [deploy(database(replace(RDS, version=version))).named(GROUP) for version in ("16", "17")]

    assert len({one["main-parameters"]["name"] for one in made}) == 2


def test_storage_of_provisioned_operations_names_them_alone(deploy: Deploy):
    """RDS derives the throughput of io2 from its operations."""
    size = replace(RDS, storage_type="io2", iops=10_000)

    one = primary(deploy(database(size)))

    assert (one["storageType"], one["iops"], one.get("storageThroughput")) == ("io2", 10_000, None)


def test_figures_of_striped_storage_are_the_sizes(deploy: Deploy):
    size = replace(RDS, storage_gib=500, iops=20_000, throughput_mibps=1_000)

    one = primary(deploy(database(size)))

    assert (one["iops"], one["storageThroughput"]) == (20_000, 1_000)


def test_backups_are_copied_to_the_dr_region_under_a_key_of_it(deploy: Deploy):
    copies = deploy(database(replace(RDS, dr_backups=True))).named(COPIES)

    assert copies == {
        "main-dr-backups": {
            "sourceDbInstanceArn": "arn:main-primary",
            "kmsKeyId": "arn:dr-key",
            "retentionPeriod": 35,
            "region": "eu-west-1",
        }
    }


def test_backups_stay_in_their_region_unless_the_size_asks(deploy: Deploy):
    assert deploy(database(RDS)).named(COPIES) == {}


def test_reports_may_hold_the_analytics_replica_up_and_no_other(deploy: Deploy):
    made = deploy(database(replace(RDS, replicas=(API, ANALYTICS))))
    groups = {name: one["parameterGroupName"] for name, one in made.named(INSTANCE).items()}
    own = made.named(GROUP)["main-parameters-analytics"]

    assert groups["main-replica-api"] == groups["main-primary"]
    assert groups["main-replica-analytics"] == own["name"]
    assert {"name": "max_standby_streaming_delay", "value": "900000", "applyMethod": "immediate"} in own["parameters"]


def test_the_analytics_replica_is_as_safe_as_its_primary(deploy: Deploy):
    groups = deploy(database(replace(RDS, replicas=(ANALYTICS,)))).named(GROUP)

    ours, own = ({tuple(one.items()) for one in group["parameters"]} for group in groups.values())

    assert ours < own


@pytest.mark.parametrize(
    ("restore", "key", "value"),
    [
        (FromSnapshot(snapshot="monday"), "snapshotIdentifier", "monday"),
        (
            LATEST,
            "restoreToPointInTime",
            {"sourceDbInstanceIdentifier": "clubapp-prod-main", "useLatestRestorableTime": True},
        ),
        (
            replace(LATEST, time="2026-11-26T02:00:00Z"),
            "restoreToPointInTime",
            {"sourceDbInstanceIdentifier": "clubapp-prod-main", "restoreTime": "2026-11-26T02:00:00Z"},
        ),
    ],
)
def test_a_database_can_be_made_of_another_one(
    deploy: Deploy, restore: FromSnapshot | RestoreToTime, key: str, value: object
):
    """It brings its name and its administrator along, and gets a password of ours."""
    one = primary(deploy(database(RDS, restore=restore)))

    assert one[key] == value
    assert not {"dbName", "username"} & one.keys()
    assert one["passwordWoVersion"] == 1


def test_replicas_are_not_restored(deploy: Deploy):
    replica = deploy(database(RDS, restore=LATEST)).named(INSTANCE)["main-replica-api"]

    assert not {"restoreToPointInTime", "snapshotIdentifier"} & replica.keys()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"size": replace(RDS, dr_backups=True), "dr": None}, "dr_backups need a DR region: set dr, got None"),
        ({"size": replace(SERVERLESS, dr_readers=2), "dr": None}, "dr_readers need a DR region: set dr, got None"),
        ({"logins": ("api", "api")}, "logins must differ, from each other and from datastores, got api, api"),
        ({"logins": ("datastores",)}, "logins must differ, from each other and from datastores, got datastores"),
    ],
)
def test_arguments_that_contradict_each_other_are_refused(change: dict[str, Any], problem: str):
    with pytest.raises(ValueError, match=problem):
        replace(arguments(RDS, DEV), **change)


def test_a_dr_region_is_another_one_and_has_a_network_for_readers():
    here = replace(arguments().dr or pytest.fail("no DR region"), region="eu-central-1", place=None)

    with pytest.raises(
        ValueError, match=r"another region than the database, got eu-central-1 for both; dr_readers need a network"
    ):
        arguments(replace(SERVERLESS, dr_readers=2), dr=here)


def test_what_exists_keeps_its_names(deploy: Deploy):
    """Renaming one of these would replace it."""
    made = deploy(database(replace(RDS, replicas=tuple(ReplicaPurpose)), PROD))

    assert {
        "main-primary",
        "main-replica-api",
        "main-replica-analytics",
        "main-replica-monitoring",
        "main-parameters",
        "main-password",
        "main-secret",
        "main-secret-value",
        "main-suffix",
        "main-subnets",
        "main-security-group",
        "main-from-clients",
        "main-of-clients",
        "main-monitoring",
        "main-monitoring-write",
        "main-primary-logs-postgresql",
        "main-primary-logs-upgrade",
    } <= {one.name for one in made.resources}
    assert made.named(GROUP)["main-parameters"]["name"] == "clubapp-test-main-postgres17-d07bd61c"
