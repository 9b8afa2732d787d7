"""What all tests share: tests of the engine need one, and say loudly when they are left out."""

import os

import pytest

from localcloud.paths import here

pytest_plugins = ["tests.stage", "tests.engine.clouds"]

_MISSING = "no pulumi CLI: `make test` obtains one where Go, PATH or the network allow it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs an engine where there is none; on CI that is a failure."""
    if here().pulumi.exists():
        return
    needing = [item for item in items if item.get_closest_marker("engine")]
    if needing and os.environ.get("CI") == "true":
        pytest.exit(_MISSING, returncode=1)
    for item in needing:
        item.add_marker(pytest.mark.skip(reason=_MISSING))
