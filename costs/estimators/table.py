"""DynamoDB: requests or capacity, storage, point-in-time recovery, replicas in other regions."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from costs import assumed
from costs.amount import HOURS, Amount, whole
from costs.charge import Assumption, Charge, Gap, Item, Kind
from costs.estimators.postgres import Home, home_of
from costs.stack import Resource, Stack, block, blocks, is_on, text

TABLE: Final = "aws:dynamodb/table:Table"
INDEX: Final = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
REPLICA: Final = "aws:dynamodb/tableReplica:TableReplica"
TARGET: Final = "aws:appautoscaling/target:Target"
SERVICE: Final = "dynamodb"
# Amazon DynamoDB Developer Guide, "Capacity unit consumption": a write unit is 1 KiB, a read unit 4 KiB.
READ_KIB: Final = 4
INFREQUENT: Final = "STANDARD_INFREQUENT_ACCESS"
NEEDED: Final = ("readsMillions", "writesMillions", "itemKib", "dataGib")


def table(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a table with its indexes."""
    home = home_of(one, stack, SERVICE)
    needed = {name: stack.usage.of(home.store, name) for name in NEEDED}
    if missing := [name for name, found in needed.items() if found is None]:
        needs = f"declared use: {', '.join(missing)}"
        yield Gap(store=home.store, resource=home.resource, needs=needs)
        return
    known = {name: found for name, found in needed.items() if found is not None}
    class_ = "-ia" if text(one, "tableClass") == INFREQUENT else ""
    indexes = _indexes(one, stack, home.store)
    if text(one, "billingMode") == "PAY_PER_REQUEST":
        yield _writes(home, stack, known, indexes, class_)
        yield _reads(home, stack, known, class_)
    else:
        yield from _provisioned(one, home, stack, class_)
    yield from _storage(one, home, stack, known, indexes, class_)
    if is_on(one, "streamEnabled"):
        used = stack.usage.or_assumed(home.store, "streamReadsMillions", Amount.of(0), "only by Lambda and by replicas")
        yield home.charge(Kind.REQUESTS, "stream reads", "streams-read", used.amount, used)
    for replica in blocks(one["inputs"], "replicas"):
        there = Home(
            store=home.store,
            region=str(replica.get("regionName", "")),
            resource=f"{home.resource} replica",
            service=SERVICE,
        )
        recovers = str(replica.get("pointInTimeRecovery", "")).lower() == "true"
        yield from _replica(one, there, home, stack, known, indexes, recovers=recovers)


