"""
The gate: which edits may go through; for those that may not, what would happen, why not, and what to do instead.

Every changed property of a type that the table of effects knows is looked up there. Without a hop only what is online
goes through; a hop (`datastores:hop`) also allows what its sizes decide, and what it retires. Where an environment
keeps data (staging, prod; a stack whose name says no environment counts as prod), the rest is refused. In dev that is a
warning. Weaker encryption, and what a service cannot do at all, are refused everywhere.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stacks.phases import PROTECTION, STATEFUL, Environment
from upgrades import indexes
from upgrades import refusals as say
from upgrades.beside import BESIDE, REPLICATION
from upgrades.comparisons import CannotTellError, truth
from upgrades.edits import PROTECT, REGION, Edit, Operation, place, steps, value_at
from upgrades.effects import TABLE, Effect, effect_at
from upgrades.facts.fact import Changed, EffectKind
from upgrades.facts.table import Table
from upgrades.guards import EVERYWHERE, GUARDS, INSTANCE, Group, Guard
from upgrades.hop import Hop
from upgrades.passwords import retired
from upgrades.refusals import Refusal

SAFE: Final = 0
REFUSED: Final = 1
CANNOT_TELL: Final = 3

NODES: Final = frozenset({INSTANCE, "aws:rds/clusterInstance:ClusterInstance", *say.POOLS})
"""What clients use, and which can be made again: clusters' instances, instances that are replicas, pools."""
TARGET: Final = "aws:appautoscaling/target:Target"
_HARMLESS: Final = frozenset({"tags"})
"""Properties that may change beside a hop: they do nothing to a store."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A changed property, and what the change does."""

    resource: str
    """`TYPE::NAME`."""
    path: str
    effect: Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the gate says about a change of a stack."""

    stack: str
    environment: Environment | None
    """None: the stack's name does not say, so it is treated as prod."""
    changed: int
    """Resources that the change touches."""
    refusals: tuple[Refusal, ...]
    doubts: tuple[Refusal, ...]
    """What cannot be told before the deployment."""
    warnings: tuple[Refusal, ...]
    """What would be refused in an environment that keeps data."""
    effects: tuple[Seen, ...] = ()
    """What each changed property does, of the types that the table knows."""
    waits: str = ""
    """What was done about what AWS allows only so often; empty: nothing that changes is limited."""

    @property
    def exit_code(self) -> int:
        """SAFE, REFUSED, or CANNOT_TELL where nothing is refused."""
        return REFUSED if self.refusals else CANNOT_TELL if self.doubts else SAFE


def environment_of(stack: str) -> Environment | None:
    """Read the environment from a stack's name; None where it names none."""
    named = stack.rpartition("-")[2]
    return next((one for one in Environment if one == named), None)


