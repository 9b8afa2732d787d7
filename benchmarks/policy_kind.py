# ruff: noqa: INP001  scripts are run by their path
"""What a kind of made-up resource is: a good one in three forms, and the checks that can be broken on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Properties = Mapping[str, Any]

TAGS: Final = {
    "application": "made",
    "environment": "prod",
    "phase": "scale",
    "owner": "made-team",
    "costCentre": "made",
    "dataClass": "none",
}
KEY: Final = "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-1111-1111-111111111111"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One requirement under the name that each tool has for it, and what to write over a good resource to break it."""

    slug: str
    checkov: str
    ours: Properties
    plan: Properties
    template: Properties
    guard: str
    """The condition of a cfn-guard rule."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A type of resource: a good one in each form, and the checks on it."""

    type: str
    plan_type: str
    template_type: str
    ours: Properties
    plan: Properties
    template: Properties
    checks: Sequence[Check]


CFN_TAGS: Final = [{"Key": key, "Value": value} for key, value in TAGS.items()]
