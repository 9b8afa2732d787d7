"""Tables of a page: one row a fact, one column a phase."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from pages.words import NOTHING, facts, joined
from sizes.alarms import (
    Alarm,
    cluster_alarms,
    global_alarms,
    instance_alarms,
    node_alarms,
    replica_alarms,
    secondary_alarms,
    serverless_alarms,
    table_alarms,
)
from sizes.atlas import HOME_NODES, AtlasSize, SharedAtlasSize
from sizes.atlas_alerts import AtlasAlert, atlas_alerts
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.connections import RESERVED, connections_of
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import Autoscaled, Key, OnDemand, Provisioned, TableSize
from stacks.application import AtlasStore, BucketStore, PostgresStore, RedisStore, Size, Store, TableStore
from stacks.phases import Phase

GIB: Final = 1024**3
BYTES: Final = ("FreeStorageSpace", "FreeableMemory", "VolumeBytesUsed", "BytesUsedForCache")
"""Metrics whose figures are bytes."""
UNITS: Final[Mapping[str, Sequence[str]]] = {
    "ms": ("AuroraReplicaLagMaximum", "AuroraGlobalDBRPOLag", "ReplicationLatency"),
    "s": ("ReplicaLag", "ReplicationLag"),
}
"""Metrics whose figures are times."""
ATLAS_UNITS: Final = {"RAW": "", "GIGABYTES": "GB", "MILLISECONDS": "ms", "SECONDS": "s", "HOURS": "hours"}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def by_phase(columns: Mapping[Phase, Mapping[str, str]]) -> str:
    """Give a table of what is there in any phase."""
    labels = dict.fromkeys(label for column in columns.values() for label in column)
    rows = [(label, *(columns.get(phase, {}).get(label, NOTHING) for phase in Phase)) for label in labels]
    return table(("", *(f"`{phase}`" for phase in Phase)), [row for row in rows if set(row[1:]) != {NOTHING}])


def facts_by_phase(rows: Mapping[Phase, object]) -> str:
    """Give a table of all that sizes, loads or recoveries say."""
    return by_phase({phase: facts(row) for phase, row in rows.items()})


def alike(stores: Sequence[Store]) -> list[list[Store]]:
    """Group neighbours that are of one kind and have the same sizes in every phase."""
    return [list(group) for _, group in groupby(stores, lambda store: (type(store), dict(store.sizes)))]


def noun(store: Store) -> str:
    """Say what a store is."""
    match store:
        case PostgresStore():
            return f"PostgreSQL, database `{store.database}`"
        case TableStore():
            return "DynamoDB"
        case RedisStore(use="cache"):
            return "Redis (Valkey) that evicts when memory is full"
        case RedisStore():
            return "Redis (Valkey) that refuses writes when memory is full, and never evicts"
        case BucketStore():
            return f"S3, written by `{store.exporter}`"
        case AtlasStore():
            return f"MongoDB on Atlas, database `{store.database}`"


def condition(store: Store) -> str:
    """Say on which choices a store depends; empty if on none."""
    return joined([f"`{choice}: {' or '.join(sorted(values))}`" for choice, values in store.chosen.items()] or [""])


def keys_table(stores: Sequence[TableStore]) -> str:
    """Give the keys of tables, and when their items are over."""
    rows: list[tuple[str, ...]] = []
    for store in stores:
        schema = store.schema
        rows.append(
            (
                f"`{store.name}`",
                _key(schema.partition_key),
                _key(schema.sort_key),
                "all",
                schema.ttl_attribute or "never",
            )
        )
        rows += [
            (
                f"index `{index.name}`",
                _key(index.partition_key),
                _key(index.sort_key),
                ", ".join(index.attributes) or "keys only",
                "",
            )
            for index in schema.indexes
        ]
    return table(("", "partition key", "sort key", "carries", "expires by"), rows)


def _key(key: Key | None) -> str:
    return f"{key.name} ({key.type})" if key else NOTHING


def logins_table(store: PostgresStore) -> str:
    """Give the connections of each login, what they come to, and what the server takes."""
    columns: dict[Phase, dict[str, str]] = {}
    for phase, load in store.loads.items():
        size = store.sizes[phase]
        warned = next(
            alarm.above for alarm in _postgres(store, phase).values() if alarm.metric == "DatabaseConnections"
        )
        columns[phase] = {
            **{f"`{login}`": f"{count:,}" for login, count in load.connections.items()},
            "together": f"{sum(load.connections.values()):,}",
            "the server takes": f"{connections_of(size) - RESERVED:,}",
            "alarm above": f"{warned:,}",
        }
    return by_phase(columns)


def users_table(store: AtlasStore) -> str:
    """Give what each user may do, the connections of all, and what a node takes."""
    columns: dict[Phase, dict[str, str]] = {}
    for phase, load in store.loads.items():
        size = store.sizes[phase]
        columns[phase] = {
            **{f"`{login}`: {_granted(store, login)}": f"{count:,}" for login, count in load.connections.items()},
            "together": f"{sum(load.connections.values()):,}",
            "a node takes": f"{size.connections:,}" if isinstance(size, AtlasSize) else NOTHING,
        }
    return by_phase(columns)


def _granted(store: AtlasStore, login: str) -> str:
    """Say what a user may do, and where."""
    roles: dict[str, list[str]] = {}
    for grant in store.logins[login]:
        roles.setdefault(grant.role, []).append(grant.collection or grant.database)
    return "; ".join(f"{role} in {joined(where)}" for role, where in roles.items())


def alerts(store: AtlasStore, phase: Phase) -> Mapping[str, AtlasAlert]:
    """Give what Atlas tells of a store in a phase, by its name on the page; of shared servers it tells nothing."""
    size = store.sizes[phase]
    if not isinstance(size, AtlasSize):
        return {}
    return {f"{one.name} ({one.metric or one.event})": one for one in atlas_alerts(size, store.loads[phase])}


def alarms_table(store: Store) -> str:
    """Give the figures from which a store's alarms tell of trouble."""
    if isinstance(store, AtlasStore):
        return by_phase(
            {phase: {name: _told(one) for name, one in alerts(store, phase).items()} for phase in store.sizes}
        )
    return by_phase(
        {
            phase: {name: _figure(alarm) for name, alarm in alarms(store, phase).items()}
            for phase in Phase
            if phase in store.sizes
        }
    )


