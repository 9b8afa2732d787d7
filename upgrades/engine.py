"""The pulumi command, as an upgrade runs it: what is deployed, a preview that becomes a plan, an update by it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

_PACK: Final = ("--policy-pack", "policies")
# Pulumi 3.259, pkg/backend/diy/lock.go: "created by USER@HOST (pid N) at TIME".
_LOCKED: Final = re.compile(r"created by \S+@(?P<host>\S+) \(pid (?P<pid>\d+)\)")


class EngineError(Exception):
    """A pulumi command failed; the text is what it said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """Pulumi on one stack."""

    stack: str
    folder: Path
    """Where it is run from."""
    held: Sequence[int] = ()
    """Descriptors that its processes keep open: a lock that lives as long as the last of them."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def outputs(self) -> Mapping[str, Any]:
        """Give the outputs of what is deployed; raises EngineError."""
        return cast("Mapping[str, Any]", json.loads(self._read("stack", "output", "--json")))

    def resources(self) -> Sequence[Mapping[str, Any]]:
        """Give what is deployed, as the state has it; raises EngineError."""
        state = json.loads(self._read("stack", "export"))
        return cast("Sequence[Mapping[str, Any]]", state.get("deployment", {}).get("resources") or [])

    def history(self) -> Sequence[tuple[datetime, Mapping[str, str]]]:
        """Give when updates that succeeded began, and their settings, the newest first; raises EngineError."""
        found = cast("list[dict[str, Any]]", json.loads(self._read("stack", "history", "--json", "--full-dates")))
        return [
            (
                datetime.fromisoformat(one["startTime"]),
                {key: str(each.get("value", "")) for key, each in config.items()},
            )
            for one in found
            if one.get("kind") == "update" and one.get("result") == "succeeded" and (config := one.get("config"))
        ]

    def preview(self, plan: Path) -> tuple[int, str, str]:
        """Preview with policies, and save what it shows as a plan; give its status and what it wrote."""
        done = self._once("preview", "--json", "--save-plan", str(plan), *_PACK)
        return done.returncode, done.stdout, done.stderr

    def up(self, plan: Path) -> int:
        """Update by a plan, and show the progress; give the exit status. Raises KeyboardInterrupt after a Ctrl-C."""
        arguments = ("up", "--yes", "--skip-preview", "--plan", str(plan), "--suppress-outputs", *_PACK)
        status, errors = self._shown(*arguments)
        if status and self._left_locked(errors):
            self._once("cancel", "--yes")
            status, _ = self._shown(*arguments)
        return status

    def _shown(self, *arguments: str) -> tuple[int, str]:
        """Run a command whose output people watch; give its status and what it wrote of errors."""
        errors: list[str] = []
        stopped: list[int] = []
        # It gets the same signal, and has state to write.
        before = signal.signal(signal.SIGINT, lambda number, _: stopped.append(number))
        try:
            # Its progress is no result of ours: standard output is for that.
            with subprocess.Popen(  # noqa: S603  # ours
                self._command(*arguments), **self._options(), stdout=2, stderr=subprocess.PIPE, text=True
            ) as process:
                for line in process.stderr or ():
                    errors.append(line)
                    sys.stderr.write(line)
                    sys.stderr.flush()
                status = process.wait()
        finally:
            signal.signal(signal.SIGINT, before)
        if status and stopped:
            raise KeyboardInterrupt
        return status, "".join(errors)

    def _read(self, *arguments: str) -> str:
        done = self._once(*arguments)
        if done.returncode:
            raise EngineError(f"`pulumi {' '.join(arguments)}` failed: {done.stderr.strip()}")
        return done.stdout

    def _once(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603  # arguments are ours, and a checked name of a stack
                self._command(*arguments), **self._options(), capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise EngineError("pulumi is not on PATH") from None

    def _command(self, *arguments: str) -> list[str]:
        # `cancel` takes the stack as an argument too, but not every version does.
        return ["pulumi", *arguments, "--stack", self.stack, "--non-interactive"]

    def _options(self) -> dict[str, Any]:
        environment = {**self.environment, "PULUMI_EXPERIMENTAL": "1"}
        return {"cwd": self.folder, "env": environment, "pass_fds": tuple(self.held), "stdin": subprocess.DEVNULL}

    @staticmethod
    def _left_locked(said: str) -> bool:
        """Say whether the stack is locked by a process of this machine that is dead: nobody else's lock is touched."""
        locks = [found.groupdict() for found in _LOCKED.finditer(said)]
        return bool(locks) and all(
            lock["host"] == socket.gethostname() and not Path(f"/proc/{lock['pid']}").exists() for lock in locks
        )
