"""What becomes of a cluster of Atlas: moves between tiers, autoscaling, shards, and what Atlas refuses on the way."""

import json
import urllib.request
from typing import Final

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from localcloud.atlas.store import CLUSTER as RECORD
from localcloud.wire import UNKNOWN, Props, dump, load
from tests.localcloud.lives.atlas_inputs import (
    CLUSTER,
    FLEX,
    FREE,
    ORGANIZATION,
    by_hand,
    changed,
    cluster,
    differing,
    encryption,
    new_cluster,
    new_project,
    nodes,
    planned,
    region,
    scaling,
    shared,
    sizes,
    specs,
    token,
)
from tests.localcloud.scene import Scene
from upgrades.atlas import Atlas
from upgrades.stopping import StopError

SCALED: Final = specs(region(autoScaling=scaling()))


# What a cluster is


def test_a_cluster_says_all_that_atlas_says(scene: Scene):
    outputs = new_cluster(scene).outputs

    [spec] = outputs["replicationSpecs"]
    assert outputs["connectionStrings"]["standardSrv"].startswith("mongodb+srv://devora.")
    assert outputs["connectionStrings"]["privateEndpoints"] == []
    assert (outputs["stateName"], outputs["mongoDbMajorVersion"], outputs["mongoDbVersion"]) == ("IDLE", "8.0", "8.0.4")
    assert [len(outputs["clusterId"]), len(spec["zoneId"]), len(spec["externalId"])] == [24, 24, 24]
    assert spec["containerId"].keys() == {"AWS:EU_CENTRAL_1"}
    assert spec["regionConfigs"][0]["electableSpecs"]["diskSizeGb"] == 10


def test_a_preview_promises_ids_of_zones_as_unknown(scene: Scene):

    urn = scene.urn(CLUSTER, "main")
    request = pb.CreateRequest(urn=urn, properties=dump(cluster(ORGANIZATION)), preview=True)

    assert load(scene.stub(urn).Create(request).properties)["replicationSpecs"] == UNKNOWN


def test_a_preview_of_a_change_knows_no_addresses(scene: Scene):
    made = new_cluster(scene)
    news = {**made.inputs, "tags": {"owner": "a"}}
    request = pb.UpdateRequest(
        urn=made.urn,
        id=made.id,
        olds=dump(made.outputs),
        old_inputs=dump(made.inputs),
        news=dump(news),
        preview=True,
    )
    planned = load(scene.stub(made.urn).Update(request).properties)

    assert (planned["connectionStrings"], planned["clusterId"]) == (UNKNOWN, made.outputs["clusterId"])
    assert planned["replicationSpecs"] == made.outputs["replicationSpecs"]


def test_a_program_may_say_less_than_atlas_without_a_change(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED, advancedConfiguration={"javascriptEnabled": False})

    assert differing(scene, made, replicationSpecs=specs(), advancedConfiguration={}) == []


def test_a_cluster_needs_its_project(scene: Scene):
    with pytest.raises(grpc.RpcError, match=f"GROUP_NOT_FOUND: No group with ID {ORGANIZATION} exists"):
        scene.make(CLUSTER, "main", cluster(ORGANIZATION))


def test_names_are_told_apart_by_their_beginning(scene: Scene):
    made = new_cluster(scene, name="a-name-of-23-characters-one")

    with pytest.raises(grpc.RpcError, match="DUPLICATE_CLUSTER_NAME_PREFIX"):
        scene.make(CLUSTER, "other", {**made.inputs, "name": "a-name-of-23-characters-two"})


def test_a_project_has_one_free_cluster(scene: Scene):
    project = new_project(scene)
    scene.make(CLUSTER, "one", shared(project, FREE))

    with pytest.raises(grpc.RpcError, match="a project has one free cluster at most"):
        scene.make(CLUSTER, "two", shared(project, FREE, name="other"))


def test_a_protected_cluster_stays(scene: Scene):
    made = new_cluster(scene, terminationProtectionEnabled=True)

    with pytest.raises(grpc.RpcError, match="CANNOT_TERMINATE_CLUSTER_WHEN_TERMINATION_PROTECTION_ENABLED"):
        scene.delete(made)