def alarms(store: Store, phase: Phase) -> Mapping[str, Alarm]:
    """Give the alarms of a store in a phase that has it, by their names on the page."""
    match store:
        case PostgresStore():
            return _postgres(store, phase)
        case TableStore():
            return dict(_named("", _table(store.sizes[phase])))
        case RedisStore():
            size = store.sizes[phase]
            redis = node_alarms(size, store.use) if isinstance(size, RedisSize) else serverless_alarms(size)
            return dict(_named("", redis))
        case BucketStore() | AtlasStore():
            return {}


def _postgres(store: PostgresStore, phase: Phase) -> Mapping[str, Alarm]:
    load, after = store.loads[phase], str(phase.next or phase)
    match store.sizes[phase]:
        case PostgresSize() as size:
            return {**dict(_named("", instance_alarms(size, load, next_phase=after))), **dict(_replicas(size))}
        case AuroraSize() as size:
            secondary = _named("DR region: ", secondary_alarms()) if size.dr_readers else ()
            return {**dict(_named("", cluster_alarms(size, load, next_phase=after))), **dict(secondary)}


def _replicas(size: PostgresSize) -> Iterator[tuple[str, Alarm]]:
    """Give the alarms of the replicas, which are the same but for how far each may lag."""
    for purpose in size.replicas:
        for alarm in replica_alarms(size, purpose):
            part = f"replica {purpose}" if alarm.name == "lag" else "replicas"
            yield f"{part}: {alarm.name} ({alarm.metric})", alarm


def _table(size: TableSize) -> Iterator[Alarm]:
    yield from table_alarms(size)
    if size.dr_replica:
        yield from global_alarms()


