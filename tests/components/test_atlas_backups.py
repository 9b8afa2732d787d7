"""Backups on Atlas: when snapshots are taken, where copies and exports go, and what nobody can delete."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.atlas_args import Compliance
from sizes.atlas import AtlasSize
from sizes.limits import SizeError
from tests.components.clusters import ARGS, FREE, GLOBAL, PROTECTED, REGIONS, made, of


def schedule(size: AtlasSize) -> dict[str, Any]:
    return of(made(size), "CloudBackupSchedule")["catalog-backups"]


def test_snapshots_are_taken_every_six_hours_and_kept_as_long_as_recovery_needs_them():
    found = schedule(REGIONS)

    assert found["restoreWindowDays"] == 14
    assert found["policyItemHourly"] == {"frequencyInterval": 6, "retentionValue": 14, "retentionUnit": "days"}


def test_without_point_in_time_recovery_there_are_snapshots_all_the_same():
    found = schedule(replace(PROTECTED, continuous_days=0))

    assert "restoreWindowDays" not in found
    assert found["policyItemHourly"] == {"frequencyInterval": 6, "retentionValue": 7, "retentionUnit": "days"}


def test_recovery_for_as_long_as_atlas_gives_has_no_window_of_ours():
    found = made(replace(PROTECTED, continuous_days=None, dr_copies=True))

    (cluster,) = of(found, "AdvancedCluster").values()
    (schedule,) = of(found, "CloudBackupSchedule").values()
    assert (cluster["pitEnabled"], "restoreWindowDays" in schedule) == (True, False)
    assert [one["shouldCopyOplogs"] for one in schedule["copySettings"]] == [False]


def test_copies_of_snapshots_are_in_the_region_that_is_not_their_own():
    copies = schedule(GLOBAL)["copySettings"]

    assert [(one["zoneId"], one["regionName"], one["shouldCopyOplogs"]) for one in copies] == [
        ("zone-0", "EU_WEST_1", True),
        ("zone-1", "EU_CENTRAL_1", True),
    ]
    assert schedule(PROTECTED)["copySettings"] == []


def test_exports_go_to_a_bucket_of_ours_that_atlas_may_only_add_to():
    found = made(REGIONS)

    rights = json.loads(found.named("aws:iam/rolePolicy:RolePolicy")["catalog-export-role-policy"]["policy"])
    (target,) = of(found, "CloudBackupSnapshotExportBucket").values()
    actions = [one["Action"] for one in rights["Statement"]]
    assert actions == ["s3:GetBucketLocation", "s3:PutObject", ["kms:GenerateDataKey", "kms:Decrypt"]]
    assert target["bucketName"].startswith("devora-test-catalog-export-")
    assert of(found, "CloudBackupSchedule")["catalog-backups"]["export"] == {
        "exportBucketId": "export-1",
        "frequencyType": "weekly",
    }


def test_without_an_export_there_is_no_bucket():
    found = made(PROTECTED)

    assert found.named("aws:s3/bucket:Bucket") == {}
    assert of(found, "CloudBackupSchedule")["catalog-backups"]["autoExportEnabled"] is False


def test_a_compliance_policy_is_made_by_an_argument_only():
    who = Compliance(email="legal@example.com", first_name="Ada", last_name="Lovelace")

    (policy,) = of(made(REGIONS, compliance=who), "BackupCompliancePolicy").values()

    assert (policy["authorizedEmail"], policy["pitEnabled"], policy["restoreWindowDays"]) == (who.email, True, 14)
    assert policy["policyItemHourly"] == schedule(REGIONS)["policyItemHourly"]
    assert of(made(REGIONS), "BackupCompliancePolicy") == {}


def test_a_shared_cluster_has_no_backups_to_comply_with():
    who = Compliance(email="legal@example.com", first_name="Ada", last_name="Lovelace")

    with pytest.raises(
        SizeError, match=r"a backup compliance policy needs servers of one's own \(M10 or more\), got M0"
    ):
        replace(ARGS, size=FREE, compliance=who)
