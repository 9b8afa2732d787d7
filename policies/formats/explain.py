"""One control, explained."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from policies.control import Control, Example
from policies.exemptions import LEVELS as OWN_LEVELS
from policies.formats.text import columns
from policies.frameworks import FRAMEWORKS, References
from policies.levels import SETTINGS, Place, Setting, level_of
from stacks.phases import Environment, Phase


def explained(control: Control, references: References = FRAMEWORKS) -> str:
    """Give what it asks, of what, how strictly where, for which framework, and examples."""
    return "\n\n".join([control.slug, *_blocks(control, references)]) + "\n"


def _blocks(control: Control, references: References) -> Iterator[str]:
    yield f"    {control.sentence()}"
    yield columns(_facts(control))
    yield f"level by environment and phase:\n{_levels(control)}"
    for row in SETTINGS:
        if control.slug in row.slugs:
            yield f"{row.name} by environment and phase:\n{_by_place(partial(_number, row))}"
    if rows := references.get(control.slug, ()):
        lines = [(f"    {row.key}", f"{row.name} {row.version}", ", ".join(row.ids)) for row in rows]
        yield f"it helps to meet:\n{columns(lines)}"
    yield f"this passes:\n{_example(control.good[0])}"
    yield f"this fails:\n{_example(control.bad[0])}"
    if control.skipped:
        yield f"it does not apply to this:\n{_example(control.skipped[0])}"


def _facts(control: Control) -> Iterator[tuple[str, str]]:
    yield "about", control.group
    yield "severity", control.severity.name.lower()
    yield "judges", ", ".join(control.types)
    yield "looks at", f"the {control.scope}"
    if control.when:
        # The docstring says what is left out and why, as the engine is told it.
        yield "except", " ".join((control.when.__doc__ or "").split())
    if control.on_stack:
        yield "found", "once, on the stack"
    if control.remedy:
        yield "remedy", "the level remediate in the pack's configuration puts it right"
    for name, schema in control.settings.items():
        yield "setting", f"{name}: {_schema(schema)}"


def _schema(schema: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in schema.items())


def _levels(control: Control) -> str:
    def level(environment: Environment, phase: Phase) -> str:
        place = Place(environment=environment, phase=phase)
        return OWN_LEVELS.get(control.slug, level_of(control, place)).name.lower()

    return _by_place(level)


def _number(row: Setting, environment: Environment, phase: Phase) -> str:
    return str(row.rows[environment][phase])


def _by_place(cell: Callable[[Environment, Phase], str]) -> str:
    rows = [(f"    {environment}", *(cell(environment, phase) for phase in Phase)) for environment in Environment]
    return columns([("", *Phase), *rows])


def _example(example: Example) -> str:
    """Give inputs of a resource, or resources."""
    text = json.dumps(example if isinstance(example, Mapping) else list(example), indent=2)
    return "\n".join(f"    {line}" for line in text.splitlines())
