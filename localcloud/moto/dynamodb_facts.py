"""What DynamoDB keeps of a table and moto does not, beside moto's table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NoReturn

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random

_PLACE: Final = "localcloud"
INVALID: Final = "ValidationException"
PARAMETER: Final = "One or more parameter values were invalid:"
"""How AWS begins most of its refusals."""
ON_DEMAND: Final = "PAY_PER_REQUEST"
PROVISIONED: Final = "PROVISIONED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What moto's table lacks. It holds no other table: moto copies tables whole when a transaction begins."""

    id: str = field(default_factory=lambda: str(mock_random.uuid4()))
    table_class: str = "STANDARD"
    class_changes: tuple[datetime, ...] = ()
    on_demand: Mapping[str, int] = field(default_factory=dict)
    """Caps of an on-demand table: MaxReadRequestUnits, MaxWriteRequestUnits."""
    switches: tuple[datetime, ...] = ()
    """When it was switched to on-demand."""
    regions: tuple[str, ...] = ()
    """All regions of a global table, its own too; none of another."""
    consistency: str = "EVENTUAL"
    insights: Mapping[str, str] = field(default_factory=dict)
    """Contributor insights: index ("" is the table itself) -> mode."""


def facts_of(table: Any) -> Facts:
    """Give the facts of a table."""
    return vars(table).setdefault(_PLACE, Facts())


def change(table: Any, **facts: Any) -> None:
    """Change facts of a table."""
    vars(table)[_PLACE] = replace(facts_of(table), **facts)


def refuse(message: str, code: str = INVALID) -> NoReturn:
    """Answer with an error of AWS: its code and message."""
    raise JsonRESTError(code, message)


def members(table: Any) -> list[Any]:
    """Give all tables of a global table, or a table alone."""
    regions = facts_of(table).regions or (table.region_name,)
    found = [dynamodb_backends[table.account_id][region].tables.get(table.name) for region in regions]
    return [one for one in found if one is not None]


def others(table: Any) -> list[Any]:
    """Give the replicas of a table in other regions."""
    return [one for one in members(table) if one.region_name != table.region_name]


def synchronise(table: Any) -> None:
    """Bring to the replicas what is the same in all of a global table: keys, indexes, capacity, expiry, items."""
    for other in others(table):
        other.attr, other.global_indexes = table.attr, table.global_indexes
        other.billing_mode, other.throughput = table.billing_mode, table.throughput
        other.warm_throughput, other.ttl, other.items = table.warm_throughput, table.ttl, table.items
        change(other, on_demand=facts_of(table).on_demand)


def refuse_key(account: str, region: str, key: str | None) -> None:
    """Refuse a KMS key that does not exist in a region or cannot be used."""
    if key is None or key.endswith("alias/aws/dynamodb"):
        return
    backend = kms_backends[account][region]
    found = backend.keys.get(str(backend.get_key_id(key))) if f":{region}:" in key or ":" not in key else None
    if found is None or found.key_state != "Enabled":
        refuse(f"KMS key access denied error: the key {key} does not exist in {region}, or is not enabled")
