"""The verdict of one control on one resource, whatever the resource was read from."""

import traceback
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.control import Control, Scope
from policies.stack import Stack, stack_of
from policies.values import CannotTellError, Resource


class Verdict(StrEnum):
    """What a control says about a resource."""

    COMPLIES = "complies"
    VIOLATES = "violates"
    NOT_APPLICABLE = "not applicable"
    CANNOT_TELL = "cannot tell yet"
    """It depends on a value that only the deployment will know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The verdict of one control on one resource."""

    control: Control
    type: str
    name: str
    urn: str
    verdict: Verdict
    message: str
    """For people; for a verdict that is not a violation the reason. Holds no value of any property."""
    unknown: str = ""
    """The path of the value that was missing, when the verdict is that it cannot be told yet."""


def verdicts(resources: Sequence[Resource], controls: Sequence[Control], *, account: str = "") -> Iterator[Finding]:
    """
    Give the verdict of every control on every resource of its types, with the default settings.

    *account* is the stack's in AWS, empty when it is not known.
    """
    stack = stack_of(resources, account=account)
    of_type: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        of_type[resource.type].append(resource)
    for control in controls:
        for type_ in control.types:
            for resource in of_type.get(type_, ()):
                yield verdict_on(resource, control, stack, control.defaults)


def verdict_on(resource: Resource, control: Control, stack: Stack | None, settings: Mapping[str, Any]) -> Finding:
    """
    Ask one control about one resource; *stack* may be None for a control of resource scope.

    A control that raises is a violation that says so, as what was not judged is never a pass.
    """
    around = (stack,) if control.scope is Scope.STACK else ()
    unknown = ""
    try:
        if control.when and not control.when(resource):
            verdict, message = Verdict.NOT_APPLICABLE, " ".join((control.when.__doc__ or "").split())
        elif control.complies(resource, *around, **settings):
            verdict, message = Verdict.COMPLIES, control.sentence(settings)
        else:
            verdict, message = Verdict.VIOLATES, control.sentence(settings)
    except CannotTellError as error:
        unknown = str(error)
        verdict, message = Verdict.CANNOT_TELL, f"Cannot tell yet, {unknown} is not known: {control.sentence(settings)}"
    except Exception as error:  # noqa: BLE001  one broken control must not silence the others
        verdict, message = Verdict.VIOLATES, f"Not judged, the control {control.slug} is broken: {_where(error)}."
    return Finding(
        control=control,
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        verdict=verdict,
        message=message,
        unknown=unknown,
    )


def _where(error: Exception) -> str:
    """Say what broke and where, without the error's text: it may quote a secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name}, line {frame.lineno}"
