"""Which resources of a stack name a given one: the other direction of `Stack.related`, in one look-up."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from policies.stack import Stack
from policies.values import CannotTellError, Items, Reference, Resource, Unknown, opened, unknowns

_IDENTITIES: Final = ("arn", "id", "keyId", "name", "identifier", "clusterIdentifier", "replicationGroupId")
"""Properties that other resources name one by; the last four are the program's, so they may be unknown to it too."""
_CHOSEN: Final = _IDENTITIES[3:]


@dataclass(slots=True)
class _Index:
    """What the resources of a type say in one property."""

    by_reference: defaultdict[tuple[str, str], list[tuple[Reference, Resource]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    by_value: defaultdict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))
    by_template: defaultdict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))
    """By what an unknown text is made of: two that are made of the same will be equal."""
    unclear: dict[frozenset[str], str] = field(default_factory=dict)
    """Paths of unknown values, by the types of the resources that they are known to come from."""

    @property
    def is_empty(self) -> bool:
        """Say whether they say nothing."""
        return not (self.by_reference or self.by_value or self.by_template or self.unclear)


_KNOWN: Final[WeakKeyDictionary[Stack, dict[Hashable, Any]]] = WeakKeyDictionary()
_Built = TypeVar("_Built")


def remembered(stack: Stack, key: Hashable, build: Callable[[], _Built]) -> _Built:
    """Give what was built under a key for this stack, and build it the first time."""
    known = _KNOWN.setdefault(stack, {})
    if key not in known:
        known[key] = build()
    return known[key]


def naming(stack: Stack, type_: str, property_: str, resource: Resource) -> Sequence[Resource]:
    """
    Give the resources of *type_* whose property names *resource*: by reference, dependency or equal value.

    Raises:
        CannotTellError: there may be another one.

    """
    found, doubt = _naming(stack, type_, property_, resource)
    if doubt:
        raise CannotTellError(doubt)
    return found


def any_naming(  # noqa: PLR0913  each is a fact of its own
    stack: Stack,
    type_: str,
    property_: str,
    resource: Resource,
    test: Callable[[Resource], bool] = lambda _: True,
    *,
    texts: Sequence[str] = (),
    clear: Sequence[str] = (),
) -> bool:
    """
    Say whether a resource of *type_* whose property names *resource*, or is one of *texts*, passes a test.

    What is unknown and comes from a resource of a type in *clear* is taken for something else.

    Raises:
        CannotTellError: none does for sure, but one may.

    """
    found, doubt = _naming(stack, type_, property_, resource, texts=texts, clear=clear)
    if is_any(found, test):
        return True
    if doubt:
        raise CannotTellError(doubt)
    return False


def are_naming(stack: Stack, type_: str, property_: str, resource: Resource, *, least: int) -> bool:
    """
    Say whether so many resources of *type_* name *resource* in a property.

    Raises:
        CannotTellError: fewer do for sure, but there may be more.

    """
    found, doubt = _naming(stack, type_, property_, resource)
    if len(found) >= least:
        return True
    if doubt:
        raise CannotTellError(doubt)
    return False


def sharing(stack: Stack, type_: str, property_: str, resource: Resource) -> tuple[Sequence[Resource], str]:
    """Give the resources of *type_* that say the same in a property as *resource*, and what is unknown of others."""
    index, origins = _index(stack, type_, property_), references_of(resource, property_)
    value = opened(resource.raw(property_))
    found = [
        one
        for origin in origins
        for reference, one in index.by_reference.get((origin.type, origin.name), ())
        if not (origin.urn and reference.urn) or origin.urn == reference.urn
    ]
    if isinstance(value, str):
        found += index.by_value.get(value, ()) if value else ()
    elif value is not None and (index.by_value or not origins):
        return _distinct(found), property_
    types = {origin.type for origin in origins}
    doubt = next((path for clear, path in index.unclear.items() if not clear & types), "")
    return _distinct(found), doubt


def is_any(candidates: Iterable[Any], test: Callable[[Any], bool]) -> bool:
    """
    Say whether one passes the test, whatever is unknown of the others.

    Raises:
        CannotTellError: none does for sure, but one may.

    """
    doubt: CannotTellError | None = None
    for candidate in candidates:
        try:
            if test(candidate):
                return True
        except CannotTellError as error:
            doubt = error
    if doubt:
        raise doubt
    return False


def is_named(references: Iterable[Reference], resource: Resource) -> bool:
    """Say whether one of the references leads to *resource*."""
    return any(
        (one.type, one.name) == (resource.type, resource.name) and _same_urn(one, resource) for one in references
    )


def references_of(resource: Resource, property_: str) -> Sequence[Reference]:
    """Give what a property comes from: what its unknown parts name, and what the engine tells."""
    return (*resource.references(property_), *resource.dependencies.get(property_, ()))


def _naming(  # noqa: PLR0913  each is a fact of its own
    stack: Stack,
    type_: str,
    property_: str,
    resource: Resource,
    *,
    texts: Sequence[str] = (),
    clear: Sequence[str] = (),
) -> tuple[Sequence[Resource], str]:
    index = _index(stack, type_, property_)
    if index.is_empty:
        return (), ""
    found = [
        one
        for reference, one in index.by_reference.get((resource.type, resource.name), ())
        if _same_urn(reference, resource)
    ]
    own = [opened(value) for key in _IDENTITIES if (value := resource.raw(key)) is not None]
    for text in (*(value for value in own if isinstance(value, str)), *texts):
        found += index.by_value.get(text, ())
    for unknown in own:
        if isinstance(unknown, Unknown) and unknown.template:
            found += index.by_template.get(unknown.template, ())
    doubt = next((path for types, path in index.unclear.items() if types.isdisjoint((resource.type, *clear))), "")
    if not doubt and index.by_value and any(resource.is_unknown(key) for key in _CHOSEN):
        doubt = f"the name of {resource.name}"
    return _distinct(found), doubt


def _distinct(resources: Iterable[Resource]) -> Sequence[Resource]:
    return list({id(one): one for one in resources}.values())


def _same_urn(reference: Reference, resource: Resource) -> bool:
    return not (reference.urn and resource.urn) or reference.urn == resource.urn


def _index(stack: Stack, type_: str, property_: str) -> _Index:
    return remembered(stack, (type_, property_), lambda: _indexed(stack.of(type_), property_))


def _indexed(resources: Iterable[Resource], property_: str) -> _Index:
    index = _Index()
    for one in resources:
        for reference in references_of(one, property_):
            index.by_reference[reference.type, reference.name].append((reference, one))
        for text in _texts(one.raw(property_)):
            index.by_value[text].append(one)
        told = one.dependencies.get(property_, ())
        for unknown in unknowns(one.raw(property_)):
            if unknown.template:
                index.by_template[unknown.template].append(one)
            types = frozenset(reference.type for reference in (*unknown.references, *told))
            index.unclear.setdefault(types, unknown.path)
    return index


def _texts(value: Any) -> Iterator[str]:
    """Give the known texts of a value that is a text or a list."""
    value = opened(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, Items):
        yield from (text for item in value.raw() if isinstance(text := opened(item), str))
