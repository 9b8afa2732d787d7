"""Estimates of our own stacks, each made once a process."""

from functools import cache

import pytest
from _pytest.mark.structures import ParameterSet

from costs.estimate import Estimate, estimate
from costs.loads import declared
from costs.stack import Stack
from costs.usage import Usage
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from stacks.render import render
from stacks.settings import Settings
from tests.costs.built import AWAY, HOME, TODAY, prices

IRELAND = "eu-west-1"


def of_one_worker(*values: object) -> ParameterSet:
    """Keep the tests of an application, named first, on one worker: its renders are made once."""
    return pytest.param(*values, marks=pytest.mark.xdist_group(f"priced-{values[0]}"))


APPLICATION_NAMES = [of_one_worker(name) for name in sorted(APPLICATIONS)]


@cache
def ours(application: str, environment: Environment, phase: Phase, region: str) -> tuple[Estimate, frozenset[str]]:
    """Give the estimate, and the types of its resources."""
    overrides = {"aws:region": region, "drRegion": AWAY if region == HOME else HOME}
    settings = Settings.read(f"{application}-{environment}", phase=phase, overrides=overrides)
    resources = render(settings)
    stack = Stack(
        resources=resources,
        region=region,
        stores=tuple(store.name for store in settings.application.stores),
        usage=Usage(declared=declared(settings.application, phase)),
        on=TODAY,
    )
    return estimate(stack, prices()), frozenset(one["type"] for one in resources)
