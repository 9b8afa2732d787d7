"""Applications grow through all phases on the real engine, and lose nothing."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from localcloud.paths import CODE
from tests.engine.clouds import Start
from tests.engine.deployments import COVERING, OTHERS
from tests.engine.growing import Grown, grow

pytestmark = [pytest.mark.engine]


@pytest.fixture(
    scope="module",
    # All tests of a stack in one process, so that it grows once.
    params=[
        *(pytest.param(one, id=str(one), marks=pytest.mark.xdist_group(str(one))) for one in COVERING),
        *(
            pytest.param(one, id=str(one), marks=(pytest.mark.matrix, pytest.mark.xdist_group(str(one))))
            for one in OTHERS
        ),
    ],
)
def grown(start: Start, request: pytest.FixtureRequest) -> Iterator[Grown]:
    local = start(CODE)
    yield grow(local, request.param)
    local.stop()


def test_nothing_that_holds_data_is_replaced_or_deleted_but_along_a_hop(grown: Grown):
    assert {name: lost for name, lost in grown.lost().items() if lost} == {}


def test_every_store_is_the_same_one_to_the_end(grown: Grown):
    for before, after in pairwise(grown.data):
        gone = {one.split(" ")[0].rpartition("::")[2] for one in grown.data[before] - grown.data[after]}

        assert gone <= grown.retired[after], after


def test_every_item_is_still_there(grown: Grown):
    assert all(items == grown.deployment.items for items in grown.items.values())


def test_a_second_up_changes_nothing(grown: Grown):
    assert {name: changes for name, changes in grown.again.items() if set(changes) != {"same"}} == {}


def test_a_refresh_finds_nothing(grown: Grown):
    assert grown.refreshed == dict.fromkeys(grown.refreshed, "")


def test_destroy_is_clean_in_dev_and_refused_in_prod(grown: Grown):
    """The last test of this module: it takes the stack away."""
    done = grown.local.pulumi("destroy", "--yes", "--skip-preview", "--stack", grown.stack)

    left = [one["urn"] for one in grown.local.resources(grown.stack)] if done.returncode else []
    if grown.deployment.environment == "dev":
        assert (done.returncode, left) == (0, []), done.stdout
    else:
        assert done.returncode != 0
        assert "protected" in done.stdout + done.stderr
        assert grown.read() == grown.deployment.items