def replica(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a replica that is a resource of its own."""
    there = home_of(one, stack, SERVICE)
    source = next(iter(stack.of(TABLE, there.store)), None)
    known = {name: found for name in NEEDED if (found := stack.usage.of(there.store, name))}
    if source is None or len(known) < len(NEEDED):
        yield Gap(store=there.store, resource=there.resource, needs="the table that it copies, and its declared use")
        return
    home = home_of(source, stack, SERVICE)
    indexes = _indexes(source, stack, there.store)
    yield from _replica(source, there, home, stack, known, indexes, recovers=is_on(one, "pointInTimeRecovery"))


def _indexes(one: Resource, stack: Stack, store: str) -> int:
    """Count the indexes of a table: those inside it, and those that are resources."""
    inline = [*blocks(one["inputs"], "globalSecondaryIndexes"), *blocks(one["inputs"], "localSecondaryIndexes")]
    return len(inline) + len(stack.of(INDEX, store))


def _writes(home: Home, stack: Stack, known: Mapping[str, Assumption], indexes: int, class_: str) -> Charge:
    units, shares = _write_units(home.store, stack, known, indexes)
    copies = f" to the table and {indexes} indexes" if indexes else ""
    return home.charge(
        Kind.REQUESTS,
        f"writes{copies}",
        f"on-demand-write{class_}",
        units,
        known["writesMillions"],
        known["itemKib"],
        *shares,
    )


def _write_units(
    store: str, stack: Stack, known: Mapping[str, Assumption], indexes: int
) -> tuple[Amount, tuple[Assumption, ...]]:
    transactional = _share(stack, store, "transactionalShare", "no transactions")
    size = known["itemKib"].amount.each(whole).at_least(1)
    units = known["writesMillions"].amount * size * (1 + indexes) * (transactional.amount + 1)
    return units, (transactional,)


def _reads(home: Home, stack: Stack, known: Mapping[str, Assumption], class_: str) -> Charge:
    strong = _share(stack, home.store, "strongShare", "eventually consistent reads")
    transactional = _share(stack, home.store, "transactionalShare", "no transactions")
    size = known["itemKib"].amount.each(lambda kib: whole(kib / READ_KIB)).at_least(1)
    # Half a unit, another half for each strong read, one and a half for each in a transaction.
    each = strong.amount * Decimal("0.5") + transactional.amount * Decimal("1.5") + Decimal("0.5")
    units = known["readsMillions"].amount * size * each
    return home.charge(
        Kind.REQUESTS,
        "reads",
        f"on-demand-read{class_}",
        units,
        known["readsMillions"],
        known["itemKib"],
        strong,
        transactional,
    )


def _provisioned(one: Resource, home: Home, stack: Stack, class_: str) -> Iterator[Item]:
    if class_:
        yield Gap(
            store=home.store, resource=home.resource, needs="prices of provisioned capacity for infrequent access"
        )
        return
    for field, key, inline, dimension, sku in (
        ("averageWcu", "writeCapacity", "writeCapacityUnits", "WriteCapacityUnits", "provisioned-wcu"),
        ("averageRcu", "readCapacity", "readCapacityUnits", "ReadCapacityUnits", "provisioned-rcu"),
    ):
        fixed = _capacity(one["inputs"], key) + sum(
            (_capacity(index, key) for index in blocks(one["inputs"], "globalSecondaryIndexes")), Decimal(0)
        )
        fixed += sum(
            (
                _capacity(block(index["inputs"], "provisionedThroughput"), inline)
                for index in stack.of(INDEX, home.store)
            ),
            Decimal(0),
        )
        default = _scaled(stack, home.store, dimension) or Amount.of(fixed)
        used = stack.usage.or_assumed(
            home.store, field, default, "the capacity of table and indexes, or the middle of its bounds"
        )
        yield home.charge(Kind.REQUESTS, f"capacity, {sku[-3:]}", sku, used.amount * HOURS, used)


def _capacity(inputs: Mapping[str, Any], key: str) -> Decimal:
    return Decimal(str(inputs.get(key) or 0))


def _scaled(stack: Stack, store: str, dimension: str) -> Amount | None:
    """Give the capacity that autoscaling may choose, over table and indexes."""
    found = [
        Amount.between(_capacity(one["inputs"], "minCapacity"), _capacity(one["inputs"], "maxCapacity"))
        for one in stack.of(TARGET, store)
        if str(one["inputs"].get("scalableDimension", "")).endswith(f":{dimension}")
    ]
    total = Amount.of(0)
    for one in found:
        total += one
    return total if found else None


def _storage(
    one: Resource, home: Home, stack: Stack, known: Mapping[str, Assumption], indexes: int, class_: str
) -> Iterator[Item]:
    data = known["dataGib"]
    copies = stack.usage.or_assumed(
        home.store, "indexGib", data.amount * indexes, f"{indexes} indexes, each as big as the table"
    )
    sku = "storage-ia" if class_ else "storage-standard"
    yield home.charge(Kind.STORAGE, "data and indexes", sku, data.amount + copies.amount, data, copies)
    if is_on({"inputs": block(one["inputs"], "pointInTimeRecovery")}, "enabled"):
        yield home.charge(Kind.BACKUP, "point-in-time recovery", "pitr", data.amount, data)


def _replica(  # noqa: PLR0913  what a replica costs depends on all of it
    one: Resource,
    there: Home,
    home: Home,
    stack: Stack,
    known: Mapping[str, Assumption],
    indexes: int,
    *,
    recovers: bool,
) -> Iterator[Item]:
    data, writes, size = known["dataGib"], known["writesMillions"], known["itemKib"]
    has_ttl = is_on({"inputs": block(one["inputs"], "ttl")}, "enabled")
    default = writes.amount * assumed.EXPIRED_SHARE if has_ttl else Amount.of(0)
    expired = stack.usage.or_assumed(
        home.store, "expiredMillions", default, "half as many as writes where there is a TTL"
    )
    changes = writes.amount + expired.amount
    units = changes * size.amount.each(whole).at_least(1) * (1 + indexes)
    yield there.charge(Kind.REQUESTS, "replicated writes", "global-table-rwru", units, writes, expired, size)
    read = stack.usage.or_assumed(home.store, "drReadsMillions", Amount.of(0), "nobody reads the replica")
    yield there.charge(Kind.REQUESTS, "reads", "on-demand-read", read.amount, read)
    copies = stack.usage.or_assumed(
        home.store, "indexGib", data.amount * indexes, f"{indexes} indexes, each as big as the table"
    )
    yield there.charge(Kind.STORAGE, "data and indexes", "storage-standard", data.amount + copies.amount, data, copies)
    if recovers:
        yield there.charge(Kind.BACKUP, "point-in-time recovery", "pitr", data.amount, data)
    gib = changes * size.amount * (Decimal(1_000_000) / assumed.KIB_IN_GIB)
    sent = stack.usage.or_assumed(home.store, "crossRegionGib", gib, "every change once")
    yield home.charge(Kind.NETWORK, "sent to the replica", "cross-region", sent.amount, sent, service="data_transfer")


def _share(stack: Stack, store: str, field: str, why: str) -> Assumption:
    return stack.usage.or_assumed(store, field, Amount.of(0), why)


ESTIMATORS: Final = {TABLE: table, REPLICA: replica}
