"""Policy documents: AWS gives them back with other spaces and another order, and both mean the same."""

import json
from typing import Any, Final

from localcloud.cloud import ACCOUNT, PARTITION

ROOT: Final = f"arn:{PARTITION}:iam::{ACCOUNT}:root"
"""The account itself as a principal."""

# What an element of a statement lists, in any order; one member may stand without its list.
_LISTS: Final = frozenset({"Action", "NotAction", "Resource", "NotResource"})
_PRINCIPALS: Final = frozenset({"Principal", "NotPrincipal"})


def parse(text: str) -> dict[str, Any] | None:
    """Read a document; None for what is no JSON object."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def same_document(one: str, other: str) -> bool:
    """Say whether two documents mean the same; what is no JSON is equal to itself only."""
    first, second = parse(one), parse(other)
    if first is None or second is None:
        return one == other
    return _meaning(first) == _meaning(second)


def statements(document: dict[str, Any]) -> list[Any]:
    """Give the statements; a single one may stand without its list."""
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def members(value: Any) -> list[Any]:
    """Give what may be one value or a list of them as a list."""
    return value if isinstance(value, list) else [value]


def principals(statement: dict[str, Any], kind: str = "AWS") -> list[str]:
    """Give the principals of one kind; an account's number is its root."""
    said = statement.get("Principal", {})
    found = [said] if isinstance(said, str) else members(said.get(kind, []))
    return [ROOT if one == ACCOUNT else one for one in found]


def _meaning(document: dict[str, Any]) -> Any:
    rest = {key: value for key, value in document.items() if key != "Statement"}
    return {**rest, "Statement": sorted(json.dumps(_statement(one), sort_keys=True) for one in statements(document))}


def _statement(statement: dict[str, Any]) -> dict[str, Any]:
    return {key: _element(key, value) for key, value in statement.items()}


def _element(key: str, value: Any) -> Any:
    if key in _LISTS:
        return sorted(members(value))
    if key in _PRINCIPALS:
        if not isinstance(value, dict):
            return {"AWS": members(value)}
        return {kind: sorted(ROOT if one == ACCOUNT else one for one in members(said)) for kind, said in value.items()}
    if key == "Condition":
        return {
            test: {name: sorted(map(_text, members(values))) for name, values in variables.items()}
            for test, variables in value.items()
        }
    return value


def _text(value: Any) -> str:
    """Write a condition's value as AWS keeps it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
