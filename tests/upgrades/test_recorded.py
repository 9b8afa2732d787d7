"""Previews that the engine wrote of dangerous and of safe changes: the gate refuses the ones, and not the others."""

from io import StringIO
from pathlib import Path

import pytest

from cli.gate import Form, gate_preview
from tests.upgrades.recorded.scenarios import SCENARIOS, Scenario

SMALL = Path(__file__).parent / "previews" / "small"
DANGEROUS = [one for one in SCENARIOS if one.refused]
SAFE = [one for one in SCENARIOS if not one.refused]


def gated(one: Scenario) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    code = gate_preview(SMALL / f"{one.name}.json", form=Form.TEXT, out=out, err=err)
    return code, out.getvalue() + err.getvalue()


@pytest.mark.parametrize("one", DANGEROUS, ids=lambda one: one.name)
def test_a_dangerous_preview_is_refused_for_what_is_dangerous_in_it(one: Scenario):
    code, said = gated(one)

    assert (code, (one.refused or "") in said) == (1, True), said


@pytest.mark.parametrize("one", SAFE, ids=lambda one: one.name)
def test_a_safe_preview_passes(one: Scenario):
    code, said = gated(one)

    assert code == 0, said


def test_there_are_enough_of_them():
    assert len(DANGEROUS) >= 60


def test_every_recording_is_of_a_scenario():
    assert {file.stem for file in SMALL.iterdir()} == {one.name for one in SCENARIOS}
