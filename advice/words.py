"""Advice in sentences: what decides, what is unknown, what to do."""

from collections.abc import Iterator

from advice.advise import Advice, StoreAdvice
from advice.change import changes
from advice.check import FEWEST_DAYS, Check, Verdict, plain
from costs.report import signed


def headline(advice: Advice) -> str:
    """Say in one sentence what a stack should be."""
    changed = [one for one in advice.stores if one.command or one.size is None]
    where = f"{advice.stack} in {advice.now}, {advice.region}"
    if advice.nothing_fits:
        return f"{where}: nothing is large enough for {', '.join(advice.nothing_fits)}"
    whole = advice.difference.whole
    cost = f"{whole.before:,} -> {whole.after:,} USD a month, {signed(whole.more)}"
    if advice.phase is not advice.now:
        return f"{where}: go to {advice.phase}, {cost}"
    if not changed:
        return f"{where}: every store stays as it is"
    count = f"{len(changed)} of {len(advice.stores)} stores {'changes' if len(changed) == 1 else 'change'}"
    return f"{where}: {count}, {cost}"


def title(one: StoreAdvice) -> str:
    """Say what a store should be."""
    if one.size is None:
        return f"{one.store}: nothing is large enough"
    if one.size == one.now:
        return f"{one.store}: stays"
    said = ", ".join(map(str, changes(one.now, one.size)))
    return f"{one.store}: {said}; {signed(one.more)} USD a month"


def reasons(one: StoreAdvice) -> Iterator[str]:
    """Say why."""
    choice = one.choice
    if choice is None:
        return
    small = [check for check in choice.now if check.verdict is Verdict.TOO_SMALL]
    if small:
        yield f"too small: {'; '.join(_judged(check) for check in small)}"
        yield from (check.instead for check in small if check.instead)
    elif one.moves:
        yield "fits, and changes with the phase"
    elif one.size is not None and one.size != one.now:
        yield "larger than what was measured needs"
    if choice.cheaper is not None and choice.cheaper.size != one.now:
        name = ", ".join(change.setting for change in changes(one.now, choice.cheaper.size))
        yield f"{name} would cost less, but {'; '.join(map(_missed, choice.cheaper.unmet))}"


def doubts(one: StoreAdvice) -> Iterator[str]:
    """Say what nobody knows of a store, and what follows from that."""
    if one.missing:
        yield f"nobody measured {', '.join(one.missing)}: by what they decide it gets no less than it has"
    if one.size is None and one.choice and one.choice.unpriced:
        names = ["; ".join(change.setting for change in changes(one.now, size)) for size in one.choice.unpriced]
        yield f"these would fit, and have no price: {', '.join(names)}"
    if one.few_days:
        days = f"{plain(one.told['days'].expected)} days were measured" if "days" in one.told else "days is missing"
        yield f"{days}, {FEWEST_DAYS} are needed to take anything away: it gets no less than it has"


def _judged(check: Check) -> str:
    return f"{check.limit} {plain(check.then or check.room * 0)} {check.unit}, {check.bound} ({check.capacity})"


def _missed(check: Check) -> str:
    """Say by what a size does not fit: its limit, or that it has less of what nobody knows."""
    if check.verdict is Verdict.TOO_SMALL:
        return _judged(check)
    return f"{check.limit}: less than now ({check.capacity})"
