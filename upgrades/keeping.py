"""What a store keeps when it goes to a smaller size: what cannot be taken back, and what guards its data."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from sizes.atlas import MAX_DISK_GIB, SHARDING_GIB, TIERS, AtlasSize, classmates
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import ClusterMode, RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import Size

SizeT = TypeVar("SizeT", bound=Size)


def kept(now: Size, target: SizeT) -> SizeT:
    """
    Give *target* with what the store cannot give up: storage, its autoscaling's bound, a major version, shards, a mode.

    Another kind of size is given as it is. Source: Amazon RDS User Guide, "Working with storage": allocated storage
    cannot be reduced, nor the bound below what is allocated; Amazon ElastiCache User Guide, "Modify cluster mode". A
    disk of Atlas could be, but every node would copy all its data again: it is kept, with the lowest tier that can
    have it.
    """
    match now, target:
        case PostgresMove(writer="instance"), PostgresSize():
            return kept(now.instance, target)
        case PostgresSize(), PostgresSize():
            return _stored(now, target)
        case AuroraSize(), AuroraSize() if int(target.version) < int(now.version):
            return replace(target, version=now.version)
        case RedisSize(), RedisSize():
            return _in_its_mode(now, target)
        case AtlasSize(), AtlasSize():
            return _spread(now, target)
        case _:
            return target


def _stored(now: PostgresSize, target: PostgresSize) -> PostgresSize:
    """Keep a major version, storage and the bound of its autoscaling."""
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


def _in_its_mode(now: RedisSize, target: RedisSize) -> RedisSize:
    """Keep a cluster mode, and the replica and the snapshots that it needs."""
    modes = list(ClusterMode)
    if modes.index(now.cluster_mode) <= modes.index(target.cluster_mode):
        return target
    return replace(
        target,
        cluster_mode=now.cluster_mode,
        replicas_per_shard=target.replicas_per_shard or 1,
        snapshot_days=target.snapshot_days or now.snapshot_days,
    )


def _spread(now: AtlasSize, target: AtlasSize) -> AtlasSize:
    """Keep shards, zones and disks, with the lowest tier of the class that can have them."""
    disk, sharded = max(now.disk_gib, target.disk_gib), now.sharded or target.sharded
    memory = SHARDING_GIB if sharded else 0
    fit = (one for one in classmates(target.tier) if TIERS[one].max_disk_gib >= disk)
    tier = next(one for one in fit if TIERS[one].memory_gib >= memory)
    shards, zones = max(now.shards, target.shards), max(now.zones, target.zones)
    scaled = target.max_tier in classmates(tier)[1:] and shards * max(zones, 1) == 1
    return replace(
        target,
        tier=tier,
        max_tier=target.max_tier if scaled else None,
        disk_gib=disk,
        sharded=sharded,
        shards=shards,
        zones=zones,
    )


def backed_up(now: Size, target: SizeT) -> SizeT:
    """
    Give *target* with backups of as many days as the store has now: with fewer, the older ones are deleted at once.

    Another kind of size is given as it is. Sources: Amazon RDS User Guide, "Backup retention period"; ElastiCache API
    Reference, ModifyReplicationGroup, SnapshotRetentionLimit; DynamoDB API Reference, PointInTimeRecoverySpecification;
    Atlas documentation, "Continuous Cloud Backups".
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
        case _:
            return target


def unexpired(now: Size, target: SizeT) -> SizeT:
    """
    Give *target* with objects for as many days as a bucket has them now; another kind of size as it is.

    Source: Amazon S3 User Guide, "Expiring objects": a rule is also about the objects that are there already.
    """
    match now, target:
        case BucketSize(), BucketSize():
            return replace(target, expire_after_days=max(now.expire_after_days, target.expire_after_days))
        case _:
            return target


def covered(now: Size, target: SizeT) -> SizeT:
    """Give *target* with something that takes over when a node or its zone fails; another kind of size as it is."""
    match now, target:
        case PostgresMove(writer="instance"), PostgresSize():
            return covered(now.instance, target)
        case PostgresSize(), PostgresSize():
            return replace(target, multi_az=now.multi_az or target.multi_az)
        case AuroraSize(), AuroraSize():
            readers = max(target.readers, min(now.readers, 1))
            return replace(target, readers=readers, max_readers=max(target.max_readers, readers))
        case RedisSize(), RedisSize():
            return replace(target, replicas_per_shard=max(target.replicas_per_shard, min(now.replicas_per_shard, 1)))
        case _:
            return target


def copied(now: Size, target: SizeT) -> SizeT:
    """Give *target* with the copies that a store has elsewhere; another kind of size as it is."""
    match now, target:
        case PostgresMove(writer="instance"), PostgresSize():
            return copied(now.instance, target)
        case PostgresSize(), PostgresSize():
            return replace(target, dr_backups=now.dr_backups or target.dr_backups)
        case AuroraSize(), AuroraSize():
            return replace(target, dr_readers=max(target.dr_readers, min(now.dr_readers, 1)))
        case TableSize(), TableSize():
            return replace(target, dr_replica=now.dr_replica or target.dr_replica)
        case AtlasSize(), AtlasSize():
            return replace(
                target,
                dr_nodes=max(now.dr_nodes, target.dr_nodes),
                dr_copies=now.dr_copies or target.dr_copies,
                export=now.export or target.export,
            )
        case _:
            return target


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeper:
    """A reason for which a store keeps something of its size."""

    keep: Callable[[Size, Size], Size]
    """Gives a target with that, from the size that there is."""
    what: str
    why: str
    guards: bool
    """It is for the sake of data, so only where the environment keeps them."""

    def kept(self, now: Size, target: Size, *, protected: bool) -> Size:
        """Give *target* with what is kept; as it is where that does not go together with the rest of it."""
        if self.guards and not protected:
            return target
        try:
            return self.keep(now, target)
        except SizeError:
            return target


KEEPERS: Final = (
    Keeper(keep=kept, what="what cannot be taken back", why="it cannot be taken back", guards=False),
    Keeper(
        keep=backed_up,
        what="the days that backups are kept",
        why="with fewer, backups that are there would be deleted",
        guards=True,
    ),
    Keeper(
        keep=unexpired,
        what="the days that objects are kept",
        why="with fewer, objects that are there would be deleted",
        guards=True,
    ),
    Keeper(
        keep=covered,
        what="what takes over from it",
        why="without it nothing takes over when a node or its zone fails",
        guards=True,
    ),
    Keeper(keep=copied, what="its copies elsewhere", why="without it no copy is left elsewhere", guards=True),
)
"""In the order in which they are asked, each for what the one before gave."""


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
