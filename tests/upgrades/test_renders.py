"""Two renders are compared as the providers would: every step of growth is safe, no step back is."""

import json
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from stacks.application import RedisStore
from stacks.hops import hops
from stacks.phases import Environment, Phase
from stacks.render import render
from stacks.rows import written
from stacks.settings import FOLDER, Settings
from upgrades.edits import PROTECT, REGION, Edit, Operation
from upgrades.gate import REFUSED, SAFE, Verdict, judge
from upgrades.hop import Hop
from upgrades.renders import Rendered, edits_between, standing

STACKS = sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in FOLDER.glob("Pulumi.*.yaml"))


def has_redis(stack: str) -> bool:
    return any(isinstance(store, RedisStore) for store in Settings.read(stack).application.stores)


GUARDED = [stack for stack in STACKS if not stack.endswith("-dev")]

TABLE, KEY = "aws:dynamodb/table:Table", "aws:kms/key:Key"

Step = tuple[str, Mapping[str, str]]
"""A name, and the settings of one `up`."""


def way(stack: str) -> list[Step]:
    """Give the settings of each `up` from mvp to enterprise: the hops between two phases, then the later phase."""
    stores = Settings.read(stack).application.stores
    found: list[Step] = [("mvp", {"phase": "mvp"})]
    for before, after in pairwise(Phase):
        for number, sizes in enumerate(hops(stores, before, after), start=1):
            hop = {"to": after, "step": number, "sizes": {name: written(size) for name, size in sizes.items()}}
            moved = [name for name, size in sizes.items() if getattr(size, "writer", None) == "cluster"]
            settings = {"phase": str(before), "hop": json.dumps(hop), "unlock": json.dumps(moved)}
            found.append((f"{before} to {after}, hop {number}", settings))
        found.append((str(after), {"phase": str(after)}))
    return found


@cache
def settings_of(stack: str, name: str) -> Settings:
    return Settings.read(stack, overrides=dict(way(stack))[name])


@cache
def rendered(stack: str, name: str) -> Rendered:
    settings = settings_of(stack, name)
    return Rendered(stack=stack, region=settings.region, resources=render(settings))


def verdict(
    before: Rendered, after: Rendered, *, hop: Hop | None = None, environment: Environment = Environment.PROD
) -> Verdict:
    edits, alone = edits_between(before, after), standing(before, after)
    return judge(edits, stack=after.stack, environment=environment, hop=hop, standing=alone)


def hop_at(stack: str, name: str) -> Hop | None:
    hop = settings_of(stack, name).hop
    return Hop(sizes={store: written(size) for store, size in hop.sizes.items()}) if hop else None


# Whether the environment keeps data is all that it decides here.
STEPS = [
    pytest.param(stack, before, after, id=f"{stack}: {after}")
    for stack in STACKS
    if stack.endswith("-prod")
    for (before, _), (after, _) in pairwise(way(stack))
]
PHASES = [
    pytest.param(stack, str(before), str(after), id=f"{stack}: {after}")
    for stack in STACKS
    if stack.endswith("-prod")
    for before, after in pairwise(Phase)
]
MOVING = sorted(
    {
        stack
        for stack in STACKS
        if stack.endswith("-prod")
        for _, settings in way(stack)
        if '"writer"' in settings.get("hop", "")
    }
)
MOVED, RETIRED = "growth to scale, hop 3", "growth to scale, hop 4"


@pytest.mark.parametrize(("stack", "before", "after"), STEPS)
def test_growing_is_safe_in_every_hop(stack: str, before: str, after: str):
    found = verdict(rendered(stack, before), rendered(stack, after), hop=hop_at(stack, after))

    assert (found.exit_code, found.refusals, found.doubts) == (SAFE, (), ())


@pytest.mark.parametrize(("stack", "before", "after"), PHASES)
def test_no_phase_goes_back(stack: str, before: str, after: str):
    assert verdict(rendered(stack, after), rendered(stack, before)).exit_code == REFUSED


@pytest.mark.parametrize(("stack", "before", "after"), PHASES)
def test_the_last_update_of_a_phase_is_online(stack: str, before: str, after: str):
    """What is left is the phase itself, in tags, and what stands beside the stores."""
    last = max(name for name, _ in way(stack) if name.startswith(f"{before} to {after}"))

    found = verdict(rendered(stack, last), rendered(stack, after))

    assert {seen.effect.kind for seen in found.effects} <= {"online"}


