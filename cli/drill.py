"""`datastores drill`: restore every store beside itself, look at what comes back, measure, and take it away again."""

import json
import os
import signal
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final, TextIO

from cli.files import COMMAND_LINE, unwritable, write
from drills import kept
from drills.backup_tests import backup_tests
from drills.document import document
from drills.document import text as as_file
from drills.duty import stores_of
from drills.planned import Means, mistakes, planned
from drills.removal import leftovers
from drills.report import Outcome, Report
from drills.run import POLL_SECONDS, Drill, Place, drill, remove
from drills.text import text
from localcloud.files import try_lock, unlock
from localcloud.paths import here
from restores.reading import source_of
from restores.window import Kind
from sql.errors import BootstrapError
from sql.stack import Where, where
from stacks.application import AtlasStore
from stacks.mistakes import Mistake, SettingsError
from stacks.phases import Environment
from stacks.places import prefix
from stacks.settings import FOLDER, Settings
from stacks.tags import tags_of
from upgrades.atlas import project_and_name
from upgrades.cloud import Cloud
from upgrades.engine import Engine, EngineError
from upgrades.stopping import StopError

REFUSED: Final = 1
CANNOT_TELL: Final = 3
LEFT_BEHIND: Final = 4
CHANGED_PERCENT: Final = 1
_STATUS: Final = {Outcome.PASSED: 0, Outcome.FAILED: REFUSED}
_NOT_TAGGED: Final = "stack"
"""The tag that backups and budgets select a stack by: a copy is neither backed up nor counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    stores: tuple[str, ...] = ()
    yes: bool = False
    as_json: bool = False
    report: Path | None = None
    clean: bool = False
    root_certificate: Path | None = None
    checks: Path | None = None
    changed: int = CHANGED_PERCENT


def run(
    request: Request,
    *,
    ask: Callable[[str], bool],
    out: TextIO,
    err: TextIO,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Drill, or clean up after drills; the exit status. *ask* is asked outside dev. Raises SettingsError."""
    settings = Settings.read(request.stack)
    if found := [*_mistakes(request, settings)]:
        raise SettingsError(COMMAND_LINE, found)
    lock = try_lock(here().local / f"drill-{request.stack}.lock")
    if lock is None:
        err.write(f"error: a drill of {request.stack} is running on this machine: let it end\n")
        return REFUSED
    try:
        with _ended_as_by_ctrl_c():
            return _locked(request, settings, ask=ask, out=out, err=err, pause=pause)
    except (BootstrapError, EngineError, StopError) as error:
        err.write(f"error: {error}\n")
        return REFUSED
    finally:
        unlock(lock)


def _mistakes(request: Request, settings: Settings) -> Generator[Mistake]:
    yield from mistakes(settings, request.stores)
    if request.clean:
        given = {
            "STORE": request.stores,
            "--report": request.report,
            "--root-certificate": request.root_certificate,
            "--checks": request.checks,
        }
        for option in (option for option, value in given.items() if value):
            yield Mistake(where=(option,), what="means nothing with --clean")
    elif settings.hop:
        yield Mistake(where=("STACK",), what="has datastores:hop: an upgrade is under way, finish it first")
    for option, file in (("--root-certificate", request.root_certificate), ("--checks", request.checks)):
        if file is not None and not file.is_file():
            yield Mistake(where=(option,), what=f"must be a file, got {file}")
    if request.report and (mistake := unwritable(request.report, option="--report")):
        yield mistake


