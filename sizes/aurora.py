"""Sizes of a PostgreSQL database on Aurora."""

from dataclasses import dataclass
from typing import Final

from sizes.limits import refuse, within
from sizes.postgres import MAX_BACKUP_DAYS, VERSION, Version

# Instance classes of Aurora PostgreSQL 17 on Graviton.
# Source: Amazon Aurora User Guide, "Supported DB engines for DB instance classes", seen 2026-11.
AURORA_CLASSES: Final = frozenset(
    f"db.{family}.{size}"
    for families, sizes in (
        (("t4g",), ("medium", "large")),
        (("r6g", "r7g", "r8g"), ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")),
    )
    for family in families
    for size in sizes
)
# Amazon Aurora User Guide, "Aurora Serverless v2 capacity": 0 (pauses) to 256 ACUs in steps of a half.
MAX_ACU: Final = 256.0
# Amazon Aurora User Guide, "Quotas": 15 Aurora replicas a cluster.
MAX_READERS: Final = 15
# Amazon Aurora User Guide, "Configuration requirements of an Aurora global database": each secondary region takes one
# reader from the primary cluster, a secondary has no writer, and both want classes optimised for memory.
MAX_READERS_WITH_SECONDARY: Final = MAX_READERS - 1
MAX_DR_READERS: Final = 16
BURSTABLE: Final = "db.t"


@dataclass(frozen=True, kw_only=True, slots=True)
class Instances:
    """Writer and readers of one class."""

    instance_class: str
    """Aurora instance class, such as `db.r7g.large`."""

    def __post_init__(self) -> None:
        """Reject a class that Aurora would reject."""
        refuse(
            (
                None
                if self.instance_class in AURORA_CLASSES
                else "instance_class must be one Aurora has for PostgreSQL (db.t4g.medium … db.r8g.16xlarge), "
                f"got {self.instance_class!r}",
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Serverless:
    """Writer and readers that grow and shrink by themselves (Aurora Serverless v2)."""

    min_acu: float
    """Capacity units at least, each 2 GiB of memory, 0 (pauses when idle) to 256 in halves."""
    max_acu: float
    """Capacity units at most, 1 to 256 in halves."""

    def __post_init__(self) -> None:
        """Reject bounds that Aurora would reject, with all that is wrong at once."""
        refuse(
            (
                _capacity("min_acu", self.min_acu, 0.0),
                _capacity("max_acu", self.max_acu, 1.0),
                None
                if self.min_acu <= self.max_acu
                else f"max_acu must be min_acu ({self.min_acu:g}) or more, got {self.max_acu:g}",
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraSize:
    """What a growth phase decides about a database on Aurora; its storage grows by itself, to 128 TiB and more."""

    capacity: Instances | Serverless
    """What writer and readers are: instances of a class, or serverless between two bounds."""
    readers: int
    """Readers beside the writer, 0 to 15, in other zones."""
    max_readers: int
    """Readers that autoscaling may add up to; equal to `readers`: there is no autoscaling."""
    io_optimized: bool
    """Storage without a price for each read and write (I/O-Optimized)."""
    proxy: bool
    """RDS Proxy pools the connections of the application."""
    backup_days: int
    """Days of point-in-time recovery, 1 to 35."""
    dr_readers: int
    """Instances of a secondary cluster in the DR region (Global Database), 0 (there is none) to 16."""
    version: Version = VERSION
    """Major version of PostgreSQL; AWS chooses the minor one."""
    reader_capacity: Instances | Serverless | None = None
    """What readers, and instances in the DR region, are while they change before the writer; null: as `capacity`."""

    def __post_init__(self) -> None:
        """Reject what Aurora would reject, with all that is wrong at once."""
        most = MAX_READERS_WITH_SECONDARY if self.dr_readers else MAX_READERS
        refuse(
            (
                within("readers", self.readers, 0, most),
                within("max_readers", self.max_readers, self.readers, most),
                # Autoscaling follows the load of the readers, so that there must be one.
                f"max_readers must be 0 without readers, got {self.max_readers}: autoscaling measures readers"
                if self.max_readers > self.readers == 0
                else None,
                within("backup_days", self.backup_days, 1, MAX_BACKUP_DAYS),
                within("dr_readers", self.dr_readers, 0, MAX_DR_READERS),
                "a cluster has one pair of bounds: reader_capacity and capacity may not both be serverless"
                if isinstance(self.capacity, Serverless) and isinstance(self.reader_capacity, Serverless)
                else None,
                f"reader_capacity needs readers or dr_readers, got {self.reader_capacity} for none"
                if self.reader_capacity and not (self.readers or self.dr_readers)
                else None,
                *(
                    f"dr_readers need a class optimised for memory (db.r6g.large …), got {one.instance_class!r}"
                    for one in dict.fromkeys((self.capacity, self.capacity_of_readers))
                    if self.dr_readers and isinstance(one, Instances) and one.instance_class.startswith(BURSTABLE)
                ),
            )
        )

    @property
    def capacity_of_readers(self) -> Instances | Serverless:
        """What every reader is, and every instance in the DR region."""
        return self.reader_capacity or self.capacity


def _capacity(field: str, value: float, lowest: float) -> str | None:
    if lowest <= value <= MAX_ACU and value * 2 == int(value * 2):
        return None
    return f"{field} must be between {lowest:g} and {MAX_ACU:g} in steps of 0.5, got {value:g}"
