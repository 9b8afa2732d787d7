"""
Resources registered with nobody: what Pulumi's SDK would send to the engine, and what a resource is then known by.

Inside `registering()` a resource is registered when it is made, and its outputs are known: references to it. The SDK's
own mocks send every resource there and back by messages, and each value waits its turn in an event loop: the same
comes out of that, and a test holds it to be the same, but a render of a stack takes 0.6 seconds and not 0.03.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from typing import Any, Final, cast, get_args, get_origin

import pulumi
from pulumi import ComponentResource, CustomResource, Output, Resource, ResourceOptions
from pulumi._types import (  # the SDK's own tables of the names and types of properties; there are no public ones
    input_type_py_to_pulumi_names,
    input_type_to_dict,
    input_type_types,
    is_input_type,
    is_output_type,
    output_type_types,
    resource_py_to_pulumi_names,
    resource_types,
    unwrap_type,
)
from pulumi.resource_hooks import ResourceHookBinding
from pulumi.runtime.rpc import translate_output_properties
from pulumi.runtime.settings import get_project, get_root_resource, get_stack

from stacks.known import PLAIN, Data, Known, Later, data_of, opened, outputs_known, replaced

_A_MAPPING: Final = 2
"""How many types stand between the brackets of one."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is secret."""

    value: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """A custom resource as the engine would be told of it."""

    resource: Resource
    inputs: Mapping[str, Any]
    """By the provider's names, without those that are None; what is secret is a Secret."""
    options: ResourceOptions
    names: Mapping[str, str]
    """The provider's names of inputs, by Python's, where they differ."""
    waits_for: frozenset[Resource]
    """What the program said, beside the resources whose outputs are among the inputs."""


Record = Callable[[Registration], None]
Answers = Mapping[str, Mapping[str, Any]]
"""What each data source answers, by its token."""


@contextmanager
def registering(record: Record, answers: Answers) -> Generator[None]:
    """
    Give every custom resource that is made inside to *record*, in a whole process: not for two threads at a time.

    What is made inside waits for nothing, and is empty afterwards.
    """
    made: list[Resource] = []
    with ExitStack() as stack:
        # Resources and their outputs hold each other: left as they are, to collect them takes half as long as a render.
        stack.callback(_empty, made)
        stack.enter_context(outputs_known())
        stack.enter_context(replaced(pulumi.resource, "register_resource", partial(_register, record, made)))
        stack.enter_context(replaced(pulumi.resource, "register_resource_outputs", _no_outputs))
        stack.enter_context(replaced(pulumi.runtime, "invoke_output", partial(_answer, answers)))
        # Options are copied five times for each resource, by `copy.copy`, which takes a fifth of a render.
        stack.enter_context(replaced(ResourceOptions, "_copy", _copied))
        stack.enter_context(replaced(ResourceHookBinding, "_copy", _copied))
        yield


def reference(type_: str, name: str, attribute: str) -> str:
    """Write an output of another resource in the normal form."""
    return f"ref:{type_}::{name}::{attribute}"


# In place of the SDK's


def _register(  # noqa: PLR0913, PLR0917  the SDK's signature
    record: Record,
    made: list[Resource],
    res: Resource,
    _type: str,
    _name: str,
    custom: bool,
    _remote: bool,
    _new_dependency: object,
    props: Mapping[str, Any],
    opts: ResourceOptions,
    typ: type | None = None,
    _package_ref: object = None,
) -> None:
    made.append(res)
    names = _input_names(typ) if typ else {}
    types = _input_types(typ) if typ else {}
    sources: set[Resource] = set()
    inputs: dict[str, Any] = {}
    for key, given in props.items():
        name = names.get(key, key)
        if given is not None and (value := _sent(given, types.get(name), sources, key)) is not None:
            inputs[name] = value
    _make_known(res, opts.parent or get_root_resource(), custom=custom, keys=props, inputs=inputs)
    if custom:
        waits_for = _custom(_waited_for(opts)) - _custom(sources)
        record(Registration(resource=res, inputs=inputs, options=opts, names=names, waits_for=frozenset(waits_for)))


def _empty(made: Iterable[Resource]) -> None:
    for one in made:
        vars(one).clear()


def _copied(one: Any) -> Any:
    """Copy what is no more than its attributes."""
    found = object.__new__(type(one))
    vars(found).update(vars(one))
    return found


def _no_outputs(_res: Resource, _outputs: object) -> None:
    """Say nothing of what a component gives: it is an output of one of its parts."""


def _answer(
    answers: Answers, tok: str, props: Mapping[str, Any], opts: object = None, typ: type | None = None, **_rest: object
) -> Known:
    del opts
    value = translate_output_properties(dict(answers[tok]), str, typ, transform_using_type_metadata=True)
    return Known(Data(value, opened(dict(props)).resources))


def _waited_for(options: ResourceOptions) -> set[Resource]:
    found = opened(options.depends_on)
    listed = cast("list[Resource | None]", found.value if isinstance(found.value, list) else [found.value])
    return {*found.resources, *filter(None, listed)}


def _custom(resources: Iterable[Resource]) -> set[Resource]:
    """Give the custom resources that are meant: a component stands for its children, as to the SDK."""
    found: set[Resource] = set()
    for one in resources:
        if isinstance(one, ComponentResource):
            found |= _custom(one._childResources)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  nothing else knows
        else:
            found.add(one)
    return found


