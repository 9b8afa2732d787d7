"""What changes from one phase to the next, and the hops in between."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

import yaml

from pages.tables import alike, table
from pages.words import NOTHING, facts
from sizes.aurora import AuroraSize
from sizes.postgres_move import PostgresMove
from sizes.redis import ClusterMode, RedisSize
from stacks.application import Application, Size
from stacks.hops import hops
from stacks.phases import Phase
from stacks.rows import written

LAG: Final = "RDSToAuroraPostgreSQLReplicaLag"
"""What CloudWatch calls how far an Aurora replica of an RDS instance is behind."""


def growth(application: Application) -> Iterator[str]:
    """Give the paragraphs about each step to the next phase."""
    for before, after in pairwise(Phase):
        yield f"### From {before} to {after}"
        yield table(("", f"`{before}`", f"`{after}`"), list(_changes(application, before, after)))
        yield from _ups(application, before, after)


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
    rows = {store.name: store.sizes.get(before) for store in application.stores}
    steps = hops(application.stores, before, after)
    if not steps:
        yield f"One update: `datastores:phase: {after}`."
        return
    yield f"{len(steps) + 1} updates, of which {len(steps)} are hops:"
    for number, sizes in enumerate(steps, start=1):
        said = [sentence for name, size in sizes.items() if (sentence := _said(name, rows[name], size))]
        yield f"{number}. {' '.join(said) or 'Sizes between the two phases.'}"
        yield _indented(_hop(after, number, sizes, rows))
        rows = {**rows, **sizes}
    last = {store.name: store.sizes.get(after) for store in application.stores}
    said = [sentence for name, size in last.items() if (sentence := _said(name, rows[name], size))]
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
        case _:
            return ""


def _indented(block: str) -> str:
    """Put a block inside an item of a list."""
    return "\n".join(f"   {line}" if line else line for line in block.splitlines())
