"""A judged stack, and what a mutation of it makes fire; only what the mutation can reach is judged again."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from itertools import islice
from typing import Final

from policies.control import Control, Level, Scope
from policies.controls import CONTROLS
from policies.levels import NOWHERE, Place, level_of, settings_of
from policies.reading import from_plain
from policies.stack import Stack, stack_of
from policies.values import Resource
from policies.verdict import Finding, Verdict, findings_of
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from tests.policies.examples import resources_of
from tests.policies.mutation import Cast, Key, Plains, Way, castings, keyed, played
from tests.policies.mutation_table import BY_HAND
from tests.stacks.rendered import resources

_BROKEN: Final = "Not judged"
_CASTS: Final = 60
"""How many ways to lay one change over a stack are tried: of a hundred alarms most are alike."""


class Judged:
    """A stack with what every control says of it."""

    def __init__(self, name: str, plains: Plains, place: Place = NOWHERE) -> None:
        self.name, self.plains = name, plains
        self._settings = {control.slug: settings_of(control, place) for control in CONTROLS}
        self._read: Mapping[Key, Resource] = {key: from_plain(one) for key, one in plains.items()}

    @cached_property
    def verdicts(self) -> Mapping[str, Mapping[tuple[Key, str], Verdict]]:
        """Give the verdicts by control, resource (or the stack itself) and which of several things it is."""
        stack = stack_of(self._read.values())
        return {
            control.slug: {_place(one): one.verdict for one in self._asked(control, self._read, stack)}
            for control in CONTROLS
        }

    def _asked(self, control: Control, read: Mapping[Key, Resource], stack: Stack) -> Iterator[Finding]:
        judged = [one for one in read.values() if one.type in control.types]
        return findings_of(control, judged, stack, self._settings[control.slug])

    def passes(self, control: Control) -> bool:
        """Say whether a control judges something here, and finds it good; where it asks for 0, it asks nothing."""
        return (
            0 not in self._settings[control.slug].values() and Verdict.COMPLIES in self.verdicts[control.slug].values()
        )

    def fires(self, control: Control, ways: Sequence[Way], kin: AbstractSet[str]) -> bool:
        """Say whether some way makes a control fire where it passed, and no other than its kin."""
        return any(
            self._fires(control, kin, way, cast) for way in ways for cast in islice(castings(way, self.plains), _CASTS)
        )

    def _fires(self, control: Control, kin: AbstractSet[str], way: Way, cast: Cast) -> bool:
        plains = played(way, cast, self.plains)
        changed = {key: from_plain(one) for key, one in plains.items() if one is not self.plains.get(key)}
        read = {key: changed[key] if key in changed else self._read[key] for key in plains}
        stack = stack_of(read.values())
        passed = {key for (key, _), verdict in self.verdicts[control.slug].items() if verdict is Verdict.COMPLIES}
        if passed:  # what comes new to a stack that complies
            passed |= {step.role for step in way if step.added is not None}
        if passed.isdisjoint(key for key, _ in self._new(control, read, changed, stack)):
            return False
        others = (one for one in CONTROLS if one is not control and one.slug not in kin)
        return not any(True for one in others for _ in self._new(one, read, changed, stack))

    def _new(
        self, control: Control, read: Mapping[Key, Resource], changed: Mapping[Key, Resource], stack: Stack
    ) -> Iterator[tuple[Key, str]]:
        """Give what violates now and did not; what one resource says changes only where the resource did."""
        before = self.verdicts[control.slug]
        former = {(one.type, one.name): key for key, one in changed.items()}  # of what has another name now
        for finding in self._asked(control, changed if control.scope is Scope.RESOURCE else read, stack):
            key, id_ = _place(finding)
            place = former.get(key, key), id_
            if finding.verdict is Verdict.VIOLATES and before.get(place) is not Verdict.VIOLATES:
                assert not finding.message.startswith(_BROKEN), finding.message
                yield place


def _place(finding: Finding) -> tuple[Key, str]:
    return (finding.type, finding.name), finding.id


def by_hand(control: Control) -> Sequence[Way]:
    return BY_HAND.get(control.slug, ())


@cache
def rendered() -> Mapping[str, Sequence[Judged]]:
    """Give by application its prod in every phase."""
    return {application: [_rendered(application, phase) for phase in Phase] for application in APPLICATIONS}


def _rendered(application: str, phase: Phase) -> Judged:
    plains = keyed(resources(application, Environment.PROD, phase))
    return Judged(f"{application} in {phase}", plains, Place(environment=Environment.PROD, phase=phase))


def is_asked(control: Control) -> bool:
    """Say whether a control is on in prod, in some phase."""
    return any(level_of(control, Place(environment=Environment.PROD, phase=phase)) > Level.OFF for phase in Phase)


def stages(control: Control) -> list[Judged]:
    """Give of each application one prod in which a control passes: of other phases for other controls."""
    number = CONTROLS.index(control)
    return [phases[(number + offset) % len(phases)] for offset, phases in enumerate(_passing(control)) if phases]


def all_stages(control: Control) -> list[Judged]:
    """Give every prod in which a control passes, those of `stages` first."""
    first = stages(control)
    return [*first, *(one for phases in _passing(control) for one in phases if one not in first)]


def _passing(control: Control) -> list[list[Judged]]:
    """Give by application its prods in which a control passes; none where it is off."""
    if not is_asked(control):
        return []
    return [[one for one in phases if one.passes(control)] for phases in rendered().values()]


def own_stages(control: Control) -> list[Judged]:
    """Give the control's own passing examples as stacks."""
    return [
        Judged(f"{control.slug}'s good example {number}", keyed(resources_of(control, example)))
        for number, example in enumerate(control.good)
    ]
