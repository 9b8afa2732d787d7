"""The resources of a stack, as estimators look at them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from costs.charge import SHARED
from costs.usage import Usage

Resource = Mapping[str, Any]
"""A resource in the normal form: `type`, `name`, `inputs`."""

_NOT_KNOWN = re.compile(r"(ref|unknown|secret):|\[secret\]$|04da6b54-80e4-46f7-96ec-b56ff0331ba9$")
"""What stands for a value that only a deployment knows; the last is the engine's."""


class UnknownValueError(ValueError):
    """A price depends on a value that nobody knows yet; the text names it."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What an estimate is made of."""

    resources: Sequence[Resource]
    region: str
    stores: tuple[str, ...]
    usage: Usage
    on: date
    """The day that the estimate is for."""

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Resource]]:
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for one in self.resources:
            found[one["type"]].append(one)
        return found

    @cached_property
    def _by_store(self) -> Mapping[tuple[str, str], Sequence[Resource]]:
        found: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
        for one in self.resources:
            found[one["type"], self.store_of(one)].append(one)
        return found

    @cached_property
    def _stores(self) -> frozenset[str]:
        return frozenset(self.stores)

    def of(self, type_: str, store: str | None = None) -> Sequence[Resource]:
        """Give the resources of a type, of one store or of all."""
        return self._by_type.get(type_, ()) if store is None else self._by_store.get((type_, store), ())

    def store_of(self, one: Resource) -> str:
        """Name the store that a resource is part of: its logical name begins with the store's."""
        name: str = one["name"]
        while name not in self._stores:
            name, dash, _ = name.rpartition("-")
            if not dash:
                return SHARED
        return name

    def region_of(self, one: Resource) -> str:
        """Name the region that a resource is in."""
        return text(one, "region") or self.region


def text(one: Resource, key: str) -> str:
    """Give a text of a resource's inputs; empty where there is none. Raises UnknownValueError."""
    value = one["inputs"].get(key)
    if isinstance(value, str) and _NOT_KNOWN.match(value):
        raise UnknownValueError(f"{key} is not known before the deployment")
    return "" if value is None else str(value)


def number(one: Resource, key: str, default: int = 0) -> Decimal:
    """Give a number of a resource's inputs. Raises UnknownValueError for what is none."""
    value = one["inputs"].get(key)
    if value is None:
        return Decimal(default)
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        raise UnknownValueError(f"{key} must be a number, got {value!r}") from None
    if not found.is_finite() or found < 0:
        raise UnknownValueError(f"{key} must be 0 or more, got {value!r}")
    return found


def is_on(one: Resource, key: str) -> bool:
    """Say whether a switch of a resource is on; the engine writes it as a text at times."""
    return str(one["inputs"].get(key, "")).lower() == "true"


def block(inputs: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Give a block of inputs, empty where there is none."""
    value = inputs.get(key)
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def blocks(inputs: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """Give the blocks in a list of inputs."""
    value = inputs.get(key)
    for one in cast("list[object]", value) if isinstance(value, list) else []:
        if isinstance(one, Mapping):
            yield cast("Mapping[str, Any]", one)


def size_of_list(one: Resource, key: str) -> int:
    """Say how long a list of inputs is. Raises UnknownValueError where it is no list."""
    value = one["inputs"].get(key)
    if value is None:
        return 0
    if not isinstance(value, list):
        raise UnknownValueError(f"{key} is not known before the deployment")
    return len(cast("list[object]", value))
