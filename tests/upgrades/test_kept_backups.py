"""What goes back to a smaller size keeps the backups that it has, where the environment keeps data."""

from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import OnDemand, TableSize
from stacks.aim import SIZES, Aim
from stacks.application import Size
from stacks.applications import APPLICATIONS
from stacks.phases import Phase
from stacks.render import render
from stacks.stages import Stage, Step
from tests.upgrades.paths import carried_out, config, config_for, planned, read, ways
from upgrades.duties import way_back
from upgrades.keeping import KEEPERS, backed_up, covered, unexpired
from upgrades.plan import Plan, plan
from upgrades.plan_report import text

GROWTH, SCALE = ({"cache": {"snapshotDays": days}} for days in (7, 15))
APPLICATION = APPLICATIONS["devmentor"]
ROWS = {store.name: store.sizes for store in APPLICATION.stores}


def taken_back(stack: str, before: Mapping[str, Any], to: str = "scale") -> tuple[Plan, dict[str, Any]]:
    """Take the first hop of an upgrade back as its renders have it; give the plan, and what the file says then."""
    there, aim = planned(stack, before, {**before, "datastores:phase": to})
    _, halfway = next(carried_out(before, there, aim))
    back = Aim(settings=read(stack, before), config=before, also=())
    found = plan(read(stack, halfway), back, render)
    ended = list(carried_out(halfway, found, back))
    return found, ended[-1][1] if ended else {}


def test_a_hop_that_lengthened_backups_is_taken_back_without_them():
    found, written = taken_back("devmentor-prod", config("growth"))

    assert (found.refusals, written) == ((), {**config("growth"), SIZES: SCALE})


def test_in_dev_it_is_taken_back_whole():
    found, written = taken_back("devmentor-dev", config("growth"))

    assert (found.refusals, written) == ((), config("growth"))


def test_other_deviations_of_the_store_stay_beside_it():
    sizes = {"cache": {"nodeType": "cache.t4g.medium"}}
    found, written = taken_back("devmentor-prod", config("growth", sizes=sizes))

    assert (found.refusals, written[SIZES]) == ((), {"cache": {"nodeType": "cache.t4g.medium", "snapshotDays": 15}})


def test_what_the_stack_file_itself_asks_for_is_refused():
    before, after = (config("growth", sizes=sizes) for sizes in (SCALE, GROWTH))
    aim = Aim(settings=read("devmentor-prod", after), config=after, also=())
    found = plan(read("devmentor-prod", before), aim, render)

    assert "older snapshots are deleted, and 0 ends them altogether" in {one.because for one in found.refusals}


def test_the_plan_says_what_is_kept_and_why():
    found, _ = taken_back("devmentor-prod", config("growth"))
    out = StringIO()
    text(found, out, width=200, colours=False)

    said = "cache keeps snapshotDays 15: with fewer, backups that are there would be deleted; `datastores:sizes` will"
    assert said in out.getvalue()


def test_a_way_down_keeps_backups_beside_what_never_shrinks_each_with_its_reason():
    found, _ = planned("devmentor-prod", config("growth"), config("mvp"))
    out = StringIO()
    text(found, out, width=200, colours=False)

    assert [line for line in out.getvalue().splitlines() if line.startswith("main keeps")] == [
        "main keeps storageGib 200, maxStorageGib 800: it cannot be taken back; `datastores:sizes` will say so",
        "main keeps backupDays 35: with fewer, backups that are there would be deleted; `datastores:sizes` will say so",
        f"main keeps multiAz true: {COVERED.why}; `datastores:sizes` will say so",
    ]


@pytest.mark.parametrize(
    "application", [pytest.param(name, marks=pytest.mark.xdist_group(f"paths-{name}")) for name in APPLICATIONS]
)
def test_no_way_in_prod_has_backups_for_fewer_days(application: str):
    steps = [(way.name, step) for way in ways(application) for up in way.plan.ups for step in up.steps.values()]
    both = [(name, step.before, step.after) for name, step in steps if step.before and step.after]

    assert [name for name, before, after in both if backed_up(before, after) != after] == []


def test_what_is_kept_is_in_the_plan():
    found, _ = taken_back("devmentor-prod", config("growth"))

    assert found.refusals == ()
    assert [(one.store, one.fields) for one in found.kept] == [("cache", {"snapshotDays": 15})]


