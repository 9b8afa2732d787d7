"""The engine: what the stacks have already, a rehearsal on a copy of the state, and the import itself."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from imports.errors import CannotTellError
from localcloud.environment import REHEARSAL
from stacks.settings import FOLDER
from stacks.stackfile import PROJECT

_QUIET: Final = ("--non-interactive", "--color", "never")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsed:
    """What an import and the preview after it said."""

    failures: tuple[str, ...]
    """Why the import would not go through, a sentence each; empty: it would."""
    preview: str
    """What `pulumi preview --json` printed; empty after a failure."""


def deployment_of(stack: str) -> Mapping[str, Any] | None:
    """Give a stack's state, secrets still encrypted; None where the backend has no such stack."""
    done = _pulumi("stack", "export", "--stack", stack)
    if done.returncode == 0:
        return json.loads(done.stdout)["deployment"]
    if "no stack named" in done.stderr:
        return None
    raise CannotTellError(f"the state of {stack} cannot be read: {done.stderr.strip()}")


def other_stacks(stack: str) -> list[str]:
    """Name the project's other stacks in the same backend."""
    done = _pulumi("stack", "ls", "--json")
    if done.returncode:
        raise CannotTellError(f"the backend does not say which stacks it has: {done.stderr.strip()}")
    names = [str(one["name"]).rpartition("/")[2] for one in json.loads(done.stdout)]
    return sorted(name for name in names if name != stack)


def resources_of(deployment: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """Give the resources in a state."""
    return (deployment or {}).get("resources") or ()


def rehearse(stack: str, deployment: Mapping[str, Any], document: Mapping[str, Any], *, protect: bool) -> Rehearsed:
    """
    Import into a copy of the state, and preview from there: the providers read and compare, and nothing is changed.

    The copy lies in a folder of its own that is gone afterwards. Raises CannotTellError.
    """
    with tempfile.TemporaryDirectory(prefix="datastores-import-") as folder:
        root = Path(folder)
        _write_state(root, stack, deployment)
        backend = f"{root.as_uri()}?metadata=skip"
        environment = {"PULUMI_BACKEND_URL": backend, REHEARSAL: backend}
        failures = _import(stack, document, root, protect=protect, environment=environment)
        if failures:
            return Rehearsed(failures=failures, preview="")
        return Rehearsed(failures=(), preview=preview(stack, environment))


def carry_out(stack: str, document: Mapping[str, Any], *, protect: bool) -> tuple[str, ...]:
    """Import into the stack; say why it did not go through, or nothing."""
    with tempfile.TemporaryDirectory(prefix="datastores-import-") as folder:
        return _import(stack, document, Path(folder), protect=protect, environment={})


def preview(stack: str, environment: Mapping[str, str] | None = None) -> str:
    """Give what `pulumi preview --json` prints, whether it runs to its end or not; raises CannotTellError."""
    done = _pulumi("preview", "--json", "--stack", stack, *_QUIET, environment=environment)
    if not done.stdout.strip():
        raise CannotTellError(f"there is no preview of {stack}: {done.stderr.strip()}")
    return done.stdout


def _write_state(root: Path, stack: str, deployment: Mapping[str, Any]) -> None:
    """Make a file backend with one stack in it; `stack init` would write into the stack's file."""
    folder = root / ".pulumi" / "stacks" / PROJECT
    folder.mkdir(parents=True)
    (root / ".pulumi" / "meta.yaml").write_text("version: 1\n", encoding="utf-8")
    checkpoint = {"stack": f"organization/{PROJECT}/{stack}", "latest": deployment}
    text = json.dumps({"version": 3, "checkpoint": checkpoint})
    (folder / f"{stack}.json").write_text(text, encoding="utf-8")


def _import(
    stack: str, document: Mapping[str, Any], folder: Path, *, protect: bool, environment: Mapping[str, str]
) -> tuple[str, ...]:
    file = folder / "import.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    done = _pulumi(
        *("import", "--file", str(file), "--stack", stack, "--yes", "--skip-preview", "--json"),
        *("--generate-code=false", f"--protect={str(protect).lower()}", *_QUIET),
        environment=environment,
    )
    if done.returncode == 0:
        return ()
    return tuple(dict.fromkeys(_failures(done.stdout))) or (done.stderr.strip() or "pulumi import failed",)


def _failures(events: str) -> Sequence[str]:
    """Read what went wrong from the engine's events; those of resources say it better than the one of the run."""
    found: list[tuple[str, str]] = []
    for line in events.splitlines():
        if '"diagnosticEvent"' not in line:
            continue
        event = json.loads(line)["diagnosticEvent"]
        if event.get("severity") == "error":
            name = str(event.get("urn", "")).rpartition("::")[2]
            found.append((name, " ".join(str(event["message"]).split())))
    own = [f"{name}: {message}" for name, message in found if name]
    return own or [message for _, message in found]


def _pulumi(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603  # arguments are ours, and a checked name of a stack
            ["pulumi", *arguments],  # noqa: S607  # the user's own, or the local cloud's
            cwd=FOLDER.parent,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise CannotTellError("pulumi is not on PATH: it says what the stack has, and imports") from None
