"""What AWS and MongoDB say that a class, a node type or a tier has, where no size says it."""

from decimal import Decimal
from typing import Final

from costs.classes import is_burstable

# Amazon EC2 User Guide, "Key concepts for burstable performance instances": baseline use of each vCPU, in %. Above it
# on average over 24 hours, an instance of RDS, which is always in unlimited mode, pays for surplus credits.
_BASELINE: Final = {"micro": 10, "small": 20, "medium": 20, "large": 30, "xlarge": 40, "2xlarge": 40}
FULL: Final = Decimal(100)
# Amazon RDS User Guide, "Working with parameters": shared_buffers is a 32,768th of the memory, in pages of 8 KiB.
# Amazon Aurora User Guide, "Aurora PostgreSQL parameters": a 12,038th.
SHARED_RDS: Final = Decimal(8192) / 32768
SHARED_AURORA: Final = Decimal(8192) / 12038

# Amazon ElastiCache User Guide, "Valkey node-type specific parameters": maxmemory in bytes; m6g and r6g are as m7g and
# r7g.
_MAXMEMORY: Final = {
    "t4g.micro": 536_870_912,
    "t4g.small": 1_471_026_299,
    "t4g.medium": 3_317_862_236,
    "m.large": 6_854_542_746,
    "m.xlarge": 13_891_921_715,
    "m.2xlarge": 27_966_669_210,
    "m.4xlarge": 56_116_178_125,
    "m.8xlarge": 111_325_552_312,
    "m.12xlarge": 168_715_971_994,
    "m.16xlarge": 225_000_375_228,
    "r.large": 14_037_181_030,
    "r.xlarge": 28_261_849_702,
    "r.2xlarge": 56_711_183_565,
    "r.4xlarge": 113_609_865_216,
    "r.8xlarge": 225_000_375_228,
    "r.12xlarge": 341_206_346_547,
    "r.16xlarge": 450_000_750_456,
}
RESERVED: Final = Decimal("0.25")
"""Of maxmemory, what is not for data (the same guide, "Managing reserved memory": 25 % unless somebody changes it)."""
_GIB: Final = 1024**3
_CORES: Final = {"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4}
# MongoDB Atlas documentation, "Amazon Web Services (AWS)", cluster configuration options: vCPU of a node.
TIER_VCPUS: Final = {
    "M10": 2,
    "M20": 2,
    "M30": 2,
    "M40": 4,
    "M50": 8,
    "M60": 16,
    "M80": 32,
    "M140": 48,
    "M200": 64,
    "M300": 96,
    "R40": 2,
    "R50": 4,
    "R60": 8,
    "R80": 16,
    "R200": 32,
    "R300": 48,
    "R400": 64,
    "R700": 96,
}


def sustained_percent(class_: str) -> Decimal:
    """Give the processor use that a database class keeps up for ever without paying more, in % of its vCPU."""
    return Decimal(_BASELINE[class_.rpartition(".")[2]]) if is_burstable(class_) else FULL


def generation(class_: str) -> int:
    """Give the generation of a class or node type; 0 for burstable ones, which are compared by what they keep up."""
    family = class_.split(".")[1]
    return 0 if family.startswith("t") else int(family[1])


def redis_gib(node_type: str) -> Decimal:
    """Give the GiB of a node that are for data: what AWS has it report as 100 %."""
    _, family, size = node_type.split(".")
    key = f"{family}.{size}" if family.startswith("t") else f"{family[0]}.{size}"
    return Decimal(_MAXMEMORY[key]) * (1 - RESERVED) / _GIB


def redis_cores(node_type: str) -> int:
    """Give the vCPU of a node."""
    size = node_type.rpartition(".")[2]
    return _CORES[size] if size in _CORES else 4 * int(size.removesuffix("xlarge"))
