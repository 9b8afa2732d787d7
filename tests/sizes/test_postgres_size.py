"""What RDS would refuse is refused before anything is deployed."""

from dataclasses import replace
from typing import Any

import pytest

from sizes.limits import SizeError
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.postgres_storage import figures

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
STRIPED = replace(SMALL, storage_gib=400, max_storage_gib=1_000)
IO2 = replace(SMALL, storage_gib=100, max_storage_gib=200, storage_type="io2", iops=1_000)


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
        ({"backup_days": 0, "dr_backups": True}, "dr_backups are copies of backups: set backup_days to 1 or more"),
        ({"replicas": (ReplicaPurpose.API,) * 2}, "replicas must name each purpose once, got api, api"),
        ({"iops": 3_000}, "iops cannot be chosen on gp3 below 400 GiB: leave it out, .* got 3000"),
        ({"throughput_mibps": 125}, "throughput_mibps cannot be chosen on gp3 below 400 GiB: leave it out, .* got 125"),
    ],
)
def test_a_size_that_rds_refuses_cannot_be_written(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(SMALL, **change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"iops": 11_999}, "iops must be between 12000 and 64000, got 11999"),
        ({"iops": 64_001}, "iops must be between 12000 and 64000, got 64001"),
        ({"throughput_mibps": 499}, "throughput_mibps must be between 500 and 4000, got 499"),
        ({"throughput_mibps": 4_001}, "throughput_mibps must be between 500 and 4000, got 4001"),
        ({"throughput_mibps": 4_000}, "iops must be 16000 or more for 4000 MiB/s, got 12000"),
        ({"throughput_mibps": 4_000, "iops": 15_999}, "iops must be 16000 or more for 4000 MiB/s, got 15999"),
    ],
)
def test_striped_gp3_has_bounds(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(STRIPED, **change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"iops": None}, "io2 needs iops: set it to between 1000 and 256000"),
        ({"iops": 999}, "iops must be between 1000 and 100000, got 999"),
        ({"iops": 100_001}, "iops must be between 1000 and 100000, got 100001"),
        ({"storage_gib": 300, "max_storage_gib": 500, "iops": 256_001}, "between 1000 and 256000, got 256001"),
        ({"max_storage_gib": 2_002}, "iops must be between 1001 and 100000, got 1000"),
        ({"storage_gib": 99}, "storage_gib must be between 100 and 65536, got 99"),
        ({"throughput_mibps": 500}, "throughput_mibps cannot be chosen on io2, it follows from iops: leave it out"),
    ],
)
def test_io2_has_bounds(change: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(IO2, **change)


@pytest.mark.parametrize(
    ("size", "asked"),
    [
        (replace(STRIPED, storage_gib=399), (None, None)),
        (STRIPED, (12_000, 500)),
        (replace(STRIPED, iops=16_000, throughput_mibps=4_000), (16_000, 4_000)),
        (replace(STRIPED, iops=20_000), (20_000, 500)),
        (IO2, (1_000, None)),
    ],
)
def test_rds_is_asked_for_the_figures_that_it_wants(size: PostgresSize, asked: tuple[int | None, int | None]):
    """It refuses the two below 400 GiB, and a throughput of io2."""
    assert figures(size.storage_type, size.storage_gib, size.iops, size.throughput_mibps) == asked


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SizeError, match="size") as raised:
        replace(SMALL, instance_class="size", storage_gib=1, backup_days=99, iops=3_000)

    assert len(raised.value.problems) == 4
