"""The way to the next phase: the updates of `datastores plan`, what clients notice of each, and the way back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from readiness.situation import Situation
from reports.html import Child, element, listed, section
from stacks.aim import Aim
from stacks.deploy import collecting_garbage_later
from stacks.mistakes import SettingsError
from stacks.render import render
from stacks.settings import Settings
from upgrades.duties import Check
from upgrades.plan import Plan, Up, plan
from upgrades.plan_report import command, steps, summary, title, waits
from upgrades.refusals import Refusal

Onward = Settings | SettingsError | None
"""The stack in its next phase, why its settings do not hold there, or None: there is no next phase."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """Renders what is not rendered yet."""

    situation: Situation

    def __call__(self, settings: Settings) -> Sequence[Mapping[str, Any]]:
        if settings == self.situation.settings:
            return self.situation.resources
        return render(settings)


def path(situation: Situation, onward: Onward) -> Element:
    """Say which updates lead to the next phase."""
    if onward is None:
        return section("path", "Path onwards", element("p", f"{situation.phase} is the last phase."))
    if isinstance(onward, SettingsError):
        wrong = listed([str(mistake) for mistake in onward.mistakes])
        return section("path", "Path onwards", element("p", "The settings do not hold in the next phase:"), wrong)
    with collecting_garbage_later():
        aim = Aim(settings=onward, config={}, also=())
        found = plan(situation.settings, aim, _Known(situation=situation))
    return section("path", f"Path to {onward.phase}", *_told(found))


def _told(found: Plan) -> Iterator[Element]:
    yield element("p", f"{summary(found)}.")
    if found.ups:
        yield element("ol", *map(_update, found.ups), class_="steps")
    if found.refusals:
        yield element("ul", *map(_refusal, found.refusals), class_="rows")
    elif found.ups:
        yield element("p", "To carry it out: ", element("code", command(found)))


def _update(up: Up) -> Element:
    colour = "bad" if up.verdict.refusals else "warn" if up.worst or up.lost else "good"
    name, _, effect = title(up).partition(": ")
    return element(
        "li",
        element("strong", name),
        " ",
        element("span", effect, class_=f"tag long {colour}"),
        listed(list(steps(up))),
        *_more("Before and after it", [*_checks("before", up.before), *_checks("after", up.after), *waits(up)]),
        *_more("The way back", [f"{store}: {way}" for store, way in up.ways_back.items() if way]),
    )


def _checks(when: str, checks: Sequence[Check]) -> Iterator[str]:
    yield from (f"{when}: {check.store}: {check.words}" for check in checks)


def _more(what: str, lines: Sequence[Child]) -> Iterator[Element]:
    if lines:
        yield element("details", element("summary", what), listed(lines))


def _refusal(refusal: Refusal) -> Element:
    return element(
        "li",
        element("span", "refused", class_="tag bad"),
        f" {refusal.resource} {refusal.what}",
        element("p", f"Because: {refusal.because}."),
        element("p", f"Instead: {refusal.instead}."),
    )
