"""Where a rotation stands: what the stack file says, and what the outputs say is deployed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from rotations.targets import merged
from stacks.exports import ROTATION, ROTATIONS, said_of_rotations
from stacks.rotating import NEVER, PerLogin
from stacks.settings import Settings
from stacks.stackfile import PROJECT
from upgrades.run import StopError

ROTATIONS_KEY: Final = f"{PROJECT}:{ROTATIONS}"
ROTATION_KEY: Final = f"{PROJECT}:{ROTATION}"


class Step(StrEnum):
    """The updates of a rotation, and what is there before them."""

    START = "start"
    ADD = "add"
    SWITCH = "switch"
    END = "end"


UPDATES: Final = (Step.ADD, Step.SWITCH, Step.END)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One rotation: what was before it, where it goes, and how far file and deployment are."""

    before: PerLogin
    to: PerLogin
    file: Step
    deployed: Step

    def keys(self, step: Step) -> dict[str, object]:
        """Give what the stack file says at a step, by full key; None: the key is absent."""
        numbers = merged(self.before, self.to) if step is Step.END else self.before
        moving = {"step": str(step), "to": _plain(self.to)} if step in (Step.ADD, Step.SWITCH) else None
        return {ROTATIONS_KEY: _plain(numbers) or None, ROTATION_KEY: moving}

    def outputs(self, step: Step) -> dict[str, Any]:
        """Give what the outputs say at a step."""
        found = {ROTATIONS: self.keys(step)[ROTATIONS_KEY], ROTATION: self.keys(step)[ROTATION_KEY]}
        return {key: value for key, value in found.items() if value}


def begun(settings: Settings, outputs: Mapping[str, Any]) -> Standing | None:
    """
    Give the rotation that is under way; None: there is none.

    Raises StopError where stack file and deployment are further apart than an update.
    """
    file = said_of_rotations(settings.rotations, settings.rotation)
    there = {key: outputs[key] for key in (ROTATIONS, ROTATION) if outputs.get(key)}
    moving = file.get(ROTATION) or there.get(ROTATION)
    if moving is None:
        if file != there:
            raise StopError(_apart(settings))
        return None
    to = cast("PerLogin", moving["to"])
    before = cast("PerLogin", (file if ROTATION in file else there).get(ROTATIONS, NEVER))
    known = Standing(before=before, to=to, file=Step.START, deployed=Step.START)
    steps = {
        name: next((step for step in Step if known.outputs(step) == said), None)
        for name, said in (("file", file), ("deployed", there))
    }
    if steps["file"] is None or steps["deployed"] is None:
        raise StopError(_apart(settings))
    order = list(Step)
    if abs(order.index(steps["file"]) - order.index(steps["deployed"])) > 1:
        raise StopError(_apart(settings))
    return Standing(before=before, to=to, file=steps["file"], deployed=steps["deployed"])


def fresh(settings: Settings, to: PerLogin) -> Standing:
    """Give a rotation that begins."""
    return Standing(before=settings.rotations, to=to, file=Step.START, deployed=Step.START)


def _plain(numbers: PerLogin) -> dict[str, dict[str, int]]:
    return {store: dict(logins) for store, logins in numbers.items()}


def _apart(settings: Settings) -> str:
    return (
        f"the stack file and the outputs of {settings.stack} say different things of its passwords, and not as a "
        "rotation leaves them: make the two agree (pulumi up), then try again"
    )
