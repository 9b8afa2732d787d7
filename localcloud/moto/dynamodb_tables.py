"""DynamoDB's operations on tables: what moto 5.2 drops, accepts or does wrongly when one is made or changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from moto.core.utils import utcnow
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from localcloud.moto.dynamodb_facts import ON_DEMAND, change, facts_of, synchronise
from localcloud.moto.dynamodb_replicas import describe_replicas, update_replicas
from localcloud.moto.dynamodb_rules import refuse_creation, refuse_update

_CAPS: Final = "localcloud_on_demand"
"""Where an index keeps its caps."""
_NOTHING: Final = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}

_create_of_moto = DynamoHandler.create_table
_update_of_moto = DynamoHandler.update_table
_describe_of_moto = Table.describe


def create_table(self: Any) -> DynamoResult:
    """CreateTable."""
    backend, body = self.dynamodb_backend, self.body
    refuse_creation(body, backend.account_id, backend.region_name)
    _create_of_moto(self)
    table = backend.get_table(body["TableName"])
    change(
        table,
        table_class=body.get("TableClass", "STANDARD"),
        on_demand=_capped({}, body.get("OnDemandThroughput")),
    )
    for index in table.global_indexes:
        [asked] = [one for one in body["GlobalSecondaryIndexes"] if one["IndexName"] == index.name]
        vars(index)[_CAPS] = _capped({}, asked.get("OnDemandThroughput"))
    return DynamoResult(table.describe())


def _capped(caps: Mapping[str, int], wanted: Mapping[str, int] | None) -> dict[str, int]:
    """Give caps after a request: -1 ends one."""
    return {key: value for key, value in {**caps, **(wanted or {})}.items() if value != -1}


def update_table(self: Any) -> DynamoResult:
    """UpdateTable."""
    body = self.body
    table = self.dynamodb_backend.get_table(body["TableName"])
    refuse_update(table, body)
    if replicas := body.get("ReplicaUpdates"):
        update_replicas(table, replicas, body.get("MultiRegionConsistency"))
    if body.get("StreamSpecification"):
        table.latest_stream_label = None  # moto takes a stream that ended for one that runs
    before = table.billing_mode
    _update_of_moto(self)
    _settle_billing(table, before)
    _settle_table(table, body)
    _settle_indexes(table, body.get("GlobalSecondaryIndexUpdates") or [])
    synchronise(table)
    return DynamoResult(table.describe())


def _settle_billing(table: Any, before: str) -> None:
    table.throughput.setdefault("NumberOfDecreasesToday", 0)
    if table.billing_mode == ON_DEMAND != before:
        change(table, switches=(*facts_of(table).switches, utcnow()))
        table.throughput = {**_NOTHING, "NumberOfDecreasesToday": 0}
        for index in table.global_indexes:
            index.throughput = dict(_NOTHING)


def _settle_table(table: Any, body: Mapping[str, Any]) -> None:
    facts = facts_of(table)
    if (wanted := body.get("TableClass")) and wanted != facts.table_class:
        change(table, table_class=wanted, class_changes=(*facts.class_changes, utcnow()))
    change(table, on_demand=_capped(facts.on_demand, body.get("OnDemandThroughput")))
    if (sse := body.get("SSESpecification")) is not None:
        # Without a key it is AWS's own of the account; switched off, it is one that nobody sees.
        key = sse.get("KMSMasterKeyId") or f"arn:aws:kms:{table.region_name}:{table.account_id}:alias/aws/dynamodb"
        table.sse_specification = {**sse, "KMSMasterKeyId": key} if sse.get("Enabled") else None
    if warm := body.get("WarmThroughput"):
        table.warm_throughput = {**table.warm_throughput, **warm, "Status": "ACTIVE"}


def _settle_indexes(table: Any, updates: list[Mapping[str, Any]]) -> None:
    indexes = {index.name: index for index in table.global_indexes}
    for one in updates:
        asked = one.get("Create") or one.get("Update")
        if asked:
            index = indexes[asked["IndexName"]]
            caps = vars(index).get(_CAPS, {})
            vars(index)[_CAPS] = _capped(caps, asked.get("OnDemandThroughput"))
    used = set(table.attribute_keys)
    table.attr = [one for one in table.attr if one["AttributeName"] in used]


def describe(table: Any, base_key: str = "TableDescription") -> dict[str, Any]:
    """Describe a table with what moto leaves out."""
    result = _describe_of_moto(table, base_key)
    described, facts = result[base_key], facts_of(table)
    described["TableId"] = facts.id
    described["TableClassSummary"] = _dated("TableClass", facts.table_class, facts.class_changes)
    if table.billing_mode == ON_DEMAND:
        described["BillingModeSummary"] = _dated(
            "BillingMode", ON_DEMAND, facts.switches, "LastUpdateToPayPerRequestDateTime"
        )
    if facts.on_demand:
        described["OnDemandThroughput"] = dict(facts.on_demand)
    for index, shown in zip(table.global_indexes, described["GlobalSecondaryIndexes"], strict=True):
        shown["IndexArn"] = f"{table.table_arn}/index/{index.name}"
        if caps := vars(index).get(_CAPS):
            shown["OnDemandThroughput"] = caps
    described.update(describe_replicas(table))
    return result


def _dated(key: str, value: str, times: tuple[datetime, ...], name: str = "LastUpdateDateTime") -> dict[str, Any]:
    return {key: value, **({name: times[-1]} if times else {})}
