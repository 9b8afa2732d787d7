"""What a PostgreSQL database, on RDS or Aurora, was asked for, and what each of its possible sizes has of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Final

from advice.capacity import FULL, SHARED_AURORA, SHARED_RDS, generation, sustained_percent
from advice.check import ALARMED, MONTHS, SPARE, Check, Told, connected, exact, highest, lowest, outgrown, plain, scaled
from advice.readers import reader_checks, reader_sizes
from costs.classes import vcpus
from sizes.alarms import GIB, Alarm, cluster_alarms, instance_alarms
from sizes.aurora import AURORA_CLASSES, AuroraSize, Instances, Serverless
from sizes.connections import RESERVED, connections_of, memory_gib
from sizes.limits import SizeError
from sizes.load import PostgresLoad
from sizes.postgres import INSTANCE_CLASSES, PostgresSize
from sizes.postgres_storage import (
    AUTOSCALING_HEADROOM,
    MAX_GP3_IOPS,
    MAX_STORAGE_GIB,
    STRIPED_GIB,
    STRIPED_IOPS,
)

GP3_IOPS: Final = 3_000
"""Of gp3 below 400 GiB (Amazon RDS User Guide, "gp3 storage")."""
TENTH: Final = Decimal("0.9")
"""Of storage, what may be used: below a tenth left its alarm rings."""
STEP_GIB: Final = 10
MAX_ACUS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 192, 256)

Alarms = dict[str, Alarm]
Shares = tuple[Decimal, Decimal]
"""Of the memory, what PostgreSQL caches in, now and in the size that is looked at."""


def instance_checks(now: PostgresSize, size: PostgresSize, load: PostgresLoad, told: Told) -> Sequence[Check]:
    """Hold an instance of RDS against what was measured in the size that there is *now*."""
    alarms = {alarm.name: alarm for alarm in instance_alarms(size, load, next_phase="the next phase")}
    return [
        *_class_checks(now.instance_class, size.instance_class, alarms, told, (SHARED_RDS, SHARED_RDS)),
        _connections(size, load, alarms, told),
        *_declared(size, load, now),
        *_storage(now, size, load, alarms, told),
    ]


def cluster_checks(now: AuroraSize, size: AuroraSize, load: PostgresLoad, told: Told) -> Sequence[Check]:
    """Hold a cluster of Aurora against what was measured in the size that there is *now*."""
    alarms = {alarm.name: alarm for alarm in cluster_alarms(size, load, next_phase="the next phase")}
    checks: list[Check] = []
    match now.capacity, size.capacity:
        case Instances(instance_class=before), Instances(instance_class=after):
            checks += _class_checks(before, after, alarms, told, (SHARED_AURORA, SHARED_AURORA))
        case Serverless(), Serverless():
            checks.append(_serverless(now.capacity, size.capacity, alarms, told))
        case _:
            raise SizeError([f"there is no way to tell what {now.capacity} comes to as {size.capacity}"])
    checks += reader_checks(now, size, alarms, told)
    checks += [_connections(size, load, alarms, told), *_declared(size, load, now)]
    return [*checks, *outgrown(load.outgrown_gib, told, ALARMED)]


def moved_checks(now: PostgresSize, size: AuroraSize, load: PostgresLoad, told: Told) -> Sequence[Check]:
    """Hold a cluster of Aurora against what was measured on the instance of RDS that it would take over from."""
    alarms = {alarm.name: alarm for alarm in cluster_alarms(size, load, next_phase="the next phase")}
    checks: list[Check] = []
    if isinstance(size.capacity, Instances):
        shares = (SHARED_RDS, SHARED_AURORA)
        checks += _class_checks(now.instance_class, size.capacity.instance_class, alarms, told, shares)
    checks += [_connections(size, load, alarms, told), *_declared(size, load, now)]
    return [*checks, *outgrown(load.outgrown_gib, told, ALARMED)]


def instance_sizes(now: PostgresSize, told: Told) -> Iterator[PostgresSize]:
    """Yield every size that *now* can become in its phase: any class of its generation or newer, and more storage."""
    for room in dict.fromkeys((now, *_roomier(now, told))):
        for class_ in sorted(INSTANCE_CLASSES):
            if _not_older(class_, now.instance_class):
                yield replace(room, instance_class=class_)


def cluster_sizes(now: AuroraSize, told: Told) -> Iterator[AuroraSize]:
    """Yield every size that *now* can become in its phase: other capacity, or more readers of the same."""
    yield from reader_sizes(now, told)
    match now.capacity:
        case Instances(instance_class=before):
            for class_ in sorted(AURORA_CLASSES):
                # A secondary cluster takes no burstable class.
                burstable = class_.startswith("db.t")
                if _not_older(class_, before) and not (burstable and now.dr_readers):
                    yield replace(now, capacity=Instances(instance_class=class_))
        case Serverless(min_acu=least) as capacity:
            for most in sorted({capacity.max_acu, *(float(acu) for acu in MAX_ACUS if acu >= least)}):
                yield replace(now, capacity=replace(capacity, max_acu=most))


def _not_older(class_: str, before: str) -> bool:
    """Say whether a vCPU of a class is one of the present class's generation, or newer."""
    return generation(class_) == 0 or generation(class_) >= generation(before)


