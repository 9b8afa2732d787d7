"""Where a stack is, and where it shall be: a phase, with what changes on the way there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stacks.mistakes import AllAtOnce, Mistake, SettingsError, near, shown
from stacks.phases import Phase
from stacks.settings import FOLDER, Settings
from stacks.stackfile import PROJECT, config_of, overridden

HOP, UNLOCK, PHASE, SIZES = (f"{PROJECT}:{key}" for key in ("hop", "unlock", "phase", "sizes"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """Where a stack shall be."""

    settings: Settings
    config: Mapping[str, object]
    """What the stack file says then, by full key, values as YAML has them; without a hop."""
    also: tuple[str, ...]
    """What changes beside the phase, as `KEY=VALUE`."""


def aim(
    stack: str, *, to: str, start: str | None = None, overrides: Mapping[str, str] | None = None, folder: Path = FOLDER
) -> tuple[Settings, Aim]:
    """
    Read where a stack is (in phase *start* without a hop, if one is given), and where it shall be.

    *overrides* are keys and their values as YAML, as `Settings.read` takes them; the name of a choice is one too.
    Raises SettingsError.
    """
    asked = overrides or {}
    wrong = AllAtOnce()
    with wrong.reading():
        _check(start, to)
    # What else is wrong is told too, in the phase that the file says.
    known, aimed = (phase if phase in tuple(Phase) else None for phase in (start, to))
    with wrong.reading():
        now = Settings.read(stack, phase=known, folder=folder)
        full = {f"choices.{key}" if key in now.choices else key: value for key, value in asked.items()}
        settings = Settings.read(stack, phase=aimed, overrides=full, folder=folder)
    wrong.end()
    written, _ = config_of((folder / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    config, _ = overridden(written, {**full, PHASE: str(settings.phase)})
    config.pop(HOP, None)
    return now, Aim(settings=settings, config=config, also=tuple(f"{key}={value}" for key, value in asked.items()))


def _check(start: str | None, to: str) -> None:
    """Raise SettingsError with every option that is no phase."""
    mistakes = [
        Mistake(where=(flag,), what=f"must be one of {', '.join(Phase)}, got {shown(phase)}{near(phase, Phase)}")
        for flag, phase in (("--from", start), ("--to", to))
        if phase is not None and phase not in tuple(Phase)
    ]
    if mistakes:
        raise SettingsError("the command line", mistakes)


def stack_files() -> Path:
    """Give the folder of the stack files that Pulumi uses: with the local cloud, of its copies."""
    project = os.environ.get("PULUMI_OPTION_CWD")
    return Path(project) / "stacks" if project and "AWS_ENDPOINT_URL" in os.environ else FOLDER