def test_a_project_with_clusters_stays(scene: Scene):
    project = scene.make(token("Project"), "project", {"name": f"p-{scene.stack}", "orgId": ORGANIZATION})
    scene.make(CLUSTER, "main", cluster(project.id))

    with pytest.raises(grpc.RpcError, match="CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_CLUSTERS"):
        scene.delete(project)


def test_the_customers_key_must_be_set_up_first(scene: Scene):
    with pytest.raises(grpc.RpcError, match="ENCRYPTION_AT_REST_NOT_ENABLED"):
        new_cluster(scene, encryptionAtRestProvider="AWS")


def test_a_cluster_is_encrypted_with_the_customers_key_and_holds_it(scene: Scene):
    project = new_project(scene)
    key = scene.make(token("EncryptionAtRest"), "key", encryption(scene, project))
    made = scene.make(CLUSTER, "main", cluster(project, encryptionAtRestProvider="AWS"))

    assert made.outputs["encryptionAtRestProvider"] == "AWS"
    with pytest.raises(grpc.RpcError, match="clusters use encryption at rest: devora"):
        scene.delete(key)


# Away from shared servers


@pytest.mark.parametrize(
    ("place", "left"),
    [
        (FREE, ["pitEnabled", "replicationSpecs", "terminationProtectionEnabled"]),
        (FLEX, ["pitEnabled", "terminationProtectionEnabled"]),
    ],
)
def test_a_move_to_own_servers_leaves_the_rest_to_the_next_run(scene: Scene, place: Props, left: list[str]):
    made = scene.make(CLUSTER, "main", shared(new_project(scene), place))
    wanted = {"backupEnabled": True, "pitEnabled": True, "terminationProtectionEnabled": True}
    moved = changed(scene, made, replicationSpecs=SCALED, **wanted)
    done = changed(scene, moved)

    assert (sizes(moved)["instanceSize"], moved.outputs["backupEnabled"]) == ("M10", True)
    assert list(scene.diff(moved, moved.inputs).diffs) == left
    assert done.outputs["clusterId"] == made.outputs["clusterId"]
    assert (done.outputs["pitEnabled"], differing(scene, done)) == (True, [])


def test_a_move_is_no_replacement(scene: Scene):
    made = scene.make(CLUSTER, "main", shared(new_project(scene), FREE))

    difference = scene.diff(made, {**made.inputs, "replicationSpecs": specs()})

    assert (list(difference.replaces), list(difference.diffs)) == ([], ["replicationSpecs"])


def test_a_free_cluster_becomes_flex_with_its_snapshots(scene: Scene):
    made = scene.make(CLUSTER, "main", shared(new_project(scene), FREE))

    flex = changed(scene, made, replicationSpecs=specs(FLEX))

    assert (sizes(flex)["instanceSize"], flex.outputs["backupEnabled"]) == ("FLEX", True)


def test_a_free_cluster_cannot_be_changed_otherwise(scene: Scene):
    made = scene.make(CLUSTER, "main", shared(new_project(scene), FREE))

    with pytest.raises(grpc.RpcError, match="TENANT_CLUSTER_UPDATE_UNSUPPORTED"):
        changed(scene, made, tags={"owner": "a"})


def test_a_flex_cluster_takes_tags_and_protection_only(scene: Scene):
    made = scene.make(CLUSTER, "main", shared(new_project(scene), FLEX))

    assert planned(scene, made, tags={"owner": "a"}, terminationProtectionEnabled=True) == []
    assert "flex cluster update is not supported except" in planned(scene, made, labels={"a": "b"})[0]


def test_nothing_becomes_flex_but_a_free_cluster(scene: Scene):
    made = new_cluster(scene)

    assert "flex cluster update is not supported except" in planned(scene, made, replicationSpecs=specs(FLEX))[0]


def test_nothing_becomes_free_again(scene: Scene):
    made = new_cluster(scene, backupEnabled=False)

    with pytest.raises(grpc.RpcError, match="CLUSTER_CANNOT_CHANGE_PROVIDER_NAME"):
        changed(scene, made, replicationSpecs=specs(FREE))


# Tiers, disks, versions


def test_a_tier_is_changed_in_place_and_its_disk_stays(scene: Scene):
    made = new_cluster(scene, replicationSpecs=specs(region(electableSpecs=nodes(diskSizeGb=60))))

    grown = changed(scene, made, replicationSpecs=specs(region("M30")))

    assert (sizes(grown)["instanceSize"], sizes(grown)["diskSizeGb"]) == ("M30", 60)


