"""A PostgreSQL server, reached over TLS with its name verified; what goes wrong there is said in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import Connection

from sql.errors import BootstrapError

BUNDLE: Final = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
"""Where AWS publishes the certificates that sign those of RDS and Aurora, in all regions."""
APPLICATION: Final = "datastores bootstrap"
_TIMEOUT_SECONDS: Final = 10


class LoginRefusedError(BootstrapError):
    """The server refuses a login's password."""


class PasswordRightError(BootstrapError):
    """The password is right; the login may not enter the database, or holds all connections that it may."""


# What libpq and the server say (in English on RDS), and what it means here; the first that fits.
_MEANINGS: Final[Mapping[str, tuple[type[BootstrapError], str]]] = {
    "does not match host name": (
        BootstrapError,
        """\
the server's certificate is not made out to {host}: --host must be the name in the connection secret, through a tunnel \
too (--hostaddr and --port say where it begins)""",
    ),
    "certificate verify failed": (
        BootstrapError,
        "the server's certificate is signed by nobody in {root}: give the bundle that AWS publishes, {bundle}",
    ),
    "could not read root certificate": (
        BootstrapError,
        "{root} holds no certificates in PEM form: give the bundle that AWS publishes, {bundle}",
    ),
    "SSL error": (BootstrapError, "TLS with the server fails: is {root} the bundle that AWS publishes, {bundle}?"),
    "does not support SSL": (
        BootstrapError,
        "the server does not speak TLS: on RDS every server does, so this is another one",
    ),
    "authentication failed": (
        LoginRefusedError,
        """\
the server refuses the login {user}: its password is not that of the connection secret, or this is another server""",
    ),
    "too many connections": (
        PasswordRightError,
        "all connections that {user} may hold are in use: end one of them, then try again",
    ),
    "permission denied for database": (PasswordRightError, "{user} may not connect to the database"),
    "": (
        BootstrapError,
        """\
the server {host} cannot be reached at {address}: run this inside the VPC, in the clients' security group, or through \
a tunnel (--hostaddr 127.0.0.1 --port N)""",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where a database is."""

    host: str
    """The name that its certificate must be made out to."""
    hostaddr: str | None
    """The address to connect to, as of a tunnel; None: what the name resolves to."""
    port: int
    database: str
    root_certificate: Path
    """Certificates, one of which must have signed the server's."""

    def connect(self, user: str, password: str | None) -> Connection:
        """
        Connect, every statement being its own transaction unless said otherwise; raises BootstrapError.

        Without a password libpq looks for one: PGPASSWORD, then the password file.
        """
        try:
            return psycopg.connect(
                host=self.host,
                hostaddr=self.hostaddr,
                port=self.port,
                dbname=self.database,
                user=user,
                password=password,
                sslmode="verify-full",
                sslrootcert=str(self.root_certificate),
                gssencmode="disable",
                connect_timeout=_TIMEOUT_SECONDS,
                application_name=APPLICATION,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            raise self._meaning(str(error).strip(), user) from None

    def _meaning(self, said: str, user: str) -> BootstrapError:
        kind, meaning = next(row for known, row in _MEANINGS.items() if known in said)
        text = meaning.format(
            host=self.host,
            address=f"{self.hostaddr or self.host}:{self.port}",
            root=self.root_certificate,
            bundle=BUNDLE,
            user=user,
        )
        return kind(f"{text}\n  it says: {said}")
