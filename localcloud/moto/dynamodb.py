"""Completes moto 5.2's DynamoDB: global tables, billing, table classes, contributor insights, restores."""

from typing import Any, Final

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import StreamShard, Table
from moto.dynamodb.responses import DynamoHandler

from localcloud.moto import dynamodb_history
from localcloud.moto.dynamodb_facts import change, facts_of, others, refuse, synchronise
from localcloud.moto.dynamodb_limits import INSIGHTS
from localcloud.moto.dynamodb_replicas import leave
from localcloud.moto.dynamodb_restore import restore, restore_backup
from localcloud.moto.dynamodb_tables import create_table, describe, update_table

_delete_of_moto = DynamoDBBackend.delete_table
_transact_of_moto = DynamoDBBackend.transact_write_items
_expire_of_moto = DynamoDBBackend.update_time_to_live
_add_of_moto = StreamShard.add
_WHEN: Final = "LastUpdateDateTime"


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    dynamodb_history.mend()
    for owner, name, mended in (
        (DynamoHandler, "create_table", create_table),
        (DynamoHandler, "update_table", update_table),
        (DynamoHandler, "restore_table_to_point_in_time", restore),
        (DynamoHandler, "restore_table_from_backup", restore_backup),
        (DynamoHandler, "update_contributor_insights", _update_insights),
        (DynamoHandler, "describe_contributor_insights", _describe_insights),
        (DynamoHandler, "list_contributor_insights", _list_insights),
        (DynamoDBBackend, "delete_table", _delete),
        (DynamoDBBackend, "transact_write_items", _transact),
        (DynamoDBBackend, "update_time_to_live", _expire),
        (StreamShard, "add", _add),
        (Table, "describe", describe),
    ):
        setattr(owner, name, mended)


# Global tables


def _delete(backend: Any, name: str) -> Any:
    """Delete a table; one that has replicas leaves them behind."""
    table = _delete_of_moto(backend, name)
    leave(table)
    return table


def _transact(backend: Any, transact_items: list[dict[str, Any]]) -> None:
    """Keep replicas on the same items: when a transaction fails, moto puts copies of its tables back."""
    try:
        _transact_of_moto(backend, transact_items)
    except Exception:
        named = {operation.get("TableName") for item in transact_items for operation in item.values()}
        for name in named & backend.tables.keys():
            synchronise(backend.tables[name])
        raise


def _expire(backend: Any, table_name: str, ttl_spec: dict[str, Any]) -> None:
    _expire_of_moto(backend, table_name, ttl_spec)
    synchronise(backend.get_table(table_name))


def _add(shard: Any, old: Any, new: Any) -> None:
    """Write a change into the streams of all replicas."""
    _add_of_moto(shard, old, new)
    for other in others(shard.table):
        if other.stream_shard is not None:
            _add_of_moto(other.stream_shard, old, new)


# Contributor insights


def _watched(self: Any) -> tuple[Any, str]:
    """Give the table that a request is about, and its index or nothing."""
    table = self.dynamodb_backend.get_table(self.body["TableName"])
    index = self.body.get("IndexName") or ""
    if index and index not in {one.name for one in table.global_indexes}:
        refuse(f"Requested resource not found: Index: {index} not found", "ResourceNotFoundException")
    return table, index


def _state(table: Any, index: str) -> dict[str, Any]:
    mode = facts_of(table).insights.get(index)
    return {
        "TableName": table.name,
        "ContributorInsightsStatus": "ENABLED" if mode else "DISABLED",
        **({"IndexName": index} if index else {}),
        **({"ContributorInsightsMode": mode} if mode else {}),
    }


def _update_insights(self: Any) -> ActionResult:
    table, index = _watched(self)
    mode = self.body.get("ContributorInsightsMode", INSIGHTS[0])
    if mode not in INSIGHTS:
        refuse(f"ContributorInsightsMode must be one of {', '.join(INSIGHTS)}, got {mode}")
    rest = {key: value for key, value in facts_of(table).insights.items() if key != index}
    enabled = self.body["ContributorInsightsAction"] == "ENABLE"
    change(table, insights={**rest, index: mode} if enabled else rest)
    return ActionResult(_state(table, index))


def _describe_insights(self: Any) -> ActionResult:
    table, index = _watched(self)
    return ActionResult({**_state(table, index), _WHEN: utcnow()})


def _list_insights(self: Any) -> ActionResult:
    named = self.body.get("TableName")
    backend = self.dynamodb_backend
    tables = [backend.get_table(named)] if named else list(backend.tables.values())
    shown = [_state(table, index) for table in tables for index in facts_of(table).insights]
    return ActionResult({"ContributorInsightsSummaries": shown})
