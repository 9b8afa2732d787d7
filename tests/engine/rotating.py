"""`datastores rotate` on the real engine, as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from localcloud.paths import CODE
from tests.engine.local import Local
from tests.engine.upgrading import environment

COMMAND = [sys.executable, "-P", "-c", "from cli.main import main; raise SystemExit(main())", "rotate"]


def rotate(local: Local, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments]
    return subprocess.run(
        command, env=environment(local, **more), cwd=CODE, capture_output=True, text=True, check=False
    )
