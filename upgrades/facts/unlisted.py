"""
The properties that the pinned SDKs accept and that no fact is about.

Run it after a new version of an SDK: what it lists is refused by the gate until somebody has looked it up.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from pulumi._types import input_type_types, is_input_type  # the SDK's own table of inputs; there is no public one

from upgrades.facts.fact import Fact
from upgrades.facts.table import MEMBERS

_PACKAGES: Final[Mapping[str, str]] = {
    "aws": "pulumi_aws",
    "random": "pulumi_random",
    "mongodbatlas": "pulumi_mongodbatlas",
}


def unlisted(type_: str, facts: Iterable[Fact]) -> Sequence[str]:
    """Give the inputs of a type, as paths of facts, that none of *facts* is about; raises ValueError for no type."""
    paths = {fact.path for fact in facts}
    return sorted(path for path in _leaves(_arguments(type_), "", paths))


def _arguments(type_: str) -> type:
    """Find the class of a type's inputs."""
    package, _, rest = type_.partition(":")
    module, _, name = rest.partition(":")
    if package not in _PACKAGES or not name:
        raise ValueError(f"must be a type such as aws:rds/instance:Instance, got {type_!r}")
    area = module.partition("/")[0]
    found = importlib.import_module(_PACKAGES[package] if area == "index" else f"{_PACKAGES[package]}.{area}")
    # Where a block of another resource has the plain name, the resource's own inputs have the longer one.
    for suffix in ("InitArgs", "Args"):
        if arguments := getattr(found, f"{name}{suffix}", None):
            return arguments
    raise ValueError(f"{_PACKAGES[package]} has no {type_}")


def _leaves(arguments: type, prefix: str, paths: set[str]) -> Iterator[str]:
    """Give the paths of a block's inputs that *paths* leave out; blocks that it looks into are looked into."""
    for name, hint in input_type_types(arguments).items():
        path = f"{prefix}{name}"
        if {path, f"{path}.*"} & paths or MEMBERS.get(prefix.removesuffix("[].")) == name:
            continue
        block, listed = _block(hint)
        inside = f"{path}[]" if listed else path
        if block and any(one.startswith((f"{inside}.", f"{inside}[")) for one in paths):
            yield from [inside] if listed and inside not in paths else []
            yield from _leaves(block, f"{inside}.", paths)
        else:
            yield path


def _block(hint: Any) -> tuple[type | None, bool]:
    """Give the class of a block's inputs, and whether the property is a list of such; None: it is no block."""
    if isinstance(hint, type):
        return (hint if is_input_type(hint) else None), False
    parts = [part for one in get_args(hint) for part in (one, *get_args(one)) if isinstance(part, type)]
    return next((part for part in parts if is_input_type(part)), None), True
