"""Redis (Valkey) restored beside itself from its newest snapshot: a replication group, or a serverless cache."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from drills.databases import Client
from drills.report import Check
from drills.scratch import MARK, Order, alike, listed
from restores.window import Snapshot

Look = Callable[[str, int], Iterator[Check]]
"""Given host and port of a restored cache, asks it what it is to be asked."""


class GroupCopy:
    """A replication group without replicas, which keeps no snapshots of its own."""

    def __init__(self, client: Client, order: Order, look: Look) -> None:
        self._elasticache, self._order, self._look = client("elasticache"), order, look
        self._original = self._group(order.source.id)
        self._node = self._first_node(self._original)

    def begin(self) -> None:
        """Restore, with the source's network, key, users and parameters."""
        original, node = self._original, self._node
        clustered = original.get("ClusterEnabled", False)
        self._elasticache.create_replication_group(
            ReplicationGroupId=self._order.scratch.id,
            ReplicationGroupDescription=MARK,
            SnapshotName=_snapshot(self._order).name,
            Engine=original.get("Engine", node["Engine"]),
            EngineVersion=_version(node),
            CacheNodeType=original["CacheNodeType"],
            CacheParameterGroupName=node["CacheParameterGroup"]["CacheParameterGroupName"],
            CacheSubnetGroupName=node["CacheSubnetGroupName"],
            SecurityGroupIds=_groups(node),
            AtRestEncryptionEnabled=original.get("AtRestEncryptionEnabled", False),
            TransitEncryptionEnabled=original.get("TransitEncryptionEnabled", False),
            NumNodeGroups=len(original["NodeGroups"]),
            ReplicasPerNodeGroup=0,
            # A cluster of shards has no other way.
            AutomaticFailoverEnabled=clustered,
            SnapshotRetentionLimit=0,
            Tags=listed(self._order.tags),
            **({"KmsKeyId": original["KmsKeyId"]} if original.get("KmsKeyId") else {}),
            **({"UserGroupIds": original["UserGroupIds"]} if original.get("UserGroupIds") else {}),
            **({"ClusterMode": original["ClusterMode"]} if original.get("ClusterMode") else {}),
        )

    def ready(self) -> bool:
        """Say whether it is available."""
        return self._group(self._order.scratch.id)["Status"] == "available"

    def checks(self) -> Iterator[Check]:
        """Compare settings, then ask the cache."""
        copy = self._group(self._order.scratch.id)
        yield from alike(_facts(self._original, self._node), _facts(copy, self._first_node(copy)))
        endpoint = copy.get("ConfigurationEndpoint") or copy["NodeGroups"][0]["PrimaryEndpoint"]
        yield from self._look(endpoint["Address"], endpoint["Port"])

    def put_back(self) -> Sequence[str]:
        """Name what a real restore has to put back."""
        shards = self._original["NodeGroups"]
        wanted = {
            "tags": True,
            "replicas": any(len(one.get("NodeGroupMembers", ())) > 1 for one in shards),
            "daily snapshots": self._original.get("SnapshotRetentionLimit"),
            "log delivery": self._original.get("LogDeliveryConfigurations"),
        }
        return [name for name, there in wanted.items() if there]

    def _group(self, name: str) -> Mapping[str, Any]:
        (found,) = self._elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
        return found

    def _first_node(self, group: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a node: version, parameters and network are told of nodes only."""
        name = group["MemberClusters"][0]
        (found,) = self._elasticache.describe_cache_clusters(CacheClusterId=name)["CacheClusters"]
        return found


class ServerlessCopy:
    """A serverless cache that keeps no snapshots of its own."""

    def __init__(self, client: Client, order: Order, look: Look) -> None:
        self._elasticache, self._order, self._look = client("elasticache"), order, look
        self._original = self._cache(order.source.id)

    def begin(self) -> None:
        """Restore, with the source's network, key, users and limits."""
        original = self._original
        optional = ("CacheUsageLimits", "KmsKeyId", "UserGroupId")
        self._elasticache.create_serverless_cache(
            ServerlessCacheName=self._order.scratch.id,
            Description=MARK,
            Engine=original["Engine"],
            MajorEngineVersion=original["MajorEngineVersion"],
            SecurityGroupIds=original["SecurityGroupIds"],
            SubnetIds=original["SubnetIds"],
            SnapshotArnsToRestore=[_snapshot(self._order).id],
            SnapshotRetentionLimit=0,
            Tags=listed(self._order.tags),
            **{key: original[key] for key in optional if original.get(key)},
        )

    def ready(self) -> bool:
        """Say whether it is available."""
        return self._cache(self._order.scratch.id)["Status"] == "available"

    def checks(self) -> Iterator[Check]:
        """Compare settings, then ask the cache."""
        copy = self._cache(self._order.scratch.id)
        yield from alike(_serverless_facts(self._original), _serverless_facts(copy))
        yield from self._look(copy["Endpoint"]["Address"], copy["Endpoint"]["Port"])

    def put_back(self) -> Sequence[str]:
        """Name what a real restore has to put back."""
        return ["tags", *(["daily snapshots"] if self._original.get("SnapshotRetentionLimit") else [])]

    def _cache(self, name: str) -> Mapping[str, Any]:
        (found,) = self._elasticache.describe_serverless_caches(ServerlessCacheName=name)["ServerlessCaches"]
        return found


def _snapshot(order: Order) -> Snapshot:
    if order.snapshot is None:
        raise ValueError(f"a {order.source.kind} is restored from a snapshot, got the time {order.at}")
    return order.snapshot


def _facts(group: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "engine": node["Engine"],
        "engine version": _version(node),
        "node type": group["CacheNodeType"],
        "shards": len(group["NodeGroups"]),
        "encryption at rest": group.get("AtRestEncryptionEnabled", False),
        "encryption in transit": group.get("TransitEncryptionEnabled", False),
        "key": group.get("KmsKeyId"),
        "users": group.get("UserGroupIds", []),
        "parameter group": node["CacheParameterGroup"]["CacheParameterGroupName"],
        "subnet group": node["CacheSubnetGroupName"],
        "security groups": _groups(node),
    }


def _serverless_facts(cache: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "engine": cache["Engine"],
        "engine version": cache["MajorEngineVersion"],
        "limits": cache.get("CacheUsageLimits"),
        "key": cache.get("KmsKeyId"),
        "users": cache.get("UserGroupId"),
        "subnets": sorted(cache["SubnetIds"]),
        "security groups": sorted(cache["SecurityGroupIds"]),
    }


def _version(node: Mapping[str, Any]) -> str:
    """Give major and minor version, which is what ElastiCache takes."""
    return ".".join(str(node["EngineVersion"]).split(".")[:2])


def _groups(node: Mapping[str, Any]) -> list[str]:
    return sorted(one["SecurityGroupId"] for one in node.get("SecurityGroups", ()))
