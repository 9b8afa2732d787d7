"""What an application is: its stores, each with its rows of sizes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sizes.postgres import PostgresSize
from sizes.redis import RedisSize
from sizes.table import Schema, TableSize
from stacks.phases import Phase


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
