"""What a change does to resources, one entry a changed property: previews and renders are read into these."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, Final, cast

from localcloud.wire import is_unknown

PROTECT: Final = "options.protect"
"""The path of Pulumi's own protection, which is no input."""
REGION: Final = "aws:region"
"""The path of an edit that stands for the stack's setting."""
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""The protocol's public mark of a wrapped value."""
WHOLE: Final = frozenset(
    {
        "pointInTimeRecovery",
        "serverSideEncryption",
        "attributes",
        "globalSecondaryIndexes",
        "replicas",
        "replicationSpecs",
    }
)
"""
Blocks whose members mean nothing alone (35 days of a recovery that is off), and lists whose positions do not: an edit
holds them whole.
"""
_STEP: Final = re.compile(r'\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<position>\d+)\]|\.?(?P<key>[^.\[]+)')


class Operation(StrEnum):
    """What happens to the resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    UNTOUCHED = "untouched"
    """The provider is not asked for anything: only Pulumi's options change."""
    UNKNOWN = "unknown"
    """An operation that this version of the gate has never heard of."""


class Kind(StrEnum):
    """How a value changes."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One changed property of one resource."""

    type: str
    name: str
    urn: str
    operation: Operation
    path: str
    """Such as `tags.phase` or `attributes[1].name`; empty: the resource as a whole."""
    kind: Kind
    before: Any
    """The value that is deployed; None where there is none."""
    after: Any
    """The value that is wanted; None where there is none, see `unknown` for what only the deployment will know."""
    replaces: bool
    """This change is why the resource is replaced."""
    holds_data: bool
    """Losing the resource as it is deployed would lose data (`stacks.phases.stateful`)."""
    was: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """All inputs of the resource as they are deployed."""
    will: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """All inputs that are wanted."""

    @property
    def resource(self) -> str:
        """Name the resource as checks do: `TYPE::NAME`."""
        return f"{self.type}::{self.name}"


def unknown(value: object) -> bool:
    """Say whether only the deployment will know *value*, in the words of the engine or of a render."""
    return is_unknown(value) or (isinstance(value, str) and value.startswith("unknown:"))


def place(path: str) -> str:
    """Give the path that an edit is filed under: blocks of `WHOLE` are not taken apart."""
    first = steps(path)[:1]
    return str(first[0]) if first and first[0] in WHOLE else path


@cache  # the same few paths come up in every resource
def steps(path: str) -> Sequence[str | int]:
    """Take a path of Pulumi apart: `tags["a.b"][0].c` -> tags, a.b, 0, c."""
    return tuple(
        int(found["position"])
        if found["position"]
        else re.sub(r"\\(.)", r"\1", found["quoted"])
        if found["quoted"] is not None
        else found["key"]
        for found in _STEP.finditer(path)
    )


def value_at(value: object, path: Sequence[str | int]) -> Any:
    """Give what stands at a path, None where nothing does; what is inside an unknown is unknown."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict | Mapping):
            value = cast("Mapping[str, object]", value).get(step)
        elif isinstance(step, int) and isinstance(value, list):
            items = cast("list[object]", value)
            value = items[step] if step < len(items) else None
        else:
            return value if unknown(value) else None
    return value


def stands_alone(type_: str, inputs: Mapping[str, Any]) -> bool:
    """Say whether a resource is an Aurora cluster that is no copy of anything."""
    return type_ == "aws:rds/cluster:Cluster" and not inputs.get("replicationSourceIdentifier")


def kind_of(before: object, after: object) -> Kind:
    """Say how a value changed."""
    if before is None:
        return Kind.ADD
    return Kind.DELETE if after is None else Kind.UPDATE
