"""Backups of a MongoDB Atlas cluster: snapshots, any second in between, copies elsewhere and in a bucket of ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi_mongodbatlas as atlas
from pulumi import Output, ResourceOptions
from pulumi_mongodbatlas import CloudBackupScheduleCopySettingArgs as CopyArgs
from pulumi_mongodbatlas import CloudBackupScheduleCopySettingCopyPolicyItemArgs as CopiedArgs

from components.atlas_access import access
from components.atlas_args import Compliance
from components.atlas_shared import Shared
from components.bucket import Bucket, BucketArgs
from sizes.atlas import AtlasSize
from sizes.atlas_alerts import SNAPSHOT_HOURS
from sizes.bucket import BucketSize

HOUR: Final = 2
"""UTC: the first snapshot of a day, two hours before the maintenance window."""
SHORTEST_DAYS: Final = 7
"""How long six-hourly snapshots are kept where point-in-time recovery needs them no longer."""
DAILY_DAYS: Final = 35
WEEKLY_WEEKS: Final = 13
MONTHLY_MONTHS: Final = 12
EXPORTED: Final = BucketSize(cold_after_days=30, expire_after_days=395)
"""A year of weekly exports."""


def backups(
    shared: Shared,
    size: AtlasSize,
    cluster: atlas.AdvancedCluster,
    bucket: atlas.CloudBackupSnapshotExportBucket | None,
) -> atlas.CloudBackupSchedule:
    """Take snapshots of a cluster; more seldom ones are kept longer, and exported to the *bucket*."""
    return atlas.CloudBackupSchedule(
        f"{shared.cluster}-backups",
        project_id=shared.project_id,
        cluster_name=cluster.name,
        reference_hour_of_day=HOUR,
        reference_minute_of_hour=0,
        restore_window_days=size.continuous_days or None,
        **_policy(size),
        # True from the beginning: Atlas takes no other answer once it was.
        copy_policy_items_enabled=True,
        copy_settings=list(_copies(shared, size, cluster)) if size.dr_copies else [],
        auto_export_enabled=bucket is not None,
        export={"export_bucket_id": bucket.export_bucket_id, "frequency_type": "weekly"} if bucket else None,
        opts=shared.child,
    )


def _kept(size: AtlasSize) -> Mapping[str, tuple[int, str]]:
    """Say how long snapshots are kept, by how often they are taken: no shorter than those that are more frequent."""
    return {
        "hourly": (max(size.recovery_days, SHORTEST_DAYS), "days"),
        "daily": (DAILY_DAYS, "days"),
        "weekly": (WEEKLY_WEEKS, "weeks"),
        "monthly": (MONTHLY_MONTHS, "months"),
    }


def _policy(size: AtlasSize) -> dict[str, Any]:
    """Say how often there are snapshots: every few hours and days; each Monday, and each first of a month."""
    items = {
        frequency: {
            "frequency_interval": SNAPSHOT_HOURS if frequency == "hourly" else 1,
            "retention_value": kept,
            "retention_unit": unit,
        }
        for frequency, (kept, unit) in _kept(size).items()
    }
    return {
        "policy_item_hourly": items["hourly"],
        "policy_item_daily": items["daily"],
        "policy_item_weeklies": [items["weekly"]],
        "policy_item_monthlies": [items["monthly"]],
    }


def _copies(shared: Shared, size: AtlasSize, cluster: atlas.AdvancedCluster) -> Iterator[CopyArgs]:
    """Copy the snapshots of each zone to the region that is not its own, and keep the copies as long."""
    kept = [
        CopiedArgs(frequency_type=frequency, retention_value=value, retention_unit=unit)
        for frequency, (value, unit) in _kept(size).items()
    ]
    for place in range(max(size.zones, 1)):
        yield CopyArgs(
            cloud_provider="AWS",
            copy_policy_items=kept,
            region_name=shared.home if place else shared.away,
            zone_id=_zone(cluster, place),
            # As the window: there is no log to copy until recovery is on.
            should_copy_oplogs=bool(size.continuous_days),
        )


def _zone(cluster: atlas.AdvancedCluster, place: int) -> Output[str | None]:
    """Give the id of a zone; its first shard is at the zone's own place, and a zone to come has none in a preview."""
    return cluster.replication_specs.apply(lambda specs: specs[place].zone_id if place < len(specs) else None)


def export_bucket(shared: Shared) -> atlas.CloudBackupSnapshotExportBucket:
    """Make a bucket of ours, which Atlas may add to."""
    args = shared.args
    bucket = Bucket(
        f"{shared.name}-export",
        BucketArgs(size=EXPORTED, protection=args.protection, prefix=args.prefix, key_arn=args.key_arn),
        opts=shared.child,
    )
    statements = [
        {"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": bucket.arn},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": Output.format("{0}/*", bucket.arn)},
        {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": args.key_arn},
    ]
    return atlas.CloudBackupSnapshotExportBucket(
        f"{shared.name}-exports",
        project_id=shared.project_id,
        cloud_provider="AWS",
        bucket_name=bucket.bucket_name,
        iam_role_id=access(shared, "export", "Lets MongoDB Atlas export snapshots", statements),
        opts=shared.child,
    )


def comply(shared: Shared, size: AtlasSize, who: Compliance, schedules: Sequence[atlas.CloudBackupSchedule]) -> None:
    """Forbid everybody to lower the backups or to delete one: only MongoDB can take this off again."""
    atlas.BackupCompliancePolicy(
        f"{shared.name}-compliance",
        project_id=shared.project_id,
        authorized_email=who.email,
        authorized_user_first_name=who.first_name,
        authorized_user_last_name=who.last_name,
        encryption_at_rest_enabled=True,
        pit_enabled=bool(size.continuous_days),
        restore_window_days=size.continuous_days or None,
        copy_protection_enabled=size.dr_copies,
        **_policy(size),
        opts=ResourceOptions.merge(shared.child, ResourceOptions(depends_on=[*schedules])),
    )
