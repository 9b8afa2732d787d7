"""What a stack should be: the cheapest sizes in its phase that fit what was measured, or else a later phase."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from advice.change import command, settings
from advice.check import Check, Told, few_days
from advice.choose import Choice, Question, choose
from advice.credits import with_credits
from advice.notes import keeps, notes
from advice.price import Prices
from advice.table import break_evens
from costs.difference import Difference
from costs.estimate import NO_FULL_ANSWER, Estimate, estimate
from costs.loads import declared
from costs.price import PriceBook
from costs.stack import Resource, Stack
from costs.usage import Usage
from sizes.limits import SizeError
from stacks.application import BucketStore, Size, Store, TableStore
from stacks.hops import way
from stacks.phases import Phase, weaker
from stacks.rules import camel
from stacks.settings import Settings
from upgrades.keeping import kept

NOTHING_FITS: Final = 1
Render = Callable[[Settings], Sequence[Resource]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What advice is made of."""

    phases: Mapping[Phase, Settings]
    """The stack in its phase, and as it would be in each other one that it can be in."""
    barred: Mapping[Phase, str]
    """Phases that its file as it is cannot be in, and why."""
    now: Phase
    told: Mapping[str, Told]
    """The usage file, by store."""
    book: PriceBook
    on: date
    render: Render

    @property
    def settings(self) -> Settings:
        """The stack as it is."""
        return self.phases[self.now]

    @cached_property
    def stores(self) -> Mapping[str, tuple[Store, Size]]:
        """The stores that the phase has, each with its size."""
        found = {store.name: (store, self.settings.size(store)) for store in self.settings.application.stores}
        return {name: (store, size) for name, (store, size) in found.items() if size is not None}

    def priced(self, resources: Sequence[Resource], sizes: Mapping[str, Size]) -> Stack:
        """Give resources of some sizes, used as what there is now: whatever the phase, that is what was measured."""
        application = self.settings.application
        told = {
            name: with_credits(told, self.stores[name][1], sizes.get(name, self.stores[name][1]))
            if name in self.stores
            else told
            for name, told in self.told.items()
        }
        return Stack(
            resources=resources,
            region=self.settings.region,
            stores=tuple(store.name for store in application.stores),
            usage=Usage(told=told, declared=declared(application, self.now)),
            on=self.on,
        )


