"""MongoDB Atlas: backup schedules, buckets that snapshots are exported to, and the policy that nobody takes back."""

from collections.abc import Iterator
from typing import Final

from localcloud.atlas import backups
from localcloud.atlas.clusters import COMPLIANCE
from localcloud.atlas.kept import Kept
from localcloud.atlas.specs import regions, shared
from localcloud.atlas.store import CLUSTER, STORE, cluster, new_id, now, refuse
from localcloud.atlas.tiers import is_region
from localcloud.cloud import Cloud
from localcloud.difference import covers
from localcloud.resource import ResourceType
from localcloud.resources.atlas_access import BUCKET, authorized
from localcloud.wire import Props

SCHEDULE: Final = "backupSchedule"
_ITEMS: Final = frozenset({*backups.SINGLE, *backups.MANY})
_WINDOW: Final = 7
"""Days of point-in-time recovery that Atlas begins with. Atlas documentation: Continuous Cloud Backups."""

# Schedules


def _scheduled(_: Cloud, inputs: Props) -> Props:
    found = cluster(inputs["projectId"], inputs["clusterName"])
    if shared(found["live"]) or not found["backupEnabled"]:
        refuse("BACKUP_JOB_NOT_FOUND", "Backups are not enabled for this cluster.")
    if "restoreWindowDays" in inputs and not found["pitEnabled"]:
        message = "Setting the point in time window is not allowed: the cluster has no pitEnabled."
        refuse("CANNOT_SET_POINT_IN_TIME_WINDOW", message)
    _check_copies(found, inputs.get("copySettings", []))
    bucket = inputs.get("export", {}).get("exportBucketId")
    if bucket and STORE.get(BUCKET, f"{inputs['projectId']}-{bucket}") is None:
        refuse("INVALID_BACKUP_POLICY", f"Invalid Backup Policy: there is no export bucket {bucket}.")
    schedule: Props = {
        "clusterId": found["clusterId"],
        "idPolicy": new_id(),
        "nextSnapshot": now(),
        "referenceHourOfDay": inputs.get("referenceHourOfDay", 0),
        "referenceMinuteOfHour": inputs.get("referenceMinuteOfHour", 0),
        "useOrgAndGroupNamesInExportPrefix": inputs.get("useOrgAndGroupNamesInExportPrefix", False),
        **({"restoreWindowDays": inputs.get("restoreWindowDays", _WINDOW)} if found["pitEnabled"] else {}),
        **backups.named(inputs, new_id),
    }
    if lacking := backups.shortfalls({**inputs, **schedule}, _wanted(inputs["projectId"])):
        _refuse_below(lacking)
    return schedule


def _rescheduled(cloud: Cloud, before: Props, inputs: Props) -> Props:
    if before.get("copyPolicyItemsEnabled") and not inputs.get("copyPolicyItemsEnabled", True):
        refuse("INVALID_BACKUP_POLICY", "Invalid Backup Policy: copyPolicyItemsEnabled cannot be switched off again.")
    return {**_scheduled(cloud, inputs), "idPolicy": before["idPolicy"]}


def _check_copies(found: Props, copies: list[Props]) -> None:
    zones = {spec["zoneId"]: spec for spec in found["live"]}
    for one in copies:
        zone = one.get("zoneId")
        if zone is not None and zone not in zones:
            refuse("INVALID_BACKUP_POLICY", f"Invalid Backup Policy: the cluster has no zone {zone}.")
        if not is_region(one["regionName"]):
            refuse("INVALID_REGION", f"No region {one['regionName']} exists for provider AWS.")
        home = next(regions([zones[zone]] if zone else found["live"]))["regionName"]
        if one["regionName"] == home:
            message = f"copies must go to another region than that of the snapshots, got {home}"
            refuse("INVALID_BACKUP_POLICY", f"Invalid Backup Policy: {message}.")
        if one.get("shouldCopyOplogs") and not found["pitEnabled"]:
            message = "shouldCopyOplogs needs pitEnabled on the cluster"
            refuse("INVALID_BACKUP_POLICY", f"Invalid Backup Policy: {message}.")


