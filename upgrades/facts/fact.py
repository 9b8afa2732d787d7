"""A fact: what a change of one property does to a store, when that is so, and where it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final, Protocol


class EffectKind(StrEnum):
    """What a change does to a store, from harmless to impossible."""

    ONLINE = "online"
    """Clients notice nothing, or a slower store for a while."""
    FAILOVER = "failover"
    """A standby or a replica takes over: connections break once, and clients connect again."""
    REBOOT = "reboot"
    """The store, or a node of it, is away for a while."""
    TWO_STEP = "two-step"
    """Safe only as several updates, in an order."""
    REPLACE = "replace"
    """Another resource takes its place: what the old one holds is lost."""
    FORBIDDEN = "forbidden"
    """The service or the provider refuses it, or it breaks half-way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """How long clients are without the store, in seconds."""

    low: int
    high: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """How often changes of a kind may happen."""

    of: str
    """What is counted, such as `storage`: waits of the same name on one store count together."""
    times: int
    """How many are allowed `within`."""
    within: timedelta
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A changed property, and the resource around it; an `upgrades.edits.Edit` is one too."""

    type: str
    path: str
    """Such as `instanceClass`, `globalSecondaryIndexes[0].readCapacity`."""
    before: Any
    after: Any
    was: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """All inputs of the resource as it is deployed, in Pulumi's names."""
    will: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """All inputs that are wanted."""


class Changed(Protocol):
    """What a condition may ask of a change."""

    @property
    def type(self) -> str: ...  # noqa: D102  see Change
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def before(self) -> Any: ...  # noqa: D102
    @property
    def after(self) -> Any: ...  # noqa: D102
    @property
    def was(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def will(self) -> Mapping[str, Any]: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A condition of a fact."""

    words: str
    """After "when": `it grows`."""
    holds: Callable[[Changed], bool]
    """Raises CannotTellError where that shows only in the deployment."""
    example: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """`before`, `after`, `was`, `will` of a change that meets it."""


ALWAYS: Final = When(words="", holds=lambda _: True, example={"before": "a", "after": "b"})
NO_OUTAGE: Final = Outage(low=0, high=0)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)  # a row is itself, and no other
class Fact:
    """What a change of a property does: a row of the table."""

    path: str
    """
    Members of lists as `[]`: `globalSecondaryIndexes[].readCapacity`.

    With `.*` at its end it is about the property and all inside it, and no other fact of the type is.
    """
    kind: EffectKind
    source: str
    """Where it is written: a guide's page, a provider's file, an issue."""
    when: When = ALWAYS
    """Of several facts about one property, at most one holds."""
    outage: Outage = NO_OUTAGE
    waits: tuple[Wait, ...] = ()
    field: str = ""
    """The field of the store's size that decides this property; empty: no size does, so that no hop may change it."""
    literal: bool = True
    """The property has the very value of the field."""
    note: str = ""
    instead: str = ""


def facts(kind: EffectKind, *paths: str, source: str, **more: Any) -> tuple[Fact, ...]:
    """Give a fact for each of the properties that have it in common."""
    return tuple(Fact(path=path, kind=kind, source=source, **more) for path in paths)


online = partial(facts, EffectKind.ONLINE)
failover = partial(facts, EffectKind.FAILOVER)
reboot = partial(facts, EffectKind.REBOOT)
two_step = partial(facts, EffectKind.TWO_STEP)
replace = partial(facts, EffectKind.REPLACE)
forbidden = partial(facts, EffectKind.FORBIDDEN)
