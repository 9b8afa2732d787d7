"""What an application is: its stores, each with its rows of sizes and of loads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.atlas_grant import AtlasGrant
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.load import AtlasLoad, PostgresLoad, RedisLoad, TableLoad
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.postgres_move import PostgresMove
from sizes.recovery import Recovery
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import Schema, TableSize
from stacks.phases import RECOVERY, Environment, Phase

Chosen = Mapping[str, frozenset[str]]
"""Choices that a store depends on, each with the values that bring it."""

ALWAYS: Final[Chosen] = {}

MIGRATOR: Final = "migrator"
"""The login that changes tables: every application's migration tool has it."""
MONITORING: Final = "monitoring"
"""The login that watches (`pg_monitor`), and reads no row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What an application's owner may choose; the stack file has it under `datastores:choices`."""

    name: str
    description: str
    values: tuple[str, ...]
    """Allowed values; `true` and `false` are written without quotes."""
    default: str | None
    """The value of a stack file that says nothing; None: it must be chosen."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Values that somebody could expect, and why each is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresStore:
    """A PostgreSQL database, on RDS or, from the phase whose row says so, on Aurora."""

    name: str
    database: str
    """Name of the database that RDS creates."""
    preload: tuple[str, ...]
    """Libraries that PostgreSQL loads at its start, beside those that every database has."""
    logins: tuple[str, ...]
    """Roles that log in, each with a connection secret of its own; the bootstrap SQL grants them what they need."""
    sizes: Mapping[Phase, PostgresSize | AuroraSize]
    loads: Mapping[Phase, PostgresLoad]
    chosen: Chosen = field(default_factory=lambda: ALWAYS)

    def __post_init__(self) -> None:
        """Reject loads that speak of other logins than there are."""
        for phase, load in self.loads.items():
            if tuple(load.connections) != self.logins:
                raise ValueError(
                    f"connections of {self.name} in {phase} must be of {', '.join(self.logins)}, in this order, "
                    f"got {', '.join(load.connections) or 'none'}"
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class TableStore:
    """A DynamoDB table, named `<application>-<environment>-<name>`."""

    name: str
    schema: Schema
    sizes: Mapping[Phase, TableSize]
    loads: Mapping[Phase, TableLoad]
    chosen: Chosen = field(default_factory=lambda: ALWAYS)


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisStore:
    """A Redis (Valkey) replication group, or a serverless cache from the phase whose row says so."""

    name: str
    use: Literal["cache", "queue"]
    """A cache evicts the least recently used key when memory is full, a queue refuses writes instead."""
    sizes: Mapping[Phase, RedisSize | ServerlessRedisSize]
    loads: Mapping[Phase, RedisLoad]
    chosen: Chosen = field(default_factory=lambda: ALWAYS)

    def __post_init__(self) -> None:
        """Reject a queue that would lose what is in it."""
        # Amazon ElastiCache User Guide, "ElastiCache Serverless": it evicts, and no parameter group says otherwise.
        if self.use == "queue" and (
            evicting := [p for p, s in self.sizes.items() if isinstance(s, ServerlessRedisSize)]
        ):
            raise ValueError(
                f"the queue {self.name} cannot be serverless, which evicts: it is in {', '.join(evicting)}"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketStore:
    """An S3 bucket that old data goes to."""

    name: str
    exporter: str
    """Name of the PostgreSQL store that writes to it."""
    sizes: Mapping[Phase, BucketSize]
    chosen: Chosen = field(default_factory=lambda: ALWAYS)


_AS_IN_PROD: Final[Mapping[Phase, SharedAtlasSize]] = {}
_WHATEVER_IS_CHOSEN: Final[Mapping[tuple[str, str], Mapping[Phase, AtlasSize]]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class AtlasStore:
    """A MongoDB database on Atlas, in a project of its own."""

    name: str
    database: str
    """Name of the database that connection secrets name; MongoDB makes it when somebody writes to it."""
    logins: Mapping[str, tuple[AtlasGrant, ...]]
    """Users that log in, each with a connection secret of its own, and what each may do."""
    sizes: Mapping[Phase, AtlasSize | SharedAtlasSize]
    """Rows; those on shared servers only come from `outside_prod`."""
    loads: Mapping[Phase, AtlasLoad]
    outside_prod: Mapping[Phase, SharedAtlasSize] = field(default_factory=lambda: _AS_IN_PROD)
    """Rows that dev and staging have in place of those in `sizes`: servers shared with others, which cost little."""
    by_choice: Mapping[tuple[str, str], Mapping[Phase, AtlasSize]] = field(default_factory=lambda: _WHATEVER_IS_CHOSEN)
    """Choice and value -> rows in place of those in `sizes`; of other phases than `outside_prod` has."""
    chosen: Chosen = field(default_factory=lambda: ALWAYS)

    def __post_init__(self) -> None:
        """Reject loads that speak of other logins than there are, and rows in place of none."""
        for phase, load in self.loads.items():
            if tuple(load.connections) != tuple(self.logins):
                raise ValueError(
                    f"connections of {self.name} in {phase} must be of {', '.join(self.logins)}, in this order, "
                    f"got {', '.join(load.connections) or 'none'}"
                )
        chosen = {phase for rows in self.by_choice.values() for phase in rows}
        if odd := (self.outside_prod.keys() | chosen) - self.sizes.keys() | (self.outside_prod.keys() & chosen):
            raise ValueError(
                f"rows of {self.name} in place of others must be of phases that have one, each once: "
                f"got {', '.join(sorted(odd))}"
            )


Store = PostgresStore | TableStore | RedisStore | BucketStore | AtlasStore
Size = (
    PostgresSize
    | AuroraSize
    | PostgresMove
    | TableSize
    | RedisSize
    | ServerlessRedisSize
    | BucketSize
    | AtlasSize
    | SharedAtlasSize
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """What the stores serve."""

    name: str
    data_class: str
    """Value of the tag `dataClass`: what kind of data the stores hold."""
    stores: tuple[Store, ...]
    choices: tuple[Choice, ...] = ()
    recovery: Mapping[Phase, Recovery] = field(default_factory=lambda: RECOVERY)
    """What each phase promises about coming back; an application that asks for more has rows of its own."""

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

    def chosen(self, values: Mapping[str, str]) -> Self:
        """Give the application with the stores, and their rows, that the *values* of its choices bring."""
        return replace(
            self,
            stores=tuple(
                chosen_rows(store, values)
                for store in self.stores
                if all(values[choice] in allowed for choice, allowed in store.chosen.items())
            ),
        )

    def within(self, environment: Environment) -> Self:
        """Give the application with the rows that an environment has."""
        return replace(self, stores=tuple(_within(store, environment) for store in self.stores))


def chosen_rows(store: Store, values: Mapping[str, str]) -> Store:
    """Give a store whose sizes are those of what is chosen; of what *values* do not speak of, those of `sizes`."""
    if not isinstance(store, AtlasStore) or not store.by_choice:
        return store
    rows = [rows for (choice, value), rows in store.by_choice.items() if values.get(choice) == value]
    sizes = {phase: size for one in (store.sizes, *rows) for phase, size in one.items()}
    return replace(store, sizes=sizes, by_choice=_WHATEVER_IS_CHOSEN)


def _within(store: Store, environment: Environment) -> Store:
    """Give a store whose sizes are those of an environment."""
    if environment is Environment.PROD or not isinstance(store, AtlasStore) or not store.outside_prod:
        return store
    return replace(store, sizes={**store.sizes, **store.outside_prod}, outside_prod=_AS_IN_PROD)


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
        case BucketStore():
            return [(f"{prefix}-{store.name}-00000000", 63)]
        case AtlasStore():
            return [(f"{prefix}-{store.name}", 64)]  # project
