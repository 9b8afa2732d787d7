"""The values of a resource as controls see them: an unknown is noticed but not read, a secret read but not shown."""

from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Final, overload


class CannotTellError(Exception):
    """A control read a value that only the deployment will know; the text is the path of the value, never the value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """The resource that a value comes from."""

    type: str
    name: str
    urn: str = ""
    """Empty outside the engine: there, type and name say which resource it is."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Stands for a value that only the deployment will know."""

    path: str
    references: tuple[Reference, ...] = ()
    """The resources that the value is known to come from."""
    template: str = field(default="", repr=False, compare=False)
    """The text with `ref:` in it, where the value was read from the normal form: what stands around it is known."""
    what: str = field(default="", repr=False, compare=False)
    """What the normal form says of a value that comes from no resource: `unknown:<what>`."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Stands for a value that the program marked as secret."""

    value: Any = field(repr=False)


def known(value: Any) -> Any:
    """
    Open a secret, refuse an unknown.

    Raises:
        CannotTellError: only the deployment will know the value.

    """
    value = opened(value)
    if isinstance(value, Unknown):
        raise CannotTellError(value.path)
    return value


PLAIN: Final = frozenset({str, int, float, bool, NoneType})
"""Types of what is neither unknown nor secret, as most values are."""
_CLOSED: Final = frozenset({Unknown, Secret})
"""Types of what cannot be read as it stands."""


class Record(Mapping[str, Any]):
    """Properties: `in` also sees unknown ones, reading an unknown one raises CannotTellError. Nulls are absent."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw

    def __getitem__(self, key: str) -> Any:
        value = self._raw[key]
        return known(value) if type(value) in _CLOSED else value

    def get(self, key: str, default: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  a narrower one
        """Give a property, or *default* when it is absent; the inherited one raises and catches for each of these."""
        value = self._raw.get(key, default)
        return known(value) if type(value) in _CLOSED else value

    def __contains__(self, key: object) -> bool:  # the inherited one would read the value
        return key in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def is_unknown(self, key: str) -> bool:
        """Say whether the property is set to what only the deployment will know."""
        value = self._raw.get(key)
        return type(value) in _CLOSED and isinstance(opened(value), Unknown)

    def references(self, key: str) -> tuple[Reference, ...]:
        """Give the resources that unknown parts of the property come from; a known value names none."""
        value = self._raw.get(key)
        if type(value) in PLAIN:
            return ()
        return tuple(reference for unknown in unknowns(value) for reference in unknown.references)

    def raw(self, key: str) -> Any:
        """Give the property as it was read, with Unknown and Secret in it; None when absent."""
        return self._raw.get(key)

    def raw_items(self) -> ItemsView[str, Any]:
        """Give all properties as they were read."""
        return self._raw.items()

    def raw_values(self) -> ValuesView[Any]:
        """Give all that the properties hold, as it was read."""
        return self._raw.values()

    def text(self, key: str) -> str:
        """Give a property that is a text; "" when absent or of another type."""
        value = self.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        """Give a property that is a number; None when absent or of another type (true and false are none)."""
        value = self.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def record(self, key: str) -> "Record":
        """Give a property that is an object; an empty one when absent or of another type."""
        value = self.get(key)
        return value if isinstance(value, Record) else _NOTHING

    def items_of(self, key: str) -> Sequence[Any]:
        """Give a property that is a list; an empty one when absent or of another type."""
        value = self.get(key)
        return value if isinstance(value, Items) else ()

    def records(self, key: str) -> "Iterator[Record]":
        """Give the objects of a property that is a list, one after another, so that an unknown one stops only there."""
        return (item for item in self.items_of(key) if isinstance(item, Record))

    def is_set(self, key: str) -> bool:
        """Say whether a property is a text that is not empty; what comes from another resource counts as one."""
        value = self._raw.get(key)
        return value != "" if type(value) is str else _is_something(value)

    def lists(self, key: str) -> bool:
        """Say whether a property is a list with a text in it; what comes from another resource counts as one."""
        value = opened(self._raw.get(key))
        if not isinstance(value, Items):
            return isinstance(value, Unknown) and _is_something(value)
        found = [opened(item) for item in value.raw()]
        clear = [item for item in found if not isinstance(item, Unknown) or item.references]
        return any(_is_something(item) for item in (*clear, *found))


_NOTHING: Final = Record({})


class Items(Sequence[Any]):
    """A list of values: its length is known, reading an unknown one raises CannotTellError."""

    def __init__(self, raw: Sequence[Any]) -> None:
        self._raw = raw

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [known(value) for value in self._raw[index]]
        return known(self._raw[index])

    def __len__(self) -> int:
        return len(self._raw)

    def raw(self) -> Sequence[Any]:
        """Give the items as they were read, with Unknown and Secret in them."""
        return self._raw


class Resource(Record):
    """The properties of a resource, with what is known about it."""

    def __init__(  # noqa: PLR0913  each is a fact of its own
        self,
        raw: Mapping[str, Any],
        *,
        type_: str,
        name: str,
        urn: str = "",
        options: Mapping[str, Any] | None = None,
        dependencies: Mapping[str, tuple[Reference, ...]] | None = None,
    ) -> None:
        super().__init__(raw)
        self.type, self.name, self.urn = type_, name, urn
        self.options: Mapping[str, Any] = options or {}
        """Resource options under the names of the normal form: `protect`, `ignoreChanges` ..."""
        self.dependencies: Mapping[str, tuple[Reference, ...]] = dependencies or {}
        """Per property the resources that it comes from; the engine tells them for the whole stack only."""


def unknowns(value: Any) -> Iterator[Unknown]:
    """Give the unknown values in *value*, itself included."""
    if isinstance(value, str | int | float | None):  # as most are; the classes below are slower to tell
        return
    match opened(value):
        case Unknown() as unknown:
            yield unknown
        case Record() as record:
            for key in record:
                yield from unknowns(record.raw(key))
        case Items() as items:
            for item in items.raw():
                yield from unknowns(item)
        case _:
            pass


def opened(value: Any) -> Any:
    """Open a secret; an unknown stays one."""
    if type(value) in PLAIN:
        return value
    while isinstance(value, Secret):
        value = value.value
    return value


def _is_something(value: Any) -> bool:
    value = opened(value)
    if isinstance(value, Unknown) and value.references:
        return True
    return isinstance(known(value), str) and value != ""
