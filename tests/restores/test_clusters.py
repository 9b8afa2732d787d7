"""A cluster of Atlas is restored into one beside it: begun once, gone on with, and never taken for another."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from restores import clusters
from restores.clusters import Restored
from restores.reading import window_of
from restores.window import Kind, Source
from stacks.generations import Generation
from tests.drills.test_atlas_drill import SHARDS, atlas_of
from tests.localcloud.lives.atlas_inputs import new_cluster, nodes, region, specs
from tests.localcloud.scene import Scene
from upgrades.atlas import Atlas, project_and_name
from upgrades.stopping import StopError

BESIDE: Final = "devora-2"
ABROAD: Final = specs(region("M30"), region("M30", regionName="EU_WEST_1", priority=6, electableSpecs=nodes("M30", 2)))


def restored(scene: Scene, origin: str = "latest", **more: Any) -> Restored:
    made = new_cluster(scene, **{"pitEnabled": True, "tags": {"owner": "devora"}, **more})
    source = Source(
        store="documents",
        kind=Kind.ATLAS,
        id=f"{made.inputs['projectId']}-devora",
        arn="",
        family=r"devora(-\d+)?",
    )
    written = {"generation": 2, "old": 1, "from": origin, "writer": "old"}
    return Restored(name=BESIDE, logical="documents-2-cluster", source=source, made=Generation.model_validate(written))


def restore(atlas: Atlas, one: Restored) -> list[str]:
    said: list[str] = []
    clusters.restore(atlas, one, said.append, stay=False)
    return said


def described(atlas: Atlas, one: Restored, name: str) -> dict[str, Any]:
    """Describe a cluster as it would be made: by all but its name and its tag."""
    project, _ = project_and_name(one.source.id)
    found = clusters.like(atlas.cluster(project, name, flex=False), "any")
    return {key: value for key, value in found.items() if key != "tags"}


def jobs(atlas: Atlas, one: Restored) -> list[Mapping[str, Any]]:
    return list(atlas.jobs(*project_and_name(one.source.id)))


@pytest.mark.parametrize(
    "more",
    [{}, {"clusterType": "SHARDED", "replicationSpecs": SHARDS}, {"replicationSpecs": ABROAD}],
    ids=["set", "shards", "regions"],
)
def test_the_new_cluster_has_the_servers_and_the_backups_of_the_old_one(scene: Scene, more: dict[str, Any]):
    one, atlas = restored(scene, **more), atlas_of(scene)
    restore(atlas, one)

    assert described(atlas, one, BESIDE) == described(atlas, one, "devora")
    assert [(job["targetClusterName"], job["deliveryType"]) for job in jobs(atlas, one)] == [(BESIDE, "pointInTime")]


def test_a_snapshot_is_restored_as_it_is(scene: Scene):
    one, atlas = restored(scene), atlas_of(scene)
    (snapshot,) = window_of(lambda _: atlas, one.source).snapshots
    restore(atlas, Restored(name=BESIDE, logical=one.logical, source=one.source, made=of(snapshot.id)))

    assert [job["snapshotId"] for job in jobs(atlas, one)] == [snapshot.id]


def of(origin: str) -> Generation:
    return Generation.model_validate({"generation": 2, "old": 1, "from": origin, "writer": "old"})


def test_a_restore_that_was_interrupted_is_not_begun_again(scene: Scene):
    one, atlas = restored(scene), atlas_of(scene)

    assert restore(atlas, one) == ["making devora-2 as devora is", "restoring devora (latest) into devora-2"]
    assert restore(atlas, one) == []
    assert len(jobs(atlas, one)) == 1


def test_a_cluster_that_stands_there_for_another_reason_is_left_alone(scene: Scene):
    one, atlas = restored(scene), atlas_of(scene)
    project, _ = project_and_name(one.source.id)
    atlas.create(project, {**clusters.like(atlas.cluster(project, "devora", flex=False), BESIDE), "tags": []})

    with pytest.raises(StopError, match="a cluster devora-2 that was not made for a restore of devora: rename or"):
        restore(atlas, one)
    assert jobs(atlas, one) == []


class OfBefore(Atlas):
    """Tells of a job of the same target that ended before the cluster there was made."""

    def jobs(self, project: str, name: str) -> list[Mapping[str, Any]]:
        before = {"id": "0" * 24, "targetClusterName": BESIDE, "finishedAt": "2020-01-01T00:00:00Z"}
        return [before, *super().jobs(project, name)]


def test_what_was_restored_into_a_former_cluster_of_the_name_does_not_count(scene: Scene):
    one, atlas = restored(scene), atlas_of(scene)
    restore(OfBefore(environment=atlas.environment), one)

    assert [job["targetClusterName"] for job in jobs(atlas, one)] == [BESIDE]


class GivenUp(Atlas):
    """Says of every job that it has failed."""

    def job(self, project: str, name: str, id_: str) -> Mapping[str, Any]:
        return {**super().job(project, name, id_), "failed": True}


def test_a_restore_that_atlas_gives_up_stops_and_says_which(scene: Scene):
    one, atlas = restored(scene), atlas_of(scene)

    with pytest.raises(StopError, match=r"the restore job [0-9a-f]{24} has failed: see why in Atlas, then go on"):
        restore(GivenUp(environment=atlas.environment), one)


def test_a_number_that_was_restored_into_before_is_not_used_again(scene: Scene):
    one, atlas = restored(scene), atlas_of(scene)
    restore(atlas, one)
    project, _ = project_and_name(one.source.id)
    atlas.delete(project, BESIDE)

    assert window_of(lambda _: atlas, one.source).numbers == [1, 2]
