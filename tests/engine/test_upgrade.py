"""Upgrades on the real engine: killed in the middle and taken up again, and along every pair of phases."""

from dataclasses import dataclass
from itertools import accumulate
from subprocess import CompletedProcess

import pytest
import yaml

from localcloud.paths import CODE
from tests.engine.clouds import Start
from tests.engine.deployments import COVERING, OTHERS, Deployment
from tests.engine.local import Local
from tests.engine.upgrading import at_first, identities, killed, upgrade, watched

pytestmark = [pytest.mark.engine]

STACK = "clubapp-dev"
ITEM = {"key": {"S": "1"}}
MONTH = 31 * 24 * 3600
"""Seconds until AWS allows anything again."""
WAYS = (("growth", "scale", "enterprise"), ("scale",), ("enterprise",), ("growth", "enterprise"))
"""Together every pair of phases that a stack can grow between."""


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """An upgrade that was killed while it changed the database, and what came after."""

    local: Local
    before: dict[str, tuple[str, ...]]
    written: str
    config: dict[str, object]
    begun_again: CompletedProcess[str]
    status: CompletedProcess[str]
    resumed: CompletedProcess[str]


def config_of(local: Local) -> dict[str, object]:
    return yaml.safe_load((local.paths.copies / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8"))["config"]


@pytest.fixture(scope="module")
def interrupted(start: Start) -> Interrupted:
    local = start(CODE)
    local.init(STACK)
    local.up(STACK)
    local.aws("dynamodb").put_item(TableName=f"{STACK}-idempotency", Item=ITEM)
    before = identities(local, STACK)
    written = watched(local, at_first("main-primary updating", killed), STACK, "--to", "growth", "--yes").stderr
    config = config_of(local)
    return Interrupted(
        local=local,
        before=before,
        written=written,
        config=config,
        begun_again=upgrade(local, STACK, "--to", "growth", "--yes"),
        status=upgrade(local, STACK, "--status"),
        resumed=upgrade(local, STACK, "--resume", "--yes"),
    )


group = pytest.mark.xdist_group("upgrade-killed")


@group
def test_where_it_was_killed_is_in_the_stack_file(interrupted: Interrupted):
    assert "[1/3] hop 1: online" in interrupted.written
    assert interrupted.config["datastores:phase"] == "mvp"
    assert isinstance(hop := interrupted.config["datastores:hop"], dict)
    assert (hop["to"], hop["step"]) == ("growth", 1)


@group
def test_it_is_not_begun_again_but_says_how_to_go_on(interrupted: Interrupted):
    assert interrupted.begun_again.returncode == 4
    assert "--resume goes on, --abort goes back" in interrupted.begun_again.stderr


@group
def test_its_status_is_what_is_written_what_is_deployed_and_what_is_left(interrupted: Interrupted):
    lines = interrupted.status.stdout.splitlines()

    assert lines[:2] == ["stack file: mvp, hop 1 to growth", "deployed: mvp"]
    assert len([line for line in lines if line[0].isdigit()]) == 3


@group
def test_taken_up_again_it_ends_in_the_phase_with_every_store_and_item_it_had(interrupted: Interrupted):
    local = interrupted.local

    assert interrupted.resumed.returncode == 0, interrupted.resumed.stderr
    assert local.outputs(STACK)["phase"] == "growth"
    assert "datastores:hop" not in config_of(local)
    assert identities(local, STACK) == interrupted.before
    assert local.aws("dynamodb").scan(TableName=f"{STACK}-idempotency")["Items"] == [ITEM]


@group
def test_after_it_plain_pulumi_finds_nothing_to_do(interrupted: Interrupted):
    assert set(interrupted.local.up(STACK)) == {"same"}


@pytest.mark.matrix
@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("deployment", [*COVERING, *OTHERS], ids=str)
def test_every_pair_of_phases_is_gone_by_the_command_and_every_update_keeps_every_item(
    start: Start, deployment: Deployment, way: tuple[str, ...]
):
    local, stack = start(CODE), deployment.stack
    local.init(stack)
    if deployment.settings:
        local.configure(stack, deployment.settings)
    local.up(stack)
    for table, item in deployment.items.items():
        local.aws("dynamodb").put_item(TableName=table, Item=item)
    kept: list[dict[str, object]] = []

    def count(_: int, line: str) -> None:
        if "] done: " in line:
            scans = {table: local.aws("dynamodb").scan(TableName=table) for table in deployment.items}
            kept.append({table: scan["Items"][0] for table, scan in scans.items()})

    for phase, later in zip(way, accumulate(MONTH for _ in way), strict=True):
        done = watched(local, count, stack, "--to", phase, "--yes", DATASTORES_LATER=str(later))
        assert done.returncode == 0, done.stderr

    assert local.outputs(stack)["phase"] == way[-1]
    assert kept
    assert all(items == deployment.items for items in kept)
    local.stop()
