"""
The smallest changes that make a control fire: the difference between two of its examples, laid over other resources.

A way is a list of steps. The resources that it names are roles, played by resources of the same type in a stack.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from policies.control import Control
from tests.policies.examples import Plain, resources_of

Path = tuple[str | int, ...]
Key = tuple[str, str]
"""Type and name of a resource."""
Plains = Mapping[Key, Plain]
Cast = Mapping[Key, Key]
"""Who plays which role."""
GONE: Final = object()
"""Stands for a value that an edit takes out."""
_REFERENCE: Final = re.compile(r"ref:([^\s:]+:[^\s:]*:[^\s:]+)::([^\s:]+)::")


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """A new value at a path: below `inputs` or `options`, or `name` itself."""

    path: Path
    value: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What happens to one resource: it comes, it changes, or it goes."""

    role: Key
    types: Sequence[str] = ()
    """Other types that may play the role."""
    edits: Sequence[Edit] = ()
    added: Plain | None = None


Way = Sequence[Step]


def key_of(resource: Plain) -> Key:
    return resource["type"], resource["name"]


def keyed(resources: Sequence[Plain]) -> dict[Key, Plain]:
    return {key_of(one): one for one in resources}


def derived(control: Control) -> list[Way]:
    """Give the ways from a passing to a failing example of a control, the shortest first, none twice."""
    ways = {
        repr(way): way
        for good, bad in product(control.good, control.bad)
        if (way := way_between(resources_of(control, good), resources_of(control, bad), control.types))
    }
    return sorted(ways.values(), key=lambda way: (len(way), sum(len(step.edits) or 3 for step in way)))


def way_between(good: Sequence[Plain], bad: Sequence[Plain], types: Sequence[str]) -> list[Step]:
    """Give what has to be done to one example to get the other."""
    before, after = keyed(good), keyed(bad)
    steps: list[Step] = []
    for key in dict.fromkeys([*before, *after]):
        if key not in before:
            steps.append(Step(role=key, added=after[key]))
        elif key not in after:
            steps.append(Step(role=key))
        elif edits := tuple(_edits(_parts(before[key]), _parts(after[key]))):
            # A resource alone stands for all types that the control judges.
            steps.append(Step(role=key, types=types if len(before) == len(after) == 1 else (), edits=edits))
    return steps


def _edits(good: Any, bad: Any, at: Path = ()) -> Iterator[Edit]:
    if isinstance(good, Mapping) and isinstance(bad, Mapping):
        for key in dict.fromkeys([*good, *bad]):
            yield from _edits(good.get(key, GONE), bad.get(key, GONE), (*at, key))
    elif isinstance(good, list) and isinstance(bad, list) and len(good) == len(bad):
        for number, pair in enumerate(zip(good, bad, strict=True)):
            yield from _edits(*pair, (*at, number))
    elif type(good) is not type(bad) or good != bad:
        yield Edit(path=at, value=bad)


def _parts(resource: Plain) -> Mapping[str, Any]:
    return {"name": resource["name"], "inputs": resource["inputs"], "options": resource.get("options") or {}}


def castings(way: Way, stack: Plains) -> Iterator[Cast]:
    """Give who of the stack can play the roles of a way, those that it only refers to included."""
    added = {step.role for step in way if step.added is not None}
    roles: dict[Key, Sequence[str]] = {step.role: step.types for step in way if step.added is None}
    for type_, name in _REFERENCE.findall(repr(way)):
        if (type_, name) not in added and any(key[0] == type_ for key in stack):
            roles.setdefault((type_, name), ())
    players = [[key for key in stack if key[0] in {role[0], *types}] for role, types in roles.items()]
    for cast in product(*players):
        if len(set(cast)) == len(roles):
            yield dict(zip(roles, cast, strict=True))


def played(way: Way, cast: Cast, stack: Plains) -> dict[Key, Plain]:
    """Give the stack after the steps; what they write refers to the players, not to the roles."""
    after = dict(stack)
    for step in way:
        if step.added is not None:
            after[step.role] = _recast(step.added, cast)
        elif step.edits:
            key = cast[step.role]
            parts: Any = _parts(after[key])
            for edit in step.edits:
                parts = _written(parts, edit.path, _recast(edit.value, cast))
            after[key] = {**after[key], **parts}
        else:
            del after[cast[step.role]]
    return after


def _written(value: Any, path: Path, new: Any) -> Any:
    """Give *value* with *new* at the path; objects and lists on the way are made where there are none."""
    if not path:
        return new
    key, *rest = path
    if isinstance(key, int):
        items = list(value) if isinstance(value, list) else []
        changed = _written(items[key] if key < len(items) else GONE, tuple(rest), new)
        return [*items[:key], *([] if changed is GONE else [changed]), *items[key + 1 :]]
    members = dict(value) if isinstance(value, Mapping) else {}
    changed = _written(members.pop(key, GONE), tuple(rest), new)
    return members if changed is GONE else {**members, key: changed}


def _recast(value: Any, cast: Cast) -> Any:
    match value:
        case str():
            return _REFERENCE.sub(lambda found: _reference(*found.groups(), cast=cast), value)
        case Mapping():
            return {key: _recast(one, cast) for key, one in value.items()}
        case list():
            return [_recast(one, cast) for one in value]
        case _:
            return value


def _reference(type_: str, name: str, *, cast: Cast) -> str:
    return f"ref:{type_}::{cast.get((type_, name), (type_, name))[1]}::"
