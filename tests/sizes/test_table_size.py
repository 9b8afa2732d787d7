"""What DynamoDB would refuse is refused before anything is deployed."""

from dataclasses import replace
from typing import Any

import pytest

from sizes.limits import SizeError
from sizes.table import Index, Key, OnDemand, Schema, TableSize

USER = Key(name="userId", type="S")
PLAIN = Schema(partition_key=USER, sort_key=None, indexes=(), ttl_attribute=None)
CAP = OnDemand(max_read_units=400, max_write_units=100)


def index(name: str, *attributes: str) -> Index:
    return Index(name=name, partition_key=USER, sort_key=None, attributes=attributes)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"indexes": (index("a"), index("a"))}, "indexes must have different names, got a, a"),
        ({"indexes": tuple(index(str(n)) for n in range(21))}, "indexes must be between 0 and 20, got 21"),
        ({"indexes": (index("a", *map(str, range(101))),)}, "indexes may project 100 attributes in all, got 101"),
        ({"sort_key": USER}, "the sort key must differ from the partition key, got 'userId' for both"),
    ],
)
def test_keys_that_dynamodb_refuses_cannot_be_written(schema: dict[str, Any], problem: str):
    with pytest.raises(SizeError, match=problem):
        replace(PLAIN, **schema)


def test_backups_are_kept_35_days_at_most():
    with pytest.raises(SizeError, match="backup_days must be between 0 and 35, got 36"):
        TableSize(billing=CAP, backup_days=36, dr_replica=False)


def test_a_cap_of_nothing_is_no_cap():
    with pytest.raises(SizeError, match="max_read_units must be between 1 and 39999, got 0; max_write_units must be"):
        OnDemand(max_read_units=0, max_write_units=40_000)
