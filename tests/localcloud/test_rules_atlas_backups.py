"""Backups of Atlas: schedules, and the policy that only grows."""

from typing import Any, Final

import grpc
import pytest

from localcloud.wire import Props
from tests.localcloud.lives.atlas import item
from tests.localcloud.lives.atlas_inputs import (
    CLUSTER,
    DR,
    FLEX,
    HOME,
    ORGANIZATION,
    changed,
    new_cluster,
    new_project,
    shared,
    token,
)
from tests.localcloud.scene import Made, Scene

SCHEDULE: Final = token("CloudBackupSchedule")
POLICY: Final = token("BackupCompliancePolicy")


def schedule(**more: Any) -> Props:
    return {"projectId": ORGANIZATION, "clusterName": "devora", "policyItemHourly": item(7, 6), **more}


def of(cluster: Made, **more: Any) -> Props:
    return schedule(projectId=cluster.inputs["projectId"], clusterName=cluster.inputs["name"], **more)


def copy(**more: Any) -> Props:
    return {"copySettings": [{"cloudProvider": "AWS", "regionName": DR, "frequencies": ["HOURLY"], **more}]}


RULES: Final[dict[str, tuple[Props, str]]] = {
    "hour": ({"referenceHourOfDay": 24}, "INVALID_REFERENCE_HOUR_OF_DAY"),
    "minute": ({"referenceMinuteOfHour": 60}, "INVALID_REFERENCE_MINUTE_OF_HOUR"),
    "nothing": ({"policyItemHourly": {}}, "INVALID_NUM_OF_POLICY_ITEMS: a schedule needs at least one policy item"),
    "every 5 hours": ({"policyItemHourly": item(7, 5)}, "must be one of 1, 2, 4, 6, 8, 12, got 5"),
    "unit": ({"policyItemDaily": {**item(7), "retentionUnit": "hours"}}, "retentionUnit must be one of days, weeks"),
    "not kept": ({"policyItemDaily": item(0)}, "INVALID_NUM_OF_SNAPSHOTS_TO_RETAIN"),
    "no window": ({"restoreWindowDays": 0}, "INVALID_RESTORE_WINDOW"),
    "export to nowhere": ({"autoExportEnabled": True}, "autoExportEnabled needs export"),
    "two ways to copy": (copy(lastNumberOfSnapshots=3), "must set only one of frequencies, copy_policy_items, or"),
    "the newer way": (
        copy(frequencies=[], lastNumberOfSnapshots=3),
        "copy_policy_items and last_number_of_snapshots require copy_policy_items_enabled to be true",
    ),
    "the older way": ({**copy(), "copyPolicyItemsEnabled": True}, "frequencies cannot be set when copy_policy_items"),
    "copies deleted": ({"deleteCopySnapshots": True}, "delete_copy_snapshots requires copy_policy_items_enabled"),
}


@pytest.mark.parametrize(("change", "said"), RULES.values(), ids=RULES)
def test_a_schedule_that_would_be_refused_is_refused(scene: Scene, change: Props, said: str):
    _, failures = scene.check(SCHEDULE, "main", schedule(**change))

    assert said in "\n".join(failures)


def test_a_schedule_is_taken(scene: Scene):
    assert scene.check(SCHEDULE, "main", schedule(**copy(), restoreWindowDays=7))[1] == []


def test_shared_servers_have_no_schedule(scene: Scene):
    flex = scene.make(CLUSTER, "main", shared(new_project(scene), FLEX))

    with pytest.raises(grpc.RpcError, match=r"BACKUP_JOB_NOT_FOUND: Backups are not enabled for this cluster"):
        scene.make(SCHEDULE, "main", of(flex))


def test_a_window_needs_continuous_backups(scene: Scene):
    with pytest.raises(grpc.RpcError, match="CANNOT_SET_POINT_IN_TIME_WINDOW"):
        scene.make(SCHEDULE, "main", of(new_cluster(scene), restoreWindowDays=7))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (copy(regionName=HOME), "copies must go to another region than that of the snapshots, got EU_CENTRAL_1"),
        (copy(zoneId=ORGANIZATION), f"the cluster has no zone {ORGANIZATION}"),
        (copy(shouldCopyOplogs=True), "shouldCopyOplogs needs pitEnabled"),
        ({"export": {"exportBucketId": "x", "frequencyType": "daily"}}, "there is no export bucket x"),
    ],
)
def test_copies_go_where_they_can(scene: Scene, change: Props, said: str):
    cluster = new_cluster(scene)

    with pytest.raises(grpc.RpcError, match=f"INVALID_BACKUP_POLICY: Invalid Backup Policy: {said}"):
        scene.make(SCHEDULE, "main", of(cluster, **change))


