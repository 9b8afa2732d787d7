"""Claims about writing a control: what is incomplete ends at import."""

from typing import Any

import pytest

from policies.control import Controls, Group, Severity
from policies.values import Resource

FACTS: dict[str, Any] = {"group": Group.COST, "severity": Severity.LOW, "good": [{"a": 1}], "bad": [{}]}


def tables_small(_: Resource) -> bool:
    """Tables must be small: set size={most} or less."""
    return True


def test_a_control_is_its_function() -> None:
    """The name is the slug, the docstring the sentence, whose limit is the setting's."""
    controls = Controls()
    controls.add("a:b:C", settings={"most": {"type": "integer", "default": 3}}, **FACTS)(tables_small)

    assert [(one.slug, one.sentence({"most": 5}), one.sentence()) for one in controls] == [
        ("tables-small", "Tables must be small: set size=5 or less.", "Tables must be small: set size=3 or less.")
    ]


@pytest.mark.parametrize(
    "sentence", [None, "Tables should be small: set size=1.", "Tables must be small.", "Tables must be small: "]
)
def test_a_sentence_says_must_and_how(sentence: str | None) -> None:
    def tables_tiny(_: Resource) -> bool:
        return True

    tables_tiny.__doc__ = sentence

    with pytest.raises(ValueError, match=r"^control tables-tiny needs a docstring like 'Tables must be x: set y=z\.'"):
        Controls().add("a:b:C", **FACTS)(tables_tiny)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"good": []}, "an example in `good`"),
        ({"bad": []}, "an example in `bad`"),
        ({"when": tables_small}, "an example in `skipped`"),
        ({"when": lambda _: True, "skipped": [{}]}, "a docstring on its `when`"),  # pyright: ignore[reportUnknownLambdaType]  it is the point
        ({"skipped": [{}]}, "no `skipped`"),
        ({"settings": {"most": {"type": "integer"}}}, "a default for its setting 'most'"),
    ],
)
def test_a_control_shows_all_of_its_outcomes(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"control tables-small needs {message}"):
        Controls().add("a:b:C", **{**FACTS, **wrong})(tables_small)


def test_a_control_is_about_a_type() -> None:
    with pytest.raises(ValueError, match="control tables-small needs a resource type"):
        Controls().add(**FACTS)(tables_small)
