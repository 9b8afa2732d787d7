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
            entry(one.expected.type, one.expected.name, id_=one.id, parent=found.store.name) for one in found.resources
        ]
    return {"resources": resources}


def entry(type_: str, name: str, *, id_: str, parent: str) -> dict[str, Any]:
    """Write what is imported of one resource; *parent* is a name that the file has, in `resources` or `nameTable`."""
    # As the program's SDK asks for it: another version would be another provider to the engine.
    return {
        "type": type_,
        "name": name,
        "id": id_,
        "parent": parent,
        "version": version(f"pulumi-{type_.partition(':')[0]}"),
    }
