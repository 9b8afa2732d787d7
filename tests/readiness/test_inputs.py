"""What owners say is read whole, and whatever is wrong with it is told at once."""

from pathlib import Path

import pytest

from readiness.inputs import KINDS, Inputs, load, read
from stacks.mistakes import SettingsError
from tests.readiness.said import TODAY


def test_a_stack_without_a_file_says_nothing():
    assert read("nobody-prod", None, today=TODAY) == Inputs(source="readiness/nobody-prod.yaml", there=False)


def test_an_empty_file_says_nothing():
    assert load("", "said.yaml", today=TODAY) == Inputs(source="said.yaml")


def test_all_mistakes_are_told_at_once():
    text = """
assessment: {}
assessments:
  schem: {value: 1, owner: us, date: 2026-11-01}
  security: {value: 101, owner: us, date: 2026-11-01}
  schema: {value: yes, owner: us, date: 2026-11-01}
inputs:
  runbok: {value: true, owner: us, date: 2026-11-01}
  backups: {value: true, owner: us, date: 2026-11-01}
  runbook: {value: 1, owner: "", date: 2026-11-31, when: now}
  load-tested: {value: false, owner: us, date: 2026-12-01}
  tables-complete: 80
  migration-framework: {source: Alembic}
"""
    expected = f"""\
said.yaml has 15 mistakes:
  assessment is not a key of readiness inputs: did you mean 'assessments'?
  assessments.schem is not an area: did you mean 'schema'?
  assessments.security.value must be a number from 0 to 100, got 101
  assessments.schema.value must be a number from 0 to 100, got 'yes'
  inputs.runbok is not an input: did you mean 'runbook'?
  inputs.backups is not an input: allowed are {", ".join(sorted(KINDS))}
  inputs.runbook.value must be true or false, got 1
  inputs.runbook.owner must be a text, got nothing
  inputs.runbook.date must be a date such as 2026-11-30, got '2026-11-31'
  inputs.runbook.when is not a key of an input: allowed are value, owner, date, source
  inputs.load-tested.date must not be after today, 2026-11-30, got 2026-12-01
  inputs.tables-complete must be a mapping with the keys value, owner, date, got 80
  inputs.migration-framework.value is missing
  inputs.migration-framework.owner is missing
  inputs.migration-framework.date is missing"""
    with pytest.raises(SettingsError, match=r"^said\.yaml has") as raised:
        load(text, "said.yaml", today=TODAY)

    assert str(raised.value) == expected


@pytest.mark.parametrize("text", ["- 1", "a: [", "inputs: []"])
def test_what_is_no_mapping_is_refused(text: str):
    with pytest.raises(SettingsError, match=r"said\.yaml has 1 mistake:\n  .*(must be a mapping|is not YAML)"):
        load(text, "said.yaml", today=TODAY)


def test_a_file_that_is_asked_for_must_be_there(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be read: No such file or directory"):
        read("devmentor-prod", tmp_path / "said.yaml", today=TODAY)
