"""
A stack as Pulumi's own mocks see it: each registration a message, each value waited for in an event loop.

The long way to what `stacks.render` gives, and what it is held against.
"""

import importlib
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Any, Final, get_args, get_origin

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi._types import (  # the SDK's own table of a resource's outputs; there is no public one
    is_output_type,
    output_type_types,
    resource_types,
    unwrap_type,
)
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.mocks import MockMonitor

from stacks.deploy import deploy
from stacks.registering import reference
from stacks.render import ANSWERS, Resource
from stacks.settings import Settings

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Marks a wrapped value on the wire; a secret is the only kind that the mocks let through."""


def mocked(settings: Settings) -> list[Resource]:
    """Give the custom resources of a stack, sorted by name and type."""
    return mocked_program(lambda: deploy(settings), settings.stack)


def mocked_program(program: Callable[[], Any], stack: str) -> list[Resource]:
    """Give the same of any program, as it runs in a stack of that name."""
    recorder = _Recorder()
    Context().run(_run, recorder, program, stack)
    return sorted(recorder.resources, key=lambda resource: (resource["name"], resource["type"]))


def _run(recorder: "_Recorder", program: Callable[[], Any], stack: str) -> None:
    set_mocks(recorder, project="datastores", stack=stack, preview=False, monitor=_Monitor(recorder))
    pulumi.runtime.test(program)()


class _Recorder(Mocks):
    """Answers for the cloud, with references in place of values."""

    def __init__(self) -> None:
        self.resources: list[Resource] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Give a reference for the id and for every output that the program did not set itself."""
        if not args.custom:
            return None, args.inputs
        return reference(args.typ, args.name, "id"), {**_outputs(args.typ, args.name), **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Answer the data sources that the program uses with unknowns."""
        return dict(ANSWERS[args.token]), []


def _outputs(type_: str, name: str) -> dict[str, Any]:
    """Give a reference for every output that is a string, or a structure with strings in it."""
    package, module, class_ = type_.split(":")
    place = module.partition("/")[0]
    path = f"pulumi_{package}" if place == "index" else f"pulumi_{package}.{place}"
    found = resource_types(getattr(importlib.import_module(path), class_))
    outputs = {key: _promise(reference(type_, name, key), unwrap_type(value)) for key, value in found.items()}
    return {key: value for key, value in outputs.items() if value is not None}


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


class _Monitor(MockMonitor):
    """Sees whole registrations: the mocks alone are not told the options."""

    def __init__(self, recorder: _Recorder) -> None:
        super().__init__(recorder)
        self._recorder = recorder

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  the protocol's name
        """Record a custom resource before it is answered."""
        if request.custom:
            self._recorder.resources.append(_resource(request))
        return super().RegisterResource(request)


def _resource(request: Any) -> Resource:
    inputs = MessageToDict(request.object)
    return {
        "type": request.type,
        "name": request.name,
        "inputs": {key: _plain(key, value) for key, value in sorted(inputs.items())},
        "options": _options(request),
    }


def _plain(path: str, value: Any) -> Any:
    """Open secrets: a reference may be seen, anything else stays behind `secret:`."""
    match value:
        case {"value": inner} if _SIGNATURE in value:
            shown = _plain(path, inner)
            return shown if "ref:" in str(shown) else f"secret:{path}"
        case dict():
            # A Struct has no order of its own: without sorting, two renders would differ as texts.
            return {key: _plain(f"{path}.{key}", item) for key, item in sorted(value.items()) if item is not None}
        case list():
            return [_plain(f"{path}[{number}]", item) for number, item in enumerate(value)]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _options(request: Any) -> dict[str, Any]:
    """Give the options that are set; `dependsOn` is what the program said beside the references."""
    implied = {urn for one in request.propertyDependencies.values() for urn in one.urns}
    options = {
        "protect": request.protect or None,
        "parent": None if "::pulumi:pulumi:Stack::" in request.parent else _short(request.parent),
        "dependsOn": sorted(_short(urn) for urn in set(request.dependencies) - implied),
        "ignoreChanges": list(request.ignoreChanges),
        "replaceOnChanges": list(request.replaceOnChanges),
        "aliases": [alias.urn or MessageToDict(alias.spec) for alias in request.aliases],
        "deleteBeforeReplace": request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        "retainOnDelete": request.retainOnDelete or None,
        "deletedWith": _short(request.deletedWith) if request.deletedWith else None,
        "import": request.importId or None,
        "customTimeouts": MessageToDict(request.customTimeouts),
    }
    return {key: value for key, value in options.items() if value not in (None, [], {})}


def _short(urn: str) -> str:
    """`urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` -> `TYPE::NAME`."""
    _, _, types, name = urn.split("::", 3)
    return f"{types.rpartition('$')[2]}::{name}"