def test_a_disk_does_not_shrink(scene: Scene):
    made = new_cluster(scene, replicationSpecs=specs(region(electableSpecs=nodes(diskSizeGb=60))))

    with pytest.raises(grpc.RpcError, match=r"DISK_SIZE_GB_TOO_SMALL.*60 GB to 59 GB"):
        changed(scene, made, replicationSpecs=specs(region(electableSpecs=nodes(diskSizeGb=59))))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("6.0", "8.0", "INVALID_MONGODB_VERSION_CONFIG.*6.0 to 7.0 first"), ("8.0", "7.0", "CLUSTER_UPGRADE_INVALID")],
)
def test_versions_go_one_step_up_at_a_time(scene: Scene, old: str, new: str, said: str):
    made = new_cluster(scene, mongoDbMajorVersion=old)

    with pytest.raises(grpc.RpcError, match=said):
        changed(scene, made, mongoDbMajorVersion=new)


def test_a_pinned_version_can_be_gone_back_to(scene: Scene):
    pin = {"pinnedFcv": {"expirationDate": "2027-01-01T00:00:00Z"}}
    made = changed(scene, new_cluster(scene, mongoDbMajorVersion="7.0"), **pin)
    made = changed(scene, made, mongoDbMajorVersion="8.0")

    back = changed(scene, made, mongoDbMajorVersion="7.0")

    assert (back.outputs["mongoDbVersion"], back.outputs["pinnedFcv"]["version"]) == ("7.0.4", "7.0")


def test_continuous_backups_need_backups(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"INVALID_CLUSTER_CONFIGURATION.*\(pitEnabled\) needs Cloud Backup"):
        new_cluster(scene, backupEnabled=False, pitEnabled=True)


def test_disks_scale_until_the_oplogs_hours_are_given_up(scene: Scene):
    made = new_cluster(scene, replicationSpecs=SCALED, advancedConfiguration={"oplogMinRetentionHours": 24})
    off = specs(region(autoScaling={**scaling(), "diskGbEnabled": False}))
    given_up = {"advancedConfiguration": {"oplogMinRetentionHours": 0}}

    with pytest.raises(grpc.RpcError, match="OPLOG_MIN_RETENTION_HOURS_NO_DISK_AUTO_SCALING"):
        changed(scene, made, replicationSpecs=off, **given_up)
    assert changed(scene, changed(scene, made, **given_up), replicationSpecs=off)


# From outside


def test_what_is_there_can_be_looked_at_over_http(scene: Scene):
    made = new_cluster(scene)
    with urllib.request.urlopen(f"{scene.endpoint}/moto-api/atlas") as answer:  # noqa: S310  # ours, on 127.0.0.1
        found = json.load(answer)

    assert found[RECORD][made.id]["clusterId"] == made.outputs["clusterId"]


def administered(scene: Scene) -> Atlas:
    return Atlas(environment={"AWS_ENDPOINT_URL": f"http://127.0.0.1:{scene.endpoint.rpartition(':')[2]}"})


def test_its_administration_api_tells_a_cluster_and_takes_a_snapshot_of_it(scene: Scene):
    made = new_cluster(scene)
    atlas, project = administered(scene), made.outputs["projectId"]

    found = atlas.cluster(project, "devora", flex=False)
    snapshot = atlas.snapshot(project, "devora", "before-1")

    assert (found["id"], found["createDate"], found["stateName"]) == (
        made.outputs["clusterId"],
        made.outputs["createDate"],
        "IDLE",
    )
    assert atlas.snapshot_status(project, "devora", snapshot) == "completed"


def test_its_administration_api_has_no_cluster_that_there_is_not(scene: Scene):
    with pytest.raises(StopError, match="Atlas has no /groups/0/clusters/devora"):
        administered(scene).cluster("0", "devora", flex=False)


def test_an_act_by_hand_that_makes_no_sense_is_refused(scene: Scene):
    assert by_hand(scene, "autoscale", projectId=ORGANIZATION, clusterName="x")["error"].startswith("CLUSTER_NOT_FOUND")
    assert "all that is needed: KeyError('clusterName')" in by_hand(scene, "autoscale", projectId="x")["error"]
    assert by_hand(scene, "change", kind="cluster", id="x", change={})["error"].startswith("RESOURCE_NOT_FOUND")
