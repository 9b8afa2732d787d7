"""Start and stop the local cloud's daemon."""

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from localcloud import files, project, record
from localcloud.daemon import ANOTHER_RUNS
from localcloud.environment import isolated
from localcloud.errors import SetupError
from localcloud.install import install
from localcloud.paths import CODE, Paths
from localcloud.record import Daemon

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.02
_ANOTHER_ENDS_SECONDS: Final = 0.3
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A daemon that is ready, and what to tell the user."""

    daemon: Daemon
    anew: bool
    """False where it ran already."""
    said: tuple[str, ...]


def start(paths: Paths, *, port: int | None = None) -> Started:
    """
    Start the daemon unless it runs, make the project ready, and wait until both are.

    *port* is that of the AWS API (1 to 65535), a free one unless given. Raise SetupError where it is taken, where the
    daemon runs on another one, or where the daemon cannot start.
    """
    if port is not None and not 1 <= port <= _HIGHEST_PORT:
        raise SetupError(f"--port must be 1 to {_HIGHEST_PORT}, got {port}")
    install(paths)
    with files.locked(_lock(paths)):
        daemon, anew = record.running(paths), False
        if daemon is None:
            daemon, anew = _spawn_until_ready(paths, port), True
    if port not in (None, daemon.moto):
        raise SetupError(
            f"the local cloud runs already, on port {daemon.moto}: leave --port out, "
            f"or stop it first with `datastores local stop`"
        )
    return Started(daemon=daemon, anew=anew, said=tuple(project.prepare(paths, daemon.life)))


def stop(paths: Paths) -> Daemon | None:
    """
    Stop the daemon and wait until it is gone; give what ran, or None where nothing did.

    Only the process that wrote the record is touched: its pid may be another's by now.
    """
    if not paths.local.exists():
        return None
    with files.locked(_lock(paths)):
        daemon = record.running(paths)
        if daemon:
            _end(daemon)
        # A clean stop has removed it; a daemon that was killed could not.
        paths.record.unlink(missing_ok=True)
    return daemon


def reset(paths: Paths) -> Started:
    """
    Begin anew: no state, no local changes to stack files, an empty cloud.

    Raise SetupError, having changed nothing, while a pulumi command works on the state.
    """
    project.refuse_while_running(paths)
    stop(paths)
    project.forget(paths)
    return start(paths)


def _lock(paths: Paths) -> Path:
    """Of two commands that start or stop, one waits."""
    return paths.local / "control.lock"


def _end(daemon: Daemon) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(daemon.pid, number)
        end = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < end:
            if record.birth(daemon.pid) != daemon.birth:
                return
            time.sleep(_POLL_SECONDS)
    raise SetupError(f"the daemon (pid {daemon.pid}) does not end, not even by SIGKILL")


def _spawn_until_ready(paths: Paths, port: int | None) -> Daemon:
    pid, logged = _spawn(paths, port)
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if daemon := record.running(paths):
            return daemon
        code = _exit_code(pid)
        if code == ANOTHER_RUNS:
            # It is about to end: its record is gone.
            time.sleep(_ANOTHER_ENDS_SECONDS)
            pid, logged = _spawn(paths, port)
        elif code is not None:
            raise SetupError(_reason(paths, logged, code))
        time.sleep(_POLL_SECONDS)
    raise SetupError(f"the local cloud was not ready within {_START_SECONDS:.0f} s: see {paths.log}")


def _spawn(paths: Paths, port: int | None) -> tuple[int, int]:
    """Start a daemon in a session of its own; give its pid, and how long the log was before."""
    command = [sys.executable, "-P", "-m", "localcloud.daemon", "--root", str(paths.root), "--local", str(paths.local)]
    if port:
        command += ["--port", str(port)]
    path = os.pathsep.join([str(CODE), *filter(None, [os.environ.get("PYTHONPATH")])])
    log = os.open(paths.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    logged = os.fstat(log).st_size
    try:
        # Not subprocess: its object would want to wait for a process that is to outlive this one.
        pid = os.posix_spawn(
            command[0],
            command,
            # One arena: glibc gives each thread its own, and what one frees is of no use to the others (60 MB).
            isolated(os.environ) | {"PYTHONPATH": path, "MALLOC_ARENA_MAX": "1"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(log)
    return pid, logged


def _exit_code(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _reason(paths: Paths, logged: int, code: int) -> str:
    """Give what the daemon said before it ended: its error, or the end of a traceback."""
    with paths.log.open("rb") as log:
        log.seek(logged)
        lines = log.read().decode(errors="replace").splitlines()
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if errors:
        return errors[-1]
    last = lines[-1] if lines else "it said nothing"
    return f"the local cloud's daemon ended with code {code}: {last} (all of it is in {paths.log})"
