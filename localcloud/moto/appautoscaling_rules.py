"""What Application Auto Scaling refuses of targets, policies and scheduled actions of the data stores."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.models import dynamodb_backends
from moto.elasticache.models import elasticache_backends
from moto.rds.models import rds_backends

from localcloud.moto.appautoscaling_facts import (
    DIMENSIONS,
    MEMORY_METRIC,
    METRICS,
    NODES,
)
from localcloud.resources.schedule_expression import schedule_problems, zone_problems

_INVALID: Final = "ValidationException"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What a target, its policies and its scheduled actions are for."""

    namespace: str
    resource: str
    dimension: str

    def __str__(self) -> str:
        return (
            f"service namespace: {self.namespace}, resource ID: {self.resource}, scalable dimension: {self.dimension}"
        )

    def holds(self, one: Any) -> bool:
        """Say whether a policy or an action of moto is for this."""
        return (one.service_namespace, one.resource_id, one.scalable_dimension) == (
            self.namespace,
            self.resource,
            self.dimension,
        )


def refuse(code: str, message: str) -> NoReturn:
    """Answer with an error of AWS: its code and message."""
    raise JsonRESTError(code, message)


# Targets


def refuse_dimension(namespace: str, resource: str, dimension: str) -> None:
    """Refuse a resource id or namespace that is not the dimension's."""
    if dimension.partition(":")[0] != namespace or not DIMENSIONS[dimension].resource.fullmatch(resource):
        refuse(_INVALID, "Unsupported service namespace, resource type or scalable dimension")


def refuse_capacities(known: Any, dimension: str, least: int | None, most: int | None) -> None:
    """Refuse bounds that are absent, out of the dimension's range, or the wrong way round; *known* is what was."""
    least = known.min_capacity if least is None and known else least
    most = known.max_capacity if most is None and known else most
    if least is None or most is None:
        refuse(_INVALID, "MinCapacity and MaxCapacity are required when a scalable target is first registered")
    allowed = DIMENSIONS[dimension].capacities
    for name, value in (("MinCapacity", least), ("MaxCapacity", most)):
        if value not in allowed:
            refuse(_INVALID, f"{name} of {dimension} must be between {allowed[0]} and {allowed[-1]}, got {value}")
    if least > most:
        refuse(_INVALID, f"Maximum capacity cannot be less than minimum capacity, got {least} to {most}")


def refuse_resource(backend: Any, dimension: str, resource: str) -> None:
    """Refuse a resource that does not exist, or that its service would not let be scaled."""
    found = DIMENSIONS[dimension].resource.fullmatch(resource)
    parts = found.groupdict() if found else {}
    if "table" in parts:
        _refuse_table(backend, resource, **parts)
    elif "group" in parts:
        _refuse_group(backend, resource, parts["group"])
    else:
        _refuse_cluster(backend, resource, parts["cluster"])


def _refuse_table(backend: Any, resource: str, table: str, index: str | None = None) -> None:
    found = dynamodb_backends[backend.account_id][backend.region_name].tables.get(table)
    if found is None:
        refuse(_INVALID, f"DynamoDB table does not exist: table/{table}")
    if index is not None and index not in {one.name for one in found.global_indexes}:
        refuse(_INVALID, f"DynamoDB index does not exist: {resource}")
    if found.billing_mode == "PAY_PER_REQUEST":
        refuse(
            _INVALID,
            f"DynamoDB table is in on-demand mode and has no provisioned capacity to scale: table/{table} "
            "(switch it to PROVISIONED first)",
        )


def _group(backend: Any, group: str) -> Any:
    return elasticache_backends[backend.account_id][backend.region_name].replication_groups.get(group)


def _refuse_group(backend: Any, resource: str, group: str) -> None:
    found = _group(backend, group)
    if found is None:
        refuse(_INVALID, f"ElastiCache replication group does not exist: {resource}")
    if found.cluster_mode != "enabled":
        refuse(_INVALID, f"Auto scaling needs cluster mode enabled, it is {found.cluster_mode}: {resource}")
    if not NODES.fullmatch(found.cache_node_type):
        refuse(
            _INVALID,
            "Auto scaling needs nodes of size large, xlarge or 2xlarge of r7g, r6g, r6gd, r5, m7g, m6g, m5 or c7gn, "
            f"got {found.cache_node_type}: {resource}",
        )
    if getattr(found, "global_group", None):
        refuse(_INVALID, f"Auto scaling is not supported for members of a global datastore: {resource}")


