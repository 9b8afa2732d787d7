"""What RDS lets the storage of a PostgreSQL instance have: its size, its I/O operations, its throughput."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from sizes.limits import within

StorageType = Literal["gp3", "io2"]

# Amazon RDS User Guide, "Amazon RDS DB instance storage", the tables for PostgreSQL, seen 2026-11.
MIN_STORAGE_GIB: Final = 20
MIN_IO2_GIB: Final = 100
MAX_STORAGE_GIB: Final = 65_536
# The same, "gp3 storage": from 400 GiB on PostgreSQL has four stripes, and at least these figures; below, 3,000 IOPS
# and 125 MiB/s, which cannot be asked for.
STRIPED_GIB: Final = 400
STRIPED_IOPS: Final = 12_000
STRIPED_THROUGHPUT_MIBPS: Final = 500
MAX_GP3_IOPS: Final = 64_000
MAX_GP3_THROUGHPUT_MIBPS: Final = 4_000
GP3_IOPS_PER_GIB: Final = 500
IOPS_PER_MIBPS: Final = 4
"""gp3 needs four I/O operations for each MiB/s."""
# The same, "io2 Block Express storage": 0.5 to 1,000 IOPS a GiB, of the allocated storage and of autoscaling's bound.
MIN_IO2_IOPS: Final = 1_000
MAX_IO2_IOPS: Final = 256_000
IO2_IOPS_PER_GIB: Final = 1_000
IO2_GIB_PER_IOPS: Final = 2
# Amazon RDS User Guide, "Managing capacity automatically": the maximum is at least 10 % above the allocated storage.
AUTOSCALING_HEADROOM: Final = 1.1


class Figures(NamedTuple):
    """What is to be asked of RDS; None is left out."""

    iops: int | None
    throughput_mibps: int | None


def figures(kind: StorageType, storage_gib: int, iops: int | None, throughput_mibps: int | None) -> Figures:
    """Give the figures that RDS wants named: it refuses them for gp3 below 400 GiB, and wants both from there on."""
    if kind == "io2":
        return Figures(iops, None)
    if storage_gib < STRIPED_GIB:
        return Figures(None, None)
    return Figures(iops or STRIPED_IOPS, throughput_mibps or STRIPED_THROUGHPUT_MIBPS)


def storage_problems(
    kind: StorageType, storage_gib: int, max_storage_gib: int, iops: int | None, throughput_mibps: int | None
) -> Iterator[str | None]:
    """Say all that RDS would refuse."""
    floor = round(storage_gib * AUTOSCALING_HEADROOM)
    yield within("storage_gib", storage_gib, MIN_IO2_GIB if kind == "io2" else MIN_STORAGE_GIB, MAX_STORAGE_GIB)
    if not floor <= max_storage_gib <= MAX_STORAGE_GIB:
        yield (
            f"max_storage_gib must be between {floor} (10 % above storage_gib) and {MAX_STORAGE_GIB}, "
            f"got {max_storage_gib}"
        )
    if kind == "io2":
        yield from _io2_problems(storage_gib, max_storage_gib, iops, throughput_mibps)
    else:
        yield from _gp3_problems(storage_gib, iops, throughput_mibps)


def _gp3_problems(storage_gib: int, iops: int | None, throughput_mibps: int | None) -> Iterator[str | None]:
    if storage_gib < STRIPED_GIB:
        fixed = f"on gp3 below {STRIPED_GIB} GiB: leave it out, or set storage_gib to {STRIPED_GIB} or more"
        if iops is not None:
            yield f"iops cannot be chosen {fixed}, got {iops}"
        if throughput_mibps is not None:
            yield f"throughput_mibps cannot be chosen {fixed}, got {throughput_mibps}"
        return
    if iops is not None:
        most = min(MAX_GP3_IOPS, GP3_IOPS_PER_GIB * storage_gib)
        yield within("iops", iops, STRIPED_IOPS, most)
    if throughput_mibps is not None:
        yield within("throughput_mibps", throughput_mibps, STRIPED_THROUGHPUT_MIBPS, MAX_GP3_THROUGHPUT_MIBPS)
        needed = throughput_mibps * IOPS_PER_MIBPS
        if (iops or STRIPED_IOPS) < needed <= MAX_GP3_THROUGHPUT_MIBPS * IOPS_PER_MIBPS:
            yield f"iops must be {needed} or more for {throughput_mibps} MiB/s, got {iops or STRIPED_IOPS}"


def _io2_problems(
    storage_gib: int, max_storage_gib: int, iops: int | None, throughput_mibps: int | None
) -> Iterator[str | None]:
    if throughput_mibps is not None:
        yield f"throughput_mibps cannot be chosen on io2, it follows from iops: leave it out, got {throughput_mibps}"
    if iops is None:
        yield f"io2 needs iops: set it to between {MIN_IO2_IOPS} and {MAX_IO2_IOPS}"
        return
    # The bounds hold for what is allocated and for all that autoscaling may make of it.
    least = max(MIN_IO2_IOPS, -(-max_storage_gib // IO2_GIB_PER_IOPS))
    yield within("iops", iops, least, min(MAX_IO2_IOPS, IO2_IOPS_PER_GIB * storage_gib))
