"""The local cloud's one process: moto's server and the Pulumi providers, on 127.0.0.1."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from localcloud import files, record
from localcloud.paths import Paths
from localcloud.record import HOST, PROVIDERS, Daemon
from localcloud.stop import Stop

BAD_SETUP: Final = 2
ANOTHER_RUNS: Final = 3
"""Exit code where another daemon holds the folder: it is ready, about to be, or about to end."""

_LOOK_SECONDS: Final = 1.0
_MOTO_LOOKS_SECONDS: Final = 0.05
"""How often moto looks whether it is to stop: the wait of every `stop`."""
_BACKLOG: Final = 128


class PortTakenError(Exception):
    """The port that was asked for is not free."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM, or until the folder belongs to nobody or to another daemon."""
    parser = argparse.ArgumentParser(prog="python -m localcloud.daemon", description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--local", type=Path, required=True)
    parser.add_argument("--port", type=int, help="of the AWS API; a free one unless given")
    options = parser.parse_args(arguments)
    paths = Paths(root=options.root, local=options.local)
    if files.try_lock(paths.local / "daemon.lock") is None:
        return ANOTHER_RUNS
    os.chdir("/")  # it keeps no folder from being removed
    stop = Stop()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        listener = _listen(options.port, _last_port(paths))
    except PortTakenError as error:
        sys.stderr.write(f"error: {error}\n")
        return BAD_SETUP
    with _warm(paths), _served(listener) as (moto, providers):
        daemon = Daemon(
            pid=os.getpid(),
            birth=record.birth(os.getpid()) or "",
            life=uuid.uuid4().hex[:12],
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            moto=moto,
            providers=providers,
        )
        files.write_atomically(_port_file(paths), f"{moto}\n")
        record.write(paths, daemon)
        # Where somebody removed the file (or all of .local), nobody can find this process any more, to stop it.
        while not stop.wait(_LOOK_SECONDS) and record.read(paths) == daemon:
            pass
    if record.read(paths) == daemon:
        paths.record.unlink()
    return 0


def _port_file(paths: Paths) -> Path:
    return paths.local / "daemon.port"


def _last_port(paths: Paths) -> int:
    """Give the port of the last life, which shells may still have in AWS_ENDPOINT_URL; 0 where there was none."""
    try:
        return int(_port_file(paths).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0


def _listen(port: int | None, last: int) -> socket.socket:
    """Listen on the port that is asked for; without one on the last life's if it is free, or else on any."""
    for wanted in (port,) if port else (last, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A port that a former daemon's connections linger on is free all the same.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, wanted))
        except OSError:
            listener.close()
        else:
            listener.listen(_BACKLOG)
            return listener
    raise PortTakenError(
        f"port {port} of {HOST} is taken: name another with --port, or leave --port out for a free one"
    )


@contextmanager
def _warm(paths: Paths) -> Generator[None]:
    """Let a process fork the language hosts, for as long as this one lives: it holds the other's standard input."""
    command = [
        sys.executable,
        "-P",
        "-u",
        "-m",
        "localcloud.warm",
        "--root",
        str(paths.root),
        "--local",
        str(paths.local),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as warm:  # noqa: S603  # only the folder is not ours
        yield
        warm.terminate()


@contextmanager
def _served(listener: socket.socket) -> Generator[tuple[int, dict[str, int]]]:
    """Serve moto and the providers; give moto's port and theirs."""
    # AWS's managed policies are off in moto by default, and read when it is imported.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # This process starts no other from here on: without this, gRPC prepares for a fork all the time.
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"
    # Not at the top: they take most of a second, and a start that is refused needs none of it.
    from localcloud.cloud import ACCOUNT  # noqa: PLC0415

    # Unless it is told the account, moto looks for the access key in the IAM of all partitions, and makes these first:
    # each with its own copy of the managed policies.
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    from localcloud import provider  # noqa: PLC0415
    from localcloud.moto import complete  # noqa: PLC0415

    complete()

    port = listener.getsockname()[1]
    application = DomainDispatcherApplication(create_backend_app)
    moto = make_server(HOST, port, application, threaded=True, request_handler=MotoRequestHandler, fd=listener.detach())
    _log_errors_only()
    threading.Thread(target=moto.serve_forever, args=(_MOTO_LOOKS_SECONDS,), name="moto", daemon=True).start()
    with ExitStack() as served:
        served.callback(moto.shutdown)
        ports: dict[str, int] = {}
        for package in PROVIDERS:
            server, ports[package] = provider.serve(package, f"http://{HOST}:{port}")
            served.callback(server.stop, grace=1)
        yield port, ports


def _log_errors_only() -> None:
    """Leave the line per request out of the log: nobody removes what is written there."""
    import logging  # noqa: PLC0415  # moto has imported it

    logging.getLogger("werkzeug").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
