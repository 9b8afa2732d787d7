"""Sizes of a PostgreSQL database on RDS."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from sizes.limits import refuse, within
from sizes.postgres_storage import StorageType, storage_problems

# Instance classes of RDS for PostgreSQL 17 on Graviton: family -> sizes.
# Source: Amazon RDS User Guide, "DB instance class types", seen 2026-11.
INSTANCE_CLASSES: Final = frozenset(
    f"db.{family}.{size}"
    for families, sizes in (
        (("t4g",), ("micro", "small", "medium", "large", "xlarge", "2xlarge")),
        (
            ("m6g", "m7g", "m8g", "r6g", "r7g", "r8g"),
            ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
        ),
    )
    for family in families
    for size in sizes
)
# Amazon RDS User Guide, "Introduction to backups".
MAX_BACKUP_DAYS: Final = 35

Version = Literal["15", "16", "17"]
"""Major versions of PostgreSQL that a store may have."""
VERSION: Final = "17"
"""The major version that a new store gets."""


class ReplicaPurpose(StrEnum):
    """What a read replica is for; it names the replica, so that adding one never renames another."""

    API = "api"
    ANALYTICS = "analytics"
    MONITORING = "monitoring"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresSize:
    """What a growth phase decides about a database."""

    instance_class: str
    """RDS instance class, such as `db.t4g.micro`; read replicas have the same but for `replica_class`."""
    storage_gib: int
    """Allocated storage in GiB, 20 (io2: 100) to 65,536; it never shrinks."""
    max_storage_gib: int
    """Where storage autoscaling stops, in GiB; at least 10 % above `storage_gib`."""
    multi_az: bool
    """A standby waits in another availability zone."""
    replicas: tuple[ReplicaPurpose, ...]
    """Read replicas, one a purpose."""
    proxy: bool
    """RDS Proxy pools the connections of the application."""
    backup_days: int
    """Days of point-in-time recovery, 0 (none) to 35."""
    dr_backups: bool
    """Point-in-time recovery in the DR region too, for as many days."""
    version: Version = VERSION
    """Major version of PostgreSQL; AWS chooses the minor one."""
    storage_type: StorageType = "gp3"
    """Kind of storage: gp3, or io2 for a latency that is the same at any load."""
    iops: int | None = None
    """I/O operations a second; null: gp3's own figure. io2 needs it, gp3 takes 12,000 to 64,000 from 400 GiB on."""
    throughput_mibps: int | None = None
    """MiB a second; null: gp3's own figure. gp3 takes 500 to 4,000 from 400 GiB on, io2 derives it from its IOPS."""
    replica_class: str | None = None
    """Class of the read replicas while they go to a larger one before the instance does; null: the instance's."""

    def __post_init__(self) -> None:
        """Reject what RDS would reject, with all that is wrong at once."""
        refuse(
            (
                _unknown_class("instance_class", self.instance_class),
                _unknown_class("replica_class", self.replica_class) if self.replica_class else None,
                f"replica_class needs replicas, got {self.replica_class} for none"
                if self.replica_class and not self.replicas
                else None,
                *storage_problems(
                    self.storage_type, self.storage_gib, self.max_storage_gib, self.iops, self.throughput_mibps
                ),
                within("backup_days", self.backup_days, 0, MAX_BACKUP_DAYS),
                "read replicas need backups: set backup_days to 1 or more, got 0"
                if self.replicas and not self.backup_days
                else None,
                "dr_backups are copies of backups: set backup_days to 1 or more, got 0"
                if self.dr_backups and not self.backup_days
                else None,
                f"replicas must name each purpose once, got {', '.join(self.replicas)}"
                if len(set(self.replicas)) != len(self.replicas)
                else None,
            )
        )

    @property
    def class_of_replicas(self) -> str:
        """The class that every read replica has."""
        return self.replica_class or self.instance_class


def _unknown_class(field: str, class_: str) -> str | None:
    if class_ in INSTANCE_CLASSES:
        return None
    return f"{field} must be one RDS has for PostgreSQL (db.t4g.micro … db.r8g.16xlarge), got {class_!r}"
