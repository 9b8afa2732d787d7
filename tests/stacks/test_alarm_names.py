"""Names of alarms: unique in a stack, and the same in every phase that has what they watch."""

from itertools import pairwise

import pytest

from stacks.phases import Environment, Phase
from tests.stacks.rendered import CHOSEN, every_stack, of, resources, watched_by_aws
from tests.stacks.test_phases import retired

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"


@every_stack
def test_no_two_alarms_of_a_region_have_one_name(application: str, environment: Environment, phase: Phase):
    """Those on others too: CloudWatch keeps all of them under their names."""
    found = of(resources(application, environment, phase), ALARM, COMPOSITE)

    names = [(one["inputs"].get("region"), one["inputs"].get("name", one["inputs"].get("alarmName"))) for one in found]
    assert bool(found) is watched_by_aws(application, environment, phase)
    assert len(names) == len(found)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("application", CHOSEN)
def test_an_alarm_that_stays_keeps_its_name(application: str):
    for before, after in pairwise(Phase):
        old, new = (
            {one["name"]: one["inputs"]["name"] for one in of(resources(application, Environment.DEV, each), ALARM)}
            for each in (before, after)
        )

        shared = old.keys() & new.keys()
        assert {name: old[name] for name in shared} == {name: new[name] for name in shared}
        assert [
            one
            for one in old.keys() - new.keys()
            if not one.startswith(retired(application, Environment.DEV, before, after))
        ] == []
