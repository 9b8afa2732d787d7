"""Global secondary indexes, inside a table of DynamoDB and beside it: which go and which come in one update."""

from collections.abc import Sequence
from typing import Any, Final

from upgrades.comparisons import block, entries, text_of
from upgrades.edits import Edit, Operation
from upgrades.guards import TABLE

INDEX: Final = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"


def exchanged(edit: Edit, made: Sequence[Edit]) -> tuple[set[str], set[str]]:
    """
    Give the names of the indexes that go with *edit*, and of those of the same table that come beside.

    *made* are the edits that create indexes. Raises CannotTellError where a name is known by the deployment only.
    """
    if edit.type == INDEX and edit.operation is Operation.DELETE:
        table = text_of(edit.was.get("tableName"))
        come = {text_of(one.will.get("indexName")) for one in made if text_of(one.will.get("tableName")) == table}
        return {text_of(edit.was.get("indexName"))}, come
    if edit.type == TABLE and edit.path == "globalSecondaryIndexes":
        before, after = _names(edit.before), _names(edit.after)
        return before - after, after - before
    return set(), set()


def _names(indexes: Any) -> set[str]:
    return {text_of(block(one).get("name")) for one in entries(indexes)}
