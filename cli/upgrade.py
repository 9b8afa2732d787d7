"""`datastores upgrade`: carry a plan out, update by update; say where it stands, go on, or take it back."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

from cli.turn import REFUSED, Turn, ended, take
from sizes.atlas import AtlasSize
from sql.stack import Where, where
from stacks.aim import Aim, aim, stack_files
from stacks.deploy import collecting_garbage_later
from stacks.exports import ROTATION
from stacks.mistakes import Mistake, SettingsError
from stacks.render import render
from stacks.settings import Settings
from upgrades import pace
from upgrades.cloud import Cloud
from upgrades.engine import Engine, State
from upgrades.mending import mend
from upgrades.place import place, shown, standing
from upgrades.plan import Plan, Render, plan, sizes_of
from upgrades.plan_report import keeping, steps, summary, text
from upgrades.resuming import Situation, resumed, stepped_back, taken_back
from upgrades.run import Run, carry_out, settle
from upgrades.stack_file import rewrite
from upgrades.stopping import StopError

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What an upgrade is carried out with."""

    engine: Engine
    cloud: Cloud
    folder: Path
    """Of the stack files."""
    ask: Callable[[str], bool]
    out: TextIO
    err: TextIO
    render: Render = render
    account: Callable[[Settings], Where] = where
    clock: Callable[[], datetime] = pace.clock
    sleep: Callable[[float], None] = time.sleep

    def say(self, line: str) -> None:
        """Tell how it goes: no result, so that it goes to standard error, at once."""
        self.err.write(f"{line}\n")
        self.err.flush()

    def file(self, stack: str) -> Path:
        """Give the file of a stack."""
        return self.folder / f"Pulumi.{stack}.yaml"


def upgrade(request: Request, *, ask: Callable[[str], bool], out: TextIO, err: TextIO) -> int:
    """Do what is asked; return the exit status. Raises SettingsError, and KeyboardInterrupt after a request to stop."""
    if mistakes := list(_mistakes(request)):
        raise SettingsError(COMMAND_LINE, mistakes)
    folder = stack_files()
    if request.to:
        # Before anything is asked of the engine, or mended: what cannot be aimed at is a mistake, wherever it stands.
        aim(request.stack, to=request.to, overrides=request.overrides, folder=folder)
    settings = Settings.read(request.stack, folder=folder)
    if restoring := [name for name, one in settings.restores.items() if one.old is not None]:
        what = f"is refused while {restoring[0]} is being restored: --retire or --abort of `datastores restore` ends it"
        raise SettingsError(COMMAND_LINE, [Mistake(where=(), what=f"an upgrade {what}")])
    turn = _turn(request, settings, folder / f"Pulumi.{request.stack}.yaml", err)

    def act(engine: Engine) -> int:
        means = Means(engine=engine, cloud=Cloud(settings.region), folder=folder, ask=ask, out=out, err=err)
        return _carried_out(request, settings, means)

    return take(turn, act)


def carried_out(request: Request, settings: Settings, means: Means) -> int:
    """Do what is asked with what is given; return the exit status. Raises KeyboardInterrupt after a request to stop."""
    turn = _turn(request, settings, means.file(request.stack), means.err)
    return ended(turn, lambda: _carried_out(request, settings, means))


def _turn(request: Request, settings: Settings, file: Path, err: TextIO) -> Turn:
    before = file.read_text(encoding="utf-8")
    return Turn(
        stack=request.stack,
        begun=lambda: settings.hop is not None or file.read_text(encoding="utf-8") != before,
        onward=f"`datastores upgrade {request.stack} --resume` goes on, `--abort` goes back",
        err=err,
    )


def _mistakes(request: Request) -> Iterable[Mistake]:
    given = [name for name in ("to", "status", "resume", "abort") if getattr(request, name)]
    if len(given) != 1:
        got = " and ".join(f"--{name}" for name in given) or "none of them"
        yield Mistake(where=(), what=f"must have one of --to PHASE, --status, --resume and --abort, got {got}")
    if request.overrides and not request.to:
        yield Mistake(where=("--set",), what="is for --to: an upgrade under way knows its settings")


