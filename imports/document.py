"""Pulumi's import file: what `pulumi import --file` takes."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from imports.found import FoundStore


def import_file(stores: Sequence[FoundStore]) -> dict[str, Any]:
    """Write the file; each store's component comes before what is in it."""
    resources: list[dict[str, Any]] = []
    for found in stores:
        main = found.resources[0].expected
        resources.append({"type": main.parent, "name": found.store.name, "component": True})
        resources += [
            {
                "type": one.expected.type,
                "name": one.expected.name,
                "id": one.id,
                "parent": found.store.name,
                # As the program's SDK asks for it: another version would be another provider to the engine.
                "version": version(f"pulumi-{one.expected.type.partition(':')[0]}"),
            }
            for one in found.resources
        ]
    return {"resources": resources}
