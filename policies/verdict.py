"""The verdict of one control on one resource, whatever the resource was read from."""

import traceback
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from policies.control import Control, Scope
from policies.lacks import Lack, Lacks
from policies.levels import NOWHERE, Place, settings_of
from policies.stack import Stack, stack_of
from policies.values import CannotTellError, Resource
from stacks.leaving import Leaving, Lifted

STACK_TYPE: Final = "pulumi:pulumi:Stack"
STACK_NAME: Final = "stack"
"""What a finding on the stack itself calls it, whatever its name: an exemption of one names it so."""

LIFTED: Final[Mapping[Lifted, str]] = {
    Lifted.PROTECTION: "The next update takes it away, as datastores:hop and datastores:unlock, or "
    "datastores:restores, say: its data are in the one beside it.",
    Lifted.SCALING: "The next update lets it follow the load: datastores:hop has it leave on demand first.",
}
"""Why a control is not asked about what the next update takes away, or scales."""


class Verdict(StrEnum):
    """What a control says about a resource."""

    COMPLIES = "complies"
    VIOLATES = "violates"
    NOT_APPLICABLE = "not applicable"
    CANNOT_TELL = "cannot tell yet"
    """It depends on a value that only the deployment will know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The verdict of one control on one resource, or on the stack itself."""

    control: Control
    type: str
    name: str
    urn: str
    """Empty outside the engine, and on the stack."""
    verdict: Verdict
    message: str
    """For people; for a verdict that is not a violation the reason. Holds no value of any property."""
    unknown: str = ""
    """The path of the value that was missing, when the verdict is that it cannot be told yet."""
    id: str = ""
    """Which of several things a control asks for; empty where it asks for one. An exemption may name it."""
    what: str = ""
    """What is missing or wrong of these things, for people; the message holds it."""
    asker: str = ""
    """On the stack itself: the name of the first resource that makes the demand. Empty on a resource."""

    @property
    def called(self) -> str:
        """What an exemption calls it: `slug`, or `slug[id]`."""
        return f"{self.control.slug}[{self.id}]" if self.id else self.control.slug


@dataclass(frozen=True, kw_only=True, slots=True)
class Harmless:
    """That resources comply with a control, or need not: as most do, the findings are only made for who asks."""

    control: Control
    resources: Sequence[Resource]
    verdict: Verdict
    message: str

    @property
    def findings(self) -> Iterator[Finding]:
        """Say so in full."""
        return (_finding(one, self.control, self.verdict, self.message) for one in self.resources)


def verdicts(
    resources: Sequence[Resource], controls: Sequence[Control], *, account: str = "", place: Place = NOWHERE
) -> Iterator[Finding]:
    """
    Give the verdicts of every control on every resource of its types, with its settings at the place.

    *account* is the stack's in AWS, empty when it is not known.
    """
    return _full(outcomes(resources, controls, account=account, place=place))


def outcomes(
    resources: Sequence[Resource], controls: Sequence[Control], *, account: str = "", place: Place = NOWHERE
) -> Iterator[Finding | Harmless]:
    """Give the same as `verdicts`, what is harmless in short."""
    stack = stack_of(resources, account=account)
    of_type: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        of_type[resource.type].append(resource)
    for control in controls:
        found = [resource for type_ in control.types for resource in of_type.get(type_, ())]
        settings = settings_of(control, place)
        yield from (
            findings_of(control, found, stack, settings)
            if control.on_stack
            else _judged(control, found, stack, settings, place.leaving)
        )


def findings_of(
    control: Control,
    resources: Iterable[Resource],
    stack: Stack | None,
    settings: Mapping[str, Any],
    leaving: Sequence[Leaving] = (),
) -> Iterator[Finding]:
    """
    Ask one control about the resources of its types; *stack* may be None for a control of resource scope.

    What the stack lacks is found once. *leaving* is what an upgrade or a restore takes away next.
    """
    if control.on_stack:
        yield from _once(findings_on(resource, control, stack, settings) for resource in resources)
    else:
        yield from _full(_judged(control, resources, stack, settings, leaving))


def _full(found: Iterable[Finding | Harmless]) -> Iterator[Finding]:
    for one in found:
        if isinstance(one, Harmless):
            yield from one.findings
        else:
            yield one


