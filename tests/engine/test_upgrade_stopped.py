"""Upgrades that are stopped, refused and taken back, on the real engine."""

import os
import signal
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from localcloud.paths import CODE
from tests.engine.clouds import Start
from tests.engine.deployments import WITHOUT_REDIS
from tests.engine.local import Local
from tests.engine.upgrading import arrange, at_first, identities, upgrade, watched

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("upgrade-stopped")]

STACK = "workflows-dev"
SECONDS = 6.0
"""How long the update takes in which it is stopped: time for another command."""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """An upgrade that was stopped in its first update, failed in its last, and was taken back."""

    before: dict[str, tuple[str, ...]]
    second: CompletedProcess[str]
    """Begun while the first was running."""
    stopped: CompletedProcess[str]
    hop: Any
    """What plain `pulumi up` deployed then, by the outputs."""
    failed: CompletedProcess[str]
    back: CompletedProcess[str]
    after: dict[str, tuple[str, ...]]
    outputs: dict[str, Any]
    config: dict[str, Any]
    changed: dict[str, int]
    """By plain `pulumi up` in the end."""


@pytest.fixture(scope="module")
def seen(start: Start) -> Stopped:
    local = start(CODE)
    local.init(STACK)
    local.configure(STACK, {"datastores:choices": WITHOUT_REDIS})
    local.up(STACK)
    before = identities(local, STACK)
    second: list[CompletedProcess[str]] = []

    def stop(pid: int) -> None:
        second.append(upgrade(local, STACK, "--to", "growth", "--yes"))
        os.killpg(pid, signal.SIGINT)

    arrange(local, "main-primary", "update", "slow", SECONDS)
    stopped = watched(local, at_first("main-primary updating", stop), STACK, "--to", "growth", "--yes")
    local.up(STACK)
    hop = local.outputs(STACK).get("hop")
    arrange(local, "backups-tests", "create", "refused")
    failed = upgrade(local, STACK, "--resume", "--yes")
    back = upgrade(local, STACK, "--abort", "--yes")
    return Stopped(
        before=before,
        second=second[0],
        stopped=stopped,
        hop=hop,
        failed=failed,
        back=back,
        after=identities(local, STACK),
        outputs=local.outputs(STACK),
        config=_config(local),
        changed=local.up(STACK),
    )


def _config(local: Local) -> dict[str, Any]:
    return yaml.safe_load((local.paths.copies / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8"))["config"]


def test_a_second_one_meanwhile_is_refused(seen: Stopped):
    assert (seen.second.returncode, seen.second.stderr) == (
        1,
        f"error: an upgrade, a restore or a rotation of {STACK} is running on this machine: let it end\n",
    )


def test_a_ctrl_c_lets_the_update_end_what_it_has_begun_and_says_how_to_go_on(seen: Stopped):
    assert seen.stopped.returncode == 130
    assert "interrupted midway: `datastores upgrade workflows-dev --resume` goes on" in seen.stopped.stderr


def test_plain_pulumi_deploys_the_hop_that_was_reached_and_nothing_else(seen: Stopped):
    assert (seen.hop["to"], seen.hop["step"]) == ("growth", 1)


def test_an_update_in_which_a_resource_is_refused_can_be_gone_on_with_or_taken_back(seen: Stopped):
    assert seen.failed.returncode == 4
    assert "create of backups-tests is refused this once" in seen.failed.stderr
    assert "--resume`, or take it back: `datastores upgrade workflows-dev --abort`" in seen.failed.stderr


def test_taken_back_it_is_where_it_began_but_for_what_never_shrinks(seen: Stopped):
    assert seen.back.returncode == 0, seen.back.stderr
    assert (seen.outputs["phase"], seen.outputs.get("hop")) == ("mvp", None)
    assert seen.config["datastores:phase"] == "mvp"
    assert "datastores:hop" not in seen.config
    assert seen.config["datastores:sizes"] == {"main": {"storageGib": 600, "maxStorageGib": 1200}}
    assert seen.after == seen.before


def test_after_it_plain_pulumi_has_nothing_to_do(seen: Stopped):
    assert set(seen.changed) == {"same"}
