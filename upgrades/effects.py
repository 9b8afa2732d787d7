"""
The effects of changes: what each changed property does to a store, how long clients are without it, what has to wait.

`effect_of` answers for one change, an `Edit` of a preview or of two renders, or a `Change` made up by the caller. It
answers None for what no fact is about: of a type in STATEFUL that is refused, never assumed.
"""

from dataclasses import dataclass

from upgrades.facts.fact import NO_OUTAGE, Changed, EffectKind, Outage, Wait


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
    note: str = ""
    """What else to know; empty: nothing."""
    instead: str = ""
    """What to do instead of a change that is two-step, a replacement or forbidden."""


def effect_of(change: Changed) -> Effect | None:
    """
    Give the effect of a change, the worst where a block changes in several places; None: no fact is about it.

    Raises `upgrades.comparisons.CannotTellError` where it depends on what only the deployment will know.
    """
    raise NotImplementedError(change)
