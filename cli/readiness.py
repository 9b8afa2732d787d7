"""`datastores readiness`: whether an application may go live, and what that rests on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from cli.files import COMMAND_LINE, unwritable, write
from readiness import inputs
from readiness.inputs import Inputs
from stacks.mistakes import AllAtOnce, SettingsError
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    phase: str | None = None
    environment: str | None = None
    overrides: Mapping[str, str] | None = None
    inputs: Path | None = None
    as_json: bool = False
    html: Path | None = None


def readiness(request: Request, *, today: date, out: TextIO) -> int:
    """Weigh, and write what is asked for; the exit status says whether it is a go. Raises SettingsError."""
    settings, said = _read(request, today)
    # Only here: a mistake is told before Pulumi is imported.
    from readiness.document import document  # noqa: PLC0415
    from readiness.score import readiness as scored  # noqa: PLC0415
    from readiness.situation import situation  # noqa: PLC0415
    from readiness.text import text  # noqa: PLC0415

    found = scored(situation(settings, today=today), said)
    if request.html:
        from reports.readiness import page  # noqa: PLC0415  only this form needs it

        write(request.html, page(found), option="--html")
    if request.as_json:
        json.dump(document(found), out, indent=2, ensure_ascii=False)
        out.write("\n")
    else:
        out.write(text(found))
    return found.status


def _read(request: Request, today: date) -> tuple[Settings, Inputs]:
    """Read the stack file and the inputs; what is wrong with either is told at once. Raises SettingsError."""
    files, settings, said = AllAtOnce(), None, None
    with files.reading():
        settings = Settings.read(
            request.stack,
            phase=request.phase,
            environment=request.environment,
            overrides=request.overrides or {},
        )
    # What is no file's name is told above.
    if request.inputs or Path(request.stack).name == request.stack:
        with files.reading():
            said = inputs.read(request.stack, request.inputs, today=today)
    with files.reading():
        if request.html and (mistake := unwritable(request.html, option="--html")):
            raise SettingsError(COMMAND_LINE, [mistake])
    files.end()
    assert settings is not None  # noqa: S101  what is wrong was raised
    assert said is not None  # noqa: S101  what is wrong was raised
    return settings, said
