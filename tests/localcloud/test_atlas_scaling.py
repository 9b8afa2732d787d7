"""How Atlas scales clusters and shards them, and what of it a program sees."""

from typing import Any, Final

import grpc
import pytest

from localcloud.wire import Props
from tests.localcloud.lives.atlas_inputs import (
    DR,
    changed,
    data_source,
    differing,
    new_cluster,
    nodes,
    planned,
    region,
    scaled,
    scaling,
    sizes,
    specs,
)
from tests.localcloud.scene import Scene

SCALED: Final = specs(region(autoScaling=scaling()))


# Autoscaling


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("M50", r"COMPUTE_AUTO_SCALING_MAX_INSTANCE_SIZE_INVALID: The max instance size \(M40\) must be greater than"),
        ("M10", r"COMPUTE_AUTO_SCALING_MIN_INSTANCE_SIZE_INVALID: The min instance size \(M20\) must be less than"),
    ],
)
def test_a_tier_must_lie_within_its_bounds(scene: Scene, size: str, said: str):
    with pytest.raises(grpc.RpcError, match=said):
        new_cluster(scene, replicationSpecs=specs(region(size, autoScaling=scaling("M20", "M40"))))


def test_a_scaled_cluster_is_no_drift_under_effective_fields(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED, useEffectiveFields=True)
    scaled(scene, made, instanceSize="M30", diskSizeGb=55)
    found = scene.read(made)
    told = data_source(scene, made, useEffectiveFields=True)["replicationSpecs"][0]["regionConfigs"][0]
    running = told["effectiveElectableSpecs"]

    assert found
    assert (found.inputs, differing(scene, found)) == (made.inputs, [])
    assert told["electableSpecs"]["instanceSize"] == "M10"
    assert (running["instanceSize"], running["diskSizeGb"]) == ("M30", 55)


def test_a_scaled_cluster_is_drift_without_effective_fields(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED)
    scaled(scene, made, instanceSize="M30")
    found = scene.read(made)

    assert found
    place = "replicationSpecs[0].regionConfigs[0].electableSpecs.instanceSize"
    assert differing(scene, found, replicationSpecs=SCALED) == [place]


def test_without_effective_fields_a_change_puts_the_scaled_tier_back(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED)
    scaled(scene, made, instanceSize="M30")

    after = changed(scene, made, replicationSpecs=specs(region("M20", autoScaling=scaling())))

    assert sizes(after)["instanceSize"] == "M20"


def test_with_effective_fields_another_tier_is_ignored_while_autoscaling_stays(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED, useEffectiveFields=True)
    scaled(scene, made, instanceSize="M30")

    after = changed(scene, made, replicationSpecs=specs(region("M20", autoScaling=scaling())))

    running = data_source(scene, made)["replicationSpecs"][0]["regionConfigs"][0]["effectiveElectableSpecs"]
    assert (sizes(after)["instanceSize"], running["instanceSize"]) == ("M20", "M30")


def test_with_effective_fields_bounds_are_checked_against_what_runs(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED, useEffectiveFields=True)
    scaled(scene, made, instanceSize="M30")

    with pytest.raises(grpc.RpcError, match=r"COMPUTE_AUTO_SCALING_MIN_INSTANCE_SIZE_INVALID.*\(M30\)"):
        changed(scene, made, replicationSpecs=specs(region("M50", autoScaling=scaling("M40", "M60"))))


def test_a_tier_is_set_by_hand_while_autoscaling_is_off(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED, useEffectiveFields=True)
    scaled(scene, made, instanceSize="M30")
    off = {"computeEnabled": False, "diskGbEnabled": False}

    set_ = changed(scene, made, replicationSpecs=specs(region("M50", autoScaling=off)))
    on = changed(scene, set_, replicationSpecs=specs(region("M50", autoScaling=scaling("M40", "M60"))))

    running = data_source(scene, on)["replicationSpecs"][0]["regionConfigs"][0]["effectiveElectableSpecs"]
    assert running["instanceSize"] == "M50"


