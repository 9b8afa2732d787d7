"""What the caller decides about a MongoDB Atlas cluster."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pulumi import Input

from components.generations import Beside
from components.place import Account, Place
from sizes.atlas import AtlasSize, Size
from sizes.atlas_grant import AtlasGrant
from sizes.limits import refuse
from sizes.load import AtlasLoad
from sizes.logins import UNROTATED, Numbers
from sizes.protection import Protection

WIDEST: Final = {4: 8, 6: 32}
"""Bits of the widest network that an access list may name, by IP version: whole parts of the internet are no list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Compliance:
    """Who may speak to MongoDB about a backup compliance policy, which nobody else can take off again."""

    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AtlasArgs:
    """What the caller decides. Everything else is this component's opinion."""

    size: Size
    load: AtlasLoad
    protection: Protection
    database: str
    """Database that logins connect to, but for one that has no grant in it."""
    logins: Mapping[str, tuple[AtlasGrant, ...]]
    """What each login may do; a service has one of its own."""
    prefix: str
    """What names in Atlas and AWS begin with, such as `devora-dev`."""
    account: Account
    place: Place | None
    """Where clients are; None only for a shared size, which has no private network."""
    key_arn: Input[str]
    dr_region: str | None
    """Where nodes and copies of snapshots are beside home; a size that has them needs it."""
    organization_id: str
    """Atlas' organisation, 24 hexadecimal digits; it exists already."""
    allowed_cidrs: tuple[str, ...]
    """Who reaches a shared cluster, which has no private network; empty: nobody. Others are reached privately only."""
    alarm_email: str | None
    """Who is told of trouble; null: the owners of the project."""
    compliance: Compliance | None = None
    """A backup compliance policy, which can never be undone; null: none."""
    project_name: str | None = None
    """What the project is called that was there before; null: as the store."""
    cluster_name: str | None = None
    """What the cluster is called that was there before; null: as the store."""
    rotations: Mapping[str, Numbers] = field(default_factory=lambda: UNROTATED)
    """The passwords of those logins that were rotated."""
    generation: int = 1
    """Which one in a row the cluster is that is there; of two, the first."""
    beside: Beside | None = None
    """A second cluster, which Atlas has made of a backup and Pulumi has imported; null: there is one."""

    def __post_init__(self) -> None:
        """Reject what cannot be, with all that is wrong at once."""
        refuse((*self._reached(), *self._placed(), *self._logging_in()))

    def _reached(self) -> Iterator[str | None]:
        """Say what is wrong with the access list."""
        for cidr in self.allowed_cidrs:
            yield _wrong(cidr)

    def _logging_in(self) -> Iterator[str | None]:
        """Say what is wrong with the logins."""
        if not self.logins:
            yield "logins must name one at least, got none"
        yield from (
            f"login {name} must have a grant at least, got none" for name, got in self.logins.items() if not got
        )
        if strangers := self.rotations.keys() - self.logins.keys():
            yield f"rotations must be of logins, got {', '.join(sorted(strangers))}"

    def _placed(self) -> Iterator[str | None]:
        """Say what is asked for and has no place."""
        if isinstance(self.size, AtlasSize) and self.place is None:
            yield f"servers of one's own ({self.size.tier}) need a network that they are reached from, got none"
        if isinstance(self.size, AtlasSize) and self.dr_region is None:
            needed = {"dr_nodes": self.size.dr_nodes, "zones": self.size.zones > 1, "dr_copies": self.size.dr_copies}
            yield from (f"{what} needs a DR region, got none" for what, wanted in needed.items() if wanted)
        if not isinstance(self.size, AtlasSize) and self.compliance:
            yield f"a backup compliance policy needs servers of one's own (M10 or more), got {self.size.tier}"
        if not isinstance(self.size, AtlasSize) and self.beside:
            yield f"a cluster that is restored needs servers of one's own (M10 or more), got {self.size.tier}"


def _wrong(cidr: str) -> str | None:
    """Say why an access list must not have this entry."""
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError as error:
        return f"allowed_cidrs must be networks such as 203.0.113.0/24, got {cidr!r} ({error})"
    if network.prefixlen < WIDEST[network.version]:
        return f"allowed_cidrs must not let in the world: name networks of yours, got {cidr!r}"
    return None