# The class


def _class_checks(before: str, after: str, alarms: Alarms, told: Told, shared: Shares) -> Iterator[Check]:
    had, has = vcpus(before), vcpus(after)
    cpu = highest(told, "cpuPercent")
    yield Check(
        limit="processor",
        field="cpuPercent",
        unit="%",
        measured=cpu,
        then=scaled(cpu, had, has),
        most=_above(alarms["processor"]),
        room=has,
        capacity=f"{has} vCPU",
        source=ALARMED,
    )
    day, sustained = highest(told, "cpuDayPercent"), sustained_percent(after)
    yield Check(
        limit="processor, of a day",
        field="cpuDayPercent",
        unit="%",
        measured=day,
        then=scaled(day, had, has),
        # Above what a burstable class keeps up it is not slowed down: it pays, which is part of its price.
        most=FULL,
        room=has * sustained,
        capacity=f"{has} vCPU" if sustained == FULL else f"{sustained} % of {has} vCPU, surplus credits above",
        source='Amazon RDS User Guide, "DB instance class types", unlimited mode',
    )
    free = lowest(told, "freeMemoryGib")
    had_gib, has_gib = exact(memory_gib(before)), exact(memory_gib(after))
    yield Check(
        limit="memory",
        field="freeMemoryGib",
        unit="GiB free",
        measured=free,
        then=None if free is None else _free_memory(free, had_gib, has_gib, shared),
        least=_below(alarms["memory"]) / GIB,
        room=has_gib,
        capacity=f"{plain(has_gib)} GiB",
        source=ALARMED,
    )


def _free_memory(free: Decimal, had: Decimal, has: Decimal, shared: Shares) -> Decimal:
    """
    Give what would be free in another class.

    PostgreSQL's own cache is a share of the memory and grows with it; what is used beside it is taken to stay.
    """
    before, after = shared
    if had == has and before == after:
        return free
    beside = max(had * (1 - before) - free, Decimal(0))
    return has * (1 - after) - beside


def _connections(size: PostgresSize | AuroraSize, load: PostgresLoad, alarms: Alarms, told: Told) -> Check:
    server, logins = connections_of(size), sum(load.connections.values())
    by_logins = round(logins * 0.9) <= round((server - RESERVED) * float(SPARE))
    capacity = f"the logins may hold {logins:,}" if by_logins else f"the server takes {server:,}"
    instead = f"or let the logins hold more, in the application's file: the server takes {server:,}"
    return connected(told, _above(alarms["connections"]), capacity, ALARMED, instead if by_logins else "")


def _declared(size: PostgresSize | AuroraSize, load: PostgresLoad, now: PostgresSize | AuroraSize) -> Iterator[Check]:
    """Yield what the application's file promises its logins; a pool in front of the server shares it out."""
    if size.proxy and now.proxy:
        return
    takes, logins = Decimal(connections_of(size) - RESERVED), Decimal(sum(load.connections.values()))
    yield Check(
        limit="connections promised to logins",
        field="",
        unit="connections",
        measured=logins,
        then=logins,
        most=takes,
        room=takes,
        capacity=f"the server takes {takes + RESERVED:,}",
        source="the application's file; max_connections as in sizes/connections.py",
    )


