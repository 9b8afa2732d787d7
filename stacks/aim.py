"""Where a stack is, and where it shall be: a phase, with what changes on the way there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stacks.applications import APPLICATIONS
from stacks.settings import FOLDER, Settings
from stacks.stackfile import PROJECT, config_of, full_key, overridden


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """Where a stack shall be."""

    settings: Settings
    keys: Mapping[str, object]
    """What the stack file says of it, by full key: the phase, and what was overridden; values as YAML has them."""


def aim(
    stack: str, *, to: str, start: str | None = None, overrides: Mapping[str, str] | None = None, folder: Path = FOLDER
) -> tuple[Settings, Aim]:
    """
    Read where a stack is (in phase *start* without a hop, if one is given), and where it shall be.

    *overrides* are keys and their values as YAML, as `Settings.read` takes them; the name of a choice is one too.
    Raises SettingsError.
    """
    now = Settings.read(stack, phase=start, folder=folder)
    known = {choice.name for choice in APPLICATIONS[now.application.name].choices}
    asked = {f"choices.{key}" if key in known else key: value for key, value in (overrides or {}).items()}
    settings = Settings.read(stack, phase=to, overrides=asked, folder=folder)
    written, _ = config_of((folder / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    changed, _ = overridden(written, asked)
    keys = {key: changed[key] for key in (full_key(name.partition(".")[0]) for name in asked)}
    return now, Aim(settings=settings, keys={**keys, f"{PROJECT}:phase": str(settings.phase)})
