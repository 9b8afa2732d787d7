"""One moto and one set of providers a test process; every test gets a stack of its own."""

import itertools
import logging
import os
from collections.abc import Iterator

import grpc
import pytest

from localcloud.cloud import Memory
from localcloud.provider import serve
from localcloud.record import PROVIDERS
from tests.localcloud.scene import Scene

_STACKS = itertools.count()


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Serve moto on a free port."""
    # moto reads it when it is imported, which is why that happens here; the daemon does the same.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    from localcloud.moto import complete  # noqa: PLC0415

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    complete()
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def channels(endpoint: str) -> Iterator[dict[str, grpc.Channel]]:
    """Serve every package that there are types of."""
    memory = Memory()
    served = {package: serve(package, endpoint, memory) for package in PROVIDERS}
    yield {package: grpc.insecure_channel(f"127.0.0.1:{port}") for package, (_, port) in served.items()}
    for server, _ in served.values():
        server.stop(0)


@pytest.fixture
def scene(endpoint: str, channels: dict[str, grpc.Channel]) -> Scene:
    """Give a new stack in Frankfurt."""
    return Scene(endpoint, channels, f"clubapp-test{next(_STACKS)}", "eu-central-1")
