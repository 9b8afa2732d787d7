"""
Record the previews of the scenarios on a local cloud, with the real engine: `python -m tests.upgrades.recorded.record`.

Names of scenarios as arguments record these only.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from localcloud.paths import Paths, here
from tests.engine.local import Local, lend_engine
from tests.engine.project import copy_to, listed
from tests.upgrades.recorded.base import ATLAS, BASE
from tests.upgrades.recorded.scenarios import SCENARIOS, Scenario, changed

BASES = {"clubapp-prod": BASE, "devora-prod": ATLAS}
HOP = "datastores:hop"
PREVIEWS = Path(__file__).parent.parent / "previews" / "small"
_STATE = ("type", "inputs", "outputs", "protect", "propertyDependencies", "ignoreChanges")


def main() -> int:
    wanted = [one for one in SCENARIOS if one.name in sys.argv[1:] or not sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="datastores-record-") as folder:
        root = copy_to(Path(folder) / "project")
        local = Local(lend_engine(Paths(root=root, local=Path(folder) / ".local"), here().pulumi))
        try:
            return record(local, wanted)
        finally:
            local.stop()


def record(local: Local, scenarios: list[Scenario]) -> int:
    """Record scenarios; give how many failed."""
    PREVIEWS.mkdir(exist_ok=True)
    for stack in {one.stack: None for one in scenarios}:
        local.init(stack)
        listed(local.paths.root, BASES[stack])
        local.up(stack)
    return sum(not _recorded(local, one) for one in scenarios)


def _recorded(local: Local, one: Scenario) -> bool:
    listed(local.paths.root, changed(BASES[one.stack], one))
    local.configure(one.stack, {HOP: dict(one.hop) if one.hop else None})
    undo = one.drift(local) if one.drift else None
    done = local.pulumi("preview", "--json", "--stack", one.stack, *one.options)
    if undo:
        undo()
    if done.returncode and "steps" not in done.stdout:
        sys.stdout.write(f"{one.name}: {done.stdout[-600:]}{done.stderr[-600:]}\n")
        return False
    document = json.loads(done.stdout)
    errors = [said["message"] for said in document.get("diagnostics", []) if said.get("severity") == "error"]
    (PREVIEWS / f"{one.name}.json").write_text(_written(document) + "\n", encoding="utf-8")
    sys.stdout.write(f"{one.name}: {[step['op'] for step in document['steps']]} {errors}\n")
    return not errors


def _written(document: dict[str, Any]) -> str:
    """Write a preview on one line, without what the gate does not read."""
    kept = {key: document[key] for key in ("config", "steps", "diagnostics", "changeSummary") if key in document}
    # A warning names folders of the machine that records.
    kept["diagnostics"] = [said for said in kept.get("diagnostics", []) if said.get("severity") != "warning"]
    kept["steps"] = [
        {key: _state(value) if key in ("oldState", "newState") else value for key, value in step.items() if value}
        for step in kept["steps"]
    ]
    return json.dumps(kept, separators=(",", ":"))


def _state(state: dict[str, Any]) -> dict[str, Any]:
    return {key: state[key] for key in _STATE if key in state}


if __name__ == "__main__":
    raise SystemExit(main())
