"""Taking away what a drill has made: also what a drill that was killed has left, found by name and mark."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from drills import atlas
from drills.scratch import DRILL_OF, MARK, Scratch, pattern
from restores.reading import ATLAS_API
from restores.window import Kind

Client = Callable[[str], Any]

ABSENT: Final = frozenset(
    {
        *("DBInstanceNotFound", "DBInstanceNotFoundFault", "DBClusterNotFoundFault", "ResourceNotFoundException"),
        *("ReplicationGroupNotFoundFault", "ServerlessCacheNotFoundFault"),
    }
)
_BUSY: Final = frozenset(
    {
        *("InvalidDBInstanceState", "InvalidDBInstanceStateFault", "InvalidDBClusterStateFault"),
        *("ResourceInUseException", "LimitExceededException"),
        *("InvalidReplicationGroupState", "InvalidReplicationGroupStateFault", "InvalidServerlessCacheStateFault"),
        *("Throttling", "ThrottlingException", "RequestLimitExceeded"),
    }
)
"""What AWS says while something is being made or changed: it is deleted as soon as that is over."""


def code_of(error: ClientError) -> str:
    """Give the code of an answer of AWS."""
    return str(error.response.get("Error", {}).get("Code", ""))


def gone(client: Client, scratch: Scratch) -> bool:
    """Ask for its deletion unless it is on its way; say whether it is gone. Raises ClientError, StopError."""
    if scratch.kind is Kind.ATLAS:
        return atlas.gone(client, scratch.project, scratch.id)
    try:
        return _REMOVALS[scratch.kind](client, scratch.id)
    except ClientError as error:
        if code_of(error) in ABSENT:
            return True
        if code_of(error) in _BUSY:
            return False
        raise


def _instance(client: Client, name: str) -> bool:
    rds = client("rds")
    (found,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    if found["DBInstanceStatus"] != "deleting":
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
    return False


def _cluster(client: Client, name: str) -> bool:
    """Delete the members first: AWS deletes no cluster that has one."""
    rds = client("rds")
    (found,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    for member in found.get("DBClusterMembers", ()):
        if not gone(client, Scratch(kind=Kind.INSTANCE, id=member["DBInstanceIdentifier"])):
            return False
    if found["Status"] != "deleting":
        rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    return False


def _table(client: Client, name: str) -> bool:
    dynamodb = client("dynamodb")
    if dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] != "DELETING":
        dynamodb.delete_table(TableName=name)
    return False


def _group(client: Client, name: str) -> bool:
    elasticache = client("elasticache")
    (found,) = elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
    if found["Status"] != "deleting":
        elasticache.delete_replication_group(ReplicationGroupId=name, RetainPrimaryCluster=False)
    return False


def _serverless(client: Client, name: str) -> bool:
    elasticache = client("elasticache")
    (found,) = elasticache.describe_serverless_caches(ServerlessCacheName=name)["ServerlessCaches"]
    if found["Status"] != "deleting":
        elasticache.delete_serverless_cache(ServerlessCacheName=name)
    return False


_REMOVALS: Final[Mapping[Kind, Callable[[Client, str], bool]]] = {
    Kind.INSTANCE: _instance,
    Kind.CLUSTER: _cluster,
    Kind.TABLE: _table,
    Kind.GROUP: _group,
    Kind.SERVERLESS: _serverless,
}


# What was left


def leftovers(client: Client, stack: str, projects: Sequence[str] = ()) -> list[Scratch]:
    """
    Find what drills of a stack have made and not taken away: named as they name it, and marked as theirs.

    *projects* of Atlas are looked through, too.
    """
    name = pattern(stack)
    on_atlas = [Scratch(kind=Kind.ATLAS, id=id_, project=one) for one in projects for id_ in _atlas(client, stack, one)]
    return on_atlas + [
        Scratch(kind=kind, id=id_)
        for kind, found in (
            (Kind.CLUSTER, _clusters(client, stack)),
            (Kind.INSTANCE, _instances(client, stack)),
            (Kind.TABLE, _tables(client, stack)),
            (Kind.GROUP, _groups(client)),
            (Kind.SERVERLESS, _caches(client)),
        )
        for id_ in found
        if name.fullmatch(id_)
    ]


def _clusters(client: Client, stack: str) -> Iterator[str]:
    for one in _pages(client("rds"), "describe_db_clusters", "DBClusters"):
        if _is_marked(one.get("TagList", ()), stack):
            yield one["DBClusterIdentifier"]


def _instances(client: Client, stack: str) -> Iterator[str]:
    """Give instances that stand alone: members go with their cluster."""
    for one in _pages(client("rds"), "describe_db_instances", "DBInstances"):
        if not one.get("DBClusterIdentifier") and _is_marked(one.get("TagList", ()), stack):
            yield one["DBInstanceIdentifier"]


def _tables(client: Client, stack: str) -> Iterator[str]:
    """Give tables that were restored; a drill that was killed early had not tagged its own yet."""
    dynamodb, name = client("dynamodb"), pattern(stack)
    for page in dynamodb.get_paginator("list_tables").paginate():
        for one in filter(name.fullmatch, page["TableNames"]):
            if "RestoreSummary" in dynamodb.describe_table(TableName=one)["Table"]:
                yield one


def _groups(client: Client) -> Iterator[str]:
    for one in _pages(client("elasticache"), "describe_replication_groups", "ReplicationGroups"):
        if one.get("Description") == MARK:
            yield one["ReplicationGroupId"]


def _caches(client: Client) -> Iterator[str]:
    for one in _pages(client("elasticache"), "describe_serverless_caches", "ServerlessCaches"):
        if one.get("Description") == MARK:
            yield one["ServerlessCacheName"]


def _atlas(client: Client, stack: str, project: str) -> Iterator[str]:
    for one in client(ATLAS_API).clusters(project):
        tags = {tag["key"]: tag["value"] for tag in one.get("tags") or ()}
        if pattern(stack).fullmatch(one["name"]) and tags.get(DRILL_OF) == stack:
            yield str(one["name"])


def _is_marked(tags: Any, stack: str) -> bool:
    return {"Key": DRILL_OF, "Value": stack} in tags


def _pages(service: Any, operation: str, key: str) -> Iterator[Mapping[str, Any]]:
    for page in service.get_paginator(operation).paginate():
        yield from page[key]
