"""Completes moto's ElastiCache: what it lacks or answers wrongly, for boto3 and for the local cloud alike."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from localcloud.moto import elasticache_global as datastores
from localcloud.moto import elasticache_groups as groups
from localcloud.moto import elasticache_parameters as parameters
from localcloud.moto import elasticache_serverless as serverless
from localcloud.moto import elasticache_shape as shape
from localcloud.moto import elasticache_snapshots as snapshots
from localcloud.moto import elasticache_users as users
from localcloud.moto.elasticache_facts import VERSIONS, family
from localcloud.moto.elasticache_state import Call, refuse, state_of

Operation = Callable[[Call], Mapping[str, Any] | None]

_ARN: Final = re.compile(
    r"arn:aws:elasticache:[^:]*:\d*:"
    r"(cluster|snapshot|subnetgroup|replicationgroup|user|usergroup|parametergroup|serverlesscache):(?P<name>.+)"
)


def mend() -> None:
    """Attach our operations to moto; call it before its server starts. Calling it again changes nothing."""
    snapshots.mend()
    for name, operation in OPERATIONS.items():
        setattr(ElastiCacheResponse, name, _handler(name, operation))


def _handler(name: str, operation: Operation) -> Callable[[ElastiCacheResponse], ActionResult]:
    paginated = name in _PAGINATED

    def handle(response: ElastiCacheResponse) -> ActionResult:
        backend: ElastiCacheBackend = response.elasticache_backend
        params = {key: value for key, value in response.params.items() if value is not None}
        call = Call(params=params, backend=backend, state=state_of(backend))
        with call.state.lock:
            answer = operation(call)
        if answer is None:
            return EmptyResult()
        return PaginatedResult(answer) if paginated else ActionResult(answer)

    return handle


def _tags_of(call: Call, arn: str) -> dict[str, Any]:
    return {"TagList": call.backend.tagging_service.list_tags_for_resource(arn)["Tags"]}


def _tagged(call: Call) -> str:
    """Give the ARN that tags belong to; AWS has none for what does not exist."""
    arn = call.text("ResourceName")
    if not (match := _ARN.fullmatch(arn)):
        refuse("InvalidARN", f"ARN {arn} is invalid.")
    backend, name = call.backend, match["name"]
    known: Mapping[str, tuple[Mapping[str, Any], str]] = {
        "replicationgroup": (call.groups, "ReplicationGroupNotFoundFault"),
        "usergroup": (call.state.user_groups, "UserGroupNotFound"),
        "user": (backend.users, "UserNotFound"),
        "parametergroup": (call.state.parameter_groups, "CacheParameterGroupNotFound"),
        "subnetgroup": (backend.cache_subnet_groups, "CacheSubnetGroupNotFoundFault"),
        "serverlesscache": (call.state.serverless, "ServerlessCacheNotFoundFault"),
        "snapshot": (backend.snapshots, "SnapshotNotFoundFault"),
        "cluster": (_clusters(call), "CacheClusterNotFound"),
    }
    found, code = known[match[1]]
    if name not in found:
        refuse(code, f"{arn} is either not present or not available.")
    return arn


def _clusters(call: Call) -> dict[str, Any]:
    members = {member: group for group in call.groups.values() for member in group.members}
    return {**members, **call.backend.cache_clusters}


def _list_tags(call: Call) -> dict[str, Any]:
    return _tags_of(call, _tagged(call))


def _add_tags(call: Call) -> dict[str, Any]:
    arn = _tagged(call)
    call.backend.tagging_service.tag_resource(arn, call.get("Tags", []))
    return _tags_of(call, arn)


def _remove_tags(call: Call) -> dict[str, Any]:
    arn = _tagged(call)
    call.backend.tagging_service.untag_resource_using_names(arn, call.get("TagKeys", []))
    return _tags_of(call, arn)


def _delete_cluster(call: Call) -> dict[str, Any]:
    """DeleteCacheCluster, of one that stands alone: moto's never end."""
    name = call.text("CacheClusterId").lower()
    if any(name in group.members for group in call.groups.values()):
        refuse(
            "InvalidCacheClusterState", f"Cache cluster {name} is a member of a replication group: scale that instead."
        )
    cluster = call.backend.delete_cache_cluster(name)
    del call.backend.cache_clusters[name]
    return {"CacheCluster": cluster}


def _versions(call: Call) -> dict[str, Any]:
    """DescribeCacheEngineVersions, without memcached."""
    engine, version = call.get("Engine"), call.get("EngineVersion", "")
    found = [
        {"Engine": name, "EngineVersion": one, "CacheParameterGroupFamily": family(name, one)}
        for name, versions in VERSIONS.items()
        for one in versions
        if engine in (None, name) and one.startswith(version)
    ]
    return {"CacheEngineVersions": found}


OPERATIONS: Final[Mapping[str, Operation]] = {
    "create_cache_parameter_group": parameters.create,
    "describe_cache_parameter_groups": parameters.describe,
    "describe_cache_parameters": parameters.describe_parameters,
    "describe_engine_default_parameters": parameters.describe_defaults,
    "modify_cache_parameter_group": parameters.modify,
    "reset_cache_parameter_group": parameters.reset,
    "delete_cache_parameter_group": parameters.delete,
    "create_cache_subnet_group": parameters.create_subnet_group,
    "describe_cache_subnet_groups": parameters.describe_subnet_groups,
    "modify_cache_subnet_group": parameters.modify_subnet_group,
    "delete_cache_subnet_group": parameters.delete_subnet_group,
    "create_user": users.create_user,
    "describe_users": users.describe_users,
    "modify_user": users.modify_user,
    "delete_user": users.delete_user,
    "create_user_group": users.create_group,
    "describe_user_groups": users.describe_groups,
    "modify_user_group": users.modify_group,
    "delete_user_group": users.delete_group,
    "create_replication_group": groups.create,
    "describe_replication_groups": groups.describe,
    "modify_replication_group": groups.modify,
    "increase_replica_count": groups.increase,
    "decrease_replica_count": groups.decrease,
    "modify_replication_group_shard_configuration": groups.reshard,
    "delete_replication_group": groups.delete,
    "create_global_replication_group": datastores.create,
    "describe_global_replication_groups": datastores.describe,
    "modify_global_replication_group": datastores.modify,
    "disassociate_global_replication_group": datastores.disassociate,
    "increase_node_groups_in_global_replication_group": datastores.reshard,
    "decrease_node_groups_in_global_replication_group": datastores.reshard,
    "delete_global_replication_group": datastores.delete,
    "create_serverless_cache": serverless.create,
    "describe_serverless_caches": serverless.describe,
    "modify_serverless_cache": serverless.modify,
    "delete_serverless_cache": serverless.delete,
    "create_serverless_cache_snapshot": snapshots.create,
    "describe_serverless_cache_snapshots": snapshots.describe,
    "delete_serverless_cache_snapshot": snapshots.delete,
    "describe_cache_clusters": shape.describe_nodes,
    "delete_cache_cluster": _delete_cluster,
    "list_tags_for_resource": _list_tags,
    "add_tags_to_resource": _add_tags,
    "remove_tags_from_resource": _remove_tags,
    "describe_cache_engine_versions": _versions,
}
_PAGINATED: Final = frozenset(
    {"describe_cache_parameter_groups", "describe_cache_parameters", "describe_cache_subnet_groups", "describe_users"}
    | {"describe_user_groups", "describe_replication_groups", "describe_cache_clusters"}
    | {"describe_serverless_caches", "describe_serverless_cache_snapshots", "describe_global_replication_groups"}
)
