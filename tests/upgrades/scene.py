"""An engine and a cloud that are made up: what an upgrade does on them is written down."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stacks.settings import Settings
from stacks.stackfile import canonical, config_of
from upgrades.cloud import Part
from upgrades.engine import ROOT, Outcome, Past, Pending, State
from upgrades.place import Place, place

TEXT = """\
config:
  aws:region: eu-central-1
  datastores:phase: {phase} # how big
  datastores:drRegion: eu-west-1
  datastores:owner: team
  datastores:costCentre: team
"""
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SAFE = {"steps": [{"op": "same", "urn": "urn:pulumi:s::datastores::a:b:C::c"}], "changeSummary": {"same": 1}}


@dataclass
class FakeEngine:
    """Deploys whatever the stack file says, unless it is told to fail."""

    file: Path
    stack: str
    log: list[str] = field(default_factory=list[str])
    deployed: Place = (None, None)
    previewed: Mapping[str, Any] = field(default_factory=lambda: SAFE)
    ends: list[Outcome] = field(default_factory=list[Outcome])
    """How the next updates end; all is done in the others."""
    history: list[Past] = field(default_factory=list[Past])
    pending: list[Pending] = field(default_factory=list[Pending])
    written: datetime = NOW
    refusing: str = ""
    """What policies say, as the engine's events, where they refuse every preview."""

    def settings(self) -> Settings:
        return Settings.read(self.stack, folder=self.file.parent)

    def state(self) -> State:
        phase, hop = self.deployed
        outputs = {"phase": phase} if hop is None else {"phase": phase, "hop": hop}
        root = {"type": ROOT, "urn": f"urn:pulumi:{self.stack}::datastores::{ROOT}::root", "outputs": outputs}
        return State(resources=[root], pending=tuple(self.pending), written=self.written)

    def past(self) -> list[Past]:
        return self.history

    def preview(self, plan: Path) -> tuple[int, str, str]:  # noqa: ARG002  as the engine has it
        self.log.append("preview")
        if self.refusing:
            failed = {"diagnostics": [{"severity": "error", "message": "error: preview failed\n"}]}
            return 1, json.dumps({**self.previewed, **failed}), "error: preview failed"
        return 0, json.dumps(self.previewed), ""

    def policed(self) -> str:
        return self.refusing

    def up(self, plan: Path) -> Outcome:  # noqa: ARG002  as the engine has it
        settings = self.settings()
        self.log.append(f"up {settings.hop.step if settings.hop else settings.phase}")
        outcome = self.ends.pop(0) if self.ends else Outcome.DONE
        if outcome is not Outcome.FAILED:
            self.deployed = place(settings)
        self.wrote(succeeded=outcome is Outcome.DONE)
        return outcome

    def mend(self, targets: object, adopted: Mapping[str, str]) -> None:  # noqa: ARG002  likewise
        self.log.append(f"mend {' '.join(adopted)}".strip())
        self.pending.clear()

    def wrote(self, *, succeeded: bool) -> None:
        """Write the state, and that an update has ended."""
        self.written += timedelta(minutes=1)
        config = {key: canonical(value) for key, value in config_of(self.file.read_text(encoding="utf-8"))[0].items()}
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
        self.history.insert(
            0, Past(kind="update", succeeded=succeeded, begun=self.written, ended=self.written, config=texts)
        )


@dataclass
class FakeCloud:
    """Has a part a store, which is what the test says."""

    look: Callable[[str], Part]
    log: list[str]
    lags: list[list[str]] = field(default_factory=list[list[str]])
    made_before: Mapping[str, str] = field(default_factory=dict[str, str])

    def parts(self, resources: object, store: str) -> list[Part]:  # noqa: ARG002  likewise
        return [self.look(store)]

    def disks(self, resources: object, stores: Iterable[str]) -> dict[str, int]:  # noqa: ARG002  likewise
        found = {store: self.look(store).disk_gib for store in stores}
        return {store: disk for store, disk in found.items() if disk is not None}

    def behind(self, resources: object, store: str, *, moving: bool) -> list[str]:  # noqa: ARG002  likewise
        return self.lags.pop() if self.lags else []

    def back_up(self, part: Part, label: str) -> str:
        self.log.append(f"back up {part.name}")
        return label

    def instance_id(self, identifier: str) -> str | None:
        return self.made_before.get(identifier)


def part(store: str, **more: Any) -> Part:
    facts: dict[str, Any] = {
        "name": f"{store}-primary",
        "type": "aws:rds/instance:Instance",
        "id": store,
        "status": "available",
        "pending": {},
        "identity": ("arn", "db-1", "2026"),
    }
    return Part(**facts | more)
