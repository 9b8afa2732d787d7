"""How many readers an Aurora cluster was asked to be, where a usage file tells of them apart from the writer."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from advice.check import ALARMED, Check, Told, exact, highest, scaled
from costs.classes import vcpus
from sizes.alarms import Alarm
from sizes.aurora import MAX_READERS, MAX_READERS_WITH_SECONDARY, AuroraSize, Instances

READER_FIELDS: Final = {"readerCpuPercent": ("processor", "%"), "readerConnections": ("connections", "connections")}
"""Fields of a usage file that tell of readers, each with the cluster's alarm on it and its unit."""


def reader_checks(now: AuroraSize, size: AuroraSize, alarms: Mapping[str, Alarm], told: Told) -> Iterator[Check]:
    """
    Hold the readers of a cluster against what was measured of the busiest one; what nobody told apart has no check.

    Readers share their load alike. Of readers that come with the load the most count: in the time that an alarm waits,
    autoscaling is taken to have added all that it may.
    """
    for field, (alarm, unit) in READER_FIELDS.items():
        used = highest(told, field)
        if used is None or not now.max_readers or not size.max_readers:
            continue
        had, has = Decimal(now.max_readers), Decimal(size.max_readers)
        if field.endswith("Percent"):
            had, has = had * _power(now), has * _power(size)
        yield Check(
            limit=f"{alarm} of readers",
            field=field,
            unit=unit,
            measured=used,
            then=scaled(used, had, has),
            most=exact(alarms[alarm].above or 0),
            room=has,
            capacity=_readers(size),
            source=ALARMED,
        )


def reader_sizes(now: AuroraSize, told: Told) -> Iterator[AuroraSize]:
    """Yield *now* with more readers of its class, where it has some and a usage file tells of them."""
    if not now.max_readers or not any(field in told for field in READER_FIELDS):
        return
    most = MAX_READERS_WITH_SECONDARY if now.dr_readers else MAX_READERS
    for readers in range(now.max_readers + 1, most + 1):
        fixed = now.readers if now.max_readers > now.readers else readers
        yield replace(now, readers=fixed, max_readers=readers)


def _power(size: AuroraSize) -> Decimal:
    """Give what one reader has, in a unit that both sizes share."""
    capacity = size.capacity
    return vcpus(capacity.instance_class) if isinstance(capacity, Instances) else exact(capacity.max_acu)


def _readers(size: AuroraSize) -> str:
    plural = "reader" if size.max_readers == 1 else "readers"
    return f"{'up to ' if size.max_readers > size.readers else ''}{size.max_readers} {plural}"
