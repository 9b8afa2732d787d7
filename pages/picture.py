"""The picture of an application: a flowchart of Mermaid, which GitHub draws."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pages.tables import alike
from pages.words import span
from sizes.aurora import AuroraSize
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.redis import RedisSize
from sizes.table import TableSize
from stacks.application import (
    MIGRATOR,
    MONITORING,
    Application,
    AtlasStore,
    BucketStore,
    PostgresStore,
    RedisStore,
    Store,
    TableStore,
)
from stacks.phases import Phase

COLOURS: Final = {
    Phase.MVP: "fill:#dbeafe,stroke:#1d4ed8,color:#111827",
    Phase.GROWTH: "fill:#dcfce7,stroke:#15803d,color:#111827",
    Phase.SCALE: "fill:#fef3c7,stroke:#b45309,color:#111827",
    Phase.ENTERPRISE: "fill:#fae8ff,stroke:#a21caf,color:#111827",
}
"""Of what begins in a phase."""
SHAPES: Final = {"data": ('[("', '")]'), "thing": ('["', '"]')}
DIRECT: Final = (MIGRATOR, MONITORING)
"""Logins that go past a pool."""

Where = Literal["home", "dr"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A box of the picture."""

    id: str
    label: str
    phases: Sequence[Phase]
    """Those that have it, at least one."""
    where: Where = "home"
    shape: str = "data"

    def __str__(self) -> str:
        """Give its line."""
        before, after = SHAPES[self.shape]
        return f"{self.id}{before}{self.label}<br/>{span(self.phases)}{after}:::{self.phases[0]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrow:
    """Who goes to whom, and why."""

    start: str
    end: str
    why: str = ""
    copy: bool = False
    """Data that is copied, rather than somebody who asks."""

    def __str__(self) -> str:
        """Give its line."""
        line = "-.->" if self.copy else "-->"
        why = f'|"{self.why}"|' if self.why else ""
        return f"{self.start} {line}{why} {self.end}"


Part = Node | Arrow


def picture(application: Application) -> str:
    """Give the flowchart of all phases: a colour says in which one something begins."""
    parts = list(_parts(application))
    nodes = [part for part in parts if isinstance(part, Node)]
    lines = ["flowchart LR", *(f"classDef {phase} {style}" for phase, style in COLOURS.items())]
    lines += ['clients["clients<br/>in their security group"]']
    for where, title in (("home", "aws:region"), ("dr", "datastores:drRegion")):
        inside = [str(node) for node in nodes if node.where == where]
        lines += [f'subgraph {where}["{title}"]', *(f"  {line}" for line in inside), "end"] if inside else []
    lines += [str(part) for part in parts if isinstance(part, Arrow)]
    return "\n".join(["```mermaid", *lines[:1], *(f"  {line}" for line in lines[1:]), "```"])


def _parts(application: Application) -> Iterator[Part]:
    groups = alike(application.stores)
    for stores in groups:
        yield from _store(stores[0], ", ".join(store.name for store in stores))
    backed_up = [stores[0] for stores in groups if isinstance(stores[0], PostgresStore | TableStore)]
    if backed_up:
        yield Node(id="vault", label="AWS Backup vault", phases=list(Phase))
        for store in backed_up:
            yield Arrow(start=_id(store.name), end="vault", copy=True)
    copied = [phase for phase, recovery in application.recovery.items() if recovery.dr_days]
    if backed_up and copied:
        yield Node(id="copies", label="vault with copies of daily backups", phases=copied, where="dr")
        yield Arrow(start="vault", end="copies", copy=True)


def _store(store: Store, names: str) -> Iterator[Part]:
    """Give the parts of a store; *names* are of those that are alike."""
    match store:
        case PostgresStore():
            yield from _postgres(store)
        case TableStore():
            yield _first(store, "DynamoDB", names)
            yield Arrow(start="clients", end=_id(store.name))
            if replicated := _phases(store, lambda size: isinstance(size, TableSize) and size.dr_replica):
                yield _further(store, "replica", f"replica of {names}", replicated, "dr")
                yield Arrow(start=_id(store.name), end=_id(store.name, "replica"), copy=True)
        case RedisStore():
            yield _first(store, f"Redis, a {store.use}", names)
            yield Arrow(start="clients", end=_id(store.name))
            if replicas := _phases(store, lambda size: isinstance(size, RedisSize) and size.failover):
                yield _further(store, "replicas", f"replicas of {names}", replicas)
                yield Arrow(start=_id(store.name), end=_id(store.name, "replicas"), copy=True)
        case BucketStore():
            yield _first(store, "S3 bucket", names)
            yield Arrow(start=_id(store.exporter), end=_id(store.name), why="old partitions", copy=True)
        case AtlasStore():
            yield from _atlas(store)


