"""The picture of a topology: SVG, once for a phone and once for a desk; the style of the page shows one of them."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.etree.ElementTree import Element

from reports.html import element
from reports.topology import Group, Part, Topology, in_words

BUS: Final = 14
"""Where the clients' line goes down; the clients' box starts left of it."""
LINE: Final = 16
PAD: Final = 10
GAP: Final = 12
LARGEST: Final = 1.25
"""How much larger than it is written a picture is drawn at most."""
TITLE: Final = 26
"""Height of a card's name, and of a region's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Geometry:
    """How wide everything is; the DR region is right of the other, or below it."""

    name: Literal["narrow", "wide"]
    width: int
    card: int
    """Width of a card at home."""
    dr_left: int
    """Where the DR region begins."""
    dr_card: int
    letters: int
    """How many fit into a line of a detail."""

    @property
    def beside(self) -> bool:
        """Say whether the DR region is beside the other."""
        return self.dr_left > BUS * 2


NARROW: Final = Geometry(name="narrow", width=310, card=250, dr_left=28, dr_card=250, letters=29)
WIDE: Final = Geometry(name="wide", width=760, card=360, dr_left=500, dr_card=236, letters=30)
HOME_LEFT: Final = 28


def drawing(shown: Topology, geometry: Geometry, title: str) -> Element:
    """Draw a topology; the picture has a title and says the same in words."""
    marks = list(_marks(shown, geometry))
    height = max(mark.bottom for mark in marks) + 4
    alone = geometry.beside and not any(group.dr for group in shown.groups)
    width = HOME_LEFT + geometry.card + 2 * PAD + 2 if alone else geometry.width
    names = f"topology-{geometry.name}-title topology-{geometry.name}-words"
    title_id, words_id = names.split()
    return element(
        "svg",
        element("title", title, id=title_id),
        element("desc", ". ".join(in_words(shown)), id=words_id),
        *(mark.element for mark in marks),
        class_=geometry.name,
        role="img",
        aria_labelledby=names,
        style=f"max-width: {round(width * LARGEST)}px",
        more={"viewBox": f"0 0 {width} {height}"},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A thing on the picture, and how far down it reaches."""

    element: Element
    bottom: int = 0


def _marks(shown: Topology, geometry: Geometry) -> Iterator[Mark]:
    yield from _clients(geometry)
    top = 64
    y = top + TITLE
    homes: list[tuple[Group, int, int]] = []
    for group in shown.groups:
        height = _height(group.home, geometry)
        homes.append((group, y, height))
        y += max(height, _height(group.dr, geometry) if geometry.beside and group.dr else 0) + GAP
    home_bottom = y
    for group, y, _ in homes:
        yield from _card(group, "home", y, geometry)
    yield _region(f"{shown.region}", HOME_LEFT, top, geometry.card + 2 * PAD, home_bottom - top)
    yield from _bus([y + height // 2 for group, y, height in homes if group.asked])
    away = [(group, y, height) for group, y, height in homes if group.dr]
    if away:
        yield from _dr(shown, away, geometry, top if geometry.beside else home_bottom + GAP, home_bottom)


def _clients(geometry: Geometry) -> Iterator[Mark]:
    width = geometry.card + 2 * PAD + HOME_LEFT - 2
    yield Mark(element=_rect(2, 2, width, 44, "box"), bottom=46)
    yield Mark(element=_text(14, 20, "clients", "name"))
    yield Mark(element=_text(14, 36, "in their security group", "small"))


def _bus(ends: Sequence[int]) -> Iterator[Mark]:
    """Draw the line that clients reach every store by."""
    if not ends:
        return
    yield Mark(element=element("path", d=f"M{BUS} 46V{ends[-1]}", class_="wire"), bottom=ends[-1])
    for y in ends:
        yield Mark(element=element("path", d=f"M{BUS} {y}H{HOME_LEFT + PAD - 6}", class_="wire"))
        yield Mark(element=_tip(HOME_LEFT + PAD, y, "right"))


def _dr(
    shown: Topology, away: Sequence[tuple[Group, int, int]], geometry: Geometry, top: int, home_bottom: int
) -> Iterator[Mark]:
    y = top + TITLE
    for group, home_y, home_height in away:
        at = home_y if geometry.beside else y
        height = _height(group.dr, geometry)
        yield from _card(group, "dr", at, geometry)
        yield from _copy(geometry, home_y, home_height, at, height)
        y = at + height + GAP
    bottom = max(y, home_bottom) if geometry.beside else y
    yield _region(f"{shown.dr_region} (DR)", geometry.dr_left, top, geometry.dr_card + 2 * PAD, bottom - top)


def _copy(geometry: Geometry, home_y: int, home_height: int, y: int, height: int) -> Iterator[Mark]:
    """Draw the dotted line from a store to what is copied of it."""
    start = HOME_LEFT + PAD + geometry.card
    if geometry.beside:
        middle = min(home_y + home_height // 2, y + height // 2)
        end = geometry.dr_left + PAD
        yield Mark(element=element("path", d=f"M{start} {middle}H{end - 6}", class_="wire copy"))
        yield Mark(element=_tip(end, middle, "right"))
    else:
        side = geometry.width - 6
        path = f"M{start} {home_y + home_height // 2}H{side}V{y + height // 2}H{start + 6}"
        yield Mark(element=element("path", d=path, class_="wire copy"))
        yield Mark(element=_tip(start, y + height // 2, "left"))


def _height(parts: Sequence[Part], geometry: Geometry) -> int:
    return TITLE + sum(_part_height(part, geometry) for part in parts) + PAD


def _part_height(part: Part, geometry: Geometry) -> int:
    return LINE * (1 + len(_lines(part, geometry))) + 6


def _lines(part: Part, geometry: Geometry) -> list[str]:
    return textwrap.wrap(part.detail, geometry.letters)


def _card(group: Group, where: Literal["home", "dr"], y: int, geometry: Geometry) -> Iterator[Mark]:
    home = where == "home"
    parts = group.home if home else group.dr
    x, width = (HOME_LEFT + PAD, geometry.card) if home else (geometry.dr_left + PAD, geometry.dr_card)
    height = _height(parts, geometry)
    yield Mark(element=_rect(x, y, width, height, "box"), bottom=y + height)
    yield Mark(element=_text(x + PAD, y + 19, group.name, "name"))
    if group.what and home:
        yield Mark(element=_text(x + width - PAD, y + 19, group.what, "small", anchor="end"))
    below = y + TITLE
    for part in parts:
        yield Mark(element=_shape(part, x + PAD, below + 4))
        yield Mark(element=_text(x + PAD + 30, below + 14, part.label, "label"))
        for number, line in enumerate(_lines(part, geometry), start=1):
            yield Mark(element=_text(x + PAD + 30, below + 14 + number * LINE - 1, line, "small"))
        below += _part_height(part, geometry)


def _shape(part: Part, x: int, y: int) -> Element:
    """Draw a drum for what holds data, a box for what leads to it."""
    if part.shape == "thing":
        return _rect(x, y, 20, 18, "thing")
    path = f"M{x} {y + 4}a10 4 0 0 1 20 0v11a10 4 0 0 1 -20 0zM{x} {y + 4}a10 4 0 0 0 20 0"
    return element("path", d=path, class_="data")


def _region(name: str, x: int, y: int, width: int, height: int) -> Mark:
    frame = element("g", _rect(x, y, width, height, "region"), _text(x + PAD, y + 17, name, "small"))
    return Mark(element=frame, bottom=y + height)


def _rect(x: int, y: int, width: int, height: int, class_: str) -> Element:
    return element("rect", x=f"{x}", y=f"{y}", width=f"{width}", height=f"{height}", rx="6", class_=class_)


def _text(x: int, y: int, words: str, class_: str, anchor: str = "start") -> Element:
    return element("text", words, x=f"{x}", y=f"{y}", class_=class_, text_anchor=anchor)


def _tip(x: int, y: int, towards: Literal["left", "right"]) -> Element:
    back = -7 if towards == "right" else 7
    return element("path", d=f"M{x} {y}l{back} -4v8z", class_="tip")
