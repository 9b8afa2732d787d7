"""Paths from phase to phase: what every one of them has to hold."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise

import pytest

from sizes.atlas import AtlasSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from stacks.applications import APPLICATIONS
from stacks.hops import steps
from stacks.phases import Phase
from stacks.stages import ALONE, WITH_THE_PHASE, Stage
from tests.upgrades.paths import (
    Way,
    carried_out,
    choices_of,
    config,
    config_for,
    outline,
    planned,
    positions,
    read,
    ways,
)
from upgrades.keeping import grown
from upgrades.plan import sizes_of

Law = Callable[[Way], Iterable[object]]
"""Gives what breaks it on a way; nothing is good."""
KINDS = {Stage.MOVE, Stage.PROMOTION, Stage.RETIREMENT, Stage.RETURN, Stage.UNLOCK}
"""Stages that move a store to another kind, where the order begins anew."""

every_application = pytest.mark.parametrize(
    "application", [pytest.param(name, marks=pytest.mark.xdist_group(f"paths-{name}")) for name in APPLICATIONS]
)


def broken(application: str, law: Law) -> list[str]:
    """Give what breaks a law on any way of an application: each pair of phases, each of choices."""
    return [f"{way.name}: {one}" for way in ways(application) for one in law(way)]


def test_every_pair_of_phases_and_of_choices_is_a_way():
    found = {application: len(ways(application)) for application in APPLICATIONS}

    assert found == {"clubapp": 12, "devmentor": 12, "devora": 96, "heka": 60, "workflows": 96}


@every_application
def test_every_pair_has_a_path_to_its_target_or_a_reason(application: str):
    assert broken(application, _no_target_and_no_reason) == []


def _no_target_and_no_reason(way: Way) -> Iterable[object]:
    found = way.plan
    if found.refused:
        yield from (one for one in found.refusals if not (one.because and one.instead))
    elif not (found.ups[-1].last and sizes_of(found.ups[-1].settings) == sizes_of(found.target)):
        yield outline(found)


@every_application
def test_a_reason_names_no_class_of_the_program(application: str):
    said = {refusal.what for way in ways(application) for refusal in way.plan.refusals}

    assert [what for what in said if re.search("[A-Z][a-z]+Size", what)] == []


def test_a_cluster_that_is_sharded_is_not_told_to_keep_its_disk():
    before = config_for("devora", "enterprise", next(choices_of("devora")))
    asked = {"sharded": False, "shards": 1, "diskGib": 160}
    found, _ = planned("devora-prod", before, {**before, "datastores:sizes": {"documents": asked}})
    (refusal,) = [one for one in found.refusals if one.resource == "store documents"]

    assert (
        refusal.what == "cannot go from a cluster of M60, 320 GB, sharded (2) to a cluster of M60, 160 GB, not sharded"
    )
    assert "--set" not in refusal.instead


@every_application
def test_the_stack_file_of_each_update_is_read_as_what_was_planned(application: str):
    assert broken(application, _written_otherwise) == []


def _written_otherwise(way: Way) -> Iterable[object]:
    for up, written in way.carried_out():
        settings = read(way.stack, written)
        told, planned_ = ((one.phase, sizes_of(one), one.unlock) for one in (settings, up.settings))
        if told != planned_:
            yield told, planned_


@every_application
def test_planned_again_from_anywhere_the_rest_comes_out(application: str):
    assert broken(application, _another_rest) == []


def _another_rest(way: Way) -> Iterable[object]:
    for number, (_, written) in enumerate(way.carried_out(), start=1):
        again, _ = planned(way.stack, written, way.after)
        if (outline(again), positions(again)) != (outline(way.plan)[number:], positions(way.plan)[number:]):
            yield number, outline(again)


@every_application
def test_what_must_be_apart_is_apart(application: str):
    assert broken(application, _together) == []


def _together(way: Way) -> Iterable[object]:
    for up in way.plan.ups:
        stages = {step.stage for step in up.steps.values()}
        if (len(up.steps) > 1 and stages & ALONE) or (up.last and not stages <= WITH_THE_PHASE):
            yield up.number, stages


@every_application
def test_stores_change_in_the_order_of_an_upgrade(application: str):
    assert broken(application, _out_of_order) == []


def _out_of_order(way: Way) -> Iterable[object]:
    order = list(Stage)
    for store in {name for up in way.plan.ups for name in up.steps}:
        mine = [up.steps[store].stage for up in way.plan.ups if store in up.steps]
        alike = [pair for pair in pairwise(mine) if not KINDS & set(pair)]
        yield from ((store, pair) for pair in alike if order.index(pair[0]) > order.index(pair[1]))


@every_application
def test_no_update_does_what_its_size_says_takes_several(application: str):
    assert broken(application, _several_at_once) == []


def _several_at_once(way: Way) -> Iterable[object]:
    for up in way.plan.ups:
        for name, step in up.steps.items():
            if step.before is None or step.after is None or isinstance(step.after, PostgresMove):
                continue
            if len(steps(step.before, step.after)) > 1:
                yield up.number, name


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


def test_a_smaller_phase_keeps_the_disk_of_a_cluster_of_atlas():
    before, after = (config_for("heka", phase, {"databases": "mongodb"}) for phase in ("growth", "mvp"))

    found, aim = planned("heka-prod", before, after)

    *_, (_, written) = carried_out(before, found, aim)
    assert written["datastores:sizes"] == {"documents": {"diskGib": 40, "continuousDays": 14}}


def test_a_disk_that_the_smaller_tier_cannot_have_keeps_the_lowest_tier_that_can():
    before, after = (config_for("heka", phase, {"databases": "mongodb"}) for phase in ("scale", "growth"))

    found, aim = planned("heka-prod", before, after)

    *_, (_, written) = carried_out(before, found, aim)
    assert written["datastores:sizes"]["documents"] == {
        "tier": "M20",
        "maxTier": None,
        "diskGib": 200,
        "continuousDays": 35,
        "drCopies": True,
    }


def test_a_smaller_disk_that_the_stack_file_asks_for_is_refused():
    before, after = (config_for("heka", phase, {"databases": "mongodb"}) for phase in ("scale", "growth"))

    found, _ = planned("heka-prod", before, {**after, "datastores:sizes": {"documents": {"diskGib": 40}}})

    assert [one.because for one in found.refusals] == ["a disk never gets smaller: keep disk_gib 200 or more, got 40"]


def test_a_disk_that_atlas_let_grow_is_kept_in_every_update_and_as_a_deviation():
    before, after = (config_for("devora", phase, {"memory": "false"}) for phase in ("growth", "scale"))

    found, aim = planned("devora-prod", before, after, {"documents": 75})

    *_, (_, written) = carried_out(before, found, aim)
    reached = [up.steps["documents"].after for up in found.ups if "documents" in up.steps]
    assert {size.disk_gib for size in reached if isinstance(size, AtlasSize)} == {75}
    assert written["datastores:sizes"] == {"documents": {"diskGib": 75}}


def test_a_disk_that_grew_and_is_asked_to_be_smaller_is_refused_with_what_to_keep():
    sizes = {"documents": {"diskGib": 50}}
    before, after = (config_for("devora", phase, {"memory": "false"}) for phase in ("growth", "scale"))

    found, _ = planned("devora-prod", before, {**after, "datastores:sizes": sizes}, {"documents": 75})

    assert [(one.because, one.instead) for one in found.refusals] == [
        (
            "a disk never gets smaller: keep disk_gib 75 or more, got 50",
            "keep it: --set sizes.documents.diskGib=75, with a tier that can have it: docs/upgrades.md, by hand",
        )
    ]


def test_a_cluster_that_does_not_change_is_not_touched_for_its_disk():
    before = config_for("devora", "growth", {"memory": "true"})
    sizes = {"memory": {"storageGib": 40}}

    found, _ = planned("devora-prod", before, {**before, "datastores:sizes": sizes}, {"documents": 75})

    assert found.ups
    assert not [up for up in found.ups if "documents" in up.steps]


def test_a_disk_beyond_its_tier_was_grown_with_a_higher_one():
    size = APPLICATIONS["devora"].stores[0].sizes[Phase.SCALE]

    assert grown(size, 500) == replace(size, tier="M40", max_tier="M50", disk_gib=500)
    assert grown(size, 1_600) == replace(size, tier="M50", max_tier=None, disk_gib=1_600)
    assert grown(size, 40) == size


def test_what_is_taken_away_goes_last():
    found, _ = planned("clubapp-dev", config("growth"), config("mvp"))

    assert outline(found)[0] == {"main": "CLASS", "cache": "CLASS"}
    assert outline(found)[1] == {"main": "LESS", "cache": "LESS"}


def test_cluster_mode_is_kept():
    found, aim = planned("clubapp-dev", config("enterprise"), config("scale"))

    *_, (_, written) = carried_out(config("enterprise"), found, aim)
    assert written["datastores:sizes"]["cache"] == {"clusterMode": "enabled"}


def test_a_cluster_mode_that_the_stack_file_asks_for_is_refused_with_what_to_do_by_hand():
    asked = {"datastores:sizes": {"cache": {"clusterMode": "disabled", "shards": 1}}}
    found, _ = planned("clubapp-dev", config("enterprise"), {**config("enterprise"), **asked})

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
