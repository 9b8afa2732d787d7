"""Applications come up in any phase from nothing on the real engine, and go without a trace in dev."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from localcloud.paths import CODE
from stacks.phases import Phase
from tests.engine.clouds import Start
from tests.engine.deployments import COVERING, OTHERS, Deployment
from tests.engine.local import Local

pytestmark = [pytest.mark.engine]

ALWAYS = {("devmentor-dev", Phase.ENTERPRISE), ("workflows-prod-redis=false", Phase.SCALE)}
"""What a run of all tests tries; growing tries the other stacks, and `make matrix` everything."""


def _case(deployment: Deployment, phase: Phase) -> Any:
    group = pytest.mark.xdist_group(f"{deployment}-{phase}")
    marks = (group,) if (str(deployment), phase) in ALWAYS else (group, pytest.mark.matrix)
    return pytest.param((deployment, phase), id=f"{deployment}-{phase}", marks=marks)


@dataclass(kw_only=True)
class Risen:
    """A stack that came up from nothing."""

    local: Local
    deployment: Deployment


@pytest.fixture(scope="module", params=[_case(one, phase) for one in (*COVERING, *OTHERS) for phase in Phase])
def risen(start: Start, request: pytest.FixtureRequest) -> Iterator[Risen]:
    deployment, phase = request.param
    local = start(CODE)
    local.init(deployment.stack)
    local.configure(deployment.stack, {**deployment.settings, "datastores:phase": str(phase)})
    local.up(deployment.stack)
    yield Risen(local=local, deployment=deployment)
    local.stop()


def test_a_second_up_changes_nothing(risen: Risen):
    assert set(risen.local.up(risen.deployment.stack)) == {"same"}


def test_a_refresh_finds_nothing(risen: Risen):
    stack = risen.deployment.stack
    done = risen.local.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack)

    assert done.returncode == 0, done.stdout + done.stderr


def test_destroy_is_clean_in_dev_and_refused_in_prod(risen: Risen):
    """The last test of this module: it takes the stack away."""
    stack = risen.deployment.stack
    done = risen.local.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack)

    if risen.deployment.environment == "dev":
        assert (done.returncode, risen.local.resources(stack)) == (0, []), done.stdout
    else:
        assert done.returncode != 0
        assert "protected" in done.stdout + done.stderr
