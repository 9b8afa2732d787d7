"""Nothing that a pull request chooses is more than text in a comment."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.inert import LONGEST, MARKER, QUIET, flaws
from writing.markdown import code, one_line, prose

HOSTILE = st.text(
    alphabet=st.sampled_from("a1 `\\<>&;#@:/.w[]()!|*_~-\n\r\t\x00\u200b\u202e\u2028\xa0\ud800"), max_size=30
)
NASTY = [
    "@team",
    "&#64;team",
    "<img src=x onerror=y>",
    "![x](https://evil.example)",
    "[x](//evil.example)",
    "[x][y]",
    "[x]: /y",
    "https://evil.example",
    "www.evil.example",
    "#1",
    "GH-1",
    "someone@example.com",
    "\u202egnihton",
    "x\n\n<script>",
]


@settings(max_examples=300)
@given(st.one_of(HOSTILE, st.text(max_size=20)))
def test_text_of_others_is_inert(words: str):
    assert flaws(f"{MARKER}\n## Data stores\n\n| {code(words)} | {prose(words)} |\n- x: {prose(words)}\n") == []


@pytest.mark.parametrize("words", NASTY)
def test_what_is_not_inert_is_found(words: str):
    assert flaws(f"{MARKER}\n## Data stores\n\n{words}\n") != []


@pytest.mark.parametrize("words", NASTY)
def test_it_is_found_at_the_beginning_of_a_line_and_in_code(words: str):
    assert flaws(f"{MARKER}\n{QUIET}\n{words}\n`{words}`\n") != []


@given(st.one_of(HOSTILE, st.text(max_size=20)))
def test_text_stays_on_its_line_and_in_its_cell(words: str):
    """A bar that ends a cell is one without a backslash; a backslash of the text's own is escaped too."""
    cell = prose(words)

    assert "\n" not in cell
    assert "|" not in cell.replace("\\\\", "").replace("\\|", "")
    assert "|" not in code(words)


@given(st.one_of(HOSTILE, st.text(max_size=20)))
def test_code_ends_where_it_ends(words: str):
    written = code(words)

    assert written == "" or (written[0] == written[-1] == "`" and "`" not in written[1:-1])


def test_what_cannot_be_seen_is_written_as_its_number():
    assert one_line("a\u202eb\x00c\nd") == "au+202ebu+0000c d"


def test_plain_words_are_left_alone():
    assert prose("RDS must encrypt: set storage=true (see `a.b`).") == "RDS must encrypt: set storage=true (see `a.b`)."


@pytest.mark.parametrize(
    ("text", "flaw"),
    [("## Data stores\n", "no marker"), (f"{MARKER}\n" + "a" * LONGEST, f"more than {LONGEST} characters")],
    ids=["another comment", "long"],
)
def test_a_comment_is_ours_and_not_too_long(text: str, flaw: str):
    assert flaws(text) == [flaw]
