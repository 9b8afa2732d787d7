"""Values as the engine sends them: protobuf Structs, whole numbers as doubles, unknowns as well-known strings."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct

Props = dict[str, Any]
"""Properties of a resource, camelCase as the provider gets them."""

# One string a kind: bool, number, string, array, asset, archive, object. Source: sdk/go/common/resource/plugin/rpc.go.
UNKNOWNS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What we answer for a value that only the deployment will know."""


def is_unknown(value: object) -> bool:
    """Say whether only the deployment will know *value*."""
    return isinstance(value, str) and value in UNKNOWNS


def load(struct: Struct) -> Props:
    """Read a Struct; whole numbers become int, nulls are left out."""
    return _plain(json_format.MessageToDict(struct))


def dump(props: Mapping[str, Any]) -> Struct:
    """Write a Struct."""
    struct = Struct()
    struct.update(props)
    return struct


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items() if item is not None}
        case list():
            return [_plain(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
