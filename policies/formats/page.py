"""The page of all controls, docs/controls.md: written from the list, and held to it by a test."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from policies.control import Control, Level
from policies.controls import CONTROLS
from policies.frameworks import FRAMEWORKS
from policies.levels import DEVIATIONS, SETTINGS, Place, level_of
from stacks.phases import Environment, Phase

_HERE: Final = Path(__file__).parent.parent
EQUIVALENTS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = json.loads(
    (_HERE / "equivalents.json").read_text(encoding="utf-8")
)
"""What other public tools call a control, by slug: ids of Security Hub's FSBP, Checkov and Prowler."""

_TOOLS: Final = {"fsbp": "FSBP", "checkov": "Checkov", "prowler": "Prowler"}
_INTRODUCTION: Final = """\
# Controls

Written by `python -m policies.formats.page`; do not edit. `datastores check --explain CONTROL` tells more of one: what
it leaves out, its settings, its level in every environment and phase, and examples.
"""


def page(controls: Sequence[Control] = CONTROLS) -> str:
    """Give the whole page: a section for each service, a paragraph for each control."""
    services: dict[str, list[Control]] = {}
    for control in sorted(controls, key=lambda control: control.slug):
        services.setdefault(control.slug.partition("-")[0], []).append(control)
    sections = ["\n".join([f"## {service}\n", *map(_paragraph, found)]) for service, found in sorted(services.items())]
    return "\n".join([_INTRODUCTION, *sections])


def _paragraph(control: Control) -> str:
    return (
        "\n".join([f"### {control.slug}\n", control.sentence(), "", *(f"- {line}" for line in _facts(control))]) + "\n"
    )


def _facts(control: Control) -> Iterator[str]:
    yield f"{control.group}, severity {control.severity.name.lower()}; {_levels(control)}"
    yield from _settings(control)
    if reasons := [one.reason for one in DEVIATIONS if one.slug == control.slug]:
        yield f"not judged like its group: {reasons[0]}"
    if rows := FRAMEWORKS.get(control.slug, ()):
        yield "; ".join(f"{row.name} {row.version}: {', '.join(row.ids)}" for row in rows)
    if control.remedy:
        yield "put right by the level `remediate`, where the pack's configuration asks for it"
    if control.on_stack:
        yield "found once, on the stack"
    if others := EQUIVALENTS.get(control.slug, {}):
        yield "; ".join(f"{name}: {', '.join(others[key])}" for key, name in _TOOLS.items() if key in others)


def _settings(control: Control) -> Iterator[str]:
    """Say what a setting is in each environment and phase, where it is not the same everywhere."""
    for row in SETTINGS:
        if control.slug in row.slugs:
            lines = [f"{place} {', '.join(map(str, numbers.values()))}" for place, numbers in row.rows.items()]
            yield f"`{row.name}` in {', '.join(Phase)}: {'; '.join(lines)}"


def _levels(control: Control) -> str:
    """Say how strict it is in each environment, and from which phase on."""
    return ", ".join(f"{environment} {_level(control, environment)}" for environment in Environment)


def _level(control: Control, environment: Environment) -> str:
    levels = [level_of(control, Place(environment=environment, phase=phase)) for phase in Phase]
    if len(set(levels)) == 1:
        return levels[0].name.lower()
    first = next(phase for phase, level in zip(Phase, levels, strict=True) if level is Level.MANDATORY)
    return f"{levels[0].name.lower()}, mandatory from {first}"


if __name__ == "__main__":
    (_HERE.parent / "docs" / "controls.md").write_text(page(), encoding="utf-8")
    sys.stdout.write("docs/controls.md is written\n")
