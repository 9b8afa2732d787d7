"""Sizes of a MongoDB Atlas cluster on AWS, and the steps that such a cluster can take from one to another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from sizes.limits import refuse, within


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """What Atlas gives a node of a cluster tier on AWS."""

    memory_gib: int
    connections: int
    """Connections at most, to each node; of a sharded cluster to each router."""
    default_gib: int
    """Disk that the price of the tier includes."""

    @property
    def max_disk_gib(self) -> int:
        """The largest disk: 50 times the memory (Pulumi's reference of AdvancedCluster, `disk_size_gb`), or 4 TiB."""
        return min(50 * self.memory_gib, MAX_DISK_GIB)


MAX_DISK_GIB: Final = 4_096
MIN_DISK_GIB: Final = 10
# MongoDB Atlas documentation, "Amazon Web Services (AWS)", cluster configuration options, and "Atlas Service Limits",
# connection limits and cluster tier, seen 2026-11; R is the class with half the processors ("Low-CPU"). In the order
# in which a class grows.
# fmt: off
TIERS: Final = {
    "M10":  Tier(memory_gib=2,   connections=1_500,   default_gib=10),
    "M20":  Tier(memory_gib=4,   connections=3_000,   default_gib=20),
    "M30":  Tier(memory_gib=8,   connections=3_000,   default_gib=40),
    "M40":  Tier(memory_gib=16,  connections=6_000,   default_gib=80),
    "M50":  Tier(memory_gib=32,  connections=16_000,  default_gib=160),
    "M60":  Tier(memory_gib=64,  connections=32_000,  default_gib=320),
    "M80":  Tier(memory_gib=128, connections=96_000,  default_gib=750),
    "M140": Tier(memory_gib=192, connections=96_000,  default_gib=1_000),
    "M200": Tier(memory_gib=256, connections=128_000, default_gib=1_500),
    "M300": Tier(memory_gib=384, connections=128_000, default_gib=2_000),
    "R40":  Tier(memory_gib=16,  connections=4_000,   default_gib=80),
    "R50":  Tier(memory_gib=32,  connections=16_000,  default_gib=160),
    "R60":  Tier(memory_gib=64,  connections=32_000,  default_gib=320),
    "R80":  Tier(memory_gib=128, connections=64_000,  default_gib=750),
    "R200": Tier(memory_gib=256, connections=128_000, default_gib=1_500),
    "R300": Tier(memory_gib=384, connections=128_000, default_gib=2_000),
    "R400": Tier(memory_gib=512, connections=128_000, default_gib=3_000),
    "R700": Tier(memory_gib=768, connections=128_000, default_gib=4_000),
}
# fmt: on
SHARDING_GIB: Final = 8
"""Memory from which on Atlas shards: M30 (Atlas documentation, "Manage Clusters")."""
RESERVED_CONNECTIONS: Final = 10
"""Connections of each node that Atlas keeps for itself ("Atlas Service Limits")."""
# "Atlas Service Limits": shards of a multi-region cluster; of one in a single region without asking MongoDB.
MAX_SHARDS_REGIONS: Final = 12
MAX_SHARDS: Final = 70
HOME_NODES: Final = 3
"""Electable nodes in the home region, in three availability zones."""
# MongoDB manual, "MongoDB Limits and Thresholds": members of a replica set.
MAX_MEMBERS: Final = 50
MAX_CONTINUOUS_DAYS: Final = 35
"""The house's bound: the window is no longer than six-hourly snapshots are kept, four of them a day."""

ATLAS_DAYS: Final = 7
"""Days of point-in-time recovery where nobody says how many (Atlas documentation, "Continuous Cloud Backups")."""

Shared = Literal["M0", "FLEX"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedAtlasSize:
    """
    A cluster on servers shared with others.

    There is no choice of backups (M0 has none), no private network, own key, auditing or alerts on its hosts: it stands
    in place of a row of `AtlasSize` outside prod only.
    """

    tier: Shared
    """`M0` is free and holds 512 MB; `FLEX` holds 5 GB and is billed by use."""

    def __post_init__(self) -> None:
        """Reject what Atlas has no more (M2, M5, serverless), or never had."""
        known = get_args(Shared)
        refuse((None if self.tier in known else f"tier must be one of {', '.join(known)}, got {self.tier!r}",))


@dataclass(frozen=True, kw_only=True, slots=True)
class AtlasSize:
    """What a growth phase decides about a cluster on servers of its own; its disks grow by themselves."""

    tier: str
    """Tier of every node, `M10` to `M300`, `R40` to `R700` (half the processors); the least where tiers autoscale."""
    max_tier: str | None
    """Tier that autoscaling may go up to; null: it is fixed."""
    disk_gib: int
    """Disk of each node to begin with, in Atlas' GB; Atlas adds to it at 90 % full."""
    sharded: bool
    """A sharded cluster rather than a replica set, even with one shard; it is never taken back. From M30."""
    shards: int
    """Shards in each zone; they are added and never removed."""
    zones: int
    """0: none; 2: a global cluster, written to in the home region and in the DR region; 1: the step between."""
    dr_nodes: int
    """Electable nodes of each shard in the other region, 0 or 2, beside three in its own."""
    analytics_nodes: int
    """Nodes of each shard for reports, which never become primary."""
    read_only_nodes: int
    """Nodes of each shard that only serve reads near them, in the region of the shard."""
    continuous_days: int | None
    """
    Days of point-in-time recovery, to any second, 0 (none) to 35; null: recovery, for as long as Atlas gives by itself.

    A cluster that comes from shared servers begins with null: Atlas takes a window only of recovery that is on already.
    """
    dr_copies: bool
    """Snapshots are copied to the DR region."""
    export: bool
    """Snapshots are written to a bucket of ours too."""

    def __post_init__(self) -> None:
        """Reject what Atlas would reject, with all that is wrong at once."""
        most = MAX_SHARDS_REGIONS if self.dr_nodes or self.zones > 1 else MAX_SHARDS
        members = HOME_NODES + self.dr_nodes + self.analytics_nodes + self.read_only_nodes
        refuse(
            (
                *self._hardware(),
                *self._zones(),
                within("shards", self.shards, 1, most),
                f"{self.shards} shards need sharded, got a replica set"
                if self.shards > 1 and not self.sharded
                else None,
                None if self.dr_nodes in {0, 2} else f"dr_nodes must be 0 or 2, got {self.dr_nodes}",
                within("analytics_nodes", self.analytics_nodes, 0, MAX_MEMBERS),
                within("read_only_nodes", self.read_only_nodes, 0, MAX_MEMBERS),
                None
                if members <= MAX_MEMBERS
                else f"a shard may have {MAX_MEMBERS} nodes, got {members} "
                f"({HOME_NODES} + dr_nodes + analytics_nodes + read_only_nodes)",
                None
                if self.continuous_days is None
                else within("continuous_days", self.continuous_days, 0, MAX_CONTINUOUS_DAYS),
            )
        )

    def _hardware(self) -> Iterator[str | None]:
        """Say what is wrong with tiers and disk."""
        if self.tier not in TIERS:
            yield f"tier must be one Atlas has on AWS ({', '.join(TIERS)}), got {self.tier!r}"
            return
        highest = TIERS[self.tier].max_disk_gib
        yield (
            None
            if MIN_DISK_GIB <= self.disk_gib <= highest
            else f"disk_gib of {self.tier} must be between {MIN_DISK_GIB} and {highest}, got {self.disk_gib}"
        )
        if self.sharded and TIERS[self.tier].memory_gib < SHARDING_GIB:
            yield f"a sharded cluster needs M30 or more, got {self.tier}"
        if self.max_tier is None:
            return
        above = classmates(self.tier)[1:]
        if self.max_tier not in above:
            yield (
                f"max_tier must be null or of the class of {self.tier} and above it ({', '.join(above) or 'none is'}), "
                f"got {self.max_tier!r}"
            )
        # The provider keeps autoscaled tiers apart from those of the program for one replication spec only: see
        # Pulumi's reference of AdvancedCluster, "Multi-shard clusters and topology changes".
        if self.specs > 1:
            yield f"max_tier needs one shard: the provider would put back autoscaled tiers of several, got {self.specs}"

    def _zones(self) -> Iterator[str | None]:
        """Say what is wrong with a global cluster."""
        yield within("zones", self.zones, 0, 2)
        if self.zones and not self.sharded:
            yield f"zones need sharded, got {self.zones} zones of a replica set"
        # Shards are told by their place in a list, so that the second zone comes before the second shard.
        if self.zones == 1 and self.shards > 1:
            yield f"one zone is the step to two and has one shard, got {self.shards}"

    @property
    def recovery_days(self) -> int:
        """Days of point-in-time recovery, also where it is Atlas that says how many; 0: none."""
        return ATLAS_DAYS if self.continuous_days is None else self.continuous_days

    @property
    def specs(self) -> int:
        """Shards in all zones: Atlas' replication specs."""
        return self.shards * max(self.zones, 1)

    @property
    def several_regions(self) -> bool:
        """Whether nodes stand in the DR region too."""
        return self.dr_nodes > 0 or self.zones > 1

    @property
    def connections(self) -> int:
        """Connections that applications may have to one node, or router, at the least."""
        return TIERS[self.tier].connections - RESERVED_CONNECTIONS


Size = SharedAtlasSize | AtlasSize

DEDICATED: Final = AtlasSize(
    tier="M10",
    max_tier=None,
    disk_gib=MIN_DISK_GIB,
    sharded=False,
    shards=1,
    zones=0,
    dr_nodes=0,
    analytics_nodes=0,
    read_only_nodes=0,
    continuous_days=None,
    dr_copies=False,
    export=False,
)
"""
What a shared cluster becomes first: Atlas carries out the move to own servers, and snapshots, and nothing else beside.

Whatever else the cluster must have (key, recovery, protection) is asked for with it all the same, and the update after
it does it, which is why one must come. Only the window of recovery cannot be asked for before.
"""


def classmates(tier: str) -> Sequence[str]:
    """Give a tier and those above it that autoscaling can reach: it never leaves the class."""
    names = list(TIERS)
    return [name for name in names[names.index(tier) :] if name[0] == tier[0]]


def steps(now: Size, target: Size) -> list[Size]:
    """
    Give the sizes from *now* (left out) to *target* (the last), each one update after the one before.

    From shared to own servers goes alone, and what such an update leaves undone (key, recovery, protection) is done
    by the next one. A cluster whose tier or disk Atlas scales ignores other ones, so that autoscaling is off while
    they change and comes back last; meanwhile the tier is as high as Atlas may have gone, as far as *target* has
    it. *now* and *target* must have as much disk as Atlas has grown to. A replica set becomes one shard, then gets
    a second zone, then shards: once it is sharded, clients must have connected anew before shards are added. Raises
    SizeError where a cluster cannot go.
    Source: Pulumi's reference of AdvancedCluster; Atlas documentation, "Modify a Cluster" and "Global Clusters".
    """
    refuse(_no_way(now, target))
    return list(_steps(now, target))


def _no_way(now: Size, target: Size) -> Iterator[str | None]:
    """Say why a cluster cannot get from one size to another."""
    match now, target:
        case SharedAtlasSize(), AtlasSize():
            if target == DEDICATED:
                yield (
                    f"continuous_days must be a number: from {now.tier} Atlas carries out the move alone, and a second "
                    f"update does the rest, got null"
                )
        case AtlasSize(), SharedAtlasSize():
            yield f"{now.tier} cannot go back to shared servers ({target.tier}): make a new cluster and copy the data"
        case SharedAtlasSize(), SharedAtlasSize():
            if (now.tier, target.tier) == ("FLEX", "M0"):
                yield "FLEX cannot go back to M0: make a new cluster and copy the data"
        case AtlasSize(), AtlasSize():
            yield from _no_way_back(now, target)


def _no_way_back(now: AtlasSize, target: AtlasSize) -> Iterator[str | None]:
    anew = "make a new cluster and copy the data"
    if now.sharded and not target.sharded:
        yield f"a sharded cluster cannot become a replica set: {anew}"
    if now.zones > target.zones:
        yield f"a global cluster stays one: zones must be {now.zones} or more, got {target.zones}, or {anew}"
    if now.sharded and not now.zones and target.zones:
        yield f"only a replica set becomes a global cluster, this is sharded already: {anew}"
    if target.shards < now.shards:
        yield f"shards are added only: keep {now.shards} or more, got {target.shards}"
    if target.disk_gib < now.disk_gib:
        yield f"a disk never gets smaller: keep disk_gib {now.disk_gib} or more, got {target.disk_gib}"


def _steps(now: Size, target: Size) -> Iterator[Size]:
    """Yield the sizes of a way that exists."""
    match now, target:
        case SharedAtlasSize(), AtlasSize():
            yield DEDICATED
            yield from _dedicated_steps(DEDICATED, target)
        case AtlasSize(), AtlasSize():
            yield from _dedicated_steps(now, target)
        case _:
            if now != target:
                yield target


def _dedicated_steps(now: AtlasSize, target: AtlasSize) -> Iterator[AtlasSize]:
    """Yield what a cluster on its own servers goes through, each size that is another than the one before."""
    for size in _stations(now, target):
        if size != now:
            yield size
        now = size


def _stations(now: AtlasSize, target: AtlasSize) -> Iterator[AtlasSize]:
    """Yield what a cluster goes through; some may be as the one before."""
    if _widens(now, target):
        now = replace(now, tier=target.tier, max_tier=target.max_tier)
    elif (now.tier, now.max_tier, now.disk_gib) != (target.tier, target.max_tier, target.disk_gib):
        now = replace(now, tier=_reached(now, target), max_tier=None, disk_gib=target.disk_gib)
    yield now
    # Nodes and backups, while hardware and shards stay.
    now = replace(target, tier=now.tier, max_tier=now.max_tier, sharded=now.sharded, zones=now.zones, shards=now.shards)
    yield now
    if target.sharded:
        now = replace(now, sharded=True, zones=max(now.zones, min(target.zones, 1)))
        yield now
        now = replace(now, zones=target.zones)
        yield now
    now = replace(now, shards=target.shards)
    yield now
    if target.max_tier is not None and now.tier != target.tier:
        # Autoscaling comes back where the cluster is: bounds that begin below it would put it there.
        above = target.max_tier if now.tier != target.max_tier else classmates(now.tier)[1]
        yield replace(target, tier=now.tier, max_tier=above)
    yield target


def _reached(now: AtlasSize, target: AtlasSize) -> str:
    """Give the tier to have while autoscaling is off: the highest it may have gone to, within the bounds to come."""
    highest = now.max_tier or now.tier
    if target.max_tier is None or highest[0] != target.tier[0]:
        return target.tier
    # Bounds are two tiers: nothing is above the last of a class that they could begin with.
    bounds = [tier for tier in classmates(target.tier) if target.max_tier in classmates(tier) and classmates(tier)[1:]]
    return next((tier for tier in reversed(bounds) if highest in classmates(tier)), target.tier)


def _widens(now: AtlasSize, target: AtlasSize) -> bool:
    """
    Say whether autoscaling may get new bounds at once: wherever the cluster is now, it is inside of them.

    Or it was put at the upper one just now, with the next tier above as its bound for the moment (`_stations`); had it
    gone there since, Atlas would refuse the bounds, and nothing would get smaller.
    """
    if now.max_tier is None or target.max_tier is None or now.disk_gib != target.disk_gib:
        return False
    if now.tier == target.max_tier:
        return [now.tier, now.max_tier] == classmates(now.tier)[:2]
    return now.tier in classmates(target.tier) and target.max_tier in classmates(now.max_tier)