def _serverless(now: Serverless, size: Serverless, alarms: Alarms, told: Told) -> Check:
    used, most = highest(told, "acuPercent"), exact(size.max_acu)
    return Check(
        limit="capacity units",
        field="acuPercent",
        unit="%",
        measured=used,
        then=scaled(used, exact(now.max_acu), most),
        most=_above(alarms["capacity"]),
        room=most,
        capacity=f"up to {plain(most)} ACU",
        source=ALARMED,
    )


# The storage


def _storage(now: PostgresSize, size: PostgresSize, load: PostgresLoad, alarms: Alarms, told: Told) -> Iterator[Check]:
    free = lowest(told, "freeStorageGib")
    yield Check(
        limit="storage",
        field="freeStorageGib",
        unit="GiB free",
        measured=free,
        then=None if free is None else free + size.storage_gib - now.storage_gib,
        least=_below(alarms["storage"]) / GIB,
        room=Decimal(size.storage_gib),
        capacity=f"{size.storage_gib:,} GiB",
        source=ALARMED,
    )
    held = _held_then(told)
    yield Check(
        limit=f"storage in {MONTHS} months",
        field="dataGib" if "dataGib" not in told else "growthGib",
        unit="GiB held",
        measured=held,
        then=held,
        most=TENTH * size.max_storage_gib,
        room=Decimal(size.max_storage_gib),
        capacity=f"grows to {size.max_storage_gib:,} GiB",
        source="max_storage_gib, less the tenth below which its alarm rings",
    )
    yield from outgrown(load.outgrown_gib, told, ALARMED)
    used, most = highest(told, "iops"), Decimal(_iops(size))
    yield Check(
        limit="I/O operations",
        field="iops",
        unit="a second",
        measured=used,
        then=used,
        most=most * SPARE,
        room=most,
        capacity=f"{most:,} a second",
        source='Amazon RDS User Guide, "Amazon RDS DB instance storage", less a fifth',
    )


def _held_then(told: Told) -> Decimal | None:
    held, more = highest(told, "dataGib"), highest(told, "growthGib")
    return None if held is None or more is None else held + MONTHS * more


def _iops(size: PostgresSize) -> int:
    return size.iops or (GP3_IOPS if size.storage_gib < STRIPED_GIB else STRIPED_IOPS)


def _roomier(now: PostgresSize, told: Told) -> Iterator[PostgresSize]:
    """Yield what the storage can become so that what was measured fits, in as few GiB and I/O operations as do."""
    free, held, iops = lowest(told, "freeStorageGib"), _held_then(told), highest(told, "iops")
    gib, most = now.storage_gib, now.max_storage_gib
    if free is not None and free < gib / Decimal(10):
        gib = _up((gib - free) / TENTH, STEP_GIB)
    if held is not None and held > TENTH * most:
        most = _up(held / TENTH, STEP_GIB)
    wanted = None if iops is None or iops <= SPARE * _iops(now) else _up(iops / SPARE, 1_000)
    for least in (gib, max(gib, STRIPED_GIB)) if wanted is not None else (gib,):
        chosen = least >= STRIPED_GIB or now.storage_type == "io2"
        yield from _made(now, least, most, wanted if chosen else None)


def _made(now: PostgresSize, gib: int, most: int, iops: int | None) -> Iterator[PostgresSize]:
    if now.storage_type == "gp3" and iops is not None:
        iops = None if iops <= STRIPED_IOPS else min(iops, MAX_GP3_IOPS)
    bound = min(max(most, round(gib * AUTOSCALING_HEADROOM)), MAX_STORAGE_GIB)
    try:
        yield replace(now, storage_gib=gib, max_storage_gib=bound, iops=iops if iops is not None else now.iops)
    except SizeError:
        return  # what RDS would refuse is no choice


def _up(value: Decimal, step: int) -> int:
    return int((value / step).to_integral_value(ROUND_CEILING)) * step


def _above(alarm: Alarm) -> Decimal:
    return exact(alarm.above or 0)


def _below(alarm: Alarm) -> Decimal:
    return exact(alarm.below or 0)
