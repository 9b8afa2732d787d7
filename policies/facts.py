"""What a stack says of itself in name and configuration, as far as a remedy may write it down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.control import Control, Remedy
from policies.levels import PHASE_KEY, place_of
from policies.values import CannotTellError, Resource

_TAGS: Final = {"owner": "datastores:owner", "costCentre": "datastores:costCentre", "phase": PHASE_KEY}
"""Tags, and the configuration keys that they repeat."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a remedy may know."""

    tags: Mapping[str, str]
    """Those of the stack, as far as it says them: what class the data is of, only its application knows."""


def facts_of(stack: str, config: Mapping[str, str]) -> Facts:
    """Read the facts of a stack `<application>-<environment>`."""
    place = place_of(stack, config)
    tags = {tag: config[key] for tag, key in _TAGS.items() if config.get(key)}
    if place.environment:
        tags |= {"application": stack.rpartition("-")[0], "environment": str(place.environment)}
    return Facts(tags={tag: value for tag, value in tags.items() if value})


def remedy_of(control: Control, resource: Resource, facts: Facts) -> Mapping[str, Any]:
    """Give the inputs to set so that a resource complies; empty where there are none, or it cannot be told."""
    if not control.remedy:
        return {}
    try:
        return control.remedy(resource, facts)
    except CannotTellError:
        return {}


def sets(**inputs: Any) -> Remedy:
    """Give a remedy that sets inputs, whatever the stack is."""

    def remedy(resource: Resource, facts: Facts) -> Mapping[str, Any]:  # noqa: ARG001  a remedy is given both
        return inputs

    return remedy
