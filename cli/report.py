"""`datastores report`: one page about a stack, for a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from cli.files import BAD_INPUT, COMMAND_LINE, unwritable, write
from stacks.mistakes import SettingsError
from stacks.settings import Settings

OPTION = "--output"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    output: Path
    phase: str | None = None
    environment: str | None = None
    overrides: Mapping[str, str] | None = None


def report(request: Request, *, today: date, out: TextIO, err: TextIO) -> int:
    """Write the page; the exit status is 0. What is wrong with the input is told at once, with 2."""
    wrong: list[SettingsError] = []
    settings = _read(request, request.phase)
    if isinstance(settings, SettingsError):
        wrong.append(settings)
    if mistake := unwritable(request.output, option=OPTION):
        wrong.append(SettingsError(COMMAND_LINE, [mistake]))
    if isinstance(settings, SettingsError) or wrong:
        err.writelines(f"{error}\n" for error in wrong)
        return BAD_INPUT
    # Only here: a mistake is told before Pulumi is imported.
    from readiness.situation import situation  # noqa: PLC0415
    from reports.stack import page  # noqa: PLC0415

    # Where the next phase needs more than the stack file says, the page says so.
    onward = _read(request, settings.phase.next) if settings.phase.next else None
    write(request.output, page(situation(settings, today=today), onward), option=OPTION)
    out.write(f"{request.output} is written: open it in a browser\n")
    return 0


def _read(request: Request, phase: str | None) -> Settings | SettingsError:
    """Read the stack file for a phase, or say what is wrong with it."""
    try:
        return Settings.read(
            request.stack, phase=phase, environment=request.environment, overrides=request.overrides or {}
        )
    except SettingsError as error:
        return error
