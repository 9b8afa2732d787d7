"""What changes from one phase to the next, and the hops in between."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Final

import yaml

from pages.tables import alike, table
from pages.words import NOTHING, facts
from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.postgres_move import PostgresMove
from sizes.redis import ClusterMode, RedisSize
from stacks.application import Application, AtlasStore, Size, chosen_rows
from stacks.hops import hops
from stacks.phases import Environment, Phase
from stacks.rows import written

LAG: Final = "RDSToAuroraPostgreSQLReplicaLag"
"""What CloudWatch calls how far an Aurora replica of an RDS instance is behind."""


def growth(application: Application) -> Iterator[str]:
    """Give the paragraphs about each step to the next phase."""
    for before, after in pairwise(Phase):
        yield f"### From {before} to {after}"
        yield table(("", f"`{before}`", f"`{after}`"), list(_changes(application, before, after)))
        yield from _ups(application, before, after)
        for title, other in others(application):
            if any(_rows(other, phase) != _rows(application, phase) for phase in (before, after)):
                yield f"{title}:"
                yield from _ups(other, before, after)


def others(application: Application) -> Iterator[tuple[str, Application]]:
    """Give the application with rows in place of its usual ones: where that is, and what it is then."""
    outside = application.within(Environment.DEV)
    if outside.stores != application.stores:
        yield "In dev and staging", outside
    choices = [key for store in application.stores if isinstance(store, AtlasStore) for key in store.by_choice]
    for choice, value in choices:
        stores = tuple(chosen_rows(store, {choice: value}) for store in application.stores)
        yield f"With `{choice}: {value}`", replace(application, stores=stores)


def _rows(application: Application, phase: Phase) -> Mapping[str, Size | None]:
    return {store.name: store.sizes.get(phase) for store in application.stores}


def _changes(application: Application, before: Phase, after: Phase) -> Iterator[tuple[str, str, str]]:
    for stores in alike(application.stores):
        names = ", ".join(f"`{store.name}`" for store in stores)
        then, now = stores[0].sizes.get(before), stores[0].sizes.get(after)
        if then is None and now is not None:
            yield names, NOTHING, "new"
        elif then is not None and now is not None:
            yield from ((f"{names}: {label}", *both) for label, both in _differences(then, now).items())


def _differences(then: object, now: object) -> Mapping[str, tuple[str, str]]:
    """Give the facts that differ, before and after."""
    one, other = facts(then), facts(now)
    pairs = {label: (one.get(label, NOTHING), other.get(label, NOTHING)) for label in (*one, *other)}
    return {label: pair for label, pair in pairs.items() if pair[0] != pair[1]}


def _ups(application: Application, before: Phase, after: Phase) -> Iterator[str]:
    """Say which updates lead there, each with what stands in the stack file."""
    rows = _rows(application, before)
    steps = hops(application.stores, before, after)
    if not steps:
        yield f"One update: `datastores:phase: {after}`."
        return
    yield f"{len(steps) + 1} updates, of which {'1 is a hop' if len(steps) == 1 else f'{len(steps)} are hops'}:"
    for number, sizes in enumerate(steps, start=1):
        said = [sentence for name, size in sizes.items() if (sentence := _said(name, rows[name], size))]
        yield f"{number}. {' '.join(said) or 'Sizes between the two phases.'}"
        yield _indented(_hop(after, number, sizes, rows))
        rows = {**rows, **sizes}
    said = [sentence for name, size in _rows(application, after).items() if (sentence := _said(name, rows[name], size))]
    yield f"{len(steps) + 1}. {' '.join([*said, f'`datastores:phase: {after}`, without `datastores:hop`.'])}"


def _hop(after: Phase, number: int, sizes: Mapping[str, Size], rows: Mapping[str, Size | None]) -> str:
    """Give a hop as the stack file has it."""
    promoted = [name for name, size in sizes.items() if _promotes(rows[name], size)]
    hop = {"to": str(after), "step": number, "sizes": {name: written(size) for name, size in sizes.items()}}
    keys = {"datastores:hop": hop, **({"datastores:unlock": promoted} if promoted else {})}
    return f"```yaml\n{yaml.safe_dump(keys, sort_keys=False, width=110)}```"


def _promotes(before: Size | None, after: Size | None) -> bool:
    match before, after:
        case PostgresMove(writer="instance"), PostgresMove(writer="cluster"):
            return True
        case _:
            return False


def _said(name: str, before: Size | None, after: Size | None) -> str:
    """Say what one store's part of an update means for those who carry it out; empty if it means nothing special."""
    match before, after:
        case PostgresMove(writer="instance"), PostgresMove(writer="cluster"):
            return (
                f"Stop writes to `{name}`, wait until the metric `{LAG}` is 0, then update: the cluster is promoted, "
                "gets its readers, and the connection secrets name it. From here on there is no way back."
            )
        case _, PostgresMove(writer="instance"):
            return (
                f"An Aurora cluster is made beside `{name}` and replicates it; clients notice nothing. The way back is "
                "to take the hop out again."
            )
        case PostgresMove(), AuroraSize():
            return (
                f"The instance of `{name}` is deleted and leaves a final snapshot; take `{name}` out of "
                "`datastores:unlock`."
            )
        case RedisSize(cluster_mode=then), RedisSize(cluster_mode=now) if then is not now:
            done = now is ClusterMode.ENABLED
            clients = "every client must speak the cluster protocol" if done else "clients move to the cluster protocol"
            return f"`{name}`: cluster mode {then} → {now}; {clients}."
        case ((AtlasSize() | SharedAtlasSize()), AtlasSize()):
            return _said_of_atlas(name, before, after)
        case _:
            return ""


def _said_of_atlas(name: str, before: AtlasSize | SharedAtlasSize, after: AtlasSize) -> str:
    match before, after:
        case SharedAtlasSize(), _:
            return (
                f"Atlas moves `{name}` to servers of its own; clients are cut off for some minutes and find their host "
                "in the connection secrets again."
            )
        case AtlasSize(sharded=False), AtlasSize(sharded=True):
            return (
                f"`{name}` becomes a sharded cluster{' that takes writes in zones' if after.zones else ''}, and stays "
                "one: clients reach it by routers, and a collection is spread once somebody shards it."
            )
        case AtlasSize(zones=1), AtlasSize(zones=2):
            return f"`{name}` takes writes in the DR region too."
        case _:
            return ""


def _indented(block: str) -> str:
    """Put a block inside an item of a list."""
    return "\n".join(f"   {line}" if line else line for line in block.splitlines())
