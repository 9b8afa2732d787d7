"""What Aurora would refuse is refused before anything is deployed."""

from dataclasses import replace
from typing import Any

import pytest

from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.limits import SizeError

TWO = AuroraSize(
    capacity=Instances(instance_class="db.r7g.large"),
    readers=1,
    max_readers=1,
    io_optimized=False,
    proxy=False,
    backup_days=7,
    dr_readers=0,
)
BURSTABLE = Instances(instance_class="db.t4g.medium")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"readers": 16, "max_readers": 16}, "readers must be between 0 and 15, got 16"),
        ({"readers": -1}, "readers must be between 0 and 15, got -1"),
        ({"max_readers": 0}, "max_readers must be between 1 and 15, got 0"),
        ({"max_readers": 16}, "max_readers must be between 1 and 15, got 16"),
        ({"readers": 0, "max_readers": 4}, "max_readers must be 0 without readers, got 4"),
        ({"backup_days": 0}, "backup_days must be between 1 and 35, got 0"),
        ({"backup_days": 36}, "backup_days must be between 1 and 35, got 36"),
        ({"dr_readers": 17}, "dr_readers must be between 0 and 16, got 17"),
        ({"dr_readers": 1, "readers": 15, "max_readers": 15}, "readers must be between 0 and 14, got 15"),
        ({"dr_readers": 2, "capacity": BURSTABLE}, "dr_readers need a class optimised for memory .* 'db.t4g.medium'"),
    ],
)
def test_a_size_that_aurora_refuses_cannot_be_written(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(TWO, **change)


@pytest.mark.parametrize("name", ["db.m7g.large", "db.t4g.micro", "db.serverless", "db.r7g.medium"])
def test_a_class_that_aurora_has_not_cannot_be_written(name: str):
    with pytest.raises(SizeError, match=f"instance_class must be one Aurora has for PostgreSQL .*, got '{name}'"):
        Instances(instance_class=name)


@pytest.mark.parametrize(
    ("bounds", "problem"),
    [
        ((-0.5, 1), "min_acu must be between 0 and 256 in steps of 0.5, got -0.5"),
        ((0.25, 1), "min_acu must be between 0 and 256 in steps of 0.5, got 0.25"),
        ((0, 0.5), "max_acu must be between 1 and 256 in steps of 0.5, got 0.5"),
        ((1, 256.5), "max_acu must be between 1 and 256 in steps of 0.5, got 256.5"),
        ((4, 2), r"max_acu must be min_acu \(4\) or more, got 2"),
    ],
)
def test_capacity_that_aurora_refuses_cannot_be_written(bounds: tuple[float, float], problem: str):
    with pytest.raises(SizeError, match=problem):
        Serverless(min_acu=bounds[0], max_acu=bounds[1])


def test_a_cluster_of_the_smallest_class_may_stay_in_its_region():
    assert replace(TWO, capacity=BURSTABLE).capacity == BURSTABLE


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SizeError, match="readers") as raised:
        replace(TWO, readers=20, max_readers=20, backup_days=0, dr_readers=20)

    assert len(raised.value.problems) == 4
