"""
The path from what a stack is to what it shall be: one `pulumi up` after another, each of which is safe.

Planning is pure: settings and renders in, a plan out. It keeps no memory, and needs none: planned again from any hop of
a path, the rest of the path comes out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, cast

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.aim import SIZES, Aim
from stacks.application import Size
from stacks.hops import Sizes, Together, merged, moved, way
from stacks.keys import Hop
from stacks.phases import PROTECTION
from stacks.rows import written
from stacks.rules import camel
from stacks.settings import Settings
from stacks.stages import Stage, Step
from upgrades import duties
from upgrades.deviations import Deviation, deviations
from upgrades.duties import Check
from upgrades.gate import Verdict, judge
from upgrades.hop import Hop as Allowed
from upgrades.keeping import KEEPERS, grown
from upgrades.meant import without_meant
from upgrades.plan_changes import Changed, changed, worst
from upgrades.refusals import Refusal
from upgrades.renders import Rendered, edits_between, standing
from upgrades.undone import as_deployed

Render = Callable[[Settings], Sequence[Mapping[str, Any]]]
"""Gives the resources of a stack in the normal form: `stacks.render.render`."""

UNKNOWN: Final[Mapping[str, int]] = MappingProxyType({})
"""Nobody has looked at disks."""
GUIDE: Final = "docs/upgrades.md"


@dataclass(frozen=True, kw_only=True)
class Up:
    """One `pulumi up` of a path."""

    number: int
    """From 1 on, over the whole upgrade: the `step` of `datastores:hop`."""
    settings: Settings
    """What is deployed by it."""
    steps: Together
    verdict: Verdict
    """The gate's, without what is meant."""
    changes: tuple[Changed, ...]
    before_it: Rendered
    after_it: Rendered

    @property
    def last(self) -> bool:
        """Whether the upgrade ends with it: it deploys the phase itself."""
        return self.settings.hop is None

    @cached_property
    def before(self) -> tuple[Check, ...]:
        """What has to hold before it."""
        return tuple(check for name, step in self.steps.items() for check in duties.before(name, step))

    @cached_property
    def after(self) -> tuple[Check, ...]:
        """What has to hold after it."""
        return tuple(check for name, step in self.steps.items() for check in duties.after(name, step))

    @cached_property
    def ways_back(self) -> Mapping[str, str]:
        """What leads back from it, by store."""
        return {
            name: duties.way_back(step, protected=PROTECTION[self.settings.environment].deletion)
            for name, step in self.steps.items()
        }

    @property
    def lost(self) -> tuple[str, ...]:
        """Stores that go with it, and their data."""
        return tuple(name for name, step in self.steps.items() if step.stage is Stage.GONE)

    @property
    def worst(self) -> Changed | None:
        """The change that clients notice most; None: they notice none."""
        return worst(self.changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What a store keeps of its old size, as a deviation from the row of the phase."""

    store: str
    fields: Mapping[str, object]
    """As the stack file names them."""
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How a stack gets from one state to another, or why it cannot."""

    now: Settings
    target: Settings
    """With what stores keep of their old sizes."""
    ups: tuple[Up, ...]
    """In order; none: there is nothing to do, or it is refused before anything could be rendered."""
    refusals: tuple[Refusal, ...]
    """Why the plan may not be carried out."""
    kept: tuple[Kept, ...]
    """By store and reason."""
    deviations: tuple[Deviation, ...] = ()
    """What else of the stack file lies over the row of the phase in the end."""
    also: tuple[str, ...] = ()
    """What changes beside the phase, as `KEY=VALUE`."""

    @property
    def refused(self) -> bool:
        """Whether it may not be carried out."""
        return bool(self.refusals)


def plan(now: Settings, aim: Aim, render: Render, disks: Mapping[str, int] = UNKNOWN) -> Plan:
    """
    Give the path from *now* to where the same stack shall be.

    *disks* are those of stores that Atlas has let grow by itself, in its GB, as far as anybody has looked: they are
    kept by what changes.
    """
    before = _grown(now, aim.settings, disks)
    target, keeps = _keeping(before, aim)
    ways, refusals = _ways(before, target)
    ups: tuple[Up, ...] = ()
    if not (refusals or _same(now, target)):
        ups = tuple(_ups(now, target, aim.also, ways, render))
        refusals = [refusal for up in ups for refusal in (*up.verdict.refusals, *up.verdict.doubts)]
    reasons = tuple(dict.fromkeys(refusals))
    left = tuple(deviations(aim))
    return Plan(now=now, target=target, ups=ups, refusals=reasons, kept=keeps, deviations=left, also=aim.also)


def sizes_of(settings: Settings) -> Sizes:
    """Give the size of every store that there is."""
    found = {store.name: settings.size(store) for store in settings.application.stores}
    return {name: size for name, size in found.items() if size is not None}


def allowed(settings: Settings) -> Allowed | None:
    """Give what a hop allows, as the gate reads it; None: there is none."""
    if settings.hop is None:
        return None
    return Allowed(sizes={name: written(size) for name, size in settings.hop.sizes.items()})


def _same(now: Settings, target: Settings) -> bool:
    return replace(now, unlock=frozenset()) == replace(target, unlock=frozenset())


# What stays as it is


def _grown(now: Settings, target: Settings, disks: Mapping[str, int]) -> Sizes:
    """Give the sizes that there are, those that change with the disks that they have grown to."""
    wanted = sizes_of(target)
    return {
        name: size if size == wanted.get(name) else grown(size, disks.get(name)) for name, size in sizes_of(now).items()
    }


def _keeping(before: Sizes, aim: Aim) -> tuple[Settings, tuple[Kept, ...]]:
    """Let stores keep, as a deviation, what there are reasons to keep, but for what the stack file says itself."""
    target = aim.settings
    sizes, found = dict(target.sizes), list[Kept]()
    protected = PROTECTION[target.environment].deletion
    for name, wanted in sizes_of(target).items():
        if name not in before:
            continue
        size, said = wanted, _said(aim, name)
        for keeper in KEEPERS:
            old, size = size, _unsaid(size, keeper.kept(before[name], size, protected=protected), said)
            if more := differences(old, size):
                found.append(Kept(store=name, fields=more, why=keeper.why))
        if size != wanted:
            sizes[name] = size
    return replace(target, sizes=sizes), tuple(found)


def _unsaid(size: Size, keeps: Size, said: frozenset[str]) -> Size:
    """Give *size* with what it *keeps* that nobody said otherwise; as it is where both do not go together."""
    fields_ = [field.name for field in fields(keeps) if getattr(size, field.name) != getattr(keeps, field.name)]
    try:
        return replace(size, **{name: getattr(keeps, name) for name in fields_ if camel(name) not in said})
    except SizeError:
        return size


def _said(aim: Aim, store: str) -> frozenset[str]:
    """Give the fields that the stack file says of a store."""
    sizes = cast("Mapping[str, Mapping[str, object]]", aim.config.get(SIZES) or {})
    return frozenset(sizes.get(store, {}))


def differences(size: Size, other: Size) -> Mapping[str, object]:
    """Give the fields of *other* that differ from those of a size of its kind, as the stack file names them."""
    names = [field.name for field in fields(other)]
    return {camel(key): getattr(other, key) for key in names if getattr(size, key) != getattr(other, key)}


# Which way each store goes


def _ways(before: Sizes, target: Settings) -> tuple[Mapping[str, Sequence[Step]], list[Refusal]]:
    after = sizes_of(target)
    ways: dict[str, Sequence[Step]] = {}
    refusals: list[Refusal] = []
    for name in dict.fromkeys([*before, *after]):
        try:
            ways[name] = way(before.get(name), after.get(name))
        except SizeError as error:
            refusals.append(_no_way(name, before.get(name), after.get(name), error))
        else:
            refusals += _gone(name, ways[name], target)
    return ways, refusals


def _no_way(name: str, before: Size | None, after: Size | None, error: SizeError) -> Refusal:
    match before, after:
        case ((AuroraSize() | PostgresMove()), PostgresSize()):
            instead = (
                "pg_dump the cluster, pg_restore into the database of a stack that is new, switch the callers, and "
                "retire this one last"
            )
        case (RedisSize(), ServerlessRedisSize()) | (ServerlessRedisSize(), RedisSize()) | (RedisSize(), RedisSize()):
            instead = (
                "take a snapshot, restore it into a cache that is new, switch the callers to its endpoint, and retire "
                "this one last"
            )
        case PostgresSize(), PostgresSize() if before.storage_gib > after.storage_gib:
            instead = f"keep it: --set sizes.{name}.storageGib={before.storage_gib}"
        case AtlasSize(), AtlasSize() if before.disk_gib > after.disk_gib and len(error.problems) == 1:
            instead = f"keep it: --set sizes.{name}.diskGib={before.disk_gib}, with a tier that can have it"
        case _:
            instead = "restore a backup from before into a database that is new, switch the callers, retire this last"
    return Refusal(
        resource=f"store {name}",
        what=f"cannot go from {_noun(before)} to {_noun(after)}",
        because="; ".join(error.problems),
        instead=f"{instead}: {GUIDE}, by hand",
    )


_PLAIN: Final[Mapping[type, str]] = {
    SharedAtlasSize: "a cluster on shared servers",
    TableSize: "a table",
    BucketSize: "a bucket",
    ServerlessRedisSize: "a serverless cache",
    PostgresMove: "RDS and Aurora at once",
    type(None): "nothing",
}


def _noun(size: Size | None) -> str:
    match size:
        case PostgresSize():
            return f"PostgreSQL {size.version} on RDS, {size.storage_gib} GiB"
        case AuroraSize():
            return f"PostgreSQL {size.version} on Aurora"
        case RedisSize():
            return f"a replication group, cluster mode {size.cluster_mode}"
        case AtlasSize():
            kind = f"sharded ({size.shards})" if size.sharded else "not sharded"
            return f"a cluster of {size.tier}, {size.disk_gib} GB, {kind}"
        case _:
            return _PLAIN[type(size)]


def _gone(name: str, steps: Sequence[Step], now: Settings) -> Iterator[Refusal]:
    """Refuse to plan the loss of a store, where the environment keeps data."""
    if any(step.stage is Stage.GONE for step in steps) and PROTECTION[now.environment].deletion:
        yield Refusal(
            resource=f"store {name}",
            what="would go",
            because="its data would be deleted with it",
            instead=(
                f"let nobody use it, copy what is in it, put it into `datastores:unlock`, `pulumi up`, and only then "
                f"take it away in an update that a person accepts: {GUIDE}, by hand"
            ),
        )


# One update after another


def _ups(
    now: Settings, target: Settings, also: tuple[str, ...], ways: Mapping[str, Sequence[Step]], render: Render
) -> Iterator[Up]:
    base = _base(now)
    was, before = now, Rendered(stack=now.stack, region=now.region, resources=render(now))
    reached, number = sizes_of(now), _steps_taken(now, target)
    for together, last in _with_unlocking(merged(ways), now):
        number += 1
        reached = moved(reached, together)
        unlock = base.unlock | _unlocked(together, reached)
        hop = (
            None
            if last
            else Hop.model_construct(to=target.phase, step=number, sizes=_hop_sizes(base, reached, together), also=also)
        )
        settings = replace(target if last else base, hop=hop, unlock=unlock)
        after = Rendered(stack=now.stack, region=settings.region, resources=render(settings))
        deployed = replace(before, resources=as_deployed(was, before.resources))
        edits = edits_between(deployed, after)
        verdict = judge(
            edits,
            stack=now.stack,
            environment=settings.environment,
            hop=allowed(settings),
            standing=standing(before, after),
        )
        yield Up(
            number=number,
            settings=settings,
            steps=together,
            verdict=without_meant(verdict, together),
            changes=tuple(changed(edits)),
            before_it=before,
            after_it=after,
        )
        was, before = settings, after


def _with_unlocking(updates: Sequence[Together], now: Settings) -> Iterator[tuple[Together, bool]]:
    """Put an update that lifts the protection before one that takes a protected copy back; say which is the last."""
    for position, together in enumerate(updates):
        returning = {name: step for name, step in together.items() if step.stage is Stage.RETURN}
        locked = {name: step for name, step in returning.items() if name not in now.unlock}
        if locked and PROTECTION[now.environment].deletion:
            yield {name: replace(step, stage=Stage.UNLOCK, after=step.before) for name, step in locked.items()}, False
        yield together, position == len(updates) - 1


def _unlocked(together: Together, reached: Sizes) -> frozenset[str]:
    """Name the stores whose protection is lifted after an update: a later one takes a part of them away."""
    retiring = {name for name, size in reached.items() if isinstance(size, PostgresMove) and size.writer == "cluster"}
    return frozenset(retiring | {name for name, step in together.items() if step.stage is Stage.UNLOCK})


def _base(now: Settings) -> Settings:
    """Give the settings without the hop, and without the protection that the hop lifts."""
    moving = {name for name, size in sizes_of(now).items() if isinstance(size, PostgresMove)}
    return replace(now, hop=None, unlock=now.unlock - moving)


def _steps_taken(now: Settings, target: Settings) -> int:
    return now.hop.step if now.hop and now.hop.to == target.phase else 0


def _hop_sizes(base: Settings, reached: Sizes, together: Together) -> Sizes:
    """
    Give the sizes that are not those of the phase, and those that an update leads to.

    On a way back these may be the phase's; the gate reads in the hop that they were meant.
    """
    rows = sizes_of(base)
    return {name: size for name, size in reached.items() if name in together or rows.get(name) != size}
