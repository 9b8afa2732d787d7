"""The page of a score: one file for a browser, with all that the score rests on."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from readiness.criteria import GO, STALE_AFTER_DAYS, WEIGHTS, WHOSE
from readiness.score import Outcome, Readiness, Scored, State, down
from readiness.words import MARKS, about, about_assessment, about_inputs, headline, verdict
from reports import html, sections
from reports.html import element, listed, section

COLOURS = {
    State.PROVED: "good",
    State.NOT_PROVED: "bad",
    State.SAID: "",
    State.STALE: "warn",
    State.MISSING: "warn",
    State.NOT_ASKED: "",
}


def page(found: Readiness) -> str:
    """Give the whole page."""
    there = found.situation
    return html.page(
        f"{there.settings.stack}: readiness",
        head=[
            element("h1", f"{there.settings.stack}: {verdict(found)}"),
            element("p", f"{headline(found)}.", class_="lead"),
            sections.tiles(_tiles(found)),
        ],
        parts=[_blockers(found), *(_area(area) for area in found.areas)],
        foot=[
            element("p", f"{about_inputs(found)}."),
            element("p", f"{WHOSE} An input counts no more after {STALE_AFTER_DAYS} days."),
            element("p", f"Written on {there.today} by datastores readiness {there.settings.stack}."),
        ],
    )


def _tiles(found: Readiness) -> list[tuple[str, str, str]]:
    areas = [
        (area.area.capitalize(), f"{down(area.percent)}", f"weighs {WEIGHTS[area.area]} %") for area in found.areas
    ]
    score = ("Score", f"{found.score}", f"{GO} needed")
    return [score, ("Blockers", str(len(found.blockers)), "any one is no go"), *areas]


def _blockers(found: Readiness) -> Element:
    rows = [
        element(
            "li",
            element("strong", one.criterion.blocker),
            element("p", "Until it is shown that ", one.criterion.claim, ": ", element("code", one.criterion.name)),
        )
        for one in found.blockers
    ]
    content = element("ul", *rows, class_="rows") if rows else element("p", "Nothing blocks.")
    return section("blockers", "Blockers", content)


def _area(area: Scored) -> Element:
    said = about_assessment(area)
    figure = f"{down(area.percent)} of 100, adds {down(area.weighted)} to the score."
    bar = element("div", element("div", style=f"width: {down(area.percent)}%"), class_="bar", aria_hidden="true")
    rows = [_criterion(one) for one in area.outcomes]
    return section(
        area.area,
        f"{area.area.capitalize()}, {WEIGHTS[area.area]} %",
        element("p", figure),
        bar,
        element("p", f"{said[:1].upper()}{said[1:]}.") if said else None,
        element("ul", *rows, class_="rows"),
    )


def _criterion(one: Outcome) -> Element:
    criterion = one.criterion
    points = f"{down(one.percent * criterion.points / 100)} of {criterion.points} points" if one.is_asked else ""
    return element(
        "li",
        element("strong", criterion.name),
        " ",
        element("span", MARKS[one.state], class_=f"tag {COLOURS[one.state]}".strip()),
        f" {points}",
        element("p", f"{criterion.claim[:1].upper()}{criterion.claim[1:]}.", class_="dim"),
        *(element("p", line) for line in about(one)),
        *_evidence(one),
    )


def _evidence(one: Outcome) -> Iterator[Element]:
    if one.answer.evidence:
        count = len(one.answer.evidence)
        items = [element("span", f"{each.what}: ", element("code", each.where)) for each in one.answer.evidence]
        summary = element("summary", f"{count} piece{'' if count == 1 else 's'} of evidence")
        yield element("details", summary, listed(items))
