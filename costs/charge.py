"""What an estimator says of a resource: what is charged for it, that nothing is, or that nobody can tell."""

from dataclasses import dataclass
from enum import StrEnum

from costs.amount import Amount

SHARED = "shared"
"""The store of what serves all stores: network, keys, watching."""


class Kind(StrEnum):
    """What money goes to."""

    COMPUTE = "compute"
    STORAGE = "storage"
    REQUESTS = "requests"
    BACKUP = "backup"
    MONITORING = "monitoring"
    NETWORK = "network"
    SECRETS = "keys and secrets"


class Origin(StrEnum):
    """Where a quantity is from."""

    CONFIG = "config"
    """The stack's own resources."""
    DECLARED = "declared"
    """The loads in the application's file."""
    USAGE = "usage file"
    DEFAULT = "default"
    """Our assumption: nobody said anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """A quantity that no resource says."""

    store: str
    field: str
    """Its name in a usage file."""
    amount: Amount
    unit: str
    origin: Origin
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """A quantity of something that has a price."""

    store: str
    kind: Kind
    what: str
    """The resource and what of it, for people."""
    resource: str
    service: str
    region: str
    sku: str
    quantity: Amount
    assumptions: tuple[Assumption, ...] = ()
    note: str = ""
    merges: bool = False
    """Alike charges of the same store are one line: alarms, secrets, endpoints."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Something that costs money, and nobody can tell how much."""

    store: str
    resource: str
    needs: str
    """What would have to be known."""
    service: str = ""
    """Whose price it is, where that is known."""


Item = Charge | Gap