def judge(  # noqa: PLR0913  each is a part of what is judged
    edits: Iterable[Edit],
    *,
    stack: str,
    environment: Environment | None,
    gaps: Sequence[str] = (),
    hop: Hop | None = None,
    standing: Collection[str] = (),
    table: Table = TABLE,
) -> Verdict:
    """
    Give the verdict on a change.

    *gaps* say why *edits* may not be all of it. *standing* are the logical names of the clusters that are deployed, and
    no copies of anything (`upgrades.edits.stands_alone`).
    """
    edits = list(edits)
    gone = frozenset(edit.urn for edit in edits if edit.operation is Operation.DELETE and retired(edit, edits))
    case = _Case(hop=hop, standing=frozenset(standing), table=table, retired=gone)
    of_urn: defaultdict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        of_urn[edit.urn].append(edit)
    looked_up = [_Resource(edits=changes, places=list(_look_up(changes, case))) for changes in of_urn.values()]
    found = [one for resource in looked_up for one in _judge_resource(resource, case)]
    found += [*_scaled_too_early(edits), *_index_gone_early(edits)]
    strict = environment is None or PROTECTION[environment].deletion
    gap = [say.gap(gaps)] if gaps else []
    return Verdict(
        stack=stack,
        environment=environment,
        changed=len(of_urn),
        refusals=tuple(one.said for one in found if one.certain and (strict or one.everywhere)),
        doubts=tuple([one.said for one in found if not one.certain and (strict or one.everywhere)] + gap),
        warnings=tuple(one.said for one in found if not (strict or one.everywhere)),
        effects=tuple(
            Seen(resource=one.edit.resource, path=one.change.path, effect=one.effect)
            for resource in looked_up
            for one in resource.places
            if one.effect
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """What a resource is judged by."""

    hop: Hop | None
    standing: frozenset[str]
    table: Table
    retired: frozenset[str]
    """URNs of passwords that a rotation leaves behind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Looked:
    """One property that changes, and its effect."""

    edit: Edit
    change: Changed
    effect: Effect | None
    """None: no fact is about it, or it cannot be told."""
    told: bool
    """The effect does not depend on what only the deployment will know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Resource:
    edits: Sequence[Edit]
    places: Sequence[_Looked]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    said: Refusal
    everywhere: bool = False
    """Refused in dev too."""
    certain: bool = True


def _look_up(edits: Sequence[Edit], case: _Case) -> Iterator[_Looked]:
    """Find the effects of one resource's edits."""
    for edit in edits:
        if edit.path in ("", PROTECT, REGION) or edit.operation is Operation.CREATE:
            continue
        if edit.type not in STATEFUL and not case.table.knows(edit.type):
            continue
        for found in case.table.places(edit):
            try:
                effect, told = effect_at(found), True
            except CannotTellError:
                effect, told = None, False
            yield _Looked(edit=edit, change=found.change, effect=effect, told=told)


def _judge_resource(resource: _Resource, case: _Case) -> Iterator[_Found]:
    edits = [edit for edit in resource.edits if edit.operation is not Operation.CREATE]
    if not edits or edits[0].urn in case.retired:
        return
    if holding := [edit for edit in edits if edit.holds_data]:
        yield from _kept(holding, resource.places, case)
    if nodes := [edit for edit in edits if edit.type in NODES and not edit.holds_data]:
        yield from _nodes(nodes, resource.places, case)
    if strange := [edit for edit in edits if edit.operation is Operation.UNKNOWN and edit.holds_data]:
        yield _Found(said=say.never_heard_of(strange[0]), certain=False)
    for one in resource.places:
        yield from _effects(one, case)
    yield from _guarded(edits, resource.places, case)
    yield from _beside(edits, case)


# As a whole


def _kept(edits: Sequence[Edit], places: Sequence[_Looked], case: _Case) -> Iterator[_Found]:
    """Judge what happens to a resource that holds data, as a whole."""
    replacing = [(one.change, one.effect) for one in places if one.effect and one.effect.kind is EffectKind.REPLACE]
    replaced = bool(replacing) or any(edit.replaces or edit.operation is Operation.REPLACE for edit in edits)
    if any(edit.operation is Operation.DELETE for edit in edits) and (refusal := _deleted(edits[0], case)):
        yield _Found(said=refusal)
    if replaced:
        yield _Found(said=say.replaced(edits, replacing))
    for edit in edits:
        if edit.path == PROTECT and edit.before and not edit.after and not (_lifted(edit, case) and not replaced):
            yield _Found(said=say.unprotected(edit, with_replacement=replaced))


def _deleted(edit: Edit, case: _Case) -> Refusal | None:
    """Refuse to delete a store, but for an instance whose data a cluster has, in the hop that retires it."""
    cluster = case.hop.retires(edit.name) if case.hop and edit.type == INSTANCE else None
    if cluster is None:
        return say.deleted(edit)
    return None if cluster in case.standing else say.retired_unseen(edit, cluster)


def _lifted(edit: Edit, case: _Case) -> bool:
    """Say whether the hop lets go of the protection of a resource: its database has moved, and its instance is next."""
    return case.hop is not None and case.hop.leaves(edit.type, edit.name)


def _nodes(edits: Sequence[Edit], places: Sequence[_Looked], case: _Case) -> Iterator[_Found]:
    """Judge what happens to a copy that others read from."""
    first = edits[0]
    if case.hop and case.hop.store_of(first.name):
        return
    gone = any(edit.operation is Operation.DELETE for edit in edits)
    again = any(edit.replaces or edit.operation is Operation.REPLACE for edit in edits)
    again = again or any(one.effect and one.effect.kind is EffectKind.REPLACE for one in places)
    if gone or again:
        yield _Found(said=say.node_gone(first, again=again))


# Property by property


def _effects(one: _Looked, case: _Case) -> Iterator[_Found]:
    """Judge one changed property by its effect."""
    edit, change, effect = one.edit, one.change, one.effect
    if not one.told:
        yield _Found(said=say.unclear(edit, change, change.path), certain=False)
        return
    if effect is None:
        yield _Found(said=say.without_fact(edit, change))
    elif effect.kind in (EffectKind.FORBIDDEN, EffectKind.TWO_STEP):
        yield _Found(said=say.not_so(edit, change, effect), everywhere=effect.kind is EffectKind.FORBIDDEN)
    elif effect.kind in (EffectKind.FAILOVER, EffectKind.REBOOT):
        yield from _outage(edit, change, effect, case)
    elif effect.kind is EffectKind.ONLINE and case.hop and edit.holds_data and not _of(case.hop, edit):
        yield _Found(said=say.not_of_the_hop(edit, change))
    # A replacement is told of the resource as a whole.


def _outage(edit: Edit, change: Changed, effect: Effect, case: _Case) -> Iterator[_Found]:
    decided = case.hop and case.hop.decides(edit.name, effect.field, change.after, literal=effect.literal)
    # What an update left undone looks like somebody's change: Atlas moves a cluster to other servers, and no more.
    if _strayed(edit) and (effect.literal or not decided):
        yield _Found(said=say.strayed(edit, change, effect))
    elif not decided:
        yield _Found(said=say.outside(edit, change, effect))


def _of(hop: Hop, edit: Edit) -> bool:
    return hop.store_of(edit.name) is not None or place(edit.path).partition(".")[0] in _HARMLESS


def _strayed(edit: Edit) -> bool:
    """Say whether what is deployed is not what the program said last, and the program says the same as then."""
    where = steps(edit.path)
    said, says = value_at(edit.was, where), value_at(edit.will, where)
    return said is not None and said == says and edit.before != says


# Together


def _scaled_too_early(edits: Sequence[Edit]) -> Iterator[_Found]:
    """Refuse to scale a table in the update that takes it from the price by the request to fixed units."""
    switched = [edit for edit in edits if edit.type == indexes.TABLE and edit.path == "billingMode"]
    switched = [edit for edit in switched if edit.before == "PAY_PER_REQUEST" and edit.after != edit.before]
    targets = [edit for edit in edits if edit.type == TARGET and edit.operation is Operation.CREATE] if switched else []
    for edit in switched:
        scaled = {f"table/{edit.was.get('name')}", f"table/ref:{indexes.TABLE}::{edit.name}::name"}
        if any(str(target.will.get("resourceId")) in scaled for target in targets):
            yield _Found(said=say.scaled_too_early(edit))


def _index_gone_early(edits: Sequence[Edit]) -> Iterator[_Found]:
    """Refuse to take an index away in the update that makes another one of its table: nobody can move in between."""
    made = [edit for edit in edits if edit.type == indexes.INDEX and edit.operation is Operation.CREATE]
    for edit in edits:
        try:
            gone, come = indexes.exchanged(edit, made)
        except CannotTellError:
            yield _Found(said=say.unclear(edit, edit, edit.path), certain=False)
            continue
        if gone and come:
            yield _Found(said=say.index_gone_early(edit, gone, come))


# What protects


def _guarded(edits: Sequence[Edit], places: Sequence[_Looked], case: _Case) -> Iterator[_Found]:
    # A read replica is one of the stateful types without holding data: what it gives up can be made again.
    wholes: list[tuple[Edit, Changed]] = [(edit, edit) for edit in edits]
    parts: list[tuple[Edit, Changed]] = [(one.edit, one.change) for one in places if one.change.path != one.edit.path]
    for edit, change in [*wholes, *parts]:
        if edit.holds_data or edit.type not in STATEFUL:
            for guard in _GUARDS.get((edit.type, change.path), ()):
                if not (guard.group is Group.DELETION and _lifted(edit, case)):
                    yield from _weakened(edit, change, guard)


_GUARDS: Final[Mapping[tuple[str, str], tuple[Guard, ...]]] = {
    (type_, guard.path): tuple(one for one in GUARDS if one.path == guard.path and type_ in one.types)
    for guard in GUARDS
    for type_ in guard.types
}


def _weakened(edit: Edit, change: Changed, guard: Guard) -> Iterator[_Found]:
    """Hold one change against one guard."""
    before, after = (guard.default if value is None else value for value in (change.before, change.after))
    everywhere = guard.group in EVERYWHERE
    try:
        weaker = guard.weaker(before, after) and (not guard.within or truth(edit.was.get(guard.within, False)))
    except CannotTellError:
        yield _Found(said=say.unclear(edit, change, guard.path), everywhere=everywhere, certain=False)
        return
    if weaker:
        said = say.weakened(edit, change, because=guard.because, instead=guard.instead)
        yield _Found(said=said, everywhere=everywhere)


# Beside the stores


def _beside(edits: Sequence[Edit], case: _Case) -> Iterator[_Found]:
    """Judge what keeps backups and old objects, and is no store itself."""
    first = edits[0]
    kept = BESIDE.get(first.type)
    if kept is None:
        return
    if any(edit.operation is Operation.DELETE for edit in edits):
        if kept.gone and not _copies_of_retired(first, case):
            yield _Found(said=say.no_longer(first, because=kept.gone, instead=kept.instead))
        return
    try:
        weaker = kept.weaker is not None and kept.weaker(first.was, first.will)
    except CannotTellError:
        yield _Found(said=say.unclear(first, first, first.path), certain=False)
        return
    if weaker:
        yield _Found(said=say.weakened(first, first, because=kept.because, instead=kept.instead))


def _copies_of_retired(edit: Edit, case: _Case) -> bool:
    """Say whether it copies the backups of an instance whose data a cluster has, in the hop that retires it."""
    instance = f"{edit.name.removesuffix('-dr-backups')}-primary"
    return bool(edit.type == REPLICATION and case.hop and case.hop.retires(instance) in case.standing)
