"""`datastores cost`: what a stack costs in a month, what a change costs, and whether it is within its budget."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Final, TextIO

from costs.amount import Amount
from costs.budget import budgeted
from costs.difference import Difference
from costs.document import document
from costs.estimate import Estimate, estimate
from costs.loads import declared
from costs.markdown import markdown
from costs.owners import compared
from costs.price import PriceBook
from costs.report import Report
from costs.snapshot import load, read_overrides
from costs.stack import Resource, Stack
from costs.text import phases_table, text
from costs.usage import Usage, read_usage
from stacks.application import Application
from stacks.applications import APPLICATIONS
from stacks.mistakes import AllAtOnce, Mistake, SettingsError
from stacks.phases import Phase
from stacks.settings import FOLDER, Settings

BAD_INPUT: Final = 2
COMMAND_LINE: Final = "the command line"


class Form(Enum):
    """How a report is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asks for."""

    stack: str | None
    today: date
    phase: str | None = None
    environment: str | None = None
    overrides: Mapping[str, str] | None = None
    all_phases: bool = False
    compare: str | None = None
    preview: Path | None = None
    usage: Path | None = None
    prices: Path | None = None
    at: str | None = None
    budget: bool = False
    free_tier: bool = False
    form: Form = Form.TEXT

    @cached_property
    def book(self) -> PriceBook:
        """The prices that count. Raises SettingsError."""
        return prices(self.prices, self.at)


def prices(own: Path | None, at: str | None) -> PriceBook:
    """Give the prices that count: *own* go over the snapshot, those of *at* stand in. Raises SettingsError."""
    book = load()
    if at is not None and at not in book.regions:
        what = f"must be a region with prices ({', '.join(book.regions)}), got {at!r}"
        raise SettingsError(COMMAND_LINE, [Mistake(where=("--at",), what=what)])
    return book.with_overrides(read_overrides(own, book) if own else []).lending(at)


def cost(request: Request, *, out: TextIO, err: TextIO) -> int:
    """Price what is asked for and write it; the exit status is the report's. Raises SettingsError."""
    if mistakes := list(_mistakes(request)):
        raise SettingsError(COMMAND_LINE, mistakes)
    reports = [_previewed(request, request.preview)] if request.preview else list(_rendered(request))
    _write(request, reports, out)
    for report in reports:
        err.writelines(f"note: {note}\n" for note in report.notes)
    return max((report.exit_code for report in reports), key=_badness)


def _badness(code: int) -> int:
    """Order exit statuses: over a budget is worse than not to know."""
    return [0, 3, 1].index(code)


def _mistakes(request: Request) -> Iterator[Mistake]:
    if (request.stack is None) == (request.preview is None):
        got = "neither" if request.stack is None else "both"
        yield Mistake(where=(), what=f"must have STACK or --preview, got {got}")
    if request.preview is not None:
        for name, given in (
            ("--phase", request.phase),
            ("--environment", request.environment),
            ("--set", request.overrides),
            ("--all-phases", request.all_phases),
            ("--compare", request.compare),
            ("--budget", request.budget),
        ):
            if given:
                yield Mistake(where=(name,), what="means nothing with --preview, which says all itself")
    if request.all_phases and request.phase:
        yield Mistake(where=("--phase",), what="means nothing with --all-phases")
    if request.free_tier and (request.all_phases or request.form is Form.MARKDOWN):
        yield Mistake(where=("--free-tier",), what="is told of one phase, as text or in --json")
    if request.all_phases and request.compare:
        yield Mistake(where=("--compare",), what="means nothing with --all-phases")


# A stack as it is written


def _rendered(request: Request) -> Iterator[Report]:
    stack = request.stack or ""
    phases: Sequence[str | None] = [str(phase) for phase in Phase] if request.all_phases else [request.phase]
    files, told = AllAtOnce(), list[Settings]()
    with files.reading():
        told = [
            Settings.read(stack, phase=phase, environment=request.environment, overrides=request.overrides or {})
            for phase in phases
        ]
    _read_others(request, stack, files)
    check_regions(request.book, told[0])
    from stacks.render import render  # noqa: PLC0415  Pulumi takes a second to import: a mistake is told before

    for settings in told:
        found = _estimate(request, settings.application, settings.phase, settings.region, render(settings))
        yield _report(request, settings, found)


def _read_others(request: Request, stack: str, files: AllAtOnce) -> None:
    """Read what is beside a stack or a preview; what is wrong with any of it is told at once. Raises SettingsError."""
    with files.reading():
        _ = request.book
    if application := APPLICATIONS.get(stack.rpartition("-")[0]):
        with files.reading():
            _told(request, application)
    files.end()


def _told(request: Request, application: Application) -> Mapping[str, Mapping[str, Amount]]:
    stores = tuple(store.name for store in application.stores)
    return read_usage(request.usage, stores) if request.usage else {}


