"""`datastores upgrade` on the real engine, as a user runs it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from localcloud.paths import CODE
from tests.engine.local import Local

COMMAND = [sys.executable, "-P", "-c", "from cli.main import main; raise SystemExit(main())", "upgrade"]


def environment(local: Local, **more: str) -> dict[str, str]:
    """Give what `datastores local env` sets, for the code of this checkout."""
    folder = {"DATASTORES_LOCAL": str(local.paths.local), "PYTHONPATH": str(CODE), "NO_COLOR": "1"}
    return {**local.environment, **folder, **more}


def upgrade(local: Local, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments]
    return subprocess.run(
        command, env=environment(local, **more), cwd=CODE, capture_output=True, text=True, check=False
    )


def killed_at(local: Local, words: str, *arguments: str, log: Path) -> str:
    """Begin, and kill everything that it has begun as soon as it writes *words*; give what it wrote."""
    command = [*COMMAND, *arguments]
    written: list[str] = []
    with (
        log.open("w") as out,
        subprocess.Popen(
            command,
            env=environment(local),
            cwd=CODE,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        assert process.stderr is not None
        for line in process.stderr:
            written.append(line)
            if words in line:
                os.killpg(process.pid, signal.SIGKILL)
                break
    return "".join(written)


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
