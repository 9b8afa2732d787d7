"""Local clouds for tests on the real engine, each in a folder of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localcloud.paths import CODE, Paths, here
from tests.engine.local import Local, lend_engine

Start = Callable[[Path], Local]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Give a function that starts a local cloud for the project in a folder."""
    running: list[Local] = []

    def start_one(root: Path) -> Local:
        paths = Paths(root=root, local=tmp_path_factory.mktemp("local") / ".local")
        running.append(Local(lend_engine(paths, here().pulumi)))
        return running[-1]

    yield start_one
    for local in running:
        local.stop()


@pytest.fixture(scope="module")
def local(start: Start) -> Local:
    """Give a local cloud for this project."""
    return start(CODE)