def test_an_archive_keeps_its_objects_and_the_plan_says_why():
    choices = {"redis": "false", "traces": "false"}
    before, after = (config_for("workflows", phase, choices) for phase in ("enterprise", "scale"))
    found, _ = planned("workflows-prod", before, after)
    out = StringIO()
    text(found, out, width=200, colours=False)

    assert "archive keeps expireAfterDays 2555: with fewer, objects that are there would be deleted" in out.getvalue()


def test_dev_keeps_no_backups_for_their_own_sake():
    found, _ = taken_back("clubapp-dev", config("mvp"), "growth")

    assert not any(key.endswith("Days") for one in found.kept for key in one.fields)


# By kind of size


def redis(phase: Phase) -> RedisSize:
    found = ROWS["cache"][phase]
    assert isinstance(found, RedisSize)
    return found


def postgres(phase: Phase) -> PostgresSize:
    found = ROWS["main"][phase]
    assert isinstance(found, PostgresSize)
    return found


def aurora(phase: Phase) -> AuroraSize:
    found = ROWS["main"][phase]
    assert isinstance(found, AuroraSize)
    return found


SMALL = postgres(Phase.MVP)
AURORA = aurora(Phase.SCALE)
TABLE = TableSize(billing=OnDemand(max_read_units=10, max_write_units=10), backup_days=7, dr_replica=False)
SERVERLESS = ServerlessRedisSize(max_data_gib=1, max_ecpu_per_second=1000, snapshot_days=7)
ARCHIVE = BucketSize(cold_after_days=30, expire_after_days=365)
(COVERED,) = (keeper for keeper in KEEPERS if keeper.keep is covered)
LONGER = replace(ARCHIVE, expire_after_days=900)
MOVE = PostgresMove(
    instance=replace(SMALL, backup_days=30), cluster=replace(AURORA, readers=0, max_readers=0), writer="instance"
)


@pytest.mark.parametrize(
    ("now", "target", "field", "days"),
    [
        (replace(SMALL, backup_days=30), SMALL, "backup_days", 30),
        (MOVE, SMALL, "backup_days", 30),
        (replace(AURORA, backup_days=20), replace(AURORA, backup_days=10), "backup_days", 20),
        (replace(TABLE, backup_days=30), TABLE, "backup_days", 30),
        (TABLE, replace(TABLE, backup_days=0), "backup_days", 7),
        (redis(Phase.GROWTH), redis(Phase.MVP), "snapshot_days", 7),
        (replace(SERVERLESS, snapshot_days=9), SERVERLESS, "snapshot_days", 9),
        (SMALL, replace(SMALL, backup_days=30), "backup_days", 30),
    ],
)
def test_backups_are_kept_for_the_longer_of_both(now: Size, target: Size, field: str, days: int):
    assert backed_up(now, target) == replace(target, **{field: days})


def test_objects_are_kept_for_the_longer_of_both():
    assert [unexpired(LONGER, ARCHIVE), unexpired(ARCHIVE, LONGER)] == [LONGER, LONGER]


@pytest.mark.parametrize(
    ("now", "then", "days"), [(14, 7, 14), (7, None, 7), (None, 3, 3), (7, 14, 14), (None, None, None)]
)
def test_a_window_of_atlas_is_kept_unless_it_is_atlas_own(now: int | None, then: int | None, days: int | None):
    size = next(one for one in APPLICATIONS["devora"].stores if one.name == "documents").sizes[Phase.MVP]
    before, after, kept = (replace(size, continuous_days=one) for one in (now, then, days))

    assert backed_up(before, after) == kept


def test_another_kind_of_size_is_as_it_is():
    assert backed_up(replace(SMALL, backup_days=35), replace(AURORA, backup_days=10)).backup_days == 10


@pytest.mark.parametrize(
    ("protected", "words"),
    [
        (True, "the sizes before, but for the days that backups are kept"),
        (False, "the sizes before, in one update"),
    ],
)
def test_the_way_back_from_longer_backups_says_that_they_stay(protected: bool, words: str):
    step = Step(stage=Stage.ROOM, before=redis(Phase.GROWTH), after=replace(redis(Phase.GROWTH), snapshot_days=15))

    assert way_back(step, protected=protected) == words


def test_the_way_back_from_longer_backups_and_more_storage_says_both():
    more = replace(SMALL, instance_class="db.m7g.large", storage_gib=150, backup_days=30)
    step = Step(stage=Stage.ROOM, before=SMALL, after=more)

    assert way_back(step, protected=True) == (
        "the sizes before, but for what cannot be taken back and the days that backups are kept"
    )
