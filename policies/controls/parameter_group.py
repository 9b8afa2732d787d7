"""What a parameter group of PostgreSQL asks for."""

from typing import Any

from policies.values import Record


def _value(group: Record, name: str) -> str:
    """Give a parameter's value; an empty text when the group does not set it."""
    for one in group.records("parameters"):
        if one.text("name") == name:
            value = one.get("value")
            # The provider takes a number for its text, too.
            return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return ""


def forces_ssl(group: Record) -> bool:
    """Say whether a parameter group refuses connections without TLS."""
    return _value(group, "rds.force_ssl") == "1"


def logs_queries(group: Record) -> bool:
    """Say whether a parameter group logs statements, and how long the slow ones took."""
    # Set to these values the parameters switch logging off, whatever public tools make of their presence.
    statements, slow = _value(group, "log_statement"), _value(group, "log_min_duration_statement")
    return statements not in {"", "none"} and slow not in {"", "-1"}


def with_parameters(**values: str) -> dict[str, Any]:
    """Give the inputs of an example: a group with parameters, of whose names `__` stands for a dot."""
    return {
        "name": "orders",
        "parameters": [{"name": name.replace("__", "."), "value": value} for name, value in values.items()],
    }
