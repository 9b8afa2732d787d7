"""The hop that a change is allowed to be: the stores that it names, and what their sizes decide."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, cast

from stacks.leaving import Moved
from stacks.rules import camel
from stacks.stackfile import PROJECT

KEY: Final = f"{PROJECT}:hop"

_ALSO: Final[Mapping[str, Sequence[str]]] = {"instance_class": ("replica_class",)}
"""By field, others that decide the same of some resources."""
Row = Mapping[str, Any]
"""A size as a stack file writes it; a database between RDS and Aurora has `instance`, `cluster` and `writer`."""


class HopError(Exception):
    """What is written under `datastores:hop` is no hop."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """What the stack file allows one `up` to change with an outage."""

    sizes: Mapping[str, Row]
    """By store."""

    def store_of(self, name: str) -> str | None:
        """Give the store that a resource belongs to, by its logical name; None: to none that the hop names."""
        found = [store for store in self.sizes if name == store or name.startswith(f"{store}-")]
        return max(found, key=len, default=None)

    def decides(self, name: str, field: str, value: object, *, literal: bool = True) -> bool:
        """
        Say whether the hop's size gives a resource's property that value, by the field that decides it.

        Not *literal*: the property is not the field's very value, and having the field is enough.
        """
        store = self.store_of(name)
        if store is None or not field:
            return False
        found = chain.from_iterable(_all(self.sizes[store], camel(one)) for one in (field, *_ALSO.get(field, ())))
        return any(not literal or type(one) is not type(value) or one == value for one in found)

    def leaves(self, type_: str, name: str) -> bool:
        """Say whether a resource is an instance of a database whose cluster takes, or gets, its writes."""
        store = self.store_of(name)
        if store is None or self.sizes[store].get("writer") != "cluster":
            return False
        return Moved(store=store, writer="cluster").includes(type_, name)

    def retires(self, name: str) -> str | None:
        """Give the logical name of the cluster that an instance's data has moved to; None: the hop retires nothing."""
        store = self.store_of(name)
        # A store that was restored has the number of its generation in between.
        found = None if store is None else re.fullmatch(rf"({store}(?:-\d+)?)-primary", name)
        if store is None or found is None:
            return None
        row = self.sizes[store]
        return f"{found[1]}-cluster" if "capacity" in row and "writer" not in row else None


def hop_of(config: Mapping[str, Any]) -> Hop | None:
    """Read the hop of a stack's settings, by full key, a value or its JSON text; raises HopError for what is none."""
    written = config.get(KEY)
    if written in (None, ""):
        return None
    try:
        found = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        found = None
    sizes = cast("dict[str, Any]", found).get("sizes") if isinstance(found, dict) else None
    if not isinstance(sizes, dict) or not all(
        isinstance(row, dict) for row in cast("dict[str, object]", sizes).values()
    ):
        raise HopError(f"{KEY} must be {{to, step, sizes}} with a row for each store in sizes, got {written!r}")
    return Hop(sizes=cast("dict[str, Row]", sizes))


def _all(value: object, key: str) -> Iterator[object]:
    """Give what stands under a key, wherever in a row it does."""
    if not isinstance(value, Mapping):
        return
    for name, inside in cast("Mapping[str, object]", value).items():
        if name == key:
            yield inside
        yield from _all(inside, key)
