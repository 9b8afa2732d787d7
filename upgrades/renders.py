"""
What lies between two renders of a stack, without an engine: the difference that the local cloud's providers would find.

Two things that only an engine sees are worked out here: what a replacement pulls along (whoever holds an output of the
replaced resource gets another value), and another region, which no resource names and which makes all of them anew.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from localcloud.difference import differ
from localcloud.resource import ResourceType
from localcloud.resources import TYPES
from localcloud.wire import UNKNOWN
from stacks.phases import stateful
from stacks.stackfile import PROJECT
from upgrades.edits import PROTECT, REGION, Edit, Kind, Operation, kind_of, place, stands_alone, steps, value_at

Resource = Mapping[str, Any]
"""A resource in the normal form: `type`, `name`, `inputs`, `options`."""
Place = tuple[str, str]
"""Type and name: what a reference names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A stack as one version of the program describes it."""

    stack: str
    region: str
    resources: Sequence[Resource]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pair:
    """The same resource before and after."""

    before: Resource
    after: Resource


def edits_between(before: Rendered, after: Rendered) -> list[Edit]:
    """Give what an `up` of *after* changes where *before* is deployed."""
    pairs, gone, new = _matched(before.resources, after.resources)
    moved = before.region != after.region
    replaced = _pulled_along(pairs, {_place(pair.after) for pair in pairs} if moved else set())
    edits = [edit for pair in pairs for edit in _edits_of(pair, replaced, after.stack)]
    if moved:
        edits += [
            replace(
                _whole(pair.before, after.stack, Operation.REPLACE),
                path=REGION,
                before=before.region,
                after=after.region,
                replaces=True,
            )
            for pair in pairs
        ]
    edits += [_whole(resource, after.stack, Operation.DELETE) for resource in gone]
    edits += [_whole(resource, after.stack, Operation.CREATE) for resource in new]
    return edits


def standing(before: Rendered, after: Rendered) -> frozenset[str]:
    """Give the logical names of the clusters that are deployed and stay, and are no copies of anything."""
    pairs, _, _ = _matched(before.resources, after.resources)
    return frozenset(pair.after["name"] for pair in pairs if stands_alone(pair.before["type"], pair.before["inputs"]))


# Which is which


def _matched(
    before: Sequence[Resource], after: Sequence[Resource]
) -> tuple[list[_Pair], list[Resource], list[Resource]]:
    """Give what is on both sides, what is gone, what is new; another parent type is another resource, as to Pulumi."""
    left = {_urn(resource, ""): resource for resource in before}
    pairs: list[_Pair] = []
    new: list[Resource] = []
    for resource in after:
        known = next((urn for urn in (_urn(resource, ""), *_aliases(resource, left)) if urn in left), None)
        if known is None:
            new.append(resource)
        else:
            pairs.append(_Pair(before=left.pop(known), after=resource))
    return pairs, list(left.values()), new


def _urn(resource: Resource, stack: str) -> str:
    """Write the URN; a render knows the nearest parent only."""
    parent = str(resource["options"].get("parent", "")).partition("::")[0]
    types = f"{parent}${resource['type']}" if parent else resource["type"]
    return f"urn:pulumi:{stack}::{PROJECT}::{types}::{resource['name']}"


def _aliases(resource: Resource, known: Mapping[str, Resource]) -> Iterator[str]:
    """Give the URNs among *known* that the resource says it had, by type and name."""
    for alias in resource["options"].get("aliases", ()):
        if isinstance(alias, str):
            *_, types, name = alias.split("::", 3)
            was = (types.rpartition("$")[2], name)
        else:
            was = (alias.get("type") or resource["type"], alias.get("name") or resource["name"])
        yield from [urn for urn, one in known.items() if _place(one) == was]


def _place(resource: Resource) -> Place:
    return resource["type"], resource["name"]


# What is replaced


def _pulled_along(pairs: Sequence[_Pair], moved: set[Place]) -> set[Place]:
    """Give every resource that is replaced: for itself, or because it holds an output of one that is."""
    replaced = set(moved)
    while True:
        found = {
            _place(pair.after)
            for pair in pairs
            if _place(pair.after) not in replaced and any(edit.replaces for edit in _edits_of(pair, replaced, ""))
        }
        if not found:
            return replaced
        replaced |= found


def _edits_of(pair: _Pair, replaced: set[Place], stack: str) -> Iterator[Edit]:
    """Give the edits of one resource, where the outputs of *replaced* resources will be others."""
    protected = bool(pair.before["options"].get("protect")), bool(pair.after["options"].get("protect"))
    before, after = dict(pair.before["inputs"]), _renewed(pair.after["inputs"], replaced)
    if before == after and protected[0] == protected[1]:
        return
    found = dict(_changes(TYPES.get(pair.after["type"]), before, after, pair.after["options"]))
    replaces = any(found.values()) or _place(pair.after) in replaced
    operation = Operation.REPLACE if replaces else Operation.UPDATE if found else Operation.UNTOUCHED
    shared = replace(
        _whole(pair.before, stack, operation),
        urn=_urn(pair.after, stack),
        was=pair.before["inputs"],
        will=pair.after["inputs"],
    )
    if protected[0] != protected[1]:
        yield replace(
            shared,
            path=PROTECT,
            kind=Kind.DELETE if protected[0] else Kind.ADD,
            before=protected[0],
            after=protected[1],
        )
    for path, forces in found.items():
        # As the program has it: the same on both sides where only the resource behind it is another one.
        was, will = value_at(before, steps(path)), value_at(pair.after["inputs"], steps(path))
        yield replace(shared, path=path, kind=kind_of(was, will), before=was, after=will, replaces=forces)


def _changes(
    kind: ResourceType | None, before: dict[str, Any], after: dict[str, Any], options: Mapping[str, Any]
) -> Iterator[tuple[str, bool]]:
    """Give the paths that change, and whether each replaces the resource."""
    always = [re.sub(r"\[\*\]", "", path) for path in options.get("replaceOnChanges", ())]
    ignored = options.get("ignoreChanges", ())
    if kind is None:
        found = [(key, False) for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
        found = [(key, forces) for key, forces in found if key not in ignored]
    else:
        change = differ(kind, {**kind.defaults, **before}, {**kind.defaults, **after}, ignored).changes
        found = [(one.path, one.replaces) for one in change]
    merged: dict[str, bool] = {}
    for path, forces in found:
        asked = any(one in ("*", path) or path.startswith((f"{one}.", f"{one}[")) for one in always)
        merged[place(path)] = merged.get(place(path), False) or forces or asked
    yield from merged.items()


def _renewed(inputs: Mapping[str, Any], replaced: set[Place]) -> dict[str, Any]:
    """Make every value that holds an output of a replaced resource unknown, as it is in a preview."""
    if not replaced:
        return dict(inputs)
    marks = tuple(f"ref:{type_}::{name}::" for type_, name in replaced)
    return {key: _renewed_value(value, marks) for key, value in inputs.items()}


def _renewed_value(value: Any, marks: tuple[str, ...]) -> Any:
    match value:
        case str():
            return UNKNOWN if any(mark in value for mark in marks) else value
        case dict():
            inside = cast("dict[str, Any]", value)
            return {key: _renewed_value(item, marks) for key, item in inside.items()}
        case list():
            return [_renewed_value(item, marks) for item in cast("list[Any]", value)]
        case _:
            return value


def _whole(resource: Resource, stack: str, operation: Operation) -> Edit:
    kinds = {Operation.CREATE: Kind.ADD, Operation.DELETE: Kind.DELETE}
    return Edit(
        type=resource["type"],
        name=resource["name"],
        urn=_urn(resource, stack),
        operation=operation,
        path="",
        kind=kinds.get(operation, Kind.UPDATE),
        before=None,
        after=None,
        replaces=False,
        holds_data=stateful(resource["type"], resource["inputs"]),
        will={} if operation is Operation.DELETE else resource["inputs"],
    )


def rendered_from(text: str, *, stack: str, region: str) -> Rendered:
    """Read what `datastores render STACK --json` printed; raises ValueError for anything else."""
    document = json.loads(text)
    if not (isinstance(document, dict) and isinstance(document.get("resources"), list)):
        raise ValueError("the render has no resources")  # noqa: TRY004  like JSON that is none
    return Rendered(stack=stack, region=region, resources=document["resources"])
