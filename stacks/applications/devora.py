"""
devora: projects whose code an AI writes.

MongoDB on Atlas holds projects with their conversations, users, settings and events; PostgreSQL, which may be left out
and comes in growth, holds long-term memory as vectors.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.atlas_grant import AtlasGrant, AtlasRole
from sizes.load import AtlasLoad, PostgresLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from stacks.application import MIGRATOR, MONITORING, Application, AtlasStore, Choice, PostgresStore
from stacks.phases import Phase

DATABASE: Final = "devora"

# fmt: off
# The owners name M10, M30 sharded with 40 GB, M60 in several regions, point-in-time recovery from growth on, and no
# reports from the nodes that serve users; M10 in mvp, M20 as what M10 may grow to, and all other figures are our choice.
DOCUMENTS: Final[Mapping[Phase, AtlasSize]] = {
    Phase.MVP:        AtlasSize(tier="M10", max_tier=None,  disk_gib=10,  sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=7,  dr_copies=False, export=False),
    Phase.GROWTH:     AtlasSize(tier="M10", max_tier="M20", disk_gib=10,  sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=14, dr_copies=False, export=False),
    Phase.SCALE:      AtlasSize(tier="M30", max_tier="M50", disk_gib=40,  sharded=True,  shards=1, zones=0, dr_nodes=0, analytics_nodes=1, read_only_nodes=0, continuous_days=35, dr_copies=True,  export=False),
    Phase.ENTERPRISE: AtlasSize(tier="M60", max_tier=None,  disk_gib=320, sharded=True,  shards=2, zones=0, dr_nodes=2, analytics_nodes=1, read_only_nodes=0, continuous_days=35, dr_copies=True,  export=True),
}
# The owners' free tier, which has no backups and no network of its own, where nobody would miss the data.
TRIED: Final[Mapping[Phase, SharedAtlasSize]] = {
    Phase.MVP: SharedAtlasSize(tier="M0"),
}
# Only what is no sharded cluster yet becomes a global one, so that the way parts before scale.
WRITTEN_ANYWHERE: Final[Mapping[Phase, AtlasSize]] = {
    Phase.SCALE:      replace(DOCUMENTS[Phase.SCALE], zones=1),
    Phase.ENTERPRISE: replace(DOCUMENTS[Phase.ENTERPRISE], zones=2, shards=1, dr_nodes=2),
}
# Users are the owners' (100, 1K, 10K), 5 projects each, at most 0.8 MB a project in scale: three quarters of that is
# our assumption, as are 2 GB in growth less what is free, and 50K users in enterprise. Editors save every 2 seconds
# (owners); one user in 10 edits at once, and reads ten times as often, is our assumption. Writes within 10 ms and reads
# within 50 (owners: of 95 in 100; Atlas tells averages).
DOCUMENTS_LOAD: Final[Mapping[Phase, AtlasLoad]] = {
    Phase.MVP:        AtlasLoad(data_gib=0.4, reads_per_second=50,     writes_per_second=5,                               connections={"api": 50,    "settings": 10,  "reporting": 5,  MIGRATOR: 2}),
    Phase.GROWTH:     AtlasLoad(data_gib=2,   reads_per_second=500,    writes_per_second=50,    read_ms=50, write_ms=10, connections={"api": 200,   "settings": 20,  "reporting": 10, MIGRATOR: 2}),
    Phase.SCALE:      AtlasLoad(data_gib=30,  reads_per_second=5_000,  writes_per_second=500,   read_ms=50, write_ms=10, connections={"api": 1_000, "settings": 50,  "reporting": 20, MIGRATOR: 2}),
    Phase.ENTERPRISE: AtlasLoad(data_gib=150, reads_per_second=25_000, writes_per_second=2_500, read_ms=50, write_ms=10, connections={"api": 4_000, "settings": 200, "reporting": 40, MIGRATOR: 2}),
}

# The owners want 500 MB in growth, 8 GB of its own in scale, and a standby with replicas in enterprise; a standby from
# growth on, and the classes, are our choice.
MEMORY: Final[Mapping[Phase, PostgresSize]] = {
    Phase.GROWTH:     PostgresSize(instance_class="db.t4g.micro", storage_gib=20,  max_storage_gib=100,   multi_az=True, replicas=(),                    proxy=False, backup_days=14, dr_backups=False),
    Phase.SCALE:      PostgresSize(instance_class="db.r7g.large", storage_gib=50,  max_storage_gib=200,   multi_az=True, replicas=(ReplicaPurpose.API,), proxy=False, backup_days=35, dr_backups=True),
    Phase.ENTERPRISE: PostgresSize(instance_class="db.r7g.xlarge", storage_gib=200, max_storage_gib=1_000, multi_az=True, replicas=(ReplicaPurpose.API,), proxy=False, backup_days=35, dr_backups=True),
}
MEMORY_LOAD: Final[Mapping[Phase, PostgresLoad]] = {
    Phase.GROWTH:     PostgresLoad(data_gib=1,  connections={"memory": 40,  MIGRATOR: 2, MONITORING: 3}),
    Phase.SCALE:      PostgresLoad(data_gib=8,  connections={"memory": 200, MIGRATOR: 2, MONITORING: 5}),
    Phase.ENTERPRISE: PostgresLoad(data_gib=80, connections={"memory": 600, MIGRATOR: 2, MONITORING: 5}),
}
# fmt: on


def _on(role: AtlasRole, *collections: str) -> tuple[AtlasGrant, ...]:
    """Give a role on some collections."""
    return tuple(AtlasGrant(role=role, database=DATABASE, collection=collection) for collection in collections)


# A role for each service (owners); which ones there are is our choice. `settings` holds API keys and tokens: one login
# alone sees them. A warehouse outside follows changes as `reporting`, which never writes.
LOGINS: Final[Mapping[str, tuple[AtlasGrant, ...]]] = {
    "api": _on("readWrite", "projects", "users", "conversations", "analytics_events"),
    "settings": _on("readWrite", "settings"),
    "reporting": _on("changeStreams", "projects", "conversations", "analytics_events"),
    MIGRATOR: (AtlasGrant(role="dbAdmin", database=DATABASE), AtlasGrant(role="readWrite", database=DATABASE)),
}

DEVORA: Final = Application(
    name="devora",
    data_class="personal-and-credentials",
    choices=(
        Choice(
            name="memory",
            description="Whether long-term memory has PostgreSQL, from growth on; it touches MongoDB never.",
            values=("true", "false"),
            default="true",
        ),
        Choice(
            name="writes",
            description="Where writes are taken, from scale on: in one region, or in both (a global cluster, to be "
            "chosen before scale).",
            values=("single-region", "multi-region"),
            default="single-region",
        ),
    ),
    stores=(
        AtlasStore(
            name="documents",
            database=DATABASE,
            logins=LOGINS,
            sizes=DOCUMENTS,
            outside_prod=TRIED,
            by_choice={("writes", "multi-region"): WRITTEN_ANYWHERE},
            loads=DOCUMENTS_LOAD,
        ),
        PostgresStore(
            name="memory",
            database="memory",
            preload=(),
            logins=("memory", MIGRATOR, MONITORING),
            sizes=MEMORY,
            loads=MEMORY_LOAD,
            chosen={"memory": frozenset({"true"})},
        ),
    ),
)
