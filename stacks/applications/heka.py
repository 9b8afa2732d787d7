"""
heka: couples who resolve their arguments.

Its owner has not chosen yet: PostgreSQL holds everything, or MongoDB on Atlas does, or both share it: then PostgreSQL
has the relations and the payments, and MongoDB what an AI writes, and documents.
"""

from collections.abc import Mapping
from typing import Final

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.atlas_grant import AtlasGrant
from sizes.load import AtlasLoad, PostgresLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from stacks.application import MIGRATOR, MONITORING, Application, AtlasStore, Choice, PostgresStore
from stacks.phases import Phase

# fmt: off
# The owners name no sizes: db.t4g.micro with 20 GB, then db.t4g.small with a standby, M10 and Flex are our choice, and
# so is the rest.
MAIN: Final[Mapping[Phase, PostgresSize]] = {
    Phase.MVP:        PostgresSize(instance_class="db.t4g.micro",  storage_gib=20,  max_storage_gib=100,   multi_az=False, replicas=(),                    proxy=False, backup_days=7,  dr_backups=False),
    Phase.GROWTH:     PostgresSize(instance_class="db.t4g.small",  storage_gib=50,  max_storage_gib=200,   multi_az=True,  replicas=(),                    proxy=False, backup_days=14, dr_backups=False),
    Phase.SCALE:      PostgresSize(instance_class="db.m7g.large",  storage_gib=200, max_storage_gib=1_000, multi_az=True,  replicas=(ReplicaPurpose.API,), proxy=False, backup_days=35, dr_backups=True),
    Phase.ENTERPRISE: PostgresSize(instance_class="db.r7g.xlarge", storage_gib=500, max_storage_gib=4_000, multi_az=True,  replicas=(ReplicaPurpose.API,), proxy=False, backup_days=35, dr_backups=True),
}
# The owners name no volumes and no requests: all of it is our assumption.
MAIN_LOAD: Final[Mapping[Phase, PostgresLoad]] = {
    Phase.MVP:        PostgresLoad(data_gib=5,   connections={"api": 40,  MIGRATOR: 2, MONITORING: 3}),
    Phase.GROWTH:     PostgresLoad(data_gib=25,  connections={"api": 80,  MIGRATOR: 2, MONITORING: 3}),
    Phase.SCALE:      PostgresLoad(data_gib=120, connections={"api": 200, MIGRATOR: 2, MONITORING: 5}),
    Phase.ENTERPRISE: PostgresLoad(data_gib=400, connections={"api": 600, MIGRATOR: 2, MONITORING: 5}),
}

DOCUMENTS: Final[Mapping[Phase, AtlasSize]] = {
    Phase.MVP:        AtlasSize(tier="M10", max_tier=None,  disk_gib=10,  sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=7,  dr_copies=False, export=False),
    Phase.GROWTH:     AtlasSize(tier="M10", max_tier="M20", disk_gib=40,  sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=14, dr_copies=False, export=False),
    Phase.SCALE:      AtlasSize(tier="M30", max_tier="M50", disk_gib=200, sharded=False, shards=1, zones=0, dr_nodes=0, analytics_nodes=0, read_only_nodes=0, continuous_days=35, dr_copies=True,  export=False),
    Phase.ENTERPRISE: AtlasSize(tier="M50", max_tier="M80", disk_gib=500, sharded=False, shards=1, zones=0, dr_nodes=2, analytics_nodes=0, read_only_nodes=0, continuous_days=35, dr_copies=True,  export=False),
}
TRIED: Final[Mapping[Phase, SharedAtlasSize]] = {
    Phase.MVP: SharedAtlasSize(tier="FLEX"),
}
# As if MongoDB held everything: with both databases each holds less.
DOCUMENTS_LOAD: Final[Mapping[Phase, AtlasLoad]] = {
    Phase.MVP:        AtlasLoad(data_gib=5,   reads_per_second=20,    writes_per_second=2,   connections={"api": 40,  MIGRATOR: 2}),
    Phase.GROWTH:     AtlasLoad(data_gib=25,  reads_per_second=200,   writes_per_second=20,  connections={"api": 80,  MIGRATOR: 2}),
    Phase.SCALE:      AtlasLoad(data_gib=120, reads_per_second=2_000, writes_per_second=200, connections={"api": 200, MIGRATOR: 2}),
    Phase.ENTERPRISE: AtlasLoad(data_gib=400, reads_per_second=8_000, writes_per_second=800, connections={"api": 600, MIGRATOR: 2}),
}
# fmt: on

LOGINS: Final[Mapping[str, tuple[AtlasGrant, ...]]] = {
    "api": (AtlasGrant(role="readWrite", database="heka"),),
    MIGRATOR: (AtlasGrant(role="dbAdmin", database="heka"), AtlasGrant(role="readWrite", database="heka")),
}

HEKA: Final = Application(
    name="heka",
    data_class="sensitive-personal-and-payments",
    choices=(
        Choice(
            name="databases",
            description="Which databases there are. From one to the other the way is both, until the data are copied "
            "and the old one is retired.",
            values=("postgres", "mongodb", "both"),
            default=None,
            refused={
                "dynamodb": "arguments, perspectives, insights and payments are joined with each other, which DynamoDB "
                "does not do, and its complex queries cost by what they read"
            },
        ),
    ),
    stores=(
        PostgresStore(
            name="main",
            database="heka",
            # pg_cron keeps the audit trail's partitions (our choice of means).
            preload=("pg_cron",),
            logins=("api", MIGRATOR, MONITORING),
            sizes=MAIN,
            loads=MAIN_LOAD,
            chosen={"databases": frozenset({"postgres", "both"})},
        ),
        AtlasStore(
            name="documents",
            database="heka",
            logins=LOGINS,
            sizes=DOCUMENTS,
            outside_prod=TRIED,
            loads=DOCUMENTS_LOAD,
            chosen={"databases": frozenset({"mongodb", "both"})},
        ),
    ),
)
