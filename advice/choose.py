"""Which size of a store is the cheapest that fits, and why no cheaper one is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from advice.change import changes
from advice.check import Check, Told, few_days, unmet
from advice.stores import checks, sizes
from sizes.limits import SizeError
from stacks.application import Size, Store
from stacks.hops import way
from stacks.phases import Phase, weaker

Priced = Callable[[Size], Decimal | None]
"""USD a month of a store in a size; None: nobody knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What size a store should have in a phase."""

    store: Store
    now: Size
    """The size that there is, in which all was measured."""
    start: Size
    """What it would be in the phase, if nobody looked: other sizes are made of it."""
    phase: Phase
    """The phase that the size is for …"""
    phase_now: Phase
    """… and that which the store is in."""
    told: Told
    priced: Priced


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A size that a store could have."""

    size: Size
    usd: Decimal
    """A month."""
    checks: Sequence[Check]
    unmet: Sequence[Check]
    """The limits by which it does not fit; none: it does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What is best for a store in a phase."""

    now: Sequence[Check]
    """The limits of the size that there is."""
    fits_now: bool
    best: Candidate | None
    """None: no size of the phase fits."""
    cheaper: Candidate | None
    """The dearest of those that cost less and do not fit; None: there is none, or a phase's row was taken."""
    unpriced: tuple[Size, ...]
    """Sizes that fit, and were left out because they have no price."""


def choose(asked: Question) -> Choice | None:
    """
    Choose the cheapest size that fits.

    Of sizes that cost the same the present one is best, then that with least room. The row of a later phase is taken
    where it fits, though something smaller would: its owner knows what is to come. None: the store has no limits.
    """
    now = checks(asked.store, asked.now, asked.now, asked.phase_now, asked.told)
    if now is None:
        return None
    found, unpriced = candidates(asked, now)
    fitting = [one for one in found if not one.unmet]
    rows = [one for one in fitting if asked.phase is not asked.phase_now and one.size == asked.start]
    best = min(rows or fitting, key=lambda one: (one.usd, one.size != asked.now, _room(one)), default=None)
    cheaper = [] if rows else [one for one in found if one.unmet and (best is None or one.usd < best.usd)]
    return Choice(
        now=now,
        fits_now=not unmet(now, now, only_more=False),
        best=best,
        # That which differs in fewest fields tells most.
        cheaper=max(cheaper, key=lambda one: (-len(changes(asked.start, one.size)), one.usd), default=None),
        unpriced=unpriced,
    )


def candidates(asked: Question, now: Sequence[Check]) -> tuple[list[Candidate], tuple[Size, ...]]:
    """Give the sizes that a store can be brought to and that keep its promises; and those that fit without a price."""
    only_more = few_days(asked.told)
    found: list[Candidate] = []
    unpriced: list[Size] = []
    for size in sizes(asked.start, asked.told):
        held = checks(asked.store, asked.now, size, asked.phase, asked.told)
        if held is None or not _reachable(asked.now, size):
            continue
        missed, usd = unmet(held, now, only_more=only_more), asked.priced(size)
        if usd is not None:
            found.append(Candidate(size=size, usd=usd, checks=held, unmet=missed))
        elif not missed:
            unpriced.append(size)
    return found, tuple(unpriced)


def _reachable(now: Size, size: Size) -> bool:
    try:
        way(now, size)
    except SizeError:
        return False
    # Of two kinds of size, the phase's own rows say what is kept.
    return type(now) is not type(size) or not weaker(size, than=now)  # pyright: ignore[reportArgumentType] # alike


def _room(one: Candidate) -> Decimal:
    return sum((check.room for check in one.checks), Decimal(0))
