"""`datastores render`: the resources of a stack, without an engine."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

from stacks.render import render as rendered
from stacks.settings import Settings

WIDE: Final = 160
"""Columns where there is no terminal."""


def render(settings: Settings, *, as_json: bool, out: TextIO) -> int:
    """Print the custom resources of a stack, as a table or as JSON in the normal form."""
    resources = rendered(settings)
    if as_json:
        json.dump({"resources": resources}, out, indent=2)
        out.write("\n")
    else:
        _print_table(settings, resources, out)
    return 0


def _print_table(settings: Settings, resources: Sequence[Mapping[str, Any]], out: TextIO) -> None:
    # Not at the top: JSON needs none of it.
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=f"{settings.stack} in {settings.phase}: {len(resources)} resources", title_justify="left")
    table.add_column("store")
    table.add_column("type")
    table.add_column("name")
    table.add_column("protected")
    for resource in resources:
        options = resource["options"]
        store = options.get("parent", "").rpartition("::")[2]
        table.add_row(store, resource["type"], resource["name"], "yes" if options.get("protect") else "")
    # In a pipe there is no width to fit into: a row stays on its line. With NO_COLOR alone, rich would leave it italic.
    colours = None if os.environ.get("NO_COLOR") else "auto"
    Console(file=out, width=None if out.isatty() else WIDE, color_system=colours).print(table)
