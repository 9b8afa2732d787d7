"""Edits for tests: one is an update of a prod table unless a test says otherwise."""

from typing import Any

from upgrades.edits import Edit, Kind, Operation

TABLE = "aws:dynamodb/table:Table"


def edit(path: str = "", before: Any = None, after: Any = None, **more: Any) -> Edit:
    type_, name = more.pop("type", TABLE), more.pop("name", "presence-table")
    facts: dict[str, Any] = {
        "type": type_,
        "name": name,
        "urn": f"urn:pulumi:clubapp-prod::datastores::{type_}::{name}",
        "operation": Operation.UPDATE,
        "path": path,
        "kind": Kind.UPDATE,
        "before": before,
        "after": after,
        "replaces": False,
        "holds_data": True,
        "was": {path: before} if path else {},
        "will": {path: after} if path else {},
    }
    return Edit(**facts | more)
