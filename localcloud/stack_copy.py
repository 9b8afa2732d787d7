"""
A stack file and its local copy: three-way merge, key by key.

The copy is not read as plain Python values, or a version `17.10` would come out as 17.1: YAML nodes stay as written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import yaml

Key = tuple[str, ...]
"""`("config", "datastores:phase")`: a value of a stack file is one unit, however deep it is."""

T = TypeVar("T")

LOCAL_KEYS: Final = frozenset({"encryptionsalt", "secretsprovider", "encryptedkey"})
"""How a stack keeps its secrets: the tracked file's is production's, the copy's is local."""


class StackFileError(Exception):
    """A stack file cannot be read; the text says where and why, without the file's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged(Generic[T]):
    """What a copy says after the merge."""

    values: dict[Key, T]
    overruled: tuple[Key, ...]
    """Keys that both sides changed, differently: the tracked file won."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """What to write into a copy, and what to tell the user."""

    text: str
    overruled: tuple[tuple[str, str, str], ...]
    """Per key: its name, the local value that is given up, and the tracked one."""


def update(copy: str | None, *, was: str, tracked: str) -> Update:
    """Give the new text of a *copy* that was made when the tracked file said *was*; raise StackFileError."""
    origin, ours = _local_text(was), _local_text(tracked)
    if copy is None or copy == origin:
        return Update(text=ours, overruled=())
    before, after = to_values(copy), to_values(ours)
    merged = merge(origin=to_values(origin), copy=before, tracked=after)
    overruled = tuple((key[-1], _shown(before.get(key)), _shown(after.get(key))) for key in merged.overruled)
    return Update(text=to_text(merged.values), overruled=overruled)


def merge(*, origin: Mapping[Key, T], copy: Mapping[Key, T], tracked: Mapping[Key, T]) -> Merged[T]:
    """
    Carry the tracked file's changes since *origin* into the copy.

    A key that only the copy changed (or removed, or added) stays as it is there; one that the tracked file changed is
    taken from it.
    """
    values: dict[Key, T] = {}
    overruled: list[Key] = []
    for key in dict.fromkeys([*tracked, *copy, *origin]):
        was, ours, theirs = origin.get(key), copy.get(key), tracked.get(key)
        if theirs != was and ours not in (was, theirs):
            overruled.append(key)
        chosen = ours if theirs == was else theirs
        if chosen is not None:
            values[key] = chosen
    return Merged(values=values, overruled=tuple(overruled))


def _local_text(tracked: str) -> str:
    """Give a tracked file without the keys that are production's business; word for word where it has none."""
    if not any(line.partition(":")[0] in LOCAL_KEYS for line in tracked.splitlines()):
        return tracked
    return to_text({key: value for key, value in to_values(tracked).items() if key[0] not in LOCAL_KEYS})


@dataclass(frozen=True, slots=True)
class Value:
    """A YAML value as it was written: `17.10`, `012` and `yes` stay what they are; equal by content."""

    node: yaml.Node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and _content(self.node) == _content(other.node)

    def __hash__(self) -> int:
        return hash(type(self.node))

    def __str__(self) -> str:
        return yaml.serialize(self.node).removesuffix("...\n").strip()


def to_values(text: str) -> dict[Key, Value]:
    """Read a stack file; raise StackFileError where it is no mapping, or names a key twice."""
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise StackFileError(" ".join(str(error).split())) from error
    if document is None:
        return {}
    if not isinstance(document, yaml.MappingNode):
        raise StackFileError("it must be a mapping, as in `config:` with keys below it")
    values: dict[Key, Value] = {}
    for name, node in _pairs(document):
        if name == "config" and isinstance(node, yaml.MappingNode):
            values |= {("config", key): Value(value) for key, value in _pairs(node)}
        else:
            values[(name,)] = Value(node)
    return values


def to_text(values: Mapping[Key, Value]) -> str:
    """Write a stack file."""
    config = [(key[-1], value.node) for key, value in values.items() if key[0] == "config" and len(key) > 1]
    others = [(key[0], value.node) for key, value in values.items() if len(key) == 1]
    pairs = [*([("config", _mapping(config))] if config else []), *others]
    return yaml.serialize(_mapping(pairs), allow_unicode=True) if pairs else ""


def _shown(value: Value | None) -> str:
    return "(nothing)" if value is None else str(value)


def _pairs(mapping: yaml.MappingNode) -> list[tuple[str, yaml.Node]]:
    pairs = [(str(key.value), value) for key, value in mapping.value]
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StackFileError(f"it names {', '.join(twice)} twice")
    return pairs


def _mapping(pairs: list[tuple[str, yaml.Node]]) -> yaml.MappingNode:
    text = "tag:yaml.org,2002:str"
    return yaml.MappingNode("tag:yaml.org,2002:map", [(yaml.ScalarNode(text, name), node) for name, node in pairs])


def _content(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return type(node), [(_content(key), _content(value)) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return type(node), [_content(item) for item in node.value]
    # Not the tag: Pulumi takes every value as text, and writes `true` back as `"true"`.
    return node.value
