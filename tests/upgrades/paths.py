"""Stacks that stand anywhere, for tests of paths: settings as the engine passes them, planned without renders."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from stacks.aim import HOP, Aim
from stacks.application import AtlasStore
from stacks.applications import APPLICATIONS
from stacks.exports import said
from stacks.phases import Phase
from stacks.settings import Settings
from stacks.stackfile import canonical
from upgrades.plan import UNKNOWN, Plan, Up, plan
from upgrades.stack_file import changes

BASE: Mapping[str, Any] = {
    "aws:region": "eu-central-1",
    "aws:allowedAccountIds": ["123456789012"],
    "datastores:drRegion": "eu-west-1",
    "datastores:owner": "team",
    "datastores:costCentre": "team",
}


def config(phase: str, choices: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Give what a stack file says."""
    chosen = {"datastores:choices": dict(choices)} if choices else {}
    return {**BASE, "datastores:phase": phase, **chosen, **{f"datastores:{key}": one for key, one in more.items()}}


def read(stack: str, written: Mapping[str, Any]) -> Settings:
    return _read(stack, json.dumps({key: canonical(value) for key, value in written.items()}))


@cache
def _read(stack: str, written: str) -> Settings:
    """Read what a file says once: many ways begin or end at the same."""
    return Settings.parse(stack, json.loads(written))


def config_for(application: str, phase: str, choices: Mapping[str, str]) -> dict[str, Any]:
    """Give what the stack file of an application says: with an organisation where it has a store on Atlas."""
    stores = APPLICATIONS[application].chosen(choices).stores
    on_atlas = any(isinstance(store, AtlasStore) for store in stores)
    return config(phase, choices, **({"atlas": {"organizationId": "0123456789abcdef01234567"}} if on_atlas else {}))


def choices_of(application: str) -> Iterator[dict[str, str]]:
    """Yield every combination of what an application lets its owner choose."""
    known = APPLICATIONS[application].choices
    for values in product(*(choice.values for choice in known)):
        yield dict(zip((choice.name for choice in known), values, strict=True))


def place(written: Mapping[str, Any]) -> str:
    """Name what a stack file says, in short."""
    chosen = ",".join(f"{key}={value}" for key, value in written.get("datastores:choices", {}).items())
    return f"{written['datastores:phase']}{chosen and f' ({chosen})'}"


@dataclass(frozen=True, kw_only=True)
class Way:
    """From what a stack file says to what it shall say."""

    stack: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    plan: Plan
    aim: Aim

    @property
    def name(self) -> str:
        return f"{self.stack} {place(self.before)} to {place(self.after)}"

    def carried_out(self) -> Iterator[tuple[Up, dict[str, Any]]]:
        """Yield each update with what the stack file says for it."""
        return carried_out(self.before, self.plan, self.aim)


@cache
def ways(application: str) -> Sequence[Way]:
    """Give the ways of an application in prod: between each two phases, and between each two choices."""
    stack = f"{application}-prod"
    found: list[Way] = []
    for before, after in product(Phase, Phase):
        for one, other in product(list(choices_of(application)), repeat=2):
            if (before == after) != (one == other):
                sides = config_for(application, before, one), config_for(application, after, other)
                plan_, aim = planned(stack, *sides)
                found.append(Way(stack=stack, before=sides[0], after=sides[1], plan=plan_, aim=aim))
    return found


def planned(
    stack: str, before: Mapping[str, Any], after: Mapping[str, Any], disks: Mapping[str, int] = UNKNOWN
) -> tuple[Plan, Aim]:
    """Plan from what the file says before to what it says after, without looking at resources."""
    bare = {key: value for key, value in after.items() if key != HOP}
    aim = Aim(settings=read(stack, bare), config=bare, also=())
    return plan(read(stack, before), aim, lambda _: [], disks), aim


def carried_out(before: Mapping[str, Any], found: Plan, aim: Aim) -> Iterator[tuple[Up, dict[str, Any]]]:
    """Yield each update with what the stack file says for it."""
    written = dict(before)
    for up in found.ups:
        for key, value in changes(written, up, found, aim).items():
            written = {**written, key: value} if value is not None else {k: v for k, v in written.items() if k != key}
        yield up, dict(written)


def outline(found: Plan) -> list[dict[str, str]]:
    """Give the stage of every step."""
    return [{name: step.stage.name for name, step in up.steps.items()} for up in found.ups]


def positions(found: Plan) -> list[Any]:
    """Give what is deployed after every update."""
    return [(str(up.settings.phase), said(up.settings.hop), up.settings.unlock) for up in found.ups]
