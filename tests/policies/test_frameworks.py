"""Claims about the table of references."""

import pytest

from policies.frameworks import load


def test_requirements_come_in_the_order_of_the_frameworks() -> None:
    text = """{"frameworks": {"b-1": {"name": "B", "version": "1"}, "a-2": {"name": "A", "version": "2"}},
               "controls": {"x": {"a-2": ["2.1"], "b-1": ["7"]}, "y": {}}}"""

    assert {slug: [(one.key, one.ids) for one in row] for slug, row in load(text).items()} == {
        "x": [("b-1", ("7",)), ("a-2", ("2.1",))],
        "y": [],
    }


def test_a_framework_that_nobody_describes_is_an_error() -> None:
    text = '{"frameworks": {"b-1": {"name": "B", "version": "1"}}, "controls": {"x": {"b-2": ["7"]}}}'

    with pytest.raises(ValueError, match=r"^frameworks\.json describes b-1, but controls name b-2$"):
        load(text)
