"""A page: what an application is, its picture, its tables, what changes as it grows, and what was written by hand."""

import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from pages.cost import costs, priced
from pages.growth import growth
from pages.picture import picture
from pages.tables import (
    alarms_table,
    alike,
    condition,
    facts_by_phase,
    in_short,
    keys_table,
    logins_table,
    noun,
    table,
    users_table,
)
from pages.words import NOTHING, joined, span
from stacks.application import Application, AtlasStore, BucketStore, Choice, PostgresStore, Store, TableStore
from stacks.applications import APPLICATIONS
from stacks.phases import NETWORK, Phase

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "docs" / "applications"
README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- phases: written by `python -m pages` -->"
END: Final = "<!-- phases end -->"
WRITTEN: Final = (
    "Written by `python -m pages` from [{name}.py](../../stacks/applications/{name}.py) and, what the code cannot say, "
    "from [{name}.notes.md]({name}.notes.md); do not edit."
)


def files() -> dict[Path, str]:
    """Give every file that is written, and its text: a page for each application, and the README."""
    pages = {FOLDER / f"{name}.md": page(application) for name, application in APPLICATIONS.items()}
    return {**pages, README: readme(README.read_text(encoding="utf-8"))}


def page(application: Application, folder: Path = FOLDER) -> str:
    """Give the page of an application; *folder* may have notes on it."""
    return "\n\n".join(_paragraphs(application, folder)) + "\n"


def readme(text: str) -> str:
    """Put the table of all applications between its two marks; raises ValueError where they are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the README must have a line {BEGIN!r} and, below it, {END!r}")
    return f"{before}{BEGIN}\n\n{phases_table(list(APPLICATIONS.values()))}\n\n{priced()}\n\n{END}{after}"


def phases_table(applications: Sequence[Application]) -> str:
    """Give what each phase of each application has, in short."""
    rows: list[tuple[str, ...]] = []
    for application in applications:
        rows.append((f"**[{application.name}](docs/applications/{application.name}.md)**", "", "", "", ""))
        rows += [
            (_names(stores), *(_in_short(stores[0], phase) for phase in Phase)) for stores in alike(application.stores)
        ]
        rows.append(("cost, USD a month", *(costs(application.name, phase) for phase in Phase)))
    return table(("", *(f"`{phase}`" for phase in Phase)), rows)


def _in_short(store: Store, phase: Phase) -> str:
    """Give what matters most of a store in a phase, and what it is outside prod if that is something else."""
    said = in_short(store.sizes.get(phase))
    if isinstance(store, AtlasStore) and (other := store.outside_prod.get(phase)):
        return f"{said} (outside prod {other.tier})"
    return said


def _paragraphs(application: Application, folder: Path) -> Iterator[str]:
    name = application.name
    yield f"# {name}"
    yield WRITTEN.format(name=name)
    yield _about(application)
    yield "## Architecture"
    yield picture(application)
    yield "Colours say where something begins: blue mvp, green growth, yellow scale, pink enterprise. Dotted: copies."
    yield "## Stores"
    for stores in alike(application.stores):
        yield from _stores(stores)
    yield "### Network, where the stack creates it"
    yield facts_by_phase(NETWORK)
    yield from _load(application)
    yield from _costs(application)
    yield from _logins(application)
    yield "## Coming back"
    yield "Point-in-time recovery of the stores, in the tables above, is beside the backups of AWS Backup:"
    yield facts_by_phase(application.recovery)
    yield from _alarms(application)
    yield from _choices(application.choices)
    yield "## From phase to phase"
    yield "How an update is made and what happens meanwhile: [growing](../growing.md)."
    yield from growth(application)
    notes = folder / f"{name}.notes.md"
    if notes.exists():
        yield notes.read_text(encoding="utf-8").strip()


def _about(application: Application) -> str:
    """Give what the application's file says it is."""
    text = (import_module(f"stacks.applications.{application.name}").__doc__ or "").strip()
    return f"{text}\n\nIts data are tagged `dataClass: {application.data_class}`."


def _names(stores: Sequence[Store]) -> str:
    names = joined([f"`{store.name}`" for store in stores])
    return f"{names}: {_kind(stores[0])}" + (f", if {condition(stores[0])}" if stores[0].chosen else "")


