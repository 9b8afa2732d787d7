"""Elements of a page, and the page around them: one file, escaped by construction, that loads nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, tostring

STYLE: Final = Path(__file__).with_name("style.css")
# What a browser may load: nothing, from nowhere. The style is in the page.
CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

Child = Element | str | None


def element(tag: str, *children: Child, more: Mapping[str, str] | None = None, **attributes: str) -> Element:
    """
    Make an element of children (None: none) and attributes: `class_` is `class`, `aria_label` is `aria-label`.

    *more* are attributes with letters or signs that a keyword cannot have.
    """
    made = Element(
        tag, {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()} | {**(more or {})}
    )
    last: Element | None = None
    for child in children:
        if isinstance(child, Element):
            made.append(child)
            last = child
        elif child is not None and last is None:
            made.text = (made.text or "") + child
        elif child is not None and last is not None:
            last.tail = (last.tail or "") + child
    return made


def listed(items: Sequence[Child]) -> Element:
    """Make a list."""
    return element("ul", *(element("li", item) for item in items))


def facts(pairs: Mapping[str, Child]) -> Element:
    """Make a list of terms and what is said of them."""
    rows = (element("div", element("dt", term), element("dd", said)) for term, said in pairs.items())
    return element("dl", *rows, class_="facts")


def section(id_: str, title: str, *children: Child) -> Element:
    """Make a part of a page with a heading."""
    heading = element("h2", title, id=f"{id_}-title")
    return element("section", heading, *children, id=id_, aria_labelledby=f"{id_}-title")


def page(title: str, *, head: Sequence[Child], parts: Sequence[Element], foot: Sequence[Child]) -> str:
    """Give a whole page: *head*, links to its sections, the sections, *foot*."""
    links = [(part.get("id", ""), part.findtext("h2", "")) for part in parts if part.tag == "section"]
    contents = element(
        "nav", listed([element("a", name, href=f"#{id_}") for id_, name in links]), aria_label="Contents"
    )
    document = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", more={"http-equiv": "Content-Security-Policy", "content": CSP}),
            element("meta", name="color-scheme", content="light dark"),
            element("title", title),
            element("style", STYLE.read_text(encoding="utf-8")),
        ),
        element(
            "body",
            element("header", *head, contents),
            element("main", *parts),
            element("footer", *foot),
        ),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{tostring(document, encoding='unicode', method='html')}\n"
