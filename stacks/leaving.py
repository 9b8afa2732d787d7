"""
What goes next of a database that has an instance and a cluster: the one that takes no writes, once it is unlocked.

Everything else of such a store keeps its protection: the data are in the other one, and its secrets are still used.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from sizes.postgres_move import Writer

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
_PARTS: Final[Mapping[Writer, tuple[str, str]]] = {
    # A store that was restored has the number of its generation in between.
    "cluster": (INSTANCE, r"(-\d+)?-(primary|replica-.+)"),
    "instance": (CLUSTER, r"(-\d+)?-cluster"),
}
"""By who takes writes, the type of the other one, and what follows the store in its logical name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """The part of a store that the next update of an upgrade takes away."""

    store: str
    writer: Writer
    """The one that stays."""

    def includes(self, type_: str, name: str) -> bool:
        """Say whether a resource goes, by its type and logical name."""
        kind, part = _PARTS[self.writer]
        return type_ == kind and re.fullmatch(f"{re.escape(self.store)}{part}", name) is not None


def leaving(hop: object, unlock: object) -> tuple[Leaving, ...]:
    """
    Give what goes next, by `datastores:hop` and `datastores:unlock` of a stack, as values or as JSON text.

    Only what both of them name: what is neither written nor understood takes nothing away.
    """
    found, unlocked = _read(hop), _read(unlock)
    if not isinstance(found, Mapping) or not isinstance(unlocked, list | tuple | frozenset):
        return ()
    sizes = cast("Mapping[str, Any]", found).get("sizes")
    if not isinstance(sizes, Mapping):
        return ()
    return tuple(
        Leaving(store=store, writer=row["writer"])
        for store, row in cast("Mapping[str, Any]", sizes).items()
        if store in unlocked and isinstance(row, Mapping) and row.keys() >= {"instance", "cluster", "writer"}
        if row["writer"] in _PARTS
    )


def _read(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