def _carried_out(request: Request, settings: Settings, means: Means) -> int:
    state = means.engine.state()
    if settings.rotation or state.outputs.get(ROTATION):
        raise StopError(
            f"new passwords of {request.stack} are on their way: let `datastores rotate {request.stack} --resume` end, "
            "or take them back with --abort"
        )
    if standing(state)[0] is None:
        raise StopError(f"the outputs of {request.stack} do not say where it stands: deploy it first (pulumi up)")
    if state.pending and not request.status:
        mend(means.engine, means.cloud, state, means.say)
        state = means.engine.state()
    at = Situation(settings=settings, state=state, past=means.engine.past(), folder=means.folder)
    if request.abort and (back := stepped_back(at)):
        rewrite(means.file(request.stack), back)
        at = replace(at, settings=Settings.read(request.stack, folder=means.folder))
    now, aimed = _way(request, at, means)
    with collecting_garbage_later():
        planned = plan(now, aimed, means.render, {} if request.status else _disks(now, state, means.cloud))
    if request.status:
        return _status(at, planned, means.out)
    if planned.refused:
        _tell(planned, means.out)
        return REFUSED
    run = Run(
        engine=means.engine,
        cloud=means.cloud,
        file=means.file(request.stack),
        plan=planned,
        aim=aimed,
        confirm=lambda question: request.yes or means.ask(question),
        say=means.say,
        stay=request.wait,
        clock=means.clock,
        sleep=means.sleep,
    )
    if not planned.ups:
        return _nothing_to_do(run, means.out)
    _introduce(at.settings, planned, means)
    carry_out(run, at.deployed)
    means.out.write(f"{request.stack} is {planned.target.phase}; next: datastores bootstrap {request.stack}\n")
    return 0


def _disks(now: Settings, state: State, cloud: Cloud) -> Mapping[str, int]:
    """Give the disks of clusters on Atlas' servers of their own, by store: they grow by themselves."""
    return cloud.disks(state.resources, [name for name, size in sizes_of(now).items() if isinstance(size, AtlasSize)])


def _way(request: Request, at: Situation, means: Means) -> tuple[Settings, Aim]:
    stack, settings = request.stack, at.settings
    if request.to:
        if settings.hop:
            raise StopError(
                f"an upgrade of {stack} to {settings.hop.to} is under way: --resume goes on, --abort goes back"
            )
        if not at.agreeing:
            raise StopError(
                f"{stack} is deployed at {shown(at.deployed)}, its stack file says {shown(place(settings))}: make the "
                "two agree (pulumi up), or go on with an upgrade that was interrupted: --resume"
            )
        return aim(stack, to=request.to, overrides=request.overrides, folder=at.folder)
    return taken_back(at, means.render) if request.abort else resumed(at)


def _nothing_to_do(run: Run, out: TextIO) -> int:
    """End an upgrade of which nothing was deployed, or is left: the file says so."""
    if settle(run):
        out.write(f"{run.engine.stack} is {run.plan.target.phase} still: nothing was deployed, its file is as before\n")
    else:
        _tell(run.plan, out)
    return 0


# What is said


def _status(at: Situation, planned: Plan, out: TextIO) -> int:
    out.write(f"stack file: {shown(place(at.settings))}\ndeployed: {shown(at.deployed)}\n")
    if not at.whole:
        out.write("the last update was stopped half-way, or another command wrote the state since\n")
    if at.agreeing and at.settings.hop is None:
        out.write("no upgrade is under way\n")
        return 0
    out.write(f"{summary(planned)}\n")
    out.writelines(f"{up.number}. {'; '.join(steps(up))}\n" for up in planned.ups)
    out.write("next: --resume goes on, --abort goes back\n")
    return 0


def _tell(planned: Plan, out: TextIO) -> None:
    text(planned, out, width=None if out.isatty() else WIDE, colours=not os.environ.get("NO_COLOR"))


def _introduce(settings: Settings, planned: Plan, means: Means) -> None:
    """Say what is changed, and refuse an account that the stack does not allow."""
    at = means.account(settings)
    means.say(f"account {at.account}, region {at.region}, backend {at.backend}")
    local = "AWS_ENDPOINT_URL" in os.environ
    # The local cloud has one account, and any stack may be tried on it.
    if not local and settings.allowed_account_ids and at.account not in settings.allowed_account_ids:
        allowed = ", ".join(settings.allowed_account_ids)
        raise StopError(f"{settings.stack} allows {allowed} (aws:allowedAccountIds), got account {at.account}")
    for line in (summary(planned), *keeping(planned)):
        means.say(line)
