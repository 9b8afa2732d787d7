"""MongoDB Atlas clusters that several tests make, on mocks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from components.atlas import Atlas
from components.atlas_args import AtlasArgs
from components.place import Account, DrPlace, Place
from sizes.atlas import DEDICATED, AtlasSize, SharedAtlasSize
from sizes.atlas_grant import AtlasGrant
from sizes.load import AtlasLoad
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Program

DEV, STAGING, PROD = (PROTECTION[one] for one in Environment)
FREE: Final = SharedAtlasSize(tier="M0")
FLEX: Final = SharedAtlasSize(tier="FLEX")
PROTECTED: Final = replace(DEDICATED, continuous_days=7)
SCALED: Final = replace(PROTECTED, tier="M30", max_tier="M50", disk_gib=40)
SHARDED: Final = replace(PROTECTED, tier="M30", disk_gib=40, sharded=True, shards=2)
REGIONS: Final = replace(
    SHARDED, dr_nodes=2, analytics_nodes=1, read_only_nodes=1, continuous_days=14, dr_copies=True, export=True
)
GLOBAL: Final = replace(REGIONS, zones=2, dr_nodes=0)
LOAD: Final = AtlasLoad(data_gib=2, reads_per_second=100, writes_per_second=50, connections={"api": 100, "reports": 20})
LOGINS: Final[Mapping[str, tuple[AtlasGrant, ...]]] = {
    "api": (AtlasGrant(role="readWrite", database="devora"),),
    "settings": (AtlasGrant(role="readWrite", database="devora", collection="settings"),),
    "reports": (AtlasGrant(role="changeStreams", database="devora"), AtlasGrant(role="read", database="events")),
}
PLACE: Final = Place(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"], clients="sg-1", clients_are_ours=True)
ARGS: Final = AtlasArgs(
    size=PROTECTED,
    load=LOAD,
    protection=PROD,
    database="devora",
    logins=LOGINS,
    prefix="devora-test",
    account=Account(id="123456789012", partition="aws", region="eu-central-1"),
    place=PLACE,
    key_arn="arn:key",
    dr=DrPlace(region="eu-west-1", key_arn="arn:dr-key"),
    organization_id="5f0c1d2e3a4b5c6d7e8f9a0b",
    allowed_cidrs=(),
    alarm_email="alarms@example.com",
)


def atlas(size: AtlasSize | SharedAtlasSize = PROTECTED, **changes: Any) -> Program:
    """Make the store `catalog` of a size, with whatever else is another than in `ARGS`."""
    args = replace(ARGS, size=size, **changes)
    return lambda: Atlas("catalog", args)
