"""The law of unknown values: they may silence a control, never change what it says."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.control import Control, Example
from policies.controls import CONTROLS
from policies.verdict import Verdict
from tests.policies.examples import Plain, resources_of, verdicts_on

Path = tuple[str | int, ...]


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Give the path of every value in inputs, of whole objects and lists too."""
    children: Any = ()
    if isinstance(value, Mapping):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield (*at, key)
        yield from paths(child, (*at, key))


def blurred(value: Any, hidden: set[Path], at: Path = ()) -> Any:
    """Give *value* with an unknown at each of the hidden paths."""
    if at in hidden:
        return "unknown:blurred"
    if isinstance(value, Mapping):
        return {key: blurred(child, hidden, (*at, key)) for key, child in value.items()}
    if isinstance(value, list):
        return [blurred(child, hidden, (*at, number)) for number, child in enumerate(value)]
    return value


def blur(resources: list[Plain], data: st.DataObject) -> list[Plain]:
    """Make any of the inputs of any of the resources unknown."""
    blind: list[Plain] = []
    for resource in resources:
        inputs = resource["inputs"]
        hidden = data.draw(st.sets(st.sampled_from([*paths(inputs)] or [("nothing",)])))
        blind.append({**resource, "inputs": blurred(inputs, hidden)})
    return blind


few = settings(max_examples=30)
"""Of each of 200 controls, both ways: some 12,000 in a run."""
# A control a test, not an example a test: hypothesis keeps a note of every run of one test function, and gives up
# after a thousand.
every_control = pytest.mark.parametrize("control", CONTROLS, ids=[control.slug for control in CONTROLS])


@every_control
@given(data=st.data())
@few
def test_a_violation_never_complies_because_something_is_unknown(control: Control, data: st.DataObject) -> None:
    example: Example = data.draw(st.sampled_from(list(control.bad)))

    found = verdicts_on(control, blur(resources_of(control, example), data))

    assert found <= {Verdict.VIOLATES, Verdict.CANNOT_TELL}


@every_control
@given(data=st.data())
@few
def test_what_complies_never_fails_because_something_is_unknown(control: Control, data: st.DataObject) -> None:
    example: Example = data.draw(st.sampled_from(list(control.good)))

    found = verdicts_on(control, blur(resources_of(control, example), data))

    assert found <= {Verdict.COMPLIES, Verdict.CANNOT_TELL}
