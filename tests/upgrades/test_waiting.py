"""The gate refuses what AWS would not accept yet, where the stack's history is known, and says where it is not."""

import json
from datetime import datetime, timedelta

import pytest

from stacks.phases import Environment
from stacks.stackfile import canonical, config_of, overridden
from tests.upgrades.change import edit
from tests.upgrades.scene import NOW, TEXT
from upgrades.engine import Past
from upgrades.gate import Verdict, judge
from upgrades.hop import Hop
from upgrades.waiting import held_against, not_looked_at


def deployed(when: datetime, storage: int) -> Past:
    written, _ = overridden(config_of(TEXT.format(phase="mvp"))[0], {"sizes.main.storageGib": str(storage)})
    plain = {key: canonical(value) for key, value in written.items()}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}
    return Past(kind="update", succeeded=True, begun=when, ended=when, config=texts)


def grown() -> Verdict:
    storage = edit("allocatedStorage", 30, 50, type="aws:rds/instance:Instance", name="main-primary")
    hop = Hop(sizes={"main": {"storageGib": 50}})
    return judge([storage], stack="clubapp-dev", environment=Environment.DEV, hop=hop)


PAST = [deployed(NOW - timedelta(hours=2), 30), deployed(NOW - timedelta(hours=9), 25)]


def test_storage_that_was_changed_lately_is_refused_with_the_time_from_which_on_it_may():
    verdict = held_against(grown(), PAST, NOW)

    assert [one.what for one in verdict.refusals] == ["allocatedStorage would change again before 2026-11-26 16:00 UTC"]
    assert verdict.waits == "held against 2 updates of the stack's history"


def test_from_that_time_on_it_passes():
    assert held_against(grown(), PAST, NOW + timedelta(hours=5)).exit_code == 0


def test_what_no_history_has_is_not_called_looked_at():
    ttl = edit("ttl.enabled", False, True)
    verdict = judge([ttl], stack="clubapp-dev", environment=Environment.DEV)

    assert held_against(verdict, PAST, NOW).waits == (
        "held against 2 updates of the stack's history; "
        "not looked at: ttl.enabled, which no size decides, so that no history has it"
    )


@pytest.mark.parametrize("past", [[], [Past(kind="update", succeeded=True, begun=NOW, ended=NOW, config={"a": "b"})]])
def test_a_history_that_says_nothing_is_not_called_looked_at(past: list[Past]):
    assert held_against(grown(), past, NOW).waits.startswith("not looked at: the stack's history has no settings")


def test_without_a_history_it_says_so_only_where_something_is_limited():
    nothing = judge([], stack="clubapp-dev", environment=Environment.DEV)

    assert (not_looked_at(grown(), "no engine").waits, not_looked_at(nothing, "no engine").waits) == (
        "not looked at: no engine",
        "",
    )
