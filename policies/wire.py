"""Read resources into values, from the engine's messages."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.reading import SECRET, SIGNATURE, UNKNOWNS, Where, reference_to
from policies.values import Items, Record, Reference, Resource, Secret


def from_wire(
    message: pb.AnalyzeRequest | pb.AnalyzerResource,
    dependencies: Mapping[str, tuple[Reference, ...]] | None = None,
) -> Resource:
    """Read a resource as the engine sends it; *dependencies* say where the unknown values of a property come from."""
    told = dependencies or {}
    raw = {
        key: _wire(value, Where(key, told.get(key, ())))
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


def settings_from_wire(struct: Struct) -> dict[str, Any]:
    """Read the settings of a control."""
    return {key: _wire(value, Where(key)) for key, value in struct.fields.items()}


def _wire(value: Value, where: Where) -> Any:
    """Turn a protobuf value into a Python one in one walk; whole numbers become int."""
    match value.WhichOneof("kind"):
        case "string_value":
            return where.unknown() if value.string_value in UNKNOWNS else value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "struct_value":
            return _wire_struct(value.struct_value, where)
        case "list_value":
            return Items([_wire(item, where.item(n)) for n, item in enumerate(value.list_value.values)])
        case _:
            return None


def _wire_struct(struct: Struct, where: Where) -> Record | Secret:
    fields = struct.fields
    if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
        return Secret(_wire(fields["value"], where.hidden()))
    return Record({key: _wire(value, where.key(key)) for key, value in fields.items() if not _is_null(value)})


def _is_null(value: Value) -> bool:
    return value.WhichOneof("kind") == "null_value"
