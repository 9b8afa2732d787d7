"""Which stores are imported: what was asked for, held against what exists and whose it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from imports.expected import ATLAS_CLUSTER, GROUP, INSTANCE, TABLE, ExpectedStore
from imports.found import FoundStore
from stacks.mistakes import Mistake, unknown

_NOUN: Final[Mapping[str, str]] = {
    TABLE: "table",
    INSTANCE: "DB instance",
    GROUP: "replication group",
    ATLAS_CLUSTER: "Atlas cluster",
}
_OPTION: Final = "--store"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owners:
    """Whose resources are, as far as states say."""

    own: Sequence[Mapping[str, Any]]
    """Resources in the stack's own state."""
    others: Mapping[str, Sequence[Mapping[str, Any]]]
    """Resources of the project's other stacks in the same backend, by stack."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidates:
    """What can be imported, or why not."""

    stores: tuple[FoundStore, ...]
    mistakes: tuple[Mistake, ...]
    there: tuple[str, ...]
    """Stores that nobody asked for by name, and that the stack has already."""


def asked(pairs: Sequence[str], stores: Mapping[str, ExpectedStore], all_names: Sequence[str]) -> dict[str, str]:
    """
    Read `NAME=ID`, or `NAME` where the program fixes the physical name; give ids by store.

    Raises MistakesError with all that is wrong.
    """
    ids: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for pair in pairs:
        name, _, id_ = pair.partition("=")
        if name in ids:
            mistakes.append(_mistake(f"names {name} twice"))
        elif wrong := _wrong(name, id_, stores, all_names):
            mistakes.append(_mistake(wrong))
        else:
            ids[name] = id_ or stores[name].named or ""
    if mistakes:
        raise MistakesError(mistakes)
    return ids


class MistakesError(Exception):
    """What is wrong with what was asked for."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def _mistake(what: str) -> Mistake:
    return Mistake(where=(_OPTION,), what=what)


def _wrong(name: str, id_: str, stores: Mapping[str, ExpectedStore], all_names: Sequence[str]) -> str:
    if name not in all_names:
        return f"{name!r} {unknown(name, 'a store', sorted(all_names))}"
    if name not in stores:
        return (
            f"{name} cannot be imported in this phase: only tables, PostgreSQL on an instance, replication groups and "
            "Atlas clusters can; import it in an earlier phase, and upgrade"
        )
    noun, fixed = _NOUN[stores[name].main.type], stores[name].named
    if fixed and id_ and id_ != fixed:
        return f"{name} must be the {noun} {fixed}, which is the name that the program gives it, got {id_}"
    if not fixed and not id_:
        return f"{name} needs the id of the {noun}: write {name}=ID"
    return ""


def candidates(
    stack: str,
    ids: Mapping[str, str],
    stores: Mapping[str, ExpectedStore],
    find: Callable[[ExpectedStore, str], FoundStore | None],
    owners: Owners,
) -> Candidates:
    """Look for what was asked for; where nothing was, for every store whose physical name the program fixes."""
    wanted = ids or {name: store.named for name, store in stores.items() if store.named}
    found: list[FoundStore] = []
    mistakes: list[Mistake] = []
    there: list[str] = []
    for name, id_ in wanted.items():
        store = stores[name]
        if not ids and _in_state(store, owners):
            there.append(name)
        elif (one := find(store, id_)) is not None:
            found.append(one)
            mistakes += [_mistake(f"{name}: {what}") for what in _in_the_way(stack, one, owners)]
        elif ids:
            mistakes.append(_mistake(f"{name}: there is no {_NOUN[store.main.type]} {id_} in this account and region"))
    if not found and not mistakes:
        mistakes.append(_mistake(_nothing(stores, there)))
    return Candidates(stores=tuple(found), mistakes=tuple(mistakes), there=tuple(there))


def _in_state(store: ExpectedStore, owners: Owners) -> Mapping[str, Any] | None:
    return next((one for one in owners.own if one["urn"] == store.main.urn), None)


def _in_the_way(stack: str, found: FoundStore, owners: Owners) -> Iterator[str]:
    """Say why a store that exists cannot be taken over."""
    noun = f"{_NOUN[found.store.main.type]} {found.id}"
    if found.unfit:
        yield f"{noun} {found.unfit}"
    if has := _in_state(found.store, owners):
        same = "it" if has.get("id") == found.id else f"{has.get('id')}, another one"
        yield f"{stack} has {same} already: there is nothing to import"
    for other, resources in owners.others.items():
        if any(_is(one, found) for one in resources):
            yield f"{noun} belongs to the stack {other}: `pulumi state delete` there gives it up without deleting it"
    whose = found.tags.get("stack", stack)
    if whose != stack and whose not in owners.others:
        yield f"{noun} has the tag stack={whose}, so it belongs to that stack: take it from there first"


def _is(resource: Mapping[str, Any], found: FoundStore) -> bool:
    if resource.get("type") != found.store.main.type or resource.get("id") != found.id:
        return False
    # The same id may stand for another one in another region or account.
    arn = (resource.get("outputs") or {}).get("arn")
    return not (arn and found.arn) or arn == found.arn


def _nothing(stores: Mapping[str, ExpectedStore], there: Sequence[str]) -> str:
    names = [str(store.named) for name, store in stores.items() if store.named and name not in there]
    given = [f"{name}=ID" for name, store in stores.items() if not store.named]
    said = [
        *([f"none of {', '.join(names)} exists in this account and region"] if names else []),
        *([f"the stack has {', '.join(there)} already"] if there else []),
        *([f"others are named: {_OPTION} {f' {_OPTION} '.join(given)}"] if given else []),
    ]
    return f"finds nothing to import: {'; '.join(said)}"
