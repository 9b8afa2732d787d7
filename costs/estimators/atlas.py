"""MongoDB Atlas clusters: a tier's price is its whole set of three nodes."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from costs.amount import HOURS, Amount
from costs.charge import Gap, Item, Kind
from costs.estimators.postgres import Home
from costs.stack import Resource, Stack, block, blocks, is_on, text

CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
SERVICE: Final = "mongodb_atlas"
NODES: Final = 3
"""What the price of a tier holds."""
# What a tier's price has of storage, in GiB.
INCLUDED_GIB: Final = {"M10": 10, "M20": 20, "M30": 40, "M40": 80, "M50": 160, "M60": 320, "M80": 750}
FREE: Final = "M0"
FLEX_BASE_OPERATIONS: Final = 100
SHARDED: Final = ("SHARDED", "GEOSHARDED")


def cluster(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a cluster: each shard a set, by its tier; what has no public price is named."""
    specs = [dict(spec) for spec in blocks(one["inputs"], "replicationSpecs")]
    if not specs:
        yield Gap(store=stack.store_of(one), resource=one["name"], needs="its replicationSpecs")
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
        yield Gap(store=stack.store_of(one), resource=one["name"], needs="its regionConfigs")
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
    yield from _more_nodes(home, regions)


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


def _more_nodes(home: Home, regions: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
    """Name the nodes that a tier's price does not hold."""
    electable = sum(_count(region, "electableSpecs") for region in regions)
    extra = {
        "electable nodes beyond three": max(electable - NODES, 0),
        "read-only nodes": sum(_count(region, "readOnlySpecs") for region in regions),
        "analytics nodes": sum(_count(region, "analyticsSpecs") for region in regions),
    }
    for what, count in extra.items():
        if count:
            key = f"{SERVICE}/{home.region}/node"
            yield Gap(store=home.store, resource=home.resource, needs=f"{key}: a price for {count} {what}")


def _count(region: Mapping[str, Any], key: str) -> int:
    return int(block(region, key).get("nodeCount") or 0)


def _whole(one: Resource, stack: Stack, specs: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
    regions = list(blocks(specs[0], "regionConfigs"))
    home = _home(one, stack, regions[0] if regions else {})
    if text(one, "clusterType") in SHARDED:
        needs = f"{SERVICE}/{home.region}/config-server: a price for its config servers"
        yield Gap(store=home.store, resource=home.resource, needs=needs)
    if not (is_on(one, "backupEnabled") or is_on(one, "pitEnabled")):
        return
    held = stack.usage.of(home.store, "backupGib") or stack.usage.of(home.store, "dataGib")
    if held is None:
        needs = f"{SERVICE}/{home.region}/cloud-backup: a price, and declared use: backupGib"
        yield Gap(store=home.store, resource=home.resource, needs=needs)
        return
    yield home.charge(Kind.BACKUP, "cloud backups", "cloud-backup", held.amount, held)


def named(what: str) -> Any:
    """Give an estimator of something that Atlas charges for and has no public price."""

    def gap(one: Resource, stack: Stack) -> Iterator[Item]:
        yield Gap(store=stack.store_of(one), resource=one["name"], needs=f"a price for {what}: MongoDB publishes none")

    return gap


ESTIMATORS: Final = {
    CLUSTER: cluster,
    "mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint": named("private endpoints"),
    "mongodbatlas:index/privatelinkEndpoint:PrivatelinkEndpoint": named("private endpoints"),
    "mongodbatlas:index/cloudBackupSnapshotExportBucket:CloudBackupSnapshotExportBucket": named("exports of backups"),
    "mongodbatlas:index/searchDeployment:SearchDeployment": named("search nodes"),
    "mongodbatlas:index/auditing:Auditing": named("database auditing"),
    "mongodbatlas:index/encryptionAtRest:EncryptionAtRest": named("encryption with a key of one's own"),
}
