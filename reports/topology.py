"""What a stack has and where, read from its resources: stores, their parts, and what copies them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Literal

from readiness.situation import Resource, Situation
from stacks.application import AtlasStore, BucketStore, PostgresStore, RedisStore, Store, TableStore

Shape = Literal["data", "thing"]
VAULT: Final = "aws:backup/vault:Vault"
INDEX: Final = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Something that holds data or leads to it."""

    label: str
    detail: str = ""
    shape: Shape = "data"


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A store, or the backups of all."""

    name: str
    what: str
    home: Sequence[Part]
    dr: Sequence[Part]
    """What it has in the DR region."""
    asked: bool
    """Clients ask it; else something else writes to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Topology:
    """What a stack has."""

    region: str
    dr_region: str
    groups: Sequence[Group]


def topology(situation: Situation) -> Topology:
    """Read what is where from the resources of a stack."""
    settings = situation.settings
    groups = [_group(situation, store) for store in situation.stores]
    vaults = situation.of(VAULT)
    home = [Part(label="vault", detail="backups of the stores") for one in vaults if not _is_away(one, situation)]
    dr = [Part(label="vault", detail="copies of daily backups") for one in vaults if _is_away(one, situation)]
    if home or dr:
        groups.append(Group(name="AWS Backup", what="", home=home, dr=dr, asked=False))
    return Topology(region=settings.region, dr_region=settings.dr_region, groups=groups)


def in_words(shown: Topology) -> Iterator[str]:
    """Say the same without a picture: a sentence a store."""
    for group in shown.groups:
        home = ", ".join(_said(part) for part in group.home)
        away = ", ".join(_said(part) for part in group.dr)
        what = f" ({group.what})" if group.what else ""
        yield f"{group.name}{what}: {home}" + (f"; in {shown.dr_region}: {away}" if away else "")


def _said(part: Part) -> str:
    return f"{part.label}, {part.detail}" if part.detail else part.label


def _is_away(one: Resource, situation: Situation) -> bool:
    return one["inputs"].get("region", situation.settings.region) != situation.settings.region


def _group(situation: Situation, store: Store) -> Group:
    home: list[Part] = []
    dr: list[Part] = []
    own = [one for one in situation.resources if situation.store_of(one) == store.name]
    for type_, part in _PARTS.items():
        found = [one for one in own if one["type"] == type_]
        home += part([one for one in found if not _is_away(one, situation)], store)
        dr += part([one for one in found if _is_away(one, situation)], store)
    for one in own:
        dr += _replicas_of(one)
    return Group(name=store.name, what=_kind(store), home=home, dr=dr, asked=not isinstance(store, BucketStore))


def _kind(store: Store) -> str:
    match store:
        case PostgresStore():
            return "PostgreSQL"
        case TableStore():
            return "DynamoDB"
        case RedisStore():
            return f"Redis, a {store.use}"
        case BucketStore():
            return f"S3, written by {store.exporter}"
        case AtlasStore():
            return "MongoDB Atlas"


_Resources = Sequence[Resource]


def _pool(found: _Resources, _: Store) -> Iterator[Part]:
    if found:
        yield Part(label="pool", detail="RDS Proxy", shape="thing")


def _instances(found: _Resources, store: Store) -> Iterator[Part]:
    for one in found:
        inputs = one["inputs"]
        detail = f"{inputs.get('instanceClass')}, {inputs.get('allocatedStorage', 0):,} GiB"
        purpose = one["name"].removeprefix(f"{store.name}-replica-")
        if inputs.get("replicateSourceDb"):
            yield Part(label=f"read replica for {purpose}", detail=detail)
        else:
            yield Part(label="primary", detail=detail)
            if inputs.get("multiAz"):
                yield Part(label="standby", detail="in another zone")


def _members(found: _Resources, _: Store) -> Iterator[Part]:
    """Say members of one class together: the first of those at home writes."""
    classes = [str(one["inputs"].get("instanceClass")) for one in found]
    for name, same in groupby(classes):
        count = len(list(same))
        yield Part(label="Aurora", detail=f"{count} x {name}")


def _tables(found: _Resources, _: Store) -> Iterator[Part]:
    for one in found:
        billed = "on demand" if one["inputs"].get("billingMode") == "PAY_PER_REQUEST" else "provisioned"
        yield Part(label="table", detail=billed)


def _indexes(found: _Resources, store: Store) -> Iterator[Part]:
    if found:
        yield Part(label="indexes", detail=", ".join(one["name"].removeprefix(f"{store.name}-") for one in found))


def _copied_table(found: _Resources, _: Store) -> Iterator[Part]:
    yield from (Part(label="replica", detail="global table") for _one in found)


def _nodes(found: _Resources, _: Store) -> Iterator[Part]:
    for one in found:
        inputs = one["inputs"]
        shards, replicas = int(inputs.get("numNodeGroups", 1)), int(inputs.get("replicasPerNodeGroup", 0))
        shape = f"{shards} shards, " if shards > 1 else ""
        yield Part(
            label=str(inputs.get("engine", "redis")),
            detail=f"{shape}{shards * (1 + replicas)} x {inputs.get('nodeType')}",
        )


def _serverless(found: _Resources, _: Store) -> Iterator[Part]:
    yield from (Part(label=str(one["inputs"].get("engine")), detail="serverless") for one in found)


def _buckets(found: _Resources, _: Store) -> Iterator[Part]:
    yield from (Part(label="bucket") for _one in found)


def _copied_backups(found: _Resources, _: Store) -> Iterator[Part]:
    yield from (Part(label="backups", detail="point-in-time recovery") for _one in found)


def _atlas(found: _Resources, _: Store) -> Iterator[Part]:
    for one in found:
        specs: list[Any] = one["inputs"].get("replicationSpecs", [])
        tiers = [
            (region.get("regionName"), electable.get("nodeCount"), electable.get("instanceSize"))
            for spec in specs
            for region in spec.get("regionConfigs", [])
            if (electable := region.get("electableSpecs"))
        ]
        shards = f"{len(specs)} shards, " if len(specs) > 1 else ""
        for where, count, tier in dict.fromkeys(tiers):
            size = f"{count} x {tier}" if count else str(tier)
            yield Part(label="replica set", detail=f"{shards}{size} in {str(where).lower().replace('_', '-')}")


def _replicas_of(one: Resource) -> Iterator[Part]:
    """Give the replicas that are written inside a table."""
    if one["type"] == "aws:dynamodb/table:Table":
        for replica in one["inputs"].get("replicas", ()):
            yield Part(label="replica", detail=f"global table, {replica.get('regionName')}")


_PARTS: Final[Mapping[str, Callable[[_Resources, Store], Iterator[Part]]]] = {
    "aws:rds/proxy:Proxy": _pool,
    "aws:rds/instance:Instance": _instances,
    "aws:rds/clusterInstance:ClusterInstance": _members,
    "aws:dynamodb/table:Table": _tables,
    INDEX: _indexes,
    "aws:dynamodb/tableReplica:TableReplica": _copied_table,
    "aws:elasticache/replicationGroup:ReplicationGroup": _nodes,
    "aws:elasticache/serverlessCache:ServerlessCache": _serverless,
    "aws:s3/bucket:Bucket": _buckets,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": _copied_backups,
    "mongodbatlas:index/advancedCluster:AdvancedCluster": _atlas,
}
"""Types that are shown, in the order in which clients reach them."""
