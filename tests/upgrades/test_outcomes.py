"""How an update by a plan ended, read from what the engine says of it: only a plan that did not fit is no failure."""

from pathlib import Path

import pytest

from tests.localcloud.checkout import executable
from upgrades.engine import Engine, Outcome

URN = (
    "urn:pulumi:devora-prod::datastores::mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule::documents-backups"
)
VIOLATED = f"error: resource {URN} violates plan: properties changed: =~copySettings[{{[{{map[zoneId:{{0b35}}]}}]}}]"
NONE_SEEN = f"error: expected resource operations for {URN} but none were seen"
OLD_LEFT = "error: delete-replaced is not allowed by the plan: this resource is constrained to replace"
REFUSED = "error: creating RDS DB Instance: StorageQuotaExceeded"


@pytest.mark.parametrize(
    ("said", "status", "outcome"),
    [
        ((), 0, Outcome.DONE),
        ((VIOLATED, "error: update failed"), 1, Outcome.OTHERWISE),
        ((NONE_SEEN, OLD_LEFT), 1, Outcome.OTHERWISE),
        ((VIOLATED, REFUSED), 1, Outcome.FAILED),
        ((REFUSED,), 1, Outcome.FAILED),
        ((), 1, Outcome.OTHERWISE),
        ((), 137, Outcome.FAILED),
    ],
)
def test_only_what_differs_from_the_plan_is_made_again(
    tmp_path: Path, said: tuple[str, ...], status: int, outcome: Outcome
):
    lines = "\n".join(f"echo '  {line}' >&2" for line in said)
    executable(tmp_path / "pulumi", f"#!/bin/sh\n{lines}\nexit {status}\n")
    engine = Engine(stack="devora-prod", folder=tmp_path, environment={"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert engine.up(tmp_path / "plan.json") is outcome
