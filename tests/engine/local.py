"""A local cloud of a test's own, and the real pulumi CLI on it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from localcloud import control
from localcloud.cloud import client
from localcloud.environment import local_mode
from localcloud.paths import Paths

Step = dict[str, Any]


class Local:
    """Runs plain pulumi commands, as a user does after `eval "$(datastores local env)"`."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.daemon = control.start(paths).daemon
        self.environment = local_mode(paths, self.daemon, os.environ)

    def pulumi(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command; whether it succeeds is the caller's to look at."""
        environment = {**self.environment, **more}
        return subprocess.run(
            ["pulumi", *arguments], env=environment, cwd=self.paths.root, capture_output=True, text=True, check=False
        )

    def succeed(self, *arguments: str, **more: str) -> str:
        """Run a command that must succeed; give what it printed."""
        done = self.pulumi(*arguments, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def init(self, stack: str) -> None:
        self.succeed("stack", "init", stack)

    def up(self, stack: str) -> dict[str, int]:
        """Bring the stack up; give how many resources each operation touched."""
        events = self._events_of_up(stack)
        changes: dict[str, int] = next(e["summaryEvent"]["resourceChanges"] for e in events if "summaryEvent" in e)
        return changes

    def steps_of_up(self, stack: str) -> list[Step]:
        """Bring the stack up; give the steps that were taken."""
        return [e["resourcePreEvent"]["metadata"] for e in self._events_of_up(stack) if "resourcePreEvent" in e]

    def _events_of_up(self, stack: str) -> list[dict[str, Any]]:
        log = self.paths.local / f"{stack}.events"
        self.succeed(
            "up", "--yes", "--skip-preview", "--stack", stack, "--event-log", str(log), PULUMI_DEBUG_COMMANDS="true"
        )
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

    def preview(self, stack: str) -> list[Step]:
        """Give the steps that an `up` would take."""
        return json.loads(self.succeed("preview", "--json", "--stack", stack))["steps"]

    def outputs(self, stack: str) -> dict[str, Any]:
        return json.loads(self.succeed("stack", "output", "--json", "--stack", stack))

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """Give the resources in the stack's state; after a clean destroy it has none, and does not mention them."""
        return json.loads(self.succeed("stack", "export", "--stack", stack))["deployment"].get("resources", [])

    def configure(self, stack: str, settings: Mapping[str, Any]) -> None:
        """Change the local copy of a stack file, as `pulumi config set` does; None takes a key out."""
        self.succeed("config", "--stack", stack)  # makes the copy
        file = self.paths.copies / f"Pulumi.{stack}.yaml"
        written: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        config = {**written["config"], **settings}
        written["config"] = {key: value for key, value in config.items() if value is not None}
        file.write_text(yaml.safe_dump(written), encoding="utf-8")

    def aws(self, service: str, region: str = "eu-central-1") -> Any:
        return client(self.daemon.endpoint, service, region)

    def stop(self) -> None:
        control.stop(self.paths)


def lend_engine(paths: Paths, engine: Path) -> Paths:
    """Give a local cloud the CLI of this checkout."""
    paths.engine.mkdir(parents=True)
    paths.pulumi.symlink_to(engine)
    return paths


def touched(steps: Sequence[Step], *operations: str) -> list[str]:
    """Name what the steps with one of these operations are about."""
    return [step["urn"].rpartition("::")[2] for step in steps if step["op"] in operations]
