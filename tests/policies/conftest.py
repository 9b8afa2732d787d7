"""A pack with all controls, placed in clubapp-prod in growth."""

from collections.abc import Iterator

import pytest
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.controls import CONTROLS
from tests.policies.driver import placed, serving


@pytest.fixture
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    with serving(CONTROLS) as stub:
        placed(stub)
        yield stub
