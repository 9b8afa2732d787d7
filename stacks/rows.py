"""Rows of sizes as a stack file writes them: a deviation names the fields that differ, a hop has full rows."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from pydantic import Field, WithJsonSchema, create_model

from sizes.limits import SizeError
from sizes.postgres import INSTANCE_CLASSES, PostgresSize
from sizes.redis import NODE_TYPES, RedisSize
from sizes.table import TableSize
from stacks.application import Application, Size, Store
from stacks.mistakes import Mistake, Refusal, near, shown, unknown
from stacks.phases import Phase
from stacks.rules import Keys, ListOf, Must, camel, checked

KINDS: Final[Mapping[type[Size], str]] = {PostgresSize: "PostgreSQL", TableSize: "table", RedisSize: "Redis"}
"""Size classes, and what a store of each is called."""
NAMES: Final[Mapping[str, Collection[str]]] = {"instance_class": INSTANCE_CLASSES, "node_type": NODE_TYPES}
"""Fields whose values AWS has a list of."""


def deviations(application: Application, phase: Phase | None, written: object) -> dict[str, Size]:
    """
    Give the sizes of the stores that *written* names: their rows in *phase* with some fields replaced.

    Without a phase (it is a mistake itself) only names and types are checked, and nothing is given. Raises Refusal with
    all that is wrong.
    """
    return _sizes(application, written, lambda store: store.sizes.get(phase) if phase else None, full=False)


def full_rows(application: Application, written: object) -> dict[str, Size]:
    """Give the sizes that *written* has for stores, every field of them; raises Refusal with all that is wrong."""
    # Every field is replaced, so that any row will do to start from.
    return _sizes(application, written, lambda store: next(iter(store.sizes.values())), full=True)


def _sizes(
    application: Application, written: object, base: Callable[[Store], Size | None], *, full: bool
) -> dict[str, Size]:
    """Lay each store's row over its *base*, so that a mistake in one hides none in another."""
    found: list[Mistake] = []
    sizes: dict[str, Size] = {}
    stores = {store.name: store for store in application.stores}
    noun = f"a store of {application.name}"
    for name, row in _mapping(written, stores).items():
        store = stores.get(name)
        if store is None:
            found.append(Mistake(where=(name,), what=unknown(name, noun, list(stores))))
            continue
        try:
            if size := _laid_over(base(store), type(next(iter(store.sizes.values()))), row, full=full):
                sizes[name] = size
        except Refusal as refusal:
            found += [mistake.below(name) for mistake in refusal.found]
    if found:
        raise Refusal(found)
    return sizes


def _mapping(written: object, stores: Collection[str]) -> Mapping[str, object]:
    """Check that what is written is a mapping."""
    if isinstance(written, dict):
        return cast("dict[str, object]", written)
    raise Refusal(f"must be a mapping of {', '.join(stores)}, got {shown(written)}")


def _laid_over(base: Size | None, kind: type[Size], written: object, *, full: bool) -> Size | None:
    """
    Check a row and lay it over *base*, where there is one.

    A field of a wrong type hides no field that is out of range, as long as the one has nothing to do with the other.
    """
    model = row_model(kind, full=full)
    try:
        row = checked(model, written)
    except Refusal as refusal:
        wrong = {str(mistake.where[0]) for mistake in refusal.found if mistake.where}
        rest = (
            {key: value for key, value in cast("dict[str, object]", written).items() if key not in wrong}
            if wrong
            else {}
        )
        raise Refusal([*refusal.found, *_out_of_range(base, kind, rest, wrong)]) from None
    return None if base is None else laid_over(base, row)


def _out_of_range(
    base: Size | None, kind: type[Size], rest: Mapping[str, object], wrong: Collection[str]
) -> list[Mistake]:
    """Give what is surely wrong with the fields that have the right type."""
    try:
        if base is not None:
            laid_over(base, checked(row_model(kind, full=False), rest))
    except Refusal as refusal:
        return [
            mistake
            for mistake in refusal.found
            if mistake.where and mistake.where[0] in rest and not set(re.findall(r"\w+", mistake.what)) & set(wrong)
        ]
    return []


S = TypeVar("S")


