"""Sizes of a Redis (Valkey) replication group, and the steps that such a group can take from one to another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from sizes.limits import refuse, within

# Node types of ElastiCache for Valkey on Graviton: family -> sizes.
# Source: Amazon ElastiCache User Guide, "Supported node types", seen 2026-11.
NODE_TYPES: Final = frozenset(
    f"cache.{family}.{size}"
    for families, sizes in (
        (("t4g",), ("micro", "small", "medium")),
        (
            ("m6g", "m7g", "r6g", "r7g"),
            ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
        ),
    )
    for family in families
    for size in sizes
)
BURSTABLE: Final = "cache.t"
# Amazon ElastiCache User Guide, "Quotas": 5 replicas a shard, 90 nodes a cluster unless a limit increase was granted.
MAX_REPLICAS: Final = 5
MAX_NODES: Final = 90
# Amazon ElastiCache API Reference, ModifyReplicationGroup, SnapshotRetentionLimit.
MAX_SNAPSHOT_DAYS: Final = 35
# Amazon ElastiCache API Reference, DataStorage and ECPUPerSecond.
MAX_SERVERLESS_GIB: Final = 5_000
MIN_ECPU: Final = 1_000
MAX_ECPU: Final = 15_000_000


Engine = Literal["valkey", "redis"]


class ClusterMode(StrEnum):
    """ElastiCache's cluster modes, in the only order in which a group can go through them."""

    DISABLED = "disabled"
    COMPATIBLE = "compatible"
    ENABLED = "enabled"


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisSize:
    """What a growth phase decides about a replication group."""

    node_type: str
    """ElastiCache node type, such as `cache.t4g.micro`."""
    cluster_mode: ClusterMode
    """`compatible` is the step between: clients of both protocols work in it."""
    shards: int
    """Node groups, each with a primary; more than one needs cluster mode enabled."""
    replicas_per_shard: int
    """Replicas of each primary, 0 to 5; one or more means Multi-AZ with automatic failover."""
    snapshot_days: int
    """Days that daily snapshots are kept, 0 (none) to 35."""
    engine: Engine = "valkey"
    """`redis` only for a group that began as one, until it is moved to Valkey."""
    max_shards: int | None = None
    """Shards that autoscaling may add up to; null: their number is fixed."""
    max_replicas_per_shard: int | None = None
    """Replicas that autoscaling may add up to; null: their number is fixed."""

    def __post_init__(self) -> None:
        """Reject what ElastiCache would reject, with all that is wrong at once."""
        nodes = self.shards * (1 + self.replicas_per_shard)
        refuse(
            (
                None
                if self.node_type in NODE_TYPES
                else f"node_type must be one ElastiCache has for Valkey (cache.t4g.micro … cache.r7g.16xlarge), "
                f"got {self.node_type!r}",
                within("replicas_per_shard", self.replicas_per_shard, 0, MAX_REPLICAS),
                within("snapshot_days", self.snapshot_days, 0, MAX_SNAPSHOT_DAYS),
                None if self.shards >= 1 else f"shards must be 1 or more, got {self.shards}",
                None
                if nodes <= MAX_NODES
                else f"a group may have {MAX_NODES} nodes, got {nodes} (shards x (1 + replicas))",
                f"{self.shards} shards need cluster_mode enabled, got {self.cluster_mode}"
                if self.shards > 1 and self.cluster_mode is not ClusterMode.ENABLED
                else None,
                f"cluster_mode {self.cluster_mode} needs automatic failover: set replicas_per_shard to 1 or more, got 0"
                if self.cluster_mode is not ClusterMode.DISABLED and not self.replicas_per_shard
                else None,
                # ElastiCache cannot be told which node of a cluster to take snapshots of, so they must be on before.
                f"cluster_mode {self.cluster_mode} needs snapshots: set snapshot_days to 1 or more, got 0"
                if self.cluster_mode is not ClusterMode.DISABLED and not self.snapshot_days
                else None,
                *self._autoscaling(nodes),
            )
        )

    def _autoscaling(self, nodes: int) -> Iterator[str | None]:
        """Say what is wrong with the bounds of autoscaling."""
        if self.max_shards is None and self.max_replicas_per_shard is None:
            return
        shards = self.shards if self.max_shards is None else self.max_shards
        replicas = self.replicas_per_shard if self.max_replicas_per_shard is None else self.max_replicas_per_shard
        yield None if shards >= self.shards else f"max_shards must be shards ({self.shards}) or more, got {shards}"
        yield within("max_replicas_per_shard", replicas, self.replicas_per_shard, MAX_REPLICAS)
        # Amazon ElastiCache User Guide, "Auto Scaling clusters": cluster mode enabled, no burstable node types.
        if self.cluster_mode is not ClusterMode.ENABLED:
            yield f"autoscaling needs cluster_mode enabled, got {self.cluster_mode}"
        if self.node_type.startswith(BURSTABLE):
            yield f"autoscaling needs a node_type of the m or r families, got {self.node_type}"
        most = shards * (1 + replicas)
        if nodes <= MAX_NODES < most:
            yield f"autoscaling may go to {MAX_NODES} nodes, got {most} (max_shards x (1 + max_replicas_per_shard))"

    @property
    def failover(self) -> bool:
        """Whether a replica exists that ElastiCache can promote."""
        return self.replicas_per_shard > 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerlessRedisSize:
    """What a growth phase decides about a serverless cache: it grows by itself, up to limits on its cost."""

    max_data_gib: int
    """Data that it may hold, 1 to 5,000 GiB."""
    max_ecpu_per_second: int
    """ElastiCache processing units a second that it may use, 1,000 to 15,000,000."""
    snapshot_days: int
    """Days that daily snapshots are kept, 0 (none) to 35."""

    def __post_init__(self) -> None:
        """Reject what ElastiCache would reject, with all that is wrong at once."""
        refuse(
            (
                within("max_data_gib", self.max_data_gib, 1, MAX_SERVERLESS_GIB),
                within("max_ecpu_per_second", self.max_ecpu_per_second, MIN_ECPU, MAX_ECPU),
                within("snapshot_days", self.snapshot_days, 0, MAX_SNAPSHOT_DAYS),
            )
        )


def steps(now: RedisSize, target: RedisSize) -> list[RedisSize]:
    """
    Give the sizes from *now* (left out) to *target* (the last), each one modification after the one before.

    Cluster mode goes disabled, compatible, enabled, one modification each and nothing else with them; shards come
    after. Raises SizeError where a group cannot go: cluster mode is never left.
    Source: Amazon ElastiCache User Guide, "Modify cluster mode".
    """
    modes = list(ClusterMode)
    if modes.index(target.cluster_mode) < modes.index(now.cluster_mode):
        refuse([f"cluster_mode {now.cluster_mode} cannot be left: restore a snapshot into a new group instead"])
    return list(_steps(now, target))


def _steps(now: RedisSize, target: RedisSize) -> Iterator[RedisSize]:
    """Yield the sizes of a way that exists."""
    if target.cluster_mode is not now.cluster_mode:
        # Cluster mode needs a replica and snapshots: what the group gets of both, it gets first.
        more = replace(
            now,
            replicas_per_shard=max(now.replicas_per_shard, target.replicas_per_shard),
            snapshot_days=max(now.snapshot_days, target.snapshot_days),
        )
        if more != now:
            now = more
            yield now
        modes = list(ClusterMode)
        for mode in modes[modes.index(now.cluster_mode) + 1 : modes.index(target.cluster_mode) + 1]:
            now = replace(now, cluster_mode=mode)
            yield now
    if target != now:
        yield target
