"""MongoDB Atlas clusters: a tier's price is its whole set of three nodes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from costs import assumed
from costs.amount import HOURS, Amount
from costs.charge import Gap, Item, Kind
from costs.estimators.postgres import Home
from costs.stack import Resource, Stack, block, blocks, is_on, text

Estimator = Callable[[Resource, Stack], Iterator[Item]]

CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
SERVICE: Final = "mongodb_atlas"
NODES: Final = 3
"""What the price of a tier holds."""
# What a tier's price has of storage, in GiB.
INCLUDED_GIB: Final = {"M10": 10, "M20": 20, "M30": 40, "M40": 80, "M50": 160, "M60": 320, "M80": 750}
FREE: Final = "M0"
FLEX_BASE_OPERATIONS: Final = 100
BACKUP_DAYS: Final = 7
SHARDED: Final = ("SHARDED", "GEOSHARDED")


def cluster(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a cluster: each shard a set, by its tier; what has no public price is named."""
    specs = [dict(spec) for spec in blocks(one["inputs"], "replicationSpecs")]
    if not specs:
        yield Gap(store=stack.store_of(one), resource=one["name"], needs="its replicationSpecs", service=SERVICE)
        return
    for number, spec in enumerate(specs):
        regions = list(blocks(spec, "regionConfigs"))
        shards = Decimal(str(spec.get("numShards") or 1))
        yield from _set(one, stack, regions, shards, number)
    yield from _whole(one, stack, specs)


def _set(
    one: Resource, stack: Stack, regions: Sequence[Mapping[str, Any]], shards: Decimal, number: int
) -> Iterator[Item]:
    if not regions:
        yield Gap(store=stack.store_of(one), resource=one["name"], needs="its regionConfigs", service=SERVICE)
        return
    first = max(regions, key=lambda region: int(region.get("priority") or 0))
    spec = block(first, "electableSpecs")
    tier, home = str(spec.get("instanceSize", "")), _home(one, stack, first)
    provider = str(first.get("providerName", ""))
    if provider == "FLEX" or tier == "FLEX":
        yield from _flex(home, stack)
        return
    if tier == FREE:
        yield home.charge(Kind.COMPUTE, FREE, FREE, Amount.of(1))
        return
    what = f"{tier}{f', shard {number + 1}' if number else ''}"
    most = str(block(first, "autoScaling").get("computeMaxInstanceSize") or tier)
    note = "" if most == tier else f"may grow to {most} by itself"
    yield home.charge(Kind.COMPUTE, what, tier, Amount.of(shards * HOURS), note=note)
    gib = Decimal(str(spec.get("diskSizeGb") or one["inputs"].get("diskSizeGb") or 0))
    if tier in INCLUDED_GIB and gib > INCLUDED_GIB[tier]:
        extra = Amount.of((gib - INCLUDED_GIB[tier]) * shards)
        yield home.charge(Kind.STORAGE, f"above {INCLUDED_GIB[tier]} GB", "extra-storage", extra, merges=True)
    yield from _more_nodes(home, regions, shards)


def _home(one: Resource, stack: Stack, region: Mapping[str, Any]) -> Home:
    name = str(region.get("regionName") or "").lower().replace("_", "-")
    return Home(store=stack.store_of(one), region=name or stack.region, resource=one["name"], service=SERVICE)


def _flex(home: Home, stack: Stack) -> Iterator[Item]:
    used = stack.usage.or_assumed(
        home.store,
        "operationsPerSecond",
        Amount(low=Decimal(0), expected=Decimal(FLEX_BASE_OPERATIONS), high=Decimal(FLEX_BASE_OPERATIONS)),
        "within the base price",
    )
    above = used.amount.expected > FLEX_BASE_OPERATIONS
    note = "an upper bound: the price rises by steps" if above else ""
    yield home.charge(Kind.COMPUTE, "Flex", "flex-cap" if above else "flex-base", Amount.of(1), used, note=note)


def _more_nodes(home: Home, regions: Sequence[Mapping[str, Any]], shards: Decimal) -> Iterator[Item]:
    """Charge the nodes that a tier's price does not hold."""
    electable = sum(_count(region, "electableSpecs") for region in regions)
    for what, count in (
        ("electable nodes beyond three", max(electable - NODES, 0)),
        ("read-only nodes", sum(_count(region, "readOnlySpecs") for region in regions)),
        ("analytics nodes", sum(_count(region, "analyticsSpecs") for region in regions)),
    ):
        if count:
            yield home.charge(Kind.COMPUTE, f"{count} {what}", "node", Amount.of(count * shards * HOURS))


def _count(region: Mapping[str, Any], key: str) -> int:
    return int(block(region, key).get("nodeCount") or 0)


def _whole(one: Resource, stack: Stack, specs: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
    regions = list(blocks(specs[0], "regionConfigs"))
    home = _home(one, stack, regions[0] if regions else {})
    if text(one, "clusterType") in SHARDED:
        yield home.charge(Kind.COMPUTE, "config servers", "config-server", Amount.of(HOURS))
    if not (is_on(one, "backupEnabled") or is_on(one, "pitEnabled")):
        return
    data = stack.usage.of(home.store, "dataGib")
    if data is None and stack.usage.of(home.store, "backupGib") is None:
        needs = f"{SERVICE}/{home.region}/cloud-backup: a price, and declared use: backupGib"
        yield Gap(store=home.store, resource=home.resource, needs=needs, service=SERVICE)
        return
    held = (data.amount if data else Amount.of(0)) * (1 + assumed.CHANGED_DAILY * BACKUP_DAYS)
    used = stack.usage.or_assumed(
        home.store, "backupGib", held, f"the data and 2 % of it for each of {BACKUP_DAYS} days"
    )
    yield home.charge(Kind.BACKUP, "cloud backups", "cloud-backup", used.amount, used)


def counted(what: str, kind: Kind, sku: str, quantity: Decimal) -> Estimator:
    """Give an estimator of something that Atlas charges for and publishes no price of: a price of one's own may."""

    def charge(one: Resource, stack: Stack) -> Iterator[Item]:
        yield _home(one, stack, {}).charge(kind, what, sku, Amount.of(quantity))

    return charge


ONCE: Final = Decimal(1)
ESTIMATORS: Final = {
    CLUSTER: cluster,
    "mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint": counted(
        "private endpoint", Kind.NETWORK, "private-endpoint", HOURS
    ),
    "mongodbatlas:index/cloudBackupSnapshotExportBucket:CloudBackupSnapshotExportBucket": counted(
        "exports of backups", Kind.BACKUP, "backup-export", ONCE
    ),
    "mongodbatlas:index/searchDeployment:SearchDeployment": counted("search", Kind.COMPUTE, "search-node", HOURS),
    "mongodbatlas:index/auditing:Auditing": counted("auditing", Kind.MONITORING, "auditing", ONCE),
    "mongodbatlas:index/encryptionAtRest:EncryptionAtRest": counted(
        "encryption with a key of one's own", Kind.SECRETS, "encryption", ONCE
    ),
}
