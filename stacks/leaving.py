"""
What the next update of an upgrade or a restore mends, so that controls need not ask for it in this one.

Of a store that there are two of, once it is unlocked, goes the one that takes no writes: a database that moves has an
instance and a cluster; what is restored has two generations. Everything else of such a store keeps its protection: the
data are in the other one, and its secrets are still used. A table that leaves on demand is scaled by the update after.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol, cast

from components.generations import called
from sizes.postgres_move import Writer

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
TABLE: Final = "aws:dynamodb/table:Table"
INDEX: Final = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
_PARTS: Final[Mapping[Writer, tuple[str, str]]] = {
    # A store that was restored has the number of its generation in between.
    "cluster": (INSTANCE, r"(-\d+)?-(primary|replica-.+)"),
    "instance": (CLUSTER, r"(-\d+)?-cluster"),
}
"""By who takes writes, the type of the other one, and what follows the store in its logical name."""
_GENERATION: Final[Mapping[str, str]] = {
    INSTANCE: "primary|replica-.+",
    CLUSTER: "(dr-)?cluster",
    "aws:rds/globalCluster:GlobalCluster": "global",
    TABLE: "table",
    "aws:elasticache/replicationGroup:ReplicationGroup": "group",
    "aws:elasticache/serverlessCache:ServerlessCache": "serverless",
    "mongodbatlas:index/advancedCluster:AdvancedCluster": "cluster",
}
"""By type, how the logical name of what has the data of a generation ends."""


class Lifted(StrEnum):
    """What a control asks for that an update may leave to the next one."""

    PROTECTION = "protection"
    """Of what goes."""
    SCALING = "scaling"
    """Of what gets fixed units first: autoscaling cannot be registered for what was on demand."""


class Leaving(Protocol):
    """What the next update takes away, or scales."""

    lifts: ClassVar[Lifted]
    """What need not be asked of it."""

    def includes(self, type_: str, name: str) -> bool:
        """Say whether a resource goes, by its type and logical name."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """The part of a store that the next update of an upgrade takes away."""

    store: str
    writer: Writer
    """The one that stays."""
    lifts: ClassVar[Lifted] = Lifted.PROTECTION

    def includes(self, type_: str, name: str) -> bool:
        """Say whether a resource goes, by its type and logical name."""
        kind, part = _PARTS[self.writer]
        return type_ == kind and re.fullmatch(f"{re.escape(self.store)}{part}", name) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spare:
    """The generation of a store that the next update of a restore takes away."""

    store: str
    generation: int
    lifts: ClassVar[Lifted] = Lifted.PROTECTION

    def includes(self, type_: str, name: str) -> bool:
        """Say whether a resource goes, by its type and logical name."""
        end = _GENERATION.get(type_)
        begin = re.escape(called(self.store, self.generation))
        return end is not None and re.fullmatch(f"{begin}-({end})", name) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unscaled:
    """A table with fixed units, that the next update of an upgrade lets follow the load, and its indexes."""

    store: str
    lifts: ClassVar[Lifted] = Lifted.SCALING

    def includes(self, type_: str, name: str) -> bool:
        """Say whether a resource is scaled, by its type and logical name."""
        # A store that was restored has the number of its generation in between.
        part = {TABLE: "table", INDEX: ".+"}.get(type_)
        return part is not None and re.fullmatch(rf"{re.escape(self.store)}(-\d+)?-{part}", name) is not None


def leaving(hop: object, unlock: object, restores: object) -> tuple[Leaving, ...]:
    """
    Give what goes next, by `datastores:hop`, `unlock` and `restores` of a stack, as values or as JSON text.

    Of a move, only what hop and unlock both name: what is neither written nor understood takes nothing away.
    """
    sizes = _sizes(_read(hop))
    return (*_moved(sizes, _read(unlock)), *_unscaled(sizes), *_spare(_read(restores)))


def _sizes(hop: object) -> Mapping[str, Any]:
    """Give the rows of a hop that are understood."""
    sizes = cast("Mapping[str, Any]", hop).get("sizes") if isinstance(hop, Mapping) else None
    return cast("Mapping[str, Any]", sizes) if isinstance(sizes, Mapping) else {}


def _unscaled(sizes: Mapping[str, Any]) -> Iterator[Unscaled]:
    for store, row in sizes.items():
        match row:
            case {"billing": {"readUnits": _, "writeUnits": _}}:
                yield Unscaled(store=store)
            case _:
                pass


def _spare(restores: object) -> Iterator[Spare]:
    if not isinstance(restores, Mapping):
        return
    for store, written in cast("Mapping[str, object]", restores).items():
        # As `stacks.generations` has it, which takes longer to import than all controls.
        match written:
            case {"unlocked": True, "writer": "new", "old": int(spare)}:
                yield Spare(store=store, generation=spare)
            case {"unlocked": True, "writer": "old", "old": int(), "generation": int(spare)}:
                yield Spare(store=store, generation=spare)
            case _:
                pass


def _moved(sizes: Mapping[str, Any], unlocked: object) -> tuple[Moved, ...]:
    if not isinstance(unlocked, list | tuple | frozenset):
        return ()
    return tuple(
        Moved(store=store, writer=row["writer"])
        for store, row in sizes.items()
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
