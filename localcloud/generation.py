"""
Write Python for `pulumi import`: the engine describes what it has imported in PCL, its own language.

Only what an import describes is understood: resources, with values, references to each other and the options below.
"""

import importlib
import json
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from pulumi._types import (  # the SDK's own tables of inputs; there are no public ones
    input_type_py_to_pulumi_names,
    input_type_types,
    is_input_type,
)

from localcloud.record import PROVIDERS

_OPTIONS: Final = {"protect": "protect", "parent": "parent", "dependsOn": "depends_on", "provider": "provider"}
_TOKEN: Final = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<name>[A-Za-z_][\w.-]*)"""
    r"""|(?P<mark>[{}\[\]=,])|(?P<stranger>\S)"""
)
_TAKEN: Final = ("pulumi", *PROVIDERS)
_WORDS: Final = {"true": True, "false": False, "null": None}


class NoCodeError(Exception):
    """Code cannot be written for this; the text says for what."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another resource, or an attribute of it."""

    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """One resource of the engine's description."""

    name: str
    type: str
    inputs: Mapping[str, Any]
    options: Mapping[str, Any]


def program(sources: Mapping[str, str]) -> str:
    """Give the program that has the resources of a description; raises NoCodeError."""
    found = [one for source in sources.values() for one in _resources(_Reader(source))]
    packages = sorted({one.type.partition(":")[0] for one in found})
    imports = ["import pulumi", *(f"import pulumi_{package} as {package}" for package in packages)]
    return "\n".join([*imports, "", *map(_code, found)]) + "\n"


class _Reader:
    """Reads values from tokens, each a kind and a text."""

    def __init__(self, source: str) -> None:
        self._tokens = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(source)]
        self._at = 0

    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def take(self) -> tuple[str, str]:
        if self.at_end():
            raise NoCodeError("a description that ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def skip(self, mark: str) -> bool:
        """Take a mark if it comes next."""
        found = not self.at_end() and self._tokens[self._at] == ("mark", mark)
        self._at += found
        return found

    def expect(self, mark: str) -> None:
        if not self.skip(mark):
            raise NoCodeError(f"{self.take()[1]!r} where {mark!r} was expected")

    def value(self) -> Any:
        kind, text = self.take()
        match kind, text:
            case "string", _:
                return _text(text)
            case "number", _:
                return json.loads(text)
            case "name", _:
                return _WORDS[text] if text in _WORDS else Reference(text)
            case _, "[":
                return list(self._items())
            case _, "{":
                return dict(self._pairs())
            case _:
                raise NoCodeError(f"{text!r} where a value was expected")

    def _items(self) -> Iterator[Any]:
        while not self.skip("]"):
            yield self.value()
            self.skip(",")

    def _pairs(self) -> Iterator[tuple[str, Any]]:
        while not self.skip("}"):
            kind, text = self.take()
            self.expect("=")
            yield _text(text) if kind == "string" else text, self.value()
            self.skip(",")

    def block(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read a block's attributes, and those of the block `options` in it."""
        values: dict[str, Any] = {}
        options: dict[str, Any] = {}
        self.expect("{")
        while not self.skip("}"):
            _, name = self.take()
            if self.skip("="):
                values[name] = self.value()
            elif name == "options":
                options, _ = self.block()
            else:
                raise NoCodeError(f"a block {name!r}")
        return values, options


def _text(quoted: str) -> str:
    """Read a string: JSON's escapes, and `$${` for a `${` that is none of PCL."""
    if re.search(r"(?<![$])[$]\{|(?<!%)%\{", quoted):
        raise NoCodeError(f"a template, {quoted}")
    return json.loads(quoted, strict=False).replace("$${", "${").replace("%%{", "%{")


def _resources(reader: _Reader) -> Iterator[Described]:
    while not reader.at_end():
        _, word = reader.take()
        _, name = reader.take()
        if word == "package":
            reader.block()
        elif word == "resource":
            _, type_ = reader.take()
            inputs, options = reader.block()
            yield Described(name=name, type=_text(type_), inputs=inputs, options=options)
        else:
            raise NoCodeError(f"a block {word!r}")


def _code(one: Described) -> str:
    """Write the call that registers a resource."""
    package, module, class_ = one.type.split(":")
    place = module.partition("/")[0]
    path = package if place == "index" else f"{package}.{place}"
    arguments = getattr(importlib.import_module(f"pulumi_{path}"), f"{class_}Args", None)
    if arguments is None:
        raise NoCodeError(f"the type {one.type}")
    hints, names = input_type_types(arguments), _names(arguments)
    lines = [
        f"    {json.dumps(one.name)},",
        *(f"    {names.get(key, key)}={_written(value, hints.get(key), 1)}," for key, value in one.inputs.items()),
    ]
    if options := one.options:
        if strange := sorted(options.keys() - _OPTIONS.keys()):
            raise NoCodeError(f"the option {strange[0]}")
        written = ", ".join(f"{_OPTIONS[key]}={_written(value, None, 1)}" for key, value in options.items())
        lines.append(f"    opts=pulumi.ResourceOptions({written}),")
    return "\n".join([f"{_variable(one.name)} = {path}.{class_}(", *lines, ")"])


def _written(value: Any, hint: Any, depth: int) -> str:
    """Write a value; *hint* is the type that its place has in the SDK."""
    indent, structure = "    " * depth, _structure(hint)
    match value:
        case Reference():
            first, *rest = value.path.split(".")
            return ".".join([_variable(first), *(_snake(name) for name in rest)])
        case dict():
            names = _names(structure) if structure else {}
            hints = input_type_types(structure) if structure else {}
            pairs = [
                f"{json.dumps(names.get(key, key))}: {_written(item, hints.get(key), depth + 1)}"
                for key, item in cast("dict[str, Any]", value).items()
            ]
            return _bracketed("{", pairs, "}", indent)
        case list():
            return _bracketed("[", [_written(item, hint, depth + 1) for item in value], "]", indent)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return repr(value)


def _bracketed(left: str, items: Sequence[str], right: str, indent: str) -> str:
    if not items:
        return left + right
    return "\n".join([left, *(f"{indent}    {item}," for item in items), f"{indent}{right}"])


def _structure(hint: Any) -> type | None:
    """Find the class of inputs in a type such as `Sequence[Union[TableAttributeArgs, Awaitable[…], Output[…]]]`."""
    if isinstance(hint, type) and is_input_type(hint):
        return hint
    return next((found for part in get_args(hint) if (found := _structure(part))), None)


def _names(structure: type) -> dict[str, str]:
    """Give the names of a class of inputs: the engine's -> Python's."""
    return {engine: python for python, engine in input_type_py_to_pulumi_names(structure).items()}


def _variable(name: str) -> str:
    """Give a name that Python accepts."""
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) or plain in _TAKEN else plain


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
