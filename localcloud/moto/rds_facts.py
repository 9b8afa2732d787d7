"""Facts of Aurora PostgreSQL, as data: versions, instance classes, limits. Amazon Aurora User Guide, seen 2026-11."""

from collections.abc import Mapping
from typing import Final

ENGINE: Final = "aurora-postgresql"

# Release Notes for Aurora PostgreSQL, "release calendar for minor versions".
_MINORS: Final[Mapping[int, tuple[int, ...]]] = {
    13: (18, 20, 21, 22, 23),
    14: (6, 9, 10, 11, 12, 13, 15, 17, 18, 19, 20),
    15: (5, 6, 7, 8, 10, 12, 13, 14, 15),
    16: (1, 2, 3, 4, 6, 8, 9, 10, 11),
    17: (4, 5, 6, 7),
}
VERSIONS: Final = tuple(f"{major}.{minor}" for major, minors in _MINORS.items() for minor in minors)
DEFAULT_VERSION: Final = "17.7"
FAMILIES: Final = tuple(f"{ENGINE}{major}" for major in _MINORS)

SERVERLESS: Final = "db.serverless"
# "Supported DB engines for DB instance classes".
_R: Final = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("t3", "t4g"), ("medium", "large")),
    **dict.fromkeys(("r6g", "r7g", "x2g"), _R),
    "r5": (*_R, "24xlarge"),
    "r6gd": _R[2:],
    "r6i": (*_R, "24xlarge", "32xlarge"),
    "r6id": ("24xlarge", "32xlarge"),
    **dict.fromkeys(("r7i", "r8g"), (*_R, "24xlarge", "48xlarge")),
    "r8gd": (*_R[1:], "24xlarge", "48xlarge"),
}
CLASSES: Final = frozenset({SERVERLESS} | {f"db.{one}.{size}" for one, sizes in _CLASSES.items() for size in sizes})

MAX_MEMBERS: Final = 16
"""One writer and 15 Aurora Replicas."""
BACKUP_DAYS: Final = range(1, 36)
LOGS: Final = ("iam-db-auth-error", "instance", "postgresql")
STORAGE_TYPES: Final = ("aurora", "aurora-iopt1")
PORTS: Final = range(1150, 65536)
MONITORING_SECONDS: Final = (0, 1, 5, 10, 15, 30, 60)
INSIGHTS_DAYS: Final = frozenset({7, 731, *(31 * months for months in range(1, 24))})
ADVANCED_INSIGHTS_DAYS: Final = 465
PROMOTION_TIERS: Final = range(16)
RESERVED_USERS: Final = frozenset({"admin", "rdsadmin", "rds_superuser", "rds_replication", "user", "public"})

MIN_CAPACITY: Final = (0.0, 256.0)
MAX_CAPACITY: Final = (1.0, 256.0)
AUTO_PAUSE_SECONDS: Final = range(300, 86_401)
# "Scaling to Zero ACUs with automatic pause and resume".
_FIRST_PAUSING: Final[Mapping[int, int]] = {13: 15, 14: 12, 15: 7, 16: 3, 17: 0}


def numbers(version: str) -> tuple[int, int]:
    """Give the numbers of a full version: `17.7` -> (17, 7)."""
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)


def resolve(wanted: str | None) -> str | None:
    """Give the version that Aurora runs for the one asked for: the newest minor of `17`; None for an unknown one."""
    if not wanted:
        return DEFAULT_VERSION
    known = [version for version in VERSIONS if version == wanted or version.startswith(f"{wanted}.")]
    return known[-1] if known else None


def family(version: str) -> str:
    """Give the parameter group family of a version: `17.7` -> `aurora-postgresql17`."""
    return f"{ENGINE}{numbers(version)[0]}"


def can_pause(version: str) -> bool:
    """Say whether a version can scale to nothing."""
    major, minor = numbers(version)
    return minor >= _FIRST_PAUSING[major]