@dataclass(frozen=True, kw_only=True)
class StoreAdvice:
    """What one store should be."""

    store: str
    now: Size
    size: Size | None
    """What it should be; None: nothing fits."""
    choice: Choice | None
    """None: it has no limits, or nothing was measured."""
    told: Told
    keeps: tuple[str, ...]
    notes: tuple[str, ...]
    moves: bool
    """The stack goes to another phase, and every store with it."""
    more: Decimal
    """USD a month beyond what it costs now."""
    command: str
    """Empty: it stays."""

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What nobody measured of it, though a limit asks for it."""
        if self.choice is None:
            return ()
        return tuple(dict.fromkeys(check.field for check in self.choice.now if check.measured is None))

    @property
    def few_days(self) -> bool:
        """Whether too few days were measured to take anything away."""
        return self.choice is not None and few_days(self.told)

    @property
    def checks(self) -> Sequence[tuple[Check, Check | None]]:
        """Each limit of the present size, beside the same one of what it should be."""
        if self.choice is None:
            return ()
        after = {check.limit: check for check in self.choice.best.checks} if self.choice.best else {}
        return [(check, after.get(check.limit)) for check in self.choice.now]


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What a stack should be."""

    stack: str
    region: str
    now: Phase
    phase: Phase
    """Where it should be."""
    stores: tuple[StoreAdvice, ...]
    unmeasured: tuple[str, ...]
    """Stores that the usage file says nothing of."""
    difference: Difference
    notes: tuple[str, ...]
    command: str
    """Empty: all stays."""

    @property
    def nothing_fits(self) -> tuple[str, ...]:
        """Stores for which no size of any phase is large enough."""
        return tuple(one.store for one in self.stores if one.size is None)

    @property
    def exit_code(self) -> int:
        """1 where nothing fits, 3 where something is unknown, else 0."""
        if self.nothing_fits:
            return NOTHING_FITS
        unknown = self.unmeasured or any(one.missing or one.few_days for one in self.stores)
        whole = self.difference.is_complete and not self.difference.after.exit_code
        return 0 if whole and not unknown else NO_FULL_ANSWER


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The sizes of all stores in a phase."""

    phase: Phase
    choices: Mapping[str, Choice]
    settings: Settings
    found: Estimate

    @property
    def fits(self) -> bool:
        return all(choice.best for choice in self.choices.values())


def advise(asked: Asked) -> Advice:
    """Give what a stack should be; a later phase only where no size of the present one fits."""
    resources = asked.render(asked.settings)
    before = estimate(asked.priced(resources, {}), asked.book)
    plans = [_plan(asked, asked.now, resources)]
    if not plans[0].fits:
        later = list(Phase)[list(Phase).index(asked.now) + 1 :]
        plans += [_plan(asked, phase, asked.render(_kept(asked, phase))) for phase in later if phase in asked.phases]
    fitting = [plan for plan in plans if plan.fits]
    best = min(fitting, key=lambda plan: plan.found.subtotal()) if fitting else plans[-1]
    difference = Difference(before=before, after=best.found)
    return Advice(
        stack=asked.settings.stack,
        region=asked.settings.region,
        now=asked.now,
        phase=best.phase,
        stores=tuple(_of_store(asked, best, difference, name) for name in asked.stores),
        unmeasured=tuple(
            name
            for name, (store, _) in asked.stores.items()
            if not asked.told.get(name) and not isinstance(store, BucketStore)
        ),
        difference=difference,
        notes=(*_earlier(asked), *_barred(asked)),
        command=_command(asked, best, list(asked.stores)),
    )


def _kept(asked: Asked, phase: Phase) -> Settings:
    """Give the stack in a later phase, with what its stores cannot give up."""
    then = asked.phases[phase]
    sizes = {
        name: kept(now, row) for name, (store, now) in asked.stores.items() if (row := then.size(store)) is not None
    }
    return replace(then, sizes={**then.sizes, **sizes})


def _plan(asked: Asked, phase: Phase, resources: Sequence[Resource]) -> _Plan:
    then = asked.settings if phase is asked.now else _kept(asked, phase)
    prices = Prices(asked.priced(resources, {}), asked.book)
    choices: dict[str, Choice] = {}
    for name, (store, now) in asked.stores.items():
        start, told = then.size(store), asked.told.get(name)
        if start is None or not told:
            continue

        def priced(size: Size, name: str = name, now: Size = now, told: Told = told) -> Decimal | None:
            return prices.of(name, size, with_credits(told, now, size))

        question = Question(
            store=store, now=now, start=start, phase=phase, phase_now=asked.now, told=told, priced=priced
        )
        if choice := choose(question):
            choices[name] = choice
    sizes = {name: choice.best.size for name, choice in choices.items() if choice.best}
    settings_ = replace(then, sizes={**then.sizes, **sizes})
    changed = any(size != then.size(asked.stores[name][0]) for name, size in sizes.items())
    found = estimate(asked.priced(asked.render(settings_) if changed else resources, sizes), asked.book)
    return _Plan(phase=phase, choices=choices, settings=settings_, found=found)


def _of_store(asked: Asked, plan: _Plan, difference: Difference, name: str) -> StoreAdvice:
    store, now = asked.stores[name]
    choice, told = plan.choices.get(name), asked.told.get(name, {})
    size = (choice.best.size if choice.best else None) if choice else plan.settings.size(store)
    more = next((step.more for step in difference.stores if step.name == name), Decimal(0))
    ways = break_evens(told, asked.book, asked.settings.region) if isinstance(store, TableStore) and told else ()
    return StoreAdvice(
        store=name,
        now=now,
        size=size,
        choice=choice,
        told=told,
        keeps=tuple(keeps(now, store.sizes.get(plan.phase), told)),
        notes=(*notes(now, told), *map(str, ways)),
        moves=plan.phase is not asked.now,
        more=more,
        command=_command(asked, plan, [name]) if size is not None and size != now else "",
    )


def _command(asked: Asked, plan: _Plan, names: Sequence[str]) -> str:
    """Write the command that says how to get there; empty where nothing changes."""
    then = asked.phases[plan.phase]
    wanted = [
        setting
        for name in names
        if (choice := plan.choices.get(name)) and choice.best
        for setting in settings(name, then.size(asked.stores[name][0]) or asked.stores[name][1], choice.best.size)
    ]
    return command(asked.settings.stack, plan.phase, wanted) if wanted or plan.phase is not asked.now else ""


def _earlier(asked: Asked) -> Iterator[str]:
    """Say why the phase before is no advice, however little is used: what its stores would lose."""
    phases = list(Phase)
    before = phases[phases.index(asked.now) - 1]
    if asked.now is phases[0] or before not in asked.phases:
        return
    lost = {name: _lost(now, asked.phases[before].size(store)) for name, (store, now) in asked.stores.items()}
    if said := "; ".join(f"{name}: {', '.join(what)}" for name, what in lost.items() if what):
        yield f"{before} is no advice, however little is used, as it promises less: {said}"


def _barred(asked: Asked) -> Iterator[str]:
    for phase, why in asked.barred.items():
        yield f"{phase} is not looked at, the stack file must change first: {why}"


def _lost(now: Size, row: Size | None) -> list[str]:
    if row is None:
        return ["the whole store"]
    try:
        way(now, kept(now, row))
    except SizeError as error:
        return list(error.problems)
    if type(now) is not type(row):
        return []
    return [camel(name) for name in weaker(kept(now, row), than=now)]  # pyright: ignore[reportArgumentType] # alike
