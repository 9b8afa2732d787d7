"""What AWS refuses of backups, buckets and loads is refused before anything is deployed."""

from dataclasses import replace
from typing import Any

import pytest

from sizes.bucket import BucketSize
from sizes.limits import SizeError
from sizes.load import PostgresLoad, RedisLoad, TableLoad
from sizes.recovery import Recovery

RECOVERY = Recovery(
    rpo_minutes=5,
    rto_minutes=60,
    daily_days=35,
    weekly_days=0,
    monthly_days=0,
    dr_days=0,
    drill_days=90,
    test_every_days=0,
)
ARCHIVE = BucketSize(cold_after_days=30, expire_after_days=1_095)
MAIN = PostgresLoad(data_gib=20, connections={"api": 20}, outgrown_gib=50)
TABLE = TableLoad(reads_millions=1, writes_millions=1, item_kib=1, data_gib=1)
CACHE = RedisLoad(data_gib=1, commands_per_second=100)

BAD: list[tuple[Any, dict[str, Any], str]] = [
    (RECOVERY, {"rpo_minutes": 0}, "rpo_minutes must be 1 or more, got 0"),
    (RECOVERY, {"rto_minutes": -5}, "rto_minutes must be 1 or more, got -5"),
    (RECOVERY, {"daily_days": 0}, "daily_days must be between 1 and 36500, got 0"),
    (RECOVERY, {"daily_days": 36_501}, "daily_days must be between 1 and 36500, got 36501"),
    (RECOVERY, {"weekly_days": -1}, "weekly_days must be between 0 and 36500, got -1"),
    (RECOVERY, {"monthly_days": 36_501}, "monthly_days must be between 0 and 36500, got 36501"),
    (RECOVERY, {"dr_days": -1}, "dr_days must be between 0 and 36500, got -1"),
    (RECOVERY, {"drill_days": 0}, "drill_days must be between 1 and 366, got 0"),
    (RECOVERY, {"test_every_days": 367}, "test_every_days must be between 0 and 366, got 367"),
    (ARCHIVE, {"cold_after_days": 0}, "cold_after_days must be between 1 and 36500, got 0"),
    (ARCHIVE, {"expire_after_days": 119}, "expire_after_days must be between 120 and 36500, got 119"),
    (ARCHIVE, {"expire_after_days": 36_501}, "expire_after_days must be between 120 and 36500, got 36501"),
    (MAIN, {"data_gib": 0}, "data_gib must be 1 or more, got 0"),
    (MAIN, {"outgrown_gib": 20}, r"outgrown_gib must be above data_gib \(20\), got 20"),
    (MAIN, {"connections": {"api": 20, "worker": 0}}, "connections of worker must be 1 or more, got 0"),
    (TABLE, {"reads_millions": -1}, "reads_millions must be 0 or more, got -1"),
    (TABLE, {"writes_millions": -0.5}, "writes_millions must be 0 or more, got -0.5"),
    (TABLE, {"item_kib": -1}, "item_kib must be 0 or more, got -1"),
    (TABLE, {"data_gib": -1}, "data_gib must be 0 or more, got -1"),
    (CACHE, {"data_gib": -1}, "data_gib must be 0 or more, got -1"),
    (CACHE, {"commands_per_second": -1}, "commands_per_second must be 0 or more, got -1"),
]


@pytest.mark.parametrize(("row", "change", "problem"), BAD, ids=[problem for _, _, problem in BAD])
def test_a_row_out_of_its_limits_cannot_be_written(row: Any, change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem) as raised:
        replace(row, **change)

    assert len(raised.value.problems) == 1


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    with pytest.raises(SizeError, match="rpo_minutes") as raised:
        replace(RECOVERY, rpo_minutes=0, rto_minutes=0, daily_days=0, dr_days=-1)

    assert [problem.split()[0] for problem in raised.value.problems] == [
        "rpo_minutes",
        "rto_minutes",
        "daily_days",
        "dr_days",
    ]


@pytest.mark.parametrize(
    ("row", "change"),
    [
        (RECOVERY, {"daily_days": 1, "weekly_days": 36_500, "test_every_days": 366}),
        (ARCHIVE, {"cold_after_days": 1, "expire_after_days": 91}),
        (MAIN, {"data_gib": 1, "outgrown_gib": None}),
        (TABLE, {"reads_millions": 0, "writes_millions": 0, "item_kib": 0, "data_gib": 0}),
    ],
)
def test_the_limits_themselves_may_be_written(row: Any, change: dict[str, Any]):
    changed = replace(row, **change)

    assert {name: getattr(changed, name) for name in change} == change
