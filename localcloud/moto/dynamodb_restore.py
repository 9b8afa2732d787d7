"""Restores of tables: moto takes every time and every source, and ignores what should differ."""

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import RestoredPITTable
from moto.dynamodb.responses import DynamoResult

from localcloud.moto.dynamodb_facts import ON_DEMAND, PROVISIONED, refuse, refuse_key
from localcloud.moto.dynamodb_history import items_at

_REQUEST: Final = "Invalid Request:"


def restore(self: Any) -> DynamoResult:
    """Restore a table under a new name, with the items that the source had at the time."""
    backend, body = self.dynamodb_backend, self.body
    source, name = _source(backend, body), body["TargetTableName"]
    if name in backend.tables:
        refuse(f"Table already exists: {name}", "TableAlreadyExistsException")
    _refuse_time(source, body)
    mode = body.get("BillingModeOverride") or source.billing_mode or PROVISIONED
    _refuse_capacity(source, mode, body)
    sse = body.get("SSESpecificationOverride")
    if source.region_name != backend.region_name and sse is None:
        refuse(f"{_REQUEST} sseSpecificationOverride must be provided for cross-region restores")
    refuse_key(backend.account_id, backend.region_name, (sse or {}).get("KMSMasterKeyId"))
    indexes = _indexes(source, mode, body)
    table: Any = RestoredPITTable(name, account_id=backend.account_id, region=backend.region_name, source=source)
    table.billing_mode, table.global_indexes = mode, indexes
    if wanted := body.get("RestoreDateTime"):
        table.items = items_at(source, _aware(wanted))
    table.throughput = _capacity(mode, body.get("ProvisionedThroughputOverride") or source.throughput)
    used = set(table.attribute_keys)
    table.attr = [one for one in table.attr if one["AttributeName"] in used]
    table.sse_specification = (
        sse if sse and sse.get("Enabled") else None if sse else copy.copy(source.sse_specification)
    )
    backend.tables[name] = table
    return DynamoResult(table.describe())


def restore_backup(self: Any) -> DynamoResult:
    """Restore a table from a backup with its billing and its key, or another one; moto forgets both."""
    backend, body = self.dynamodb_backend, self.body
    sse = body.get("SSESpecificationOverride")
    refuse_key(backend.account_id, backend.region_name, (sse or {}).get("KMSMasterKeyId"))
    table: Any = backend.restore_table_from_backup(body["TargetTableName"], body["BackupArn"])
    source = backend.get_backup(body["BackupArn"]).table
    table.billing_mode = body.get("BillingModeOverride") or source.billing_mode or PROVISIONED
    _refuse_capacity(source, table.billing_mode, body)
    table.throughput = _capacity(table.billing_mode, body.get("ProvisionedThroughputOverride") or source.throughput)
    table.sse_specification = sse or copy.copy(source.sse_specification)
    return DynamoResult(table.describe())


def _source(backend: Any, body: Mapping[str, Any]) -> Any:
    given = [body[key] for key in ("SourceTableArn", "SourceTableName") if body.get(key)]
    if len(given) != 1:
        refuse(f"{_REQUEST} Must provide exactly one of: sourceTableArn, sourceTableName")
    region = given[0].split(":")[3] if ":" in given[0] else backend.region_name
    source = dynamodb_backends[backend.account_id][region].tables.get(given[0].rpartition("/")[2])
    if source is None:
        refuse(f"Source table not found: {given[0]}", "SourceTableNotFoundException")
    return source


def _refuse_time(source: Any, body: Mapping[str, Any]) -> None:
    wanted, latest = body.get("RestoreDateTime"), body.get("UseLatestRestorableTime", False)
    if (wanted is None) == (not latest):
        refuse(f"{_REQUEST} Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both")
    recovery = source.continuous_backups["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        refuse(
            f"Point in time recovery is not enabled for table '{source.name}'",
            "PointInTimeRecoveryUnavailableException",
        )
    if wanted is None:
        return
    earliest, now = datetime.fromtimestamp(recovery["EarliestRestorableDateTime"], UTC), datetime.now(UTC)
    # Whole seconds: that is how exactly AWS says when a table can be restored from.
    if not earliest.replace(microsecond=0) <= _aware(wanted) <= now:
        refuse(
            f"An invalid restore time was specified: {_aware(wanted):%Y-%m-%dT%H:%M:%SZ} is not between "
            f"{earliest:%Y-%m-%dT%H:%M:%SZ} and {now:%Y-%m-%dT%H:%M:%SZ}",
            "InvalidRestoreTimeException",
        )


def _aware(time: Any) -> datetime:
    """Read a time of a request: moto gives a date or seconds, with or without a zone."""
    if isinstance(time, int | float):
        return datetime.fromtimestamp(time, UTC)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _refuse_capacity(source: Any, mode: str, body: Mapping[str, Any]) -> None:
    given = body.get("ProvisionedThroughputOverride")
    if mode == ON_DEMAND and given:
        refuse(f"{_REQUEST} Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED")
    if mode == PROVISIONED and source.billing_mode == ON_DEMAND and not given:
        refuse(f"{_REQUEST} Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED")


def _capacity(mode: str, units: Mapping[str, int]) -> dict[str, int]:
    keys = ("ReadCapacityUnits", "WriteCapacityUnits")
    return {**{key: 0 if mode == ON_DEMAND else units[key] for key in keys}, "NumberOfDecreasesToday": 0}


def _indexes(source: Any, mode: str, body: Mapping[str, Any]) -> list[Any]:
    """Give the indexes of the restored table: all of the source's, or those that the request lists."""
    found = {index.name: copy.deepcopy(index) for index in source.global_indexes}
    asked = body.get("GlobalSecondaryIndexOverride")
    listed = {one["IndexName"]: one for one in asked} if asked is not None else {name: {} for name in found}
    for name, wanted in listed.items():
        if name not in found:
            refuse(
                f"{_REQUEST} Index {name} does not match a secondary index that existed in the source table and cannot "
                "be created during the restore operation"
            )
        units = wanted.get("ProvisionedThroughput") or found[name].throughput
        if mode == PROVISIONED and not units["ReadCapacityUnits"]:
            refuse(f"{_REQUEST} Must specify provisioned throughput for index {name}")
        found[name].throughput = {
            key: units[key] if mode == PROVISIONED else 0 for key in ("ReadCapacityUnits", "WriteCapacityUnits")
        }
    return [found[name] for name in listed]