def _policy(project_id: str) -> Props:
    return STORE.get(COMPLIANCE, project_id) or {}


def _wanted(project_id: str) -> Props:
    """Give what every schedule of a project must meet."""
    return backups.scheduled(_policy(project_id))


def _refuse_below(lacking: list[str]) -> None:
    message = "The following backup policies do not comply with the specified backup compliance policy"
    refuse("BACKUP_POLICIES_NOT_MEETING_BACKUP_COMPLIANCE_POLICY_REQUIREMENTS", f"{message}: {', '.join(lacking)}.")


_STEERING: Final = frozenset({"deleteCopySnapshots", "skipDestroy", "updateCopySnapshots", "updateSnapshots"})
_SCHEDULES: Final = Kept(
    kind=SCHEDULE,
    id=lambda record: f"{record['projectId']}-{record['clusterName']}",
    made=_scheduled,
    changed=_rescheduled,
    hidden=_STEERING,
    stays=frozenset({"useOrgAndGroupNamesInExportPrefix", "referenceHourOfDay", "referenceMinuteOfHour"}),
)


def _read_schedule(cloud: Cloud, id_: str) -> Props | None:
    found = _SCHEDULES.read(cloud, id_)
    # It goes with its cluster.
    return found if found and STORE.get(CLUSTER, id_) else None


def _delete_schedule(cloud: Cloud, id_: str, state: Props) -> None:
    if state.get("skipDestroy"):
        return
    found = _read_schedule(cloud, id_)
    if found and (lacking := backups.shortfalls({}, _wanted(found["projectId"]))):
        _refuse_below(lacking)
    _SCHEDULES.delete(cloud, id_, state)


def _schedule_rules(inputs: Props) -> Iterator[str]:
    if inputs.get("referenceHourOfDay", 0) not in range(24):
        yield f"INVALID_REFERENCE_HOUR_OF_DAY: referenceHourOfDay must be 0 to 23, got {inputs['referenceHourOfDay']}"
    minute = inputs.get("referenceMinuteOfHour", 0)
    if minute not in range(60):
        yield f"INVALID_REFERENCE_MINUTE_OF_HOUR: referenceMinuteOfHour must be 0 to 59, got {minute}"
    if not any(True for _ in backups.items(inputs)):
        yield "INVALID_NUM_OF_POLICY_ITEMS: a schedule needs at least one policy item"
    if inputs.get("autoExportEnabled") and "export" not in inputs:
        yield "autoExportEnabled needs export, with exportBucketId and frequencyType"


def _copy_rules(inputs: Props) -> Iterator[str]:
    enabled = inputs.get("copyPolicyItemsEnabled", False)
    for flag, word in (
        ("updateCopySnapshots", "update_copy_snapshots"),
        ("deleteCopySnapshots", "delete_copy_snapshots"),
    ):
        if inputs.get(flag) and not enabled:
            yield f"{word} requires copy_policy_items_enabled to be true"
    for one in inputs.get("copySettings", ()):
        modes = [key for key in ("frequencies", "copyPolicyItems", "lastNumberOfSnapshots") if one.get(key)]
        if len(modes) > 1:
            yield (
                "copy_settings entry must set only one of frequencies, copy_policy_items, or last_number_of_snapshots"
            )
        elif modes and modes != ["frequencies"] and not enabled:
            yield "copy_policy_items and last_number_of_snapshots require copy_policy_items_enabled to be true"
        elif modes == ["frequencies"] and enabled:
            yield "frequencies cannot be set when copy_policy_items_enabled is true"


