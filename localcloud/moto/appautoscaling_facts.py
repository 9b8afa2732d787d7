"""What Application Auto Scaling can scale of the data stores, and by which metrics, as data. Seen 2026-11."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ROLES: Final[Mapping[str, str]] = {
    "dynamodb": "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
    "elasticache": "AWSServiceRoleForApplicationAutoScaling_ElastiCacheRG",
    "rds": "AWSServiceRoleForApplicationAutoScaling_RDSCluster",
}
"""The service-linked role of each namespace. AWS uses it whatever role a request names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dimension:
    """One thing that can be scaled: what its resource id looks like, how far it goes, and its own metrics."""

    resource: re.Pattern[str]
    capacities: range
    """The capacities that a minimum or maximum may name."""
    metrics: Mapping[str, str]
    """Predefined metric type -> the CloudWatch metric behind it."""
    targets: tuple[int, int]
    """The least and greatest target value that a predefined metric takes."""


_TABLE: Final = re.compile(r"table/(?P<table>[a-zA-Z0-9_.-]{3,255})")
_INDEX: Final = re.compile(r"table/(?P<table>[a-zA-Z0-9_.-]{3,255})/index/(?P<index>[a-zA-Z0-9_.-]{3,255})")
_GROUP: Final = re.compile(r"replication-group/(?P<group>[a-zA-Z0-9-]{1,40})")
_UNITS: Final = range(1, 2**31)


def _capacity(resource: re.Pattern[str], direction: str) -> Dimension:
    # Amazon DynamoDB Developer Guide, "Managing throughput capacity automatically": 20 to 90 percent.
    metrics = {f"DynamoDB{direction}CapacityUtilization": f"Consumed{direction}CapacityUnits"}
    return Dimension(resource=resource, capacities=_UNITS, metrics=metrics, targets=(20, 90))


# Amazon ElastiCache User Guide, "Target tracking scaling policies" (35 to 70 percent); Amazon Aurora User Guide,
# "Amazon Aurora Auto Scaling with Aurora Replicas" (at most 15 replicas).
DIMENSIONS: Final[Mapping[str, Dimension]] = {
    "dynamodb:table:ReadCapacityUnits": _capacity(_TABLE, "Read"),
    "dynamodb:table:WriteCapacityUnits": _capacity(_TABLE, "Write"),
    "dynamodb:index:ReadCapacityUnits": _capacity(_INDEX, "Read"),
    "dynamodb:index:WriteCapacityUnits": _capacity(_INDEX, "Write"),
    "elasticache:replication-group:NodeGroups": Dimension(
        resource=_GROUP,
        capacities=range(1, 501),
        metrics={
            "ElastiCachePrimaryEngineCPUUtilization": "EngineCPUUtilization",
            "ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage": "DatabaseMemoryUsageCountedForEvictPercentage",
            "ElastiCacheDatabaseCapacityUsageCountedForEvictPercentage": (
                "DatabaseCapacityUsageCountedForEvictPercentage"
            ),
        },
        targets=(35, 70),
    ),
    "elasticache:replication-group:Replicas": Dimension(
        resource=_GROUP,
        capacities=range(1, 6),
        metrics={"ElastiCacheReplicaEngineCPUUtilization": "EngineCPUUtilization"},
        targets=(35, 70),
    ),
    "rds:cluster:ReadReplicaCount": Dimension(
        resource=re.compile(r"cluster:(?P<cluster>[a-zA-Z][a-zA-Z0-9-]{0,62})"),
        capacities=range(16),
        metrics={
            "RDSReaderAverageCPUUtilization": "CPUUtilization",
            "RDSReaderAverageDatabaseConnections": "DatabaseConnections",
        },
        targets=(1, 2**31),
    ),
}
METRICS: Final = frozenset(metric for dimension in DIMENSIONS.values() for metric in dimension.metrics)
"""Every predefined metric that one of the dimensions has."""

# Amazon ElastiCache User Guide, "Auto Scaling Valkey and Redis OSS clusters": prerequisites.
NODES: Final = re.compile(r"cache\.(r7g|r6g|r6gd|r5|m7g|m6g|m5|c7gn)\.(large|xlarge|2xlarge)")
MEMORY_METRIC: Final = "ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage"
"""Not for nodes with data tiering, whose memory is full by design."""
