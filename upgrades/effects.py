"""
The effects of changes: what each changed property does to a store, how long clients are without it, what has to wait.

`effect_of` answers for one change, an `Edit` of a preview or of two renders, or a `Change` made up by the caller. It
answers None for what no fact is about: of a type in STATEFUL that is refused, never assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from upgrades.comparisons import CannotTellError
from upgrades.facts.fact import ALWAYS, NO_OUTAGE, Changed, EffectKind, Fact, Outage, Wait
from upgrades.facts.table import FACTS, Place, Table

TABLE: Final = Table(FACTS)
WORST: Final = tuple(EffectKind)
"""From harmless to impossible."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a change does."""

    kind: EffectKind
    outage: Outage = NO_OUTAGE
    """Without the store, for as long as this; of the store as a whole, or of the node that is changed."""
    waits: tuple[Wait, ...] = ()
    """How often the like may happen."""
    conditions: tuple[str, ...] = ()
    """Under which the fact holds, and that were found to hold: `it grows`."""
    source: str = ""
    field: str = ""
    """The field of the store's size that decides the property; empty: none, or several."""
    literal: bool = True
    """The property has the very value of the field."""
    note: str = ""
    """What else to know; empty: nothing."""
    instead: str = ""
    """What to do instead of a change that is two-step, a replacement or forbidden."""


def effect_of(change: Changed, table: Table = TABLE) -> Effect | None:
    """
    Give the effect of a change, the worst where a block changes in several places; None: no fact is about it.

    Raises `upgrades.comparisons.CannotTellError` where it depends on what only the deployment will know.
    """
    found = [effect_at(place) for place in table.places(change)]
    known = [effect for effect in found if effect]
    return together(known) if len(known) == len(found) else None


def effect_at(place: Place) -> Effect | None:
    """
    Give the effect of a change in one place; None: no fact is about it.

    Raises CannotTellError.
    """
    if not place.seen:
        raise CannotTellError
    found = [_effect(fact) for fact in place.facts if fact.when is ALWAYS or fact.when.holds(place.change)]
    return together(found) if found else None


def together(effects: Iterable[Effect]) -> Effect:
    """Give the effect of several changes in one update: the worst; of none: online."""
    found = list(effects)
    if len(found) > 1:
        found.sort(key=lambda effect: (WORST.index(effect.kind), effect.outage.high), reverse=True)
    if not found:
        return Effect(kind=EffectKind.ONLINE)
    worst = found[0]
    if len(found) == 1:
        return worst
    return Effect(
        kind=worst.kind,
        outage=Outage(low=max(one.outage.low for one in found), high=max(one.outage.high for one in found)),
        waits=tuple(dict.fromkeys(wait for one in found for wait in one.waits)),
        conditions=tuple(dict.fromkeys(words for one in found for words in one.conditions)),
        source=worst.source,
        field=worst.field,
        literal=worst.literal,
        note=worst.note,
        instead=worst.instead,
    )


@cache
def _effect(fact: Fact) -> Effect:
    return Effect(
        kind=fact.kind,
        outage=fact.outage,
        waits=fact.waits,
        conditions=(fact.when.words,) if fact.when.words else (),
        source=fact.source,
        field=fact.field,
        literal=fact.literal,
        note=fact.note,
        instead=fact.instead,
    )
