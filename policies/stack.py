"""All resources of a stack, and what belongs to what."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from policies.values import CannotTellError, Reference, Resource, opened, unknowns

# What AWS makes up: while it is unknown, no literal in a program can be equal to it.
_GENERATED: Final = ("arn", "id", "keyId")
_NAMES: Final = ("name", "identifier", "clusterIdentifier", "replicationGroupId")


class Stack:
    """All resources of a stack; only those that a control asks for are read."""

    def __init__(self, readers: Mapping[Reference, Callable[[], Resource]]) -> None:
        self._readers = readers
        self._of: defaultdict[str, list[Reference]] = defaultdict(list)
        for reference in readers:
            self._of[reference.type].append(reference)
        self._read = cache(lambda reference: self._readers[reference]())

    def of(self, type_: str) -> Sequence[Resource]:
        """Give the resources of a type."""
        return [self._read(reference) for reference in self._of.get(type_, ())]

    def related(self, resource: Resource, property_: str, type_: str) -> Sequence[Resource]:
        """
        Give the resources of *type_* that a property of *resource* names: by reference, dependency or equal value.

        Raises:
            CannotTellError: the property names something that is unknown, or not in the stack.

        """
        value = opened(resource.raw(property_))
        missing = list(unknowns(value))
        wanted = {
            reference
            for reference in (*resource.references(property_), *resource.dependencies.get(property_, ()))
            if reference.type == type_
        }
        found = [self._read(reference) for reference in self._of.get(type_, ()) if reference in wanted]
        if len(found) < len(wanted):
            raise CannotTellError(property_)
        if not found and isinstance(value, str):
            found = list(self._equal(value, type_))
        if not found and missing:
            raise CannotTellError(missing[0].path)
        return found

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


def stack_of(resources: Iterable[Resource]) -> Stack:
    """Make a stack of resources that are read already."""
    return Stack({Reference(type=one.type, name=one.name, urn=one.urn): _given(one) for one in resources})


def _given(resource: Resource) -> Callable[[], Resource]:
    return lambda: resource