@pytest.mark.parametrize("stack", MOVING)
def test_an_instance_goes_only_in_the_hop_that_retires_it(stack: str):
    before, after = rendered(stack, MOVED), rendered(stack, RETIRED)

    accepted, elsewhere = verdict(before, after, hop=hop_at(stack, RETIRED)), verdict(before, after)

    assert accepted.exit_code == SAFE
    assert [(one.resource, one.what) for one in elsewhere.refusals if "would be deleted" in one.what] == [
        ("aws:rds/instance:Instance::main-primary", "would be deleted"),
        ("aws:rds/instance:Instance::main-replica-api", "would be deleted"),
    ]


@pytest.mark.parametrize("stack", MOVING)
@pytest.mark.parametrize("before", ["growth", "growth to scale, hop 1"])
def test_an_instance_does_not_go_before_its_cluster_takes_writes(stack: str, before: str):
    found = verdict(rendered(stack, before), rendered(stack, RETIRED), hop=hop_at(stack, RETIRED))

    assert "aws:rds/instance:Instance::main-primary" in {refusal.resource for refusal in found.refusals}


@pytest.mark.parametrize("stack", MOVING)
def test_protection_is_lifted_only_in_the_hop_that_moves_a_database(stack: str):
    before, after = rendered(stack, "growth to scale, hop 1"), rendered(stack, MOVED)

    found = verdict(before, after, hop=hop_at(stack, "growth to scale, hop 1"))

    assert found.exit_code == REFUSED


def test_a_way_has_its_hops():
    assert [name for name, _ in way("clubapp-prod")] == [
        "mvp",
        "mvp to growth, hop 1",
        "mvp to growth, hop 2",
        "growth",
        "growth to scale, hop 1",
        "growth to scale, hop 2",
        "scale",
        "scale to enterprise, hop 1",
        "scale to enterprise, hop 2",
        "scale to enterprise, hop 3",
        "enterprise",
    ]


@pytest.mark.parametrize("stack", [stack for stack in GUARDED if has_redis(stack)])
def test_a_jump_over_the_hops_is_refused(stack: str):
    found = verdict(rendered(stack, "scale"), rendered(stack, "enterprise"), hop=hop_at(stack, "enterprise"))

    assert 'clusterMode would go from "disabled" to "enabled"' in [refusal.what for refusal in found.refusals]


def test_a_phase_that_is_edited_by_hand_is_refused_where_it_means_an_outage():
    found = verdict(rendered("clubapp-prod", "mvp"), rendered("clubapp-prod", "growth"))

    assert [(one.resource.rpartition("::")[2], one.what, one.outage) for one in found.refusals] == [
        ("cache-group", 'nodeType would go from "cache.t4g.micro" to "cache.t4g.small"', True),
        ("main-primary", 'instanceClass would go from "db.t4g.micro" to "db.t4g.medium"', True),
    ]


def test_the_same_render_has_no_edits():
    one = rendered("clubapp-prod", "mvp")

    assert edits_between(one, one) == []


def test_lifting_the_protection_of_a_store_is_refused():
    settings = Settings.read("clubapp-prod", overrides={"phase": "mvp", "unlock": "[presence]"})
    after = Rendered(stack="clubapp-prod", region=settings.region, resources=render(settings))

    found = verdict(rendered("clubapp-prod", "mvp"), after)

    assert [f"{refusal.resource} {refusal.what}" for refusal in found.refusals] == [
        f"{TABLE}::presence-table would lose Pulumi's `protect`",
        f"{TABLE}::presence-table deletionProtectionEnabled would go from true to false",
    ]


# Small renders


