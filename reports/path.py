"""The way to the next phase: which updates lead there, and what changes for each store."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from pages.tables import alike, in_short
from pages.words import facts
from readiness.situation import Situation
from reports.html import element, listed, section
from stacks.application import Size
from stacks.hops import hops
from stacks.phases import Phase


def path(situation: Situation) -> Element:
    """Say which updates lead to the next phase."""
    following = situation.phase.next
    if following is None:
        return section("path", "Path onwards", element("p", f"{situation.phase} is the last phase."))
    steps = [element("li", element("strong", title), body) for title, body in _steps(situation, following)]
    count = "one update" if len(steps) == 1 else f"{len(steps)} updates, each safe by itself"
    lead = element("p", f"From {situation.phase} to {following}: {count}.")
    return section("path", f"Path to {following}", lead, element("ol", *steps, class_="steps"))


def _steps(situation: Situation, following: Phase) -> Iterator[tuple[str, Element]]:
    settings = situation.settings
    stores = settings.application.stores
    under_way = settings.hop.step if settings.hop and settings.hop.to == following else 0
    rows = {store.name: settings.size(store) for store in stores}
    between = hops(stores, situation.phase, following)
    for number, sizes in enumerate(between[under_way:], start=under_way + 1):
        said = [f"{name}: {'; '.join(_changes(rows.get(name), size))}" for name, size in sizes.items()]
        yield f"Hop {number}", listed(said)
        rows = {**rows, **sizes}
    ends = [(same, rows[same[0].name], same[0].sizes.get(following)) for same in alike(stores)]
    last = [
        f"{', '.join(store.name for store in same)}: {in_short(before)} → {in_short(after)}"
        for same, before, after in ends
        if before != after
    ]
    yield f"Phase {following}", listed([*last, "network, recovery, alarms and tags of the phase"])


def _changes(before: Size | None, after: Size) -> list[str]:
    """Say which facts of a size change."""
    then: Mapping[str, str] = facts(before) if before is not None else {}
    return [f"{label} {said}" for label, said in facts(after).items() if then.get(label) != said]
