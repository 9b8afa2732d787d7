"""Plain resources as a render gives them, for estimates of stacks that nobody deploys."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from costs.amount import Amount
from costs.estimate import Estimate, estimate
from costs.price import PriceBook
from costs.snapshot import load
from costs.stack import Stack
from costs.usage import Usage

HOME, AWAY = "us-east-1", "us-west-2"
TODAY = date(2026, 11, 26)
SUBNETS = ["a", "b"]
NEEDED = ("readsMillions", "writesMillions", "itemKib", "dataGib")
Made = dict[str, Any]
Told = Mapping[str, Mapping[str, Any]]


@cache
def prices() -> PriceBook:
    return load()


def made(type_: str, name: str, **inputs: Any) -> Made:
    return {"type": type_, "name": name, "inputs": inputs, "options": {}}


def instance(store: str, class_: str, gib: int, *, name: str = "primary", **inputs: Any) -> Made:
    more = {"engine": "postgres", "storageType": "gp3", "allocatedStorage": gib, "instanceClass": class_, **inputs}
    return made("aws:rds/instance:Instance", f"{store}-{name}", **more)


def replica(store: str, class_: str, gib: int, **inputs: Any) -> Made:
    return instance(store, class_, gib, name="replica-api", replicateSourceDb="primary", **inputs)


def used(amount: int) -> dict[str, int]:
    """Use a table so much, in every way that there is."""
    return dict.fromkeys(NEEDED, amount)


def proxy(store: str) -> Made:
    return made("aws:rds/proxy:Proxy", f"{store}-proxy")


def table(name: str, indexes: int = 0) -> list[Made]:
    one = made(
        "aws:dynamodb/table:Table",
        f"{name}-table",
        billingMode="PAY_PER_REQUEST",
        pointInTimeRecovery={"enabled": True},
    )
    type_ = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
    return [one, *(made(type_, f"{name}-by-{number}") for number in range(indexes))]


def group(store: str, node: str, *, engine: str = "valkey", replicas: int = 0, **inputs: Any) -> Made:
    more = {"nodeType": node, "engine": engine, "numNodeGroups": 1, "replicasPerNodeGroup": replicas, **inputs}
    return made("aws:elasticache/replicationGroup:ReplicationGroup", f"{store}-group", **more)


def cluster(store: str, name: str, **inputs: Any) -> Made:
    return made("aws:rds/cluster:Cluster", f"{store}-{name}", **inputs)


def member(store: str, name: str, class_: str, **inputs: Any) -> Made:
    more = {"instanceClass": class_, **inputs}
    return made("aws:rds/clusterInstance:ClusterInstance", f"{store}-{name}", **more)


def atlas(store: str, tier: str, *, shards: int = 1, gib: int = 0, **inputs: Any) -> Made:
    spec = {"instanceSize": tier, "nodeCount": 3, **({"diskSizeGb": gib} if gib else {})}
    region = {"providerName": "AWS", "regionName": "US_EAST_1", "priority": 7, "electableSpecs": spec}
    specs = [{"regionConfigs": [region]} for _ in range(shards)]
    kind = "SHARDED" if shards > 1 else "REPLICASET"
    type_ = "mongodbatlas:index/advancedCluster:AdvancedCluster"
    return made(type_, f"{store}-cluster", clusterType=kind, replicationSpecs=specs, **inputs)


def keys(*regions: str) -> list[Made]:
    return [made("aws:kms/key:Key", f"key-{region}", region=region) for region in regions or (HOME,)]


def secrets(store: str, count: int) -> list[Made]:
    return [made("aws:secretsmanager/secret:Secret", f"{store}-{number}-secret") for number in range(count)]


def alarms(count: int) -> list[Made]:
    return [made("aws:cloudwatch/metricAlarm:MetricAlarm", f"alarm-{number}", period=60) for number in range(count)]


def priced(  # noqa: PLR0913  what a test may want to vary
    resources: Sequence[Made],
    usage: Told | None = None,
    *,
    region: str = HOME,
    book: PriceBook | None = None,
    on: date = TODAY,
    stores: Sequence[str] = (),
) -> Estimate:
    """Estimate what is built; the stores are those that usage is told of, and *stores*."""
    told = {
        store: {
            name: value if isinstance(value, Amount) else Amount.of(Decimal(str(value)))
            for name, value in fields.items()
        }
        for store, fields in (usage or {}).items()
    }
    stack = Stack(
        resources=resources,
        region=region,
        stores=tuple({**told, **dict.fromkeys(stores)}),
        usage=Usage(told=told),
        on=on,
    )
    return estimate(stack, book or prices())
