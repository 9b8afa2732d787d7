"""What a store keeps when it goes to a smaller size: what never shrinks, and backups and objects that are there."""

from dataclasses import replace
from typing import Final, TypeVar

from sizes.atlas import MAX_DISK_GIB, TIERS, AtlasSize, classmates
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import Size

SizeT = TypeVar("SizeT", bound=Size)

RETENTION: Final = frozenset({"backup_days", "continuous_days", "snapshot_days"})
"""Fields that say for how many days backups are kept."""
EXPIRY: Final = frozenset({"expire_after_days"})
"""Fields that say for how many days objects are kept."""


def kept(now: Size, target: SizeT) -> SizeT:
    """
    Give *target* with what the store cannot give up: storage, the bound of its autoscaling, a major version.

    Another kind of size is given as it is. Source: Amazon RDS User Guide, "Working with storage": allocated storage
    cannot be reduced, nor the bound below what is allocated. A disk of Atlas could be, but every node would copy all
    its data again; one that the tier of *target* cannot have is not kept, and refused by `sizes.atlas.steps`.
    """
    match now, target:
        case PostgresMove(writer="instance"), PostgresSize():
            return kept(now.instance, target)
        case PostgresSize(), PostgresSize():
            newer = target if int(target.version) >= int(now.version) else replace(target, version=now.version)
            if target.storage_gib < now.storage_gib:
                # All of it: what may be asked of a disk depends on its size.
                return replace(
                    newer,
                    storage_gib=now.storage_gib,
                    max_storage_gib=now.max_storage_gib,
                    storage_type=now.storage_type,
                    iops=now.iops,
                    throughput_mibps=now.throughput_mibps,
                )
            return replace(newer, max_storage_gib=max(now.max_storage_gib, target.max_storage_gib))
        case AuroraSize(), AuroraSize() if int(target.version) < int(now.version):
            return replace(target, version=now.version)
        case AtlasSize(), AtlasSize() if target.disk_gib < now.disk_gib <= TIERS[target.tier].max_disk_gib:
            return replace(target, disk_gib=now.disk_gib)
        case _:
            return target


def backed_up(now: Size, target: SizeT) -> SizeT:
    """
    Give *target* with backups of as many days as the store has now: with fewer, the older ones are deleted at once.

    So are objects of a bucket. Another kind of size is given as it is. Sources: Amazon RDS User Guide, "Backup
    retention period"; ElastiCache API Reference, ModifyReplicationGroup, SnapshotRetentionLimit; DynamoDB API
    Reference, PointInTimeRecoverySpecification; Atlas documentation, "Continuous Cloud Backups"; Amazon S3 User Guide,
    "Expiring objects": a rule is also about the objects that are there already.
    """
    match now, target:
        case PostgresMove(writer="instance"), PostgresSize():
            return backed_up(now.instance, target)
        case (PostgresSize(), PostgresSize()) | (AuroraSize(), AuroraSize()) | (TableSize(), TableSize()):
            return replace(target, backup_days=max(now.backup_days, target.backup_days))
        case (RedisSize(), RedisSize()) | (ServerlessRedisSize(), ServerlessRedisSize()):
            return replace(target, snapshot_days=max(now.snapshot_days, target.snapshot_days))
        case AtlasSize(), AtlasSize() if (now.continuous_days or 0) > (target.continuous_days or 0):
            return replace(target, continuous_days=now.continuous_days)
        case BucketSize(), BucketSize():
            return replace(target, expire_after_days=max(now.expire_after_days, target.expire_after_days))
        case _:
            return target


def grown(size: Size, disk_gib: int | None) -> Size:
    """
    Give a size with the disk that Atlas has let it grow to, in Atlas' GB; None, or a smaller one: as it is.

    Where that is more than its tier can have, Atlas chose a higher tier, too: it is the first that can have it.
    """
    if not isinstance(size, AtlasSize) or disk_gib is None or disk_gib <= size.disk_gib:
        return size
    disk = min(disk_gib, MAX_DISK_GIB)
    tier = next((tier for tier in classmates(size.tier) if TIERS[tier].max_disk_gib >= disk), size.tier)
    highest = size.max_tier if size.max_tier in classmates(tier)[1:] else None
    return replace(size, tier=tier, max_tier=highest, disk_gib=disk)
