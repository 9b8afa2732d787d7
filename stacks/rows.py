"""Rows of sizes as a stack file writes them: a deviation names the fields that differ, a hop has full rows."""

import re
from collections.abc import Collection, Iterable, Mapping
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
from stacks.mistakes import Mistake, Refusal, near
from stacks.phases import Phase
from stacks.rules import Keys, ListOf, Must, camel, checked

KINDS: Final[Mapping[type[Size], str]] = {PostgresSize: "PostgreSQL", TableSize: "table", RedisSize: "Redis"}
"""Size classes, and what a store of each is called."""
NAMES: Final[Mapping[str, Collection[str]]] = {"instance_class": INSTANCE_CLASSES, "node_type": NODE_TYPES}
"""Fields whose values AWS has a list of."""

S = TypeVar("S")


def deviations(application: Application, phase: Phase | None, written: object) -> dict[str, Size]:
    """
    Give the sizes of the stores that *written* names: their rows in *phase* with some fields replaced.

    Without a phase (it is a mistake itself) only names and types are checked, and nothing is given. Raises Refusal with
    all that is wrong.
    """
    given = _given(application, written, full=False)
    if phase is None:
        return {}
    return _laid_over((store.name, store.sizes.get(phase), row) for store, row in given)


def full_rows(application: Application, written: object) -> dict[str, Size]:
    """Give the sizes that *written* has for stores, every field of them; raises Refusal with all that is wrong."""
    given = _given(application, written, full=True)
    # Every field is replaced, so that any row will do to start from.
    return _laid_over((store.name, next(iter(store.sizes.values())), row) for store, row in given)


def _given(application: Application, written: object, *, full: bool) -> list[tuple[Store, Keys]]:
    """Check names and types, and give the row of each store that has one."""
    model = stores_model(application.stores, noun=f"a store of {application.name}", full=full)
    given = checked(model, written)
    return [
        (store, cast("Keys", getattr(given, _python_name(store.name))))
        for store in application.stores
        if _python_name(store.name) in given.model_fields_set
    ]


def _laid_over(rows: Iterable[tuple[str, Size | None, Keys]]) -> dict[str, Size]:
    """Lay each store's row over a size of it, with all that is wrong at once."""
    found: list[Mistake] = []
    sizes: dict[str, Size] = {}
    for store, size, row in rows:
        if size is None:
            found.append(Mistake(where=(store,), what="does not exist in this phase: leave it out"))
            continue
        try:
            sizes[store] = laid_over(size, row)
        except Refusal as refusal:
            found += [mistake.below(store) for mistake in refusal.found]
    if found:
        raise Refusal(found)
    return sizes


def laid_over(size: S, row: Keys) -> S:
    """Replace the fields that *row* has; raises Refusal with what the size itself refuses."""
    changes: dict[str, Any] = {}
    for name in row.model_fields_set:
        value = cast("object", getattr(row, name))
        if isinstance(value, Keys):
            try:
                value = laid_over(cast("object", getattr(size, name)), value)
            except Refusal as refusal:
                raise Refusal(mistake.below(camel(name)) for mistake in refusal.found) from None
        changes[name] = value
    try:
        return cast("S", replace(cast("Any", size), **changes))
    except SizeError as error:
        names = [field.name for field in fields(cast("Any", size))]
        raise Refusal(_mistake(problem, names, changes) for problem in error.problems) from None


def stores_model(stores: Collection[Store], *, noun: str, full: bool) -> type[Keys]:
    """Give the model of a mapping from stores to their rows; *noun* is what messages call one of its keys."""
    model = _model(
        "Rows" if full else "Deviations",
        {
            _python_name(store.name): (row_model(type(next(iter(store.sizes.values()))), full=full), store.name)
            for store in stores
        },
        full=False,
    )
    model.noun = noun
    return model


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
