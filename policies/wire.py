"""Read resources into values, from the engine's messages."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.reading import SECRET, SIGNATURE, UNKNOWNS, Where, reference_to
from policies.values import Items, Record, Reference, Resource, Secret, Unknown, opened, unknowns

MADE_UP: Final = (
    "arn",
    "clusterIdentifier",
    "defaultNetworkAclId",
    "defaultRouteTableId",
    "defaultSecurityGroupId",
    "id",
    "identifier",
    "keyId",
    "name",
    "replicationGroupId",
    "tagsAll",
)
"""Properties that are AWS's to tell where a program does not: what other resources name one by, and default tags."""
TOLD_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:rds/clusterSnapshot:ClusterSnapshot": ("storageEncrypted",),
    "aws:rds/snapshot:Snapshot": ("encrypted",),
}
"""Properties of a type that no program can set."""


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


def in_stack(message: pb.AnalyzerResource, inputs: pb.AnalyzeRequest | None) -> Resource:
    """
    Read a resource of the stack's request, which shows outputs, with the inputs of its own request laid over them.

    AWS fills in what a program leaves out, and hides what is write-only: what the program says is judged. The outputs
    tell what AWS makes up, and what was not known before.
    """
    told = dependencies_of(message)
    if inputs is None:
        return from_wire(message, told)
    resource = from_wire(inputs, told)
    fields = message.properties.fields

    def shown(key: str) -> Any:
        return _wire(fields[key], Where(key, told.get(key, ()))) if key in fields else None

    raw = {key: resource.raw(key) for key in resource}
    raw |= {key: _settled(value, shown(key)) for key, value in raw.items() if any(unknowns(value))}
    made_up = {key: shown(key) for key in (*MADE_UP, *TOLD_OF.get(message.type, ())) if key not in raw}
    raw |= {key: value for key, value in made_up.items() if value is not None}
    return Resource(
        raw, type_=message.type, name=message.name, urn=message.urn, options=resource.options, dependencies=told
    )


def _settled(value: Any, shown: Any) -> Any:
    """Take what outputs show in place of what was unknown."""
    if isinstance(value, Secret):
        return Secret(_settled(value.value, opened(shown)))
    match value, opened(shown):
        case Unknown(), None | Unknown():
            return value
        case Unknown(), _:
            return shown
        case Record() as record, Record() as other:
            return Record({key: _settled(record.raw(key), other.raw(key)) for key in record})
        case Items() as items, Items() as others if len(items) == len(others):
            return Items([_settled(one, other) for one, other in zip(items.raw(), others.raw(), strict=True)])
        case _:
            return value


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
