"""`datastores upgrade`: carry a plan out, update by update; say where it stands, go on, or take it back."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from localcloud.files import try_lock, unlock
from localcloud.paths import here
from stacks.aim import HOP, Aim, aim, stack_files
from stacks.deploy import collecting_garbage_later
from stacks.mistakes import Mistake, SettingsError
from stacks.render import render
from stacks.settings import FOLDER, Settings
from stacks.stackfile import PROJECT, canonical, config_of
from upgrades.cloud import Cloud
from upgrades.engine import Engine, EngineError
from upgrades.plan import Plan, plan
from upgrades.plan_report import steps, summary, text
from upgrades.run import LaterError, Place, Run, StopError, carry_out, place, shown, standing

REFUSED: Final = 1
STOPPED_MIDWAY: Final = 4
COMMAND_LINE: Final = "the command line"
WIDE: Final = 160


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    to: str | None = None
    overrides: dict[str, str]
    status: bool = False
    resume: bool = False
    abort: bool = False
    yes: bool = False
    wait: bool = False


def upgrade(request: Request, *, ask: Callable[[str], bool], out: TextIO, err: TextIO) -> int:
    """Do what is asked; return the exit status. Raises SettingsError."""
    if mistakes := list(_mistakes(request)):
        raise SettingsError(COMMAND_LINE, mistakes)
    folder = stack_files()
    settings = Settings.read(request.stack, folder=folder)
    lock = try_lock(here().local / f"upgrade-{request.stack}.lock")
    if lock is None:
        err.write(f"error: an upgrade of {request.stack} is running on this machine: let it end\n")
        return REFUSED
    try:
        engine = Engine(stack=request.stack, folder=FOLDER.parent, held=(lock,))
        return _locked(request, settings, engine, folder, ask=ask, out=out, err=err)
    except (StopError, EngineError) as error:
        err.write(f"error: {error}\n")
        begun = isinstance(error, LaterError) or Settings.read(request.stack, folder=folder).hop is not None
        return STOPPED_MIDWAY if begun else REFUSED
    finally:
        unlock(lock)


def _mistakes(request: Request) -> Iterable[Mistake]:
    given = [name for name in ("to", "status", "resume", "abort") if getattr(request, name)]
    if len(given) != 1:
        got = " and ".join(f"--{name}" for name in given) or "none of them"
        yield Mistake(where=(), what=f"must have one of --to PHASE, --status, --resume and --abort, got {got}")
    if request.overrides and not request.to:
        yield Mistake(where=("--set",), what="is for --to: an upgrade under way knows its settings")


def _locked(  # noqa: PLR0913  # each is said by the command line
    request: Request,
    settings: Settings,
    engine: Engine,
    folder: Path,
    *,
    ask: Callable[[str], bool],
    out: TextIO,
    err: TextIO,
) -> int:
    found = standing(engine)
    if found[0] is None:
        raise StopError(f"the outputs of {request.stack} do not say where it stands: deploy it first (pulumi up)")
    now, aimed = _way(request, settings, found, folder)
    with collecting_garbage_later():
        planned = plan(now, aimed, render)
    if request.status:
        return _status(settings, found, planned, out)
    if planned.refused or not planned.ups:
        text(planned, out, width=None if out.isatty() else WIDE, colours=not os.environ.get("NO_COLOR"))
        return REFUSED if planned.refused else 0
    _introduce(settings, planned, err)
    run = Run(
        engine=engine,
        cloud=Cloud(settings.region),
        file=folder / f"Pulumi.{request.stack}.yaml",
        plan=planned,
        aim=aimed,
        confirm=lambda question: request.yes or ask(question),
        say=lambda line: _say(line, err),
        stay=request.wait,
    )
    carry_out(run, found)
    out.write(f"{request.stack} is {planned.target.phase}; next: datastores bootstrap {request.stack}\n")
    return 0


# From where to where


def _way(request: Request, settings: Settings, found: Place, folder: Path) -> tuple[Settings, Aim]:
    stack, here_ = request.stack, place(settings)
    if request.to:
        if settings.hop:
            raise StopError(
                f"an upgrade of {stack} to {settings.hop.to} is under way: --resume goes on, --abort goes back"
            )
        if found != here_:
            raise StopError(
                f"{stack} is deployed at {shown(found)}, its stack file says {shown(here_)}: make the two agree "
                "(pulumi up), or go on with an upgrade that was interrupted: --resume"
            )
        return aim(stack, to=request.to, overrides=request.overrides, folder=folder)
    if request.abort:
        if settings.hop is None:
            raise StopError(f"no upgrade of {stack} is under way: its stack file has no hop")
        return aim(stack, to=settings.phase, folder=folder)
    deployed = _deployed(settings, found, folder)
    if settings.hop:
        also = dict(one.split("=", 1) for one in settings.hop.also)
        return deployed, aim(stack, to=settings.hop.to, overrides=also, folder=folder)[1]
    # The last update is written already: it is what the file says.
    return deployed, aim(stack, to=settings.phase, folder=folder)[1]


def _deployed(settings: Settings, found: Place, folder: Path) -> Settings:
    """Give the settings that are deployed: those of the file, where the outputs say that they are."""
    if found == place(settings):
        return settings
    phase, hop = found
    to = settings.hop.to if settings.hop else settings.phase
    step = settings.hop.step if settings.hop else None
    on_the_way = hop is not None and hop["to"] == to and (step is None or hop["step"] == step - 1)
    if not (on_the_way or (hop is None and phase == settings.phase and step == 1)):
        raise StopError(
            f"{settings.stack} is deployed at {shown(found)}, its stack file says {shown(place(settings))}, which is "
            "not the next update: somebody else deploys it, or the file was edited. Make the two agree, then try again"
        )
    config, _ = config_of((folder / f"Pulumi.{settings.stack}.yaml").read_text(encoding="utf-8"))
    config |= {f"{PROJECT}:phase": phase, HOP: hop}
    known = {key: canonical(value) for key, value in config.items() if value is not None}
    return Settings.parse(settings.stack, known)


# What is said


def _status(settings: Settings, found: Place, planned: Plan, out: TextIO) -> int:
    out.write(f"stack file: {shown(place(settings))}\ndeployed: {shown(found)}\n")
    if found == place(settings) and settings.hop is None:
        out.write("no upgrade is under way\n")
        return 0
    out.write(f"{summary(planned)}\n")
    out.writelines(f"{up.number}. {'; '.join(steps(up))}\n" for up in planned.ups)
    out.write("next: --resume goes on, --abort goes back\n")
    return 0


def _introduce(settings: Settings, planned: Plan, err: TextIO) -> None:
    """Say what is changed, and refuse an account that the stack does not allow."""
    from sql.stack import where  # noqa: PLC0415  it brings boto3

    at = where(settings)
    _say(f"account {at.account}, region {at.region}, backend {at.backend}", err)
    local = "AWS_ENDPOINT_URL" in os.environ
    # The local cloud has one account, and any stack may be tried on it.
    if not local and settings.allowed_account_ids and at.account not in settings.allowed_account_ids:
        allowed = ", ".join(settings.allowed_account_ids)
        raise StopError(f"{settings.stack} allows {allowed} (aws:allowedAccountIds), got account {at.account}")
    _say(summary(planned), err)


def _say(line: str, err: TextIO) -> None:
    err.write(f"{line}\n")
    err.flush()
