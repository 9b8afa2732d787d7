"""What a parameter group of PostgreSQL asks for."""

from collections.abc import Sequence
from typing import Any, Final

from policies.lacks import Lacks, lacks
from policies.values import Record

# Set to these values the parameters switch logging off, whatever public tools make of their presence.
_OFF: Final = {"log_statement": ("", "none"), "log_min_duration_statement": ("", "-1")}


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


def logs_queries(groups: Sequence[Record]) -> Lacks:
    """Say what a parameter group, if there is one, leaves out of logging: statements, or how long slow ones took."""
    return lacks(
        _OFF,
        lambda name: bool(groups) and all(_value(group, name) not in _OFF[name] for group in groups),
        lambda name: (name, f"{name} is off"),
    )


def with_parameters(**values: str) -> dict[str, Any]:
    """Give the inputs of an example: a group with parameters, of whose names `__` stands for a dot."""
    return {
        "name": "orders",
        "parameters": [{"name": name.replace("__", "."), "value": value} for name, value in values.items()],
    }
