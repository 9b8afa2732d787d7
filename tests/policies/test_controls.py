"""Claims about every control: its own examples are the tests."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from policies import controls
from policies.control import Control, Controls, Example
from policies.controls import CONTROLS
from policies.frameworks import FRAMEWORKS
from policies.verdict import Verdict
from tests.policies.examples import every, resources_of, verdicts_on


@pytest.mark.parametrize(("control", "example"), every("good"))
def test_a_good_example_complies(control: Control, example: Example) -> None:
    assert verdicts_on(control, resources_of(control, example)) == {Verdict.COMPLIES}


@pytest.mark.parametrize(("control", "example"), every("bad"))
def test_a_bad_example_violates(control: Control, example: Example) -> None:
    assert verdicts_on(control, resources_of(control, example)) == {Verdict.VIOLATES}


@pytest.mark.parametrize(("control", "example"), every("skipped"))
def test_a_skipped_example_is_not_judged(control: Control, example: Example) -> None:
    assert verdicts_on(control, resources_of(control, example)) == {Verdict.NOT_APPLICABLE}


def collected() -> Iterator[Control]:
    """Give the controls of every file of the folder."""
    for file in sorted(Path(controls.__file__).parent.glob("*.py")):
        found = getattr(import_module(f"policies.controls.{file.stem}"), "CONTROLS", None)
        if isinstance(found, Controls):
            yield from found


def test_every_control_of_every_file_is_registered() -> None:
    assert sorted(control.slug for control in collected()) == sorted(control.slug for control in CONTROLS)


def test_no_two_controls_have_one_slug() -> None:
    slugs = [control.slug for control in CONTROLS]

    assert sorted(set(slugs)) == sorted(slugs)


def test_the_first_controls_are_there() -> None:
    """Their slugs are a contract with reports and configuration files: never renamed, only added to."""
    assert {control.slug for control in CONTROLS} >= {
        "dynamodb-cmk",
        "dynamodb-deletion-protection",
        "dynamodb-pitr",
        "dynamodb-ttl-when-declared",
        "elasticache-at-rest-encryption",
        "elasticache-cmk",
        "elasticache-transit-encryption",
        "kms-rotation",
        "rds-backup-enabled",
        "rds-backup-retention-min",
        "rds-deletion-protection",
        "rds-force-ssl",
        "rds-not-public",
        "rds-storage-cmk",
        "rds-storage-encrypted",
        "secret-cmk",
    }


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.slug)
def test_every_setting_of_a_control_is_in_its_sentence(control: Control) -> None:
    """A finding names the limit that was missed, not the default one."""
    assert set(re.findall(r"{(\w+)}", f"{control.requirement} {control.fix}")) == set(control.settings)


def test_every_control_has_a_row_of_references_and_no_row_is_left_over() -> None:
    assert set(FRAMEWORKS) == {control.slug for control in CONTROLS}
