"""Which stores an update that was stopped half-way has begun to change, as the state has it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from localcloud.resource import DEFAULTED
from stacks.keys import Hop
from stacks.settings import Settings
from upgrades.edits import SIGNATURE, Edit, Operation, steps, unknown, value_at
from upgrades.hop import Hop as Allowed
from upgrades.plan import Render, sizes_of
from upgrades.renders import Rendered, edits_between


def reached(deployed: Settings, written: Settings, resources: Sequence[Mapping[str, Any]], render: Render) -> Settings:
    """
    Give what is *written* in the stack file, but with the *deployed* sizes of stores that are untouched by it.

    So a way back neither grows nor shards what was not yet. A store of which nothing shows whether it is untouched
    counts as changed.
    """
    if written.hop is None:
        return written
    old, new = sizes_of(deployed), sizes_of(written)
    changing = {name: size for name, size in new.items() if old.get(name) != size}
    sides = (Rendered(stack=one.stack, region=one.region, resources=render(one)) for one in (deployed, written))
    edits, owner = edits_between(*sides), Allowed(sizes={name: {} for name in new})
    there = {(one["type"], one["urn"].rpartition("::")[2]): one.get("inputs") or {} for one in resources}
    untouched = {
        name
        for name in changing
        if name in old and _untouched([one for one in edits if owner.store_of(one.name) == name], there)
    }
    rows = sizes_of(replace(written, hop=None))
    sizes = {**written.hop.sizes, **{name: old[name] for name in untouched}}
    left = {name: size for name, size in sizes.items() if rows.get(name) != size}
    hop = Hop.model_construct(to=written.hop.to, step=written.hop.step, sizes=left, also=written.hop.also)
    return replace(written, hop=hop)


def _untouched(edits: Sequence[Edit], there: Mapping[tuple[str, str], Mapping[str, Any]]) -> bool:
    """Say whether all that shows it is as before, and something shows it."""
    shown = list(_shown(edits, there))
    return bool(shown) and all(shown)


def _shown(edits: Sequence[Edit], there: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterator[bool]:
    """Yield of each edit that can be compared whether it has not been made."""
    for edit in edits:
        inputs = there.get((edit.type, edit.name))
        if edit.operation is Operation.CREATE and inputs is not None:
            yield False
        if edit.operation is Operation.DELETE and inputs is None:
            yield False
        if edit.operation is Operation.UPDATE and inputs is not None and edit.path:
            is_ = value_at(inputs, steps(edit.path))
            if not any(map(_hidden, (edit.before, edit.after, is_))):
                yield _bare(is_) == _bare(edit.before)


def _bare(value: Any) -> Any:
    """Leave out what is nothing, and what the bridge notes of its own."""
    match value:
        case dict():
            found = cast("dict[str, Any]", value)
            return {key: _bare(one) for key, one in found.items() if one is not None and key != DEFAULTED}
        case list():
            return [_bare(one) for one in cast("list[Any]", value)]
        case _:
            return value


def _hidden(value: Any) -> bool:
    """Say whether something in a value is known to the deployment alone, or a secret, or another resource's output."""
    match value:
        case dict():
            return SIGNATURE in value or any(map(_hidden, cast("dict[str, Any]", value).values()))
        case list():
            return any(map(_hidden, cast("list[Any]", value)))
        case str():
            return unknown(value) or value.startswith(("ref:", "secret:"))
        case _:
            return False
