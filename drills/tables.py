"""A DynamoDB table restored beside itself, as of the latest time, and its keys held against those of the source."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from drills.databases import Client
from drills.report import DATA, Check, Outcome
from drills.scratch import Order, alike, listed

LOOKED_AT: Final = 10_000
"""Keys that are looked at in each direction: up to here all, of a bigger table as many as a scan gives first."""
_BATCH: Final = 100
"""Keys that BatchGetItem takes at once."""

Item = Mapping[str, Any]


class TableCopy:
    """A table; *changed* is how many percent of the keys may have come or gone since the time."""

    def __init__(self, client: Client, order: Order, changed: int) -> None:
        self._dynamodb, self._order, self._changed = client("dynamodb"), order, changed
        self._original = self._table(order.source.id)
        self._tagged = False

    def begin(self) -> None:
        """Restore to the latest time, under the source's key: without a word AWS would take its own."""
        sse = self._original.get("SSEDescription") or {}
        encryption = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": sse.get("KMSMasterKeyArn")}
        self._dynamodb.restore_table_to_point_in_time(
            SourceTableArn=self._original["TableArn"],
            TargetTableName=self._order.scratch.id,
            UseLatestRestorableTime=True,
            **({"SSESpecificationOverride": encryption} if sse.get("KMSMasterKeyArn") else {}),
        )

    def ready(self) -> bool:
        """Tag it as soon as AWS lets it be tagged: a restore takes no tags."""
        copy = self._table(self._order.scratch.id)
        if copy["TableStatus"] != "ACTIVE":
            return False
        if not self._tagged:
            self._dynamodb.tag_resource(ResourceArn=copy["TableArn"], Tags=listed(self._order.tags))
            self._tagged = True
        return all(one["IndexStatus"] == "ACTIVE" for one in copy.get("GlobalSecondaryIndexes", ()))

    def checks(self) -> Iterator[Check]:
        """Compare keys, indexes, capacity and encryption, then the keys of the items."""
        yield from alike(_facts(self._original), _facts(self._table(self._order.scratch.id)))
        yield self._items()

    def put_back(self) -> Sequence[str]:
        """Name what a real restore has to put back: a restored table has none of it."""
        arn = self._original["TableArn"]
        ttl = self._dynamodb.describe_time_to_live(TableName=self._order.source.id)["TimeToLiveDescription"]
        expiry = f"TTL on {ttl['AttributeName']}" if ttl.get("TimeToLiveStatus") == "ENABLED" else "TTL"
        wanted = {
            expiry: ttl.get("TimeToLiveStatus") == "ENABLED",
            "point-in-time recovery": True,
            "tags": self._dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"],
            "deletion protection": self._original.get("DeletionProtectionEnabled"),
            "stream": self._original.get("LatestStreamArn"),
        }
        return [name for name, there in wanted.items() if there]

    def _table(self, name: str) -> Mapping[str, Any]:
        return self._dynamodb.describe_table(TableName=name)["Table"]

    def _items(self) -> Check:
        """Look for the keys of each in the other; what came or went since the time is allowed up to a bound."""
        name = "items"
        try:
            here, all_here = self._keys(self._order.source.id)
            there, all_there = self._keys(self._order.scratch.id)
            missing = self._missing(here, self._order.scratch.id)
            gone = self._missing(there, self._order.source.id)
        except ClientError as error:
            said = f"not checked: {error.response['Error'].get('Code')}"
            return Check(aspect=DATA, name=name, outcome=Outcome.UNKNOWN, said=said)
        looked = len(here) + len(there)
        extent = "all" if all_here and all_there else "the first"
        said = (
            f"{extent} {len(here)} keys of the source and {len(there)} of the copy: {missing} are not in the copy, "
            f"{gone} not in the source any more; {self._changed} % may differ"
        )
        same = (missing + gone) * 100 <= looked * self._changed
        return Check(aspect=DATA, name=name, outcome=Outcome.PASSED if same else Outcome.FAILED, said=said)

    def _keys(self, table: str) -> tuple[list[Item], bool]:
        """Give the keys that a scan gives first, and whether these are all."""
        names = [one["AttributeName"] for one in self._original["KeySchema"]]
        aliases = {f"#k{number}": name for number, name in enumerate(names)}
        found: list[Item] = []
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=table, ProjectionExpression=", ".join(aliases), ExpressionAttributeNames=aliases
        )
        for page in pages:
            found += page["Items"]
            if len(found) >= LOOKED_AT:
                return found[:LOOKED_AT], len(found) == LOOKED_AT and "LastEvaluatedKey" not in page
        return found, True

    def _missing(self, keys: Sequence[Item], table: str) -> int:
        """Count the keys that a table does not have."""
        names = {f"#k{number}": name for number, name in enumerate(keys[0] if keys else ())}
        found = 0
        for start in range(0, len(keys), _BATCH):
            left: list[Item] = list(keys[start : start + _BATCH])
            while left:
                answer = self._dynamodb.batch_get_item(
                    RequestItems={
                        table: {
                            "Keys": left,
                            "ProjectionExpression": ", ".join(names),
                            "ExpressionAttributeNames": names,
                        }
                    }
                )
                found += len(answer["Responses"].get(table, ()))
                left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        return len(keys) - found


def _facts(table: Mapping[str, Any]) -> dict[str, Any]:
    sse = table.get("SSEDescription") or {}
    return {
        "keys": _schema(table),
        "indexes": {one["IndexName"]: _schema(one) for one in table.get("GlobalSecondaryIndexes", ())},
        "capacity": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "encryption": sse.get("Status") in ("ENABLED", "UPDATING"),
        "key": sse.get("KMSMasterKeyArn"),
    }


def _schema(one: Mapping[str, Any]) -> list[str]:
    return [f"{part['AttributeName']} ({part['KeyType']})" for part in one["KeySchema"]]
