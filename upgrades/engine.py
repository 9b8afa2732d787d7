"""The pulumi command, as an upgrade runs it: what is deployed, a preview that becomes a plan, an update by it."""

import json
import os
import re
import socket
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any, Final, cast

from upgrades.process import Ended, Process

_PACK: Final = ("--policy-pack", "policies")
# Pulumi 3.259, sdk/go/common/env/env.go.
_STREAMED: Final = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
# Pulumi 3.259, pkg/backend/diy/lock.go: "created by USER@HOST (pid N) at TIME".
_LOCKED: Final = re.compile(r"created by \S+@(?P<host>\S+) \(pid (?P<pid>\d+)\)")
# Pulumi 3.259, pkg/resource/deploy/deployment_executor.go: all was done, and a replacement that was planned because a
# value was not known yet was not needed when it was.
_NOT_AS_PLANNED: Final = re.compile(
    r"error: (expected resource operations for \S+ but none were seen"
    # Of a replaced resource, when the old one is deleted at the end.
    r"|delete-replaced is not allowed by the plan: this resource is constrained to replace"
    # Of what a preview knew before the update made it another: a zone that gets a name has another id. It stays undone.
    r"|resource \S+ violates plan: properties changed: .*)"
)
_ERROR: Final = re.compile(r"error: (?!update failed)\S.*")
ROOT: Final = "pulumi:pulumi:Stack"
LOOKED_BACK: Final = timedelta(days=31)
"""How far back a history is read: further than AWS and Atlas limit anything (`upgrades.facts.limits`)."""
_PAGE: Final = 50
"""Entries of a history at a time."""
CREATING: Final = "creating"
"""The operation of what the state does not have yet."""


class EngineError(Exception):
    """A pulumi command failed; the text is what it said."""


