"""Roles that log in: made, limited, and given the password of their connection secret."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from psycopg import Connection
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from sizes.logins import users_of
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
    second: str | None = None
    """Its second user, where the secret names that one: it logs in, and is the role from then on; None: the role."""

    @property
    def user(self) -> str:
        """Who has the password."""
        return self.second or self.name


def made(login: Login) -> Composed:
    """
    Give SQL that makes the role where it is missing, and its second user, and puts right all but password and settings.

    The migrator does not inherit: it has the rights of a group it belongs to only after SET ROLE.
    """
    role = _logs_in(login.name, login.connections, inherits=login.name != MIGRATOR)
    if login.second is None:
        return role
    user = _logs_in(login.second, login.connections, inherits=True)
    belongs = SQL("GRANT {} TO {};").format(Identifier(login.name), Identifier(login.second))
    return SQL("\n").join([role, user, belongs])


def _logs_in(name: str, connections: int, *, inherits: bool) -> Composed:
    return SQL(
        "DO $$\nBEGIN\n"
        "    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal}) THEN\n"
        "        CREATE ROLE {name};\n"
        "    END IF;\n"
        "END\n$$;\n"
        "ALTER ROLE {name} LOGIN {inherit} NOCREATEDB NOCREATEROLE CONNECTION LIMIT {limit} VALID UNTIL 'infinity';"
    ).format(
        literal=Literal(name),
        name=Identifier(name),
        inherit=SQL("INHERIT" if inherits else "NOINHERIT"),
        limit=Literal(connections),
    )


def alike(login: Login) -> Composed:
    """
    Give SQL, for a transaction of its own, that gives a second user the settings of its role and makes it act as that.

    What it makes belongs to the role then, and rights and policies see the role. (`RESET ROLE` does not leave it, and
    after `DISCARD ALL` or `SET ROLE NONE` it still inherits what the role may do.)
    """
    return SQL("""\
DO $$
DECLARE
    place text;
    config text;
    setting text;
BEGIN
    EXECUTE format('ALTER ROLE %I RESET ALL', {second});
    EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', {second}, current_database());
    FOR place, config IN
        SELECT CASE setdatabase WHEN 0 THEN '' ELSE format('IN DATABASE %I', current_database()) END, one
        FROM pg_db_role_setting, unnest(setconfig) AS one
        WHERE setrole = (SELECT oid FROM pg_roles WHERE rolname = {first})
          AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    LOOP
        setting := split_part(config, '=', 1);
        PERFORM set_config(setting, substr(config, strpos(config, '=') + 1), true);
        EXECUTE format('ALTER ROLE %I %s SET %s FROM CURRENT', {second}, place, setting);
    END LOOP;
    EXECUTE format('ALTER ROLE %I SET role = %L', {second}, {first});
END
$$;""").format(first=Literal(login.name), second=Literal(login.user))


def set_password(connection: Connection, login: Login) -> None:
    """Set a password as the verifier that is computed here: neither the server nor its log sees the password itself."""
    if login.password is None:
        raise BootstrapError(f"the password of {login.user} is not known")
    verifier = connection.pgconn.encrypt_password(login.password.encode(), login.user.encode(), b"scram-sha-256")
    connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(login.user), Literal(verifier.decode())))


def strangers(connection: Connection, logins: Sequence[Login]) -> list[str]:
    """Name the roles that may log in and are neither ours, nor the administrator, nor RDS's own."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "SELECT rolname::text FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname <> CURRENT_USER"
            " AND rolname <> ALL (%s) AND NOT rolname LIKE ANY (%s) ORDER BY rolname",
            [[user for login in logins for user in users_of(login.name)], list(NOT_OURS)],
        ).fetchall()


def existing(connection: Connection) -> frozenset[str]:
    """Name all roles."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return frozenset(cursor.execute("SELECT rolname::text FROM pg_roles").fetchall())
