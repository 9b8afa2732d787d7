"""All resources of a stack, and what belongs to what."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Final, overload

from policies.values import PLAIN, CannotTellError, Items, Record, Reference, Resource, Unknown, opened, unknowns

# What AWS makes up: while it is unknown, no literal in a program can be equal to it.
_GENERATED: Final = ("arn", "id", "keyId")
_NAMES: Final = ("name", "identifier", "clusterIdentifier", "replicationGroupId")


class Stack:
    """All resources of a stack; only those that a control asks for are read."""

    def __init__(self, readers: Mapping[Reference, Callable[[], Resource]], *, account: str = "") -> None:
        self.account = account
        """The stack's AWS account, twelve digits; empty when it is not known."""
        self._readers = readers
        self._of: defaultdict[str, list[Reference]] = defaultdict(list)
        for reference in readers:
            self._of[reference.type].append(reference)
        self._read = cache(lambda reference: self._readers[reference]())
        self._places = cache(
            lambda types: [
                place for place, origins in self._unclear.items() if any(origin.isdisjoint(types) for origin in origins)
            ]
        )

    def of(self, type_: str) -> Sequence[Resource]:
        """Give the resources of a type."""
        return [self._read(reference) for reference in self._of.get(type_, ())]

    def related(self, resource: Resource, property_: str, type_: str) -> Sequence[Resource]:
        """
        Give the resources of *type_* that a property of *resource* names: by reference, dependency or equal value.

        Where a list names some and what the others are is not known, whoever goes through all of them is told so at
        the end: a known one may have settled the question.

        Raises:
            CannotTellError: the property names only what is unknown, or something that is not in the stack.

        """
        value = opened(resource.raw(property_))
        wanted = {
            reference
            for reference in (*resource.references(property_), *resource.dependencies.get(property_, ()))
            if reference.type == type_
        }
        found = [self._read(reference) for reference in self._of.get(type_, ()) if reference in wanted]
        doubt = "" if len(found) == len(wanted) else property_
        if not found and isinstance(value, str):
            found = list(self._equal(value, type_))
        if isinstance(value, Items):
            found += self._listed(value, type_, found)
        if not found and isinstance(value, Unknown) and value.template:
            found = [one for one in self.of(type_) if any(_is_made_alike(one.raw(key), value) for key in _NAMES)]
            doubt = "" if found else doubt
        if isinstance(value, Items) or not found:
            doubt = doubt or next((one.path for one in unknowns(value) if not _comes_from(one, type_)), "")
        if doubt and not found:
            raise CannotTellError(doubt)
        return _Related(found, doubt) if doubt else found

    def referenced_by(self, resource: Resource) -> Sequence[tuple[Resource, str]]:
        """
        Give the other resources, of any type, that name *resource*, each with the property that does.

        At any depth, by reference or by its ARN or id; names that a program chooses do not count, as anything may bear
        them. Reads all resources of the stack, once.
        """
        own = _reference_to(resource)
        keys = (own, *(resource.raw(key) for key in _GENERATED))
        found = [use for key in keys if isinstance(key, str | Reference) for use in self._uses.get(key, ())]
        return [(self._read(user), property_) for user, property_ in dict.fromkeys(found) if user != own]

    def unclear(self, *types: str) -> Sequence[tuple[str, str]]:
        """Give types of resources, and paths in them with an unknown value that is not known to come from *types*."""
        return self._places(frozenset(types))

    @cached_property
    def _named(self) -> Sequence[tuple[Reference, str, str | Unknown]]:
        """Give who names something in which property: a resource's ARN or id, or what is unknown. One walk for all."""
        resources = [(user, self._read(user)) for user in self._readers]
        values = [resource.raw(key) for _, resource in resources for key in _GENERATED]
        texts = frozenset(value for value in values if isinstance(value, str))
        return [
            (user, property_, part)
            for user, resource in resources
            for property_, value in resource.raw_items()
            if type(value) not in PLAIN or value in texts  # most are neither; the rest takes longer
            for part in _naming(value, texts)
        ]

    @cached_property
    def _uses(self) -> Mapping[str | Reference, Sequence[tuple[Reference, str]]]:
        """Give by what is named who names it, and in which property."""
        uses: defaultdict[str | Reference, list[tuple[Reference, str]]] = defaultdict(list)
        for user, property_, part in self._named:
            for named in part.references if isinstance(part, Unknown) else (part,):
                uses[named].append((user, property_))
        return uses

    @cached_property
    def _unclear(self) -> Mapping[tuple[str, str], set[frozenset[str]]]:
        """Give by type and path of unknown values the types of the resources that each comes from."""
        unclear: defaultdict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
        for user, _, part in self._named:
            if isinstance(part, Unknown):
                unclear[user.type, part.path].add(frozenset(reference.type for reference in part.references))
        return unclear

    def _listed(self, values: Items, type_: str, found: Sequence[Resource]) -> Sequence[Resource]:
        """Give the resources of a type that a list names by ARN or id, and that were not found otherwise."""
        texts = {text for one in values.raw() if isinstance(text := opened(one), str)}
        if not texts:
            return ()
        return [
            one
            for one in self.of(type_)
            if any(one.raw(key) in texts for key in _GENERATED if isinstance(one.raw(key), str))
            and all(one is not other for other in found)
        ]

    def _equal(self, value: str, type_: str) -> Iterator[Resource]:
        """Give the resources of a type that bear *value* as a name, ARN or id."""
        unsure = None
        for candidate in self.of(type_):
            if any(candidate.raw(key) == value for key in (*_GENERATED, *_NAMES)):
                yield candidate
                return
            unsure = next((candidate for key in _NAMES if candidate.is_unknown(key)), unsure)
        if unsure:
            raise CannotTellError(f"the name of {unsure.name}")


