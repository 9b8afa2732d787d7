"""Facts of Atlas on AWS: cluster tiers, disks, regions."""

from dataclasses import dataclass
from typing import Final

from localcloud.atlas.store import refuse


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """A cluster tier of dedicated servers; sizes in GB as Atlas counts them."""

    memory: int
    disk: int
    """What the tier comes with."""

    @property
    def most_disk(self) -> int:
        """50 times the memory, 4 TB at most. Provider's schema: `disk_size_gb`; Atlas documentation, cluster tiers."""
        return min(50 * self.memory, _MOST_DISK)


_MOST_DISK: Final = 4_096
LEAST_DISK: Final = 10
SHARDING_MEMORY: Final = 8
"""From M30 on. Atlas documentation: Manage Clusters."""
# Atlas documentation, cluster configuration options on AWS, seen in November 2026; R: half the processors.
# Each class in the order in which it grows.
# fmt: off
TIERS: Final = {
    "M10": Tier(memory=2, disk=10), "M20": Tier(memory=4, disk=20), "M30": Tier(memory=8, disk=40),
    "M40": Tier(memory=16, disk=80), "M50": Tier(memory=32, disk=160), "M60": Tier(memory=64, disk=320),
    "M80": Tier(memory=128, disk=750), "M140": Tier(memory=192, disk=1_000), "M200": Tier(memory=256, disk=1_500),
    "M300": Tier(memory=384, disk=2_000),
    "R40": Tier(memory=16, disk=80), "R50": Tier(memory=32, disk=160), "R60": Tier(memory=64, disk=320),
    "R80": Tier(memory=128, disk=750), "R200": Tier(memory=256, disk=1_500), "R300": Tier(memory=384, disk=2_000),
    "R400": Tier(memory=512, disk=3_000), "R700": Tier(memory=768, disk=4_000),
}
# fmt: on
_CLASSES: Final = {name: [one for one in TIERS if one[0] == name[0]].index(name) for name in TIERS}
VERSIONS: Final = ("6.0", "7.0", "8.0")
"""Major versions with long-term support, in order; a new cluster gets the last. Atlas documentation: Versions."""
_REGIONS: Final = (
    *("AF_SOUTH_1", "AP_EAST_1", "AP_NORTHEAST_1", "AP_NORTHEAST_2", "AP_NORTHEAST_3", "AP_SOUTHEAST_1"),
    *("AP_SOUTHEAST_2", "AP_SOUTHEAST_3", "AP_SOUTHEAST_4", "AP_SOUTH_1", "AP_SOUTH_2", "CA_CENTRAL_1", "CA_WEST_1"),
    *("EU_CENTRAL_1", "EU_CENTRAL_2", "EU_NORTH_1", "EU_SOUTH_1", "EU_SOUTH_2", "EU_WEST_1", "EU_WEST_2", "EU_WEST_3"),
    *("IL_CENTRAL_1", "ME_CENTRAL_1", "ME_SOUTH_1", "MX_CENTRAL_1", "SA_EAST_1", "US_EAST_1", "US_EAST_2"),
    *("US_WEST_1", "US_WEST_2"),
)
"""Atlas documentation: Amazon Web Services (AWS), region names; the AWS name in capitals with underscores."""


def step(tier: str) -> int:
    """Give the place of a tier in its class, from 0."""
    return _CLASSES[tier]


def is_region(name: str) -> bool:
    """Say whether Atlas has a region of this name on AWS."""
    return name in _REGIONS


def to_atlas(region: str) -> str:
    """Write a region as Atlas does; both spellings are understood."""
    return region.upper().replace("-", "_")


def to_aws(region: str) -> str:
    """Write a region as AWS does; Atlas' error where it has none there."""
    if not is_region(to_atlas(region)):
        refuse("INVALID_REGION", f"No region {region} exists for provider AWS.")
    return region.lower().replace("_", "-")


def major(version: str) -> str:
    """Write a major version in full: `8` is `8.0`."""
    return version if "." in version else f"{version}.0"