CLOUD_BACKUP_SCHEDULE: Final = ResourceType(
    type="mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule",
    create=_SCHEDULES.create,
    read=_read_schedule,
    update=_SCHEDULES.update,
    delete=_delete_schedule,
    applied=_ITEMS
    | {"autoExportEnabled", "clusterName", "copyPolicyItemsEnabled", "copySettings", "export", "projectId"}
    | {"referenceHourOfDay", "referenceMinuteOfHour", "restoreWindowDays", "useOrgAndGroupNamesInExportPrefix"},
    steering=_STEERING,
    required=frozenset({"clusterName", "projectId"}),
    outputs=frozenset(
        {"clusterId", "idPolicy", "nextSnapshot", "referenceHourOfDay", "referenceMinuteOfHour"}
        | {"useOrgAndGroupNamesInExportPrefix"}
    ),
    replace=frozenset({"projectId"}),
    sticky=frozenset(
        {"referenceHourOfDay", "referenceMinuteOfHour", "restoreWindowDays", "updateSnapshots"}
        | {"useOrgAndGroupNamesInExportPrefix"}
    ),
    rules=(_schedule_rules, _copy_rules, backups.item_rules),
    same={"copySettings": covers, **dict.fromkeys(_ITEMS, covers)},
    told=dict.fromkeys(_ITEMS, backups.sayable),
    judged_by_state=True,
    global_=True,
    not_imitated="no snapshot is ever taken, copied or exported; the default schedule that Atlas gives a new cluster",
)

# Buckets that snapshots are exported to


def _exported(cloud: Cloud, inputs: Props) -> Props:
    authorized(inputs["projectId"], inputs["iamRoleId"])
    aws = cloud.aws("s3")
    try:
        aws.head_bucket(Bucket=inputs["bucketName"])
    except aws.exceptions.ClientError:
        refuse(
            "EXPORT_BUCKET_NAME_INVALID", f"Export Bucket name is invalid: there is no bucket {inputs['bucketName']}."
        )
    return {"exportBucketId": new_id()}


def _check_unused(_: Cloud, record: Props) -> None:
    for one in STORE.of(SCHEDULE, record["projectId"]):
        if one.get("export", {}).get("exportBucketId") == record["exportBucketId"] and one.get("autoExportEnabled"):
            message = f"the schedule of {one['clusterName']} exports to it"
            refuse("EXPORT_BUCKET_DELETE_FAILED", f"Failed to delete export Bucket {record['bucketName']}: {message}.")


_BUCKETS: Final = Kept(
    kind=BUCKET,
    id=lambda record: f"{record['projectId']}-{record['exportBucketId']}",
    made=_exported,
    leaving=_check_unused,
)


def _bucket_rules(inputs: Props) -> Iterator[str]:
    if inputs["cloudProvider"] != "AWS":
        yield f"cloudProvider must be AWS in the local cloud, got {inputs['cloudProvider']!r}"
    if "iamRoleId" not in inputs:
        yield "iamRoleId is needed for a bucket on AWS"


