"""What is checked: resources, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from policies.levels import Place
from policies.plain import account_of, mistakes_of_place, mistakes_of_resources, parse, place_of, resources_of
from policies.values import Resource
from stacks.mistakes import SettingsError


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Resources, and where they stand."""

    name: str
    """The stack's, or the file's."""
    file: str
    """What a report points at: a path in the repository."""
    stack: str
    """Empty where it is not known."""
    place: Place
    resources: Sequence[Resource]
    account: str = ""
    """The AWS account, twelve digits; empty where it is not known."""
    left_out: int = 0
    """How many resources of the stack are not among them, because they do not change."""
    notes: Sequence[str] = field(default=())
    """What a reader of the report has to know of the source."""


def of_file(text: str | bytes, file: str) -> Subject:
    """
    Read `{"resources": [...], "stack": {...}}`, as `datastores render --json` prints it; `stack` may be left out.

    Raises:
        SettingsError: with all mistakes.

    """
    document: dict[str, Any] = parse(text, file)
    mistakes = [*mistakes_of_resources(document.get("resources")), *mistakes_of_place(document.get("stack"))]
    if mistakes:
        raise SettingsError(file, mistakes)
    return Subject(
        name=file,
        file=file,
        stack="",
        place=place_of(document.get("stack")),
        resources=resources_of(document["resources"]),
        account=account_of(document.get("stack")),
    )


def placed(subject: Subject, *, environment: str | None, phase: str | None) -> Subject:
    """
    Judge as if it were elsewhere; None leaves what the source says.

    Raises:
        SettingsError: there is no such environment or phase.

    """
    if environment is None and phase is None:
        return subject
    asked = {"environment": environment or subject.place.environment, "phase": phase or subject.place.phase}
    if mistakes := list(mistakes_of_place(asked)):
        raise SettingsError("the command line", mistakes)
    return replace(subject, place=place_of(asked))
