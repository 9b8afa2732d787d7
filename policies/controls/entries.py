"""The objects of a list property, such as rules and routes, none of them lost for being unknown or of a wrong type."""

from collections.abc import Sequence
from typing import Any

from policies.values import CannotTellError, Items, Record, Reference, Unknown, opened


class Hidden(Record):
    """An object of which nothing is known: whatever is asked of it raises CannotTellError."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__({})
        self._unknown = unknown

    @property
    def is_whole_list(self) -> bool:
        """Say whether the list is unknown, not one of its objects: then there may be none."""
        return not self._unknown.path.endswith("]")

    def __getitem__(self, key: str) -> Any:
        raise CannotTellError(self._unknown.path)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ARG002  none of its properties is known
        """Raise as reading it does: the one of a record does not read."""
        raise CannotTellError(self._unknown.path)

    def __contains__(self, key: object) -> bool:
        raise CannotTellError(self._unknown.path)

    def is_unknown(self, key: str) -> bool:  # noqa: ARG002  none of its properties is known
        """Say that the property is unknown."""
        return True

    def references(self, key: str) -> tuple[Reference, ...]:  # noqa: ARG002  as above
        """Give what the whole object comes from."""
        return self._unknown.references

    def raw(self, key: str) -> Any:  # noqa: ARG002  as above
        """Give the unknown that stands for the whole object."""
        return self._unknown


class Malformed(Record):
    """What stands where an object should: it has no properties, and nobody knows what it would come to."""


def entries(properties: Record, key: str) -> Sequence[Record]:
    """Give the objects of a list, or the one that stands in its place; what is none is Malformed."""
    found: list[Record] = []
    value = properties.raw(key)
    for raw in () if value is None else listed(value):
        match opened(raw):
            case Record() as record:
                found.append(record)
            case Unknown() as unknown:
                found.append(Hidden(unknown))
            case _:
                found.append(Malformed({}))
    return found


def listed(raw: Any) -> Sequence[Any]:
    """Give a raw value as a list: a single one, or an unknown list, stands for a list of it."""
    value = opened(raw)
    if value is None:
        return ()
    return value.raw() if isinstance(value, Items) else (value,)