class _Related(Sequence[Resource]):
    """Resources that a list names, of which there may be more; whoever asks for these raises CannotTellError."""

    def __init__(self, found: Sequence[Resource], doubt: str) -> None:
        self._found, self._doubt = found, doubt

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Resource]:
        yield from self._found
        raise CannotTellError(self._doubt)

    def __len__(self) -> int:
        raise CannotTellError(self._doubt)

    @overload
    def __getitem__(self, index: int) -> Resource: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Resource]: ...
    def __getitem__(self, index: int | slice) -> Resource | Sequence[Resource]:
        if isinstance(index, int) and 0 <= index < len(self._found):
            return self._found[index]
        raise CannotTellError(self._doubt)


def _comes_from(unknown: Unknown, type_: str) -> bool:
    return any(reference.type == type_ for reference in unknown.references)


def _is_made_alike(value: Any, other: Unknown) -> bool:
    """Say whether two unknown texts are made of the same, so that they will be equal: a name that holds another's."""
    value = opened(value)
    return isinstance(value, Unknown) and value.template == other.template


def _reference_to(resource: Resource) -> Reference:
    return Reference(type=resource.type, name=resource.name, urn=resource.urn)


def _naming(value: Any, texts: Collection[str]) -> Iterable[str | Unknown]:
    """Give the unknown values in *value*, at any depth and in order, and those of *texts*."""
    found: list[str | Unknown] = []
    left = [value]
    while left:
        one = opened(left.pop())
        if isinstance(one, Record | Items):
            parts = one.raw() if isinstance(one, Items) else one.raw_values()
            left.extend(reversed([part for part in parts if type(part) not in PLAIN or part in texts]))
        elif isinstance(one, Unknown) or one in texts:
            found.append(one)
    return found


def stack_of(resources: Iterable[Resource], *, account: str = "") -> Stack:
    """Make a stack of resources that are read already; *account* is empty when it is not known."""
    return Stack({_reference_to(one): _given(one) for one in resources}, account=account)


def _given(resource: Resource) -> Callable[[], Resource]:
    return lambda: resource
