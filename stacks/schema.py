"""The JSON Schema of stack files, written from the models that check them."""

import ast
import inspect
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any, Final, Literal, cast, get_type_hints

from pydantic import Field, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticUndefined, core_schema

from stacks.application import Store
from stacks.applications import APPLICATIONS
from stacks.generations import Generation
from stacks.keys import Hop, StackKeys
from stacks.row_models import NOUNS, parts_of, row_name, stores_model
from stacks.rows import written
from stacks.rules import camel
from stacks.stackfile import PROJECT

_YAML: Final[Mapping[str, object]] = {"true": True, "false": False}
"""Values of choices that YAML writes without quotes."""
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# What Pulumi itself writes into a stack file.
PULUMIS: Final[Mapping[str, str]] = {
    "encryptionsalt": "Pulumi's salt, where a passphrase keeps the state's secrets.",
    "encryptedkey": "Pulumi's data key, encrypted by the secrets provider.",
    "secretsprovider": "What encrypts the state's secrets, such as awskms://…; given to `pulumi stack init`.",
}


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a whole stack file, each key with its description and examples."""
    config = _stack_keys().model_json_schema(schema_generator=_Generator)
    definitions = cast("dict[str, Any]", config.pop("$defs"))
    for size in dict.fromkeys(size for kind in NOUNS for size in (kind, *parts_of(kind))):
        for full in (True, False):
            _describe(definitions[row_name(size, full=full)], size)
    properties = cast("dict[str, dict[str, Any]]", config["properties"])
    config |= {
        "title": "Settings",
        "description": "Values under `secure:` are refused: secrets are made by the stack or kept in AWS Secrets "
        "Manager.",
        "properties": {key: _never_null(value) for key, value in (properties | _choices(properties)).items()},
        "patternProperties": {"^pulumi:": {"description": "Settings of the Pulumi engine."}},
    }
    return {
        "$schema": DIALECT,
        "title": "Stack file of datastores",
        "description": "Pulumi.<application>-<environment>.yaml: how one application is deployed in one environment.",
        "type": "object",
        "properties": {
            "config": config,
            **{key: {"type": "string", "description": what} for key, what in PULUMIS.items()},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _choices(properties: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Describe the choices of every application, which a check takes from the stack's own."""
    key = f"{PROJECT}:choices"
    known = {
        choice.name: {"description": choice.description, "enum": [_YAML.get(value, value) for value in choice.values]}
        for application in APPLICATIONS.values()
        for choice in application.choices
    }
    return {key: {**properties[key], "type": "object", "properties": known, "additionalProperties": False}}


def _stack_keys() -> type[StackKeys]:
    """Give the model of all keys, with the stores of every application where the checks look at one."""
    stores = _stores()
    names = tuple(store.name for store in stores)
    rows, deviations = (stores_model(stores, full=full) for full in (True, False))
    hop = create_model("Hop", __base__=Hop, __doc__=Hop.__doc__, sizes=(rows, _unchecked(Hop.model_fields["sizes"])))
    overrides: dict[str, Any] = {
        "hop": (hop, _unchecked(StackKeys.model_fields["hop"])),
        "restores": (Mapping[Literal[names], Generation], _unchecked(StackKeys.model_fields["restores"])),
        "sizes": (deviations, _unchecked(StackKeys.model_fields["sizes"])),
        "unlock": (tuple[Literal[names], ...], _unchecked(StackKeys.model_fields["unlock"])),
    }
    return create_model("StackKeys", __base__=StackKeys, **overrides)


def _unchecked(field: FieldInfo) -> Any:
    """Give a field without its checks, which would hide the type that it gets here."""
    default = PydanticUndefined if field.is_required() else None
    return Field(default, alias=field.alias, description=field.description, examples=field.examples)


def _stores() -> tuple[Store, ...]:
    """Give the stores of every application."""
    return tuple(store for application in APPLICATIONS.values() for store in application.stores)


def _describe(definition: dict[str, Any], size: type) -> None:
    """Give a size's definition what its fields' docstrings promise, and values of the first phase as examples."""
    documents, samples = _docstrings(size), _samples()
    definition["description"] = inspect.cleandoc(size.__doc__ or "")
    for field in fields(size):
        described = cast("dict[str, Any]", definition["properties"][camel(field.name)])
        described.pop("title", None)
        if text := documents.get(field.name) or _class_document(size, field.name):
            described["description"] = text
        if size in samples:
            described["examples"] = [written(getattr(samples[size], field.name))]


def _class_document(size: type, field: str) -> str:
    """Give what the type of a field says of itself, where that is a dataclass too."""
    kind = get_type_hints(size)[field]
    return inspect.cleandoc(kind.__doc__ or "") if is_dataclass(kind) else ""


def _docstrings(size: type) -> dict[str, str]:
    """Give the text that stands under each field of a class."""
    body = cast("ast.ClassDef", ast.parse(dedent(inspect.getsource(size))).body[0]).body
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


@cache
def _samples() -> dict[type, object]:
    """Give a row of each kind of size: the first phase's of the first store that has one."""
    rows = [next(iter(store.sizes.values())) for store in reversed(_stores())]
    return {type(row): row for row in rows}


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out null: a key that is absent is not written at all."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == len(schema.get("anyOf", ())):
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return rest | (options[0] if len(options) == 1 else {"anyOf": options})


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, without the defaults that stand for an absent key and the titles that repeat it."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        """Describe the value alone."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 # the base class names it
        """Leave titles out."""
        return False
