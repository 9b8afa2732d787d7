"""Two ways to run a component: on mocks, and for real on moto through the local cloud's providers."""

import itertools
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pulumi
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.proto import provider_pb2 as pb

from localcloud.wire import dump, load
from tests.localcloud.scene import Made, Scene

Program = Callable[[], Any]

_NUMBERS = itertools.count()


def own_prefix() -> str:
    """Give a prefix of physical names that no other test of this process has."""
    return f"clubapp-{next(_NUMBERS)}"


def run(mocks: Mocks, program: Program) -> Any:
    """Run a program to completion, apart from what earlier ones left in the SDK's context."""
    kept: list[Any] = []

    def whole() -> None:
        set_mocks(mocks, project="datastores", stack="clubapp-test")
        pulumi.runtime.test(lambda: kept.append(program()))()

    Context().run(whole)
    return kept[0]


class Registered(Mocks):
    """The resources that a program registered."""

    def __init__(self) -> None:
        self.resources: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources.append(args)
        return f"{args.name}-id", {"arn": f"arn:{args.name}", "name": args.name, **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        pytest.fail(f"unexpected call to {args.token}")

    def named(self, type_: str) -> dict[str, dict[str, Any]]:
        """Give the inputs of the resources of a type, by name."""
        return {one.name: one.inputs for one in self.resources if one.typ == type_}


_SIGNATURE = "4dabf18193072939515e22adb298388d"


def opened(value: Any) -> Any:
    """Take values out of the wrapping that marks secrets: the engine does so for a provider that asks it to."""
    match value:
        case {"value": inner} if _SIGNATURE in value:
            return opened(inner)
        case dict():
            return {key: opened(item) for key, item in value.items()}
        case list():
            return [opened(item) for item in value]
        case _:
            return value


class Applied(Mocks):
    """Makes every resource on moto, as an `up` would."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.made = scene, dict[str, Made]()

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if not args.custom:
            return None, args.inputs
        made = self.scene.make(args.typ, args.name, opened(args.inputs))
        self.made[args.name] = made
        return made.id, made.outputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        request = pb.InvokeRequest(tok=args.token, args=dump(args.args))
        answer: Struct = getattr(self.scene.stubs["aws"].Invoke(request), "return")
        return load(answer), []


@pytest.fixture
def deploy() -> Callable[[Program], Registered]:
    """Run a program on mocks and look at what it registered."""

    def on_mocks(program: Program) -> Registered:
        registered = Registered()
        run(registered, program)
        return registered

    return on_mocks


@pytest.fixture
def apply(scene: Scene) -> Callable[[Program], Applied]:
    """Run a program on moto; read what it made with boto3."""

    def on_moto(program: Program) -> Applied:
        applied = Applied(scene)
        run(applied, program)
        return applied

    return on_moto
