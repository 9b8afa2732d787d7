"""`datastores recommend`: which sizes, or which phase, fit what was measured, and at what price."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from advice.absurd import absurd
from advice.advise import Asked, advise
from advice.check import Told
from advice.report import as_json, markdown, text
from cli.cost import COMMAND_LINE, check_regions, prices
from costs.price import PriceBook
from costs.usage import read_usage
from stacks.aim import stack_files
from stacks.application import Size
from stacks.applications import APPLICATIONS
from stacks.mistakes import AllAtOnce, Mistake, SettingsError
from stacks.phases import Phase
from stacks.settings import Settings


class Form(StrEnum):
    """How advice is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asks for."""

    stack: str
    usage: Path
    today: date
    overrides: Mapping[str, str]
    prices: Path | None = None
    at: str | None = None
    form: Form = Form.TEXT


def recommend(request: Request, *, out: TextIO) -> int:
    """Write what a stack should be; the exit status is the advice's. Raises SettingsError."""
    asked = _asked(request)
    found = advise(asked)
    match request.form:
        case Form.JSON:
            json.dump(as_json(found), out, indent=2, ensure_ascii=False)
            out.write("\n")
        case Form.MARKDOWN:
            out.write(markdown(found))
        case Form.TEXT:
            out.write(text(found))
    return found.exit_code


def _asked(request: Request) -> Asked:
    folder = stack_files()
    settings, told, book = _read(request, folder)
    if settings.hop is not None:
        what = f"is in the middle of an upgrade to {settings.hop.to}: finish it, then measure what it became"
        raise SettingsError(COMMAND_LINE, [Mistake(where=(request.stack,), what=what)])
    check_regions(book, settings)
    phases, barred = _phases(request, settings, folder)
    from stacks.render import render  # noqa: PLC0415  Pulumi takes a second to import: a mistake is told before

    return Asked(
        phases=phases,
        barred=barred,
        now=settings.phase,
        told=told,
        book=book,
        on=request.today,
        render=render,
    )


def _read(request: Request, folder: Path) -> tuple[Settings, Mapping[str, Told], PriceBook]:
    """Read the stack, its usage and the prices; what is wrong with any of them is told at once."""
    files, settings, book = AllAtOnce(), None, None
    told: Mapping[str, Told] = {}
    with files.reading():
        settings = Settings.read(request.stack, overrides=request.overrides, folder=folder)
    if application := APPLICATIONS.get(request.stack.rpartition("-")[0]):
        with files.reading():
            told = read_usage(request.usage, tuple(store.name for store in application.stores))
            if settings and (mistakes := list(absurd(told, _sizes(settings)))):
                raise SettingsError(str(request.usage), mistakes)
    with files.reading():
        book = prices(request.prices, request.at)
    files.end()
    assert settings is not None  # noqa: S101  what is wrong was raised
    assert book is not None  # noqa: S101  what is wrong was raised
    return settings, told, book


def _sizes(settings: Settings) -> Mapping[str, Size]:
    stores = settings.application.stores
    return {store.name: size for store in stores if (size := settings.size(store)) is not None}


def _phases(request: Request, settings: Settings, folder: Path) -> tuple[Mapping[Phase, Settings], Mapping[Phase, str]]:
    """Read the stack in every phase; what its file says of a size may not be of another phase's kind."""
    phases, barred = {settings.phase: settings}, dict[Phase, str]()
    for phase in Phase:
        if phase is settings.phase:
            continue
        try:
            phases[phase] = Settings.read(request.stack, phase=phase, overrides=request.overrides, folder=folder)
        except SettingsError as error:
            barred[phase] = "; ".join(map(str, error.mistakes))
    return phases, barred
