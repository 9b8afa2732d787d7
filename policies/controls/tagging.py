"""Controls of tags and of names."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.control import Controls, Group, Remedy, Severity
from policies.controls.taggable import BILLED, TAGGABLE
from policies.facts import Facts
from policies.lacks import Lacks, lacks
from policies.values import Record, Resource, opened
from stacks.phases import STATEFUL, Environment, Phase

CONTROLS: Final = Controls()
control = CONTROLS.add
REQUIRED: Final = ("application", "environment", "phase", "owner", "costCentre", "dataClass")
BY_COST: Final = ("application", "environment", "costCentre")
"""What a bill is divided by."""
PLACES: Final = frozenset({*Environment, *Phase, "development", "stage", "production"})
# Names are written in words of letters: orders-prod, ordersProd, orders_prod1.
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
TABLE: Final = "aws:dynamodb/table:Table"
SUBNET: Final = "aws:ec2/subnet:Subnet"


def missing(resource: Resource, keys: Iterable[str]) -> Lacks:
    """Give the tags without a value: neither written at the resource, nor given to all of the provider's by default."""
    tags = opened(resource.raw("tags"))
    if isinstance(tags, Record):  # most are written there: only the others are asked for one by one
        written = {key for key, text in tags.raw_items() if isinstance(text, str) and text}
        keys = [key for key in keys if key not in written]
    return lacks(keys, lambda key: carries(resource, key), lambda key: (key, f"no tag {key}"))


def carries(resource: Resource, key: str) -> bool:
    """Say whether a tag has a value."""
    return resource.record("tags").is_set(key) or resource.record("tagsAll").is_set(key)


def of_stack(keys: Iterable[str]) -> Remedy:
    """Give what adds those tags that the stack says and the resource lacks; none is changed."""

    def remedy(resource: Resource, facts: Facts) -> Mapping[str, Any]:
        lacking = [one.id for one in missing(resource, keys) if not one.unknown]
        return {"tags": {key: facts.tags[key] for key in lacking if key in facts.tags}}

    return remedy


_TAGS: Final = {
    "application": "clubapp",
    "environment": "prod",
    "phase": "growth",
    "owner": "clubapp-team",
    "costCentre": "clubapp",
    "dataClass": "personal",
}


def _without(key: str) -> dict[str, str]:
    return {one: value for one, value in _TAGS.items() if one != key}


@control(
    *TAGGABLE,
    group=Group.TAGGING,
    severity=Severity.LOW,
    remedy=of_stack(REQUIRED),
    good=[
        {"tags": _TAGS},
        {"tags": {**_TAGS, "more": "x"}},
        {"tags": {**_TAGS, "owner": "ref:aws:ssm/parameter:Parameter::owner::value"}},
        {"tags": _without("owner"), "tagsAll": _TAGS},
        [{"type": SUBNET, "name": "a", "inputs": {"tags": _TAGS}}],
    ],
    bad=[
        {},
        {"tags": None},
        {"tags": {}},
        *[{"tags": _without(key)} for key in REQUIRED],
        {"tags": {**_TAGS, "owner": ""}},
        {"tags": {**_TAGS, "owner": 7}},
        {"tags": {**_without("costCentre"), "costcentre": "clubapp"}},
        {"tags": [{"key": "application", "value": "clubapp"}]},
        [{"type": SUBNET, "name": "a", "inputs": {"tags": _without("phase")}}],
    ],
)
def resource_required_tags(resource: Resource) -> Lacks:
    """Resources must say whose they are: set tags application, environment, phase, owner, costCentre and dataClass."""
    return missing(resource, REQUIRED)


@control(
    *BILLED,
    group=Group.COST,
    severity=Severity.LOW,
    remedy=of_stack(BY_COST),
    good=[{"tags": _TAGS}, {"tags": _without("owner")}, {"tagsAll": _TAGS}],
    bad=[{}, {"tags": None}, *[{"tags": _without(key)} for key in BY_COST], {"tags": {**_TAGS, "costCentre": ""}}],
)
def cost_tags(resource: Resource) -> Lacks:
    """Resources that cost money must say who pays: set tags application, environment and costCentre."""
    return missing(resource, BY_COST)


def _named(*names: str) -> list[list[dict[str, Any]]]:
    return [[{"type": TABLE, "name": name, "inputs": {}}] for name in names]


@control(
    *sorted({*TAGGABLE, *STATEFUL}),
    group=Group.RESILIENCE,
    severity=Severity.HIGH,
    good=_named("orders", "orders-primary", "autoscale", "devora-orders", "product", "stagecoach"),
    bad=_named(
        "orders-prod", "prod", "orders-mvp", "growth-orders", "ordersProd", "ORDERS_DEV", "dev2", "scale.orders"
    ),
)
def names_without_phase(resource: Resource) -> bool:
    """Logical names must hold no phase and no environment, or growing replaces what they name: leave the word out."""
    return not PLACES.intersection(word.lower() for word in _WORD.findall(resource.name))
