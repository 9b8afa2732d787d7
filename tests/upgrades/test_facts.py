"""The table of effects: complete, without contradictions, and the gate refuses what is not in it."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.resources import TYPES
from stacks.phases import STATEFUL, Environment
from tests.upgrades.change import edit
from upgrades.comparisons import CannotTellError
from upgrades.edits import Edit
from upgrades.effects import TABLE, effect_of, together
from upgrades.facts import limits
from upgrades.facts.fact import Change, EffectKind, Fact
from upgrades.facts.table import FACTS, MEMBERS, Table
from upgrades.facts.unlisted import unlisted
from upgrades.gate import REFUSED, judge

ALL = [(type_, fact) for type_, found in FACTS.items() for fact in found]
INSTANCE, CLUSTER = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"
TABLE_TYPE, GROUP = "aws:dynamodb/table:Table", "aws:elasticache/replicationGroup:ReplicationGroup"
ATLAS = "mongodbatlas:index/advancedCluster:AdvancedCluster"


def example(type_: str, fact: Fact) -> Edit:
    """Give a change that meets a fact."""
    path = fact.path.removesuffix(".*")
    before, after = fact.when.example["before"], fact.when.example["after"]
    was, will = (dict(fact.when.example.get(when, {})) for when in ("was", "will"))
    key = path.partition("[")[0]
    if f"{key}[]" in path and key in MEMBERS:
        before, after = (_member(path.removeprefix(f"{key}[]"), value, MEMBERS[key]) for value in (before, after))
        path = key
    path = path.replace("[]", "[0]")
    if path.isalnum():
        was, will = {path: before, **was}, {path: after, **will}
    return edit(path, before, after, type=type_, was=was, will=will)


def _member(path: str, value: Any, name: str) -> list[dict[str, Any]]:
    """Write a list whose only member has *value* at a path, or that has no member at all."""
    steps = path.replace("[]", "").strip(".").split(".")
    if steps == [""]:
        return [] if value is None else [{name: str(value)}]
    inside: Any = value
    for step in reversed(steps):
        inside = {step: inside}
    return [{name: "m", **inside}]


def paths(type_: str) -> set[str]:
    return {fact.path for fact in FACTS[type_]}


def test_every_stateful_type_is_in_the_table():
    assert sorted(STATEFUL - FACTS.keys()) == []


@pytest.mark.parametrize("type_", FACTS)
def test_every_property_that_the_pinned_sdks_accept_is_in_the_table(type_: str):
    assert unlisted(type_, FACTS[type_]) == []


def test_a_property_that_is_not_in_the_table_is_listed():
    known = [fact for fact in FACTS[TABLE_TYPE] if fact.path != "globalSecondaryIndexes[].readCapacity"]

    assert unlisted(TABLE_TYPE, known) == ["globalSecondaryIndexes[].readCapacity"]


@pytest.mark.parametrize("type_", ["aws:rds", "azure:sql/database:Database", "aws:rds/cabinet:Cabinet"])
def test_what_is_no_type_has_no_properties(type_: str):
    with pytest.raises(ValueError, match=r"must be a type such as|has no aws:rds/cabinet:Cabinet"):
        unlisted(type_, [])


def test_every_fact_has_a_source():
    assert [fact.path for _, fact in ALL if not fact.source.strip()] == []


def test_what_is_no_way_says_why_and_which_way_there_is():
    ways = (EffectKind.FORBIDDEN, EffectKind.TWO_STEP)

    assert [fact.path for _, fact in ALL if fact.kind in ways and not (fact.note and fact.instead)] == []


def test_what_takes_a_store_away_says_for_how_long_and_nothing_else_does():
    short = (EffectKind.FAILOVER, EffectKind.REBOOT)

    assert [fact.path for _, fact in ALL if (fact.kind in short) and not 0 <= fact.outage.low < fact.outage.high] == []
    assert [fact.path for _, fact in ALL if fact.kind is EffectKind.ONLINE and fact.outage.high] == []


@pytest.mark.parametrize("type_", FACTS)
def test_of_a_block_either_the_whole_is_known_or_its_parts(type_: str):
    wholes = [path.removesuffix(".*") for path in paths(type_) if path.endswith(".*")]

    assert [
        (whole, path)
        for whole in wholes
        for path in paths(type_)
        if path == whole or (path.startswith((f"{whole}[", f"{whole}.")) and path != f"{whole}.*")
    ] == []


@pytest.mark.parametrize("type_", FACTS)
def test_of_several_facts_about_a_property_one_holds(type_: str):
    wrong = [
        (fact.path, fact.when.words, met)
        for fact in FACTS[type_]
        for met in [
            sum(one.when.holds(place.change) for one in place.facts) for place in TABLE.places(example(type_, fact))
        ]
        if met != 1
    ]

    assert wrong == []


@pytest.mark.parametrize("type_", FACTS)
def test_the_example_of_a_fact_meets_it(type_: str):
    wrong = [
        fact.path
        for fact in FACTS[type_]
        if (effect := effect_of(example(type_, fact))) is None or effect.kind != fact.kind
    ]

    assert wrong == []


def without(type_: str, gone: Fact) -> Table:
    return Table({**FACTS, type_: [fact for fact in FACTS[type_] if fact is not gone]})


@pytest.mark.parametrize("type_", FACTS)
def test_without_a_fact_the_gate_refuses_what_it_allowed(type_: str):
    """Of each fact, whatever it says: the change that it is about does not go through once nobody knows of it."""
    passing = [
        (fact.path, fact.when.words)
        for fact in FACTS[type_]
        for verdict in [judge([example(type_, fact)], stack="a-prod", environment=None, table=without(type_, fact))]
        if verdict.exit_code != REFUSED
    ]

    assert passing == []


@pytest.mark.parametrize("type_", sorted(STATEFUL))
def test_of_a_stateful_type_that_the_table_has_lost_everything_is_refused(type_: str):
    table = Table({one: facts for one, facts in FACTS.items() if one != type_})
    verdict = judge([edit("tags", {}, {"a": "b"}, type=type_)], stack="a-prod", environment=None, table=table)

    assert verdict.exit_code == REFUSED


@settings(max_examples=200)
@given(chosen=st.sampled_from(ALL), gone=st.sets(st.integers(0, len(ALL) - 1), max_size=50))
def test_with_less_knowledge_nothing_passes_that_did_not(chosen: tuple[str, Fact], gone: set[int]):
    type_, fact = chosen
    left = {type_: [one for number, (its, one) in enumerate(ALL) if its == type_ and number not in gone]}
    change = example(type_, fact)

    known, less = (judge([change], stack="a-prod", environment=None, table=table) for table in (TABLE, Table(left)))

    assert (known.exit_code, less.exit_code) != (REFUSED, 0)


# The local cloud imitates replacements: what it replaces must be known as no small thing.
_OTHERWISE = {
    # The provider's schema has no ForceNew there (global_cluster.go); the local cloud is stricter.
    ("aws:rds/globalCluster:GlobalCluster", "engineLifecycleSupport"),
}


def test_what_the_local_cloud_replaces_is_never_called_online():
    contradictions = [
        (type_, path)
        for type_ in FACTS.keys() & TYPES.keys()
        for path in TYPES[type_].replace
        if (type_, path) not in _OTHERWISE
        and all(fact.kind is EffectKind.ONLINE for fact in FACTS[type_] if fact.path in (path, f"{path}.*"))
        and not type_.startswith("aws:appautoscaling/")
    ]

    assert contradictions == []


# Some facts that people ask about


def effect(type_: str, path: str, before: Any, after: Any, **around: Mapping[str, Any]) -> Any:
    return effect_of(Change(type=type_, path=path, before=before, after=after, **around))


def test_a_standby_makes_a_failover_of_a_reboot():
    alone = effect(INSTANCE, "instanceClass", "db.t4g.micro", "db.t4g.small")
    with_standby = effect(INSTANCE, "instanceClass", "db.t4g.micro", "db.t4g.small", was={"multiAz": True})

    assert (alone.kind, with_standby.kind) == ("reboot", "failover")
    assert with_standby.outage == limits.FAILOVER


def test_storage_waits_six_hours():
    waits = effect(INSTANCE, "allocatedStorage", 50, 80).waits

    assert [(wait.of, wait.times, wait.within) for wait in waits] == [("storage", 1, timedelta(hours=6))]


def test_a_table_goes_to_on_demand_four_times_a_day_and_back_at_any_time():
    there = effect(TABLE_TYPE, "billingMode", "PROVISIONED", "PAY_PER_REQUEST")
    back = effect(TABLE_TYPE, "billingMode", "PAY_PER_REQUEST", "PROVISIONED")

    assert [(wait.times, wait.within) for wait in there.waits] == [(4, timedelta(hours=24))]
    assert back.waits == ()


def test_a_cluster_becomes_io_optimized_once_in_thirty_days():
    engine = {"engine": "aurora-postgresql"}

    waits = effect(CLUSTER, "storageType", "aurora", "aurora-iopt1", will=engine).waits

    assert [wait.within for wait in waits] == [timedelta(days=30)]


@pytest.mark.parametrize(("after", "kind"), [("7.0", "failover"), ("8.0", "two-step"), ("5.0", "forbidden")])
def test_atlas_goes_one_major_version_at_a_time(after: str, kind: str):
    assert effect(ATLAS, "mongoDbMajorVersion", "6.0", after).kind == kind


def cluster(size: str, **more: Any) -> dict[str, Any]:
    region = {"providerName": "AWS", "regionName": "EU_CENTRAL_1", "electableSpecs": {"instanceSize": size}, **more}
    return {"replicationSpecs": [{"regionConfigs": [region]}]}


def resized(was: dict[str, Any], will: dict[str, Any]) -> Any:
    specs = was["replicationSpecs"], will["replicationSpecs"]
    return effect(ATLAS, "replicationSpecs", *specs, was=was, will=will)


def test_an_atlas_cluster_is_resized_one_node_after_the_other():
    assert resized(cluster("M10"), cluster("M20")).kind == "failover"


def test_a_zone_gets_its_name_when_the_cluster_becomes_global_and_keeps_it():
    path = "replicationSpecs[0].zoneName"
    was, will = {"clusterType": "REPLICASET"}, {"clusterType": "GEOSHARDED"}

    assert effect(ATLAS, path, "Zone 1", "home", was=was, will=will).kind == "online"
    assert effect(ATLAS, path, "home", "dr", was=will, will=will).kind == "forbidden"


def test_what_atlas_autoscales_is_not_set():
    scaled = {"autoScaling": {"computeEnabled": True}}
    was, will = cluster("M10", **scaled), cluster("M20", **scaled)

    assert resized(was, will).kind == "forbidden"
    assert resized(was, {**will, "useEffectiveFields": True}).kind == "online"


def test_a_shared_cluster_becomes_a_dedicated_one_with_an_outage():
    was = cluster("M0", providerName="TENANT", backingProviderName="AWS")

    assert (resized(was, cluster("M10")).kind, resized(cluster("M10"), was).kind) == ("reboot", "forbidden")


def test_what_aws_adds_to_an_index_is_no_change_of_it():
    said = [{"name": "by-day", "hashKey": "day", "projectionType": "ALL"}]
    deployed = [{**said[0], "readCapacity": 0, "nonKeyAttributes": []}]

    change = Change(
        type=TABLE_TYPE,
        path="globalSecondaryIndexes",
        before=deployed,
        after=said,
        was={"globalSecondaryIndexes": said},
        will={"globalSecondaryIndexes": said},
    )

    assert list(TABLE.places(change)) == []


def test_what_autoscaling_grew_is_not_taken_for_a_smaller_volume():
    around: Mapping[str, Any] = {"was": {"allocatedStorage": 20}, "will": {"maxAllocatedStorage": 100}}

    assert effect(INSTANCE, "allocatedStorage", 60, 30, **around).kind == "online"


def test_what_is_not_known_before_the_deployment_is_not_guessed():
    with pytest.raises(CannotTellError):
        effect(INSTANCE, "allocatedStorage", 50, "04da6b54-80e4-46f7-96ec-b56ff0331ba9")


def test_no_fact_no_effect():
    assert effect(INSTANCE, "cacheMode", 1, 2) is None


def test_together_changes_have_the_worst_effect_of_any():
    pair = [effect(INSTANCE, "tags", {}, {"a": "b"}), effect(INSTANCE, "port", 5432, 5433)]

    assert together(pair).kind == "reboot"


def test_the_kinds_are_all_used():
    assert set(Counter(fact.kind for _, fact in ALL)) == set(EffectKind)


def test_dev_is_only_warned_of_what_nobody_knows():
    verdict = judge([edit("cacheMode", 1, 2, type=GROUP)], stack="a-dev", environment=Environment.DEV)

    assert (verdict.exit_code, len(verdict.warnings)) == (0, 1)
