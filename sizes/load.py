"""What each phase is expected to carry: alarms, application pages and estimates read it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sizes.limits import refuse


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresLoad:
    """What a database is expected to carry in a phase."""

    data_gib: int
    """Data and indexes held once the phase is full, in GiB."""
    connections: Mapping[str, int]
    """Connections that each login may hold at once: its CONNECTION LIMIT."""
    outgrown_gib: int | None = None
    """Data in GiB at which the owner wants the next phase; null: volume alone moves nobody on."""

    def __post_init__(self) -> None:
        """Reject what no database could carry, with all that is wrong at once."""
        refuse(
            (
                at_least("data_gib", self.data_gib, 1),
                None
                if self.outgrown_gib is None or self.outgrown_gib > self.data_gib
                else f"outgrown_gib must be above data_gib ({self.data_gib}), got {self.outgrown_gib}",
                *(at_least(f"connections of {login}", count, 1) for login, count in self.connections.items()),
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLoad:
    """What a table is expected to carry in a phase, its indexes left out."""

    reads_millions: float
    """Reads a month, in millions; each is of one item or one page of a query."""
    writes_millions: float
    """Writes a month, in millions; an index that the item appears in adds one."""
    item_kib: float
    """Size of an item in KiB."""
    data_gib: float
    """Data held, in GiB."""

    def __post_init__(self) -> None:
        """Reject what is no load, with all that is wrong at once."""
        refuse(
            at_least(field, value, 0)
            for field, value in (
                ("reads_millions", self.reads_millions),
                ("writes_millions", self.writes_millions),
                ("item_kib", self.item_kib),
                ("data_gib", self.data_gib),
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisLoad:
    """What a Redis (Valkey) store is expected to carry in a phase."""

    data_gib: float
    """Memory that keys and values take, in GiB, over all shards."""
    commands_per_second: int
    """Commands a second at the busiest hour."""

    def __post_init__(self) -> None:
        """Reject what is no load, with all that is wrong at once."""
        refuse(
            (
                at_least("data_gib", self.data_gib, 0),
                at_least("commands_per_second", self.commands_per_second, 0),
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AtlasLoad:
    """What a MongoDB Atlas cluster is expected to carry in a phase."""

    data_gib: float
    """Documents and indexes held once the phase is full, in GiB, over all shards."""
    reads_per_second: int
    """Queries a second at the busiest hour."""
    writes_per_second: int
    """Inserts, updates and deletes a second at the busiest hour."""
    connections: Mapping[str, int]
    """Connections that the instances of each login's service hold at once, all together."""
    outgrown_gib: int | None = None
    """Data in GiB at which the owner wants the next phase; null: volume alone moves nobody on."""
    read_ms: int | None = None
    """Milliseconds that a read may take on average; null: nobody promised any."""
    write_ms: int | None = None
    """Milliseconds that a write may take on average; null: nobody promised any."""

    def __post_init__(self) -> None:
        """Reject what is no load, with all that is wrong at once."""
        refuse(
            (
                at_least("data_gib", self.data_gib, 0),
                at_least("reads_per_second", self.reads_per_second, 0),
                at_least("writes_per_second", self.writes_per_second, 0),
                None if self.read_ms is None else at_least("read_ms", self.read_ms, 1),
                None if self.write_ms is None else at_least("write_ms", self.write_ms, 1),
                None
                if self.outgrown_gib is None or self.outgrown_gib > self.data_gib
                else f"outgrown_gib must be above data_gib ({self.data_gib}), got {self.outgrown_gib}",
                *(at_least(f"connections of {login}", count, 1) for login, count in self.connections.items()),
            )
        )


def at_least(field: str, value: float, lowest: float) -> str | None:
    """Say that *value* is below what makes sense."""
    return None if value >= lowest else f"{field} must be {lowest} or more, got {value}"
