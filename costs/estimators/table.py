"""DynamoDB: requests or capacity, storage, point-in-time recovery, replicas in other regions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    """A table, and what is known of its use."""

    resource: Resource
    home: Home
    stack: Stack
    reads: Assumption
    writes: Assumption
    item: Assumption
    data: Assumption

    @property
    def suffix(self) -> str:
        """What the skus of its class end in."""
        return "-ia" if text(self.resource, "tableClass") == INFREQUENT else ""

    @property
    def indexes(self) -> int:
        """Those inside it, and those that are resources."""
        inputs = self.resource["inputs"]
        inline = [*blocks(inputs, "globalSecondaryIndexes"), *blocks(inputs, "localSecondaryIndexes")]
        return len(inline) + len(self.stack.of(INDEX, self.home.store))

    def assumed(self, field: str, default: Amount, why: str) -> Assumption:
        """Give a quantity that somebody said, else our assumption."""
        return self.stack.usage.or_assumed(self.home.store, field, default, why)


def table(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a table with its indexes."""
    found = _known(one, stack)
    if isinstance(found, Gap):
        yield found
        return
    if text(one, "billingMode") == "PAY_PER_REQUEST":
        yield _writes(found)
        yield _reads(found)
    else:
        yield from _provisioned(found)
    yield _held(found, found.home, f"storage{found.suffix or '-standard'}")
    if is_on({"inputs": block(one["inputs"], "pointInTimeRecovery")}, "enabled"):
        yield found.home.charge(Kind.BACKUP, "point-in-time recovery", "pitr", found.data.amount, found.data)
    if is_on(one, "streamEnabled"):
        used = found.assumed("streamReadsMillions", Amount.of(0), "only by Lambda and by replicas")
        yield found.home.charge(Kind.REQUESTS, "stream reads", "streams-read", used.amount, used)
    for inside in blocks(one["inputs"], "replicas"):
        there = replace(found.home, region=str(inside.get("regionName", "")), resource=f"{one['name']} replica")
        yield from _replica(found, there, recovers=is_on({"inputs": inside}, "pointInTimeRecovery"))


def replica(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a replica that is a resource of its own."""
    there = home_of(one, stack, SERVICE)
    source = next(iter(stack.of(TABLE, there.store)), None)
    if source is None:
        yield Gap(store=there.store, resource=there.resource, needs="the table that it copies")
        return
    found = _known(source, stack)
    if isinstance(found, Gap):
        yield replace(found, resource=there.resource)
        return
    yield from _replica(found, there, recovers=is_on(one, "pointInTimeRecovery"))


def _known(one: Resource, stack: Stack) -> _Table | Gap:
    """Give what is known of a table's use: requests have no assumption."""
    home = home_of(one, stack, SERVICE)
    reads, writes, item, data = (stack.usage.of(home.store, name) for name in NEEDED)
    if reads is None or writes is None or item is None or data is None:
        missing = [name for name in NEEDED if stack.usage.of(home.store, name) is None]
        return Gap(store=home.store, resource=home.resource, needs=f"declared use: {', '.join(missing)}")
    return _Table(resource=one, home=home, stack=stack, reads=reads, writes=writes, item=item, data=data)


def _writes(found: _Table) -> Charge:
    transactional = found.assumed("transactionalShare", Amount.of(0), "no transactions")
    size = found.item.amount.each(whole).at_least(1)
    units = found.writes.amount * size * (1 + found.indexes) * (transactional.amount + 1)
    copies = f" to the table and {found.indexes} of its indexes" if found.indexes else ""
    inputs = (found.writes, found.item, transactional)
    return found.home.charge(Kind.REQUESTS, f"writes{copies}", f"on-demand-write{found.suffix}", units, *inputs)


def _reads(found: _Table) -> Charge:
    strong = found.assumed("strongShare", Amount.of(0), "eventually consistent reads")
    transactional = found.assumed("transactionalShare", Amount.of(0), "no transactions")
    size = found.item.amount.each(lambda kib: whole(kib / READ_KIB)).at_least(1)
    # Half a unit, another half for each strong read, one and a half for each in a transaction.
    each = strong.amount * Decimal("0.5") + transactional.amount * Decimal("1.5") + Decimal("0.5")
    inputs = (found.reads, found.item, strong, transactional)
    units = found.reads.amount * size * each
    return found.home.charge(Kind.REQUESTS, "reads", f"on-demand-read{found.suffix}", units, *inputs)


def _provisioned(found: _Table) -> Iterator[Item]:
    home, inputs, stack = found.home, found.resource["inputs"], found.stack
    if found.suffix:
        needs = "prices of provisioned capacity for infrequent access"
        yield Gap(store=home.store, resource=home.resource, needs=needs)
        return
    for field, key, inline, sku in (
        ("averageWcu", "writeCapacity", "writeCapacityUnits", "provisioned-wcu"),
        ("averageRcu", "readCapacity", "readCapacityUnits", "provisioned-rcu"),
    ):
        inside = [_capacity(index, key) for index in blocks(inputs, "globalSecondaryIndexes")]
        beside = [
            _capacity(block(index["inputs"], "provisionedThroughput"), inline) for index in stack.of(INDEX, home.store)
        ]
        fixed = sum((*inside, *beside), _capacity(inputs, key))
        default = _scaled(stack, home.store, f"{inline[0].upper()}{inline[1:]}") or Amount.of(fixed)
        used = found.assumed(field, default, "what table and indexes have, or the middle of their bounds")
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


def _held(found: _Table, home: Home, sku: str) -> Charge:
    """Charge what a table holds, and its indexes where it has any."""
    data = found.data
    if not found.indexes:
        return home.charge(Kind.STORAGE, "data", sku, data.amount, data)
    copies = found.assumed("indexGib", data.amount * found.indexes, "each index as big as the table")
    return home.charge(Kind.STORAGE, "data and indexes", sku, data.amount + copies.amount, data, copies)


def _replica(found: _Table, there: Home, *, recovers: bool) -> Iterator[Item]:
    has_ttl = is_on({"inputs": block(found.resource["inputs"], "ttl")}, "enabled")
    default = found.writes.amount * assumed.EXPIRED_SHARE if has_ttl else Amount.of(0)
    expired = found.assumed("expiredMillions", default, "half as many as writes where there is a TTL")
    changes = found.writes.amount + expired.amount
    units = changes * found.item.amount.each(whole).at_least(1) * (1 + found.indexes)
    inputs = (found.writes, expired, found.item)
    yield there.charge(Kind.REQUESTS, "replicated writes", "global-table-rwru", units, *inputs)
    read = found.assumed("drReadsMillions", Amount.of(0), "nobody reads the replica")
    yield there.charge(Kind.REQUESTS, "reads", "on-demand-read", read.amount, read)
    yield _held(found, there, "storage-standard")
    if recovers:
        yield there.charge(Kind.BACKUP, "point-in-time recovery", "pitr", found.data.amount, found.data)
    gib = changes * found.item.amount * (Decimal(1_000_000) / assumed.KIB_IN_GIB)
    sent = found.assumed("crossRegionGib", gib, "every change once")
    yield found.home.charge(
        Kind.NETWORK, "sent to the replica", "cross-region", sent.amount, sent, service="data_transfer"
    )


ESTIMATORS: Final = {TABLE: table, REPLICA: replica}
