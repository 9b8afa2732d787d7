"""What an update changes, resource by resource, with what each change does to clients."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from upgrades.comparisons import CannotTellError
from upgrades.edits import Edit, Operation, steps
from upgrades.effects import TABLE, Effect, effect_at, together
from upgrades.facts.fact import EffectKind, Outage
from upgrades.facts.table import Place

_TAGS: Final = ("tags", "tagsAll")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One changed property of a resource."""

    path: str
    before: Any
    after: Any
    effect: Effect | None
    """None: no fact is about it, or it shows only in the deployment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A resource that an update changes."""

    type: str
    name: str
    operation: Operation
    holds_data: bool
    parts: tuple[Part, ...]

    @property
    def only_tags(self) -> bool:
        """Whether nothing but its tags changes: nobody but a bill notices."""
        return bool(self.parts) and all(steps(part.path)[0] in _TAGS for part in self.parts)

    @property
    def kind(self) -> EffectKind | None:
        """The worst that its changes do; None: no fact is about them."""
        kinds = [part.effect.kind for part in self.parts if part.effect]
        return max(kinds, key=list(EffectKind).index, default=None)

    @property
    def outage(self) -> Outage:
        """How long clients are without it, at least and at most, in seconds: its changes are made at once."""
        outages = [part.effect.outage for part in self.parts if part.effect]
        return Outage(low=max((o.low for o in outages), default=0), high=max((o.high for o in outages), default=0))


def changed(edits: Iterable[Edit]) -> Iterator[Changed]:
    """Yield the resources that *edits* are about, what holds data first."""
    of_urn: dict[str, list[Edit]] = {}
    for edit in edits:
        of_urn.setdefault(edit.urn, []).append(edit)
    yield from sorted(map(_changed, of_urn.values()), key=lambda one: (not one.holds_data, one.name, one.type))


def worst(changes: Iterable[Changed]) -> Changed | None:
    """Give the change that clients notice most; None: they notice none."""
    noticed = [one for one in changes if one.kind not in (None, EffectKind.ONLINE)]
    return max(
        noticed, key=lambda one: (list(EffectKind).index(one.kind or EffectKind.ONLINE), one.outage.high), default=None
    )


def _changed(edits: Sequence[Edit]) -> Changed:
    first = edits[0]
    return Changed(
        type=first.type,
        name=first.name,
        operation=first.operation,
        holds_data=first.holds_data,
        parts=tuple(
            Part(path=edit.path, before=edit.before, after=edit.after, effect=_effect(edit))
            for edit in edits
            if edit.path
        ),
    )


def _effect(edit: Edit) -> Effect | None:
    """Give the worst of what can be told of a change, as the gate sees it: never less because of what cannot."""
    known = [effect for found in TABLE.places(edit) if (effect := _told(found))]
    return together(known) if known else None


def _told(found: Place) -> Effect | None:
    try:
        return effect_at(found)
    except CannotTellError:
        return None
