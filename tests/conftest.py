"""What all tests share: tests of the engine need one, and say loudly when they are left out."""

import os
import signal

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import HealthCheck, settings

from localcloud.paths import here

pytest_plugins = ["tests.stage", "tests.engine.clouds"]

# How long an example takes says more about what else the machine does.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# A run in the background of a script ignores Ctrl-C, and so would all that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

_MISSING = "no pulumi CLI: `make test` obtains one where Go, PATH or the network allow it"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """
    Keep groups together, which pytest-xdist 3.8.0 does by a suffix of their names.

    It writes the name where pytest 9.2 does not look any more, so that every worker would set a group up for itself.
    """
    if not session.config.getoption("loadgroup", default=False):
        return
    for item in session.items:
        if mark := item.get_closest_marker("xdist_group"):
            item._id = coerce_node_id(f"{item.nodeid}@{mark.args[0]}")  # pyright: ignore[reportPrivateUsage]  # see above


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs an engine where there is none; on CI that is a failure."""
    if here().pulumi.exists():
        return
    needing = [item for item in items if item.get_closest_marker("engine")]
    if needing and os.environ.get("CI") == "true":
        pytest.exit(_MISSING, returncode=1)
    for item in needing:
        item.add_marker(pytest.mark.skip(reason=_MISSING))