def test_copies_by_policy_items_are_not_switched_off_again(scene: Scene):
    made = scene.make(SCHEDULE, "main", of(new_cluster(scene), copyPolicyItemsEnabled=True))

    with pytest.raises(grpc.RpcError, match="copyPolicyItemsEnabled cannot be switched off again"):
        changed(scene, made, copyPolicyItemsEnabled=False)


def test_a_schedule_goes_with_its_cluster(scene: Scene):
    cluster = new_cluster(scene)
    made = scene.make(SCHEDULE, "main", of(cluster))
    scene.delete(cluster)

    assert scene.read(made) is None


def test_a_schedule_that_is_not_destroyed_stays(scene: Scene):
    made = scene.make(SCHEDULE, "main", of(new_cluster(scene), skipDestroy=True))
    scene.delete(made)

    assert scene.read(made)


# The compliance policy


def policy(project_id: str, **more: Any) -> Props:
    return {
        "projectId": project_id,
        "authorizedEmail": "dpo@example.com",
        "authorizedUserFirstName": "Ada",
        "authorizedUserLastName": "L",
        "policyItemHourly": item(7, 6),
        "pitEnabled": True,
        "restoreWindowDays": 7,
        "copyProtectionEnabled": True,
        **more,
    }


LOWERED: Final[dict[str, tuple[Props, str]]] = {
    "window": ({"restoreWindowDays": 6}, "CANNOT_DECREASE_PIT_WINDOW_WITH_BACKUP_COMPLIANCE_POLICY"),
    "retention": (
        {"policyItemHourly": item(6, 6)},
        "CANNOT_DECREASE_SNAPSHOT_RETENTION_WITH_BACKUP_COMPLIANCE_POLICY.*hourly snapshots for 7 days",
    ),
    "rarer": ({"policyItemHourly": item(7, 12)}, "CANNOT_DECREASE_SNAPSHOT_RETENTION_WITH_BACKUP_COMPLIANCE_POLICY"),
    "protection": (
        {"copyProtectionEnabled": False},
        "BACKUP_COMPLIANCE_POLICY_SETTINGS_INVALID.*copyProtectionEnabled cannot be switched off",
    ),
}


@pytest.mark.parametrize(("change", "said"), LOWERED.values(), ids=LOWERED)
def test_a_policy_only_grows(scene: Scene, change: Props, said: str):
    made = scene.make(POLICY, "main", policy(new_project(scene)))

    with pytest.raises(grpc.RpcError, match=said):
        changed(scene, made, **change)


def test_a_second_policy_cannot_lower_the_first(scene: Scene):
    made = scene.make(POLICY, "main", policy(new_project(scene)))

    with pytest.raises(grpc.RpcError, match="CANNOT_DECREASE_PIT_WINDOW_WITH_BACKUP_COMPLIANCE_POLICY"):
        scene.make(POLICY, "again", {**made.inputs, "restoreWindowDays": 2})


def test_a_policy_is_not_deleted(scene: Scene):
    made = scene.make(POLICY, "main", policy(new_project(scene)))

    with pytest.raises(grpc.RpcError, match="only MongoDB's support can disable a Backup Compliance Policy"):
        scene.delete(made)


def test_a_policy_begins_only_where_every_schedule_meets_it(scene: Scene):
    cluster = new_cluster(scene, pitEnabled=True)
    project = cluster.inputs["projectId"]

    with pytest.raises(grpc.RpcError, match=r"BACKUP_POLICIES_NOT_MEETING.*devora: hourly snapshots for 7 days"):
        scene.make(POLICY, "main", policy(project))
    scene.make(SCHEDULE, "main", of(cluster, restoreWindowDays=7))
    assert scene.make(POLICY, "main", policy(project)).outputs["state"] == "ACTIVE"


def test_under_a_policy_backups_cannot_be_lowered(scene: Scene):
    cluster = new_cluster(scene, pitEnabled=True)
    made = scene.make(SCHEDULE, "main", of(cluster, restoreWindowDays=7))
    scene.make(POLICY, "main", policy(cluster.inputs["projectId"]))

    with pytest.raises(grpc.RpcError, match="CANNOT_DISABLE_CLOUD_BACKUP_WITH_BACKUP_COMPLIANCE_POLICY"):
        changed(scene, cluster, backupEnabled=False, pitEnabled=False)
    with pytest.raises(grpc.RpcError, match="CANNOT_DISABLE_PIT_WITH_BACKUP_COMPLIANCE_POLICY"):
        changed(scene, cluster, pitEnabled=False)
    with pytest.raises(grpc.RpcError, match="BACKUP_POLICIES_NOT_MEETING_BACKUP_COMPLIANCE_POLICY_REQUIREMENTS"):
        changed(scene, made, policyItemHourly=item(3, 6))
    with pytest.raises(grpc.RpcError, match="BACKUP_POLICIES_NOT_MEETING_BACKUP_COMPLIANCE_POLICY_REQUIREMENTS"):
        scene.delete(made)
