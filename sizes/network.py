"""Sizes of the network that a stack creates for itself."""

from dataclasses import dataclass
from typing import Final

from sizes.limits import refuse, within

# Amazon RDS and ElastiCache want subnets in two zones; no region lets an account use more than six.
MIN_ZONES: Final = 2
MAX_ZONES: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkSize:
    """What a growth phase decides about the network."""

    zones: int
    """Availability zones with a private subnet, 2 to 6; some regions have fewer than the largest."""
    interface_endpoints: tuple[str, ...]
    """
    AWS services that clients in the network reach without the internet, such as `secretsmanager`; each costs by the
    hour and zone. DynamoDB has an endpoint of another kind in every phase, which costs nothing.
    """

    def __post_init__(self) -> None:
        """Reject what the stores could not live in."""
        refuse((within("zones", self.zones, MIN_ZONES, MAX_ZONES),))
