"""Rows of sizes as a stack file writes them: a deviation names the fields that differ, a hop has full rows."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar, cast, get_type_hints

from sizes.limits import SizeError
from stacks.application import Application, Size, Store
from stacks.mistakes import Mistake, Refusal, near, shown, unknown
from stacks.phases import Phase
from stacks.row_models import SIZES_OF, Alternative, fields_model, fitting, names_of, row_model
from stacks.rules import Keys, camel, checked


def deviations(application: Application, phase: Phase | None, written: object) -> dict[str, Size]:
    """
    Give the sizes of the stores that *written* names: their rows in *phase* with some fields replaced.

    Without a phase (it is a mistake itself) only names and types are checked, and nothing is given. Raises Refusal with
    all that is wrong.
    """

    def row(store: Store, written: object) -> Size | None:
        base = store.sizes.get(phase) if phase else None
        kind = type(base) if base else fitting(written, SIZES_OF[type(store)])
        return _deviation(base, kind, written)

    return _sizes(application, written, row)


def full_rows(application: Application, written: object) -> dict[str, Size]:
    """Give the sizes that *written* has for stores, every field of them; raises Refusal with all that is wrong."""

    def row(store: Store, written: object) -> Size:
        like = next(iter(store.sizes.values()))
        return _full(fitting(written, SIZES_OF[type(store)], type(like)), like, written)

    return _sizes(application, written, row)


def _sizes(application: Application, written: object, row: Callable[[Store, object], Size | None]) -> dict[str, Size]:
    """Read each store's row, so that a mistake in one hides none in another."""
    found: list[Mistake] = []
    sizes: dict[str, Size] = {}
    stores = {store.name: store for store in application.stores}
    noun = f"a store of {application.name}"
    for name, inside in _mapping(written, stores).items():
        store = stores.get(name)
        if store is None:
            found.append(Mistake(where=(name,), what=unknown(name, noun, list(stores))))
            continue
        try:
            if size := row(store, inside):
                sizes[name] = size
        except Refusal as refusal:
            found += [mistake.below(name) for mistake in refusal.found]
    if found:
        raise Refusal(found)
    return sizes


def written(value: Any) -> Any:
    """Give a size, or a part of one, as a stack file has it: what `full_rows` reads back."""
    if is_dataclass(value):
        return {camel(field.name): written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, StrEnum):
        return str(value)
    return [written(item) for item in value] if isinstance(value, tuple) else value


def _mapping(written: object, stores: Collection[str]) -> Mapping[str, object]:
    """Check that what is written is a mapping."""
    if isinstance(written, dict):
        return cast("dict[str, object]", written)
    raise Refusal(f"must be a mapping of {', '.join(stores)}, got {shown(written)}")


def _deviation(base: Size | None, kind: type[Size], written: object) -> Size | None:
    """Check a row and lay it over *base*, where there is one."""
    row = _read(row_model(kind, full=False), base, written)
    return None if base is None else laid_over(base, row)


def _full(kind: type[Size], like: Size, written: object) -> Size:
    """Check a row that has every field; *like* is any row, to tell what else is wrong beside a mistake."""
    return built(kind, _read(row_model(kind, full=True), like if isinstance(like, kind) else None, written))


def _read(model: type[Keys], base: Size | None, written: object) -> Keys:
    """
    Check a row.

    A field of a wrong type hides no field that is out of range, as long as the one has nothing to do with the other.
    """
    try:
        return checked(model, written)
    except Refusal as refusal:
        wrong = {str(mistake.where[0]) for mistake in refusal.found if mistake.where}
        rest = (
            {key: value for key, value in cast("dict[str, object]", written).items() if key not in wrong}
            if wrong
            else {}
        )
        raise Refusal([*refusal.found, *_out_of_range(base, rest, wrong)]) from None


def _out_of_range(base: Size | None, rest: Mapping[str, object], wrong: Collection[str]) -> list[Mistake]:
    """Give what is surely wrong with the fields that have the right type."""
    try:
        if base is not None:
            laid_over(base, checked(row_model(type(base), full=False), rest))
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
    changes, found = _values(row, lambda name: cast("object", getattr(size, name)))
    return _made(type(size), found, changes, lambda: replace(cast("Any", size), **changes))


def built(kind: type[S], row: Keys) -> S:
    """Make a size of the fields that *row* has; raises Refusal with what the size itself refuses."""
    hints = get_type_hints(kind)
    values, found = _values(row, lambda name: hints[name])
    return _made(kind, found, values, lambda: kind(**values))


def _values(row: Keys, base: Callable[[str], object]) -> tuple[dict[str, Any], list[Mistake]]:
    """Give the values of the fields that *row* has, those that are dataclasses made, and what is wrong with them."""
    values: dict[str, Any] = {}
    found: list[Mistake] = []
    for name in row.model_fields_set:
        value = cast("object", getattr(row, name))
        try:
            values[name] = _part(value, base(name))
        except Refusal as refusal:
            found += [mistake.below(camel(name)) for mistake in refusal.found]
    return values, found


def _part(value: object, base: object) -> object:
    """Give the value of one field; *base* is what it is laid over, or the class that is made anew."""
    match value:
        case Alternative():
            like = type(base) if isinstance(base, value.kinds) else None
            kind = fitting(value.written, value.kinds, like)
            if kind is like:
                return laid_over(base, checked(fields_model(kind, full=False), value.written))
            return built(kind, checked(fields_model(kind, full=True), value.written))
        case Keys() if isinstance(base, type):
            return built(cast("type[object]", base), value)
        case Keys():
            return laid_over(base, value)
        case _:
            return value


def _made(kind: type, found: list[Mistake], values: Mapping[str, object], make: Callable[[], S]) -> S:
    """Make a size; all that it refuses is told in one."""
    try:
        if not found:
            return make()
    except SizeError as error:
        found = [*found, *(_mistake(problem, kind, values) for problem in error.problems)]
    raise Refusal(found)


def _mistake(problem: str, kind: type, values: Mapping[str, object]) -> Mistake:
    """Turn a size's sentence, which has Python's names, into one about what the stack file has."""
    names = [field.name for field in fields(kind)]
    written = re.sub(r"\w+", lambda word: camel(word[0]) if word[0] in names else word[0], problem)
    first = problem.partition(" ")[0]
    if first not in names:
        return Mistake(where=(), what=f"is refused: {written}")
    hint = near(values.get(first), names_of(kind, first))
    return Mistake(where=(camel(first),), what=written.removeprefix(f"{camel(first)} ") + hint)
