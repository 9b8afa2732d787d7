"""What a pull request changes in that which judges it: a person has to accept it, as no change may approve itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from policies.control import Level
from reviews.hearing import Described, Judgement
from reviews.hops import wanted
from stacks.phases import PROTECTION
from upgrades.gate import Verdict, environment_of

_SHOWN: Final = 5
"""How many names a sentence has."""
_EVERYWHERE: Final = "everywhere"

Exempting = Mapping[str, str]


class Kind(StrEnum):
    """What is changed."""

    JUDGE = "what judges"
    EXEMPTION = "exemption"
    LEVEL = "level"
    PHASE = "phase"
    UNLOCK = "unlock"
    STACK = "stack"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that a person has to accept."""

    kind: Kind
    what: str
    """A sentence without its end; names stand between backticks."""


def of_judges(files: Sequence[str]) -> Iterator[Change]:
    """Say that the code that decides is edited."""
    if files:
        yield Change(kind=Kind.JUDGE, what=f"what decides about this change is edited by it: {_named(files)}")


def of_policies(before: Judgement, after: Judgement) -> Iterator[Change]:
    """Say what is exempted, or asked less strictly, than before."""
    # Head's file as base's code reads it, too: the code of head may say that there is nothing in it.
    proposed = [one for one in before.proposed or () if one not in after.exemptions]
    for one in (*after.exemptions, *proposed):
        if not any(_covers(old, one) for old in before.exemptions):
            yield Change(kind=Kind.EXEMPTION, what=_exempted(one, before.exemptions))
    yield from _lowered(before.levels, after.levels)


def of_stack(before: Described | None, after: Described | None, verdict: Verdict | None) -> Iterator[Change]:
    """Say what a stack's file changes by hand that is not only a size."""
    if after is None:
        if before and _keeps_data(before.stack):
            what = f"`{before.stack}` has no file any more: what is deployed of it stays, and nothing checks it"
            yield Change(kind=Kind.STACK, what=what)
        return
    if lifted := after.unlocked - (before.unlocked if before else frozenset()):
        what = f"`{after.stack}` unlocks {_named(sorted(lifted))}: protection against deletion is lifted"
        yield Change(kind=Kind.UNLOCK, what=what)
    # One that does not render is told as such, and judged when it does.
    if before and verdict and before.phase != after.phase and not _is_safe(verdict):
        what = (
            f"`{after.stack}` goes from `{before.phase}` to `{after.phase}` by hand, and that is not one safe update: "
            f"{wanted(before, after)}"
        )
        yield Change(kind=Kind.PHASE, what=what)


def _keeps_data(stack: str) -> bool:
    environment = environment_of(stack)
    return environment is None or PROTECTION[environment].deletion


def _is_safe(verdict: Verdict) -> bool:
    """Say whether the gate has nothing against it; in dev a store may be away for a while without a hop."""
    return not (verdict.refusals or verdict.doubts or any(not one.outage for one in verdict.warnings))


# Exemptions


def _covers(old: Exempting, new: Exempting) -> bool:
    """Say whether a former exemption let pass all that the new one does."""
    return _place(old) == _place(new) and old["expires"] >= new["expires"]


def _place(one: Exempting) -> tuple[str, str, str]:
    return one["control"], one["resource"], one["stack"]


def _exempted(one: Exempting, before: Iterable[Exempting]) -> str:
    former = max((old["expires"] for old in before if _place(old) == _place(one)), default="")
    until = f"until {one['expires']}{f' instead of {former}' if former else ''}"
    where = "every stack" if one["stack"] == "*" else f"`{one['stack']}`"
    return f"`{one['control']}` lets `{one['resource']}` pass in {where} {until}, by {one['owner']}: {one['reason']}"


# Levels


def _lowered(before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]]) -> Iterator[Change]:
    """Say which controls are judged less strictly, those alike in one sentence."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for slug, levels in before.items():
        if slug not in after:
            alike["removed"].append(slug)
        elif how := _less(levels, after[slug]):
            alike[how].append(slug)
    for how, slugs in alike.items():
        yield Change(kind=Kind.LEVEL, what=f"{_named(slugs)}: {how}")


def _less(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """Say where a control is judged less strictly, empty where nowhere."""
    places = {place: (level, after.get(place, 0)) for place, level in before.items()}
    lower = {place: step for place, step in places.items() if step[1] < step[0]}
    by_step: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for place, step in lower.items():
        by_step[step].append(place)
    return ", ".join(
        f"{_level(old)} → {_level(new)} {_where(found, list(places))}" for (old, new), found in by_step.items()
    )


def _where(found: Sequence[str], all_: Sequence[str]) -> str:
    """Name places, and an environment whole where all its phases are among them."""
    if len(found) == len(all_):
        return _EVERYWHERE
    parts: list[str] = []
    for environment, phases in groupby(all_, key=_environment):
        own = list(phases)
        there = [place for place in own if place in found]
        parts += [environment] if there == own else there
    return f"in {', '.join(parts)}"


def _environment(place: str) -> str:
    return place.partition(" ")[0]


def _level(value: int) -> str:
    return Level(value).name.lower()


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(f'`{name}`' for name in names[:_SHOWN])}{more}"
