"""What RDS would refuse is refused before anything is deployed."""

from dataclasses import replace
from typing import Any

import pytest

from sizes.limits import SizeError
from sizes.postgres import PostgresSize, ReplicaPurpose

SMALL = PostgresSize(
    instance_class="db.t4g.micro",
    storage_gib=20,
    max_storage_gib=100,
    multi_az=False,
    replicas=(),
    proxy=False,
    backup_days=7,
    dr_backups=False,
)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"instance_class": "db.t4g.mirco"}, "instance_class must be one RDS has for PostgreSQL"),
        ({"instance_class": "db.t4g.16xlarge"}, "got 'db.t4g.16xlarge'"),
        ({"storage_gib": 19}, "storage_gib must be between 20 and 65536, got 19"),
        ({"storage_gib": 70_000, "max_storage_gib": 80_000}, "storage_gib must be between 20 and 65536, got 70000"),
        ({"max_storage_gib": 21}, r"max_storage_gib must be between 22 \(10 % above storage_gib\) and 65536, got 21"),
        ({"backup_days": 36}, "backup_days must be between 0 and 35, got 36"),
        ({"backup_days": -1}, "backup_days must be between 0 and 35, got -1"),
        ({"backup_days": 0, "replicas": (ReplicaPurpose.API,)}, "read replicas need backups: set backup_days to 1"),
        ({"replicas": (ReplicaPurpose.API,) * 2}, "replicas must name each purpose once, got api, api"),
    ],
)
def test_a_size_that_rds_refuses_cannot_be_written(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(SMALL, **change)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SizeError, match="size") as raised:
        replace(SMALL, instance_class="size", storage_gib=1, backup_days=99)

    assert len(raised.value.problems) == 3
