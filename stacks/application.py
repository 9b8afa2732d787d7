"""What an application is: its stores, each with its rows of sizes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.redis import RedisSize
from sizes.table import Schema, TableSize
from stacks.phases import Environment, Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresStore:
    """A PostgreSQL database."""

    name: str
    database: str
    """Name of the database that RDS creates."""
    preload: tuple[str, ...]
    """Libraries that PostgreSQL loads at its start, beside those that every database has."""
    sizes: Mapping[Phase, PostgresSize]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableStore:
    """A DynamoDB table, named `<application>-<environment>-<name>`."""

    name: str
    schema: Schema
    sizes: Mapping[Phase, TableSize]


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisStore:
    """A Redis (Valkey) replication group."""

    name: str
    use: Literal["cache", "queue"]
    """A cache evicts the least recently used key when memory is full, a queue refuses writes instead."""
    sizes: Mapping[Phase, RedisSize]


Store = PostgresStore | TableStore | RedisStore
Size = PostgresSize | TableSize | RedisSize


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """What the stores serve."""

    name: str
    data_class: str
    """Value of the tag `dataClass`: what kind of data the stores hold."""
    stores: tuple[Store, ...]

    def __post_init__(self) -> None:
        """Reject names whose physical names would be too long for AWS, in the environment with the longest name."""
        environment = max(Environment, key=len)
        too_long = [
            f"{self.name} {store.name}: {name} would have {len(name)} characters, AWS allows {most}"
            for store in self.stores
            for name, most in _longest_names(f"{self.name}-{environment}", store)
            if len(name) > most
        ]
        if too_long:
            raise ValueError(f"names must be shorter: {'; '.join(too_long)}")


def _longest_names(prefix: str, store: Store) -> list[tuple[str, int]]:
    """Give the longest physical names of a store, with AWS's limits; eight digits are random."""
    match store:
        case PostgresStore():
            purpose = max(ReplicaPurpose, key=len)
            return [(f"{prefix}-{store.name}-{purpose}-00000000", 63)]  # DB instance identifier
        case TableStore():
            return [(f"{prefix}-{store.name}", 255)]
        case RedisStore():
            return [(f"{prefix}-{store.name}-off-00000000", 40)]  # user id, and replication group id
