"""Drive a pack over gRPC as the engine does."""

from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.control import Complies, Control, Group, Level, Scope, Severity
from policies.controls import CONTROLS
from policies.exemptions import Exemption
from policies.frameworks import FRAMEWORKS
from policies.levels import level_of
from policies.reading import SECRET, SIGNATURE
from policies.serve import Described, Pack

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
FEW = [
    control
    for control in CONTROLS
    if control.slug in {"kms-rotation", "rds-storage-encrypted", "rds-not-public", "rds-force-ssl"}
]
TODAY = date(2026, 11, 26)
PROD: Mapping[str, str] = {"datastores:phase": "growth"}


def secret(value: Any) -> dict[str, Any]:
    """Mark a value as secret, as it is on the wire."""
    return {SIGNATURE: SECRET, "value": value}


def struct(values: Mapping[str, Any]) -> Struct:
    wire = Struct()
    wire.update(values)
    return wire


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:clubapp-prod::datastores::{type_}::{name}"


def request(type_: str, inputs: Mapping[str, Any], name: str = "it") -> pb.AnalyzeRequest:
    return pb.AnalyzeRequest(urn=urn(type_, name), type=type_, name=name, properties=struct(inputs))


def member(
    type_: str, outputs: Mapping[str, Any], name: str = "it", needs: Mapping[str, Sequence[str]] | None = None
) -> pb.AnalyzerResource:
    """Describe a resource of the stack; *needs* gives per property the URNs that it comes from."""
    dependencies = {key: pb.AnalyzerPropertyDependencies(urns=urns) for key, urns in (needs or {}).items()}
    return pb.AnalyzerResource(
        urn=urn(type_, name), type=type_, name=name, properties=struct(outputs), propertyDependencies=dependencies
    )


def told(response: pb.AnalyzeResponse) -> dict[str, tuple[int, str]]:
    """Give level and message by control."""
    return {found.policyName: (found.enforcementLevel, found.message) for found in response.diagnostics}


def reasons(response: pb.AnalyzeResponse) -> dict[str, str]:
    return {one.policy_name: one.reason for one in response.not_applicable}


@contextmanager
def serving(
    controls: Sequence[Control], exemptions: Sequence[Exemption] = (), today: date = TODAY
) -> Generator[analyzer_pb2_grpc.AnalyzerStub]:
    """Serve a pack on a free port of this machine."""
    server = grpc.server(ThreadPoolExecutor(2))
    described = Described(
        name="p",
        version="1.2.3",
        controls=controls,
        frameworks=FRAMEWORKS,
        level_of=level_of,
        exemptions=exemptions,
        today=today,
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(described), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        server.stop(0).wait()


def placed(
    stub: analyzer_pb2_grpc.AnalyzerStub, stack: str = "clubapp-prod", config: Mapping[str, str] = PROD
) -> dict[str, pb.PolicyInfo]:
    """Start as the engine does, and give the controls that the pack tells."""
    stub.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=stack, project="datastores", config=config))
    return {policy.name: policy for policy in stub.GetAnalyzerInfo(Empty()).policies}


def made_control(complies: Complies, *types: str, group: Group = Group.ENCRYPTION, slug: str = "made") -> Control:
    """Make a control that is in no list."""
    return Control(
        slug=slug,
        requirement="Things must hold",
        fix="hold them",
        types=types,
        group=group,
        severity=Severity.LOW,
        scope=Scope.RESOURCE,
        complies=complies,
        when=None,
        good=[{}],
        bad=[{}],
        skipped=(),
    )


LEVELS_ON_WIRE = {Level.OFF: pb.DISABLED, Level.ADVISORY: pb.ADVISORY, Level.MANDATORY: pb.MANDATORY}