EXPORT_BUCKET: Final = ResourceType(
    type="mongodbatlas:index/cloudBackupSnapshotExportBucket:CloudBackupSnapshotExportBucket",
    create=_BUCKETS.create,
    read=_BUCKETS.read,
    delete=_BUCKETS.delete,
    applied=frozenset({"bucketName", "cloudProvider", "iamRoleId", "projectId"}),
    required=frozenset({"bucketName", "cloudProvider", "projectId"}),
    outputs=frozenset({"exportBucketId"}),
    rules=(_bucket_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="nothing is written to it; Azure and Google Cloud",
)

# The policy that no user takes back

_PROTECTING: Final = ("copyProtectionEnabled", "encryptionAtRestEnabled", "pitEnabled")


def _complied(_: Cloud, inputs: Props) -> Props:
    project_id = inputs["projectId"]
    for one in STORE.of(CLUSTER, project_id):
        if shared(one["live"]):
            continue
        schedule = STORE.get(SCHEDULE, f"{project_id}-{one['name']}") or {}
        lacking = backups.shortfalls(schedule, backups.scheduled(inputs))
        lacking += [] if one["backupEnabled"] else ["backupEnabled"]
        lacking += ["pitEnabled"] if inputs.get("pitEnabled") and not one["pitEnabled"] else []
        if lacking:
            _refuse_below([f"{one['name']}: {what}" for what in lacking])
    return {
        **{key: inputs.get(key, False) for key in _PROTECTING},
        "state": "ACTIVE",
        "updatedDate": now(),
        "updatedUser": "local",
        **backups.named(inputs, new_id),
    }


def _raised(cloud: Cloud, before: Props, inputs: Props) -> Props:
    if lowered := [key for key in _PROTECTING if before.get(key) and not inputs.get(key, False)]:
        _refuse_lowering(f"{', '.join(lowered)} cannot be switched off")
    if inputs.get("restoreWindowDays", 0) < before.get("restoreWindowDays", 0):
        message = (
            "You can't reduce the Continuous Cloud Backup Restore Window while you have a Backup Compliance Policy"
        )
        refuse("CANNOT_DECREASE_PIT_WINDOW_WITH_BACKUP_COMPLIANCE_POLICY", f"{message} enabled.")
    if lacking := backups.shortfalls(inputs, before):
        message = "You can't decrease the snapshot retention while you have a Backup Compliance Policy enabled"
        refuse("CANNOT_DECREASE_SNAPSHOT_RETENTION_WITH_BACKUP_COMPLIANCE_POLICY", f"{message}: {', '.join(lacking)}.")
    return _complied(cloud, inputs)


def _refuse_lowering(why: str) -> None:
    message = "The Backup Compliance Policy has invalid settings"
    refuse("BACKUP_COMPLIANCE_POLICY_SETTINGS_INVALID", f"{message}: {why} without MongoDB's support.")


def _stay(_: Cloud, record: Props) -> None:
    """Refuse to end a policy, unless MongoDB's support has agreed: by hand, locally."""
    if record["state"] != "DISABLING":
        message = "only MongoDB's support can disable a Backup Compliance Policy"
        refuse("BACKUP_COMPLIANCE_POLICY_SETTINGS_INVALID", f"{message} (locally: `datastores local reset`).")


_POLICIES: Final = Kept(
    kind=COMPLIANCE,
    id=lambda record: record["projectId"],
    made=lambda cloud, inputs: _raised(cloud, _policy(inputs["projectId"]), inputs),
    changed=_raised,
    leaving=_stay,
)
_POLICY_ITEMS: Final = _ITEMS | {*backups.ON_DEMAND}

BACKUP_COMPLIANCE_POLICY: Final = ResourceType(
    type="mongodbatlas:index/backupCompliancePolicy:BackupCompliancePolicy",
    create=_POLICIES.create,
    read=_POLICIES.read,
    update=_POLICIES.update,
    delete=_POLICIES.delete,
    applied=_POLICY_ITEMS
    | {"authorizedEmail", "authorizedUserFirstName", "authorizedUserLastName", "projectId", "restoreWindowDays"}
    | {*_PROTECTING},
    required=frozenset({"authorizedEmail", "authorizedUserFirstName", "authorizedUserLastName", "projectId"}),
    outputs=frozenset({"state", "updatedDate", "updatedUser", *_PROTECTING}),
    replace=frozenset({"projectId"}),
    rules=(backups.item_rules,),
    same=dict.fromkeys(_POLICY_ITEMS, covers),
    told=dict.fromkeys(_POLICY_ITEMS, backups.sayable),
    judged_by_state=True,
    global_=True,
    not_imitated="snapshots that outlive their cluster; MongoDB's support, who alone could end it: a state of "
    "DISABLING, set by hand, stands for their consent",
)

TYPES: Final = (CLOUD_BACKUP_SCHEDULE, EXPORT_BUCKET, BACKUP_COMPLIANCE_POLICY)
