"""What an upgrade has made longer stays so when it is taken back: no update asks for fewer days of backups."""

import re
from itertools import pairwise

import pytest

from stacks.aim import Aim
from stacks.applications import APPLICATIONS
from stacks.phases import Phase
from stacks.render import render
from tests.upgrades.paths import carried_out, choices_of, config_for, planned, read
from upgrades.plan import Plan, plan

FEWER = re.compile(r"(backupRetentionPeriod|snapshotRetentionLimit|restoreWindowDays|pointInTimeRecovery)\b")
UPWARD = [(application, *pair) for application in sorted(APPLICATIONS) for pair in pairwise(Phase)]


def back_from_the_first_update(stack: str, phase: Phase, to: Phase) -> Plan:
    application = stack.partition("-")[0]
    choices = next(choices_of(application))
    before, after = (config_for(application, str(one), choices) for one in (phase, to))
    forth, aim = planned(stack, before, after)
    _, written = next(carried_out(before, forth, aim))
    return plan(
        read(stack, written), Aim(settings=read(stack, before), config=before, also=()), lambda one: list(render(one))
    )


@pytest.mark.parametrize(("application", "phase", "to"), UPWARD)
def test_a_way_back_asks_for_no_fewer_backups(application: str, phase: Phase, to: Phase):
    back = back_from_the_first_update(f"{application}-prod", phase, to)

    assert [refusal for refusal in back.refusals if FEWER.search(refusal.what)] == []


def test_what_is_kept_is_said():
    back = back_from_the_first_update("devmentor-prod", Phase.GROWTH, Phase.SCALE)

    assert back.refusals == ()
    assert back.kept == {"cache": {"snapshotDays": 15}}


def test_dev_keeps_no_backups_for_their_own_sake():
    back = back_from_the_first_update("clubapp-dev", Phase.MVP, Phase.GROWTH)

    assert not any(key.endswith("Days") for fields in back.kept.values() for key in fields)
