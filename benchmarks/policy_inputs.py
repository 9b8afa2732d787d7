# ruff: noqa: INP001  scripts are run by their path
"""
The same made-up resources in three forms: our normal form, a Terraform plan, a CloudFormation template.

Nine in ten are good; every tenth of each type breaks one of ten checks, which all three tools have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from policy_kind import Check, Kind, Properties
from policy_kinds import KINDS

SEED_EVERY: Final = 10
"""Of each type one in so many resources breaks a check."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """One resource: of a kind, and broken or not."""

    name: str
    kind: Kind
    broken: Check | None

    def properties(self, form: str) -> dict[str, Any]:
        """Give its properties in a form: `ours`, `plan` or `template`; nulls are left out."""
        over: Properties = getattr(self.broken, form) if self.broken else {}
        return {key: value for key, value in {**getattr(self.kind, form), **over}.items() if value is not None}


def made(count: int) -> list[Made]:
    """Give so many resources, of all kinds in turn; always the same."""

    def endless() -> Any:
        number = 0
        while True:
            for kind in KINDS:
                seed = kind.checks[number // SEED_EVERY % len(kind.checks)]
                broken = seed if number % SEED_EVERY == SEED_EVERY - 1 else None
                yield Made(name=f"made{number}{kind.type.rpartition(':')[2]}", kind=kind, broken=broken)
            number += 1

    return list(islice(endless(), count))


def seeded(resources: Sequence[Made]) -> set[tuple[str, str]]:
    """Give what every tool has to find: slug and name."""
    return {(one.broken.slug, one.name) for one in resources if one.broken}


def normal_form(resources: Sequence[Made]) -> dict[str, Any]:
    """Write what `datastores check --resources` reads."""
    return {
        "resources": [
            {
                "type": one.kind.type,
                "name": one.name,
                "inputs": one.properties("ours"),
                "options": {"protect": True},
            }
            for one in resources
        ],
        "stack": {"environment": "prod", "phase": "scale"},
    }


def plan(resources: Sequence[Made]) -> dict[str, Any]:
    """Write what `terraform show -json` prints of a plan that creates the resources."""
    provider = "registry.terraform.io/hashicorp/aws"
    planned: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    configured: list[dict[str, Any]] = []
    for one in resources:
        type_, values = one.kind.plan_type, one.properties("plan")
        head = {"address": f"{type_}.{one.name}", "mode": "managed", "type": type_, "name": one.name}
        planned.append({**head, "provider_name": provider, "schema_version": 0, "values": values})
        change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {}}
        changes.append({**head, "provider_name": provider, "change": change})
        configured.append({**head, "provider_config_key": "aws", "expressions": {}, "schema_version": 0})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": configured}},
    }


def template(resources: Sequence[Made]) -> dict[str, Any]:
    """Write a CloudFormation template."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            one.name: {"Type": one.kind.template_type, "Properties": one.properties("template")} for one in resources
        },
    }


def guard_rules() -> str:
    """Write the ten checks for cfn-guard; each rule is named like our control."""
    return "\n".join(
        f"rule {check.slug.replace('-', '_')} {{\n"
        f"  Resources.*[ Type == '{kind.template_type}' ] {{\n    {check.guard}\n  }}\n}}\n"
        for kind in KINDS
        for check in kind.checks
    )