def _kind(store: Store) -> str:
    return re.split(r",| \(| that", noun(store))[0]


def _stores(stores: Sequence[Store]) -> Iterator[str]:
    first = stores[0]
    yield f"### {', '.join(store.name for store in stores)}"
    chosen = f", only with {condition(first)}" if first.chosen else ""
    yield f"{noun(first)}; {span([phase for phase in Phase if phase in first.sizes])}{chosen}."
    if tables := [store for store in stores if isinstance(store, TableStore)]:
        yield keys_table(tables)
    yield facts_by_phase(first.sizes)
    if not isinstance(first, AtlasStore):
        return
    if first.outside_prod:
        yield f"In dev and staging, {span(list(first.outside_prod))}, in place of that:"
        yield facts_by_phase(first.outside_prod)
    for (choice, value), rows in first.by_choice.items():
        yield f"With `{choice}: {value}`, {span(list(rows))}, in place of that:"
        yield facts_by_phase(rows)


def _load(application: Application) -> Iterator[str]:
    loaded = [store for store in application.stores if not isinstance(store, BucketStore)]
    yield "## Load"
    yield "What each phase is taken to carry, once it is full; where a figure comes from stands beside it in the code."
    for store in loaded:
        yield f"**{store.name}**"
        yield facts_by_phase(store.loads)


def _costs(application: Application) -> Iterator[str]:
    yield "## Costs"
    yield f"![What each phase of {application.name} costs at any load]({application.name}.cost.svg)"
    yield (
        "The configuration of a phase stays what it is while the load grows; where the line is thick, the phase fits. "
        "`at least`: something in it has no public price. How it is worked out: [costs](../costs.md)."
    )


def _logins(application: Application) -> Iterator[str]:
    stores = [store for store in application.stores if isinstance(store, PostgresStore)]
    if stores:
        yield "## Logins"
        yield (
            "Each has a connection secret of its own and may hold so many connections to PostgreSQL at once "
            "(`CONNECTION LIMIT`, set by `datastores bootstrap`):"
        )
    for store in stores:
        yield f"**{store.name}**"
        yield logins_table(store)
    yield from _users(application)


def _users(application: Application) -> Iterator[str]:
    stores = [store for store in application.stores if isinstance(store, AtlasStore)]
    if stores:
        yield "## Users of MongoDB"
        yield (
            "Each is a user of its own in Atlas, with a connection secret, and what it may do; its service is taken to "
            "hold so many connections at once. A node, or a router of a sharded cluster, takes so many together:"
        )
    for store in stores:
        yield f"**{store.name}**"
        yield users_table(store)


def _alarms(application: Application) -> Iterator[str]:
    yield "## Alarms"
    yield "They go to the stack's topic, and so to `datastores:alarmEmail`. A table's hold for each of its indexes too."
    if any(isinstance(store, AtlasStore) for store in application.stores):
        yield "Atlas watches its clusters itself and writes to that address too; without one, to the project's owners."
    for stores in alike(application.stores):
        if not isinstance(stores[0], BucketStore):
            yield f"**{', '.join(store.name for store in stores)}**"
            yield alarms_table(stores[0])


def _choices(choices: Sequence[Choice]) -> Iterator[str]:
    if not choices:
        return
    yield "## Choices"
    yield "What the stack file may say under `datastores:choices`:"
    rows = [
        (
            f"`{choice.name}`",
            choice.description,
            joined([f"`{value}`" for value in choice.values]),
            f"`{choice.default}`" if choice.default else "must be chosen",
            "; ".join(f"`{value}`: {why}" for value, why in choice.refused.items()) or NOTHING,
        )
        for choice in choices
    ]
    yield table(("", "", "values", "without a word", "refused"), rows)


def write() -> None:
    """Write every page and picture that has changed, and say so."""
    from pages.curve import files as pictures  # noqa: PLC0415  drawing takes a minute, and only here is it wanted
    from pages.transition import files as transitions  # noqa: PLC0415  so do plans, if not as long

    for path, text in {**files(), **transitions(), **pictures()}.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)} is written\n")
