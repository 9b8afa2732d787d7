"""Which stores AWS Backup copies: those that a selection of a plan matches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from policies.controls.relations import is_any, is_named, remembered
from policies.stack import Stack
from policies.values import CannotTellError, Items, Record, Resource, Unknown, opened

SELECTION: Final = "aws:backup/selection:Selection"
_ARN_PARTS: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class _Naming:
    """How AWS names a kind of store in an ARN."""

    service: str
    prefix: str
    property: str


_STORES: Final = {
    "aws:rds/instance:Instance": _Naming(service="rds", prefix="db:", property="identifier"),
    "aws:rds/cluster:Cluster": _Naming(service="rds", prefix="cluster:", property="clusterIdentifier"),
    "aws:dynamodb/table:Table": _Naming(service="dynamodb", prefix="table/", property="name"),
}
STORES: Final = tuple(_STORES)
"""The types that AWS Backup can copy. ElastiCache is none of them."""


def in_backup_plan(store: Resource, stack: Stack) -> bool:
    """
    Say whether a selection matches a store of one of STORES: by ARN, wildcard or tag, as AWS Backup does.

    Raises:
        CannotTellError: none does for sure, but one may.

    """
    named, broad = remembered(stack, SELECTION, lambda: _sorted(stack.of(SELECTION)))
    naming = _STORES[store.type]
    if store.is_unknown(naming.property):
        candidates: Iterable[Resource] = stack.of(SELECTION)
    else:
        keys = ((store.type, store.name), (naming.service, naming.prefix + store.text(naming.property)))
        candidates = (*(one for key in keys for one in named.get(key, ())), *broad)
    return is_any(candidates, lambda selection: _selects(selection, store))


def _sorted(selections: Iterable[Resource]) -> tuple[Mapping[tuple[str, str], Sequence[Resource]], Sequence[Resource]]:
    """Sort selections: those that only name stores, by these, and those that may match any store."""
    named: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
    broad: list[Resource] = []
    for selection in selections:
        keys = [_key(one) for one in _listed(selection, "resources")]
        if not keys or None in keys or "selectionTags" in selection:
            broad.append(selection)
        for key in keys:
            if key:
                named[key].append(selection)
    return named, broad


def _key(one: Any) -> tuple[str, str] | None:
    """Give what a member of a list of ARNs names: a resource of the stack, or a service and a resource; else None."""
    if isinstance(one, Unknown):
        stores = [origin for origin in one.references if origin.type in _STORES]
        return (stores[0].type, stores[0].name) if len(stores) == len(one.references) == 1 else None
    parts = one.split(":", _ARN_PARTS - 1) if isinstance(one, str) else []
    if len(parts) < _ARN_PARTS or "*" in one or "?" in one or "[" in one:
        return None
    return parts[2], parts[-1]


def _selects(selection: Resource, store: Resource) -> bool:
    """Resources and tags add up, conditions narrow, and what is named in `notResources` is out."""
    ways = (
        lambda: is_any(_listed(selection, "resources"), lambda one: _is(one, store)),
        lambda: is_any(selection.records("selectionTags"), lambda tag: _has_tag(store, tag)),
        # Conditions alone choose from everything.
        lambda: (
            bool(selection.record("conditions")) and not (selection.get("resources") or selection.get("selectionTags"))
        ),
    )
    if not is_any(ways, lambda way: way()):
        return False
    if not isinstance(opened(selection.raw("notResources")), Items | Unknown | None):
        return False  # nobody knows what it leaves out
    return _meets(selection, store) and not is_any(_listed(selection, "notResources"), lambda one: _is(one, store))


def _listed(selection: Resource, key: str) -> Sequence[Any]:
    """Give the members of a list, unknown ones as they are; an unknown list is one member."""
    raw = opened(selection.raw(key))
    if isinstance(raw, Unknown):
        return (raw,)
    return [opened(one) for one in raw.raw()] if isinstance(raw, Items) else ()


def _is(one: Any, store: Resource) -> bool:
    """Say whether a member of a list of ARNs is this store."""
    if isinstance(one, Unknown):
        if is_named(one.references, store):
            return True
        # An ARN that comes from other stores alone is not this one's.
        if one.references and all(reference.type in _STORES for reference in one.references):
            return False
        raise CannotTellError(one.path)
    return isinstance(one, str) and _matches(one, store)


def _matches(pattern: str, store: Resource) -> bool:
    """Compare an ARN with wildcards; account and region are left out, since a selection reaches its own only."""
    if pattern == "*" or pattern == store.raw("arn"):
        return True
    naming, parts = _STORES[store.type], pattern.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or not fnmatchcase(naming.service, parts[2]):
        return False
    resource = parts[-1]
    if resource in {"*", f"{naming.prefix}*"}:
        return True
    # An instance's ARN begins with `db:`, so that no pattern for clusters can match it.
    if not resource.startswith((naming.prefix, "*")):
        return False
    return fnmatchcase(f"{naming.prefix}{store.text(naming.property)}", resource)


def _has_tag(store: Resource, tag: Record) -> bool:
    """Say whether a store has the tag of a `selectionTags` block."""
    key = tag.text("key")
    return tag.text("type") == "STRINGEQUALS" and bool(key) and _tag(store, key) == tag.text("value")


def _tag(store: Resource, key: str) -> Any:
    tags = store.record("tags")
    return tags[key] if key in tags else store.record("tagsAll").get(key)


def _meets(selection: Resource, store: Resource) -> bool:
    """Say whether a store meets every condition; AWS writes their keys `aws:ResourceTag/<key>`."""
    conditions = selection.record("conditions")
    tests = (
        ("stringEquals", lambda have, want: have == want),
        ("stringLikes", lambda have, want: isinstance(have, str) and fnmatchcase(have, want)),
        ("stringNotEquals", lambda have, want: have != want),
        ("stringNotLikes", lambda have, want: not (isinstance(have, str) and fnmatchcase(have, want))),
    )
    return all(
        test(_tag(store, condition.text("key").removeprefix("aws:ResourceTag/")), condition.text("value"))
        for kind, test in tests
        for condition in conditions.records(kind)
    )
