"""What a Redis (Valkey) store was asked for, and what each of its possible sizes has of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal

from advice.capacity import generation, redis_cores, redis_gib
from advice.check import ALARMED, Check, Told, connected, exact, highest, plain, scaled
from sizes.alarms import GIB, node_alarms, serverless_alarms
from sizes.load import RedisLoad
from sizes.redis import BURSTABLE, MAX_ECPU, MAX_SERVERLESS_GIB, NODE_TYPES, ClusterMode, RedisSize, ServerlessRedisSize

HOST: Final = "CPUUtilization"
"""The metric that tells of small nodes."""


def node_checks(
    now: RedisSize, size: RedisSize, load: RedisLoad, told: Told, use: Literal["cache", "queue"]
) -> Sequence[Check]:
    """Hold the nodes of a group against what was measured in the size that there is *now*."""
    alarms = {alarm.name: alarm for alarm in node_alarms(size, use)}
    had, has = redis_gib(now.node_type) * now.shards, redis_gib(size.node_type) * size.shards
    gib = f"{plain(has)} GiB for data"
    used, full = highest(told, "memoryPercent"), exact(alarms["memory"].above or 0)
    evicts = exact(alarms["evictions"].above or 0)
    most = exact(alarms["connections"].above or 0)
    declared = exact(load.data_gib)
    return [
        Check(
            limit="memory",
            field="memoryPercent",
            unit="%",
            measured=used,
            then=scaled(used, had, has),
            most=full,
            room=has,
            capacity=gib,
            source=f"{ALARMED}; maxmemory of the ElastiCache User Guide, less a quarter",
        ),
        _gone(told, "evictions", "evictionsPerMinute", evicts, has=has, had=had, capacity=gib),
        _processor(now, size, alarms["processor"].metric, exact(alarms["processor"].above or 0), told),
        connected(told, most, f"{plain(most)} a node, of 65,000", ALARMED),
        Check(
            limit="data that the application expects",
            field="",
            unit="GiB",
            measured=declared,
            then=declared,
            most=has * full / 100,
            room=has,
            capacity=gib,
            source="the application's file",
        ),
    ]


def _processor(now: RedisSize, size: RedisSize, metric: str, most: Decimal, told: Told) -> Check:
    """
    Hold the processor: small nodes are told by all of it, others by the core that serves commands.

    That core does what it does on any node; only shards take from it.
    """
    host, engine = highest(told, "cpuPercent"), highest(told, "engineCpuPercent")
    if metric == HOST:
        measured, field = host, "cpuPercent"
        then = scaled(host, Decimal(redis_cores(now.node_type)), Decimal(redis_cores(size.node_type)))
    else:
        measured, field, then = engine, "engineCpuPercent", engine
    cores = redis_cores(size.node_type)
    return Check(
        limit="processor",
        field=field,
        unit="%",
        measured=measured,
        then=scaled(then, Decimal(now.shards), Decimal(size.shards)),
        most=most,
        room=Decimal(size.shards * cores),
        capacity=f"{size.shards} x {f'{cores} vCPU' if metric == HOST else 'one core'}",
        source=ALARMED,
    )


def node_sizes(now: RedisSize) -> Iterator[RedisSize]:
    """Yield every size that *now* can become in its phase: any node type, and up to twice the shards."""
    scales = now.max_shards is not None or now.max_replicas_per_shard is not None
    most = 2 * now.shards if now.cluster_mode is ClusterMode.ENABLED and now.max_shards is None else now.shards
    for shards in range(now.shards, most + 1):
        for node in sorted(NODE_TYPES):
            old = 0 < generation(node) < generation(now.node_type)
            if not old and not (scales and node.startswith(BURSTABLE)):
                yield replace(now, node_type=node, shards=shards)


def serverless_checks(
    now: ServerlessRedisSize, size: ServerlessRedisSize, load: RedisLoad, told: Told
) -> Sequence[Check]:
    """Hold a serverless cache against what was measured in the size that there is *now*."""
    alarms = {alarm.name: alarm for alarm in serverless_alarms(size)}
    held, most = highest(told, "dataGib"), exact(alarms["memory"].above or 0) / GIB
    has, had = Decimal(size.max_data_gib), Decimal(now.max_data_gib)
    units, had_units = Decimal(size.max_ecpu_per_second), Decimal(now.max_ecpu_per_second)
    gib, declared = f"up to {has:,} GiB", exact(load.data_gib)
    evicts, refuses = exact(alarms["evictions"].above or 0), exact(alarms["throttles"].above or 0)
    return [
        Check(
            limit="memory",
            field="dataGib",
            unit="GiB held",
            measured=held,
            then=held,
            most=most,
            room=has,
            capacity=gib,
            source=ALARMED,
        ),
        _gone(told, "evictions", "evictionsPerMinute", evicts, has=has, had=had, capacity=gib),
        _gone(
            told,
            "refused commands",
            "refusedPerMinute",
            refuses,
            has=units,
            had=had_units,
            capacity=f"up to {units:,} ECPU a second",
        ),
        Check(
            limit="data that the application expects",
            field="",
            unit="GiB",
            measured=declared,
            then=declared,
            most=most,
            room=has,
            capacity=gib,
            source="the application's file",
        ),
    ]


def _gone(told: Told, limit: str, field: str, most: Decimal, *, has: Decimal, had: Decimal, capacity: str) -> Check:  # noqa: PLR0913  # each is a fact of one limit
    """Hold what was thrown out or refused for want of room: how much more is needed nobody tells, but it is more."""
    measured = highest(told, field)
    return Check(
        limit=limit,
        field=field,
        unit="a minute",
        measured=measured,
        then=Decimal(0) if measured is not None and measured > most and has > had else measured,
        most=most,
        room=has,
        capacity=capacity,
        source=ALARMED,
    )


def serverless_sizes(now: ServerlessRedisSize) -> Iterator[ServerlessRedisSize]:
    """Yield every bound that *now* can have: the doubles of it, which cost nothing until they are used."""
    for gib in _doubles(now.max_data_gib, MAX_SERVERLESS_GIB):
        for units in _doubles(now.max_ecpu_per_second, MAX_ECPU):
            yield replace(now, max_data_gib=gib, max_ecpu_per_second=units)


def _doubles(least: int, most: int) -> Iterator[int]:
    while least <= most:
        yield least
        least *= 2
