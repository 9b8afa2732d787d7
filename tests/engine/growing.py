"""A stack that grows from its first phase to its last on the real engine, and what was seen on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sizes.postgres_move import PostgresMove
from stacks.application import Size
from stacks.hops import hops
from stacks.phases import Phase, stateful
from stacks.rows import written
from tests.engine.deployments import Deployment
from tests.engine.local import Local, Step

REPLACING = ("replace", "create-replacement", "delete-replaced", "delete")


@dataclass(frozen=True, kw_only=True)
class Up:
    """One `up` of a way."""

    name: str
    settings: dict[str, Any]
    retired: frozenset[str] = frozenset()
    """Logical names of what this one takes away as its hop says: an instance whose data a cluster has."""


def way(deployment: Deployment) -> Iterator[Up]:
    """The ups from mvp to enterprise: the hops between two phases, then the later phase itself."""
    stores = deployment.stores
    for before, after in pairwise(Phase):
        moving: Mapping[str, Size] = {}
        for number, sizes in enumerate(hops(stores, before, after), start=1):
            hop = {"to": str(after), "step": number, "sizes": {name: written(size) for name, size in sizes.items()}}
            yield Up(
                name=f"{after}-{number}", settings={"datastores:hop": hop, **_unlocked(sizes)}, retired=_retired(moving)
            )
            moving = sizes
        settings = {"datastores:phase": str(after), "datastores:hop": None, "datastores:unlock": None}
        yield Up(name=after, settings=settings, retired=_retired(moving))


def _unlocked(sizes: Mapping[str, Size]) -> dict[str, Any]:
    """Lift the protection of what the next `up` retires."""
    moved = [name for name, size in sizes.items() if isinstance(size, PostgresMove) and size.writer == "cluster"]
    return {"datastores:unlock": moved or None}


def _retired(sizes: Mapping[str, Size]) -> frozenset[str]:
    return frozenset(f"{name}-primary" for name in _unlocked(sizes)["datastores:unlock"] or ())


@dataclass(kw_only=True)
class Grown:
    """What was seen on the way, by the name of the `up`."""

    local: Local
    deployment: Deployment
    taken: dict[str, list[Step]] = field(default_factory=dict)
    again: dict[str, dict[str, int]] = field(default_factory=dict)
    refreshed: dict[str, str] = field(default_factory=dict)
    """What a refresh in each phase found, as Pulumi says it; empty: nothing."""
    data: dict[str, frozenset[str]] = field(default_factory=dict)
    """What holds data after each `up`: URN, id and ARN of each."""
    retired: dict[str, frozenset[str]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def stack(self) -> str:
        return self.deployment.stack

    def read(self) -> dict[str, Any]:
        """Read the items that the tables hold, by table."""
        dynamodb = self.local.aws("dynamodb")
        return {table: dynamodb.scan(TableName=table)["Items"][0] for table in self.deployment.items}

    def lost(self) -> dict[str, list[str]]:
        """Give what held data and was replaced or deleted, by `up`."""
        found = {
            name: [
                step["urn"].rpartition("::")[2]
                for step in taken
                if step["op"] in REPLACING and stateful(step["old"]["type"], step["old"].get("inputs") or {})
            ]
            for name, taken in self.taken.items()
        }
        return {name: sorted(set(lost) - self.retired[name]) for name, lost in found.items() if lost}


def grow(local: Local, deployment: Deployment) -> Grown:
    """Bring a stack up in mvp, put an item into every table, and grow to enterprise."""
    seen = Grown(local=local, deployment=deployment)
    local.init(deployment.stack)
    if deployment.settings:
        local.configure(deployment.stack, deployment.settings)
    local.up(deployment.stack)
    for table, item in deployment.items.items():
        local.aws("dynamodb").put_item(TableName=table, Item=item)
    _look(seen, "mvp", frozenset())
    for up in way(deployment):
        local.configure(deployment.stack, up.settings)
        seen.taken[up.name] = local.steps_of_up(deployment.stack)
        _look(seen, up.name, up.retired)
    return seen


def _look(grown: Grown, name: str, retired: frozenset[str]) -> None:
    local, stack = grown.local, grown.stack
    if name in tuple(Phase):  # between two phases nobody stays
        grown.again[name] = local.up(stack)
        refresh = ("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--diff", "--stack", stack)
        done = local.pulumi(*refresh)
        grown.refreshed[name] = done.stdout if done.returncode else ""
    holding = [one for one in local.resources(stack) if stateful(one["type"], one.get("inputs", {}))]
    grown.data[name] = frozenset(f"{one['urn']} {one['id']} {one['outputs'].get('arn')}" for one in holding)
    grown.retired[name] = retired
    grown.items[name] = grown.read()
