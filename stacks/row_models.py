"""Models of rows of sizes, made from the size classes: what a stack file may write for each field."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Final, Literal, cast, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, Field, WithJsonSchema, WrapValidator, create_model

from sizes.atlas import TIERS, AtlasSize, SharedAtlasSize
from sizes.aurora import AURORA_CLASSES, AuroraSize, Instances
from sizes.bucket import BucketSize
from sizes.postgres import INSTANCE_CLASSES, PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import NODE_TYPES, RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import AtlasStore, BucketStore, PostgresStore, RedisStore, Size, Store, TableStore
from stacks.mistakes import Refusal, shown
from stacks.rules import Keys, ListOf, Must, camel

SIZES_OF: Final[Mapping[type[Store], tuple[type[Size], ...]]] = {
    PostgresStore: (PostgresSize, AuroraSize, PostgresMove),
    TableStore: (TableSize,),
    RedisStore: (RedisSize, ServerlessRedisSize),
    BucketStore: (BucketSize,),
    AtlasStore: (AtlasSize, SharedAtlasSize),
}
"""Kinds of store, and what a row of each may be."""
NOUNS: Final[Mapping[type[Size], str]] = {
    PostgresSize: "PostgreSQL",
    AuroraSize: "Aurora",
    PostgresMove: "moving PostgreSQL",
    TableSize: "table",
    RedisSize: "Redis",
    ServerlessRedisSize: "serverless Redis",
    BucketSize: "bucket",
    AtlasSize: "Atlas",
    SharedAtlasSize: "shared Atlas",
}
"""Size classes, and what a store of each is called."""
_NAMES: Final[Mapping[tuple[type, str], Collection[str]]] = {
    (PostgresSize, "instance_class"): INSTANCE_CLASSES,
    (PostgresSize, "replica_class"): INSTANCE_CLASSES,
    (Instances, "instance_class"): AURORA_CLASSES,
    (RedisSize, "node_type"): NODE_TYPES,
    (AtlasSize, "tier"): TIERS,
    (AtlasSize, "max_tier"): TIERS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """What is written for a field that is one of several classes: which one is told by the keys."""

    written: Mapping[str, object]
    kinds: tuple[type, ...]


def names_of(kind: type, field: str) -> Collection[str]:
    """Give the values that AWS has for a field; empty where it has no list."""
    return _NAMES.get((kind, field), ())


def fitting(written: object, kinds: Collection[type], like: type | None = None) -> type:
    """Give the class that the written keys fit best; *like* where several fit as well."""
    keys = set(cast("dict[str, object]", written)) if isinstance(written, dict) else set[str]()

    def strangers(kind: type) -> tuple[int, bool]:
        return len(keys - {camel(field.name) for field in fields(kind)}), kind is not like

    return min(kinds, key=strangers)


def stores_model(stores: Collection[Store], *, full: bool) -> type[Keys]:
    """Give the model of a mapping from stores to their rows, which only the JSON Schema needs as one."""
    return _model(
        "Rows" if full else "Deviations",
        {
            _python_name(store.name): (
                _either([row_model(kind, full=full) for kind in SIZES_OF[type(store)]]),
                store.name,
            )
            for store in stores
        },
    )


@cache
def row_model(size: type[Size], *, full: bool) -> type[Keys]:
    """Give the model of one row."""
    model = fields_model(size, full=full)
    model.noun = f"a field of a {NOUNS[size]} size"
    return model


def row_name(size: type, *, full: bool) -> str:
    """Name the model of a row of *size*."""
    return size.__name__ if full else f"{size.__name__}Deviation"


@cache
def fields_model(size: type, *, full: bool) -> type[Keys]:
    """Give the model of a dataclass; unless it is *full* every field may be left out, else those with a default."""
    hints, optional = get_type_hints(size), {field.name for field in fields(size) if field.default is not MISSING}
    return _model(
        row_name(size, full=full),
        {name: (_type(size, name, hint, full=full), camel(name)) for name, hint in hints.items()},
        required=hints.keys() - optional if full else (),
    )


def parts_of(size: type) -> list[type]:
    """Give the dataclasses that fields of *size* hold, at any depth."""
    found = [
        part
        for hint in get_type_hints(size).values()
        for part in (get_args(hint) if isinstance(hint, UnionType) else (hint,))
        if is_dataclass(part)
    ]
    return [deeper for part in cast("list[type]", found) for deeper in (part, *parts_of(part))]


def _model(name: str, types: Mapping[str, tuple[object, str]], *, required: Collection[str] = ()) -> type[Keys]:
    """Make a model of fields with their types and written names."""
    made: dict[str, Any] = {
        field: (kind, Field(alias=alias) if field in required else Field(None, alias=alias))
        for field, (kind, alias) in types.items()
    }
    return create_model(name, __base__=Keys, **made)


def _type(size: type, name: str, hint: Any, *, full: bool) -> object:
    """Give the checked type of a field."""
    if isinstance(hint, UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        if len(parts) > 1:
            models = _either([fields_model(part, full=full) for part in parts])
            if len(parts) == len(get_args(hint)):
                return Annotated[models, WrapValidator(_kept(tuple(parts)))]
            return Annotated[models | None, WrapValidator(_kept_or_null(tuple(parts)))]
        nullable = Annotated[_plain(size, name, parts[0]) | None, BeforeValidator(_null)]
        return Annotated[nullable, Must(f"{_phrase(parts[0])} or null")]
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return Annotated[tuple[_checked_type(size, name, item), ...], ListOf(_phrase(item).removeprefix("one of "))]
    if is_dataclass(hint):
        return fields_model(cast("type", hint), full=full)
    return _checked_type(size, name, hint)


def _either(models: Collection[type[Keys]]) -> Any:
    """Give the union of models, or the only one."""
    return reduce(or_, cast("Collection[Any]", models))


def _kept(kinds: tuple[type, ...]) -> Callable[[object, object], Alternative]:
    """Keep what is written: which class it is depends on the row that it is laid over."""

    def keep(value: object, _: object) -> Alternative:
        if not isinstance(value, dict):
            keys = " or ".join(", ".join(fields_model(kind, full=True).names()) for kind in kinds)
            raise Refusal(f"must be a mapping of {keys}, got {shown(value)}")
        return Alternative(written=cast("dict[str, object]", value), kinds=kinds)

    return keep


def _kept_or_null(kinds: tuple[type, ...]) -> Callable[[object, object], Alternative | None]:
    """Keep what is written, which may be null."""
    keep = _kept(kinds)
    return lambda value, handler: None if _null(value) is None else keep(value, handler)


def _checked_type(size: type, name: str, hint: Any) -> Any:
    """Give a plain type with the sentence for what is not of it."""
    return Annotated[_plain(size, name, hint), Must(_phrase(hint), _words(hint))]


def _plain(size: type, name: str, hint: Any) -> Any:
    """Give a plain type as pydantic wants it; an enumeration is written as text."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Annotated[hint, Field(strict=False)]
    if hint is float:
        return Annotated[float, BeforeValidator(_fraction)]
    if names := names_of(size, name):
        return Annotated[hint, WithJsonSchema({"type": "string", "enum": sorted(names)})]
    return hint


def _null(value: object) -> object:
    """Read a null as `pulumi config set --path` writes it: it knows none and makes it a text."""
    return None if value in ("null", "") else value


def _fraction(value: object) -> object:
    """Read a fraction as `pulumi config set --path` writes it: only whole numbers are numbers to it."""
    return float(value) if isinstance(value, str) and re.fullmatch(r"[0-9]+\.[0-9]+", value) else value


def _words(hint: Any) -> tuple[str, ...]:
    """Give the words that a value of a type can be; empty where it is no word."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(hint) if issubclass(hint, StrEnum) else ()


def _phrase(hint: Any) -> str:
    """Say what a value of a type is."""
    if words := _words(hint):
        # A word of digits would be read as a number.
        return f"one of {', '.join(f'{word!r} (in quotes)' if word.isdigit() else word for word in words)}"
    return {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}[hint]


def _python_name(store: str) -> str:
    """Give a store's name as a field's."""
    return store.replace("-", "_")
