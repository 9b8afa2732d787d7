"""A control is data: a sentence, a predicate, examples. Nothing here knows the engine or its protocol."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache
from inspect import signature
from typing import Any, Final

from policies.lacks import Lacks
from stacks.leaving import Lifted

Example = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""Inputs of one resource, or for a control about several the resources of a stack in the normal form."""

Complies = Callable[..., bool | Lacks]
"""True complies; where a control asks for several things it answers what is lacking, and nothing complies."""
Remedy = Callable[..., Mapping[str, Any]]
"""Given the resource and the stack's `Facts`: the inputs to set, of an object only the keys to add; `{}`: none."""

_SENTENCE: Final = re.compile(r"(?P<requirement>[^:]*\bmust\b[^:]*): (?P<fix>\S.*)\.", re.DOTALL)


class Severity(IntEnum):
    """How bad a violation is; the numbers are the protocol's."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Level(IntEnum):
    """What a violation does, in the order of strictness."""

    OFF = 0
    ADVISORY = 1
    MANDATORY = 2


class Group(StrEnum):
    """What a control is about; the levels table decides by it."""

    ENCRYPTION = "encryption"
    BACKUPS = "backups"
    NETWORK = "network"
    ACCESS = "access"
    RESILIENCE = "resilience"
    MONITORING = "monitoring"
    COST = "cost"
    TAGGING = "tagging"


class Scope(StrEnum):
    """What a predicate is given."""

    RESOURCE = "resource"
    """The inputs of one resource."""
    STACK = "stack"
    """The resource and the stack around it; on the engine at the end of a run, with outputs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """One thing that must hold for every resource of its types."""

    slug: str
    requirement: str
    """What must hold; may contain `{name}` for the setting of that name, as the fix may."""
    fix: str
    """What to write to make it so."""
    types: tuple[str, ...]
    group: Group
    severity: Severity
    scope: Scope
    complies: Complies
    """Given the resource, the stack if `scope` says so, and the settings as keywords."""
    when: Callable[..., bool] | None
    """
    Given the resource, and the stack if it takes two: False means that the control does not apply, and its docstring
    says why.
    """
    good: Sequence[Example]
    bad: Sequence[Example]
    skipped: Sequence[Example]
    """What `when` leaves out."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """JSON schemas of the settings, each with a default: the strictest one where it depends on the place."""
    on_stack: bool = False
    """
    It is the stack that lacks something, not one of its resources: found once. `types` are those that make the demand,
    and what `complies` says depends on none of them.
    """
    lifted: Lifted | None = None
    """
    It asks for what an upgrade or a restore leaves to the next update, which takes a resource away or scales it, and is
    not asked about that one.
    """
    remedy: Remedy | None = None
    """Gives what makes a resource comply, only for what is safe: it adds, and touches no data. None: there is none."""

    @property
    def when_sees_stack(self) -> bool:
        """Whether `when` wants the stack too."""
        return self.when is not None and _arguments(self.when) > 1

    def sentence(self, settings: Mapping[str, Any] | None = None) -> str:
        """Say what must hold and how to make it so; `{name}` in it stands for the setting of that name."""
        text = f"{self.requirement}: {self.fix}."
        if not self.settings:  # as of most: this is asked once a verdict
            return text
        for name, value in {**self.defaults, **(settings or {})}.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    @property
    def defaults(self) -> dict[str, Any]:
        """The settings where nobody configures them."""
        return {name: schema["default"] for name, schema in self.settings.items()}


class Controls(list[Control]):
    """The controls of one service, collected by the decorator `add`."""

    def add(  # noqa: PLR0913  each is a fact of its own
        self,
        *types: str,
        group: Group,
        severity: Severity,
        good: Sequence[Example],
        bad: Sequence[Example],
        scope: Scope = Scope.RESOURCE,
        when: Callable[..., bool] | None = None,
        skipped: Sequence[Example] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        on_stack: bool = False,
        lifted: Lifted | None = None,
        remedy: Remedy | None = None,
    ) -> Callable[[Complies], Complies]:
        """
        Collect the predicate below as a control: its name is the slug, its docstring is requirement and fix.

        Raises:
            ValueError: the control is incomplete; the message names everything that is missing.

        """

        def collect(complies: Complies) -> Complies:
            slug = complies.__name__.replace("_", "-")
            sentence = " ".join((complies.__doc__ or "").split())
            parts = _SENTENCE.fullmatch(sentence)
            missing = list(
                _missing(types=types, good=good, bad=bad, when=when, skipped=skipped, settings=settings or {})
            )
            if scope is Scope.RESOURCE:
                missing += _missing_of_stack(when=when, on_stack=on_stack)
            if not parts:
                missing.insert(0, f"a docstring like 'Tables must be x: set y=z.', got {sentence!r}")
            if missing or not parts:
                raise ValueError(f"control {slug} needs {'; '.join(missing)}")
            self.append(
                Control(
                    slug=slug,
                    requirement=parts["requirement"],
                    fix=parts["fix"],
                    types=types,
                    group=group,
                    severity=severity,
                    scope=scope,
                    complies=complies,
                    when=when,
                    good=good,
                    bad=bad,
                    skipped=skipped,
                    settings=settings or {},
                    on_stack=on_stack,
                    lifted=lifted,
                    remedy=remedy,
                )
            )
            return complies

        return collect


@cache
def _arguments(function: Callable[..., Any]) -> int:
    return len(signature(function).parameters)


def _missing_of_stack(*, when: Callable[..., bool] | None, on_stack: bool) -> list[str]:
    """Say what only a control of stack scope may have."""
    wrong = {
        "scope=Scope.STACK, as its `when` takes the stack": when is not None and _arguments(when) > 1,
        "scope=Scope.STACK, as it is about the stack": on_stack,
    }
    return [what for what, is_wrong in wrong.items() if is_wrong]


def _missing(  # noqa: PLR0913  the facts of `add`
    *,
    types: Sequence[str],
    good: Sequence[Example],
    bad: Sequence[Example],
    when: Callable[..., bool] | None,
    skipped: Sequence[Example],
    settings: Mapping[str, Mapping[str, Any]],
) -> list[str]:
    """Say what a control lacks."""
    wrong = {
        "a resource type": not types,
        "an example in `good`": not good,
        "an example in `bad`": not bad,
        "an example in `skipped`, as it has `when`": bool(when) and not skipped,
        "no `skipped`, as it has no `when`": bool(skipped) and not when,
        "a docstring on its `when`, which says why the control does not apply": bool(when) and not when.__doc__,
    }
    wrong |= {f"a default for its setting {name!r}": "default" not in schema for name, schema in settings.items()}
    return [what for what, is_wrong in wrong.items() if is_wrong]