def _once(found: Iterable[Sequence[Finding]]) -> Sequence[Finding]:
    """Give the answer on the stack: what it lacks does not depend on who asks, only whether somebody does."""
    best: Sequence[Finding] = ()
    for findings in found:
        if any(one.verdict in {Verdict.VIOLATES, Verdict.COMPLIES} for one in findings):
            best = findings
            break
        if not best or best[0].verdict is Verdict.NOT_APPLICABLE:
            best = findings
    return [replace(one, type=STACK_TYPE, name=STACK_NAME, urn="", asker=one.name) for one in best]


def findings_on(
    resource: Resource, control: Control, stack: Stack | None, settings: Mapping[str, Any]
) -> Sequence[Finding]:
    """
    Ask one control about one resource: one finding, or one for each thing that it lacks.

    A control that raises is a violation that says so, as what was not judged is never a pass.
    """
    return list(_full(_judged(control, [resource], stack, settings)))


def _judged(
    control: Control,
    resources: Iterable[Resource],
    stack: Stack | None,
    settings: Mapping[str, Any],
    leaving: Sequence[Leaving] = (),
) -> Iterator[Finding | Harmless]:
    """Ask one control about resources, but for those of which what it asks for is left to the next update."""
    lifted = [one for one in leaving if one.lifts is control.lifted]
    if control.lifted is None or not lifted:
        return _asked(control, resources, stack, settings)
    sides: tuple[list[Resource], list[Resource]] = ([], [])
    for one in resources:
        sides[any(each.includes(one.type, one.name) for each in lifted)].append(one)
    stay, go = sides
    words = LIFTED[control.lifted]
    said = [Harmless(control=control, resources=go, verdict=Verdict.NOT_APPLICABLE, message=words)] if go else []
    return chain(said, _asked(control, stay, stack, settings))


def _asked(
    control: Control, resources: Iterable[Resource], stack: Stack | None, settings: Mapping[str, Any]
) -> Iterator[Finding | Harmless]:
    """Ask one control about one resource after another; what is the same for all is made ready, and told, once."""
    around = (stack,) if control.scope is Scope.STACK else ()
    when, complies = control.when, control.complies
    sentence = control.sentence(settings)
    reason = " ".join(((when and when.__doc__) or "").split())
    around_when = around if control.when_sees_stack else ()
    passed: list[Resource] = []
    skipped: list[Resource] = []
    for resource in resources:
        try:
            if when is not None and not when(resource, *around_when):
                skipped.append(resource)
                continue
            answer = complies(resource, *around, **settings)
        except CannotTellError as error:
            yield _open(resource, control, settings, str(error))
            continue
        except Exception as error:  # noqa: BLE001  one broken control must not silence the others
            message = f"Not judged, the control {control.slug} is broken: {_where(error)}."
            yield _finding(resource, control, Verdict.VIOLATES, message)
            continue
        if not isinstance(answer, Lacks):
            if answer:
                passed.append(resource)
            else:
                yield _finding(resource, control, Verdict.VIOLATES, sentence)
        elif answer:
            yield from (_lacking(resource, control, settings, lack) for lack in answer)
        else:
            passed.append(resource)
    if passed:
        yield Harmless(control=control, resources=passed, verdict=Verdict.COMPLIES, message=sentence)
    if skipped:
        yield Harmless(control=control, resources=skipped, verdict=Verdict.NOT_APPLICABLE, message=reason)


def _lacking(resource: Resource, control: Control, settings: Mapping[str, Any], lack: Lack) -> Finding:
    if lack.unknown:
        return _open(resource, control, settings, lack.unknown, lack)
    message = f"{control.sentence(settings)} Here: {lack.what}."
    return _finding(resource, control, Verdict.VIOLATES, message, lack=lack)


def _open(
    resource: Resource, control: Control, settings: Mapping[str, Any], unknown: str, lack: Lack | None = None
) -> Finding:
    message = f"Cannot tell yet, {unknown} is not known: {control.sentence(settings)}"
    if lack:
        message += f" It may be: {lack.what}."
    return _finding(resource, control, Verdict.CANNOT_TELL, message, lack=lack, unknown=unknown)


def _finding(  # noqa: PLR0913  each is a fact of its own
    resource: Resource,
    control: Control,
    verdict: Verdict,
    message: str,
    *,
    lack: Lack | None = None,
    unknown: str = "",
) -> Finding:
    return Finding(
        control=control,
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        verdict=verdict,
        message=message,
        unknown=unknown,
        id=lack.id if lack else "",
        what=lack.what if lack else "",
    )


def _where(error: Exception) -> str:
    """Say what broke and where, without the error's text: it may quote a secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name}, line {frame.lineno}"