def resource(type_: str, name: str, inputs: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    return {"type": type_, "name": name, "inputs": dict(inputs), "options": options}


def between(
    before: list[dict[str, Any]], after: list[dict[str, Any]], regions: tuple[str, str] = ("eu-west-1", "eu-west-1")
) -> list[Edit]:
    olds, news = (
        Rendered(stack="clubapp-prod", region=region, resources=resources)
        for region, resources in zip(regions, (before, after), strict=True)
    )
    return edits_between(olds, news)


def facts(edits: list[Edit]) -> list[tuple[str, str, str, bool]]:
    return [(edit.name, edit.operation, edit.path, edit.replaces) for edit in edits]


ITEMS = {"hashKey": "a", "attributes": [{"name": "a", "type": "S"}]}
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup"


def test_another_key_of_a_table_replaces_it():
    other = {"hashKey": "b", "attributes": [{"name": "b", "type": "S"}]}

    assert facts(between([resource(TABLE, "t", ITEMS)], [resource(TABLE, "t", other)])) == [
        ("t", "replace", "attributes", False),
        ("t", "replace", "hashKey", True),
    ]


def test_a_replacement_pulls_along_who_holds_its_outputs():
    """A subnet group has no data, the cache in it has."""
    group = {"subnetGroupName": f"ref:{SUBNETS}::s::name"}
    before = [resource(SUBNETS, "s", {"name": "one"}), resource(CACHE, "c", group)]
    after = [resource(SUBNETS, "s", {"name": "two"}), resource(CACHE, "c", group)]

    assert facts(between(before, after)) == [("s", "replace", "name", True), ("c", "replace", "subnetGroupName", True)]


def test_a_fixed_name_that_was_chosen_by_the_provider_replaces():
    assert facts(between([resource(TABLE, "t", ITEMS)], [resource(TABLE, "t", {**ITEMS, "name": "t"})])) == [
        ("t", "replace", "name", True)
    ]


def test_a_default_written_out_changes_nothing():
    assert between([resource(TABLE, "t", ITEMS)], [resource(TABLE, "t", {**ITEMS, "billingMode": "PROVISIONED"})]) == []


def test_another_parent_type_is_another_resource():
    before, after = (
        resource(TABLE, "t", ITEMS, parent=f"datastores:components:{kind}::x") for kind in ("Table", "Tab")
    )

    assert facts(between([before], [after])) == [("t", "delete", "", False), ("t", "create", "", False)]


@pytest.mark.parametrize(
    "alias",
    [{"name": "old"}, f"urn:pulumi:clubapp-prod::datastores::datastores:components:Table${TABLE}::old"],
    ids=["name", "urn"],
)
def test_an_alias_keeps_a_renamed_resource(alias: object):
    before = resource(TABLE, "old", ITEMS, parent="datastores:components:Table::x")

    assert between([before], [resource(TABLE, "new", ITEMS, aliases=[alias])]) == []


def test_another_region_replaces_everything():
    edits = between([resource(TABLE, "t", ITEMS)], [resource(TABLE, "t", ITEMS)], ("eu-west-1", "eu-central-1"))

    assert [(edit.path, edit.before, edit.after, edit.replaces) for edit in edits] == [
        (REGION, "eu-west-1", "eu-central-1", True)
    ]


def test_dropped_protection_is_an_edit_of_its_own():
    edits = between([resource(TABLE, "t", ITEMS, protect=True)], [resource(TABLE, "t", ITEMS)])

    assert [(edit.operation, edit.path, edit.before, edit.after) for edit in edits] == [
        (Operation.UNTOUCHED, PROTECT, True, False)
    ]


@pytest.mark.parametrize("where", ["*", "tags", "tags.a"])
def test_what_a_program_says_replaces_does(where: str):
    before, after = (resource(TABLE, "t", {**ITEMS, "tags": {"a": value}}, replaceOnChanges=[where]) for value in "xy")

    assert facts(between([before], [after])) == [("t", "replace", "tags.a", True)]


def test_what_a_program_ignores_is_no_change():
    before, after = (resource(TABLE, "t", {**ITEMS, "hashKey": value}, ignoreChanges=["hashKey"]) for value in "xy")

    assert between([before], [after]) == []


def test_a_type_that_the_local_cloud_does_not_know_is_compared_too():
    kind = "mongodbatlas:index/advancedCluster:AdvancedCluster"

    edits = between([resource(kind, "c", {"name": "a"})], [resource(kind, "c", {"name": "b"})])

    assert [(edit.path, edit.before, edit.after, edit.holds_data) for edit in edits] == [("name", "a", "b", True)]


def test_a_key_that_is_replaced_takes_the_stores_with_it():
    """The table follows to the new key in place, and what the old one encrypts is lost with the key."""
    table = {**ITEMS, "serverSideEncryption": {"enabled": True, "kmsKeyArn": f"ref:{KEY}::k::arn"}}
    before = [resource(KEY, "k", {}), resource(TABLE, "t", table)]
    after = [resource(KEY, "k", {"multiRegion": True}), resource(TABLE, "t", table)]

    assert facts(between(before, after)) == [
        ("k", "replace", "multiRegion", True),
        ("t", "update", "serverSideEncryption", False),
    ]
