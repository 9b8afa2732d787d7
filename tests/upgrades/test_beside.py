"""What keeps backups and old objects beside the stores may not go, nor let go of them sooner."""

from collections.abc import Mapping
from typing import Any

import pytest

from localcloud.resources import TYPES
from stacks.phases import Environment
from tests.upgrades.change import edit
from tests.upgrades.rows import UNKNOWN
from upgrades.beside import BESIDE, LIFECYCLE, REPLICATION, VERSIONING
from upgrades.edits import Edit, Kind, Operation
from upgrades.gate import CANNOT_TELL, REFUSED, SAFE, judge
from upgrades.hop import Hop

KEEPING = sorted(type_ for type_, one in BESIDE.items() if one.gone)
AURORA = {"main": {"capacity": {"instanceClass": "db.r7g.large"}}}


def code(one: Edit, *, environment: Environment = Environment.PROD, **more: Any) -> int:
    return judge([one], stack="clubapp-prod", environment=environment, **more).exit_code


def gone(type_: str, name: str = "backups-plan") -> Edit:
    return edit(type=type_, name=name, operation=Operation.DELETE, kind=Kind.DELETE, holds_data=False)


def changed(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Edit:
    (path,) = before
    return edit(path, type=type_, was=before, will=after, holds_data=False)


def rules(days: object, *, old: int = 30, status: str = "Enabled") -> dict[str, Any]:
    one = {"status": status, "expiration": {"days": days}, "noncurrentVersionExpiration": {"noncurrentDays": old}}
    return {"rules": [one]}


def versions(status: object) -> dict[str, Any]:
    return {"versioningConfiguration": {"status": status}}


def test_all_of_it_is_what_the_project_deploys():
    assert sorted(BESIDE.keys() - TYPES.keys()) == []


@pytest.mark.parametrize("type_", KEEPING)
def test_what_keeps_backups_does_not_go_where_data_are_kept(type_: str):
    assert code(gone(type_)) == REFUSED


@pytest.mark.parametrize("type_", KEEPING)
def test_in_dev_it_may_go(type_: str):
    assert code(gone(type_), environment=Environment.DEV) == SAFE


@pytest.mark.parametrize(
    ("hop", "standing", "verdict"),
    [
        (Hop(sizes=AURORA), {"main-cluster"}, SAFE),
        (Hop(sizes=AURORA), set[str](), REFUSED),
        (Hop(sizes={"main": {"drBackups": False}}), {"main-cluster"}, REFUSED),
        (None, {"main-cluster"}, REFUSED),
    ],
)
def test_copies_of_an_instance_go_with_it_and_not_before(hop: Hop | None, standing: set[str], verdict: int):
    assert code(gone(REPLICATION, "main-dr-backups"), hop=hop, standing=standing) == verdict


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        (LIFECYCLE, rules(2555), rules(1095)),
        (LIFECYCLE, rules(None), rules(36500)),
        (LIFECYCLE, rules(2555, status="Disabled"), rules(2555)),
        (LIFECYCLE, rules(2555, old=30), rules(2555, old=7)),
        (LIFECYCLE, rules(2555), {"rules": [*rules(2555)["rules"], *rules(1)["rules"]]}),
        (VERSIONING, versions("Enabled"), versions("Suspended")),
    ],
)
def test_it_lets_go_of_nothing_sooner(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]):
    assert code(changed(type_, before, after)) == REFUSED


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        (LIFECYCLE, rules(1095), rules(2555)),
        (LIFECYCLE, rules(1095), rules(None)),
        (LIFECYCLE, rules(1095), rules(1, status="Disabled")),
        (VERSIONING, versions("Suspended"), versions("Enabled")),
        ("aws:backup/plan:Plan", {"rules": [{"ruleName": "daily"}]}, {"rules": [{"ruleName": "hourly"}]}),
    ],
)
def test_it_may_keep_longer(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]):
    assert code(changed(type_, before, after)) == SAFE


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        (LIFECYCLE, rules(1095), rules(UNKNOWN)),
        (LIFECYCLE, rules(1095), {"rules": UNKNOWN}),
        (VERSIONING, versions("Enabled"), versions(UNKNOWN)),
    ],
)
def test_what_only_the_deployment_will_know_cannot_be_told(
    type_: str, before: Mapping[str, Any], after: Mapping[str, Any]
):
    assert code(changed(type_, before, after)) == CANNOT_TELL
