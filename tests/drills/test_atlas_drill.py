"""A drill of a cluster on the local Atlas: it comes back but for a look at its documents, and nothing is left."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from drills.removal import leftovers
from drills.report import ASPECTS, DATA, Outcome, Report
from drills.run import remove
from restores.reading import ATLAS_API
from restores.window import Kind, Source
from tests.drills.staged import drilled, ticking
from tests.localcloud.lives.atlas_inputs import new_cluster, region, specs
from tests.localcloud.scene import Scene
from upgrades.atlas import Atlas
from upgrades.stopping import StopError

SHARDS: Final = [*specs(region("M30"), zoneName="EU"), *specs(region("M30"), zoneName="EU")]


def environment(scene: Scene) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{scene.endpoint.rpartition(':')[2]}"}


def atlas_of(scene: Scene) -> Atlas:
    return Atlas(environment=environment(scene))


def client_of(scene: Scene) -> Callable[[str], Any]:
    return lambda service: atlas_of(scene) if service == ATLAS_API else scene.aws(service)


def documents(scene: Scene, **more: Any) -> Source:
    inputs = {"pitEnabled": True, "terminationProtectionEnabled": True, "tags": {"owner": "devora"}, **more}
    made = new_cluster(scene, **inputs)
    id_ = f"{made.inputs['projectId']}-devora"
    return Source(store="documents", kind=Kind.ATLAS, id=id_, arn="", family=id_)


def names(scene: Scene, source: Source) -> set[str]:
    return {one["name"] for one in atlas_of(scene).clusters(source.id.partition("-")[0])}


def outcomes(report: Report) -> dict[str, set[Outcome]]:
    (one,) = report.stores
    return {aspect: {check.outcome for check in one.checks if check.aspect == aspect} for aspect in ASPECTS}


@pytest.mark.parametrize("more", [{}, {"clusterType": "SHARDED", "replicationSpecs": SHARDS}], ids=["set", "shards"])
def test_a_cluster_comes_back_beside_itself_and_only_its_documents_are_unknown(scene: Scene, more: dict[str, Any]):
    source = documents(scene, **more)

    report = drilled(scene, source, client=client_of(scene))

    assert outcomes(report) == {**{one: {Outcome.PASSED} for one in ASPECTS}, DATA: {Outcome.UNKNOWN}}
    assert report.stores[0].put_back == ("tags", "backups", "termination protection")
    assert (report.outcome, report.leftovers) == (Outcome.UNKNOWN, ())
    assert names(scene, source) == {"devora"}


def test_a_cluster_without_a_log_of_changes_does_not_keep_what_its_phase_promises(scene: Scene):
    report = drilled(scene, documents(scene, pitEnabled=False), client=client_of(scene))

    assert report.outcome is Outcome.FAILED
    assert (
        "has no point-in-time recovery (no snapshot to begin from, or pitEnabled is false)" in report.stores[0].problem
    )


def test_a_restore_that_atlas_gives_up_fails_the_store_and_its_copy_goes(scene: Scene):
    source = documents(scene)

    class Failing(Atlas):
        def job(self, project: str, name: str, id_: str) -> dict[str, Any]:
            return {**super().job(project, name, id_), "failed": True, "finishedAt": None}

    failing = Failing(environment=environment(scene))
    report = drilled(scene, source, client=lambda service: failing if service == ATLAS_API else scene.aws(service))

    assert report.outcome is Outcome.FAILED
    assert report.stores[0].problem.endswith("has failed")
    assert names(scene, source) == {"devora"}


def test_what_atlas_does_not_make_accuses_nobody(scene: Scene):
    source = documents(scene)
    atlas_of(scene).create(source.id.partition("-")[0], of_a_drill(scene))

    report = drilled(scene, source, client=client_of(scene))

    assert report.outcome is Outcome.UNKNOWN
    assert "DUPLICATE_CLUSTER_NAME_PREFIX" in report.stores[0].problem


def test_without_keys_it_says_which_to_set_and_accuses_nobody(scene: Scene):
    source, without = documents(scene), Atlas(environment={})

    report = drilled(scene, source, client=lambda service: without if service == ATLAS_API else scene.aws(service))

    assert report.outcome is Outcome.UNKNOWN
    assert "set MONGODB_ATLAS_PUBLIC_KEY" in report.stores[0].problem


@pytest.mark.parametrize("words", ["restoring", "back after", "looking"])
def test_an_interrupted_drill_leaves_no_cluster(scene: Scene, words: str):
    source = documents(scene)

    def stop(line: str) -> None:
        if words in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drilled(scene, source, client=client_of(scene), say=stop)
    assert names(scene, source) == {"devora"}


def of_a_drill(scene: Scene, *, mark: str | None = None) -> dict[str, Any]:
    """Give a cluster that is called as one of this stack's drills, and marked as *mark*'s."""
    place = {"providerName": "AWS", "regionName": "EU_CENTRAL_1", "priority": 7}
    nodes = {"instanceSize": "M10", "nodeCount": 3, "diskSizeGB": 10}
    return {
        "name": f"drill-{scene.stack}-documents-{'0' * 6}",
        "clusterType": "REPLICASET",
        "replicationSpecs": [{"regionConfigs": [{**place, "electableSpecs": nodes}]}],
        "tags": [{"key": "drillOf", "value": mark}] if mark else [],
    }


def test_what_a_killed_drill_has_left_is_found_by_name_and_mark_and_taken_away(scene: Scene):
    source = documents(scene)
    project = source.id.partition("-")[0]
    atlas_of(scene).create(project, of_a_drill(scene, mark=scene.stack))

    left = leftovers(client_of(scene), scene.stack, [project])

    assert [(one.kind, one.id, one.project) for one in left] == [(Kind.ATLAS, of_a_drill(scene)["name"], project)]
    assert remove(left, client_of(scene), now=ticking(1), pause=lambda _: None, say=lambda _: None) == []
    assert names(scene, source) == {"devora"}


def test_a_cluster_that_is_called_like_a_drills_and_not_marked_is_nobodys_to_delete(scene: Scene):
    project = documents(scene).id.partition("-")[0]
    atlas_of(scene).create(project, of_a_drill(scene, mark="another-stack"))

    assert leftovers(client_of(scene), scene.stack, [project]) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mongoDbMajorVersion": "7.0"}, "must have the MongoDB version of the source"),
        (
            {"replicationSpecs": specs(region(electableSpecs={"instanceSize": "M10", "nodeCount": 3}))},
            "as much storage",
        ),
    ],
)
def test_the_local_atlas_refuses_a_target_that_atlas_would(scene: Scene, change: dict[str, Any], words: str):
    big = specs(region(electableSpecs={"instanceSize": "M10", "nodeCount": 3, "diskSizeGb": 40}))
    source = documents(scene, replicationSpecs=big)
    project = source.id.partition("-")[0]
    body = of_a_drill(scene)
    if "mongoDbMajorVersion" in change:
        body["mongoDBMajorVersion"] = change["mongoDbMajorVersion"]
        body["replicationSpecs"][0]["regionConfigs"][0]["electableSpecs"]["diskSizeGB"] = 40
    atlas_of(scene).create(project, body)
    seconds = int(ticking(1)().timestamp())

    with pytest.raises(StopError, match=words):
        atlas_of(scene).restore(project, "devora", seconds, target=body["name"])
