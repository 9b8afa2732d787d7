"""Stacks with stores on Atlas pass every mandatory control, in every phase and environment, without an exemption."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from policies.control import Level
from policies.controls import CONTROLS
from policies.levels import Place
from policies.plain import resources_of
from policies.report import Report, check
from policies.subject import Subject
from stacks.phases import Environment, Phase
from tests.stacks.rendered import CHOSEN, resources

ATLAS = ("devora", "devora-everywhere", "heka-both", "workflows-traced")
CASES = [
    *((name, environment, phase) for name in ATLAS for environment in ("dev", "prod") for phase in Phase),
    # What staging has is dev's, judged more strictly; servers shared with others are in mvp alone.
    *((name, "staging", Phase.MVP) for name in ("devora", "heka-both")),
]


def judged(name: str, environment: Environment, phase: Phase) -> Report:
    stack = f"{name.partition('-')[0]}-{environment}"
    subject = Subject(
        name=stack,
        file=f"stacks/Pulumi.{stack}.yaml",
        stack=stack,
        place=Place(environment=environment, phase=phase),
        resources=resources_of(list[Mapping[str, Any]](resources(name, environment, phase))),
        account="123456789012",
    )
    return check(subject, CONTROLS, exempting=(), today=date(2026, 11, 26))


def found(report: Report, level: Level) -> set[tuple[str, str]]:
    return {(one.finding.control.slug, one.finding.name) for one in report.violations if one.level is level}


@pytest.mark.parametrize(
    ("name", "environment", "phase"),
    [pytest.param(*case, marks=pytest.mark.xdist_group(f"rendered-{case[0]}")) for case in CASES],
)
def test_nothing_mandatory_is_violated(name: str, environment: str, phase: Phase):
    report = judged(name, Environment(environment), phase)

    assert name in CHOSEN
    assert len(report.passed) > 40
    assert found(report, Level.MANDATORY) == set()


@pytest.mark.xdist_group("rendered-devora")
def test_a_free_cluster_is_advice_outside_prod_and_no_more_is_said_of_it():
    advice = {
        slug
        for slug, name in found(judged("devora", Environment.DEV, Phase.MVP), Level.ADVISORY)
        if name == "documents-cluster"
    }

    assert advice == {"atlas-m10-minimum"}
