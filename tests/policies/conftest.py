"""A pack with all controls, placed in clubapp-prod in growth."""

from collections.abc import Iterator

import pytest
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from policies.controls import CONTROLS
from tests.policies.driver import FEW, placed, serving


@pytest.fixture
def pack() -> Iterator[AnalyzerStub]:
    with serving(CONTROLS) as stub:
        placed(stub)
        yield stub


@pytest.fixture
def few() -> Iterator[AnalyzerStub]:
    """Give a pack with a few controls, for claims about all that a pack says."""
    with serving(FEW) as stub:
        placed(stub)
        yield stub
