"""Pulumi's own protection of what cannot be made again."""

from collections.abc import Mapping
from typing import Any, Final

from policies.control import Controls, Group, Severity
from policies.controls.relational import INSTANCE, is_replica
from policies.values import Resource
from stacks.leaving import Lifted
from stacks.phases import STATEFUL

CONTROLS: Final = Controls()
control = CONTROLS.add


_PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type, no password


def cannot_be_made_again(resource: Resource) -> bool:
    """Leave out read replicas, made again from their source, and passwords of rotations, which make another."""
    keepers: Any = resource.get("keepers")
    rotated = resource.type == _PASSWORD and isinstance(keepers, Mapping) and "rotation" in keepers
    return not rotated and not (resource.type == INSTANCE and is_replica(resource))


def _one(type_: str, options: dict[str, Any], **inputs: Any) -> list[dict[str, Any]]:
    return [{"type": type_, "name": "it", "inputs": inputs, "options": options}]


@control(
    *sorted(STATEFUL),
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    lifted=Lifted.PROTECTION,
    when=cannot_be_made_again,
    good=[_one(type_, {"protect": True}) for type_ in sorted(STATEFUL)],
    bad=[
        *(_one(type_, {}) for type_ in sorted(STATEFUL)),
        _one(INSTANCE, {"protect": False}),
        _one(INSTANCE, {"protect": None}),
        _one(INSTANCE, {"protect": "true"}),
    ],
    skipped=[
        _one(INSTANCE, {}, replicateSourceDb="primary"),
        _one(_PASSWORD, {}, keepers={"rotation": "2"}),
    ],
)
def protect_on_stateful(resource: Resource) -> bool:
    """Stateful resources must be protected in Pulumi: set protect=True among the resource options."""
    return resource.options.get("protect") is True
