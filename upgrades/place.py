"""Where a stack stands, as its outputs say it: a phase, and a hop on the way to another."""

from typing import Any, cast

from stacks.exports import HOP, PHASE, said
from stacks.settings import Settings
from upgrades.engine import State

Place = tuple[str | None, Any]
"""The outputs of a stack that say where it stands: its phase, its hop; None: there is none."""


def place(settings: Settings) -> Place:
    """Give where a stack stands, as its outputs say it."""
    return str(settings.phase), plain(said(settings.hop))


def standing(state: State) -> Place:
    """Give where the deployed stack stands."""
    return state.outputs.get(PHASE), plain(state.outputs.get(HOP))


def shown(at: Place) -> str:
    """Name a place."""
    phase, hop = at
    return f"{phase}, hop {hop['step']} to {hop['to']}" if hop else str(phase)


def plain(value: Any) -> Any:
    """Leave out what is nothing: outputs do so."""
    match value:
        case dict():
            found = cast("dict[str, Any]", value)
            return {key: plain(one) for key, one in found.items() if one is not None}
        case list():
            return [plain(one) for one in cast("list[Any]", value)]
        case _:
            return value
