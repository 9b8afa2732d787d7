"""How the outputs of a stack are named, and what they say of where it stands."""

from typing import Any

from stacks.keys import Hop, Rotation
from stacks.rotating import PerLogin
from stacks.rows import written

PHASE, HOP, RESTORES = "phase", "hop", "restores"
"""Outputs that say what is deployed; without a hop there is no second one, without a restored store no third."""
ROTATIONS, ROTATION = "rotations", "rotation"
"""The same of passwords; where none was ever rotated, there are none of these."""


def export_name(store: str, key: str) -> str:
    """`venue-counts`, `tableArn` -> `venueCountsTableArn`."""
    first, *rest = store.split("-")
    return first + "".join(part.capitalize() for part in rest) + key[0].upper() + key[1:]


def said(hop: Hop | None) -> dict[str, Any] | None:
    """Give a hop as the stack file has it; None where there is none."""
    if hop is None:
        return None
    also = {"also": list(hop.also)} if hop.also else {}
    sizes = {name: written(size) for name, size in hop.sizes.items()}
    return {"to": str(hop.to), "step": hop.step, "sizes": sizes, **also}


def said_of_rotations(rotations: PerLogin, rotation: Rotation | None) -> dict[str, Any]:
    """Give what the stack file says of passwords, as outputs."""
    numbers = {ROTATIONS: {store: dict(logins) for store, logins in rotations.items()}} if rotations else {}
    to = {store: dict(logins) for store, logins in rotation.to.items()} if rotation else {}
    return {**numbers, **({ROTATION: {"step": rotation.step, "to": to}} if rotation else {})}
