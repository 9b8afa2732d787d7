"""What the local cloud is, holds and imitates."""

import subprocess
from pathlib import Path
from typing import Any, Final

from localcloud import project, record
from localcloud.paths import Paths

_KIB_PER_MIB: Final = 1024


def status(paths: Paths) -> dict[str, Any]:
    """
    Give what `datastores local status --json` prints.

    `running` is always there, and `stacks` (name -> number of resources in the state) and `types` (what of each
    resource type is imitated, remembered, not imitated); of a daemon that runs also `pid`, `life`, `started`,
    `endpoint`, `ports` and `memory_mib` (resident).
    """
    # Not at the top: it brings gRPC and the SDK, which the other commands do without.
    from localcloud.provider import summary  # noqa: PLC0415

    daemon = record.running(paths)
    found: dict[str, Any] = {"running": daemon is not None}
    if daemon:
        found |= {
            "pid": daemon.pid,
            "life": daemon.life,
            "started": daemon.started,
            "endpoint": daemon.endpoint,
            "ports": {"moto": daemon.moto, **daemon.providers},
            "memory_mib": memory_mib(daemon.pid),
        }
    return found | {"stacks": project.stacks(paths), "types": summary()}


def memory_mib(pid: int) -> int:
    """Give the resident memory of a process, in MiB."""
    proc = Path(f"/proc/{pid}/status")
    if proc.exists():
        line = next(line for line in proc.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) // _KIB_PER_MIB
    command = ["/bin/ps", "-o", "rss=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # only a number is ours
    return int(shown.stdout) // _KIB_PER_MIB


def lines(found: dict[str, Any]) -> list[str]:
    """Say the same for people."""
    if not found["running"]:
        shown = ["not running: start it with `datastores local start`"]
    else:
        ports = ", ".join(f"{name} {port}" for name, port in found["ports"].items())
        shown = [
            "running, for trying and testing; this is neither AWS nor MongoDB Atlas",
            f"  endpoint  {found['endpoint']}",
            f"  ports     {ports}",
            f"  process   {found['pid']}, {found['memory_mib']} MiB, since {found['started']}",
            f"  life      {found['life']}",
        ]
    servers = "there is no PostgreSQL, Redis or MongoDB behind the endpoints of RDS, ElastiCache and Atlas"
    shown += ["", f"{servers}: nothing to connect to"]
    stacks = [f"  {name}  {count} resources" for name, count in found["stacks"].items()]
    shown += ["", "stacks in the local state:", *(stacks or ["  none"])]
    shown += ["", "resource types, with the properties that are only remembered (and given back), not acted on:"]
    for kind in found["types"]:
        shown.append(f"  {kind['type']}  {', '.join(kind['remembered']) or '-'}")
        if kind["notImitated"]:
            shown.append(f"      not imitated: {kind['notImitated']}")
    return shown
