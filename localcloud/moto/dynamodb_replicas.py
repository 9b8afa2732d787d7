"""Global tables, version 2019.11.21: a table in several regions with the same items. moto has nothing of it."""

from collections.abc import Mapping
from typing import Any, Final

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from localcloud.moto.dynamodb_facts import (
    ON_DEMAND,
    PARAMETER,
    change,
    facts_of,
    members,
    others,
    refuse,
    refuse_key,
    synchronise,
)

_STRONG_REGIONS: Final = 3
_VIEW: Final = "NEW_AND_OLD_IMAGES"


def update_replicas(table: Any, updates: list[Mapping[str, Any]], consistency: str | None) -> None:
    """Add, change or remove replicas, as UpdateTable asks."""
    actions = [(kind, action) for update in updates for kind, action in update.items()]
    if consistency == "STRONG":
        _refuse_strong(table, actions)
    elif len([kind for kind, _ in actions if kind in ("Create", "Delete")]) > 1 and not _ends_strong(table, actions):
        refuse("Update table operation with more than one create or delete replica actions not allowed")
    for kind, action in actions:
        region = action["RegionName"]
        if kind in ("Create", "Delete") and region == table.region_name:
            refuse(
                "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or "
                "UpdateTable as required."
            )
        if kind in ("Update", "Delete") and region not in {one.region_name for one in members(table)}:
            refuse(
                "Update global table operation failed because one or more replicas were not part of the global table. "
                f"Please retry the request without these replicas: [{region}]."
            )
        {"Create": _create, "Update": _update, "Delete": _delete}[kind](table, action)
    if consistency == "STRONG":
        for one in members(table):
            change(one, consistency="STRONG")


def _refuse_strong(table: Any, actions: list[tuple[str, Mapping[str, Any]]]) -> None:
    if facts_of(table).regions:
        refuse("MultiRegionConsistency parameter is unsupported on existing global table")
    if {kind for kind, _ in actions} != {"Create"}:
        refuse("Only Replica Create actions are supported when MultiRegionConsistency parameter is provided.")
    if len(actions) + 1 != _STRONG_REGIONS:
        refuse(f"Unsupported replica count {len(actions) + 1}: strong consistency needs {_STRONG_REGIONS} regions")
    if len(table):
        refuse("A table must be empty to become a global table with strong MultiRegionConsistency")


def _ends_strong(table: Any, actions: list[tuple[str, Mapping[str, Any]]]) -> bool:
    """Whether both replicas of a strongly consistent table go at once, which is the only way for them to go."""
    return facts_of(table).consistency == "STRONG" and [kind for kind, _ in actions] == ["Delete", "Delete"]


def _create(table: Any, action: Mapping[str, Any]) -> None:
    region = action["RegionName"]
    backends = dynamodb_backends[table.account_id]
    if region not in backends:
        refuse(f"Region {region} is not supported. The latest version of global tables is not in it.")
    if table.name in backends[region].tables:
        refuse(
            f"Failed to create a the new replica of table with name: '{table.name}' because one or more replicas "
            "already existed as tables."
        )
    _refuse_unready(table)
    key = action.get("KMSMasterKeyId")
    customer = _customer_key(table)
    if customer and not key:
        refuse(
            f"{PARAMETER} the table is encrypted with the customer key {customer}: a replica in {region} needs a "
            "KMSMasterKeyId of its region"
        )
    refuse_key(table.account_id, region, key)
    replica: Any = Table(
        table.name,
        account_id=table.account_id,
        region=region,
        schema=table.schema,
        attr=table.attr,
        billing_mode=table.billing_mode,
        streams={"StreamEnabled": True, "StreamViewType": _VIEW},
        sse_specification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key} if key else None,
    )
    replica.indexes = table.indexes
    change(replica, table_class=action.get("TableClassOverride", facts_of(table).table_class))
    backends[region].tables[table.name] = replica
    known = facts_of(table).regions or (table.region_name,)
    for one in (*members(table), replica):
        change(one, regions=(*known, region))
    synchronise(table)


def _refuse_unready(table: Any) -> None:
    if facts_of(table).consistency == "STRONG":
        refuse("Cannot add replicas to a global table with strong MultiRegionConsistency")
    stream = table.stream_specification or {}
    if stream.get("StreamViewType") != _VIEW:
        refuse(
            f"{PARAMETER} a table needs a stream with StreamViewType {_VIEW} before it gets replicas, "
            f"table {table.name} has {stream.get('StreamViewType', 'none')}"
        )
    if table.billing_mode == ON_DEMAND:
        return
    if not _scaled(table, f"table/{table.name}", "dynamodb:table:WriteCapacityUnits"):
        refuse("Table write capacity should either be Pay-Per-Request or AutoScaled.")
    for index in table.global_indexes:
        if not _scaled(table, f"table/{table.name}/index/{index.name}", "dynamodb:index:WriteCapacityUnits"):
            refuse("GSI write capacity should either be Pay-Per-Request or AutoScaled.")


def _scaled(table: Any, resource: str, dimension: str) -> bool:
    backend = applicationautoscaling_backends[table.account_id][table.region_name]
    return any((one.resource_id, one.scalable_dimension) == (resource, dimension) for one in backend.policies.values())


def _customer_key(table: Any) -> str | None:
    sse = table.sse_specification or {}
    return sse.get("KMSMasterKeyId") if sse.get("Enabled") else None


def _update(table: Any, action: Mapping[str, Any]) -> None:
    [replica] = [one for one in members(table) if one.region_name == action["RegionName"]]
    if key := action.get("KMSMasterKeyId"):
        refuse_key(table.account_id, replica.region_name, key)
        replica.sse_specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    if wanted := action.get("TableClassOverride"):
        change(replica, table_class=wanted)


def _delete(table: Any, action: Mapping[str, Any]) -> None:
    region = action["RegionName"]
    backend = dynamodb_backends[table.account_id][region]
    replica = backend.tables[table.name]
    if replica.deletion_protection_enabled:
        refuse(
            f"Cannot delete table {table.name} in region {region} because it has deletion protection enabled. Disable "
            "deletion protection first."
        )
    leave(replica)
    del backend.tables[table.name]


def leave(replica: Any) -> None:
    """Take a table out of its global table: it goes, and the others go on."""
    rest = others(replica)
    for one in rest:
        alone = len(rest) == 1
        change(
            one,
            regions=() if alone else tuple(where for where in facts_of(one).regions if where != replica.region_name),
            **({"consistency": "EVENTUAL"} if alone else {}),
        )


def describe_replicas(table: Any) -> dict[str, Any]:
    """Give what DescribeTable says of the replicas in other regions."""
    facts = facts_of(table)
    if not facts.regions:
        return {}
    replicas = [_described(one) for one in others(table)]
    return {"Replicas": replicas, "GlobalTableVersion": "2019.11.21", "MultiRegionConsistency": facts.consistency}


def _described(replica: Any) -> dict[str, Any]:
    key = _customer_key(replica)
    return {
        "RegionName": replica.region_name,
        "ReplicaStatus": "ACTIVE",
        "ReplicaTableClassSummary": {"TableClass": facts_of(replica).table_class},
        "GlobalSecondaryIndexes": [{"IndexName": index.name} for index in replica.global_indexes],
        **({"KMSMasterKeyId": key} if key else {}),
    }