def _named(part: str, alarms: Iterator[Alarm]) -> Iterator[tuple[str, Alarm]]:
    return ((f"{part}{alarm.name} ({alarm.metric})", alarm) for alarm in alarms)


def _figure(alarm: Alarm) -> str:
    word, figure = ("above", alarm.above) if alarm.above is not None else ("below", alarm.below or 0)
    if alarm.metric in BYTES:
        return f"{word} {round(figure / GIB, 2):,g} GiB"
    units = {
        "%": "Percentage" in alarm.metric or alarm.metric.endswith("Utilization"),
        **{unit: alarm.metric in metrics for unit, metrics in UNITS.items()},
    }
    unit = next((unit for unit, fits in units.items() if fits), "")
    return f"{word} {figure:,.15g} {unit}".strip()


def _told(alert: AtlasAlert) -> str:
    """Give the figure of an alert; an event that has none is told when it happens."""
    if alert.threshold is None:
        return f"after {alert.minutes} minutes" if alert.minutes else "at once"
    word = "above" if alert.threshold.above is not None else "below"
    figure = alert.threshold.above if alert.threshold.above is not None else alert.threshold.below
    share = (alert.metric or "").startswith(("NORMALIZED_", "DISK_PARTITION_SPACE_USED"))
    unit = "%" if share else ATLAS_UNITS[alert.threshold.units]
    return f"{word} {figure:,.15g} {unit}".strip()


def in_short(size: Size | None) -> str:
    """Give what matters most of a size, for a table of all stores."""
    match size:
        case PostgresSize():
            parts = [size.instance_class, f"{size.storage_gib:,} GiB"]
            parts += ["standby"] if size.multi_az else []
            parts += [_count(len(size.replicas), "replica")] if size.replicas else []
        case AuroraSize():
            served = next(iter(facts(size.capacity).values()))
            name = getattr(size.capacity, "instance_class", served)
            parts = [f"Aurora, {1 + size.readers} x {name}"]
            parts += [f"{_count(size.dr_readers, 'reader')} in the DR region"] if size.dr_readers else []
        case TableSize():
            return _billed(size.billing)
        case RedisSize() | ServerlessRedisSize():
            return _cached(size)
        case BucketSize():
            return f"objects kept for {size.expire_after_days:,} days"
        case AtlasSize() | SharedAtlasSize():
            return ", ".join(_cluster(size))
        case PostgresMove() | None:
            return NOTHING
    return ", ".join([*parts, *(["pool"] if size.proxy else []), f"{size.backup_days} days back"])


def _cached(size: RedisSize | ServerlessRedisSize) -> str:
    if isinstance(size, ServerlessRedisSize):
        return f"serverless, up to {size.max_data_gib:,} GiB"
    nodes = size.shards * (1 + size.replicas_per_shard)
    return f"{nodes} x {size.node_type}" + (f" in {size.shards} shards" if size.shards > 1 else "")


def _cluster(size: AtlasSize | SharedAtlasSize) -> Iterator[str]:
    """Give what matters most of a cluster on Atlas."""
    if isinstance(size, SharedAtlasSize):
        yield f"{size.tier}, shared with others"
        return
    nodes = size.specs * (HOME_NODES + size.dr_nodes + size.analytics_nodes + size.read_only_nodes)
    yield f"{nodes} x {size.tier}" + (f" to {size.max_tier}" if size.max_tier else "")
    yield f"{size.disk_gib:,} GB"
    if size.sharded:
        yield f"sharded ({_count(size.specs, 'shard')})"
    if size.several_regions:
        yield "two regions"
    yield f"{size.recovery_days} days back"


def _billed(billing: OnDemand | Provisioned | Autoscaled) -> str:
    match billing:
        case Provisioned():
            return f"{billing.read_units:,} / {billing.write_units:,} units a second"
        case OnDemand() | Autoscaled():
            kind = "on demand" if isinstance(billing, OnDemand) else "autoscaled"
            return f"{kind}, up to {billing.max_read_units:,} / {billing.max_write_units:,} units a second"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")
