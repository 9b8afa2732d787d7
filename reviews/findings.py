"""Findings of two reports, compared by what makes them the same: control, type, name and id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.control import Level, Severity

Key = tuple[str, str, str, str]
_KINDS: Final = ("violations", "cannotTell")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A violation, or what cannot be told yet."""

    control: str
    type: str
    resource: str
    severity: Severity
    level: Level
    message: str
    id: str
    """Which of several things the control asks for; empty where it asks for one."""
    unknown: str
    """The path of the value that was missing; empty for a violation."""

    @property
    def key(self) -> Key:
        """What makes it the same finding in another report, as `policies.baseline` has it."""
        return self.control, self.type, self.resource, self.id

    @property
    def is_mandatory(self) -> bool:
        """Say whether it stops a deployment."""
        return self.level is Level.MANDATORY


def found_in(document: Mapping[str, Any] | None) -> dict[Key, Found]:
    """Read what `datastores check --json` prints; None is a stack that was not judged."""
    rows = [row for kind in _KINDS for row in (document or {}).get(kind, ())]
    found = [
        Found(
            control=row["control"],
            type=row["type"],
            resource=row["resource"],
            severity=Severity[row["severity"].upper()],
            level=Level[row["level"].upper()],
            message=row["message"],
            id=row.get("id", ""),
            unknown=row.get("unknown", ""),
        )
        for row in rows
    ]
    return {one.key: one for one in found}


def stricter(reports: Iterable[Mapping[Key, Found]]) -> dict[Key, Found]:
    """Lay reports over each other: of the same finding the stricter one stays."""
    result: dict[Key, Found] = {}
    for report in reports:
        for key, found in report.items():
            known = result.get(key)
            if known is None or (known.level, not known.unknown) < (found.level, not found.unknown):
                result[key] = found
    return result


def worst_first(one: Found) -> tuple[int, int, str, str, str]:
    """Sort by this."""
    return -one.level, -one.severity, one.control, one.resource, one.id
