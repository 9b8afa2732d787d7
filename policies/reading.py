"""Read resources into values, from the engine's messages and from the normal form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.values import Items, Record, Reference, Resource, Secret, Unknown

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the protocol's public mark of a secret, not one
UNKNOWNS: Final = frozenset(  # of a bool, number, string, array, asset, archive, object
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
_REFERENCE: Final = re.compile(r"ref:(?P<type>[^\s:]+:[^\s:]*:[^\s:]+)::(?P<name>(?:(?!::).)+)::")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, for the message about an unknown one."""

    path: str
    references: tuple[Reference, ...] = ()
    secret: bool = False

    def key(self, key: str) -> "_Place":
        # Inside a secret the keys are secret too: the path ends at the secret.
        return self if self.secret else _Place(f"{self.path}.{key}", self.references)

    def item(self, index: int) -> "_Place":
        return self if self.secret else _Place(f"{self.path}[{index}]", self.references)

    def hidden(self) -> "_Place":
        return _Place(self.path, self.references, secret=True)

    def unknown(self) -> Unknown:
        return Unknown(self.path, self.references)


def from_wire(
    message: pb.AnalyzeRequest | pb.AnalyzerResource,
    dependencies: Mapping[str, tuple[Reference, ...]] | None = None,
) -> Resource:
    """Read a resource as the engine sends it; *dependencies* say where the unknown values of a property come from."""
    told = dependencies or {}
    raw = {
        key: _wire(value, _Place(key, told.get(key, ())))
        for key, value in message.properties.fields.items()
        if not _is_null(value)
    }
    options = {"protect": message.options.protect, "ignoreChanges": list(message.options.ignoreChanges)}
    return Resource(
        raw, type_=message.type, name=message.name, urn=message.urn, options=options, dependencies=dependencies
    )


def dependencies_of(message: pb.AnalyzerResource) -> dict[str, tuple[Reference, ...]]:
    """Give per property the resources that it comes from."""
    return {key: tuple(reference_to(urn) for urn in found.urns) for key, found in message.propertyDependencies.items()}


def reference_to(urn: str) -> Reference:
    """Read type and name from a URN; the resource itself may be missing from the request."""
    _, _, types, name = urn.split("::", 3)
    return Reference(type=types.rpartition("$")[2], name=name, urn=urn)


def settings_from_wire(struct: Struct) -> dict[str, Any]:
    """Read the settings of a control."""
    return {key: _wire(value, _Place(key)) for key, value in struct.fields.items()}


def _wire(value: Value, place: _Place) -> Any:
    """Turn a protobuf value into a Python one in one walk; whole numbers become int."""
    match value.WhichOneof("kind"):
        case "string_value":
            return place.unknown() if value.string_value in UNKNOWNS else value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "struct_value":
            return _wire_struct(value.struct_value, place)
        case "list_value":
            return Items([_wire(item, place.item(n)) for n, item in enumerate(value.list_value.values)])
        case _:
            return None


def _wire_struct(struct: Struct, place: _Place) -> Record | Secret:
    fields = struct.fields
    if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
        return Secret(_wire(fields["value"], place.hidden()))
    return Record({key: _wire(value, place.key(key)) for key, value in fields.items() if not _is_null(value)})


def _is_null(value: Value) -> bool:
    return value.WhichOneof("kind") == "null_value"


def from_plain(resource: Mapping[str, Any]) -> Resource:
    """
    Read a resource in the normal form `{"type", "name", "inputs", "options"}`.

    `unknown:...` is an unknown value, `ref:<type>::<name>::<attribute>` one whose origin is known (alone or inside a
    longer string), `secret:...` a secret whose value is not told.
    """
    inputs = resource["inputs"]
    return Resource(
        {key: _plain(value, _Place(key)) for key, value in inputs.items() if value is not None},
        type_=resource["type"],
        name=resource["name"],
        options=resource.get("options", {}),
    )


def _plain(value: Any, place: _Place) -> Any:
    match value:
        case str():
            return _plain_text(value, place)
        case Mapping():
            return Record({key: _plain(item, place.key(key)) for key, item in value.items() if item is not None})
        case list() | tuple():
            return Items([_plain(item, place.item(n)) for n, item in enumerate(value)])
        case _:
            return value


def _plain_text(text: str, place: _Place) -> Any:
    if text.startswith("unknown:") or text in UNKNOWNS:
        return place.unknown()
    if text.startswith("secret:"):
        return Secret(place.unknown())
    if "ref:" in text and (found := [Reference(**match.groupdict()) for match in _REFERENCE.finditer(text)]):
        return Unknown(place.path, tuple(found))
    return text
