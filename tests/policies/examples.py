"""The examples of the controls as resources."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from policies.control import Control, Example
from policies.controls import CONTROLS
from policies.reading import from_plain
from policies.verdict import Verdict, verdicts

Plain = Mapping[str, Any]


def resources_of(control: Control, example: Example) -> list[Plain]:
    """Give an example as resources in the normal form."""
    if isinstance(example, Mapping):
        return [{"type": control.types[0], "name": "it", "inputs": example, "options": {}}]
    return list(example)


def verdicts_on(control: Control, resources: Sequence[Plain]) -> set[Verdict]:
    """Give what a control says about the resources of its types: what it leaves out counts where it judges nothing."""
    found = {finding.verdict for finding in verdicts([from_plain(one) for one in resources], [control])}
    return found - {Verdict.NOT_APPLICABLE} or found


def every(kind: str) -> list[Any]:
    """Give every example of a kind (good, bad, skipped) as a parameter of a test."""
    return [
        pytest.param(control, example, id=f"{control.slug}-{number}")
        for control in CONTROLS
        for number, example in enumerate(getattr(control, kind))
    ]
