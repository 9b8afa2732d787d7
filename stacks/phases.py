"""Growth phases, environments and what each of them decides."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.network import NetworkSize
from sizes.postgres import PostgresSize
from sizes.protection import Protection
from sizes.recovery import Recovery
from sizes.redis import ClusterMode, RedisSize, ServerlessRedisSize
from sizes.table import TableSize

SizeT = TypeVar(
    "SizeT",
    NetworkSize,
    Recovery,
    PostgresSize,
    AuroraSize,
    TableSize,
    RedisSize,
    ServerlessRedisSize,
    BucketSize,
    AtlasSize,
    SharedAtlasSize,
)


class Phase(StrEnum):
    """How big a deployment is, in the order of growth."""

    MVP = "mvp"
    GROWTH = "growth"
    SCALE = "scale"
    ENTERPRISE = "enterprise"

    @property
    def next(self) -> "Phase | None":
        """The phase that comes after this one; None: it is the last."""
        later = list(Phase)[list(Phase).index(self) + 1 :]
        return later[0] if later else None


class Environment(StrEnum):
    """How strict and protective a deployment is, in the order of strictness."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


# fmt: off
PROTECTION: Final[Mapping[Environment, Protection]] = {
    Environment.DEV:     Protection(deletion=False, final_snapshot=False, protect=False),
    Environment.STAGING: Protection(deletion=True,  final_snapshot=True,  protect=False),
    Environment.PROD:    Protection(deletion=True,  final_snapshot=True,  protect=True),
}

NETWORK: Final[Mapping[Phase, NetworkSize]] = {
    Phase.MVP:        NetworkSize(zones=2, interface_endpoints=()),
    Phase.GROWTH:     NetworkSize(zones=2, interface_endpoints=("secretsmanager",)),
    Phase.SCALE:      NetworkSize(zones=3, interface_endpoints=("secretsmanager",)),
    Phase.ENTERPRISE: NetworkSize(zones=3, interface_endpoints=("secretsmanager",)),
}
# Point-in-time recovery of the stores is beside this: it loses 5 minutes at most (Amazon RDS User Guide), in the region.
RECOVERY: Final[Mapping[Phase, Recovery]] = {
    Phase.MVP:        Recovery(rpo_minutes=5, rto_minutes=240, daily_days=35, weekly_days=0,  monthly_days=0,   dr_days=0,  drill_days=180, test_every_days=0),
    Phase.GROWTH:     Recovery(rpo_minutes=5, rto_minutes=120, daily_days=35, weekly_days=90, monthly_days=0,   dr_days=0,  drill_days=90,  test_every_days=30),
    Phase.SCALE:      Recovery(rpo_minutes=5, rto_minutes=60,  daily_days=35, weekly_days=90, monthly_days=365, dr_days=14, drill_days=90,  test_every_days=30),
    Phase.ENTERPRISE: Recovery(rpo_minutes=5, rto_minutes=60,  daily_days=35, weekly_days=90, monthly_days=730, dr_days=35, drill_days=30,  test_every_days=7),
}
# fmt: on

UNLOCKED: Final = Protection(deletion=False, final_snapshot=True, protect=False)
"""A store that the stack file's `unlock` names: it may be deleted, and still leaves a final snapshot."""

STATEFUL: Final = frozenset(
    {
        "aws:dynamodb/table:Table",
        "aws:dynamodb/tableReplica:TableReplica",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/serverlessCache:ServerlessCache",
        "aws:kms/key:Key",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:rds/cluster:Cluster",
        "aws:rds/globalCluster:GlobalCluster",
        "aws:rds/instance:Instance",
        "aws:secretsmanager/secret:Secret",
        "aws:backup/vault:Vault",
        "aws:s3/bucket:Bucket",
        "mongodbatlas:index/advancedCluster:AdvancedCluster",
        "mongodbatlas:index/encryptionAtRest:EncryptionAtRest",
        "mongodbatlas:index/project:Project",
        "random:index/randomPassword:RandomPassword",
    }
)
"""Types whose loss is loss of data (or of the key to it); a read replica of an RDS instance is the one exception."""


def stateful(type_: str, inputs: Mapping[str, object]) -> bool:
    """Say whether losing this resource would lose data: a replica is made again from its source."""
    return type_ in STATEFUL and not inputs.get("replicateSourceDb")


PROMISES: Final[Mapping[type, tuple[str, ...]]] = {
    NetworkSize: ("zones", "interface_endpoints"),
    Recovery: ("daily_days", "weekly_days", "monthly_days", "dr_days"),
    PostgresSize: ("storage_gib", "max_storage_gib", "multi_az", "replicas", "proxy", "backup_days", "dr_backups"),
    AuroraSize: ("readers", "max_readers", "proxy", "backup_days", "dr_readers"),
    TableSize: ("backup_days", "dr_replica"),
    RedisSize: ("cluster_mode", "shards", "replicas_per_shard", "snapshot_days"),
    ServerlessRedisSize: ("max_data_gib", "snapshot_days"),
    BucketSize: ("expire_after_days",),
    AtlasSize: (
        "disk_gib",
        "sharded",
        "shards",
        "zones",
        "dr_nodes",
        "analytics_nodes",
        "read_only_nodes",
        "continuous_days",
        "dr_copies",
        "export",
    ),
    SharedAtlasSize: (),
}
"""What a later phase may add to and never take away, by type of size; the rest (a class, a cap) may go either way."""


def weaker(size: SizeT, *, than: SizeT) -> list[str]:
    """
    Name the promises that *size* keeps less well than another size of its kind; none is an empty list.

    Aurora beside an instance keeps what both have, and a standby and each replica as a reader.
    """
    shared = [name for name in PROMISES[type(than)] if name in PROMISES[type(size)]]
    found = [name for name in shared if not _keeps(_promise(size, name), _promise(than, name))]
    match size, than:
        case AuroraSize(), PostgresSize() if size.readers < max(len(than.replicas), than.multi_az):
            return [*found, "readers"]
        case _:
            return found


def _promise(size: object, name: str) -> object:
    """Give a promise of a size; days of recovery are Atlas' own where a size says none."""
    return size.recovery_days if isinstance(size, AtlasSize) and name == "continuous_days" else getattr(size, name)


def _keeps(now: object, before: object) -> bool:
    match now, before:
        case tuple(), tuple():
            return set(now) >= set(before)
        case ClusterMode(), ClusterMode():
            return list(ClusterMode).index(now) >= list(ClusterMode).index(before)
        case int(), int():  # a truth value is one too
            return now >= before
        case _:
            raise TypeError(f"a promise must be a number, a truth value, a tuple or a cluster mode, got {now!r}")
