"""How many connections a PostgreSQL server takes, by its memory: RDS and Aurora derive their limit from it."""

from typing import Final

from sizes.aurora import AuroraSize, Instances
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove

# Memory in GiB of a class's family, for its size `large`; each size above has twice as much as the one before.
# Source: Amazon RDS User Guide, "Hardware specifications for DB instance classes", seen 2026-11.
_LARGE_GIB: Final = {"t4g": 8, "m6g": 8, "m7g": 8, "m8g": 8, "r6g": 16, "r7g": 16, "r8g": 16}
# How often a size has the memory of `large`. Same source.
_TIMES_LARGE: Final = {
    "micro": 1 / 8,
    "small": 1 / 4,
    "medium": 1 / 2,
    "large": 1,
    "xlarge": 2,
    "2xlarge": 4,
    "4xlarge": 8,
    "8xlarge": 16,
    "12xlarge": 24,
    "16xlarge": 32,
}
ACU_GIB: Final = 2
"""Memory of an Aurora capacity unit."""
# Amazon RDS User Guide, "Quotas and constraints": max_connections = LEAST({DBInstanceClassMemory/9531392}, 5000).
BYTES_A_CONNECTION: Final = 9_531_392
MAX_CONNECTIONS: Final = 5_000
# DBInstanceClassMemory is the memory less what AWS keeps for itself, and AWS says nowhere how much that is. But it
# publishes what is left of it (Amazon Aurora User Guide, "Maximum connections for Aurora Serverless v2"): 189
# connections of 1 ACU, 823 of 4, 1,669 of 8, 3,360 of 16. These two give exactly that; instances
# are taken to keep as much.
_KEPT_MIB: Final = 200
_LEFT: Final = 0.9383
# Same source: a minimum of 0 or 0.5 ACU caps the limit, as each connection takes memory that so few units have not.
IDLE_ACU: Final = 0.5
MAX_CONNECTIONS_IDLE: Final = 2_000
RESERVED: Final = 5
"""
Connections that applications do not get.

PostgreSQL keeps three for superusers (`superuser_reserved_connections`), which AWS's own automation uses, and RDS two
for its administrators (`rds.rds_superuser_reserved_connections`).
"""


def memory_gib(instance_class: str) -> float:
    """Give the memory of a class of `sizes.postgres` or `sizes.aurora`; KeyError where there is no such class."""
    _, family, size = instance_class.split(".")
    return _LARGE_GIB[family] * _TIMES_LARGE[size]


def max_connections(instance_class: str) -> int:
    """Give the connections that an instance of a class takes by default, `RESERVED` among them."""
    return _of_memory(memory_gib(instance_class))


def max_connections_serverless(min_acu: float, max_acu: float) -> int:
    """Give the connections that Aurora Serverless v2 takes by default: they follow from its maximum."""
    most = _of_memory(max_acu * ACU_GIB)
    return min(most, MAX_CONNECTIONS_IDLE) if min_acu <= IDLE_ACU else most


def connections_of(size: PostgresSize | AuroraSize | PostgresMove) -> int:
    """Give the connections that the writer of a store takes by default; in a move, that of both which takes fewer."""
    match size:
        case PostgresSize():
            return max_connections(size.instance_class)
        case AuroraSize():
            if isinstance(size.capacity, Instances):
                return max_connections(size.capacity.instance_class)
            return max_connections_serverless(size.capacity.min_acu, size.capacity.max_acu)
        case PostgresMove():
            return min(connections_of(size.instance), connections_of(size.cluster))


def _of_memory(gib: float) -> int:
    left_mib = gib * 1024 * _LEFT - _KEPT_MIB
    return min(int(left_mib * 1024 * 1024 / BYTES_A_CONNECTION), MAX_CONNECTIONS)
