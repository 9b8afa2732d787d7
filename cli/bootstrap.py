"""`datastores bootstrap`: make a database ready for its application's migrations."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from sql.archive import archive_of
from sql.bootstrap import Done, Plan, bootstrap, printed
from sql.errors import BootstrapError, StoppedMidwayError
from sql.manifest import SCRIPTS, scripts
from sql.roles import Login
from sql.server import BUNDLE, Server
from stacks.application import PostgresStore
from stacks.mistakes import Mistake, SettingsError, unknown
from stacks.phases import Environment
from stacks.settings import Settings

REFUSED: Final = 1
BAD_INPUT: Final = 2
STOPPED_MIDWAY: Final = 4
COMMAND_LINE: Final = "the command line"
LOCAL: Final = (
    "this is the local cloud: there is no PostgreSQL behind its RDS, so there is nothing to bootstrap. Look at the SQL "
    "with --print, or name a server of your own: --host NAME --hostaddr ADDRESS --port N --user ADMINISTRATOR "
    "--root-certificate FILE"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    store: str | None = None
    phase: str | None = None
    print_only: bool = False
    as_json: bool = False
    yes: bool = False
    host: str | None = None
    hostaddr: str | None = None
    port: int | None = None
    user: str | None = None
    root_certificate: Path | None = None


def run(request: Request, *, ask: Callable[[str], bool], out: TextIO, err: TextIO) -> int:
    """Print the SQL, or apply it; the exit status. *ask* is asked before anything outside dev. Raises SettingsError."""
    if mistakes := list(_mistakes(request)):
        raise SettingsError(COMMAND_LINE, mistakes)
    settings = Settings.read(request.stack, phase=request.phase)
    store = _store(settings, request.store)
    if request.print_only:
        out.write(_printed(settings, store))
        return 0
    local = "AWS_ENDPOINT_URL" in os.environ
    if local and not (request.host or request.hostaddr):
        err.write(f"error: {LOCAL}\n")
        return BAD_INPUT
    if mistake := _of_certificate(request.root_certificate):
        raise SettingsError(COMMAND_LINE, [mistake])
    try:
        return _apply(request, settings, store, local=local, ask=ask, out=out, err=err)
    except StoppedMidwayError as error:
        err.write(f"error: {error}\nmend it, then run the same command again\n")
        return STOPPED_MIDWAY
    except BootstrapError as error:
        err.write(f"error: {error}\n")
        return REFUSED


def _mistakes(request: Request) -> Iterator[Mistake]:
    """Say which options do not fit together."""
    if request.phase and not request.print_only:
        yield Mistake(where=("--phase",), what="is for --print: a database is made ready for the phase it is in")
    if request.print_only:
        given = {
            "--json": request.as_json,
            "--yes": request.yes,
            "--host": request.host,
            "--hostaddr": request.hostaddr,
            "--port": request.port,
            "--user": request.user,
            "--root-certificate": request.root_certificate,
        }
        for option in (option for option, value in given.items() if value):
            yield Mistake(where=(option,), what="means nothing with --print")


def _of_certificate(file: Path | None) -> Mistake | None:
    if file is None:
        what = f"is needed, to know the server by: download what AWS publishes, {BUNDLE}, and name the file"
    elif not file.is_file():
        what = f"must be a file, got {file}: AWS publishes it as {BUNDLE}"
    else:
        return None
    return Mistake(where=("--root-certificate",), what=what)


def _store(settings: Settings, name: str | None) -> PostgresStore:
    """Find the database that is meant; the only one need not be named."""
    stores = {store.name: store for store in settings.application.stores if isinstance(store, PostgresStore)}
    if not stores:
        raise SettingsError(
            COMMAND_LINE, [Mistake(where=("STACK",), what=f"must have a PostgreSQL store, {settings.stack} has none")]
        )
    if name is None and len(stores) == 1:
        (name,) = stores
    if name is None:
        raise SettingsError(COMMAND_LINE, [Mistake(where=("STORE",), what=f"must be one of {', '.join(stores)}")])
    if name not in stores:
        what = f"{name!r} {unknown(name, 'a PostgreSQL store', sorted(stores))}"
        raise SettingsError(COMMAND_LINE, [Mistake(where=("STORE",), what=what)])
    if (settings.application.name, name) not in SCRIPTS:
        what = f"{name!r} of {settings.application.name} has no scripts: list them in sql/manifest.py"
        raise SettingsError(COMMAND_LINE, [Mistake(where=("STORE",), what=what)])
    return stores[name]


def _plan(settings: Settings, store: PostgresStore, logins: tuple[Login, ...], archive: str | None) -> Plan:
    return Plan(
        application=settings.application.name,
        phase=str(settings.phase),
        region=settings.region,
        archive=archive,
        logins=logins,
        scripts=scripts(settings.application.name, store.name),
    )


def _printed(settings: Settings, store: PostgresStore) -> str:
    limits = store.loads[settings.phase].connections
    logins = tuple(Login(name=name, connections=limits[name], password=None) for name in store.logins)
    return printed(_plan(settings, store, logins, None if archive_of(settings, store) else ""))


def _apply(  # noqa: PLR0913  # each is said by the command line
    request: Request,
    settings: Settings,
    store: PostgresStore,
    *,
    local: bool,
    ask: Callable[[str], bool],
    out: TextIO,
    err: TextIO,
) -> int:
    # Not at the top: it brings boto3, which `--print` does without.
    from sql.stack import database, where  # noqa: PLC0415

    place = where(settings)
    err.write(f"account {place.account}, region {place.region}, backend {place.backend}\n")
    # The local cloud has one account, and any stack may be tried on it.
    if not local and settings.allowed_account_ids and place.account not in settings.allowed_account_ids:
        allowed = ", ".join(settings.allowed_account_ids)
        raise BootstrapError(f"{settings.stack} allows {allowed} (aws:allowedAccountIds), got account {place.account}")
    found = database(settings, store)
    administrator = found.administrator
    server = Server(
        host=request.host or administrator.host,
        hostaddr=request.hostaddr,
        port=request.port or administrator.port,
        database=administrator.dbname,
        root_certificate=request.root_certificate or Path(),
    )
    at = f" at {server.hostaddr}" if server.hostaddr else ""
    err.write(f"database {server.database} on {server.host}{at}, port {server.port}\n")
    if settings.environment is not Environment.DEV and not request.yes:
        err.flush()
        if not ask(f"Bootstrap {store.name} of {settings.stack}?"):
            raise BootstrapError("not confirmed (--yes confirms), so nothing was done")
    # With another user, its password is libpq's business: PGPASSWORD, or the password file.
    who = (request.user, None) if request.user else (administrator.username, administrator.password)
    plan = _plan(settings, store, found.logins, found.archive)
    done = bootstrap(plan, server.connect, who, lambda line: _say(line, err))
    _report(done, {"stack": settings.stack, "store": store.name, **_as_json(place)}, request, out)
    return 0


def _as_json(place: object) -> dict[str, str]:
    return {name: getattr(place, name) for name in ("account", "region", "backend")}


def _say(line: str, err: TextIO) -> None:
    err.write(f"{line}\n")
    err.flush()


def _report(done: Done, about: dict[str, str], request: Request, out: TextIO) -> None:
    if request.as_json:
        json.dump({**about, **done.as_json()}, out, indent=2)
        out.write("\n")
        return
    for step in done.steps:
        out.writelines(f"{step.name}: {change}\n" for change in step.changes)
        out.writelines(f"{step.name}: set password of {name}\n" for name in step.passwords)
    out.writelines(
        f"unknown login {name}: it is left as it is, drop it if nobody needs it\n" for name in done.unknown_logins
    )
    out.write(f"PostgreSQL {done.version}: {'all was as it must be' if done.nothing_changed else 'ready'}\n")


def confirmed(question: str) -> bool:
    """Ask on the terminal; where there is none, nobody confirms."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{question} Type yes: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "yes"
