"""Pages as a real browser shows them: on a phone and on a desk, light and dark."""

import struct
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from readiness import inputs
from readiness.score import readiness
from readiness.situation import situation
from reports import html, stack
from reports import readiness as scored
from stacks.settings import Settings
from tests.reports.browser import PHONE, Browser, browser

pytestmark = pytest.mark.xdist_group("browser")  # pages are measured once

TODAY = date(2026, 11, 30)
# One of each look: a database beside tables, a move to Aurora ahead, several regions.
STACKS = [("clubapp-prod", "enterprise"), ("devmentor-prod", "growth"), ("workflows-prod", "scale")]
READINESS = "readiness of devmentor-prod"
PAGES = [*(" in ".join(one) for one in STACKS), READINESS]


@cache
def page(name: str) -> str:
    if name == READINESS:
        there = situation(Settings.read("devmentor-prod"), today=TODAY)
        return scored.page(readiness(there, inputs.Inputs(source="none", there=False)))
    named, _, phase = name.partition(" in ")
    settings = Settings.read(named, phase=phase)
    onward = Settings.read(named, phase=settings.phase.next) if settings.phase.next else None
    return stack.page(situation(settings, today=TODAY), onward)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    return browser(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def phone(chromium: Browser) -> dict[str, dict[str, Any]]:
    return {name: chromium.measured(page(name), width=PHONE) for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone(phone: dict[str, dict[str, Any]], name: str):
    """Closed and with all details open."""
    found = phone[name]

    assert (found["inner"], found["width"], found["opened"], found["overflowing"]) == (PHONE, PHONE, PHONE, [])


@pytest.mark.parametrize("name", PAGES)
def test_text_is_big_enough_on_a_phone(phone: dict[str, dict[str, Any]], name: str):
    assert phone[name]["smallest"] >= 11


@pytest.mark.parametrize("name", PAGES)
def test_a_picture_holds_all_that_is_drawn(phone: dict[str, dict[str, Any]], name: str):
    found = phone[name]

    assert (found["pictures"], found["outside"], found["overlapping"]) == (int(name != READINESS), [], [])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_without_seeing_it(phone: dict[str, dict[str, Any]], name: str):
    """Pictures and parts have names, links lead somewhere, and no heading leaves a level out."""
    found = phone[name]
    levels = [int(heading[1]) for heading in found["headings"]]

    assert (found["nameless"], found["twice"], found["lost"]) == ([], [], [])
    assert levels.count(1) == 1
    assert [(above, below) for above, below in pairwise(levels) if below > above + 1] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded(phone: dict[str, dict[str, Any]], name: str):
    assert phone[name]["loaded"] == []


@pytest.mark.parametrize("name", PAGES)
def test_text_stands_out_in_the_light_and_in_the_dark(phone: dict[str, dict[str, Any]], chromium: Browser, name: str):
    """By at least 4.5 to 1 (WCAG 2, level AA); and the dark is another look."""
    light, dark = phone[name], chromium.measured(page(name), width=PHONE, dark=True)

    assert (light["faint"], dark["faint"]) == ([], [])
    assert light["paper"] != dark["paper"]


@pytest.mark.parametrize("name", PAGES)
def test_a_desk_has_the_wide_picture(chromium: Browser, name: str):
    found = chromium.measured(page(name), width=1280)

    assert (found["width"], found["overflowing"], found["outside"], found["overlapping"]) == (1280, [], [], [])
    assert found["pictures"] == int(name != READINESS)


def test_a_page_is_drawn_as_it_is_written(chromium: Browser, tmp_path: Path):
    """With the policy that forbids it to load anything, and colours of its own."""
    drawn = chromium.screenshot(page(PAGES[0]), tmp_path / "phone.png", width=PHONE)
    nothing = chromium.screenshot("<!DOCTYPE html><title>nothing</title>", tmp_path / "nothing.png", width=PHONE)

    assert struct.unpack(">II", drawn[16:24]) == (PHONE, 800)
    assert len(drawn) > 5 * len(nothing)


def test_the_browser_sees_what_is_wrong(chromium: Browser):
    """Else the claims above would hold of any page."""
    bad = """\
<div style="width: 400px">wide</div><p style="color: #bbb; font-size: 8px">faint</p><h1>one</h1><h3>three</h3>
<a href="#nowhere">lost</a><section id="a">nameless</section><p id="a">again</p><svg viewBox="0 0 300 50">
<text x="0" y="20">over this</text><text x="10" y="22">that</text><text x="290" y="20">far out</text></svg>"""
    written = html.page("bad", head=[], parts=[], foot=[]).replace("<main></main>", bad)
    found = chromium.measured(written, width=PHONE)

    assert [
        key for key in ("overflowing", "outside", "overlapping", "nameless", "twice", "lost") if not found[key]
    ] == []
    assert (found["width"] > PHONE, found["smallest"], found["headings"]) == (True, 8, ["H1", "H3"])
    assert any("faint" in one for one in found["faint"])