@contextmanager
def _ended_as_by_ctrl_c() -> Generator[None]:
    """Take what ends a job of a pipeline for a Ctrl-C: what was made is taken away first."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _locked(  # noqa: PLR0913  each is said by the command line
    request: Request,
    settings: Settings,
    *,
    ask: Callable[[str], bool],
    out: TextIO,
    err: TextIO,
    pause: Callable[[float], None],
) -> int:
    local = "AWS_ENDPOINT_URL" in os.environ
    place = where(settings)
    err.write(f"account {place.account}, region {place.region}, backend {place.backend}\n")
    # The local cloud has one account, and any stack may be tried on it.
    allowed = settings.allowed_account_ids
    if allowed and place.account not in allowed and not local:
        named = ", ".join(allowed)
        err.write(f"error: {settings.stack} allows {named} (aws:allowedAccountIds), got account {place.account}\n")
        return REFUSED
    cloud = Cloud(settings.region)
    say = _saying(err)
    if request.clean:
        return _clean(request, settings, cloud, ask=ask, say=say, pause=pause)
    wanted = _wanted(request, settings, place, cloud, local=local, say=say, pause=pause)
    names = ", ".join(one.source.store for one in wanted.asked)
    if not _may(request, settings, f"Restore copies of {names} of {settings.stack}, which cost while they exist?", ask):
        err.write("error: not confirmed (--yes confirms), so nothing was done\n")
        return REFUSED
    try:
        report = drill(wanted)
    except KeyboardInterrupt:
        _tell_left(settings, cloud, say)
        raise
    return _told(request, report, out, err)


def _wanted(  # noqa: PLR0913  each is a fact of its own
    request: Request,
    settings: Settings,
    place: Where,
    cloud: Cloud,
    *,
    local: bool,
    say: Callable[[str], None],
    pause: Callable[[float], None],
) -> Drill:
    resources = Engine(stack=request.stack, folder=FOLDER.parent).state().resources
    means = Means(local=local, root_certificate=request.root_certificate, checks=request.checks, client=cloud.client)
    found = planned(settings, request.stores, resources, means)
    if not found.asked:
        names = ", ".join(f"{one.store} ({one.problem or one.not_asked})" for one in found.told)
        what = f"has nothing that a drill could restore: {names}"
        raise SettingsError(COMMAND_LINE, [Mistake(where=("STACK",), what=what)])
    return Drill(
        place=Place(
            stack=settings.stack,
            phase=settings.phase,
            account=place.account,
            region=place.region,
            local=local,
            recovery=settings.application.recovery[settings.phase],
            tags={key: value for key, value in tags_of(settings).items() if key != _NOT_TAGGED},
        ),
        asked=found.asked,
        told=found.told,
        tests=backup_tests(cloud.client, resources),
        changed=request.changed,
        client=cloud.client,
        now=lambda: datetime.now(tz=UTC),
        # The local cloud makes everything at once.
        pause=(lambda seconds: pause(seconds / POLL_SECONDS / 10)) if local else pause,
        say=say,
    )


def _may(request: Request, settings: Settings, question: str, ask: Callable[[str], bool]) -> bool:
    return settings.environment is Environment.DEV or request.yes or ask(question)


def _saying(err: TextIO) -> Callable[[str], None]:
    def say(line: str) -> None:
        err.write(f"{line}\n")
        err.flush()

    return say


def _told(request: Request, report: Report, out: TextIO, err: TextIO) -> int:
    """Keep the report, tell it, and say by the status what it comes to."""
    if request.report:
        write(request.report, as_file(report), option="--report")
        file = request.report
    else:
        # What ran on this machine is kept on this machine: it is no evidence, and changes no tracked file.
        file = kept.write(report, here().local / kept.FOLDER.name if report.local else kept.FOLDER)
    if request.as_json:
        json.dump(document(report), out, indent=2, ensure_ascii=False)
        out.write("\n")
    else:
        out.writelines(f"{line}\n" for line in text(report))
    err.write(f"the report is {_within(file)}{'' if report.local else ': commit it'}\n")
    if report.leftovers:
        err.write(f"error: something was left behind: datastores drill {report.stack} --clean\n")
        return LEFT_BEHIND
    return _STATUS.get(report.outcome, CANNOT_TELL)


def _within(file: Path) -> str:
    root = kept.FOLDER.parent
    return str(file.relative_to(root) if file.is_relative_to(root) else file)


# After a drill that was killed


def _clean(  # noqa: PLR0913  each is said by the command line
    request: Request,
    settings: Settings,
    cloud: Cloud,
    *,
    ask: Callable[[str], bool],
    say: Callable[[str], None],
    pause: Callable[[float], None],
) -> int:
    found = leftovers(cloud.client, settings.stack, _projects(settings))
    if not found:
        say(f"no drill of {settings.stack} has left anything")
        return 0
    for one in found:
        say(f"left by a drill: {one}")
    if not _may(request, settings, "Delete all of these? A drill elsewhere may be using them.", ask):
        say("error: not confirmed (--yes confirms), so nothing was done")
        return REFUSED
    left: Sequence[str] = remove(found, cloud.client, now=lambda: datetime.now(tz=UTC), pause=pause, say=say)
    for one in left:
        say(f"error: left behind: {one}")
    return LEFT_BEHIND if left else 0


def _projects(settings: Settings) -> Sequence[str]:
    """Give the projects of Atlas that the stack has stores in; nobody asks Pulumi where it has none."""
    if not any(isinstance(store, AtlasStore) for store in stores_of(settings)):
        return ()
    resources = Engine(stack=settings.stack, folder=FOLDER.parent).state().resources
    found = [source_of(resources, store.name, prefix=prefix(settings)) for store in stores_of(settings)]
    return sorted({project_and_name(one.id)[0] for one in found if one and one.kind is Kind.ATLAS})


def _tell_left(settings: Settings, cloud: Cloud, say: Callable[[str], None]) -> None:
    if found := leftovers(cloud.client, settings.stack, _projects(settings)):
        say(f"left behind: {', '.join(map(str, found))}: datastores drill {settings.stack} --clean")
