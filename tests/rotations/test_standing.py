"""Where a rotation stands is read from stack file and outputs, and refused where the two are apart."""

from typing import Any

import pytest

from rotations.standing import Step, begun, fresh
from rotations.targets import merged
from stacks.exports import said_of_rotations
from stacks.settings import Settings
from upgrades.run import StopError

BEFORE = {"main": {"api": 2}}
TO = {"main": {"api": 3}, "cache": {"application": 2}}
STEPS = list(Step)


def at(step: Step) -> Settings:
    """Give what a stack file says at a step."""
    keys = fresh(plain(), TO).keys(step)
    return Settings.read("clubapp-dev", overrides={key.partition(":")[2]: str(one) for key, one in keys.items() if one})


def plain() -> Settings:
    return Settings.read("clubapp-dev", overrides={"rotations": str(BEFORE)})


def outputs(settings: Settings) -> dict[str, Any]:
    return said_of_rotations(settings.rotations, settings.rotation)


@pytest.mark.parametrize(
    ("file", "deployed"),
    [(one, other) for one in STEPS for other in STEPS if abs(STEPS.index(one) - STEPS.index(other)) <= 1],
)
def test_an_update_apart_or_none_it_goes_on(file: Step, deployed: Step):
    found = begun(at(file), outputs(at(deployed)))

    if {file, deployed} <= {Step.START, Step.END}:
        assert found is None
    else:
        assert found is not None
        assert (found.file, found.deployed, found.before, found.to) == (file, deployed, BEFORE, TO)


@pytest.mark.parametrize(
    ("file", "deployed"), [(Step.START, Step.SWITCH), (Step.SWITCH, Step.START), (Step.END, Step.START)]
)
def test_further_apart_it_is_refused(file: Step, deployed: Step):
    with pytest.raises(StopError, match="say different things of its passwords"):
        begun(at(file), outputs(at(deployed)))


def test_another_rotation_than_the_one_that_is_deployed_is_refused():
    other = Settings.read("clubapp-dev", overrides={"rotation": "{step: add, to: {main: {migrator: 2}}}"})

    with pytest.raises(StopError, match="say different things"):
        begun(at(Step.ADD), outputs(other))


def test_afterwards_the_file_says_the_numbers_and_nothing_else():
    assert fresh(plain(), TO).keys(Step.END) == {
        "datastores:rotations": merged(BEFORE, TO),
        "datastores:rotation": None,
    }
