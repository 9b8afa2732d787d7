"""Roles that log in: made, limited, and given the password of their connection secret."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from psycopg import Connection
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from sql.errors import BootstrapError
from stacks.application import MIGRATOR

NOT_OURS: Final = ("pg\\_%", "rds%")
"""Patterns (LIKE) of the names of roles that PostgreSQL and RDS make."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A role that logs in."""

    name: str
    connections: int
    """How many it may hold at once."""
    password: str | None = field(repr=False)
    """As its connection secret has it; None where it is not known, to print."""


def made(login: Login) -> Composed:
    """
    Give SQL that makes the role where it is missing and puts right all but its password.

    The migrator does not inherit: it has the rights of a group it belongs to only after SET ROLE.
    """
    return SQL(
        "DO $$\nBEGIN\n"
        "    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal}) THEN\n"
        "        CREATE ROLE {name};\n"
        "    END IF;\n"
        "END\n$$;\n"
        "ALTER ROLE {name} LOGIN {inherit} NOCREATEDB NOCREATEROLE CONNECTION LIMIT {limit} VALID UNTIL 'infinity';"
    ).format(
        literal=Literal(login.name),
        name=Identifier(login.name),
        inherit=SQL("NOINHERIT" if login.name == MIGRATOR else "INHERIT"),
        limit=Literal(login.connections),
    )


def set_password(connection: Connection, login: Login) -> None:
    """Set a password as the verifier that is computed here: neither the server nor its log sees the password itself."""
    if login.password is None:
        raise BootstrapError(f"the password of {login.name} is not known")
    verifier = connection.pgconn.encrypt_password(login.password.encode(), login.name.encode(), b"scram-sha-256")
    connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(login.name), Literal(verifier.decode())))


def strangers(connection: Connection, logins: Sequence[Login]) -> list[str]:
    """Name the roles that may log in and are neither ours, nor the administrator, nor RDS's own."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "SELECT rolname::text FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname <> CURRENT_USER"
            " AND rolname <> ALL (%s) AND NOT rolname LIKE ANY (%s) ORDER BY rolname",
            [[login.name for login in logins], list(NOT_OURS)],
        ).fetchall()


def existing(connection: Connection) -> frozenset[str]:
    """Name all roles."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return frozenset(cursor.execute("SELECT rolname::text FROM pg_roles").fetchall())
