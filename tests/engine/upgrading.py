"""`datastores upgrade` and `datastores restore` on the real engine, as a user runs them."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.engine.local import Local

COMMAND = [sys.executable, "-P", "-c", "from cli.main import main; raise SystemExit(main())"]
SESSION = 3
"""Which of the fields behind the name in /proc/PID/stat it is (proc(5): 6 of all)."""


def environment(local: Local, **more: str) -> dict[str, str]:
    """Give what `datastores local env` sets, for the code of its project."""
    folder = {"DATASTORES_LOCAL": str(local.paths.local), "PYTHONPATH": str(local.paths.root), "NO_COLOR": "1"}
    return {**local.environment, **folder, **more}


def upgrade(local: Local, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run(local, "upgrade", *arguments, **more)


def run(local: Local, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments]
    return subprocess.run(
        command, env=environment(local, **more), cwd=local.paths.root, capture_output=True, text=True, check=False
    )


def watched(
    local: Local, see: Callable[[int, str], None], *arguments: str, command: str = "upgrade", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run it in a session of its own, and show each line that it writes, with its process id, as it writes it."""
    whole = [*COMMAND, command, *arguments]
    written: list[str] = []
    # Its result is a line: that fits into a pipe that nobody reads meanwhile.
    with subprocess.Popen(
        whole,
        env=environment(local, **more),
        cwd=local.paths.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        for line in process.stderr or ():
            written.append(line)
            see(process.pid, line)
        out = process.stdout.read() if process.stdout else ""
    return subprocess.CompletedProcess(whole, process.returncode, out, "".join(written))


def at_first(words: str, act: Callable[[int], None]) -> Callable[[int, str], None]:
    """Give what acts on a process when it writes *words* for the first time."""
    seen: list[str] = []

    def see(pid: int, line: str) -> None:
        if words in line and not seen:
            seen.append(line)
            act(pid)

    return see


def killed(pid: int) -> None:
    """Kill all that it has begun, in one blow: its session."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(stat.rpartition(")")[2].split()[SESSION]) == pid:
            os.kill(int(folder.name), signal.SIGKILL)


def arrange(local: Local, name: str, operation: str, how: str, seconds: float = 0) -> None:
    """Let a resource fail, or be slow, the next time."""
    asked = {"name": name, "operation": operation, "how": how, "seconds": seconds}
    request = urllib.request.Request(  # noqa: S310  ours, on 127.0.0.1
        f"{local.daemon.endpoint}/moto-api/mishap", data=json.dumps(asked).encode(), method="POST"
    )
    urllib.request.urlopen(request).close()  # noqa: S310  likewise


def identities(local: Local, stack: str) -> dict[str, tuple[str, ...]]:
    """Give what AWS says of who a stack's stores are: ARN, resource id, time of creation."""
    rds, dynamodb, elasticache = (local.aws(service) for service in ("rds", "dynamodb", "elasticache"))
    found: dict[str, tuple[Any, ...]] = {
        one["DBInstanceIdentifier"]: (one["DBInstanceArn"], one["DbiResourceId"], one["InstanceCreateTime"])
        for one in rds.describe_db_instances()["DBInstances"]
        if one["DBInstanceIdentifier"].startswith(stack) and "ReadReplicaSourceDBInstanceIdentifier" not in one
    }
    for name in dynamodb.list_tables()["TableNames"]:
        table = dynamodb.describe_table(TableName=name)["Table"]
        found[name] = (table["TableArn"], table["TableId"], table["CreationDateTime"])
    for group in elasticache.describe_replication_groups()["ReplicationGroups"]:
        found[group["ReplicationGroupId"]] = (group["ARN"],)
    return {name: tuple(map(str, facts)) for name, facts in found.items()}
