"""Lay what a remedy adds into the inputs of a resource as the engine sent them."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct

from policies.reading import SIGNATURE


def laid_in(inputs: Struct, changes: Mapping[str, Any]) -> Struct:
    """
    Give the inputs with changes, objects key by key; what is not changed stays as the engine sent it, secrets too.

    What stands in the place of an object and is none, or a secret or unknown one, is left alone.
    """
    changed = Struct()
    changed.CopyFrom(inputs)
    for key, value in changes.items():
        _lay(changed, key, value)
    return changed


def _lay(struct: Struct, key: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        struct[key] = value
        return
    kind = struct.fields[key].WhichOneof("kind") if key in struct.fields else "null_value"
    if kind == "null_value":
        struct[key] = {}
    elif kind != "struct_value" or SIGNATURE in struct.fields[key].struct_value.fields:
        return
    for name, item in value.items():
        _lay(struct.fields[key].struct_value, name, item)
