"""`datastores restore` of one stack on the real engine: run, killed in the middle, and what is left to do."""

import json
from subprocess import CompletedProcess
from typing import Any, Final

import yaml

from localcloud.paths import CODE
from tests.engine.clouds import Start
from tests.engine.local import Local, touched
from tests.engine.upgrading import arrange, at_first, killed, run, watched

STACK: Final = "clubapp-dev"
SECONDS: Final = 6.0
"""How long a resource takes in whose making everything is killed."""


def begun(start: Start) -> Local:
    local = start(CODE)
    local.init(STACK)
    local.up(STACK)
    return local


def restore(local: Local, *arguments: str) -> CompletedProcess[str]:
    return run(local, "restore", STACK, *arguments)


def done(local: Local, *arguments: str) -> dict[str, Any]:
    """Run a command that must succeed; give what it said."""
    answer = restore(local, *arguments, "--json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def killed_making(local: Local, name: str, *arguments: str) -> None:
    """Begin, and kill everything that it has begun while a resource is being made."""
    arrange(local, name, "create", "slow", SECONDS)
    killed_at(local, f"{name} creating", *arguments)


def killed_at(local: Local, words: str, *arguments: str) -> None:
    """Begin, and kill everything that it has begun as soon as it writes *words*."""
    watched(local, at_first(words, killed), STACK, *arguments, "--yes", command="restore")


def written(local: Local) -> Any:
    file = local.paths.copies / f"Pulumi.{STACK}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["config"].get("datastores:restores")


def changed(local: Local) -> list[str]:
    return touched(local.preview(STACK), "create", "update", "delete", "replace", "create-replacement")
