"""Who the daemon is: its process, its ports and the id of its life, in `.local/daemon.json`."""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from localcloud.errors import SetupError
from localcloud.files import write_atomically
from localcloud.paths import Paths

HOST: Final = "127.0.0.1"
PROVIDERS: Final = ("aws", "mongodbatlas", "random")
"""The Pulumi packages that the daemon serves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Daemon:
    """A daemon that is (or was) ready."""

    pid: int
    birth: str
    """When the process started, as the system tells it: a reused pid has another one."""
    life: str
    """New in every daemon: what moto holds lives exactly as long."""
    started: str
    """ISO 8601, UTC."""
    moto: int
    """The port of the AWS API."""
    providers: dict[str, int]
    """Pulumi package -> port of its provider."""

    @property
    def endpoint(self) -> str:
        """The AWS API, for boto3, the aws command and the providers."""
        return f"http://{HOST}:{self.moto}"


def birth(pid: int) -> str | None:
    """Say when a process started, in a text that no other process ever has; None where it is gone (or a zombie)."""
    if Path("/proc/self/stat").exists():
        return _birth_from_proc(pid)
    # No /proc: macOS and the BSDs.
    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # only a number is ours
    state, _, start = shown.stdout.strip().partition(" ")
    return start.strip() if start and not state.startswith("Z") else None


def _birth_from_proc(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the name in parentheses, which may hold spaces: count from its end. See proc(5).
    fields = stat.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    # Ticks count from boot: after a reboot another process can have the same pid and ticks.
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    return None if state in "ZX" else f"{boot}/{ticks}"


def write(paths: Paths, daemon: Daemon) -> None:
    """Say that the daemon is ready."""
    write_atomically(paths.record, json.dumps(asdict(daemon), indent=2) + "\n")


def read(paths: Paths) -> Daemon | None:
    """Give what the file says, true or stale; None where there is none, or no daemon of ours wrote it."""
    try:
        return Daemon(**json.loads(paths.record.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def running(paths: Paths) -> Daemon | None:
    """Give the daemon that runs and is ready, or None: a file left by a dead one does not count."""
    daemon = read(paths)
    return daemon if daemon and birth(daemon.pid) == daemon.birth else None


def required(paths: Paths) -> Daemon:
    """Give the daemon that runs; raise SetupError where none does."""
    if daemon := running(paths):
        return daemon
    died = read(paths)
    why = f"the local cloud's daemon (pid {died.pid}) has died" if died else "the local cloud is not running"
    raise SetupError(f"{why}: start it with `datastores local start`")
