"""Whose settings are checked: what every check of a key may ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import ValidationInfo

from stacks.application import Application
from stacks.phases import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """Whose settings are checked: the context of every check."""

    application: Application
    environment: Environment
    """The stack's own, not one that a command looks at it with."""


def application_of(info: ValidationInfo) -> Application:
    """Give the application with the stores that are chosen; with all of them if the choices are a mistake."""
    stack, chosen = stack_of(info), cast("Mapping[str, str] | None", info.data.get("choices"))
    application = stack.application.within(stack.environment)
    return application if chosen is None else application.chosen(chosen)


def whose(info: ValidationInfo) -> str:
    """Name the application whose stores a check is about, and that choices have to do with it."""
    application = stack_of(info).application
    return f"{application.name} as it is chosen" if application.choices else application.name


def stack_of(info: ValidationInfo) -> Stack:
    """Give the context of a check."""
    return cast("Stack", info.context)
