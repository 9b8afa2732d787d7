"""RDS: parameters, alike in the groups of instances and of clusters."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from localcloud.moto.rds_facts import FAMILIES as AURORA_FAMILIES
from localcloud.resources.rds_postgres import FAMILIES, STATIC_PARAMETERS
from localcloud.wire import Props

_NAME: Final = re.compile(r"[a-z](?:-?[a-z0-9.])*")
# Amazon RDS API Reference, ModifyDBParameterGroup and ResetDBParameterGroup.
_PARAMETERS_A_CALL: Final = 20
_METHODS: Final = ("immediate", "pending-reboot")


def _method(parameter: Props) -> str:
    return parameter.get("applyMethod", "immediate")


def for_aws(parameters: list[Props]) -> Iterator[list[Props]]:
    """Write parameters as AWS's calls take them, as many a call as it takes."""
    rest = iter(parameters)
    while some := list(islice(rest, _PARAMETERS_A_CALL)):
        yield [
            {
                "ParameterName": one["name"].lower(),
                "ParameterValue": str(one["value"]),
                "ApplyMethod": _method(one),
            }
            for one in some
        ]


def from_aws(parameters: list[Mapping[str, Any]]) -> list[Props]:
    """Read parameters as AWS's calls give them."""
    return [
        {"name": one["ParameterName"], "value": one["ParameterValue"], "applyMethod": one["ApplyMethod"]}
        for one in parameters
    ]


def gone(before: list[Props], after: list[Props]) -> list[Props]:
    """Give the parameters that are named no longer."""
    named = {one["name"].lower() for one in after}
    return [one for one in before if one["name"].lower() not in named]


def same_parameters(ours: Any, live: Any) -> bool:
    """Compare parameters: their order means nothing, and AWS writes names in lower case."""

    def meaning(parameters: list[Props]) -> set[tuple[str, str, str]]:
        return {(one["name"].lower(), str(one["value"]), _method(one)) for one in parameters}

    return meaning(ours) == meaning(live)


def name_rules(inputs: Props) -> Iterator[str]:
    """Refuse names of groups."""
    name = inputs.get("name", "a")
    if len(name) > 255 or not _NAME.fullmatch(name):  # noqa: PLR2004  the quota of the sentence below
        yield (
            "name must be 1 to 255 lowercase letters, digits, periods or single hyphens, beginning with a letter, "
            f"got {name!r}"
        )
    if name.startswith("default."):
        yield f"name must not begin with 'default.', got {name!r}"


def family_rules(inputs: Props) -> Iterator[str]:
    """Refuse families of instances: RDS's own, and those of members of Aurora clusters."""
    yield from _require(inputs.get("family"), (*FAMILIES, *AURORA_FAMILIES))


def cluster_family_rules(inputs: Props) -> Iterator[str]:
    """Refuse families of clusters."""
    yield from _require(inputs.get("family"), AURORA_FAMILIES)


def _require(family: str | None, families: tuple[str, ...]) -> Iterator[str]:
    if family not in families:
        yield f"ParameterGroupFamily {family} is not a valid parameter group family: use one of {', '.join(families)}"


def parameter_rules(inputs: Props) -> Iterator[str]:
    """Refuse parameters that come too late, or twice."""
    seen: set[str] = set()
    for parameter in inputs.get("parameters", []):
        name = parameter["name"].lower()
        if _method(parameter) not in _METHODS:
            yield f"applyMethod of {name} must be one of {', '.join(_METHODS)}, got {parameter['applyMethod']!r}"
        elif name in STATIC_PARAMETERS and _method(parameter) == "immediate":
            yield f"cannot use immediate apply method for static parameter {name}: set applyMethod to pending-reboot"
        if name in seen:
            yield f"the parameter {name} is given twice"
        seen.add(name)
