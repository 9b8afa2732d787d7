"""What DynamoDB refuses of a request to make or to change a table, and moto takes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from moto.core.utils import utcnow

from localcloud.moto.dynamodb_facts import ON_DEMAND, PARAMETER, facts_of, refuse, refuse_key
from localcloud.moto.dynamodb_limits import (
    CLASS_CHANGES,
    CLASSES,
    MAX_INDEXES,
    MAX_LOCAL_INDEXES,
    MAX_PROJECTED,
    SWITCHES,
)

_LIMIT: Final = "LimitExceededException"
_CAPACITY_ON_DEMAND: Final = (
    f"{PARAMETER} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
)

# Creation


def refuse_creation(body: Mapping[str, Any], account: str, region: str) -> None:
    """Refuse a CreateTable that AWS would not carry out."""
    mode = body.get("BillingMode", "PROVISIONED")
    indexes = body.get("GlobalSecondaryIndexes") or []
    local = body.get("LocalSecondaryIndexes") or []
    if len(indexes) > MAX_INDEXES:
        refuse(f"{PARAMETER} GlobalSecondaryIndex count exceeds the per-table limit of {MAX_INDEXES}")
    if len(local) > MAX_LOCAL_INDEXES:
        refuse(f"{PARAMETER} Number of LocalSecondaryIndexes exceeds per-table limit of {MAX_LOCAL_INDEXES}")
    if local and len(body["KeySchema"]) == 1:
        refuse(f"{PARAMETER} Table KeySchema does not have a range key, which a LocalSecondaryIndex requires")
    refuse_index_capacity(mode, indexes)
    for index in (*indexes, *local):
        _refuse_projection(index)
    _refuse_caps(mode, body.get("OnDemandThroughput"))
    _refuse_class(body.get("TableClass"))
    refuse_key(account, region, (body.get("SSESpecification") or {}).get("KMSMasterKeyId"))


def refuse_index_capacity(mode: str, indexes: Iterable[Mapping[str, Any]]) -> None:
    """Refuse indexes with capacity on demand, and indexes without where the table has some."""
    for index in indexes:
        given = index.get("ProvisionedThroughput") is not None
        if mode == ON_DEMAND and given:
            refuse(
                f"{PARAMETER} ProvisionedThroughput should not be specified for index: {index['IndexName']} when "
                "BillingMode is PAY_PER_REQUEST"
            )
        if mode != ON_DEMAND and not given:
            refuse(f"{PARAMETER} ProvisionedThroughput must be specified for index: {index['IndexName']}")
        _refuse_caps(mode, index.get("OnDemandThroughput"))


def _refuse_projection(index: Mapping[str, Any]) -> None:
    projection = index["Projection"]
    names = projection.get("NonKeyAttributes") or []
    if projection.get("ProjectionType") == "INCLUDE" and not names:
        refuse(f"{PARAMETER} ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    if projection.get("ProjectionType") != "INCLUDE" and names:
        refuse(f"{PARAMETER} ProjectionType is {projection.get('ProjectionType')}, but NonKeyAttributes is specified")
    if len(names) > MAX_PROJECTED:
        refuse(f"{PARAMETER} NonKeyAttributes exceeds the limit of {MAX_PROJECTED} over all indexes")


def _refuse_caps(mode: str, caps: Mapping[str, int] | None) -> None:
    if caps and mode != ON_DEMAND:
        refuse(f"{PARAMETER} OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST")


def _refuse_class(wanted: str | None) -> None:
    if wanted is not None and wanted not in CLASSES:
        refuse(f"TableClass must be one of {', '.join(CLASSES)}, got {wanted}")


# Changes


def refuse_update(table: Any, body: Mapping[str, Any]) -> None:
    """Refuse an UpdateTable that AWS would not carry out."""
    mode = body.get("BillingMode") or table.billing_mode
    updates = body.get("GlobalSecondaryIndexUpdates") or []
    alone = set(body) - {"TableName", "AttributeDefinitions"}
    if "TableClass" in body and len(alone) > 1:
        refuse(f"{PARAMETER} Table class modification must be the only operation in the request")
    if "SSESpecification" in body and len(alone) > 1:
        refuse(f"{PARAMETER} Server-Side Encryption modification must be the only operation in the request")
    _refuse_index_updates(table, mode, updates)
    _refuse_billing(table, mode, body, updates)
    _refuse_caps(mode, body.get("OnDemandThroughput"))
    _refuse_cooling(table, body)
    _refuse_class(body.get("TableClass"))
    _refuse_class_change(table, body.get("TableClass"))
    _refuse_stream(table, body.get("StreamSpecification"))
    refuse_key(table.account_id, table.region_name, (body.get("SSESpecification") or {}).get("KMSMasterKeyId"))


def _refuse_index_updates(table: Any, mode: str, updates: list[Mapping[str, Any]]) -> None:
    present = {index.name for index in table.global_indexes}
    made = [one["Create"] for one in updates if "Create" in one]
    gone = [one["Delete"] for one in updates if "Delete" in one]
    if len(made) + len(gone) > 1:
        refuse(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table", _LIMIT
        )
    if made and len(present) >= MAX_INDEXES:
        refuse(f"{PARAMETER} GlobalSecondaryIndex count exceeds the per-table limit of {MAX_INDEXES}")
    for index in made:
        if index["IndexName"] in present:
            refuse(f"{PARAMETER} Attempting to create an index which already exists: {index['IndexName']}")
        _refuse_projection(index)
    refuse_index_capacity(mode, made)
    for index in (*gone, *(one["Update"] for one in updates if "Update" in one)):
        if index["IndexName"] not in present:
            refuse(
                f"Requested resource not found: Index {index['IndexName']} of table {table.name} not found",
                "ResourceNotFoundException",
            )


def _refuse_billing(table: Any, mode: str, body: Mapping[str, Any], updates: list[Mapping[str, Any]]) -> None:
    figures = [one["Update"] for one in updates if one.get("Update", {}).get("ProvisionedThroughput")]
    if mode == ON_DEMAND:
        if body.get("ProvisionedThroughput") or figures:
            refuse(_CAPACITY_ON_DEMAND)
        if table.billing_mode != ON_DEMAND:
            _refuse_often(facts_of(table).switches, SWITCHES, "Update to PayPerRequest mode")
    elif table.billing_mode == ON_DEMAND:
        _refuse_switch(table, body, {one["IndexName"] for one in figures})
    elif body.get("ProvisionedThroughput"):
        if not figures:
            _refuse_same_capacity(f"table {table.name}", table.throughput, body["ProvisionedThroughput"])
    else:
        present = {index.name: index.throughput for index in table.global_indexes}
        for one in figures:
            name = one["IndexName"]
            _refuse_same_capacity(f"index {name}", present[name], one["ProvisionedThroughput"])


def _refuse_switch(table: Any, body: Mapping[str, Any], named: set[str]) -> None:
    """Refuse to leave on-demand without capacity for the table and each of its indexes in the same request."""
    if not body.get("ProvisionedThroughput"):
        refuse(
            f"{PARAMETER} ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
            "PROVISIONED"
        )
    if missing := sorted({index.name for index in table.global_indexes} - named):
        refuse(f"{PARAMETER} ProvisionedThroughput must be specified for index: {','.join(missing)}")


def _refuse_same_capacity(what: str, present: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    if any(present[key] != wanted[key] for key in ("ReadCapacityUnits", "WriteCapacityUnits")):
        return
    read, write = wanted["ReadCapacityUnits"], wanted["WriteCapacityUnits"]
    refuse(
        f"The provisioned throughput for the {what} will not change. The requested value equals the current value. "
        f"Requested ReadCapacityUnits: {read}. Requested WriteCapacityUnits: {write}."
    )


def _refuse_often(times: tuple[datetime, ...], limit: tuple[int, Any], what: str) -> None:
    most, span = limit
    recent = [time for time in times if utcnow() - time < span]
    if len(recent) >= most:
        refuse(
            f"Subscriber limit exceeded: {what} are limited to {most} times in {span.days} day(s). Last update at "
            f"{recent[-1]:%c} UTC. Next update can be made at {recent[0] + span:%c} UTC",
            _LIMIT,
        )


def _refuse_class_change(table: Any, wanted: str | None) -> None:
    facts = facts_of(table)
    if wanted is not None and wanted != facts.table_class:
        _refuse_often(facts.class_changes, CLASS_CHANGES, "Updates of the table class")


def _refuse_cooling(table: Any, body: Mapping[str, Any]) -> None:
    """Refuse less warm throughput than there is."""
    indexes = {index.name: index for index in table.global_indexes}
    asked = [(table, body.get("WarmThroughput") or {}, "table")]
    for one in body.get("GlobalSecondaryIndexUpdates") or []:
        update = one.get("Update") or {}
        if update.get("WarmThroughput"):
            asked.append((indexes[update["IndexName"]], update["WarmThroughput"], f"index {update['IndexName']}"))
    for owner, wanted, name in asked:
        for key in ("ReadUnitsPerSecond", "WriteUnitsPerSecond"):
            if key in wanted and wanted[key] < owner.warm_throughput[key]:
                refuse(
                    f"{PARAMETER} Requested {key} for WarmThroughput for {name} is lower than current WarmThroughput, "
                    "decreasing WarmThroughput is not supported"
                )


def _refuse_stream(table: Any, wanted: Mapping[str, Any] | None) -> None:
    if wanted is None:
        return
    enabled = bool(table.stream_specification and table.stream_specification["StreamEnabled"])
    if wanted["StreamEnabled"] and enabled:
        refuse(f"Table already has an enabled stream: TableName: {table.name}")
    if not wanted["StreamEnabled"] and not enabled:
        refuse(f"Table has no stream to disable: TableName: {table.name}")
    if not wanted["StreamEnabled"] and facts_of(table).regions:
        refuse(f"The stream of a table with replicas cannot be disabled: TableName: {table.name}")
