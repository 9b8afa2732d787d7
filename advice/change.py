"""What differs between two sizes, as a stack file names it, and the command that leads from one to the other."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from stacks.application import Size
from stacks.phases import Phase
from stacks.rows import written


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One field of a size."""

    path: str
    """As a stack file has it, below the store: `capacity.instanceClass`."""
    before: Any
    after: Any

    def __str__(self) -> str:
        """Say it."""
        return f"{self.path} {_plain(self.before)} -> {_plain(self.after)}"

    @property
    def setting(self) -> str:
        """What it becomes, as an option takes it."""
        return f"{self.path}={_plain(self.after)}"


def changes(before: Size, after: Size) -> list[Change]:
    """Give the fields that differ, in the order of the size; of another kind of size all that it has."""
    old = written(before) if type(before) is type(after) else {}
    return list(_changes(old, written(after), ""))


def settings(store: str, before: Size, after: Size) -> list[str]:
    """Give the settings that make one size of a store the other, as options take them."""
    return [f"sizes.{store}.{one.setting}" for one in changes(before, after)]


def command(stack: str, phase: Phase, wanted: Sequence[str]) -> str:
    """Write the command that says how a stack gets there."""
    return " ".join([f"datastores plan {stack} --to {phase}", *(f"--set {one}" for one in wanted)])


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], above: str) -> Iterator[Change]:
    for name, value in new.items():
        was = old.get(name)
        if isinstance(value, dict):
            inside = cast("dict[str, Any]", was) if isinstance(was, dict) else {}
            yield from _changes(inside, cast("dict[str, Any]", value), f"{above}{name}.")
        elif was != value:
            yield Change(path=f"{above}{name}", before=was, after=value)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
