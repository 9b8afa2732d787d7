"""
Make a database ready for its application: logins, then scripts, in order.

Every script is one transaction and can be run again: what is right already stays untouched, what was changed by hand is
put right.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString, cast

import psycopg
from psycopg import Connection
from psycopg.errors import Diagnostic
from psycopg.sql import Identifier, Literal

from sql import roles
from sql.catalogue import Catalogue, Change, catalogue, changes
from sql.errors import BootstrapError, StoppedMidwayError
from sql.manifest import PRELOADED, Script
from sql.roles import Login
from sql.server import LoginRefusedError, PasswordRightError

LOCK: Final = zlib.crc32(b"datastores bootstrap")
"""Number of the advisory lock that a run holds, so that two at once wait for each other."""
OLDEST: Final = 15
"""Oldest major version whose SQL the scripts keep to."""
LOGINS: Final = "logins"
PASSWORDS: Final = "passwords"
"""What the steps before the scripts are called."""
SECONDS: Final = "second users"
"""What the step after them is called, where a connection secret names a login's second user."""

Connect = Callable[[str, str | None], Connection]
"""User and password -> a connection in autocommit; raises LoginRefusedError and PasswordRightError."""
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be done to a database."""

    application: str
    phase: str
    region: str
    archive: str | None
    """Name of the bucket that old partitions go to; empty: the phase has none; None: it is not known, to print."""
    logins: tuple[Login, ...]
    scripts: tuple[Script, ...]

    @property
    def settings(self) -> dict[str, str | None]:
        """Settings of the session that scripts read; None: not known, to print."""
        return {
            "datastores.application": self.application,
            "datastores.phase": self.phase,
            "datastores.region": self.region,
            "datastores.archive": self.archive,
            "datastores.logins": ",".join(login.name for login in self.logins),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A script, or the logins, and what it changed."""

    name: str
    changes: tuple[Change, ...]
    passwords: tuple[str, ...] = ()
    """Logins that were given the password of their secret."""

    def __str__(self) -> str:
        said = [str(change) for change in self.changes] + [f"set password of {name}" for name in self.passwords]
        return f"{self.name}: {f'{len(said)} changed' if said else 'as it was'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a run has changed."""

    version: str
    """Of the server."""
    steps: tuple[Step, ...]
    unknown_logins: tuple[str, ...]
    """Roles that may log in and belong to nobody we know: reported, never dropped."""

    @property
    def nothing_changed(self) -> bool:
        """Whether all was as it must be."""
        return not any(step.changes or step.passwords for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Give what `--json` prints."""
        return {
            "serverVersion": self.version,
            "steps": [
                {
                    "name": step.name,
                    "changes": [change.as_json() for change in step.changes],
                    "passwordsSet": list(step.passwords),
                }
                for step in self.steps
            ],
            "unknownLogins": list(self.unknown_logins),
        }


def bootstrap(plan: Plan, connect: Connect, administrator: tuple[str, str | None], say: Say) -> Done:
    """
    Carry out a plan as the *administrator* (user and password).

    Raises BootstrapError where nothing was changed, StoppedMidwayError after that. *say* is told of every step.
    """
    with connect(*administrator) as connection:
        connection.add_notice_handler(lambda notice: _warn(notice, say))
        _check(connection, plan.scripts)
        _lock(connection, say)
        steps = _Steps(connection, say)
        try:
            former = roles.existing(connection)
            steps.run(LOGINS, "\n".join(roles.made(login).as_string(connection) for login in plan.logins))
            # Only now, as one that was barred from logging in could not be tried before.
            steps.set_passwords([login for login in plan.logins if not gets_in(connect, login, former)])
            for name, value in plan.settings.items():
                connection.execute("SELECT set_config(%s, %s, false)", [name, value])
            for script in plan.scripts:
                steps.run(script.name, script.text)
            if seconds := [roles.alike(login).as_string(connection) for login in plan.logins if login.second]:
                # Last, as the scripts set what is copied.
                steps.run(SECONDS, "\n".join(seconds))
        except psycopg.Error as error:
            raise steps.stopped(error) from None
        return Done(
            version=_version(connection),
            steps=tuple(steps.done),
            unknown_logins=tuple(roles.strangers(connection, plan.logins)),
        )


class _Steps:
    """The steps of a run: each is a transaction, and is compared with what was before."""

    done: list[Step]

    def __init__(self, connection: Connection, say: Say) -> None:
        self.done = []
        self._connection = connection
        self._say = say
        self._known: Catalogue = catalogue(connection)
        self._current = Script(name="", text="")

    def run(self, name: str, text: str) -> None:
        """Run a script."""
        self._current = Script(name=name, text=text)
        with self._connection.transaction():
            self._connection.execute(cast("LiteralString", text))
        self._took(())

    def set_passwords(self, logins: Sequence[Login]) -> None:
        """Give logins the password of their secret."""
        self._current = Script(name=PASSWORDS, text="")
        with self._connection.transaction():
            for login in logins:
                roles.set_password(self._connection, login)
        self._took(tuple(login.user for login in logins))

    def _took(self, passwords: tuple[str, ...]) -> None:
        found = catalogue(self._connection)
        step = Step(name=self._current.name, changes=tuple(changes(self._known, found)), passwords=passwords)
        self._known = found
        self.done.append(step)
        self._say(str(step))

    def stopped(self, error: psycopg.Error) -> BootstrapError:
        """Say where a run ended, and why."""
        text = f"{self._where(error)}: {str(error).strip()}\n  nothing of this step was done"
        if not self.done:
            return BootstrapError(text)
        return StoppedMidwayError(f"{text}; done and kept: {', '.join(step.name for step in self.done)}")

    def _where(self, error: psycopg.Error) -> str:
        # A position counts characters of the script, from 1.
        position = error.diag.statement_position
        line = f", line {self._current.text[: int(position)].count(chr(10)) + 1}" if position else ""
        return f"{self._current.name}{line}"


def _warn(notice: Diagnostic, say: Say) -> None:
    if notice.severity_nonlocalized == "WARNING":
        say(f"  the server warns: {notice.message_primary}")


def _version(connection: Connection) -> str:
    return connection.info.parameter_status("server_version") or "unknown"


def _check(connection: Connection, scripts: Sequence[Script]) -> None:
    """Refuse a server that cannot do what the scripts ask, with all that it lacks at once."""
    if connection.info.server_version < OLDEST * 10_000:
        raise BootstrapError(f"the server must be PostgreSQL {OLDEST} or newer, got {_version(connection)}")
    if lacking := list(_lacking(connection, {name for script in scripts for name in script.extensions})):
        raise BootstrapError("the server lacks what the scripts need:\n  " + "\n  ".join(lacking))


def _lacking(connection: Connection, wanted: set[str]) -> Iterator[str]:
    available = {name for (name,) in connection.execute("SELECT name::text FROM pg_available_extensions")}
    try:
        row = connection.execute("SHOW shared_preload_libraries").fetchone()
    except psycopg.errors.InsufficientPrivilege:
        raise BootstrapError(
            "the administrator may not read shared_preload_libraries: it must belong to rds_superuser "
            "(or pg_read_all_settings)"
        ) from None
    loaded = [name.strip() for name in (row[0] if row else "").split(",")]
    for name in sorted(wanted):
        if name not in available:
            yield f"extension {name} is not available on it: its version of PostgreSQL has none"
        elif name in PRELOADED and name not in loaded:
            yield (
                f"extension {name} is not loaded: shared_preload_libraries of its parameter group must name it, and "
                f"the instance be rebooted since (loaded: {', '.join(filter(None, loaded)) or 'nothing'})"
            )


def _lock(connection: Connection, say: Say) -> None:
    """Wait until no other run is under way; the lock ends with the connection."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    if row and not row[0]:
        say("another bootstrap of this database is under way: waiting for it to end")
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])