def _postgres(store: PostgresStore) -> Iterator[Part]:
    name = store.name
    on_aurora = _phases(store, lambda size: isinstance(size, AuroraSize))
    yield _first(store, f"PostgreSQL, Aurora {span(on_aurora)}" if on_aurora else "PostgreSQL", name)
    pooled = _phases(store, lambda size: isinstance(size, PostgresSize | AuroraSize) and size.proxy)
    if pooled:
        yield Node(id=_id(name, "pool"), label=f"pool of {name}<br/>RDS Proxy", phases=pooled, shape="thing")
        yield Arrow(
            start="clients", end=_id(name, "pool"), why=", ".join(one for one in store.logins if one not in DIRECT)
        )
        yield Arrow(start=_id(name, "pool"), end=_id(name))
    yield Arrow(
        start="clients", end=_id(name), why=", ".join(one for one in store.logins if not pooled or one in DIRECT)
    )
    copies: list[tuple[str, str, Sequence[Phase], Where]] = [
        ("standby", "standby in another zone", _phases(store, _has("multi_az")), "home"),
        *(
            (f"replica_{purpose}", f"read replica for {purpose}", _phases(store, _replicated(purpose)), "home")
            for purpose in ReplicaPurpose
        ),
        ("readers", "readers in other zones", _phases(store, _has("readers")), "home"),
        ("backups", "point-in-time recovery", _phases(store, _has("dr_backups")), "dr"),
        ("secondary", "readers of the Global Database", _phases(store, _has("dr_readers")), "dr"),
    ]
    for part, label, phases, where in copies:
        if phases:
            yield _further(store, part, f"{name}: {label}", phases, where)
            yield Arrow(start=_id(name), end=_id(name, part), copy=True)


def _atlas(store: AtlasStore) -> Iterator[Part]:
    name = store.name
    yield _first(store, "MongoDB on Atlas, by PrivateLink", name)
    yield Arrow(start="clients", end=_id(name), why=", ".join(store.logins))
    copies: list[tuple[str, str, Sequence[Phase], Where]] = [
        ("reports", "nodes for reports", _phases(store, _has("analytics_nodes")), "home"),
        ("exports", "bucket of snapshots", _phases(store, _has("export")), "home"),
        ("snapshots", "copies of snapshots", _phases(store, _has("dr_copies")), "dr"),
        ("nodes", "nodes that may take over", _phases(store, _has("dr_nodes")), "dr"),
    ]
    for part, label, phases, where in copies:
        if phases:
            yield _further(store, part, f"{name}: {label}", phases, where)
            yield Arrow(start=_id(name), end=_id(name, part), copy=True)


def _first(store: Store, label: str, names: str) -> Node:
    condition = "".join(f"<br/>if {choice} is {' or '.join(sorted(values))}" for choice, values in store.chosen.items())
    return Node(id=_id(store.name), label=f"{names}<br/>{label}{condition}", phases=_phases(store, lambda _: True))


def _further(store: Store, part: str, label: str, phases: Sequence[Phase], where: Where = "home") -> Node:
    return Node(id=_id(store.name, part), label=label, phases=phases, where=where)


def _phases(store: Store, holds: Callable[[object], bool]) -> list[Phase]:
    """Give the phases whose size of the store is such."""
    return [phase for phase in Phase if phase in store.sizes and holds(store.sizes[phase])]


def _has(field: str) -> Callable[[object], bool]:
    return lambda size: bool(getattr(size, field, False))


def _replicated(purpose: ReplicaPurpose) -> Callable[[object], bool]:
    return lambda size: isinstance(size, PostgresSize) and purpose in size.replicas


def _id(*parts: str) -> str:
    """Give an id: letters and `_` only, and no word of Mermaid's own."""
    return "store_" + "_".join(parts).replace("-", "_")
