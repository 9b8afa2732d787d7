"""The command `datastores check` of this checkout, and what to give it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

INSTANCE, KEY = "aws:rds/instance:Instance", "aws:kms/key:Key"
ROOT = Path(__file__).parents[2]
# Of this checkout, wherever the installed one points.
COMMAND = [sys.executable, "-P", "-c", "from cli.start import main; raise SystemExit(main())"]
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"}
PUBLIC = (INSTANCE, "main", {"publiclyAccessible": True})


def check(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT), **more}
    command = [*COMMAND, "check", *arguments]
    return subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, check=False)


def resources(*found: tuple[str, str, Mapping[str, Any]], **stack: Any) -> str:
    rows = [{"type": type_, "name": name, "inputs": inputs} for type_, name, inputs in found]
    return json.dumps({"resources": rows, "stack": stack})


def case(id_: str, *found: tuple[str, str, Mapping[str, Any]], **other: Any) -> dict[str, Any]:
    return {"id": id_, **json.loads(resources(*found, environment="prod", phase="growth")), **other}


def batch(*cases: Any) -> str:
    return json.dumps({"cases": cases})