def gets_in(connect: Connect, login: Login, former: frozenset[str]) -> bool:
    """Say whether a login has its secret's password: nobody but a superuser may read what the server keeps of it."""
    if login.user not in former:
        return False
    try:
        connect(login.user, login.password).close()
    except LoginRefusedError:
        return False
    except PasswordRightError:
        return True
    return True


def printed(plan: Plan) -> str:
    """
    Give a script for psql that does the same.

    It holds no secret: where a password belongs is a variable of psql, without which psql stops.
    """
    parts = [
        f"""\
-- {plan.application} in {plan.phase}, for psql, as the administrator.
-- Give each login's SCRAM verifier, never the password itself: psql -v api_verifier='SCRAM-SHA-256$...'
-- Where it asks for it, give the name of the archive bucket too: psql -v archive=NAME
\\set ON_ERROR_STOP on""",
        f"SELECT pg_advisory_lock({LOCK});",
        _transaction(LOGINS, "\n".join(_printed_login(login) for login in plan.logins)),
        "\n".join(_printed_setting(name, value) for name, value in plan.settings.items()),
        *(_transaction(script.name, script.text.rstrip()) for script in plan.scripts),
    ]
    return "\n\n".join(parts) + "\n"


def _printed_setting(name: str, value: str | None) -> str:
    written = f":'{name.rpartition('.')[2]}'" if value is None else Literal(value).as_string()
    return f"SELECT set_config('{name}', {written}, false);"


def _printed_login(login: Login) -> str:
    name = Identifier(login.name).as_string()
    return f"{roles.made(login).as_string()}\nALTER ROLE {name} PASSWORD :'{login.name}_verifier';"


def _transaction(name: str, text: str) -> str:
    return f"-- {name}\nBEGIN;\n{text}\nCOMMIT;"