def check_regions(book: PriceBook, settings: Settings) -> None:
    """Refuse a region that has no prices at all: nothing of the answer would be one. Raises SettingsError."""
    if settings.region in book.regions or book.at is not None:
        return
    what = (
        f"there are no prices for {settings.region}, only for {', '.join(book.regions)}: "
        f"give --prices FILE with your own, or --at REGION to take those of another region"
    )
    raise SettingsError(f"the snapshot of prices of {book.generated}", [Mistake(where=(), what=what)])


def _estimate(
    request: Request, application: Application, phase: Phase, region: str, resources: Sequence[Resource]
) -> Estimate:
    stores = tuple(store.name for store in application.stores)
    usage = Usage(told=_told(request, application), declared=declared(application, phase))
    return estimate(
        Stack(resources=resources, region=region, stores=stores, usage=usage, on=request.today), request.book
    )


def _report(request: Request, settings: Settings, found: Estimate) -> Report:
    kinds = {store.name: type(store).__name__ for store in settings.application.stores}
    budget = None
    if request.budget:
        if settings.monthly_budget is None:
            what = f"datastores:monthlyBudget must be set in Pulumi.{settings.stack}.yaml for --budget"
            raise SettingsError(COMMAND_LINE, [Mistake(where=(), what=what)])
        budget = budgeted(found, settings.monthly_budget)
    difference = None
    if request.compare is not None:
        difference = Difference(before=_before(request, request.compare, settings), after=found)
    return Report(
        stack=settings.stack,
        phase=str(settings.phase),
        found=found,
        on=request.today,
        budget=budget,
        claims=compared(found, settings.application.name, settings.phase, kinds),
        difference=difference,
        base=request.compare or "",
        free_tier=request.free_tier,
    )


def _before(request: Request, ref: str, settings: Settings) -> Estimate:
    """Price the stack as a commit has it, with today's prices and loads."""
    from upgrades.commit import CommitError, RenderError, rendered_at  # noqa: PLC0415  brings the local cloud's providers

    try:
        before = rendered_at(ref, root=FOLDER.parent, stack=settings.stack, environment=request.environment)
    except (CommitError, RenderError) as error:
        raise SettingsError(COMMAND_LINE, [Mistake(where=("--compare",), what=f"cannot be used: {error}")]) from None
    resources = before.resources if before else []
    phase = phase_of(resources) or settings.phase
    region = before.region if before else settings.region
    return _estimate(request, settings.application, phase, region or settings.region, resources)


def phase_of(resources: Sequence[Resource]) -> Phase | None:
    """Give the phase that resources are tagged with; None where none is."""
    tags = (one["inputs"].get("tags") for one in resources)
    named = next((str(tag["phase"]) for tag in tags if isinstance(tag, Mapping) and "phase" in tag), "")
    return Phase(named) if named in tuple(Phase) else None


# A preview


def _previewed(request: Request, file: Path) -> Report:
    from costs.preview import Sides, sides_of  # noqa: PLC0415  only this way needs it

    files, sides = AllAtOnce(), Sides.none()
    with files.reading():
        try:
            sides = sides_of(file.read_text(encoding="utf-8"), str(file))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(str(file), [Mistake(where=(), what=f"cannot be read: {error}")]) from None
    _read_others(request, sides.stack, files)
    name = sides.stack.rpartition("-")[0]
    if name not in APPLICATIONS:
        what = f"must be of a stack of {', '.join(sorted(APPLICATIONS))}, got {sides.stack or 'no resource'!r}"
        raise SettingsError(str(file), [Mistake(where=(), what=what)])
    application = APPLICATIONS[name]
    if not sides.region and request.at is None:
        what = "does not say aws:region: give --at REGION"
        raise SettingsError(str(file), [Mistake(where=("config",), what=what)])
    region = sides.region or request.at or ""
    phases = phase_of(sides.before) or phase_of(sides.after), phase_of(sides.after) or phase_of(sides.before)
    found = [
        _estimate(request, application, phase or Phase.MVP, region, resources)
        for phase, resources in zip(phases, (sides.before, sides.after), strict=True)
    ]
    return Report(
        stack=sides.stack,
        phase=str(phases[1] or "?"),
        found=found[1],
        on=request.today,
        difference=Difference(before=found[0], after=found[1]),
        base="what is deployed",
        notes=sides.notes,
        shows="what the preview shows" if sides.notes else "",
        doubts=sides.failed,
        free_tier=request.free_tier,
    )


# Writing


def _write(request: Request, reports: Sequence[Report], out: TextIO) -> None:
    match request.form:
        case Form.JSON:
            shown = [document(report) for report in reports]
            json.dump({"phases": shown} if request.all_phases else shown[0], out, indent=2, ensure_ascii=False)
            out.write("\n")
        case Form.MARKDOWN:
            out.write("\n".join(markdown(report) for report in reports))
        case Form.TEXT if request.all_phases:
            out.write(phases_table(reports))
        case Form.TEXT:
            out.write(text(reports[0]))
