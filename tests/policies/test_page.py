"""The page of controls is the list of controls."""

from localcloud.paths import CODE
from policies.controls import CONTROLS
from policies.formats.page import EQUIVALENTS, page


def test_the_page_is_what_the_list_says():
    """Mend it with `python -m policies.formats.page`."""
    assert (CODE / "docs" / "controls.md").read_text(encoding="utf-8") == page()


def test_every_control_has_a_paragraph_with_its_sentence():
    text = page()

    assert [one.slug for one in CONTROLS if f"### {one.slug}\n\n{one.sentence()}\n" not in text] == []


def test_other_tools_are_named_for_controls_that_exist():
    assert EQUIVALENTS.keys() <= {control.slug for control in CONTROLS}
