"""A page for each transition: downtime, cost, updates, checks and the way back, from the plan of an example."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from costs.amount import HOURS, ZERO, usd
from costs.estimate import estimate
from costs.price import HOME, PriceBook
from costs.report import signed
from costs.snapshot import load
from pages.cost import AWAY
from pages.tables import table
from pages.transitions import INSTANCE, TRANSITIONS, Decided, Planned, Transition
from pages.words import NOTHING
from stacks.aim import Aim
from stacks.deploy import collecting_garbage_later
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings
from upgrades.edits import Operation
from upgrades.facts.fact import EffectKind, Fact, Outage
from upgrades.facts.table import FACTS
from upgrades.plan import Plan, Up, plan
from upgrades.plan_changes import Changed, Part, worst
from upgrades.plan_cost import PathCost, UpCost, cost_of, stack_of
from upgrades.plan_report import lasting
from upgrades.refusals import shown
from writing.markdown import code, prose

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "docs" / "transitions"
WRITTEN: Final = "Written by `python -m pages` from the table of effects and the plan of an example; do not edit."
AWAY_FOR: Final = "without the store, or a node of it"
LOST: Final = frozenset({EffectKind.REPLACE, EffectKind.FORBIDDEN})
"""What no update of a plan does."""


NODES: Final = frozenset({INSTANCE, "aws:rds/clusterInstance:ClusterInstance"})
"""What serves data that others hold too."""


def files() -> dict[Path, str]:
    """Give every page of a transition and their index, and its text."""
    pages = {FOLDER / f"{one.slug}.md": page(one) for one in TRANSITIONS}
    return {FOLDER / "README.md": index(), **pages}


def page(one: Transition) -> str:
    """Give the page of a transition."""
    paragraphs = _planned(one) if isinstance(one, Planned) else _decided(one)
    return "\n\n".join([f"# {one.title}", WRITTEN, *paragraphs]) + "\n"


def index() -> str:
    """Give the list of all transitions, with what matters most of each."""
    rows = [(f"[{one.title}]({one.slug}.md)", *_in_short(one)) for one in TRANSITIONS]
    head = ("", AWAY_FOR, "updates", "USD a month more, in the example")
    return "\n\n".join(["# Transitions", WRITTEN, _INTRODUCTION, table(head, rows)]) + "\n"


_INTRODUCTION: Final = (
    "What it means to go from one size of a store to another: how long clients are without it, in which updates, what "
    f"it costs at the prices of {HOME}, what is looked at before and after, what leads back. The plan of your own "
    "stack says the same of it: `datastores plan`, see [upgrades](../upgrades.md)."
)


def _in_short(one: Transition) -> tuple[str, str, str]:
    if isinstance(one, Decided):
        kinds = {fact.kind for _, fact in _facts(one)}
        return "see the table", _done_by(one) if kinds & LOST else "edits of the program", NOTHING
    found, ups, costs = _example(one)
    more = sum((_month(one, cost)[2] for cost in costs), ZERO)
    return _away(one, ups), "refused" if found.refused else _count(found, ups), signed(more)


def _done_by(one: Decided) -> str:
    return code(one.command) if one.command else "by hand"


# What is planned


@cache
def _book() -> PriceBook:
    return load()


@cache
def _path(slug: str) -> tuple[Plan, PathCost]:
    one = next(one for one in TRANSITIONS if one.slug == slug and isinstance(one, Planned))
    now, target = (_settings(one.stack, *side) for side in ((one.start, one.before), (one.to, one.after)))
    with collecting_garbage_later():
        found = plan(now, Aim(settings=target, config={}, also=()), render)
    # Not today: the page says the same until the prices change.
    cost = cost_of(found, _book(), _book().generated)
    if not isinstance(cost, PathCost):
        raise TypeError(f"the example of {slug} has no updates: {found.refusals or 'nothing changes'}")
    return found, cost


def _settings(stack: str, phase: Phase, overrides: Mapping[str, str]) -> Settings:
    return Settings.read(stack, phase=phase, overrides={"aws:region": HOME, "drRegion": AWAY, **overrides})


def _example(one: Planned) -> tuple[Plan, Sequence[Up], Sequence[UpCost]]:
    """Give the plan, and of it the updates that are about the store."""
    found, cost = _path(one.slug)
    mine = [(up, money) for up, money in zip(found.ups, cost.ups, strict=True) if one.store in up.steps]
    return found, [up for up, _ in mine], [money for _, money in mine]


def _planned(one: Planned) -> Iterator[str]:
    found, ups, costs = _example(one)
    before, after = _month(one, costs[0])[0], _month(one, costs[-1])[1]
    yield f"Example: `{one.store}` of {one.stack}, {_whereto(one)}."
    yield table(
        ("", ""),
        [
            (AWAY_FOR, _away(one, ups)),
            ("updates", _count(found, ups)),
            ("the store, USD a month", f"{usd(before)} to {usd(after)} ({signed(after - before)})"),
            ("way back from the last", prose(ups[-1].ways_back[one.store])),
        ],
    )
    for up, cost in zip(ups, costs, strict=True):
        yield f"## Update {up.number}: {up.steps[one.store].stage}"
        yield from _update(one, up, cost)
    if found.refused:
        yield "## Refused"
        yield "The plan of the example may not be carried out as it is:"
        yield "\n".join(
            f"- {code(one.resource)} {prose(one.what)}: {prose(one.because)}. Instead: {prose(one.instead)}."
            for one in found.refusals
        )
    yield "`datastores plan` and `upgrade` do this for any stack: [upgrades](../upgrades.md). Sources:"
    sources = dict.fromkeys(part.effect.source for up in ups for _, part in _parts(one, up) if part.effect)
    yield "\n".join(f"- {prose(source)}" for source in sources)


def _count(found: Plan, ups: Sequence[Up]) -> str:
    rest = len(found.ups) - len(ups)
    return f"{len(ups)}{f', and {rest} without it' if rest else ''}"


def _whereto(one: Planned) -> str:
    start, end = (_with(phase, given) for phase, given in ((one.start, one.before), (one.to, one.after)))
    return f"from {start} to {end}"


def _with(phase: Phase, given: Mapping[str, str]) -> str:
    told = ", ".join(f"`{key}: {value}`" for key, value in given.items() if key.startswith("sizes."))
    return f"`{phase}`{f' with {told}' if told else ''}"


def _update(one: Planned, up: Up, cost: UpCost) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for changed, part in _parts(one, up):
        said = code(f"{part.path}: {shown(part.before)} to {shown(part.after)}"), _effect(part)
        alike.setdefault(said, []).append(code(changed.name))
    rows = [(", ".join(names), *said) for said, names in alike.items()]
    if rows:
        yield table(("resource", "change", "effect"), rows)
    before, after, more = _month(one, cost)
    lines = [f"New: {new}."] if (new := _new(one, up)) else []
    lines += [
        f"Clients notice: {_gone(one, up)}.",
        f"Cost: {usd(before)} to {usd(after)} USD a month ({signed(more)}).",
    ]
    lines += [
        f"On the way: {extra.what}: {f'{usd(extra.usd)} USD {extra.per}' if extra.usd is not None else extra.needs}."
        for extra in cost.extras
        if extra.store == one.store
    ]
    lines += [f"Before: {check.words}." for check in up.before if check.store == one.store]
    lines += [f"After: {check.words}." for check in up.after if check.store == one.store]
    waits = {wait for _, part in _parts(one, up) if part.effect for wait in part.effect.waits}
    lines += sorted(
        f"At most: {wait.of}, {wait.times} in {wait.within.total_seconds() / 3600:.0f} hours ({wait.source})."
        for wait in waits
    )
    lines += [f"Way back: {up.ways_back[one.store]}."]
    yield "\n".join(f"- {prose(line)}" for line in lines)


def _new(one: Planned, up: Up) -> str:
    """Name what holds or copies data, and is made."""
    made = [changed for changed in _of_store(one, up) if changed.operation is Operation.CREATE]
    return ", ".join(
        f"{changed.type}::{changed.name}" for changed in made if changed.holds_data or changed.type in NODES
    )


def _parts(one: Planned, up: Up) -> Iterator[tuple[Changed, Part]]:
    """Give the changes of the store that a fact is about."""
    for changed in _of_store(one, up):
        yield from ((changed, part) for part in changed.parts if part.effect and not part.path.startswith("tags"))


def _of_store(one: Planned, up: Up) -> list[Changed]:
    return [changed for changed in up.changes if changed.name == one.store or changed.name.startswith(f"{one.store}-")]


def _effect(part: Part) -> str:
    if part.effect is None:
        return NOTHING
    note = f"; {prose(part.effect.note)}" if part.effect.note else ""
    return f"{part.effect.kind}{lasting(part.effect.outage)}{note}"


def _gone(one: Planned, up: Up) -> str:
    found = worst(_of_store(one, up))
    if found is None:
        return "nothing"
    sources = [part.effect.source for part in found.parts if part.effect and part.effect.outage == found.outage]
    return f"{found.kind} of {found.name}{lasting(found.outage)} ({', '.join(dict.fromkeys(sources))})"


def _away(one: Planned, ups: Sequence[Up]) -> str:
    """Say how long clients are without the store, or a node of it, in all updates together."""
    found = [noticed.outage for up in ups if (noticed := worst(_of_store(one, up)))]
    if not found:
        return "not at all"
    whole = Outage(low=sum(outage.low for outage in found), high=sum(outage.high for outage in found))
    return lasting(whole).removeprefix(", ")


def _month(one: Planned, cost: UpCost) -> tuple[Decimal, Decimal, Decimal]:
    """Give USD a month of the store before and after an update, and the difference."""
    found = next((step for step in cost.difference.stores if step.name == one.store), None)
    return (found.before, found.after, found.more) if found else (ZERO, ZERO, ZERO)


# What is decided by no size


def _facts(one: Decided) -> Iterator[tuple[str, Fact]]:
    for type_, paths in one.properties.items():
        for fact in FACTS[type_]:
            if any(fact.path == path or (path.endswith("*") and fact.path.startswith(path[:-1])) for path in paths):
                yield type_, fact


def _decided(one: Decided) -> Iterator[str]:
    found = list(_facts(one))
    yield "No size of a store decides this: it is an edit of the program, judged by [the gate](../growing.md#the-gate)."
    rows = [(code(type_), code(fact.path), prose(fact.when.words) or NOTHING, _kind(fact)) for type_, fact in found]
    yield table(("type", "property", "when", "effect"), rows)
    if others := list(dict.fromkeys(fact.instead for _, fact in found if fact.instead)):
        yield "## Instead"
        yield "\n".join(f"- {prose(other)}" for other in others)
    if one.procedure:
        yield "## With the command" if one.command else "## By hand"
        yield from _procedure(one, lost=any(fact.kind in LOST for _, fact in found))
    yield "## Sources"
    yield "\n".join(f"- {prose(source)}" for source in dict.fromkeys(fact.source for _, fact in found))


def _how(one: Decided) -> str:
    return f"{code(one.command)} does it" if one.command else "By hand"


def _kind(fact: Fact) -> str:
    note = f"; {prose(fact.note)}" if fact.note else ""
    return f"{fact.kind}{lasting(fact.outage)}{note}"


def _procedure(one: Decided, *, lost: bool) -> Iterator[str]:
    """Tell the procedure, and what a second store costs while both are there, where there is one."""
    if lost:
        yield f"No update of a plan does what replaces a store or is forbidden: the gate refuses it. {_how(one)}:"
    else:
        yield f"Each change is an update of its own: `datastores gate {one.stack}`, then `pulumi up`."
    yield "\n".join(f"{number}. {prose(step)}" for number, step in enumerate(one.procedure, start=1))
    if one.besides:
        yield prose(one.besides)
    if not one.beside:
        yield f"There is one `{one.store}` all the time: nothing is copied."
        return
    settings = _settings(one.stack, one.phase, {})
    found = estimate(stack_of(settings, render(settings), _book().generated), _book())
    month = sum((line.usd() for line in found.lines if line.charge.store == one.store), ZERO)
    yield (
        f"Both cost while both are there: `{one.store}` of {one.stack} in `{one.phase}` is {usd(month)} USD a month, "
        f"so {usd(month / HOURS)} an hour. Clients are without it from when writes stop until they use the other."
    )