def laid_over(size: S, row: Keys) -> S:
    """Replace the fields that *row* has; raises Refusal with what the size itself refuses."""
    changes: dict[str, Any] = {}
    found: list[Mistake] = []
    for name in row.model_fields_set:
        value = cast("object", getattr(row, name))
        if isinstance(value, Keys):
            try:
                value = laid_over(cast("object", getattr(size, name)), value)
            except Refusal as refusal:
                found += [mistake.below(camel(name)) for mistake in refusal.found]
                continue
        changes[name] = value
    try:
        result = replace(cast("Any", size), **changes)
    except SizeError as error:
        names = [field.name for field in fields(cast("Any", size))]
        found += [_mistake(problem, names, changes) for problem in error.problems]
        raise Refusal(found) from None
    if found:
        raise Refusal(found)
    return cast("S", result)


def stores_model(stores: Collection[Store], *, full: bool) -> type[Keys]:
    """Give the model of a mapping from stores to their rows, which only the JSON Schema needs as one."""
    return _model(
        "Rows" if full else "Deviations",
        {
            _python_name(store.name): (row_model(type(next(iter(store.sizes.values()))), full=full), store.name)
            for store in stores
        },
        full=False,
    )


@cache
def row_model(size: type[Size], *, full: bool) -> type[Keys]:
    """Give the model of one row."""
    model = _fields_model(size, full=full)
    model.noun = f"a field of a {KINDS[size]} size"
    return model


def row_name(size: type, *, full: bool) -> str:
    """Name the model of a row of *size*."""
    return size.__name__ if full else f"{size.__name__}Deviation"


def _fields_model(size: type, *, full: bool) -> type[Keys]:
    """Give the model of a dataclass; its fields may be left out unless it is *full*."""
    hints = get_type_hints(size)
    return _model(
        row_name(size, full=full),
        {name: (_type(name, hint, full=full), camel(name)) for name, hint in hints.items()},
        full=full,
    )


def _model(name: str, types: Mapping[str, tuple[object, str]], *, full: bool) -> type[Keys]:
    """Make a model of fields with their types and written names."""
    default: dict[str, Any] = {} if full else {"default": None}
    made: dict[str, Any] = {field: (kind, Field(alias=alias, **default)) for field, (kind, alias) in types.items()}
    return create_model(name, __base__=Keys, **made)


def _type(name: str, hint: Any, *, full: bool) -> object:
    """Give the checked type of a field."""
    if isinstance(hint, UnionType):
        (inner,) = (part for part in get_args(hint) if part is not type(None))
        return Annotated[_plain(name, inner) | None, Must(f"{_phrase(inner)} or null")]
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return Annotated[tuple[_checked_type(name, item), ...], ListOf(_phrase(item).removeprefix("one of "))]
    if is_dataclass(hint):
        return _fields_model(cast("type", hint), full=full)
    return _checked_type(name, hint)


def _checked_type(name: str, hint: type) -> Any:
    """Give a plain type with the sentence for what is not of it."""
    return Annotated[_plain(name, hint), Must(_phrase(hint), tuple(hint) if issubclass(hint, StrEnum) else ())]


def _plain(name: str, hint: type) -> Any:
    """Give a plain type as pydantic wants it; an enumeration is written as text."""
    if issubclass(hint, StrEnum):
        return Annotated[hint, Field(strict=False)]
    if name in NAMES:
        return Annotated[hint, WithJsonSchema({"type": "string", "enum": sorted(NAMES[name])})]
    return hint


def _phrase(hint: type) -> str:
    """Say what a value of a type is."""
    if issubclass(hint, StrEnum):
        return f"one of {', '.join(hint)}"
    return {int: "a whole number", str: "a text", bool: "true or false"}[hint]


def _mistake(problem: str, names: Collection[str], changes: Mapping[str, object]) -> Mistake:
    """Turn a size's sentence, which has Python's names, into one about what the stack file has."""
    written = re.sub(r"\w+", lambda word: camel(word[0]) if word[0] in names else word[0], problem)
    first = problem.partition(" ")[0]
    if first not in names:
        return Mistake(where=(), what=f"is refused: {written}")
    hint = near(changes.get(first), NAMES.get(first, ()))
    return Mistake(where=(camel(first),), what=written.removeprefix(f"{camel(first)} ") + hint)


def _python_name(store: str) -> str:
    """Give a store's name as a field's."""
    return store.replace("-", "_")