def test_a_cluster_scales_within_its_bounds_only(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED)

    assert "M50 is outside of its bounds" in scaled(scene, made, instanceSize="M50")["error"]
    assert "It is off for this cluster" in scaled(scene, new_cluster(scene), diskSizeGb=50)["error"]


def test_nodes_are_not_dropped_while_effective_fields_are_toggled(scene: Scene):
    made = new_cluster(scene, replicationSpecs=specs(region(analyticsSpecs=nodes(count=1))))

    said = planned(scene, made, replicationSpecs=specs(), useEffectiveFields=True)

    assert "Cannot remove analytics_specs attributes while toggling use_effective_fields" in said[0]


def test_dropped_nodes_stay_until_their_count_is_0(scene: Scene):
    made = new_cluster(scene, replicationSpecs=specs(region(analyticsSpecs=nodes(count=1))))

    kept = changed(scene, made, replicationSpecs=specs(region("M20")))

    assert kept.outputs["replicationSpecs"][0]["regionConfigs"][0]["analyticsSpecs"]["nodeCount"] == 1


# Shards and zones


def sharded(count: int, **more: Any) -> Props:
    return {"clusterType": "SHARDED", "replicationSpecs": specs(region("M30")) * count, **more}


def test_a_replica_set_becomes_sharded_and_shards_are_added(scene: Scene):
    made = new_cluster(scene, replicationSpecs=specs(region("M30")))
    one = changed(scene, made, **sharded(1))
    three = changed(scene, one, **sharded(3))

    shards = three.outputs["replicationSpecs"]
    assert shards[0]["externalId"] == made.outputs["replicationSpecs"][0]["externalId"]
    assert len({shard["externalId"] for shard in shards}) == 3
    assert len({shard["zoneId"] for shard in shards}) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SHARDED", "REPLICASET", "SHARDED_CLUSTER_CANT_BECOME_REPLICA_SET"),
        ("GEOSHARDED", "SHARDED", "CANNOT_CHANGE_GEOSHARDED_CLUSTER_TYPE"),
        ("SHARDED", "GEOSHARDED", "A sharded cluster cannot become a global one"),
    ],
)
def test_sharding_is_not_taken_back(scene: Scene, old: str, new: str, said: str):
    made = new_cluster(scene, clusterType=old, replicationSpecs=specs(region("M30")))

    with pytest.raises(grpc.RpcError, match=said):
        changed(scene, made, clusterType=new)


def test_small_tiers_do_not_shard(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"SHARDING_NOT_SUPPORTED.* M20"):
        new_cluster(scene, clusterType="SHARDED", replicationSpecs=specs(region("M20")))


def test_zones_have_ids_of_their_own(scene: Scene):
    zones = [*specs(region("M30"), zoneName="Europe"), *specs(region("M30", regionName=DR), zoneName="Ireland")]
    made = new_cluster(scene, clusterType="GEOSHARDED", replicationSpecs=zones)

    assert len({one["zoneId"] for one in made.outputs["replicationSpecs"]}) == 2


def test_the_last_shard_can_be_removed_and_no_other(scene: Scene):
    shards = [*specs(region("M30")), *specs(region("M40")), *specs(region("M30"))]
    made = new_cluster(scene, clusterType="SHARDED", replicationSpecs=shards)

    with pytest.raises(grpc.RpcError, match="Only the last shards can be removed"):
        changed(scene, made, replicationSpecs=[shards[0], shards[2]])
    assert len(changed(scene, made, replicationSpecs=shards[:2]).outputs["replicationSpecs"]) == 2


def test_a_shard_like_the_others_that_goes_is_a_change(scene: Scene):
    made = new_cluster(scene, **sharded(3))

    assert differing(scene, made, **sharded(2)) == ["replicationSpecs[2]"]


def test_effective_fields_do_nothing_for_several_shards(scene: Scene):
    made = new_cluster(
        scene,
        clusterType="SHARDED",
        replicationSpecs=specs(region("M30", autoScaling=scaling("M30", "M60"))) * 2,
        useEffectiveFields=True,
    )
    scaled(scene, made, instanceSize="M50")
    found = scene.read(made)

    assert found
    assert sizes(found)["instanceSize"] == "M50"
