"""Rendered stacks, each rendered once a process."""

from functools import cache

import pytest

from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from stacks.render import Resource, render
from stacks.settings import Settings

EVERY = [
    pytest.param(application, environment, phase, marks=pytest.mark.xdist_group(f"rendered-{application}"))
    for application in APPLICATIONS
    for environment in (Environment.DEV, Environment.PROD)
    for phase in Phase
]
every_stack = pytest.mark.parametrize(("application", "environment", "phase"), EVERY)


@cache
def resources(application: str, environment: Environment, phase: Phase) -> list[Resource]:
    return render(Settings.read(f"{application}-{environment}", phase=phase))


def of(found: list[Resource], *types: str) -> list[Resource]:
    """Give the resources of some types."""
    return [one for one in found if one["type"] in types]
