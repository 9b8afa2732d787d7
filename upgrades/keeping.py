"""What a store keeps when it goes to a smaller size: what never shrinks."""

from dataclasses import replace
from typing import TypeVar

from sizes.aurora import AuroraSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from stacks.application import Size

SizeT = TypeVar("SizeT", bound=Size)


def kept(now: Size, target: SizeT) -> SizeT:
    """
    Give *target* with what the store cannot give up: storage, the bound of its autoscaling, a major version.

    Another kind of size is given as it is. Source: Amazon RDS User Guide, "Working with storage": allocated storage
    cannot be reduced, nor the bound below what is allocated.
    """
    match now, target:
        case PostgresMove(writer="instance"), PostgresSize():
            return kept(now.instance, target)
        case PostgresSize(), PostgresSize():
            newer = target if int(target.version) >= int(now.version) else replace(target, version=now.version)
            if target.storage_gib < now.storage_gib:
                # All of it: what may be asked of a disk depends on its size.
                return replace(
                    newer,
                    storage_gib=now.storage_gib,
                    max_storage_gib=now.max_storage_gib,
                    storage_type=now.storage_type,
                    iops=now.iops,
                    throughput_mibps=now.throughput_mibps,
                )
            return replace(newer, max_storage_gib=max(now.max_storage_gib, target.max_storage_gib))
        case AuroraSize(), AuroraSize() if int(target.version) < int(now.version):
            return replace(target, version=now.version)
        case _:
            return target
