"""Users of a PostgreSQL database that a rotation brings and takes: made, tried, counted, shut out."""

from collections.abc import Mapping, Sequence

from psycopg import Connection
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Identifier

from sql import roles
from sql.bootstrap import Connect, gets_in
from sql.errors import BootstrapError
from sql.roles import Login
from sql.server import LoginRefusedError, PasswordRightError


def let_in(connection: Connection, connect: Connect, login: Login) -> bool:
    """
    Make sure that the user of *login* has its password, and is made as the role is; say whether anything was changed.

    May be called any number of times. Raises BootstrapError where the role is not there, or still is refused.
    """
    there = roles.existing(connection)
    if login.name not in there:
        raise BootstrapError(f"the database has no role {login.name}: run `datastores bootstrap` first")
    right = gets_in(connect, login, there)
    with connection.transaction():
        if login.second:
            connection.execute(roles.made(login))
            connection.execute(roles.alike(login))
        if not right:
            roles.set_password(connection, login)
    if not gets_in(connect, login, roles.existing(connection)):
        raise BootstrapError(f"the server refuses the login {login.user}, whose password was just set")
    return not right


def change(connection: Connection, connect: Connect, login: Login) -> None:
    """Give the one user that a login has another password."""
    if not gets_in(connect, login, roles.existing(connection)):
        with connection.transaction():
            roles.set_password(connection, login)


def shut_out(connection: Connection, user: str) -> int:
    """Take the password of a user away and end its sessions, of which the number is given; a role stays what it is."""
    if user not in roles.existing(connection):
        return 0
    connection.execute(SQL("ALTER ROLE {} PASSWORD NULL").format(Identifier(user)))
    # To end another's session is for those who belong to it; the administrator made it, so it may join it.
    with connection.cursor(row_factory=scalar_row) as cursor:
        return len(
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [user]
            ).fetchall()
        )


def is_refused(connect: Connect, user: str, password: str) -> bool:
    """Say whether a password lets nobody in any more."""
    try:
        connect(user, password).close()
    except LoginRefusedError:
        return True
    except PasswordRightError:
        return False
    return False


def sessions(connection: Connection, users: Sequence[str]) -> Mapping[str, int]:
    """Count the sessions of those users that have any."""
    rows = connection.execute(
        "SELECT usename::text, count(*) FROM pg_stat_activity WHERE usename = ANY (%s) GROUP BY 1 ORDER BY 1",
        [list(users)],
    ).fetchall()
    return dict(rows)


def limit_of(connection: Connection, role: str) -> int:
    """Give how many connections a role may hold."""
    row = connection.execute("SELECT rolconnlimit FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    return row[0] if row else -1