class Outcome(StrEnum):
    """How an update by a plan ended."""

    DONE = "done"
    OTHERWISE = "otherwise"
    """
    All is done but what differs from the plan.

    Less was needed, an old one is left to be deleted, or what was to be written came out otherwise.
    """
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """An operation of which Pulumi does not know how it ended: it was killed meanwhile, or the answer was lost."""

    urn: str
    type: str
    operation: str
    """`creating`, `updating`, `deleting` ..."""
    inputs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its logical name."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What Pulumi knows of a stack."""

    resources: Sequence[Mapping[str, Any]]
    pending: Sequence[Pending]
    written: datetime
    """When Pulumi last wrote it: another time is another state."""

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs."""
        found = (one.get("outputs") for one in self.resources if one["type"] == ROOT)
        return next(found, None) or {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An update, refresh ... that has ended."""

    kind: str
    """`update`, `refresh`, `destroy` ..."""
    succeeded: bool
    begun: datetime
    ended: datetime
    config: Mapping[str, str]
    """The stack's settings then, by full key; what is no text is JSON."""

    @property
    def updated(self) -> bool:
        """Whether it is an update that went through."""
        return self.succeeded and self.kind == "update"


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """Pulumi on one stack."""

    stack: str
    folder: Path
    """Where it is run from."""
    held: Sequence[int] = ()
    """Descriptors that its processes keep open: a lock that lives as long as the last of them."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def state(self) -> State:
        """Give what is deployed; raises EngineError."""
        deployment = json.loads(self._read("stack", "export")).get("deployment") or {}
        pending = [
            Pending(
                urn=one["resource"]["urn"],
                type=one["resource"]["type"],
                operation=one["type"],
                inputs=one["resource"].get("inputs") or {},
            )
            for one in deployment.get("pending_operations") or ()
        ]
        return State(
            resources=deployment.get("resources") or [],
            pending=pending,
            written=_time(deployment.get("manifest", {}).get("time")),
        )

    def past(self) -> Sequence[Past]:
        """
        Give what has written the stack's state and ended, the newest first; raises EngineError.

        All of the last `LOOKED_BACK`, and the update before, which says what the sizes were until then.
        """
        found: list[Past] = []
        for page in count(1):
            # Without a size Pulumi gives ten, and a month may have more.
            some = cast(
                "list[dict[str, Any]]",
                json.loads(
                    self._read(
                        *("stack", "history", "--json", "--full-dates"),
                        *("--page-size", str(_PAGE), "--page", str(page)),
                    )
                ),
            )
            found += [_past(one) for one in some if one.get("endTime")]
            before = datetime.now(tz=UTC) - LOOKED_BACK
            if len(some) < _PAGE or any(one.updated and one.begun < before for one in found):
                break
        return found

    def preview(self, plan: Path) -> tuple[int, str, str]:
        """
        Preview with policies, and save what it shows as a plan; give its status and what it wrote.

        What stays as it is is shown too: an instance goes only where the cluster that has its data is seen.
        """
        done = self._run("preview", "--json", "--show-sames", "--save-plan", str(plan), *_PACK)
        return done.status, done.out, done.err

    def policed(self) -> str:
        """Preview with policies once more, for what they say: only the events of a preview have it, a line each."""
        return self._run("preview", "--json", *_PACK, **_STREAMED).out

    def up(self, plan: Path) -> Outcome:
        """Update by a plan, and show the progress. Raises KeyboardInterrupt where somebody stops it meanwhile."""
        done = self._unlocked("up", "--yes", "--skip-preview", "--plan", str(plan), "--suppress-outputs", *_PACK)
        if not done.status:
            return Outcome.DONE
        errors = [line.strip() for line in _ERROR.findall(done.err)]
        # The stack's own outputs that are not as planned are a failure without a word.
        told = bool(errors) or done.status == 1
        return Outcome.OTHERWISE if told and all(map(_NOT_AS_PLANNED.fullmatch, errors)) else Outcome.FAILED

    def adopt(self, document: Mapping[str, Any], *, protect: bool) -> str:
        """Import what a document (`pulumi import --file`) names; give why that failed, or nothing."""
        word = f"--protect={str(protect).lower()}"
        with tempfile.TemporaryDirectory(prefix="datastores-import-") as folder:
            file = Path(folder) / "import.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            done = self._unlocked(
                *("import", "--file", str(file), "--yes", "--skip-preview", "--generate-code=false"),
                *("--suppress-outputs", word),
            )
        return (done.err.strip() or "pulumi import failed") if done.status else ""

    def mend(self, targets: Sequence[str], adopted: Mapping[str, str]) -> None:
        """
        Look at what an update left half-known, and forget what it was about to make, but for what is *adopted*.

        *targets* are URNs that the state has. *adopted* are ids by URNs that it has not yet: where there is nothing of
        such an id, that one is forgotten too. Raises EngineError.
        """
        # Not `refresh --import-pending-creates`: in Pulumi 3.259 it notes the id, and takes nothing up.
        whole = json.loads(self._read("stack", "export"))
        deployment = whole["deployment"]
        for one in deployment.pop("pending_operations", ()):
            found = one["resource"]
            if one["type"] == CREATING and (id_ := adopted.get(found["urn"])):
                deployment["resources"].append({**found, "id": id_, "outputs": {**found.get("inputs", {}), "id": id_}})
        with tempfile.TemporaryDirectory(prefix="datastores-mend-") as folder:
            file = Path(folder) / "state.json"
            file.write_text(json.dumps(whole), encoding="utf-8")
            self._done("stack", "import", "--file", str(file))
        if aimed := [word for urn in (*targets, *adopted) for word in ("--target", urn)]:
            self._done("refresh", "--yes", "--skip-preview", "--suppress-outputs", *aimed)

    def _done(self, *arguments: str) -> None:
        """Run what locks the stack, quietly; raises EngineError."""
        done = self._run(*arguments)
        if done.status and self._left_locked(done.err):
            self._run("cancel", "--yes")
            done = self._run(*arguments)
        if done.status:
            raise EngineError(f"`pulumi {' '.join(arguments[:2])}` failed: {done.out.strip()} {done.err.strip()}")

    def _unlocked(self, *arguments: str) -> Ended:
        """Run what locks the stack, and show it; a lock of a process of this machine that is dead is lifted."""
        done = self._process(*arguments).shown()
        if done.status and self._left_locked(done.err):
            self._run("cancel", "--yes")
            done = self._process(*arguments).shown()
        return done

    def _read(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.status:
            raise EngineError(f"`pulumi {' '.join(arguments)}` failed: {done.err.strip()}")
        return done.out

    def _run(self, *arguments: str, **more: str) -> Ended:
        return self._process(*arguments, **more).quiet()

    def _process(self, *arguments: str, **more: str) -> Process:
        # `cancel` takes the stack as an argument too, but not every version does.
        return Process(
            command=("pulumi", *arguments, "--stack", self.stack, "--non-interactive"),
            folder=self.folder,
            environment={**self.environment, "PULUMI_EXPERIMENTAL": "1", **more},
            held=tuple(self.held),
        )

    @staticmethod
    def _left_locked(said: str) -> bool:
        """Say whether the stack is locked by a process of this machine that is dead: nobody else's lock is touched."""
        locks = [found.groupdict() for found in _LOCKED.finditer(said)]
        return bool(locks) and all(
            lock["host"] == socket.gethostname() and not Path(f"/proc/{lock['pid']}").exists() for lock in locks
        )


def _past(one: Mapping[str, Any]) -> Past:
    return Past(
        kind=one["kind"],
        succeeded=one["result"] == "succeeded",
        begun=_time(one["startTime"]),
        ended=_time(one["endTime"]),
        config={key: str(each.get("value", "")) for key, each in (one.get("config") or {}).items()},
    )


def _time(text: str | None) -> datetime:
    """Read a time; without one it is never."""
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
