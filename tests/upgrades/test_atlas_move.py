"""From servers shared with others to one's own, in staging: every update on the way is as the policies want it."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final

import pytest

from policies.control import Level
from policies.controls import CONTROLS
from policies.levels import Place
from policies.plain import resources_of
from policies.report import check
from policies.subject import Subject
from stacks.aim import aim
from stacks.phases import Phase
from stacks.render import render
from upgrades.facts.fact import EffectKind
from upgrades.facts.limits import ELECTION, TENANT_UPGRADE
from upgrades.gate import SAFE
from upgrades.plan import Up, plan

CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
SCHEDULE: Final = "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule"


@cache
def moving(to: str) -> Sequence[Up]:
    """Give the updates of devora-staging from mvp, where it is free."""
    return plan(*aim("devora-staging", to=to, start="mvp"), render).ups


def violated(up: Up) -> set[tuple[str, str]]:
    """Name what is mandatory and violated after an update."""
    subject = Subject(
        name="devora-staging",
        file="stacks/Pulumi.devora-staging.yaml",
        stack="devora-staging",
        place=Place(environment=up.settings.environment, phase=up.settings.phase),
        resources=resources_of([dict(one) for one in up.after_it.resources]),
        account="123456789012",
    )
    report = check(subject, CONTROLS, exempting=(), today=date(2026, 11, 26))
    return {(one.finding.control.slug, one.finding.name) for one in report.violations if one.level is Level.MANDATORY}


@pytest.mark.parametrize("to", [Phase.GROWTH, Phase.SCALE])
def test_no_update_of_the_way_violates_what_is_mandatory_in_staging(to: Phase):
    ups = moving(to)

    assert len(ups) > 2
    assert [violated(up) for up in ups] == [set()] * len(ups)


def test_what_the_move_leaves_undone_is_a_failover_of_the_update_after_it():
    first, second, *_ = moving("growth")

    worst = [(up.worst.kind, up.worst.outage) if up.worst else None for up in (first, second)]
    assert worst == [(EffectKind.REBOOT, TENANT_UPGRADE), (EffectKind.FAILOVER, ELECTION)]
    assert second.verdict.exit_code == SAFE


def test_the_rest_of_the_way_is_planned_alike_from_the_middle_of_it():
    now, aimed = aim("devora-staging", to="growth", start="mvp")
    first, *rest = plan(now, aimed, render).ups

    again = plan(first.settings, aimed, render).ups

    assert [up.changes for up in again] == [up.changes for up in rest]


def test_recovery_is_asked_for_at_once_and_its_window_when_atlas_has_it():
    """Atlas carries out the move alone: it has no recovery yet that a schedule could have a window of."""
    found = [
        {one["type"]: one["inputs"] for one in up.after_it.resources if one["type"] in {CLUSTER, SCHEDULE}}
        for up in moving("growth")
    ]

    assert [one[CLUSTER]["pitEnabled"] for one in found] == [True] * len(found)
    assert [one[SCHEDULE].get("restoreWindowDays") for one in found] == [None, *[14] * (len(found) - 1)]
