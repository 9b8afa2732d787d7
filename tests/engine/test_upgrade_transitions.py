"""Every transition that has a page and is no step between two phases, carried out by the command on the real engine."""

from collections.abc import Mapping
from typing import Any

import pytest

from localcloud.paths import CODE
from pages.transitions import TRANSITIONS, Planned
from stacks.stackfile import overridden
from tests.engine.clouds import Start
from tests.engine.deployments import Deployment
from tests.engine.local import Local
from tests.engine.upgrading import identities, watched

pytestmark = [pytest.mark.engine, pytest.mark.matrix]

WITHIN_A_PHASE = [one for one in TRANSITIONS if isinstance(one, Planned) and (one.before or one.after)]


def configured(local: Local, one: Planned, settings: Mapping[str, Any]) -> None:
    """Have the stack file say what the example begins with."""
    config, mistakes = overridden(settings, {"phase": str(one.start), **one.before})
    assert not mistakes
    local.configure(one.stack, config)


def asked(one: Planned) -> list[str]:
    """Give the options of the way: what only the start says goes with the last update."""
    settings = {**dict.fromkeys(one.before, ""), **one.after}
    return [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]


@pytest.mark.parametrize("one", WITHIN_A_PHASE, ids=lambda one: one.slug)
def test_a_transition_is_carried_out_with_every_store_and_item_it_had(start: Start, one: Planned):
    local, deployment = start(CODE), Deployment(stack=one.stack)
    local.init(one.stack)
    configured(local, one, deployment.settings)
    local.up(one.stack)
    for table, item in deployment.items.items():
        local.aws("dynamodb").put_item(TableName=table, Item=item)
    before = identities(local, one.stack)
    kept: list[bool] = []

    def count(_: int, line: str) -> None:
        if "] done: " in line:
            scans = {table: local.aws("dynamodb").scan(TableName=table)["Items"] for table in deployment.items}
            kept.append(scans == {table: [item] for table, item in deployment.items.items()})

    done = watched(local, count, one.stack, "--to", str(one.to), *asked(one), "--yes")

    assert done.returncode == 0, done.stderr
    assert kept
    assert all(kept)
    assert identities(local, one.stack).items() >= before.items()
    assert set(local.up(one.stack)) == {"same"}
    local.stop()