# What is sent


def _sent(value: Any, typ: Any, sources: set[Resource], key: str) -> Any:
    """Give a value by the provider's names, Secrets for what is secret; add where outputs came from to *sources*."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if isinstance(value, Output):
        data = data_of(cast("Output[Any]", value))
        sources |= data.resources
        inner = _sent(data.value, typ, sources, key)
        return Secret(inner) if data.is_secret else inner
    if isinstance(value, list | tuple):
        element = _element(typ)
        return [_sent(one, element, sources, key) for one in cast("Sequence[Any]", value)]
    if is_input_type(kind):
        types = _input_types(kind)
        return {name: _sent(one, types.get(name), sources, key) for name, one in input_type_to_dict(value).items()}
    if isinstance(value, Mapping):
        names, type_of = _inside(typ)
        given = {names.get(name, name): one for name, one in cast("Mapping[str, Any]", value).items()}
        return {name: _sent(one, type_of(name), sources, key) for name, one in given.items()}
    if isinstance(value, Enum):
        return value.value
    raise ValueError(f"{key} must be text, a number, a truth value, a list or a mapping, got {kind.__name__}")


@cache
def _input_names(typ: type) -> Mapping[str, str]:
    return input_type_py_to_pulumi_names(typ)


@cache
def _input_types(typ: type) -> Mapping[str, Any]:
    return input_type_types(typ)


@cache
def _bare(typ: Any) -> Any:
    found = unwrap_type(typ) if typ else None
    return None if found is Any else found


@cache
def _element(typ: Any) -> Any:
    """Give the type of what a list holds; None: any."""
    return next(iter(get_args(_bare(typ))), None)


@cache
def _inside(typ: Any) -> tuple[Mapping[str, str], Callable[[str], Any]]:
    """Give the names of what a mapping holds, where they are not the user's own, and its types by name."""
    bare = _bare(typ)
    if isinstance(bare, type) and is_input_type(bare):
        return _input_names(bare), _input_types(bare).get
    args = get_args(bare)
    return {}, lambda _: args[1] if len(args) == _A_MAPPING else None


# What a resource is known by


def _make_known(
    res: Resource, parent: Resource | None, *, custom: bool, keys: Iterable[str], inputs: Mapping[str, Any]
) -> None:
    mine = frozenset({res})
    known = vars(res)
    known["urn"] = Later(lambda: Data(_urn(res, parent), mine))
    known |= {key: Later(partial(_attribute, res, key, inputs)) for key in keys if key not in ("urn", "id")}
    if custom:
        known["id"] = Known(Data(_reference(res, "id"), mine))


def _urn(res: Resource, parent: Resource | None) -> str:
    """Write the URN as the SDK's mocks do: with the nearest parent only."""
    types = [one.pulumi_resource_type for one in (parent, res) if one is not None]
    return f"urn:pulumi:{get_stack()}::{get_project()}::{'$'.join(types)}::{res.pulumi_resource_name}"


def _reference(res: Resource, attribute: str) -> str:
    return reference(res.pulumi_resource_type, res.pulumi_resource_name, attribute)


def _attribute(res: Resource, key: str, inputs: Mapping[str, Any]) -> Data:
    """Give an output: what the program set itself, else a reference."""
    kind = type(res)
    name = _output_names(kind).get(key, key)
    typ = _output_types(kind).get(name)
    if name in inputs:
        value, secret = _received(inputs[name])
    else:
        value = _promise(_reference(res, name), unwrap_type(typ)) if isinstance(res, CustomResource) and typ else None
        secret = False
    typed = translate_output_properties(value, str, typ, transform_using_type_metadata=True)
    return Data(typed, frozenset({res}), secret)


@cache
def _output_names(kind: type) -> Mapping[str, str]:
    return resource_py_to_pulumi_names(kind)


@cache
def _output_types(kind: type) -> Mapping[str, Any]:
    return resource_types(kind)


def _received(value: Any) -> tuple[Any, bool]:
    """Give a value as it comes back from the engine, and whether anything in it is secret."""
    match value:
        case Secret(value=inner):
            return _received(inner)[0], True
        case bool():
            return value, False
        case int():
            return float(value), False
        case list():
            parts = [_received(one) for one in cast("list[Any]", value)]
            return [one for one, _ in parts], any(secret for _, secret in parts)
        case dict():
            given = cast("dict[str, Any]", value)
            inside = {key: _received(one) for key, one in given.items() if one is not None}
            return {key: one for key, (one, _) in inside.items()}, any(secret for _, secret in inside.values())
        case _:
            return value, False


def _promise(path: str, type_: Any) -> Any:
    """Give a reference for a value of *type_*; None where it cannot be one (a number, a truth value)."""
    if type_ is str:
        return path
    if get_origin(type_) is Sequence:
        member = _promise(f"{path}[0]", unwrap_type(get_args(type_)[0]))
        return None if member is None else [member]
    if isinstance(type_, type) and is_output_type(type_):
        parts = {key: _promise(f"{path}.{key}", unwrap_type(part)) for key, part in output_type_types(type_).items()}
        return {key: value for key, value in parts.items() if value is not None}
    return None
