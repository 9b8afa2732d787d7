"""`datastores restore`: a store as it was, in a new one beside it, which then takes its place."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from cli.turn import Turn, take
from restores import checks, copies, runbook
from restores.encryption import OWN, arn_of, next_key, unusable
from restores.reading import window_of
from restores.run import Run, State, carry_out, deployed, source
from restores.steps import Ask, Step, WayError, in_words, made, next_number, onward, way
from restores.window import Kind, OutsideError, Point, Source, Window, point
from restores.window import in_words as span
from sizes.atlas import SharedAtlasSize
from sql.stack import where
from stacks.aim import stack_files
from stacks.application import Store
from stacks.exports import PHASE, RESTORES
from stacks.generations import Generation, called, elsewhere, keyless, said, wrong_key
from stacks.mistakes import Mistake, SettingsError, near, shown
from stacks.places import prefix
from stacks.settings import Settings
from upgrades.cloud import Cloud
from upgrades.engine import Engine
from upgrades.mending import mend
from upgrades.place import place, standing
from upgrades.place import shown as shown_place
from upgrades.stopping import StopError

COMMAND_LINE: Final = "the command line"
_WAYS: Final = ("to", "status", "resume", "switch", "retire", "abort", "runbook")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    store: str
    to: str | None = None
    key: str | None = None
    """ARN of the key of the new one, or `own`; only with `to`."""
    status: bool = False
    resume: bool = False
    switch: bool = False
    retire: bool = False
    abort: bool = False
    runbook: bool = False
    yes: bool = False
    wait: bool = False
    as_json: bool = False

    @property
    def ask(self) -> Ask:
        """The way that is asked for; there is one."""
        return next(one for one in Ask if getattr(self, one) or (one is Ask.MAKE and self.to is not None))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Here:
    """What is known before anything is done."""

    settings: Settings
    engine: Engine
    cloud: Cloud
    resources: Sequence[State]
    deployed: Generation
    written: Generation


def restore(request: Request, *, ask: Callable[[str], bool], out: TextIO, err: TextIO) -> int:
    """Do what is asked; return the exit status. Raises SettingsError, and KeyboardInterrupt after a request to stop."""
    folder = stack_files()
    settings = Settings.read(request.stack, folder=folder)
    store = _store(request, settings)
    if request.runbook:
        out.write(runbook.text(settings, store))
        return 0
    turn = Turn(
        stack=request.stack,
        begun=lambda: _begun(request, folder, settings),
        onward=f"`datastores restore {request.stack} {request.store} --resume` goes on",
        err=err,
    )
    return take(turn, lambda engine: _locked(request, settings, engine, ask=ask, out=out, say=turn.say))


def _store(request: Request, settings: Settings) -> Store:
    """Find the store that is meant; raises SettingsError with all that is wrong with the command line."""
    mistakes = list(_mistakes(request, settings))
    if mistakes:
        raise SettingsError(COMMAND_LINE, mistakes)
    return next(one for one in settings.application.stores if one.name == request.store)


def _mistakes(request: Request, settings: Settings) -> Iterable[Mistake]:
    given = [name for name in _WAYS if getattr(request, name)]
    if len(given) != 1:
        got = " and ".join(f"--{name}" for name in given) or "none of them"
        yield Mistake(where=(), what=f"must have one of {', '.join(f'--{one}' for one in _WAYS)}, got {got}")
    stores = {store.name: store for store in settings.application.stores}
    if (store := stores.get(request.store)) is None:
        hint = near(request.store, stores) or f": they are {', '.join(stores)}"
        what = f"must be a store of {settings.application.name}, got {shown(request.store)}{hint}"
        yield Mistake(where=("STORE",), what=what)
    elif (why := elsewhere(store)) and not request.runbook:
        yield Mistake(where=("STORE",), what=f"{store.name} {why}")
    elif isinstance(size := settings.size(store), SharedAtlasSize) and not request.runbook:
        what = f"{store.name} is on {size.tier}, whose backups Atlas restores by hand only: --runbook has the steps"
        yield Mistake(where=("STORE",), what=what)
    elif size is None:
        yield Mistake(where=("STORE",), what=f"{store.name} does not exist in {settings.phase} yet")
    yield from _mistakes_of_key(request, settings, store)
    if settings.hop and not request.runbook:
        what = f"is being upgraded to {settings.hop.to} (datastores:hop): end that first, or take it back"
        yield Mistake(where=("STACK",), what=what)
    if settings.rotation and not request.runbook:
        what = "gets new passwords (datastores:rotation): end `datastores rotate` first, or take it back"
        yield Mistake(where=("STACK",), what=what)


def _mistakes_of_key(request: Request, settings: Settings, store: Store | None) -> Iterable[Mistake]:
    if request.key is None:
        return
    if request.to is None:
        yield Mistake(where=("--key",), what="is refused without --to: a restore makes the one that has another key")
    if store and (why := keyless(store)):
        yield Mistake(where=("--key",), what=f"is refused: {store.name} {why}")
    elif request.key != OWN and (wrong := wrong_key(request.key, settings.region)):
        yield Mistake(where=("--key",), what=f"{wrong}; or own, for the key of the stack")


def _locked(  # noqa: PLR0913  each is said by the command line
    request: Request,
    settings: Settings,
    engine: Engine,
    *,
    ask: Callable[[str], bool],
    out: TextIO,
    say: Callable[[str], None],
) -> int:
    there = _look(request, settings, engine, say)
    window = _window(request, there)
    if request.status:
        return _tell(request, there, window, out)
    steps = _steps(request, there, window)
    if not steps:
        if request.as_json:
            return _tell(request, there, None, out)
        out.write(f"{in_words(request.store, there.written)}; nothing was interrupted; {onward(there.written)}\n")
        return 0
    _introduce(settings, say)
    run = Run(
        engine=engine,
        cloud=there.cloud,
        folder=stack_files(),
        stack=request.stack,
        store=request.store,
        confirm=lambda question: request.yes or ask(question),
        say=say,
        stay=request.wait,
    )
    carry_out(run, steps)
    return _tell(request, _look(request, run.settings(), engine, say), None, out)


def _look(request: Request, settings: Settings, engine: Engine, say: Callable[[str], None]) -> _Here:
    """Find out where the stack stands; refuse what somebody else is in the middle of."""
    state = engine.state()
    cloud = Cloud(settings.region)
    if state.pending and not request.status:
        mend(engine, cloud, state, say)
        state = engine.state()
    outputs = state.outputs
    if outputs.get(PHASE) is None:
        raise StopError(f"the outputs of {request.stack} do not say where it stands: deploy it first (pulumi up)")
    if (found := standing(state)) != place(settings):
        raise StopError(
            f"{request.stack} is deployed at {shown_place(found)}, its stack file says {shown_place(place(settings))}: "
            "make the two agree (pulumi up)"
        )
    names = {*settings.restores, *(outputs.get(RESTORES) or {})} - {request.store}
    stores = {store.name: store for store in settings.application.stores}
    if apart := sorted(one for one in names if deployed(outputs, one) != settings.generation(stores[one])):
        raise StopError(
            f"the restore of {apart[0]} was interrupted: `datastores restore {request.stack} {apart[0]} --resume`"
        )
    return _Here(
        settings=settings,
        engine=engine,
        cloud=cloud,
        resources=state.resources,
        deployed=deployed(outputs, request.store),
        written=settings.generation(stores[request.store]),
    )


def _window(request: Request, there: _Here) -> Window | None:
    """Ask what can be restored, where that matters."""
    if not (request.status or request.to is not None):
        return None
    found = _source(request, there)
    return window_of(there.cloud.client, found)


def _source(request: Request, there: _Here) -> Source:
    found = source(there.settings, there.resources, request.store, there.deployed.used)
    if found is None:
        raise StopError(f"{request.store} is not deployed: pulumi up --stack {request.stack}, then try again")
    return found


def _steps(request: Request, there: _Here, window: Window | None) -> list[Step]:
    store = next(one for one in there.settings.application.stores if one.name == request.store)
    protection = there.settings.protection(store)
    protected = protection.deletion or protection.protect
    if request.ask is not Ask.MAKE or window is None or request.to is None:
        return way(there.deployed, there.written, request.ask, protected=protected)
    if there.deployed != there.written:
        raise WayError(f"a restore of {request.store} was interrupted: --resume goes on with it")
    if there.written.old is not None:
        raise WayError(f"{in_words(request.store, there.written)}: {onward(there.written)}")
    number = next_number(there.deployed, window.numbers)
    own = arn_of(None, there.resources, store) if not keyless(store) else ""
    key = next_key(there.deployed, request.key, own)
    origin, copied = _origin(request, there, window, key or own)
    name = copies.name_of(prefix(there.settings), called(store.name, number), datetime.now(UTC)) if copied else None
    return [made(there.deployed, number=number, origin=origin.asked, key=key, copied=name)]


def _origin(request: Request, there: _Here, window: Window, arn: str) -> tuple[Point, bool]:
    """
    Find what is restored, and whether it is copied with the key of that ARN first.

    Raises SettingsError with all that is wrong with it and with the key.
    """
    mistakes: list[Mistake] = []
    if request.key is not None and (why := unusable(there.cloud.client("kms"), arn)):
        mistakes.append(Mistake(where=("--key",), what=why))
    try:
        origin = point(window, request.to or "")
        instance = window.source.kind is Kind.INSTANCE
        has = checks.key_of(there.cloud, window.source) if instance else None
        copied = instance and copies.needed(origin, source=window.source, has=has, wanted=arn)
    except OutsideError as error:
        raise SettingsError(COMMAND_LINE, [*mistakes, Mistake(where=("--to",), what=str(error))]) from None
    if mistakes:
        raise SettingsError(COMMAND_LINE, mistakes)
    return origin, copied


def _begun(request: Request, folder: Path, before: Settings) -> bool:
    """Say whether a restore is half-way: it was before, or an update was written, and has not ended."""
    return request.resume or Settings.read(request.stack, folder=folder).restores != before.restores


# What is said


def _tell(request: Request, there: _Here, window: Window | None, out: TextIO) -> int:
    found = _source(request, there)
    if request.as_json:
        json.dump(_as_json(request, there, found, window), out, indent=2)
        out.write("\n")
        return 0
    out.write(f"deployed: {in_words(request.store, there.deployed)}\n")
    if there.deployed != there.written:
        out.write(f"stack file: {in_words(request.store, there.written)}\nnext: --resume goes on\n")
        return 0
    key = checks.key_of(there.cloud, found) if window else None
    out.write(f"used: {found.kind} {found.id}{f', encrypted with {key}' if key else ''}\n")
    if window:
        out.write(f"can be restored to: {span(window)}\n")
    out.write(f"next: {onward(there.written)}\n")
    return 0


def _as_json(request: Request, there: _Here, found: Source, window: Window | None) -> Mapping[str, Any]:
    can = (
        {
            "earliest": window.earliest and window.earliest.isoformat(),
            "latest": window.latest and window.latest.isoformat(),
            "snapshots": [
                {"name": one.name, "id": one.id, "taken": one.taken and one.taken.isoformat(), "status": one.status}
                for one in window.snapshots
            ],
        }
        if window
        else None
    )
    return {
        "stack": request.stack,
        "store": request.store,
        "deployed": said(there.deployed),
        "written": said(there.written),
        "interrupted": there.deployed != there.written,
        "used": {"kind": found.kind, "id": found.id, "arn": found.arn},
        **({"window": can, "key": checks.key_of(there.cloud, found)} if can else {}),
        "next": onward(there.written),
    }


def _introduce(settings: Settings, say: Callable[[str], None]) -> None:
    """Say what is changed, and refuse an account that the stack does not allow."""
    at = where(settings)
    say(f"account {at.account}, region {at.region}, backend {at.backend}")
    # The local cloud has one account, and any stack may be tried on it.
    local = "AWS_ENDPOINT_URL" in os.environ
    if not local and settings.allowed_account_ids and at.account not in settings.allowed_account_ids:
        allowed = ", ".join(settings.allowed_account_ids)
        raise StopError(f"{settings.stack} allows {allowed} (aws:allowedAccountIds), got account {at.account}")
