"""Walks the inputs of rendered resources beside the argument classes of the provider's SDK."""

import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin

from pulumi._types import (  # the SDK's own tables of an argument class; there are no public ones
    input_type_py_to_pulumi_names,
    input_type_types,
    is_input_type,
)

from stacks.render import Resource
from tests.stacks.documented import OneOf, Range, Rule, rules

# What only a deployment knows counts as a text: see stacks.render.
_PROMISED: Final = re.compile(r"(ref|unknown|secret):")
_SCALARS: Final[Mapping[type, tuple[type, ...]]] = {bool: (bool,), int: (int,), float: (int, float), str: (str,)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Argument:
    """An argument as the SDK declares it."""

    type: Any
    required: bool
    deprecated: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """What was found in resources: one sentence for each thing that is wrong."""

    strangers: list[str] = field(default_factory=list[str])
    """Inputs that the SDK does not have, or has with another type."""
    missing: list[str] = field(default_factory=list[str])
    deprecated: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    """Values that the documentation of their argument rules out."""
    judged: set[tuple[str, Rule]] = field(default_factory=set[tuple[str, Rule]])
    """The rules that a literal value was held against, by place; how it came out does not matter."""

    def enumerations(self) -> int:
        """Count the enumerations that were judged."""
        return sum(isinstance(rule, OneOf) for _, rule in self.judged)

    def ranges(self) -> int:
        """Count the ranges that were judged."""
        return sum(isinstance(rule, Range) for _, rule in self.judged)


def walk(resources: Sequence[Resource], spared: Mapping[tuple[str, Any], str]) -> Walk:
    """Look at every input of some resources, at any depth; a place and value that are *spared* are not judged."""
    found = Walk()
    for one in resources:
        class_ = _resource(one["type"])
        if _deprecated(class_):
            found.deprecated.append(one["type"])
        _block(found, spared, one["type"], _arguments_class(class_), one["inputs"])
    return found


def arguments_of(type_: str) -> Mapping[str, Argument]:
    """Give the arguments of a type of resource, by their names on the wire."""
    return _arguments(_arguments_class(_resource(type_)))


def _resource(type_: str) -> type:
    package, module, name = type_.split(":")
    place = module.partition("/")[0]
    path = f"pulumi_{package}" if place == "index" else f"pulumi_{package}.{place}"
    return getattr(importlib.import_module(path), name)


@cache
def _deprecated(resource: type) -> bool:
    # Of the module: the source of a class alone is found by parsing, which Python 3.11 cannot do twice at a time, and
    # a traceback that is logged meanwhile parses too.
    return f"{resource.__name__} is deprecated" in inspect.getsource(sys.modules[resource.__module__])


@cache
def _arguments_class(resource: type) -> type:
    """Give the class of a resource's arguments: where a block of another resource has that name, it is `…InitArgs`."""
    module = sys.modules[resource.__module__]
    (name,) = (name for name in (f"{resource.__name__}Args", f"{resource.__name__}InitArgs") if name in module.__all__)
    return getattr(module, name)


@cache
def _arguments(class_: type) -> Mapping[str, Argument]:
    required = {
        name
        for name, parameter in inspect.signature(class_).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    types = input_type_types(class_)
    return {
        wire: Argument(
            type=types[wire],
            required=name in required,
            deprecated="_pulumi_deprecated_callable" in vars(vars(class_)[name].fget),
            rules=tuple(rules(inspect.getdoc(vars(class_)[name].fget) or "")),
        )
        for name, wire in input_type_py_to_pulumi_names(class_).items()
    }


def _block(found: Walk, spared: Mapping[tuple[str, Any], str], path: str, class_: type, inputs: Any) -> None:
    known = _arguments(class_)
    found.missing.extend(f"{path}.{name}" for name, one in known.items() if one.required and name not in inputs)
    for name, value in inputs.items():
        place = f"{path}.{name}"
        if name not in known:
            found.strangers.append(f"{place} is none of {class_.__name__}")
            continue
        if known[name].deprecated:
            found.deprecated.append(place)
        _judge(found, spared, place, known[name].rules, value)
        _value(found, spared, place, known[name].type, value)


def _judge(
    found: Walk, spared: Mapping[tuple[str, Any], str], place: str, written: tuple[Rule, ...], value: Any
) -> None:
    for rule in written:
        # An enumeration of a list is one of its items.
        for item in value if isinstance(value, list) and isinstance(rule, OneOf) else [value]:
            if (isinstance(item, str) and (_PROMISED.search(item) or (place, item) in spared)) or not _applies(
                rule, item
            ):
                continue
            found.judged.add((place, rule))
            if rule.refuses(item):
                found.refused.append(f"{place} is {item!r}, documented is {rule}")


def _applies(rule: Rule, value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(rule, OneOf):
        return isinstance(value, (str, int))
    return isinstance(value, (str, list, dict)) if rule.of_length else isinstance(value, (int, float))


def _value(found: Walk, spared: Mapping[tuple[str, Any], str], path: str, type_: Any, value: Any) -> None:
    """Compare a value with its declared type, and look at what is inside."""
    types = list(_members(type_))
    blocks = [one for one in types if isinstance(one, type) and is_input_type(one)]
    if isinstance(value, dict):
        mappings = [get_args(one)[-1] for one in types if get_origin(one) in (dict, Mapping)]
        if blocks:
            _block(found, spared, path, blocks[0], value)
        elif mappings:
            for key, item in value.items():
                _value(found, spared, f"{path}[{key!r}]", mappings[0], item)
        else:
            found.strangers.append(f"{path} is a mapping, declared is {type_}")
    elif isinstance(value, list):
        sequences = [get_args(one)[0] for one in types if get_origin(one) in (list, Sequence)]
        if not sequences:
            found.strangers.append(f"{path} is a list, declared is {type_}")
            return
        for item in value:
            _value(found, spared, path, sequences[0], item)
    elif not any(_fits(one, value) for one in types):
        found.strangers.append(f"{path} is {value!r}, declared is {type_}")


def _fits(type_: Any, value: Any) -> bool:
    if not isinstance(type_, type):
        return False
    if issubclass(type_, Enum):
        return value in [member.value for member in type_]
    return type(value) in _SCALARS.get(type_, ())


def _members(type_: Any) -> Iterator[Any]:
    """Give the types of a union, unions in it opened; what is awaited or an output is one of the others later."""
    if get_origin(type_) is Union:
        for one in get_args(type_):
            yield from _members(one)
    else:
        yield type_
