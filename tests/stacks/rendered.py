"""Rendered stacks, each rendered once a process; some as their owner may choose them beside what the file says."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import pytest

from stacks.application import Application, AtlasStore, BucketStore
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from stacks.render import Resource, render
from stacks.settings import Settings

_ORGANIZATION: Final = {"atlas.organizationId": '"0123456789abcdef01234567"'}
CHOSEN: Final[Mapping[str, Mapping[str, str]]] = {
    **{name: {} for name in APPLICATIONS},
    "devora-everywhere": {"choices.writes": "multi-region"},
    "heka-both": {"choices.databases": "both", **_ORGANIZATION},
    "workflows-traced": {"choices.traces": "true", **_ORGANIZATION},
}
"""What is deployed -> what is laid over the stack file."""
_CIDRS: Final = {"atlas.allowedCidrs": "[203.0.113.0/24]"}
_SHARED_SERVERS: Final = {("heka-both", Environment.DEV): _CIDRS, ("heka-both", Environment.STAGING): _CIDRS}
EVERY = [
    pytest.param(name, environment, phase, marks=pytest.mark.xdist_group(f"rendered-{name}"))
    for name in CHOSEN
    for environment in (Environment.DEV, Environment.PROD)
    for phase in Phase
]
every_stack = pytest.mark.parametrize(("application", "environment", "phase"), EVERY)


def settings(name: str, environment: Environment, phase: Phase) -> Settings:
    """Read the stack of something that is deployed."""
    over = {**CHOSEN[name], **_SHARED_SERVERS.get((name, environment), {})}
    return Settings.read(f"{name.partition('-')[0]}-{environment}", phase=phase, overrides=over)


@cache
def chosen(name: str, environment: Environment) -> Application:
    """Give the application with the stores and rows that are deployed."""
    return settings(name, environment, Phase.MVP).application


@cache
def resources(name: str, environment: Environment, phase: Phase) -> list[Resource]:
    return render(settings(name, environment, phase))


def of(found: list[Resource], *types: str) -> list[Resource]:
    """Give the resources of some types."""
    return [one for one in found if one["type"] in types]


def watched_by_aws(name: str, environment: Environment, phase: Phase) -> bool:
    """Say whether a phase has a store that CloudWatch and AWS Backup know."""
    stores = chosen(name, environment).stores
    return any(phase in store.sizes and not isinstance(store, AtlasStore | BucketStore) for store in stores)
