"""What tables held before: moto restores a table with the items of now, whatever time is asked for."""

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType

from localcloud.moto.dynamodb_facts import others

_PLACE: Final = "localcloud_history"
_DAY: Final = 24 * 3600

_put_of_moto = DynamoDBBackend.put_item
_update_of_moto = DynamoDBBackend.update_item
_delete_of_moto = DynamoDBBackend.delete_item
_backups_of_moto = DynamoDBBackend.describe_continuous_backups


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """What one write took the place of."""

    time: float
    """Seconds since 1970."""
    key: tuple[DynamoType, DynamoType | None]
    before: Any
    """A copy of moto's item; None: there was none."""


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for name, mended in (
        ("put_item", _recording(_put_of_moto, "item_attrs")),
        ("update_item", _recording(_update_of_moto, "key")),
        ("delete_item", _recording(_delete_of_moto, "key")),
        ("describe_continuous_backups", _describe),
    ):
        setattr(DynamoDBBackend, name, mended)


def items_at(table: Any, when: datetime) -> Any:
    """Give copies of the items that a table had at a time that it can be restored to."""
    items = copy.deepcopy(table.items)
    for change in reversed(_history(table)):
        if change.time <= when.timestamp():
            break
        _put_back(table, items, change)
    return items


def _put_back(table: Any, items: Any, change: _Change) -> None:
    hash_key, range_key = change.key
    place, key = (items[hash_key], range_key) if table.has_range_key else (items, hash_key)
    if change.before is None:
        place.pop(key, None)
    else:
        place[key] = copy.deepcopy(change.before)


def _history(table: Any) -> list[_Change]:
    return vars(table).setdefault(_PLACE, [])


def _recording(of_moto: Callable[..., Any], named: str) -> Callable[..., Any]:
    """Give one of moto's writes so that what was there is kept; its second argument, *named*, has the key."""

    def write(backend: Any, table_name: str, *args: Any, **kwargs: Any) -> Any:
        table = backend.tables.get(table_name.rpartition("/")[2])
        given = kwargs[named] if named in kwargs else args[0]
        key = _key(table, given) if table is not None and _recorded(table) else None
        if table is None or key is None:
            return of_moto(backend, table_name, *args, **kwargs)
        before = copy.deepcopy(table.get_item(*key))
        answer = of_moto(backend, table_name, *args, **kwargs)
        for one in (table, *others(table)):
            _history(one).append(_Change(time=time.time(), key=key, before=before))
        return answer

    return write


def _recorded(table: Any) -> bool:
    recovery = table.continuous_backups["PointInTimeRecoveryDescription"]
    return recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def _key(table: Any, given: Mapping[str, Any]) -> tuple[DynamoType, DynamoType | None] | None:
    """Read the key of an item; None where it has none, which moto refuses itself."""
    names = [table.hash_key_attr, *([table.range_key_attr] if table.has_range_key else [])]
    if any(name not in given for name in names):
        return None
    values = [DynamoType(given[name]) for name in names]
    return values[0], values[1] if len(values) > 1 else None


def _describe(backend: Any, table_name: str) -> dict[str, Any]:
    """Let the span grow to now, and begin as many days ago as are kept: moto's stands still."""
    told = _backups_of_moto(backend, table_name)
    recovery = told["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        return told
    now = time.time()
    earliest = max(recovery["EarliestRestorableDateTime"], now - recovery["RecoveryPeriodInDays"] * _DAY)
    span = {"EarliestRestorableDateTime": earliest, "LatestRestorableDateTime": now}
    return {**told, "PointInTimeRecoveryDescription": {**recovery, **span}}
