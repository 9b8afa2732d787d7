"""What a store would cost in another size: its resources with what that size changes of them, on the same prices."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from advice.check import Told
from costs.estimate import Estimate, estimate, total
from costs.estimators.scaling import READERS
from costs.price import PriceBook
from costs.stack import Resource, Stack
from costs.usage import Usage
from sizes.atlas import AtlasSize
from sizes.aurora import AuroraSize, Instances
from sizes.postgres import PostgresSize
from sizes.postgres_storage import figures
from sizes.redis import RedisSize
from stacks.application import Size

TARGET: Final = "aws:appautoscaling/target:Target"
INSTANCE: Final = "aws:rds/instance:Instance"
MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"


class Prices:
    """Prices the sizes of one stack's stores; the resources are those of the sizes that there are."""

    def __init__(self, stack: Stack, book: PriceBook) -> None:
        self._stack, self._book = stack, book
        self._gaps: dict[str, frozenset[str]] = {}

    def of(self, store: str, size: Size, told: Told) -> Decimal | None:
        """
        Give USD a month of a store, used so; None where the size has something without a price that others have.

        Alarms of nodes that a size adds are left out: their number says nothing of which size is best.
        """
        if store not in self._gaps:
            self._gaps[store] = _gaps(self._priced(self._stack.resources, self._stack.usage))
        usage = replace(self._stack.usage, told={**self._stack.usage.told, store: told})
        resources = [self._resized(one, store, size) for one in self._stack.resources]
        found = self._priced([*resources, *_more_members(resources, store, size)], usage)
        if _gaps(found) - self._gaps[store]:
            return None
        return total(line for line in found.lines if line.charge.store == store)

    def _resized(self, one: Resource, store: str, size: Size) -> Resource:
        """Give a resource with the inputs that a size of its store decides; those that cost the same stay."""
        change = _CHANGES.get(one["type"])
        if change is None or self._stack.store_of(one) != store:
            return one
        return {**one, "inputs": {**one["inputs"], **change(one["inputs"], size)}}

    def _priced(self, resources: Sequence[Resource], usage: Usage) -> Estimate:
        return estimate(replace(self._stack, resources=resources, usage=usage), self._book)


def _gaps(found: Estimate) -> frozenset[str]:
    return frozenset(f"{gap.resource}: {gap.needs}" for gap in found.unpriced)


def _instance(inputs: Mapping[str, Any], size: Size) -> Mapping[str, Any]:
    del inputs
    if not isinstance(size, PostgresSize):
        return {}
    iops, throughput = figures(size.storage_type, size.storage_gib, size.iops, size.throughput_mibps)
    return {
        "instanceClass": size.instance_class,
        "allocatedStorage": size.storage_gib,
        "maxAllocatedStorage": size.max_storage_gib,
        "iops": iops,
        "storageThroughput": throughput,
    }


def _member(inputs: Mapping[str, Any], size: Size) -> Mapping[str, Any]:
    del inputs
    match size:
        case AuroraSize(capacity=Instances(instance_class=class_)):
            return {"instanceClass": class_}
        case _:
            return {}


def _more_members(resources: Sequence[Resource], store: str, size: Size) -> Iterator[Resource]:
    """Yield the readers that a size adds to a cluster, each as its last member is."""
    members = [one for one in resources if one["type"] == MEMBER and one["name"].startswith(f"{store}-member-")]
    if isinstance(size, AuroraSize) and members:
        for number in range(len(members) + 1, size.readers + 2):
            yield {**members[-1], "name": f"{store}-member-{number}"}


def _target(inputs: Mapping[str, Any], size: Size) -> Mapping[str, Any]:
    if not isinstance(size, AuroraSize) or inputs.get("scalableDimension") != READERS:
        return {}
    return {"minCapacity": size.readers, "maxCapacity": size.max_readers}


def _group(inputs: Mapping[str, Any], size: Size) -> Mapping[str, Any]:
    if not isinstance(size, RedisSize):
        return {}
    shards = {"numNodeGroups": size.shards} if "numNodeGroups" in inputs else {}
    return {"nodeType": size.node_type, **shards}


def _cluster(inputs: Mapping[str, Any], size: Size) -> Mapping[str, Any]:
    if not isinstance(size, AtlasSize):
        return {}
    return {"replicationSpecs": [_spec(spec, size) for spec in inputs.get("replicationSpecs") or ()]}


def _spec(spec: Mapping[str, Any], size: AtlasSize) -> Mapping[str, Any]:
    return {**spec, "regionConfigs": [_region(region, size) for region in spec.get("regionConfigs") or ()]}


def _region(region: Mapping[str, Any], size: AtlasSize) -> Mapping[str, Any]:
    nodes = {key: {**value, "instanceSize": size.tier} for key, value in region.items() if key.endswith("Specs")}
    scaling = region.get("autoScaling")
    bounds = {"autoScaling": {**scaling, "computeMaxInstanceSize": size.max_tier}} if scaling and size.max_tier else {}
    return {**region, **nodes, **bounds}


_CHANGES: Final = {INSTANCE: _instance, MEMBER: _member, TARGET: _target, GROUP: _group, CLUSTER: _cluster}
