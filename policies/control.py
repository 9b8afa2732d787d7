"""A control is data: a sentence, a predicate, examples. Nothing here knows the engine or its protocol."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

Example = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""Inputs of one resource, or for a control about several the resources of a stack in the normal form."""

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
    complies: Callable[..., bool]
    """Given the resource, the stack if `scope` says so, and the settings as keywords."""
    when: Callable[..., bool] | None
    """Given the resource: False means that the control does not apply to it, and its docstring says why."""
    good: Sequence[Example]
    bad: Sequence[Example]
    skipped: Sequence[Example]
    """What `when` leaves out."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """JSON schemas of the settings, each with a default."""

    def sentence(self, settings: Mapping[str, Any] | None = None) -> str:
        """Say what must hold and how to make it so; `{name}` in it stands for the setting of that name."""
        text = f"{self.requirement}: {self.fix}."
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
    ) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
        """
        Collect the predicate below as a control: its name is the slug, its docstring is requirement and fix.

        Raises:
            ValueError: the control is incomplete; the message names everything that is missing.

        """

        def collect(complies: Callable[..., bool]) -> Callable[..., bool]:
            slug = complies.__name__.replace("_", "-")
            sentence = " ".join((complies.__doc__ or "").split())
            parts = _SENTENCE.fullmatch(sentence)
            missing = list(
                _missing(types=types, good=good, bad=bad, when=when, skipped=skipped, settings=settings or {})
            )
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
                )
            )
            return complies

        return collect


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
