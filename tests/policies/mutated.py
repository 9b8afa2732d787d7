"""A judged stack, and what a mutation of it makes fire; only what the mutation can reach is judged again."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from typing import Final

from policies.control import Control, Level, Scope
from policies.controls import CONTROLS
from policies.levels import Place, level_of
from policies.reading import from_plain
from policies.stack import Stack, stack_of
from policies.values import Resource
from policies.verdict import Verdict, verdict_on
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from stacks.render import render
from stacks.settings import Settings
from tests.policies.examples import resources_of
from tests.policies.mutation import Cast, Key, Plains, Way, castings, keyed, played
from tests.policies.mutation_table import BY_HAND

_Place = tuple[str, Key]
"""A control's slug, and a resource."""
_BROKEN: Final = "Not judged"


class Judged:
    """A stack with the verdict of every control on every resource."""

    def __init__(self, name: str, plains: Plains) -> None:
        self.name = name
        self.plains = plains
        self._read: Mapping[Key, Resource] = {key: from_plain(one) for key, one in plains.items()}

    @cached_property
    def verdicts(self) -> Mapping[_Place, Verdict]:
        """Give the verdicts by control and resource."""
        stack = stack_of(self._read.values())
        return {
            (control.slug, key): verdict_on(resource, control, stack, control.defaults).verdict
            for control in CONTROLS
            for key, resource in self._read.items()
            if resource.type in control.types
        }

    @cached_property
    def _passed(self) -> AbstractSet[_Place]:
        return {place for place, verdict in self.verdicts.items() if verdict is Verdict.COMPLIES}

    def passes(self, control: Control) -> bool:
        """Say whether a control judges something here, and finds it good."""
        return any(slug == control.slug for slug, _ in self._passed)

    def fires(self, control: Control, ways: Sequence[Way], kin: AbstractSet[str]) -> bool:
        """Say whether some way makes a control fire on a resource where it passed, and no other than its kin."""
        return any(self._fires(control, kin, way, cast) for way in ways for cast in castings(way, self.plains))

    def _fires(self, control: Control, kin: AbstractSet[str], way: Way, cast: Cast) -> bool:
        plains = played(way, cast, self.plains)
        changed = {key: from_plain(one) for key, one in plains.items() if one is not self.plains.get(key)}
        read = {key: changed[key] if key in changed else self._read[key] for key in plains}
        stack = stack_of(read.values())
        passed = {key for slug, key in self._passed if slug == control.slug}
        if way in by_hand(control):  # what it brings had no chance to pass before
            passed |= {step.role for step in way if step.added is not None}
        if passed.isdisjoint(key for _, key in self._new([control], read, changed, stack)):
            return False
        others = [one for one in CONTROLS if one is not control]
        return all(slug in kin for slug, _ in self._new(others, read, changed, stack))

    def _new(
        self, controls: Sequence[Control], read: Mapping[Key, Resource], changed: Mapping[Key, Resource], stack: Stack
    ) -> Iterator[_Place]:
        """Give what violates now and did not; what one resource says changes only where the resource did."""
        for control in controls:
            for key, resource in (changed if control.scope is Scope.RESOURCE else read).items():
                if resource.type in control.types and self.verdicts.get((control.slug, key)) is not Verdict.VIOLATES:
                    finding = verdict_on(resource, control, stack, control.defaults)
                    if finding.verdict is Verdict.VIOLATES:
                        assert not finding.message.startswith(_BROKEN), finding.message
                        yield control.slug, key


def by_hand(control: Control) -> Sequence[Way]:
    return BY_HAND.get(control.slug, ())


@cache
def rendered() -> Sequence[Judged]:
    """Give prod of every application in every phase."""
    return [
        Judged(f"{stack} in {phase}", keyed(render(Settings.read(stack, phase=phase))))
        for stack in (f"{application}-{Environment.PROD}" for application in APPLICATIONS)
        for phase in Phase
    ]


def is_asked(control: Control) -> bool:
    """Say whether a control is on in prod, in some phase."""
    return any(level_of(control, Place(environment=Environment.PROD, phase=phase)) > Level.OFF for phase in Phase)


def stages(control: Control) -> list[Judged]:
    """Give the stacks in which a control passes, of those that are rendered."""
    return [one for one in rendered() if one.passes(control)] if is_asked(control) else []


def own_stages(control: Control) -> list[Judged]:
    """Give the control's own passing examples as stacks."""
    return [
        Judged(f"{control.slug}'s good example {number}", keyed(resources_of(control, example)))
        for number, example in enumerate(control.good)
    ]
