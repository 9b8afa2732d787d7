"""
Text of others in our Markdown: names and messages that must not become markup, links, mentions or references.

GitHub looks for mentions and references in what Markdown has become, where a backslash or an entity is gone; so signs
that it looks for are followed by a space of no width.
"""

import re
from typing import Final

_BREAK: Final = "\u200b"
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ALIKE: Final = str.maketrans({"`": "'", "|": "\u00a6", "<": "\u2039", "&": f"&{_BREAK}"})
"""What would end code, or mean something in it to a table or to `reviews.inert`."""
# Mentions, references to issues, addresses; the first character of each stays apart from the rest.
_LOOKED_FOR: Final = re.compile(r"@|#|:(?=//)|(?i:www)(?=\.)|(?i:gh)(?=-\d)|\](?=[(\[:])")
_MARKUP: Final = re.compile(r"[\\*_\[\]|#~]")


def prose(words: str) -> str:
    """Write *words* on one line, as the text that they are; what stands between backticks becomes code."""
    parts = one_line(words).split("`")
    return "".join(code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def code(words: str) -> str:
    """Write *words* as code, in a table too; signs that would end it become others that look alike."""
    text = one_line(words).translate(_ALIKE)
    return f"`{_LOOKED_FOR.sub(_apart, text)}`" if text.strip() else ""


def one_line(words: str) -> str:
    """Write *words* on one line, every character that cannot be seen as its number; a break of ours is left alone."""
    spaced = " ".join(words.replace(_BREAK, "").split())
    return "".join(sign if sign.isprintable() else f"u+{ord(sign):04x}" for sign in spaced)


def _plain(text: str) -> str:
    text = re.sub("[&<>]", lambda found: _ENTITIES[found[0]], text)
    return _LOOKED_FOR.sub(_apart, _MARKUP.sub(lambda found: f"\\{found[0]}", text))


def _apart(found: re.Match[str]) -> str:
    return f"{found[0]}{_BREAK}"
