"""What a plan says of the deviations that it leaves in the stack file."""

from typing import Any

from stacks.aim import Aim
from tests.upgrades.paths import config, read
from upgrades.deviations import deviations

SMALLER = {"main": {"storageGib": 40, "multiAz": True}, "cache": {"snapshotDays": 15}}


def found(sizes: dict[str, Any], *also: str) -> list[tuple[str, Any, Any]]:
    written = config("scale", sizes=sizes)
    aim = Aim(settings=read("clubapp-prod", written), config=written, also=also)
    return [(one.key, one.value, one.row) for one in deviations(aim)]


def test_a_field_that_is_other_than_the_row_of_the_phase_to_come_is_told():
    assert found(SMALLER) == [("sizes.main.storageGib", 40, 200)]


def test_what_the_upgrade_is_asked_for_is_not():
    assert found(SMALLER, "sizes.main.storageGib=40") == []


def test_a_stack_file_without_deviations_has_none():
    assert found({}) == []
