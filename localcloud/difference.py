"""What changed between two sets of inputs, and whether it replaces the resource."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from localcloud.resource import DEFAULTED, ResourceType
from localcloud.wire import UNKNOWN, Props, is_unknown

_POSITION: Final = re.compile(r"\[\d+\]")


class Kind(StrEnum):
    """How a value changed."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One changed value, at a path such as `pointInTimeRecovery.enabled` or `attributes[1]`."""

    path: str
    kind: Kind
    replaces: bool

    @property
    def property(self) -> str:
        """The input that the path begins with."""
        return _POSITION.sub("", self.path).partition(".")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """All that changed."""

    changes: tuple[Change, ...]
    delete_first: bool
    """The new one cannot exist beside the old one, because the program fixed its name."""

    @property
    def replaces(self) -> list[str]:
        """The inputs that force a replacement."""
        return sorted({change.property for change in self.changes if change.replaces})


def differ(kind: ResourceType, olds: Props, news: Props, ignored: Iterable[str] = ()) -> Difference:
    """Compare the inputs *olds* and *news*; paths in *ignored* do not count."""
    skipped = kind.write_only | kind.sticky.difference(news)
    where = set(kind.replace) | set(kind.replaces(olds, news) if kind.replaces else ())
    if kind.update is None:
        where |= kind.known
    if not kind.global_:
        where.add("region")
    changes: list[Change] = []
    for key in sorted(olds.keys() | news.keys()):
        if key.startswith("__") or key in skipped or _means_the_same(kind, key, olds.get(key), news.get(key)):
            continue
        for path, how in _changes(key, olds.get(key), news.get(key)):
            if any(_within(path, one) for one in ignored):
                continue
            plain = _POSITION.sub("", path)
            # The second test: a block that comes or goes whole changes what is inside it.
            replaces = any(_within(plain, one) or _within(one, plain) for one in where)
            changes.append(Change(path=path, kind=how, replaces=replaces))
    name = kind.name and kind.name.property
    fixed = name is not None and name not in news.get(DEFAULTED, ()) and olds.get(name) == news.get(name)
    replaces = any(change.replaces for change in changes)
    return Difference(changes=tuple(changes), delete_first=bool(replaces and fixed))


def _means_the_same(kind: ResourceType, key: str, old: Any, new: Any) -> bool:
    """Whether a value is only worded differently: a document with other spaces, an id in place of an ARN."""
    same = kind.same.get(key)
    return bool(same and old is not None and new is not None and not _holds_unknown(new) and same(new, old))


def _holds_unknown(value: Any) -> bool:
    match value:
        case dict():
            return any(_holds_unknown(item) for item in value.values())
        case list():
            return any(_holds_unknown(item) for item in value)
        case _:
            return is_unknown(value)


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))


def _changes(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    if agree(old, new):
        return
    match old, new:
        case None, _:
            yield path, Kind.ADD
        case _, None:
            yield path, Kind.DELETE
        case dict(), dict():
            for key in sorted(old.keys() | new.keys()):
                yield from _changes(f"{path}.{key}", old.get(key), new.get(key))
        case list(), list():
            yield from _list_changes(path, old, new)
        case _:
            yield path, Kind.UPDATE


def _list_changes(path: str, old: list[Any], new: list[Any]) -> Iterator[tuple[str, Kind]]:
    """Name the members that came and went; with as many as before, member by member."""
    if len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{path}[{number}]", before, after)
        return
    before, after = [_text(item) for item in old], [_text(item) for item in new]
    # Members may be equal: one of three came if there were two before.
    for number, item in enumerate(after, 1):
        if after[:number].count(item) > before.count(item):
            yield f"{path}[{number - 1}]", Kind.ADD
    for number, item in enumerate(before, 1):
        if before[:number].count(item) > after.count(item):
            yield f"{path}[{number - 1}]", Kind.DELETE


def agree(one: Any, other: Any) -> bool:
    """Say whether two values mean the same: the order of a list means nothing to AWS."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
        case list(), list():
            return sorted(map(_text, one)) == sorted(map(_text, other))
        case (None, []) | ([], None):
            return True
        case _:
            return one == other and not is_unknown(other)


def covers(ours: Any, live: Any) -> bool:
    """Say whether the cloud has all that the program says, whatever else it has; lists keep their order."""
    match ours, live:
        case dict(), dict():
            return all(covers(value, live.get(key)) for key, value in ours.items())
        case list(), list():
            return len(ours) == len(live) and all(map(covers, ours, live))
        case (None | [], None | []):
            return True
        case _:
            return ours == live and not is_unknown(ours)


def within(ours: Any, live: Any) -> Any:
    """Give what the cloud has in the places that the program speaks of."""
    match ours, live:
        case dict(), dict():
            return {key: within(value, live[key]) for key, value in ours.items() if key in live}
        case list(), list():
            return [*map(within, ours, live), *live[len(ours) :]]
        case _:
            return live


def completed(ours: Any, live: Any) -> Any:
    """Give what the program says with what the cloud has beside it; unknown where that is not there yet."""
    match ours, live:
        case dict(), dict():
            return {
                **live,
                **{key: completed(value, live[key]) if key in live else value for key, value in ours.items()},
            }
        case (list(), list()) if len(ours) == len(live):
            return list(map(completed, ours, live))
        case (dict() | list(), _):
            return UNKNOWN
        case _:
            return ours


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
