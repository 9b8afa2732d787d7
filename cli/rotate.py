"""`datastores rotate`: new passwords for the logins of stores, step by step; say where it stands, or go back."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from cli.turn import Turn, take
from rotations.documents import Documents
from rotations.doors import Doors
from rotations.run import TITLES, Run, carry_out, take_back
from rotations.standing import UPDATES, Standing, Step, begun, fresh
from rotations.targets import Target, chosen, mistakes, to, under_way
from sql.server import BUNDLE
from stacks.aim import stack_files
from stacks.exports import HOP, RESTORES
from stacks.generations import said
from stacks.mistakes import Mistake, SettingsError
from stacks.settings import Settings
from upgrades.cloud import Cloud
from upgrades.engine import Engine, State
from upgrades.mending import mend
from upgrades.place import place, plain, shown, standing
from upgrades.stopping import StopError

COMMAND_LINE: Final = "the command line"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    store: str | None = None
    login: str | None = None
    status: bool = False
    resume: bool = False
    abort: bool = False
    yes: bool = False
    as_json: bool = False
    settle: int | None = None
    """Minutes."""
    root_certificate: Path | None = None
    host: str | None = None
    hostaddr: str | None = None
    port: int | None = None


def rotate(request: Request, *, ask: Callable[[str], bool], out: TextIO, err: TextIO) -> int:
    """Do what is asked; return the exit status. Raises SettingsError."""
    folder = stack_files()
    settings = Settings.read(request.stack, folder=folder)
    if found := [*_mistakes(request), *mistakes(settings, request.store, request.login)]:
        raise SettingsError(COMMAND_LINE, found)
    turn = Turn(
        stack=request.stack,
        begun=lambda: _begun(request, folder, settings),
        onward=f"`datastores rotate {request.stack} --resume` goes on, `--abort` goes back",
        err=err,
    )
    return take(turn, lambda engine: _locked(request, settings, engine, ask=ask, out=out, say=turn.say))


def _begun(request: Request, folder: Path, before: Settings) -> bool:
    """Say whether a rotation is under way, or its last update was written and has not ended."""
    now = Settings.read(request.stack, folder=folder)
    return now.rotation is not None or now.rotations != before.rotations


def _mistakes(request: Request) -> Iterator[Mistake]:
    given = [f"--{name}" for name in ("status", "resume", "abort") if getattr(request, name)]
    if len(given) > 1:
        yield Mistake(where=(), what=f"must have one of --status, --resume and --abort, got {' and '.join(given)}")
    if given and (request.store or request.login):
        named = [name for name, value in (("STORE", request.store), ("--login", request.login)) if value]
        yield Mistake(where=(named[0],), what=f"means nothing with {given[0]}: a rotation under way knows its logins")
    if request.settle is not None and request.settle < 0:
        yield Mistake(where=("--settle",), what=f"must be minutes, 0 or more, got {request.settle}")
    if request.root_certificate and not request.root_certificate.is_file():
        what = f"must be a file, got {request.root_certificate}: AWS publishes it as {BUNDLE}"
        yield Mistake(where=("--root-certificate",), what=what)


def _locked(  # noqa: PLR0913  each is said by the command line
    request: Request,
    settings: Settings,
    engine: Engine,
    *,
    ask: Callable[[str], bool],
    out: TextIO,
    say: Callable[[str], None],
) -> int:
    state = engine.state()
    if state.pending and not request.status:
        mend(engine, Cloud(settings.region), state, say)
        state = engine.state()
    known = begun(settings, state.outputs)
    if request.status:
        return _status(request, settings, known, out)
    _not_in_the_way(request, settings, state, known)
    targets = _targets(request, settings, known)
    if refusal := _unreachable(request, targets):
        raise SettingsError(COMMAND_LINE, [refusal])
    about = _introduce(settings, targets, known, say)
    run = Run(
        settings=settings,
        engine=engine,
        file=stack_files() / f"Pulumi.{request.stack}.yaml",
        standing=known or fresh(settings, to(targets)),
        targets=targets,
        doors=_doors(request, settings, state.outputs),
        confirm=lambda question: request.yes or ask(question),
        say=say,
        yes=request.yes,
        settle=None if request.settle is None else timedelta(minutes=request.settle),
    )
    if request.abort:
        take_back(run)
    else:
        carry_out(run)
    _report(request, run, about, out)
    return 0


def _not_in_the_way(request: Request, settings: Settings, state: State, known: Standing | None) -> None:
    """Refuse what cannot be begun, or gone on with."""
    stack = request.stack
    if settings.hop or state.outputs.get(HOP):
        raise StopError(
            f"an upgrade of {stack} is under way: let `datastores upgrade {stack} --resume` end, or take it back with "
            "--abort, then rotate"
        )
    restored = {store: said(one) for store, one in settings.restores.items()}
    beside = [store for store, one in settings.restores.items() if one.old is not None]
    if beside or plain(state.outputs.get(RESTORES) or {}) != plain(restored):
        store = next(iter([*beside, *restored, *(state.outputs.get(RESTORES) or {})]))
        raise StopError(
            f"a restore of {store} is under way: let `datastores restore {stack} {store} --retire` end it, or take it "
            "back with --abort, then rotate"
        )
    if (there := standing(state)) != place(settings):
        raise StopError(
            f"{stack} is deployed at {shown(there)}, its stack file says {shown(place(settings))}: make the two agree "
            "(pulumi up), then rotate"
        )
    going_on = request.resume or request.abort
    if known and not going_on:
        raise StopError(f"a rotation of {stack} is under way: --resume goes on, --abort goes back")
    if going_on and not known:
        raise StopError(f"no rotation of {stack} is under way")


def _targets(request: Request, settings: Settings, known: Standing | None) -> Sequence[Target]:
    if known is None:
        return chosen(settings, request.store, request.login)
    return under_way(settings, known.before, known.to)


def _unreachable(request: Request, targets: Sequence[Target]) -> Mistake | None:
    """Say what is needed to reach the databases, in which SQL has to run."""
    names = ", ".join(dict.fromkeys(one.store for one in targets if one.kind == "postgres" and not one.administers))
    if not names:
        return None
    if "AWS_ENDPOINT_URL" in os.environ and not (request.host or request.hostaddr):
        return Mistake(
            where=("STORE",),
            what=f"must leave {names} out: this is the local cloud, and there is no PostgreSQL behind its RDS. Name "
            "another store, or a server of your own: --host NAME --hostaddr ADDRESS --port N --root-certificate FILE",
        )
    if request.root_certificate is None:
        what = f"is needed, to know the server of {names} by: download what AWS publishes, {BUNDLE}, and name the file"
        return Mistake(where=("--root-certificate",), what=what)
    return None


def _doors(request: Request, settings: Settings, outputs: Mapping[str, Any]) -> Doors:
    import boto3  # noqa: PLC0415  it is large, and --status does without

    return Doors(
        documents=Documents(client=boto3.client("secretsmanager", region_name=settings.region), outputs=outputs),
        local="AWS_ENDPOINT_URL" in os.environ,
        host=request.host,
        hostaddr=request.hostaddr,
        port=request.port,
        root_certificate=request.root_certificate or Path(),
    )


# What is said


def _introduce(
    settings: Settings, targets: Sequence[Target], known: Standing | None, say: Callable[[str], None]
) -> dict[str, str]:
    """Say what is changed, and refuse an account that the stack does not allow."""
    from sql.stack import where  # noqa: PLC0415  it brings boto3

    at = where(settings)
    say(f"account {at.account}, region {at.region}, backend {at.backend}")
    local = "AWS_ENDPOINT_URL" in os.environ
    # The local cloud has one account, and any stack may be tried on it.
    if not local and settings.allowed_account_ids and at.account not in settings.allowed_account_ids:
        allowed = ", ".join(settings.allowed_account_ids)
        raise StopError(f"{settings.stack} allows {allowed} (aws:allowedAccountIds), got account {at.account}")
    for one in targets:
        if one.two_users:
            say(f"{one}: from user {one.old_user} to {one.new_user}")
        else:
            say(f"{one}: another password for user {one.new_user}")
    if known:
        say(f"stack file: {known.file}, deployed: {known.deployed}")
    return {"stack": settings.stack, "account": at.account, "region": at.region, "backend": at.backend}


def _status(request: Request, settings: Settings, known: Standing | None, out: TextIO) -> int:
    if request.as_json:
        moving = {"file": str(known.file), "deployed": str(known.deployed), "to": known.to} if known else None
        _dump({"stack": settings.stack, "rotations": settings.rotations, "underWay": moving}, out)
        return 0
    for store, logins in settings.rotations.items():
        out.writelines(f"{store} {login}: password {number}\n" for login, number in logins.items())
    if known is None:
        out.write("no rotation is under way\n")
        return 0
    logins = ", ".join(f"{store} {login}" for store, some in known.to.items() for login in some)
    out.write(f"under way: {logins}\nstack file: {known.file}\ndeployed: {known.deployed}\n")
    left = [step for step in UPDATES if list(Step).index(step) > list(Step).index(known.deployed)]
    out.writelines(f"{UPDATES.index(step) + 1}. {TITLES[step]}\n" for step in left)
    out.write("next: --resume goes on, --abort goes back\n")
    return 0


def _report(request: Request, run: Run, about: dict[str, str], out: TextIO) -> None:
    done = "taken back" if request.abort else "rotated"
    if not request.as_json:
        names = ", ".join(str(one) for one in run.targets)
        out.write(f"{done}: {names}\n")
        return
    logins = [
        {
            "store": one.store,
            "login": one.login,
            "user": one.old_user if request.abort else one.new_user,
            "password": one.old if request.abort else one.new,
            "tried": {str(step): said[str(one)] for step, said in run.tried.items()},
        }
        for one in run.targets
    ]
    _dump({**about, "done": done, "logins": logins}, out)


def _dump(value: object, out: TextIO) -> None:
    json.dump(value, out, indent=2)
    out.write("\n")