def _refuse_cluster(backend: Any, resource: str, cluster: str) -> None:
    found = rds_backends[backend.account_id][backend.region_name].clusters.get(cluster)
    if found is None:
        refuse(_INVALID, f"RDS cluster does not exist: {resource}")
    if not found.engine.startswith("aurora"):
        refuse(_INVALID, f"Read replicas are scaled in Aurora clusters only, not in one of {found.engine}: {resource}")


# Policies


def refuse_policy(backend: Any, place: Place, request: Mapping[str, Any], others: Iterable[Any]) -> None:
    """Refuse a policy that AWS would not have for the dimension; *others* are the target's other policies."""
    kind, body = request["policy_type"], request["policy_body"] or {}
    if kind != "TargetTrackingScaling":
        refuse(_INVALID, f"{place.dimension} is scaled by policies of type TargetTrackingScaling only, got {kind}")
    specification = _one_specification(body)
    for key in ("ScaleInCooldown", "ScaleOutCooldown"):
        if body.get(key, 0) < 0:
            refuse(_INVALID, f"{key} must be 0 seconds or more, got {body[key]}")
    if (named := specification.get("PredefinedMetricType")) is not None:
        _refuse_metric(place.dimension, named, body["TargetValue"])
        if named == MEMORY_METRIC and _group(backend, place.resource.partition("/")[2]).data_tiering:
            refuse(_INVALID, f"{named} cannot be used with nodes that have data tiering")
    if any(_one_specification(one.target_tracking_scaling_policy_configuration) == specification for one in others):
        refuse(_INVALID, "Only one TargetTrackingScaling policy for a given metric specification is allowed.")


def _one_specification(body: dict[str, Any]) -> dict[str, Any]:
    found = [body[key] for key in ("PredefinedMetricSpecification", "CustomizedMetricSpecification") if body.get(key)]
    if len(found) != 1:
        refuse(
            _INVALID,
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified, "
            f"got {len(found)}",
        )
    return found[0]


def _refuse_metric(dimension: str, named: str, target: float) -> None:
    facts = DIMENSIONS[dimension]
    if named not in facts.metrics:
        known = "is no metric of" if named not in METRICS else "does not fit"
        allowed = ", ".join(sorted(facts.metrics))
        refuse(_INVALID, f"Metric {named} {known} the scalable dimension {dimension}: it takes {allowed}")
    least, most = facts.targets
    if not least <= target <= most:
        refuse(_INVALID, f"TargetValue of {named} must be between {least} and {most}, got {target:g}")


# Scheduled actions


def refuse_action(request: dict[str, Any], *, known: bool) -> None:
    """Refuse a scheduled action with a bad schedule, time zone, time or capacity; *known* ones may leave parts out."""
    schedule, timezone, action = (request[key] for key in ("schedule", "timezone", "scalable_target_action"))
    if schedule is None and not known:
        refuse(_INVALID, "Schedule is required when a scheduled action is first made")
    if schedule is not None:
        for problem in schedule_problems(schedule, kinds=("at", "rate", "cron")):
            refuse(_INVALID, problem)
    if timezone is not None:
        for problem in zone_problems(timezone):
            refuse(_INVALID, problem)
    least, most = ((action or {}).get(key) for key in ("MinCapacity", "MaxCapacity"))
    if least is None and most is None and not known:
        refuse(_INVALID, "ScalableTargetAction must have MinCapacity, MaxCapacity or both")
    if least is not None and most is not None and least > most:
        refuse(_INVALID, f"Maximum capacity cannot be less than minimum capacity, got {least} to {most}")
    start, end = request["start_time"], request["end_time"]
    if start is not None and end is not None and end <= start:
        refuse(_INVALID, "EndTime must be after StartTime")
