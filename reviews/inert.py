"""
Whether a comment is plain: what GitHub would make a link, mention, image, reference or HTML of is none of ours.

It is asked twice: by our tests about every comment that we write, and by the workflow that posts about what a pull
request's own run handed over, which may be anything. Only the standard library, as nothing is installed there.
"""

import re
from typing import Final

MARKER: Final = "<!-- datastores pr -->"
"""The first line of each comment of ours."""
QUIET: Final = "<!-- datastores pr: nothing to tell -->"
"""The second line of one that is not worth a notification."""
LONGEST: Final = 65_000
"""Characters; GitHub takes 65,536, and a warning may be put in front."""

_NEVER: Final = {
    "HTML": re.compile(r"<"),
    "a mention": re.compile(r"@(?!\u200b)"),
    "a reference": re.compile(r"#(?!\u200b)|(?i:gh)-\d"),
    "a link": re.compile(r"(?<!\\)\][(\[:]|:(?!\u200b)//|(?i:www)\."),
    "an entity": re.compile(r"&(?!(?:amp|lt|gt);|\u200b)"),
    "a sign that cannot be seen": re.compile(
        "[^\\S \n]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200c-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    ),
}
_HEADING: Final = re.compile(r"^#{2,3} ", re.MULTILINE)


def flaws(text: str) -> list[str]:
    """Name what a comment of ours never holds; empty is good."""
    found = [] if text.startswith(f"{MARKER}\n") else ["no marker"]
    if len(text) > LONGEST:
        found.append(f"more than {LONGEST} characters")
    body = _HEADING.sub("", text.removeprefix(f"{MARKER}\n").removeprefix(f"{QUIET}\n"))
    return found + [what for what, sign in _NEVER.items() if sign.search(body)]
