"""A small project with a local cloud of its own, for tests."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from localcloud import record
from localcloud.paths import CODE, Paths, here
from localcloud.record import Daemon

STACK_FILE = "config:\n  aws:region: eu-central-1\n  datastores:phase: mvp\n"

PROGRAM = """\
import pulumi
import pulumi_random

config = pulumi.Config()
if config.get("refuse"):
    raise pulumi.RunError(config.require("refuse"))
word = pulumi_random.RandomId("word", byte_length=4)
if config.get("fail"):
    word.hex.apply(lambda hex: {}["no such key"])
pulumi.export("word", word.hex)
pulumi.export("phase", config.require("phase"))
"""

ANSWERING_CLI = """\
#!/bin/sh
echo "arguments: $@"
/usr/bin/env
"""
"""Stands in for the pulumi CLI: says how it was called."""


def checkout(folder: Path) -> Paths:
    """Make a project with one stack."""
    (folder / "stacks").mkdir(parents=True)
    (folder / "policies").mkdir()
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    stack_file(folder, "a-dev").write_text(STACK_FILE, encoding="utf-8")
    return Paths(root=folder, local=folder / ".local")


def stack_file(root: Path, stack: str) -> Path:
    return root / "stacks" / f"Pulumi.{stack}.yaml"


def copy_of(paths: Paths, stack: str) -> Path:
    return paths.copies / f"Pulumi.{stack}.yaml"


def with_real_engine(paths: Paths) -> None:
    """Lend the project the CLI of this checkout."""
    paths.engine.mkdir(parents=True)
    paths.pulumi.symlink_to(here().pulumi)


def with_cli(paths: Paths, text: str = ANSWERING_CLI) -> None:
    """Give the project a CLI that is a shell script."""
    executable(paths.pulumi, text)


def executable(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return file


def pretend_to_run(paths: Paths, *, life: str = "life1", pid: int | None = None, birth: str | None = None) -> Daemon:
    """Write the record of a daemon: this very process, unless told otherwise."""
    pid = pid or os.getpid()
    daemon = Daemon(
        pid=pid,
        birth=birth or record.birth(pid) or "never",
        life=life,
        started="2026-01-01T00:00:00+00:00",
        moto=5001,
        providers={"aws": 5002, "mongodbatlas": 5004, "random": 5003},
    )
    record.write(paths, daemon)
    return daemon


def pulumi(
    paths: Paths, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Call the shim as a user does who has not evaluated `datastores local env`."""
    return subprocess.run(
        [paths.bin / "pulumi", *arguments],
        env=dict(os.environ) | (environment or {}),
        cwd=paths.root,
        capture_output=True,
        text=True,
        check=False,
    )


def python(*arguments: str) -> list[str]:
    """Give the command that runs this Python with the project's code."""
    start = f"import sys; sys.path.insert(0, {str(CODE)!r})"
    return [sys.executable, "-c", f"{start}; {arguments[0]}", *arguments[1:]]


def fingerprint(root: Path) -> str:
    """Tell whether any tracked file has changed."""
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*")):
        if file.is_file() and ".local" not in file.parts and "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return digest.hexdigest()
