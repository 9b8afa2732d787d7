"""A PostgreSQL server of a test: like RDS, its administrator is no superuser and every connection is TLS."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, LiteralString, cast

import psycopg
from psycopg import Connection

from sql.server import Server
from tests.sql.certificates import authority
from tests.sql.installation import Installation, unprivileged

HOST: Final = "main.example.rds.amazonaws.com"
SUPERUSER: Final = "rdsadmin"
ADMINISTRATOR: Final = ("datastores", "administrator-password")

# What RDS gives the administrator and the role that it belongs to.
_RDS: Final = """
CREATE ROLE rds_superuser NOLOGIN;
GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION;
CREATE ROLE datastores LOGIN CREATEROLE CREATEDB IN ROLE rds_superuser PASSWORD 'administrator-password';
"""
_AUDIT: Final = "GRANT SET ON PARAMETER pgaudit.log TO rds_superuser"


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A server that runs."""

    folder: Path
    port: int
    database: str
    tls: bool

    @property
    def server(self) -> Server:
        """How a bootstrap reaches it, as through a tunnel."""
        return Server(
            host=HOST,
            hostaddr="127.0.0.1",
            port=self.port,
            database=self.database,
            root_certificate=self.folder / "ca.pem",
        )

    def connect(self, user: str, password: str | None) -> Connection:
        """Connect as a bootstrap does; without TLS only where the server has none."""
        if self.tls:
            return self.server.connect(user, password)
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=self.database, user=user, password=password, autocommit=True
        )

    def superuser(self, database: str | None = None) -> Connection:
        """Connect as RDS itself would."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, dbname=database or self.database, user=SUPERUSER, autocommit=True
        )


@contextmanager
def running(
    install: Callable[[Path], Installation], database: str, preload: tuple[str, ...] = ()
) -> Generator[Running]:
    """Start a server with an empty *database*; it is gone afterwards."""
    # Not under pytest's own folder, which nobody else may enter.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        installation = install(folder)
        authority(folder, HOST)
        running = Running(folder=folder, port=_free_port(), database=database, tls=installation.tls)
        _configure(installation, running, preload)
        _run(installation.bin / "pg_ctl", "start", "-w", "-D", str(folder / "data"), "-l", str(folder / "log"))
        try:
            _like_rds(running, preload)
            yield running
        finally:
            _run(installation.bin / "pg_ctl", "stop", "-m", "immediate", "-D", str(folder / "data"))
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _configure(installation: Installation, running: Running, preload: tuple[str, ...]) -> None:
    folder, data = running.folder, running.folder / "data"
    who = unprivileged()
    folder.chmod(0o755)
    if "user" in who and "group" in who:
        for path in (folder, *folder.glob("*.pem"), *folder.glob("*.key")):
            os.chown(path, who["user"], who["group"])
    _run(
        installation.bin / "initdb", "--no-sync", "--auth=reject", "--username", SUPERUSER, "--encoding=UTF8",
        "--locale=C", "-D", str(data),
    )  # fmt: skip
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": running.port,
        "unix_socket_directories": folder,
        "shared_preload_libraries": ",".join(preload),
        "fsync": "off",
        **(
            {"cron.database_name": running.database, "cron.use_background_workers": "on"}
            if "pg_cron" in preload
            else {}
        ),
        **({"pgaudit.log": "ddl,role"} if "pgaudit" in preload else {}),
        **(
            {"ssl": "on", "ssl_cert_file": folder / "server.pem", "ssl_key_file": folder / "server.key"}
            if running.tls
            else {}
        ),
    }
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    kind = "hostssl" if running.tls else "host"
    (data / "pg_hba.conf").write_text(
        f"local all {SUPERUSER} trust\n{kind} all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8"
    )


def _like_rds(running: Running, preload: tuple[str, ...]) -> None:
    with running.superuser("postgres") as connection:
        connection.execute(cast("LiteralString", _RDS + (_AUDIT if "pgaudit" in preload else "")))
        connection.execute(cast("LiteralString", f'CREATE DATABASE "{running.database}" OWNER datastores'))


def _run(program: Path, *arguments: str) -> None:
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        check=False,
        **unprivileged(),
    )
    assert done.returncode == 0, done.stdout
