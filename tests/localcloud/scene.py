"""A stage for lives: moto, and the providers over gRPC as the engine drives them."""

import secrets
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from localcloud.cloud import client
from localcloud.wire import Props, dump, load


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A resource that exists: what the engine would have in its state."""

    urn: str
    id: str
    inputs: Props
    outputs: Props


class Scene:
    """Drives the providers for one stack in one region."""

    def __init__(self, endpoint: str, channels: dict[str, grpc.Channel], stack: str, region: str) -> None:
        self.endpoint, self.stack, self.region = endpoint, stack, region
        self.stubs = {package: provider_pb2_grpc.ResourceProviderStub(channel) for package, channel in channels.items()}
        for package, stub in self.stubs.items():
            urn = f"urn:pulumi:{stack}::datastores::pulumi:providers:{package}::default_1_2_3"
            stub.Configure(pb.ConfigureRequest(urn=urn, args=dump({"region": region})))

    def aws(self, service: str) -> Any:
        """A boto3 client, as a user has it."""
        return client(self.endpoint, service, self.region)

    def urn(self, type_: str, name: str) -> str:
        return f"urn:pulumi:{self.stack}::datastores::{type_}::{name}"

    def stub(self, urn: str) -> Any:
        return self.stubs[urn.split("::")[2].partition(":")[0]]

    def check(self, type_: str, name: str, inputs: Props, olds: Props | None = None) -> tuple[Props, list[str]]:
        urn = self.urn(type_, name)
        request = pb.CheckRequest(urn=urn, olds=dump(olds or {}), news=dump(inputs), randomSeed=secrets.token_bytes(8))
        answer = self.stub(urn).Check(request)
        return load(answer.inputs), [f"{one.property}: {one.reason}" for one in answer.failures]

    def make(self, type_: str, name: str, inputs: Props) -> Made:
        urn = self.urn(type_, name)
        checked, failures = self.check(type_, name, inputs)
        assert failures == []
        answer = self.stub(urn).Create(pb.CreateRequest(urn=urn, properties=dump(checked)))
        return Made(urn=urn, id=answer.id, inputs=checked, outputs=load(answer.properties))

    def diff(self, made: Made, news: Props) -> pb.DiffResponse:
        olds, outputs = dump(made.inputs), dump(made.outputs)
        return self.stub(made.urn).Diff(
            pb.DiffRequest(urn=made.urn, id=made.id, old_inputs=olds, olds=outputs, news=dump(news))
        )

    def update(self, made: Made, news: Props) -> Made:
        olds, outputs = dump(made.inputs), dump(made.outputs)
        answer = self.stub(made.urn).Update(
            pb.UpdateRequest(urn=made.urn, id=made.id, old_inputs=olds, olds=outputs, news=dump(news))
        )
        return Made(urn=made.urn, id=made.id, inputs=news, outputs=load(answer.properties))

    def read(self, made: Made) -> Made | None:
        """What a refresh finds."""
        request = pb.ReadRequest(urn=made.urn, id=made.id, inputs=dump(made.inputs), properties=dump(made.outputs))
        return self._found(made.urn, self.stub(made.urn).Read(request))

    def import_(self, type_: str, name: str, id_: str) -> Made | None:
        urn = self.urn(type_, name)
        return self._found(urn, self.stub(urn).Read(pb.ReadRequest(urn=urn, id=id_)))

    def _found(self, urn: str, answer: pb.ReadResponse) -> Made | None:
        if not answer.id:
            return None
        return Made(urn=urn, id=answer.id, inputs=load(answer.inputs), outputs=load(answer.properties))

    def delete(self, made: Made) -> None:
        self.stub(made.urn).Delete(pb.DeleteRequest(urn=made.urn, id=made.id, properties=dump(made.outputs)))
