"""What a drill makes: how it is called and tagged, so that nobody takes it for a store, and what was left is found."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from drills.report import SETTINGS, Check, Outcome
from restores.window import Kind, Snapshot, Source
from upgrades.atlas import project_and_name

PREFIX: Final = "drill"
DRILL_OF: Final = "drillOf"
"""The tag of everything that a drill makes: the stack. Not `stack`, which backups and budgets select by."""
MARK: Final = "a drill; delete it"
"""The description of what has one: of these AWS tells no tags in a list."""
_DIGITS: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Scratch:
    """Something that a drill makes, or has left."""

    kind: Kind
    id: str
    project: str = ""
    """Of Atlas, that it is in."""

    def __post_init__(self) -> None:
        """Refuse what is no drill's: what has this type is deleted."""
        if not re.fullmatch(rf"{PREFIX}-[a-z0-9-]+-[0-9a-f]{{{_DIGITS}}}", self.id):
            raise ValueError(f"must be what a drill has made, {PREFIX}-…, got {self.id}")

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.kind} {self.id}"


def named(stack: str, source: Source) -> Scratch:
    """Choose a name that nothing has: 40 characters at most where the store's own name is within AWS's limit."""
    id_ = f"{PREFIX}-{stack}-{source.store}-{secrets.token_hex(_DIGITS // 2)}"
    project = project_and_name(source.id)[0] if source.kind is Kind.ATLAS else ""
    return Scratch(kind=source.kind, id=id_, project=project)


def pattern(stack: str) -> re.Pattern[str]:
    """Give what the names of all that the drills of a stack make look like."""
    return re.compile(rf"{PREFIX}-{re.escape(stack)}-[a-z0-9-]+-[0-9a-f]{{{_DIGITS}}}")


def tags_of(stack: str, common: Mapping[str, str]) -> dict[str, str]:
    """Give the tags of what a drill makes: whose bill it is, and that it is a drill's."""
    return {**common, DRILL_OF: stack}


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Give tags as AWS takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is to be restored, and as what."""

    source: Source
    at: datetime
    """The latest time that AWS said it can restore, before it was asked to; of a snapshot, when it was taken."""
    snapshot: Snapshot | None
    """None: the latest time is restored, which may have moved on since."""
    scratch: Scratch
    tags: Mapping[str, str]


class Copy(Protocol):
    """A store that is being restored beside itself."""

    def begin(self) -> None:
        """Ask for it; raises ClientError."""

    def ready(self) -> bool:
        """Say whether it answers, and take the next step where there is one; raises ClientError."""
        ...

    def checks(self) -> Iterator[Check]:
        """Compare it with its source: settings, then data."""
        ...

    def put_back(self) -> Sequence[str]:
        """Name what the source has and AWS does not restore."""
        ...


def alike(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Check]:
    """Compare facts of a source with those of its copy: a check on each that differs, or one that none does."""
    differing = [name for name in before if before[name] != after.get(name)]
    for name in differing:
        said = f"{name} is {_shown(after.get(name))}, the source's is {_shown(before[name])}"
        yield Check(aspect=SETTINGS, name=name, outcome=Outcome.FAILED, said=said)
    if not differing:
        said = f"as the source: {', '.join(before)}"
        yield Check(aspect=SETTINGS, name="settings", outcome=Outcome.PASSED, said=said)


def _shown(value: object) -> str:
    return "nothing" if value in (None, "", []) else str(value)
