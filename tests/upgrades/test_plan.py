"""Paths from phase to phase: what every one of them has to hold."""

from itertools import pairwise
from typing import Any

import pytest

from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from stacks.hops import steps
from stacks.stages import ALONE, WITH_THE_PHASE, Stage
from tests.upgrades.paths import carried_out, config, outline, pairs, place, planned, positions, read
from upgrades.plan import sizes_of

EVERY = [
    pytest.param(stack, before, after, id=f"{stack} {place(before)} to {place(after)}")
    for stack, before, after in pairs()
]
every_pair = pytest.mark.parametrize(("stack", "before", "after"), EVERY)


@every_pair
def test_every_pair_has_a_path_to_its_target_or_a_reason(stack: str, before: dict[str, Any], after: dict[str, Any]):
    found, _ = planned(stack, before, after)

    if found.refused:
        assert all(one.because and one.instead for one in found.refusals)
    else:
        assert found.ups[-1].last
        assert sizes_of(found.ups[-1].settings) == sizes_of(found.target)


@every_pair
def test_the_stack_file_of_each_update_is_read_as_what_was_planned(
    stack: str, before: dict[str, Any], after: dict[str, Any]
):
    found, aim = planned(stack, before, after)

    for up, written in carried_out(before, found, aim):
        settings = read(stack, written)
        assert (settings.phase, sizes_of(settings)) == (up.settings.phase, sizes_of(up.settings))
        assert settings.unlock == up.settings.unlock


@every_pair
def test_planned_again_from_anywhere_the_rest_comes_out(stack: str, before: dict[str, Any], after: dict[str, Any]):
    found, aim = planned(stack, before, after)

    for number, (_, written) in enumerate(carried_out(before, found, aim), start=1):
        again, _ = planned(stack, written, after)
        assert (outline(again), positions(again)) == (outline(found)[number:], positions(found)[number:])


@every_pair
def test_what_must_be_apart_is_apart(stack: str, before: dict[str, Any], after: dict[str, Any]):
    found, _ = planned(stack, before, after)

    for up in found.ups:
        stages = [step.stage for step in up.steps.values()]
        assert len(stages) == 1 or not set(stages) & ALONE
        assert not up.last or set(stages) <= WITH_THE_PHASE


@every_pair
def test_stores_change_in_the_order_of_an_upgrade(stack: str, before: dict[str, Any], after: dict[str, Any]):
    """Within one kind of size: a move to another kind begins anew."""
    found, _ = planned(stack, before, after)

    for store in found.ups[0].steps.keys() | found.ups[-1].steps.keys() if found.ups else ():
        mine = [up.steps[store] for up in found.ups if store in up.steps]
        alike = [(a.stage, b.stage) for a, b in pairwise(mine) if a.stage not in KINDS and b.stage not in KINDS]
        order = list(Stage)
        assert all(order.index(a) <= order.index(b) for a, b in alike), alike


KINDS = {Stage.MOVE, Stage.PROMOTION, Stage.RETIREMENT, Stage.RETURN, Stage.UNLOCK}


@every_pair
def test_no_update_does_what_its_size_says_takes_several(stack: str, before: dict[str, Any], after: dict[str, Any]):
    found, _ = planned(stack, before, after)

    for up in found.ups:
        for step in up.steps.values():
            if step.before and step.after and not isinstance(step.after, PostgresMove):
                assert len(steps(step.before, step.after)) <= 1


def test_storage_and_a_standby_come_before_another_class():
    found, _ = planned("clubapp-prod", config("mvp"), config("growth"))

    first, last = (up.steps["main"].after for up in found.ups if "main" in up.steps)
    assert isinstance(first, PostgresSize)
    assert isinstance(last, PostgresSize)
    assert (first.storage_gib, first.multi_az, first.instance_class) == (50, True, "db.t4g.micro")
    assert last.instance_class == "db.t4g.medium"


def test_a_move_to_aurora_shares_its_risky_updates_with_nothing():
    found, _ = planned("devmentor-prod", config("growth"), config("scale"))

    assert outline(found) == [
        {"main": "MOVE", "cache": "ROOM"},
        {"cache": "CLASS"},
        {"main": "PROMOTION"},
        {"main": "RETIREMENT"},
        {},
    ]
    assert [sorted(up.settings.unlock) for up in found.ups] == [[], [], ["main"], [], []]


def test_a_deviation_of_the_stack_file_is_where_the_path_starts_and_ends():
    sizes = {"main": {"storageGib": 60, "maxStorageGib": 300}}

    found, _ = planned("clubapp-dev", config("mvp", sizes=sizes), config("growth", sizes=sizes))

    reached = [up.steps["main"].after for up in found.ups if "main" in up.steps]
    assert [size.storage_gib for size in reached if isinstance(size, PostgresSize)] == [60, 60]


def test_a_smaller_phase_keeps_the_storage_as_a_deviation():
    found, aim = planned("clubapp-dev", config("growth"), config("mvp"))

    *_, (_, written) = carried_out(config("growth"), found, aim)
    assert written["datastores:sizes"] == {"main": {"storageGib": 50, "maxStorageGib": 200}}


def test_what_is_taken_away_goes_last():
    found, _ = planned("clubapp-dev", config("growth"), config("mvp"))

    assert outline(found)[0] == {"main": "CLASS", "cache": "CLASS"}
    assert outline(found)[1] == {"main": "LESS", "cache": "LESS"}


def test_cluster_mode_is_not_left_and_the_refusal_says_what_to_do_by_hand():
    found, _ = planned("clubapp-dev", config("enterprise"), config("scale"))

    (refusal,) = found.refusals
    assert refusal.resource == "store cache"
    assert "take a snapshot, restore it into a cache that is new" in refusal.instead


def test_aurora_is_not_left_for_an_instance():
    found, _ = planned("devmentor-prod", config("scale"), config("growth"))

    assert found.refused
    assert "pg_dump" in found.refusals[0].instead


def test_a_store_goes_in_dev_and_is_refused_where_data_are_kept():
    with_redis, without = config("mvp"), config("mvp", {"redis": "false"})

    in_dev, _ = planned("workflows-dev", with_redis, without)
    in_prod, _ = planned("workflows-prod", with_redis, without)

    assert in_dev.ups[0].lost == ("cache", "queue")
    assert [one.resource for one in in_prod.refusals] == ["store cache", "store queue"]


def test_nothing_to_do_is_no_update():
    found, _ = planned("clubapp-dev", config("mvp"), config("mvp"))

    assert (found.ups, found.refusals) == ((), ())


def test_taking_a_move_back_lifts_protection_first_and_only_where_there_is_one():
    there, aim = planned("devmentor-prod", config("growth"), config("scale"))
    _, moving = next(carried_out(config("growth"), there, aim))

    in_prod, _ = planned("devmentor-prod", moving, config("growth"))
    in_dev, _ = planned("devmentor-dev", moving, config("growth"))

    assert [[up["main"] for up in outline(one) if "main" in up] for one in (in_prod, in_dev)] == [
        ["UNLOCK", "RETURN"],
        ["RETURN"],
    ]
