"""Instance classes of RDS and Aurora: how many vCPU they have."""

import re
from decimal import Decimal
from typing import Final

from costs.stack import UnknownValueError

# Amazon RDS User Guide, "DB instance classes": burstable classes have two up to large, the others two at large.
_SMALL: Final = ("micro", "small", "medium", "large")
_CLASS: Final = re.compile(r"db\.([a-z][0-9a-z]*)\.(micro|small|medium|large|(\d*)xlarge)")
VCPUS_OF_XLARGE: Final = 4


def vcpus(class_: str) -> Decimal:
    """Give the vCPU of an instance class; raises UnknownValueError for what is none."""
    found = _CLASS.fullmatch(class_)
    if found is None:
        raise UnknownValueError(f"instanceClass must be like db.m7g.large, got {class_!r}")
    _, size, times = found.groups()
    return Decimal(2) if size in _SMALL else Decimal(VCPUS_OF_XLARGE) * int(times or 1)


def is_burstable(class_: str) -> bool:
    """Say whether a class earns and spends CPU credits."""
    return class_.startswith("db.t")
