"""What an update that was stopped half-way has not begun to change is not changed by the way back."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from stacks.aim import Aim
from stacks.render import render
from stacks.settings import Settings
from tests.upgrades.paths import carried_out, choices_of, config, config_for, planned, read
from upgrades.edits import SIGNATURE
from upgrades.halfway import reached
from upgrades.keeping import KEEPERS
from upgrades.plan import plan, sizes_of

CLUSTER = "documents-cluster"
PRIMARY = "main-primary"


def updates(stack: str, before: Mapping[str, Any], to: str) -> list[Settings]:
    """Give what is deployed before an upgrade, and after each of its updates."""
    there, aim = planned(stack, before, {**before, "datastores:phase": to})
    return [read(stack, before), *(read(stack, written) for _, written in carried_out(before, there, aim))]


def state(resources: Sequence[Mapping[str, Any]], **other: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the resources as a state has them; of some, by name, *other* inputs."""
    return [
        {
            "type": one["type"],
            "urn": f"urn:pulumi:s::datastores::{one['type']}::{one['name']}",
            "inputs": {"__defaults": [], **one["inputs"], **other.get(one["name"].replace("-", "_"), {})},
        }
        for one in resources
    ]


def inputs(settings: Settings, name: str) -> Mapping[str, Any]:
    (found,) = (one["inputs"] for one in render(settings) if one["name"] == name)
    return found


DEVORA = config_for("devora", "scale", next(choices_of("devora")))
_, ONE, TWO, THREE = updates("devora-prod", DEVORA, "enterprise")[:4]
"""The third update gives the cluster a second shard."""


def test_what_is_as_before_has_the_size_before():
    found = reached(ONE, TWO, state(render(ONE)), render)

    assert sizes_of(found) == sizes_of(ONE)
    assert found.hop is not None
    assert found.hop.step == 2


def test_what_has_changed_has_the_size_of_the_hop_and_the_others_have_not():
    stores = sizes_of(THREE)
    changed = {CLUSTER.replace("-", "_"): inputs(THREE, CLUSTER)}
    found = sizes_of(reached(TWO, THREE, state(render(TWO), **changed), render))

    assert found["documents"] == stores["documents"] != sizes_of(TWO)["documents"]
    assert found["memory"] == sizes_of(TWO)["memory"] != stores["memory"]


def test_what_is_all_there_is_what_the_file_says():
    assert sizes_of(reached(ONE, TWO, state(render(TWO)), render)) == sizes_of(TWO)


def test_where_nothing_shows_it_the_hop_counts():
    assert sizes_of(reached(ONE, TWO, [], render)) == sizes_of(TWO)


def test_a_secret_shows_nothing():
    before, first = updates("clubapp-prod", config("mvp"), "growth")[:2]
    hidden = {key: {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270"} for key in inputs(before, PRIMARY)}
    resources = [one for one in render(before) if one["name"] == PRIMARY]

    assert (
        sizes_of(reached(before, first, state(resources, main_primary=hidden), render))["main"]
        == sizes_of(first)["main"]
    )


def test_a_new_resource_of_a_store_shows_that_it_has_changed():
    before, first = updates("clubapp-prod", config("mvp"), "growth")[:2]
    new = [one for one in render(first) if one["name"] not in {old["name"] for old in render(before)}]
    ours = [one for one in new if one["name"].startswith("cache-")]
    found = sizes_of(reached(before, first, state([*render(before), ours[0]]), render))

    assert found["cache"] == sizes_of(first)["cache"]
    assert found["main"] == sizes_of(before)["main"]


@pytest.mark.parametrize("changed", [True, False])
def test_a_way_back_shards_and_grows_only_what_has_begun_to(changed: bool):
    now = reached(TWO, THREE, state(render(THREE if changed else TWO)), render)
    back = plan(now, Aim(settings=read("devora-prod", DEVORA), config=DEVORA, also=()), render)
    kept = {key for one in back.kept for key in one.fields if one.store == "documents" and one.why == KEEPERS[0].why}

    assert back.refusals == ()
    assert ("shards" in kept) is changed
